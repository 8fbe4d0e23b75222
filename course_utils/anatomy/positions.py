"""Layers that treat every position of their maps by itself: the receptive field passes through them unchanged.

What is not known to do so is not assumed to: after a recurrent layer, a normalisation or softmax across positions, a
cumulative sum, a flip, a transpose or any layer of another kind the field is unknown, and said to be. A layer of your
own passes the field on if it says ``positionwise = True``.
"""

import keras

from course_utils.anatomy.counting import channels_axis

# Layers that work value by value, or on the channels of a position, in inference; random augmentation rests then.
LAYERS = """
    Activation ReLU LeakyReLU ELU PReLU Identity Masking Rescaling Normalization BatchNormalization
    Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise GaussianDropout AlphaDropout
    ActivityRegularization Add Subtract Multiply Average Maximum Minimum
    RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom
"""
# Operations of `keras.ops`, and layers that Keras's own networks define for themselves, by the names of their classes.
OPERATIONS = """
    Abs Absolute Add Cast Ceil Clip Divide Elu Equal Erf Exp Expm1 Floor Gelu Greater GreaterEqual HardShrink
    HardSigmoid HardSilu HardSwish HardTanh Identity LeakyRelu Less LessEqual Log Log1p LogSigmoid LogicalAnd
    LogicalNot LogicalOr Maximum Minimum Mod Multiply Negative NotEqual Power Reciprocal Relu Relu6 Round Rsqrt Selu
    Sigmoid Sign Silu SoftShrink Softplus Softsign Sqrt Square SquaredDifference Subtract Tanh TanhShrink TrueDivide
    Where LayerScale StochasticDepth CustomScaleLayer
"""
POSITIONWISE = tuple(getattr(keras.layers, name) for name in LAYERS.split() if hasattr(keras.layers, name))
NAMES = frozenset(OPERATIONS.split())
ACROSS_AN_AXIS = {"LogSoftmax", "Softmax", "LayerNormalization", "RMSNormalization", "UnitNormalization", "Concatenate"}


def kept(layer, shape: tuple) -> bool:
    """Return whether each position of a layer's output depends on the same position of its input alone.

    Args:
        layer: the layer or operation called.
        shape: shape of its largest input, batch axis first.
    """
    kind, rank = type(layer).__name__, len(shape)
    if getattr(layer, "positionwise", False) is True or isinstance(layer, POSITIONWISE):
        return True
    if not type(layer).__module__.startswith("keras."):
        return False
    channels = channels_axis(layer) % rank
    if kind in ACROSS_AN_AXIS:
        return axes_of(layer, rank) == {channels}
    if isinstance(layer, keras.layers.EinsumDense):
        return keeps_positions(layer.equation)
    return kind in NAMES or (isinstance(layer, keras.layers.Dense) and channels == rank - 1)


def axes_of(layer, rank: int) -> set[int]:
    """Return the axes that a layer works across, counted from the batch axis."""
    axes = layer.axis if isinstance(layer.axis, (tuple, list)) else [layer.axis]
    return {axis % rank for axis in axes}


def keeps_positions(equation: str) -> bool:
    """Return whether an einsum multiplies channels alone: ``abc,cd->abd`` does, ``abc,bd->adc`` mixes positions."""
    arriving, kernel, output = equation.replace("->", ",").replace("...", "").split(",")
    positions = "".join(label for label in arriving if label not in kernel)
    return arriving.startswith(positions) and output.startswith(positions) and len(arriving) > len(positions)
