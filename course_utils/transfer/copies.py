"""Copies of networks that share nothing with their source."""

import keras

from course_utils.validation import one_of


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
