"""Keras layers that the papers use and Keras does not have.

Written in `keras.ops` alone, so they run on every Keras backend. A layer here may offer ``macs(input_shape,
output_shape)``, which `course_utils.anatomy` asks for; window layers carry ``kernel_size`` or ``pool_size``,
``strides`` and ``padding`` under the names Keras uses, from which the receptive field follows. A layer that treats
every position by itself says ``positionwise = True``.
"""

from course_utils.layers.connections import PartialConv2D, RBFOutput
from course_utils.layers.local_response import LocalResponseNormalization
from course_utils.layers.shortcut import IdentityShortcut
from course_utils.layers.squash import AMPLITUDE, SLOPE, FanInUniform, scaled_tanh
from course_utils.layers.subsampling import Subsampling

__all__ = [
    "AMPLITUDE",
    "SLOPE",
    "FanInUniform",
    "IdentityShortcut",
    "LocalResponseNormalization",
    "PartialConv2D",
    "RBFOutput",
    "Subsampling",
    "scaled_tanh",
]
