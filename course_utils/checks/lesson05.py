"""Checks of lesson 05, transfer learning."""

import numpy as np

from course_utils.checks.core import (
    Verdict,
    called,
    check_function,
    check_matching,
    check_value,
    failed,
    hints,
    is_blank,
    not_attempted,
    passed,
    shortened,
)
from course_utils.checks.redrawing import interval as interval
from course_utils.checks.redrawing import yours_or_ours as yours_or_ours

PLANS = ("use as it is", "frozen base", "fine-tune", "from scratch")
CLASSES, NORM = 3, "BatchNormalization"  # classes of exercise 3's head; the layer that must stay frozen
LOW_RATE, LOW_RATE_OF_SGD = 0.002, 0.02  # what exercise 4 accepts; Adam and its kin step by about the rate itself


def dog_if_either(function) -> Verdict:
    """Exercise 1: ``function(probabilities, dogs, cats)`` → probability of a dog among dogs and cats (N,)."""
    table = np.array([[0.10, 0.20, 0.30, 0.15, 0.25], [0.50, 0.05, 0.05, 0.40, 0.00], [0.30, 0.25, 0.25, 0.20, 0.00]])
    dogs, cats = [1, 2], [3]
    dog, cat = table[:, dogs].sum(axis=1), table[:, cats].sum(axis=1)
    share = dog / (dog + cat)
    likeliest, typical = table[:, dogs].max(axis=1), table[:, dogs].mean(axis=1)
    every = "One number for each photograph was asked for: along which axis do you add?"
    mistakes = [
        (dog[:1], "That is how probable a dog is among all classes. Given that it is a dog or a cat, it must be more."),
        (1 - cat[:1], "That is all that is no cat: airplanes would count as dogs."),
        (1 - share[:1], "That is the probability of a cat."),
        ((dog / cat)[:1], "A ratio of the two can exceed 1; a probability cannot."),
        ([1.0], "That is a decision, 0 or 1. How probable is it?"),
        ((likeliest / (likeliest + cat))[:1], "Each breed counts, not only the likeliest."),
        ((typical / (typical + cat))[:1], "Two breeds together are likelier than one."),
        (share[:1, None], "N numbers were asked for, here (1,); yours are (1, 1)."),
        (share[0], every),
    ]
    otherwise = "How much probability have dogs together, how much cats? What share of both is dogs?"
    cases = [
        ((table[:1], dogs, cats), share[:1], hints(mistakes, otherwise)),
        ((table, dogs, cats), share, every),
        ((table, [0], [4, 3]), np.array([0.2, 5 / 9, 0.6]), "Here classes 3 and 4 are cats and class 0 is the dog."),
        ((table[:1], [2], [0]), np.array([0.75]), "One photograph, one dog class, one cat class."),
    ]
    return check_function("1", function, cases, praise="no training: the answer was in the network already")


def trained_parameters(answer) -> Verdict:
    """Exercise 2: 1,280 averaged features of a frozen base, a softmax over 17 classes."""
    return check_value(
        "2",
        answer,
        21_777,
        mistakes=[
            (21_760, "those are the weights. What else has a unit?"),
            (431_985, "that counts the base as well. Does it learn?"),
            (410_208, "that is the base, and it is frozen."),
            (431_968, "that counts the base, which is frozen, and forgets the biases."),
            (21_761, "how many units are there, and which of them has a bias?"),
            (1_280, "that is what goes into one unit."),
            (17 * 9 * 1_280, "the nine numbers of each map are averaged before the head; and biases count."),
            (17 * 9 * 1_280 + 17, "the nine numbers of each map are averaged before the head."),
            (2_562, "that is the head for two classes."),
            (1_281, "that is one unit; there are 17."),
        ],
        hint="only the head learns. What goes into each of its units, and how many units are there?",
        praise="1,280·17 weights and 17 biases, a twentieth of the network",
    )


def new_head(function, base) -> Verdict:
    """Exercise 3: ``function(base, classes)`` puts a head on a base that takes numbers from −1 to 1."""
    if is_blank(function):
        return not_attempted("3")
    base.trainable = True  # to freeze it is the reader's task
    before = [np.array(weight) for weight in base.weights]
    network, verdict = called("3", function, (base, CLASSES), name=f"new_head(base, {CLASSES})", copy=False)
    if verdict:
        return verdict
    if not callable(network) or not hasattr(network, "trainable_weights"):
        return failed("3", f"return a Keras model (received {shortened(network)})")
    side = base.input_shape[1]
    pixels = np.random.default_rng(0).integers(0, 256, (5, side, side, 3)).astype("float32")
    try:
        answers = np.asarray(network(pixels))
        maps = np.asarray(base(pixels / 127.5 - 1))
    except Exception as error:  # the reader's own network: whatever it raises is the answer to show
        if getattr(network, "input_shape", None) == base.output_shape:
            return failed("3", "your network begins with maps. It gets pictures: what makes maps of them, and of what?")
        return failed("3", f"on five pictures your network raised {type(error).__name__}: {error}"[:300])
    if any(not np.array_equal(old, np.array(new)) for old, new in zip(before, base.weights, strict=True)):
        return failed("3", "the weights of the base have changed. Nothing should be trained here.")
    return _judge_head(network, base, answers) or _judge_features(network, base, pixels, answers, maps)


def _judge_head(network, base, answers) -> Verdict | None:
    if answers.shape != (5, CLASSES):
        return failed("3", f"five pictures and {CLASSES} classes should give 5×{CLASSES}; yours gives {answers.shape}.")
    if answers.min() < 0 or not np.allclose(answers.sum(axis=1), 1, atol=1e-4):
        return failed("3", "the answers should be probabilities, 1 in all. What does the last layer do?")
    learning = {id(weight) for weight in network.trainable_weights}
    if any(id(weight) in learning for weight in base.weights):
        return failed("3", "weights of the base would be trained. Which attribute of a layer says so?")
    if not learning:
        return failed("3", "nothing in your network can be trained: the new head must learn.")
    return None


def _judge_features(network, base, pixels, answers, maps) -> Verdict:
    weights = [np.asarray(weight) for weight in network.trainable_weights]
    shapes, channels = [weight.shape for weight in weights], maps.shape[-1]
    if shapes == [(channels, CLASSES)]:
        return failed("3", "the units of your head have no bias.")
    if shapes and shapes[0][0] > channels and len(shapes) == 2:
        return failed("3", f"{shapes[0][0]} numbers go into your head. Average each map to one number first.")
    if shapes != [(channels, CLASSES), (CLASSES,)]:
        return failed("3", f"one dense layer on the {channels} averaged maps was asked for; yours learns {shapes}.")
    if not np.allclose(answers, np.asarray(network(pixels)), atol=1e-6):
        return failed("3", "the same picture gets different answers: is there chance in your network?")
    if np.allclose(answers, _softmax(maps.mean(axis=(1, 2)), weights), atol=1e-4):
        return passed("3", "frozen base, its own pixels, and a head that may learn")
    greatest = np.allclose(answers, _softmax(maps.max(axis=(1, 2)), weights), atol=1e-4)
    if greatest and not _scaled_otherwise(base, pixels, answers, weights):
        return failed("3", "of each map your head reads the greatest number; the lesson's head reads another one.")
    return failed("3", "the base does not get the numbers it was trained on. Look at how section 3 scales pixels.")


def _scaled_otherwise(base, pixels, answers, weights) -> bool:
    """Return True where wrongly scaled pixels explain the answers; a softmax that is sure hides how maps are read."""
    fed = [np.asarray(base(given)) for given in (pixels, pixels / 255, pixels / 127.5, pixels / 255 - 0.5)]
    read = [pooled for maps in fed for pooled in (maps.mean(axis=(1, 2)), maps.max(axis=(1, 2)))]
    return any(np.allclose(answers, _softmax(features, weights), atol=1e-4) for features in read)


def _softmax(features, weights) -> np.ndarray:
    sums = features @ weights[0] + weights[1]
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def gain(function, practice) -> Verdict:
    """Exercise 4: ``function(network, pictures, labels)`` fine-tunes a practice network, and it gains."""
    if is_blank(function):
        return not_attempted("4")
    network, base = practice.network, practice.base
    norms = [layer for layer in base.layers if type(layer).__name__ == NORM]
    before, statistics = _state(network, base, norms)
    first = _right(network, practice)
    given = network, practice.pictures, practice.labels
    answer, verdict = called("4", function, given, name="gain(network, pictures, labels)", copy=False)
    if verdict:
        if verdict.passed is None and _learned(network, before):
            return failed("4", "the network has learned, but your function returns nothing: `return network`.")
        if "compile()" in verdict.message:
            return failed("4", "`fit` needs a compiled network. After which of your lines does it have to be compiled?")
        return verdict
    if not hasattr(answer, "trainable_weights"):
        return failed("4", f"return the network (received {shortened(answer)})")
    if answer is not network:
        return failed("4", "return the network that you were given, trained further: another one knows nothing yet.")
    changes = _judge_changes(network, base, norms, before, statistics)
    return changes or _judge_rate(network) or _judge_gain(first, _right(network, practice))


def _state(network, base, norms):
    weights = {id(weight): np.array(weight) for weight in network.weights}
    return weights, [np.array(weight) for layer in norms for weight in layer.weights]


def _learned(network, before) -> bool:
    return any(not np.array_equal(before[id(weight)], np.array(weight)) for weight in network.weights)


def _judge_rate(network) -> Verdict | None:
    rate = float(np.array(network.optimizer.learning_rate)) if getattr(network, "optimizer", None) else 0.0
    if rate <= LOW_RATE or (rate <= LOW_RATE_OF_SGD and type(network.optimizer).__name__ == "SGD"):
        return None
    told = "This small network forgives it; what was borrowed would be lost. How large was the lesson's?"
    return failed("4", f"a rate of {rate:g} is not low. {told}")


def _judge_changes(network, base, norms, before, statistics) -> Verdict | None:
    after = [np.array(weight) for layer in norms for weight in layer.weights]
    if any(not np.isfinite(np.array(weight)).all() for weight in network.weights):
        return failed("4", "some weights are no numbers any more: the rate is far too high.")
    if any(not np.allclose(old, new, atol=1e-7) for old, new in zip(statistics, after, strict=True)):
        return failed(
            "4",
            'batch norm has changed. Are its layers, inside "base", frozen, and does a later line free them again?',
        )
    kinds = {id(weight) for layer in norms for weight in layer.weights}
    moved = [
        float(np.abs(before[id(weight)] - np.array(weight)).max()) for weight in base.weights if id(weight) not in kinds
    ]
    if max(moved) == 0:
        if _learned(network, before):
            return failed(
                "4", 'only the head was trained: the layers inside "base" are still frozen, whatever the network says.'
            )
        return failed("4", "no weight has changed: nothing was trained.")
    return None


def _judge_gain(first: float, then: float) -> Verdict:
    told = f"new pictures named correctly: {first:.1%} before, {then:.1%} after"
    if then < first - 0.02:
        return failed("4", f"{told}. That lost something. How large are your steps?")
    if then < first + 0.05:
        return failed("4", f"{told}. The base moves, but hardly; more epochs, or somewhat larger steps?")
    return passed("4", told)


def _right(network, practice) -> float:
    answers = np.asarray(network(practice.new_pictures)).argmax(axis=1)
    return float(np.mean(answers == practice.new_labels))


def plan(answer) -> Verdict:
    """Exercise 5: which use of a trained network fits each of five situations."""
    return check_matching(
        "5",
        answer,
        {"A": "use as it is", "B": "frozen base", "C": "fine-tune", "D": "from scratch", "E": "frozen base"},
        choices=PLANS,
        noun="situation",
        hints={
            "A": "what do its 200 classes already tell?",
            "B": "few labels, no time to find a rate: with fifty, at our rate, whose draws lie close (section 6)?",
            "C": "labels, time and a base for photographs: which way uses all three?",
            "D": "what would features of photographs be good for here, and are labels short?",
            "E": "at our rate, which of the three lines of section 6 is highest at its left end?",
        },
        praise="labels, and nearness of the two questions: these decide",
    )
