"""What all builders share: checks of their arguments, channels at a width, convolution with batch norm and ReLU."""

from collections.abc import Sequence
from typing import TypeAlias

import keras
from keras import layers

from course_utils.validation import flag, real_number, whole_number

# Of the moving statistics of batch norm. Keras's default is 0.99; with 0.9 they follow within some twenty steps, so
# that a short training can be judged by them. Answers in inference do not depend on it.
MOMENTUM = 0.9
LARGEST = {"side": 65_536, "channels": 65_536, "classes": 1_000_000, "units": 10_000_000}
ACTIVATIONS = ("relu", "tanh", "sigmoid")

Tensor: TypeAlias = keras.KerasTensor


def scaled(channels: int, width: float, *, multiple: int = 1) -> int:
    """Return the number of channels at the width multiplier, a multiple of ``multiple`` and at least that."""
    return max(multiple, multiple * round(channels * width / multiple))


def check(
    input_shape: Sequence[int], *, smallest: int, classes: int, width: float = 1.0, dropout: float = 0.0, **flags: bool
) -> tuple[int, int, int]:
    """Return the input shape, or raise a ``ValueError`` that names the argument, the value and what is allowed."""
    whole_number("classes", classes, minimum=2, maximum=LARGEST["classes"])
    real_number("width", width, low=0.01, high=100)
    real_number("dropout", dropout, low=0, high=0.99)
    for argument, value in flags.items():
        flag(argument, value)
    return image_shape(input_shape, smallest=smallest)


def image_shape(input_shape: Sequence[int], *, smallest: int) -> tuple[int, int, int]:
    """Return ``input_shape`` as (height, width, channels), each side at least ``smallest`` pixels."""
    most = LARGEST["side"]
    allowed = f"(height, width, channels) with sides of at least {smallest} and at most {most}"
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) != 3:
        raise ValueError(f"input_shape must be {allowed}; received {input_shape!r}.")
    try:
        height, width = (whole_number("side", side, minimum=smallest, maximum=most) for side in input_shape[:2])
        return height, width, whole_number("channels", input_shape[2], maximum=LARGEST["channels"])
    except ValueError as error:
        raise ValueError(f"input_shape must be {allowed}; received {input_shape!r}.") from error


def initializer(argument: str, name: str) -> keras.initializers.Initializer:
    """Return a new initializer of that name: one shared object would give equal weights to layers of equal shape."""
    try:
        return keras.initializers.get(name if isinstance(name, str) else "")
    except ValueError:
        raise ValueError(
            f'{argument} must be the name of a Keras initializer, such as "he_normal"; received {name!r}.'
        ) from None


def conv_norm_relu(
    x: Tensor,
    filters: int,
    size: int | tuple[int, int],
    name: str,
    *,
    stride: int = 1,
    padding: str = "same",
    kernel_initializer="glorot_uniform",
    epsilon: float = 1e-3,
    scale: bool = True,
) -> Tensor:
    """Convolution without bias, batch norm, ReLU: layers ``{name}``, ``{name}_bn``, ``{name}_relu``.

    (N, H, W, C) → (N, H', W', filters).
    """
    x = layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding=padding,
        use_bias=False,
        kernel_initializer=kernel_initializer,
        name=name,
    )(x)
    return norm_relu(x, f"{name}_bn", f"{name}_relu", epsilon=epsilon, scale=scale)


def norm_relu(x: Tensor, norm_name: str, relu_name: str, *, epsilon: float = 1e-3, scale: bool = True) -> Tensor:
    """Batch norm, ReLU. (N, H, W, C) → (N, H, W, C)."""
    return layers.ReLU(name=relu_name)(norm(x, norm_name, epsilon=epsilon, scale=scale))


def norm(x: Tensor, name: str, *, epsilon: float = 1e-3, scale: bool = True) -> Tensor:
    """Batch norm with momentum 0.9; ``scale=False`` leaves out the learned factor. (N, H, W, C) → (N, H, W, C)."""
    return layers.BatchNormalization(momentum=MOMENTUM, epsilon=epsilon, scale=scale, name=name)(x)
