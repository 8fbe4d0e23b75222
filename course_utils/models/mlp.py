"""The multilayer perceptron: flatten the image, then dense layers. No convolution, no neighbourhood."""

from collections.abc import Sequence

import keras
import numpy as np

from course_utils.models.common import LARGEST
from course_utils.validation import flag, whole_number


def mlp(
    *,
    widths: Sequence[int] = (512, 512),
    classes: int = 10,
    input_shape: Sequence[int] = (28, 28, 1),
    activation="relu",
    initializer="glorot_uniform",
    softmax: bool = True,
) -> keras.Model:
    """Build a chain of dense layers on flattened images: 669,706 parameters for widths (512, 512) at 28×28.

    Input (N, *input_shape), scaled by you → output (N, classes), probabilities.

    Args:
        widths: units of each hidden layer, in place of the ``width`` of other builders; empty for softmax regression.
        classes: number of classes, at least 2.
        input_shape: of one example, without the batch; flattened when it has more than one axis.
        activation: of the hidden layers, a name or a function.
        initializer: of all kernels, the output layer's included: a name, a `keras.Initializer` or a function of
            (shape, dtype). Every layer gets an initializer of its own, so layers of equal shape start differently
            even if the one given here has a seed. Biases start at 0.
        softmax: True for probabilities, False for logits (use ``from_logits=True`` in the loss then).

    Returns:
        An uncompiled `keras.Model` with layers ``flatten`` (if needed) ``hidden1 hidden2 … output``.

    Raises:
        ValueError: an argument is out of range, or Keras does not know the activation or initializer.

    Example:
        >>> mlp().count_params(), mlp(widths=(256, 128)).count_params()
        (669706, 235146)
    """
    whole_number("classes", classes, minimum=2, maximum=LARGEST["classes"])
    flag("softmax", softmax)
    if not isinstance(widths, (tuple, list)):
        raise ValueError(f"widths must be a tuple of whole numbers, one a hidden layer; received {widths!r}.")
    widths = [whole_number("widths", units, maximum=LARGEST["units"]) for units in widths]
    if not isinstance(input_shape, (tuple, list)) or not input_shape:
        raise ValueError(f"input_shape must be a tuple such as (28, 28, 1); received {input_shape!r}.")
    shape = tuple(whole_number("input_shape", side, maximum=LARGEST["side"]) for side in input_shape)
    known(keras.activations.get, "activation", activation)
    inputs = x = keras.Input(shape, name="input")
    x = keras.layers.Flatten(name="flatten")(x) if len(shape) > 1 else x
    for number, units in enumerate(widths, 1):
        own = own_initializer(initializer, number)
        x = keras.layers.Dense(units, activation=activation, kernel_initializer=own, name=f"hidden{number}")(x)
    own = own_initializer(initializer, len(widths) + 1)
    last = "softmax" if softmax else None
    outputs = keras.layers.Dense(classes, activation=last, kernel_initializer=own, name="output")(x)
    return keras.Model(inputs, outputs, name="mlp")


def known(get, argument: str, value):
    """Return what Keras has by that name, or raise a ``ValueError`` that names the argument."""
    try:
        return get(value)
    except (ValueError, TypeError):
        raise ValueError(
            f"{argument} must be the name of a Keras {argument} or a function; received {value!r}."
        ) from None


def own_initializer(initializer, number: int):
    """Return an initializer like the one given, for layer ``number`` alone.

    One Keras initializer object without a seed draws its seed once: used for two layers of equal shape it gives them
    identical weights. A fresh object draws a new seed; one with a seed of its own gets another for each number.

    Args:
        initializer: a name, a configuration, a `keras.Initializer` or a function of (shape, dtype).
        number: of the layer, from 1.

    Returns:
        An initializer; functions and constants come back as they are.
    """
    given = known(keras.initializers.get, "initializer", initializer)
    if given is None:
        raise ValueError(f"initializer must be a name, an initializer or a function; received {initializer!r}.")
    config = given.get_config() if isinstance(given, keras.initializers.Initializer) else {}
    if "seed" not in config or not isinstance(config["seed"], (int, type(None))):  # a SeedGenerator moves on by itself
        return given
    if config["seed"] is not None:
        config["seed"] = int(np.random.SeedSequence([config["seed"], number]).generate_state(1)[0] >> 1)
    return type(given).from_config(config)
