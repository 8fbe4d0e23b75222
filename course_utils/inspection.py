"""Look inside a network: the output of each layer, the first filters, the pixels that matter."""

from collections.abc import Sequence

import keras
import numpy as np

from course_utils.validation import one_of, pair, real_number, whole_number


def activations(
    model: keras.Model, images, layers: str | Sequence[str] | None = None, *, batch_size: int = 256
) -> dict[str, np.ndarray]:
    """Return the outputs of layers for images.

    Args:
        model: a functional or built sequential `keras.Model`.
        images: array (N, H, W, C), in the range the model was trained on.
        layers: names of the layers wanted, one name or a sequence; ``None`` takes all but the input.
        batch_size: images sent through the network at a time.

    Returns:
        A dictionary from layer name to array (N, …), in the order asked for.

    Raises:
        ValueError: the model has no layer of that name (the message lists the closest), or the images have another
            shape than the model's input.

    Example:
        >>> from course_utils import models
        >>> maps = activations(models.lenet5(), np.zeros((2, 28, 28, 1)), ["C1", "C3"])
        >>> maps["C1"].shape, maps["C3"].shape
        ((2, 24, 24, 6), (2, 8, 8, 16))
    """
    known = [layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    wanted = known if layers is None else [layers] if isinstance(layers, str) else list(layers)
    wanted = [one_of("layers", name, known) for name in wanted]
    images = as_batch(model, images)
    whole_number("batch_size", batch_size)
    inputs = model.inputs[0] if len(model.inputs) == 1 else model.inputs
    probe = keras.Model(inputs, [model.get_layer(name).output for name in wanted])
    return dict(zip(wanted, answers(probe, images, batch_size), strict=True))


def answers(probe, images, batch_size: int) -> list[np.ndarray]:
    """Return the outputs of a model for all images, without the messages of ``predict``."""
    batches = [probe(images[start : start + batch_size], training=False) for start in range(0, len(images), batch_size)]
    batches = [batch if isinstance(batch, (list, tuple)) else [batch] for batch in batches]
    return [
        np.concatenate([keras.ops.convert_to_numpy(part) for part in parts]) for parts in zip(*batches, strict=True)
    ]


def as_batch(model, images) -> np.ndarray:
    """Return the images as a float32 batch, after a look at their shape."""
    images = np.asarray(images, dtype="float32")
    expected = tuple(model.inputs[0].shape)
    fits = images.ndim == len(expected) and len(images) > 0
    if not fits or any(side not in (None, size) for side, size in zip(expected[1:], images.shape[1:], strict=True)):
        raise ValueError(f"images must have shape (N, {', '.join(map(str, expected[1:]))}); received {images.shape}.")
    return images


def first_filters(model: keras.Model) -> np.ndarray:
    """Return the kernels of the first convolution, filter by filter.

    Args:
        model: a `keras.Model`; models nested inside it are searched too.

    Returns:
        Array (filters, kh, kw, channels).

    Raises:
        ValueError: the model has no two-dimensional convolution.

    Example:
        >>> from course_utils import models
        >>> first_filters(models.lenet5()).shape
        (6, 5, 5, 1)
    """
    queue = list(model.layers)
    while queue:
        layer = queue.pop(0)
        if isinstance(layer, keras.Model):
            queue = list(layer.layers) + queue
        elif isinstance(layer, keras.layers.Conv2D):
            return np.moveaxis(keras.ops.convert_to_numpy(layer.kernel), -1, 0)
    raise ValueError(f"model must hold a Conv2D layer; {model.name!r} has {[layer.name for layer in model.layers]}.")


def occlusion(
    model: keras.Model, image, target: int, *, size: int | tuple[int, int] = 5, stride: int = 1, fill: float = 0.0
) -> np.ndarray:
    """Return how much one output falls when a square of the image is covered: where the network looks.

    Args:
        model: a `keras.Model` with one input and one output (N, classes).
        image: array (H, W, C).
        target: index of the output looked at.
        size: side of the square in pixels, or (vertical, horizontal).
        stride: pixels from one square to the next.
        fill: value of the covered pixels.

    Returns:
        Array (H, W): for each pixel the mean fall, output before minus output covered, over the squares that
        cover it; 0 where none does. Where small outputs are good (distances), read the sign the other way round.

    Raises:
        ValueError: the image does not fit the model, or an argument is out of range.

    Reference: M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2013, arXiv 1311.2901,
    section 4.2.

    Example:
        >>> from course_utils import models
        >>> occlusion(models.lenet5(), np.zeros((28, 28, 1)), 3, stride=4).shape
        (28, 28)
    """
    image = as_batch(model, np.asarray(image)[None])[0]
    whole_number("target", target, minimum=0, maximum=int(model.outputs[0].shape[-1]) - 1)
    high, wide = pair("size", size)
    stride = whole_number("stride", stride)
    real_number("fill", fill, low=-1e6, high=1e6)
    rows, columns = range(0, image.shape[0] - high + 1, stride), range(0, image.shape[1] - wide + 1, stride)
    squares = [(slice(top, top + high), slice(left, left + wide)) for top in rows for left in columns]
    if not squares:
        raise ValueError(f"size must be at most the image, {image.shape[:2]}; received {size!r}.")
    covered = np.repeat(image[None], len(squares) + 1, axis=0)
    for number, square in enumerate(squares):
        covered[(number, *square)] = fill
    scores = answers(keras.Model(model.inputs[0], model.outputs[0]), covered, 256)[0][:, target]
    fall, times = np.zeros(image.shape[:2]), np.zeros(image.shape[:2])
    for score, square in zip(scores, squares, strict=False):
        fall[square] += scores[-1] - score
        times[square] += 1
    return fall / np.maximum(times, 1)


def grad_cam(model: keras.Model, image, target: int, *, layer: str) -> np.ndarray:
    """Return where the maps of a layer raise the score of one class: the maps weighed by its mean gradient.

    Args:
        model: a functional `keras.Model` with one input that ends in a dense layer with one unit a class.
        image: array (H, W, C), in the range the model was trained on.
        target: the class.
        layer: name of a layer whose output is maps (h, w, channels), as a rule the last convolution.

    Returns:
        Array (H, W), at least 0, in units of the score (before softmax), enlarged from h×w without corners.

    Raises:
        ValueError: the image does not fit the model, there is no such class or layer, or the model does not end in
            a dense layer.

    Reference: R. Selvaraju and others, "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", 2016, arXiv:1610.02391, equations 1 and 2.

    Example:
        >>> from course_utils import models
        >>> grad_cam(models.lenet5(), np.ones((28, 28, 1)), 3, layer="C3").shape
        (28, 28)
    """
    image = as_batch(model, np.asarray(image)[None])
    last = model.layers[-1]
    if not isinstance(last, keras.layers.Dense):
        raise ValueError(f"model must end in a Dense layer; {model.name!r} ends in a {type(last).__name__}.")
    whole_number("target", target, minimum=0, maximum=last.units - 1)
    known = [part.name for part in model.layers if len(part.output.shape) == 4]
    maps_tensor = model.get_layer(one_of("layer", layer, known)).output
    maps = keras.Model(model.inputs[0], maps_tensor)(image, training=False)
    rest = keras.Model(maps_tensor, last.input)
    weights = keras.ops.convert_to_tensor(keras.ops.convert_to_numpy(last.kernel)[:, target : target + 1])
    gradient = Offset(lambda shifted: keras.ops.matmul(rest(shifted, training=False), weights), maps.shape).slope(maps)
    maps = keras.ops.convert_to_numpy(maps)[0]
    heat = np.maximum(maps @ gradient.mean(axis=(0, 1)), 0)
    larger = keras.ops.image.resize(heat[..., None], image.shape[1:3], interpolation="bilinear")
    return keras.ops.convert_to_numpy(larger)[..., 0]


class Offset(keras.Model):
    """A score of maps to which a trainable offset, zero at first, is added: one step of training is its gradient.

    Keras 3 has no gradient of its own that works with every backend, but every backend can train.
    """

    def __init__(self, score, shape):
        """Keep a function from maps to scores (1, 1); the model inside it is not tracked, so it stays as it is."""
        super().__init__()
        self.score = score
        self.offset = self.add_weight(shape=tuple(shape), initializer="zeros", name="offset")

    def call(self, maps):
        """Return the score of the shifted maps."""
        return self.score(maps + self.offset)

    def slope(self, maps) -> np.ndarray:
        """Return the gradient of the score by the maps, (h, w, channels)."""
        self.compile(keras.optimizers.SGD(1.0), loss=lambda _, score: -keras.ops.mean(score), run_eagerly=True)
        self.train_on_batch(maps, np.zeros((1, 1), "float32"))
        return keras.ops.convert_to_numpy(self.offset)[0]
