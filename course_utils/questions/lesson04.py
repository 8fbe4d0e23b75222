"""Signals and their variance by hand."""

import math

import numpy as np

from course_utils.questions.core import Question, number, pick, whole


def drawn(rng) -> Question:
    """Ask for the standard deviation of a rule."""
    rule, into, out = pick(rng, ("Glorot", "He")), pick(rng, (50, 72, 128, 288, 784)), pick(rng, (32, 64, 128))
    variance = 2 / into if rule == "He" else 2 / (into + out)
    text = f"{into} inputs, {out} outputs. With which standard deviation does {rule}'s rule draw the weights?"
    return Question(text, math.sqrt(variance), f"√(2 / {into if rule == 'He' else f'({into} + {out})'}).")


def fading(rng) -> Question:
    """Ask what is left of a signal after some layers."""
    units, deviation, layers = pick(rng, (64, 100, 256)), pick(rng, (0.05, 0.1, 0.2)), whole(rng, 3, 10)
    factor = units * deviation**2
    text = (
        f"{layers} linear layers of {units} units, weights drawn with standard deviation {deviation}. By what is the "
        "variance of the signal multiplied from first input to last output?"
    )
    return Question(text, factor**layers, f"Each layer multiplies it by {units} · {deviation}² = {number(factor)}.")


def rectified(rng) -> Question:
    """Ask for the mean square after ReLU."""
    deviation = whole(rng, 2, 9)
    text = (
        f"Numbers with mean 0 and standard deviation {deviation}, symmetric about 0, go through a ReLU. What is "
        "the mean of the squares of what comes out?"
    )
    return Question(text, deviation**2 / 2, f"Half of {deviation}²: the negative half becomes 0.")


def normalized(rng) -> Question:
    """Ask for a batch norm."""
    middle, spread = whole(rng, -5, 5), pick(rng, (2, 4, 6))
    batch = middle + spread * np.array([1, -1, -1, 1])[rng.permutation(4)]
    gamma, beta = pick(rng, (2, 3)), whole(rng, -2, 2)
    text = (
        f"Batch norm (γ = {gamma}, β = {beta}, ε = 0) of one unit over a batch of four: {', '.join(map(str, batch))}. "
        "What comes out?"
    )
    answer = gamma * (batch - middle) // spread + beta
    return Question(text, answer, f"Mean {middle}, deviation {spread}:")


def way_back(rng) -> Question:
    """Ask for what is left of a gradient."""
    layers, slope = whole(rng, 3, 8), pick(rng, ("sigmoid", "tanh"))
    most = 0.25 if slope == "sigmoid" else 1.0
    value = pick(rng, (0.5, 0.8, 0.9))
    passed = value * (1 - value) if slope == "sigmoid" else 1 - value**2
    text = (
        f"In each of {layers} layers a {slope} unit answers {value}. By what do their slopes together multiply a "
        "gradient on its way back?"
    )
    rule = f"{value} · (1 − {value})" if slope == "sigmoid" else f"1 − {value}²"
    return Question(text, passed**layers, f"Each slope is {rule} = {number(passed)} (never more than {number(most)}).")


KINDS = (drawn, fading, rectified, normalized, way_back)
