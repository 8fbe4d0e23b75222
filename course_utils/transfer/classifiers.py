"""Copies of trained networks, a new head on a frozen base, and its second stage: fine-tuning."""

import math

import keras
from keras import layers

from course_utils.transfer.backbones import Backbone, Preprocessing
from course_utils.validation import one_of, real_number, whole_number

POOLS = ("average", None)


def augmentation(
    *, rotation: float = 40, shift: float = 0.2, zoom: float = 0.2, flip: bool = True, seed: int | None = None
) -> list:
    """Return layers that change each image by chance while a model trains, and never otherwise.

    As layers they travel with the model and need no second pipeline. `datasets.stream` does the same, and shear, before
    the images reach the model, and several times faster: it interpolates once where each layer interpolates anew.
    (Keras has a layer for shear too; a model with it cannot be loaded again from its file, so it is left out here.)

    Args:
        rotation: degrees, to both sides.
        shift: share of height and width, to all sides.
        zoom: share by which an image grows or shrinks.
        flip: mirror left and right with probability one half.
        seed: of the chance; None: different each time.

    Returns:
        A list of Keras layers for `classifier`; a value of 0 leaves its layer out. Pixels that come in from outside
        are those of the edge.

    Raises:
        ValueError: an argument is out of range.

    Example:
        >>> [layer.name for layer in augmentation(zoom=0)]
        ['flip', 'rotation', 'shift']
    """
    turn = real_number("rotation", rotation, low=0, high=180) / 360
    shift, zoom = real_number("shift", shift, low=0, high=0.9), real_number("zoom", zoom, low=0, high=0.9)
    seeds = [None if seed is None else whole_number("seed", seed, minimum=0) + number for number in range(4)]
    made = [
        flip and layers.RandomFlip("horizontal", seed=seeds[0], name="flip"),
        turn and layers.RandomRotation(turn, fill_mode="nearest", seed=seeds[1], name="rotation"),
        shift and layers.RandomTranslation(shift, shift, fill_mode="nearest", seed=seeds[2], name="shift"),
        zoom and layers.RandomZoom(zoom, fill_mode="nearest", seed=seeds[3], name="zoom"),
    ]
    return [layer for layer in made if layer]


def classifier(
    backbone: Backbone,
    classes: int,
    *,
    pool: str | None = "average",
    units: int | None = None,
    dropout: float = 0.0,
    augment=None,
) -> keras.Model:
    """Build a classifier over raw pixels: augmentation, preprocessing, the frozen base, a new head.

    Input (N, H, W, 3), pixels from 0 to 255 → output (N, classes), probabilities; (N, 1) for one class.

    The base is a copy: training the classifier never changes the backbone, nor features taken from it.

    Args:
        backbone: from `backbone` or `best_backbone`.
        classes: number of classes; 1 gives one sigmoid unit (yes or no).
        pool: ``"average"`` averages each map to one number; None flattens the maps, which costs many more weights.
        units: width of a hidden ReLU layer; none when None.
        dropout: share of the head's inputs to its last layer that is dropped while training, 0 to 0.9.
        augment: None, True for `augmentation` with its defaults, or a list of Keras layers.

    Returns:
        An uncompiled `keras.Model`. Only the head is trainable; `unfreeze` begins the second stage.

    Raises:
        ValueError: an argument is out of range.

    Batch norm stays in inference mode also after `unfreeze`, because its layers stay frozen. Calling the base with
    ``training=False`` would not do: Keras 3 overrides it by the mode in which the outer model runs.

    Example:
        >>> model = classifier(backbone("vgg16", weights=None), 1, pool=None, units=256, dropout=0.5)
        >>> model.count_params() - 14_714_688
        6423041
    """
    classes = whole_number("classes", classes)
    if pool is not None:
        one_of("pool", pool, POOLS)
    dropout = real_number("dropout", dropout, low=0.0, high=0.9)
    base = duplicate(backbone.model, name=f"{backbone.name}_base")
    base.trainable = False
    inputs = keras.Input(backbone.input_shape, name="pixels")
    x = inputs
    for layer in augmentation() if augment is True else (augment or []):
        x = layer(x)
    x = Preprocessing.from_config(backbone.preprocessing)(x)
    x = base(x, training=False)
    x = (layers.GlobalAveragePooling2D(name="pool") if pool else layers.Flatten(name="flatten"))(x)
    if units is not None:
        x = layers.Dense(whole_number("units", units), activation="relu", name="hidden")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    activation = "sigmoid" if classes == 1 else "softmax"
    outputs = layers.Dense(classes, activation=activation, name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"{backbone.name}_classifier")


def unfreeze(model: keras.Model, *, from_layer: str | None = None) -> int:
    """Begin the second stage: make the base trainable, from one layer on; batch norm stays as it is.

    Compile the model again afterwards, with a rate about a hundred times smaller than the head's: Keras notices
    what is trainable when it compiles.

    Args:
        model: from `classifier`.
        from_layer: name of the first layer of the base that shall train, in the order of ``base_of(model).layers``;
            all when None.

    Returns:
        The number of trainable parameters of the whole model.

    Raises:
        ValueError: the model has no base, or its base no such layer.

    Example:
        >>> unfreeze(model, from_layer="block5_conv1")
        7079424
    """
    base = base_of(model)
    names = [layer.name for layer in base.layers]
    first = 0 if from_layer is None else names.index(one_of("from_layer", from_layer, names))
    base.trainable = True
    for number, layer in enumerate(base.layers):
        layer.trainable = number >= first and not isinstance(layer, layers.BatchNormalization)
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def base_of(model: keras.Model) -> keras.Model:
    """Return the base inside a model made by `classifier`, a model of its own with layers and names."""
    for layer in model.layers:
        if isinstance(layer, keras.Model) and layer.name.endswith("_base"):
            return layer
    raise ValueError(f"model must come from transfer.classifier; {model.name!r} has no base in it.")


def frozen_copy(model: keras.Model, *, until: str | None = None, name: str | None = None) -> keras.Model:
    """Return a copy of a trained model that training will not change, and that shares no layer with it.

    A new model built from the *same* layer objects freezes and trains the source too. The copy has layers and
    weights of its own.

    Args:
        model: a functional or sequential model that is built.
        until: name of the last layer to keep; all when None. Drops a head.
        name: name of the copy; that of the model when None.

    Returns:
        A model with equal weights, all frozen.

    Raises:
        ValueError: no layer is called ``until``.

    Example:
        >>> base = frozen_copy(digits, until="dense_1")  # without the head of ten digits
    """
    if until is not None:
        layer = model.get_layer(one_of("until", until, [layer.name for layer in model.layers]))
        model = keras.Model(model.inputs, layer.output, name=name or model.name)
    copy = duplicate(model, name=name)
    copy.trainable = False
    return copy


def duplicate(model: keras.Model, *, name: str | None = None) -> keras.Model:
    """Return a copy with layers and weights of its own, frozen and trainable as in the source."""
    config = model.get_config()
    if name is not None:
        config["name"] = name
    copy = type(model).from_config(config)
    if not copy.built:
        copy.build(model.input_shape)
    copy.set_weights(model.get_weights())
    return copy
