"""GoogLeNet, the first Inception: nine modules of four branches, and two auxiliary heads.

Reference: C. Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842, table 1 and figures 2 and 3.
"""

from collections.abc import Sequence
from typing import NamedTuple

import keras
from keras import layers

from course_utils.layers import LocalResponseNormalization
from course_utils.models.common import Tensor, check, scaled
from course_utils.models.inception_parts import Style, chain, joined, max_pool, network, predictions
from course_utils.validation import one_of


class Module(NamedTuple):
    """One row of table 1: the filters of the four branches."""

    name: str
    n1x1: int
    n3x3_reduce: int
    n3x3: int
    n5x5_reduce: int
    n5x5: int
    pool_proj: int


# fmt: off
GOOGLENET_TABLE = (
    #      type  #1×1  #3×3 reduce #3×3  #5×5 reduce #5×5  pool proj   output
    Module("3a",  64,   96,        128,  16,         32,   32),     #  28×28×256
    Module("3b", 128,  128,        192,  32,         96,   64),     #  28×28×480, then max-pooling
    Module("4a", 192,   96,        208,  16,         48,   64),     #  14×14×512
    Module("4b", 160,  112,        224,  24,         64,   64),     #  14×14×512
    Module("4c", 128,  128,        256,  24,         64,   64),     #  14×14×512
    Module("4d", 112,  144,        288,  32,         64,   64),     #  14×14×528
    Module("4e", 256,  160,        320,  32,        128,  128),     #  14×14×832, then max-pooling
    Module("5a", 256,  160,        320,  32,        128,  128),     #    7×7×832
    Module("5b", 384,  192,        384,  48,        128,  128),     #    7×7×1024
)
# fmt: on
POOLED_AFTER = ("3b", "4e")
AUXILIARY = {"4a": "aux1", "4d": "aux2"}
STEMS = ("paper", "small")


def googlenet(
    *,
    aux: bool = False,
    input_shape: Sequence[int] = (224, 224, 3),
    classes: int = 1000,
    width: float = 1.0,
    dropout: float = 0.4,
    reduce: bool = True,
    project: bool | None = None,
    stem: str = "paper",
    batch_norm: bool = False,
) -> keras.Model:
    """Build GoogLeNet: a stem, nine Inception modules, global average pooling and a softmax.

    Input (N, height, width, channels), scaled by you → output (N, classes); with ``aux`` a list of three such
    outputs: main head, head on 4a, head on 4d.

    Args:
        aux: with the two auxiliary heads. The paper trains with their losses weighted by 0.3 and drops them after.
        input_shape: (height, width, channels), sides of at least 32 (8 with the small stem).
        classes: number of classes, at least 2.
        width: multiplies the filters of every convolution and the auxiliary dense layers.
        dropout: rate before the softmax of the main head.
        reduce: False leaves the 1×1 convolutions before the 3×3 and the 5×5 out.
        project: False leaves the 1×1 convolution after the pool of a module out; as ``reduce`` when None. Without both
            a module is the naïve one of figure 2a.
        stem: ``"paper"`` shrinks the image by 8; ``"small"`` (ours, for 32×32 images) begins with a 3×3 convolution
            and shrinks nothing.
        batch_norm: batch norm instead of biases, with momentum 0.9 (Keras's default is 0.99); the paper has none.

    Returns:
        An uncompiled `keras.Model`; layers ``stem_conv1``, ``inception_3a_1x1``, … ``inception_5b_output``,
        ``aux1_predictions``, ``predictions``.

    Raises:
        ValueError: an argument is out of range.

    Differences from the paper: rows of table 1 print parameters that its own widths do not give (7×7 row: 2.7K, which
    fits a separable convolution; a plain 7×7 has 9,472); the widths are followed. On maps of less than 5×5 the
    auxiliary heads pool what is there.

    Example:
        >>> googlenet().count_params(), googlenet(aux=True).count_params()
        (6998552, 13378280)
    """
    one_of("stem", stem, STEMS)
    project = reduce if project is None else project
    flags = {"aux": aux, "reduce": reduce, "project": project, "batch_norm": batch_norm}
    smallest = 32 if stem == "paper" else 8
    shape = check(input_shape, smallest=smallest, classes=classes, width=width, dropout=dropout, **flags)
    style = Style(width=width, batch_norm=batch_norm, gamma=True)
    x = inputs = keras.Input(shape, name="input")
    x = (paper_stem if stem == "paper" else small_stem)(x, style)
    heads = []
    for row in GOOGLENET_TABLE:
        x = inception(x, row, style, reduce=reduce, project=project)
        if aux and row.name in AUXILIARY:
            heads.append(auxiliary_head(x, classes, style, AUXILIARY[row.name]))
        if row.name in POOLED_AFTER:
            x = max_pool(x, f"pool_{row.name}", padding="same")
    return network(inputs, [predictions(x, classes, dropout), *heads], "googlenet")


def paper_stem(x: Tensor, style: Style) -> Tensor:
    """Rows 1 to 4 of table 1.

    (N, 224, 224, 3) → (N, 28, 28, 192).
    """
    x = max_pool(chain(x, style, "stem_conv1", "7x7/2 64"), "stem_pool1", padding="same")  # 56×56×64
    x = x if style.batch_norm else LocalResponseNormalization(name="stem_norm1")(x)
    x = chain(x, style, "stem_conv2", "1x1 64", "3x3 192")  # 56×56×192
    x = x if style.batch_norm else LocalResponseNormalization(name="stem_norm2")(x)
    return max_pool(x, "stem_pool2", padding="same")


def small_stem(x: Tensor, style: Style) -> Tensor:
    """A stem for images that are as small as the maps of module 3a.

    (N, H, W, C) → (N, H, W, 192).
    """
    return chain(x, style, "stem_conv", "3x3 64", "3x3 192")


def inception(x: Tensor, row: Module, style: Style, *, reduce: bool = True, project: bool = True) -> Tensor:
    """Figure 2b: 1×1, 3×3 and 5×5 after a reduction, pooling before a projection; without either where it is False.

    (N, H, W, C) → (N, H, W, n1x1 + n3x3 + n5x5 + pool_proj).
    """
    name = f"inception_{row.name}"

    def reduced(kernel: str, filters: int) -> Tensor:
        return chain(x, style, f"{name}_{kernel}_reduce", f"1x1 {filters}") if reduce else x

    def projected(pooled: Tensor) -> Tensor:
        return chain(pooled, style, f"{name}_pool_proj", f"1x1 {row.pool_proj}") if project else pooled

    return joined(
        f"{name}_output",
        chain(x, style, f"{name}_1x1", f"1x1 {row.n1x1}"),
        chain(reduced("3x3", row.n3x3_reduce), style, f"{name}_3x3", f"3x3 {row.n3x3}"),
        chain(reduced("5x5", row.n5x5_reduce), style, f"{name}_5x5", f"5x5 {row.n5x5}"),
        projected(max_pool(x, f"{name}_pool", stride=1, padding="same")),
    )


def naive_inception(x: Tensor, row: Module, style: Style) -> Tensor:
    """Figure 2a: the same filters with nothing in front of them; pooling keeps all channels.

    (N, H, W, C) → (N, H, W, n1x1 + n3x3 + n5x5 + C).
    """
    return inception(x, row, style, reduce=False, project=False)


def auxiliary_head(x: Tensor, classes: int, style: Style, name: str) -> Tensor:
    """Section 5: average pooling 5×5 with stride 3, 1×1 128, dense 1024, dropout 70%, softmax.

    (N, 14, 14, C) → (N, classes).
    """
    window = min(5, x.shape[1], x.shape[2])
    x = layers.AveragePooling2D(window, strides=3, name=f"{name}_pool")(x)  # 4×4×C
    x = chain(x, style, f"{name}_conv", "1x1 128")
    x = layers.Flatten(name=f"{name}_flatten")(x)
    x = layers.Dense(scaled(1024, style.width), activation="relu", name=f"{name}_fc")(x)
    x = layers.Dropout(0.7, name=f"{name}_dropout")(x)
    return layers.Dense(classes, activation="softmax", name=f"{name}_predictions")(x)
