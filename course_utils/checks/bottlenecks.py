"""A reader's bottleneck beside the package's: the same weights must give the same maps."""

import functools

import numpy as np

from course_utils.checks.core import Verdict, called, failed, network_between, passed, shortened

EXERCISE, MIDDLE, SIDE, NARROW = "3", 8, 8, 1 / 8  # filters in the middle and pixels of the maps, width of the network
BLOCK, BEFORE = "conv2_block2", "conv2_block1_out"


def bottleneck(function, resnet) -> Verdict:
    """Exercise 3: ``function(x, filters)`` in Keras, maps that keep their size; ``resnet`` is the package's builder."""
    model = _network(resnet)
    x, wanted = model.get_layer(BEFORE).output, model.get_layer(f"{BLOCK}_out").output
    call = f"bottleneck(x, {MIDDLE})"
    output, verdict = called(EXERCISE, function, (x, MIDDLE), name=call, advice=_of_error, copy=False)
    if verdict:
        return verdict
    if not hasattr(output, "shape") or len(output.shape) != 4:
        return failed(EXERCISE, f"{call} must return maps, a Keras tensor (received {shortened(output)})")
    if output is x:
        return failed(EXERCISE, f"{call} returns x as it came: where are the convolutions?")
    got, right = tuple(output.shape[1:]), tuple(wanted.shape[1:])
    if got != right:
        return failed(
            EXERCISE, f"{call} gives maps {_times(got)}, and {_times(right)} came in; {_of_shape(x, output, right)}"
        )
    yours, package = network_between(type(model), x, output), type(model)(x, wanted)
    if yours is None:
        return failed(EXERCISE, f"{call}: the output does not come from the maps that went in.")
    hint = _of_layers(yours, package) or _of_values(yours, package, x)
    if hint:
        return failed(EXERCISE, f"{call}: {hint}")
    return passed(EXERCISE, "the same maps as the package's block with the same weights")


def _of_error(error) -> str:
    """Return what to say of an error that the reader's function raised."""
    shapes = isinstance(error, ValueError) and "shape" in str(error)
    return "What must F(x) and x have in common, to be added?" if shapes else ""


@functools.cache
def _network(resnet):
    return resnet(50, width=NARROW, input_shape=(4 * SIDE, 4 * SIDE, 3), classes=2)


def _times(shape) -> str:
    return "×".join(str(side) for side in shape)


def _of_shape(x, output, right: tuple) -> str:
    """Return what to say of maps of another size."""
    if output.shape[3] == 2 * right[2] and _joined(x, output):
        return "they stand side by side. What does the ⊕ of the drawing do with F(x) and x?"
    if output.shape[3] != right[2]:
        return "how many channels must the last convolution make, to be added to x?"
    return "do all convolutions keep height and width?"


def _joined(x, output) -> bool:
    """Say whether maps are concatenated on the way from x to the output."""
    operations, tensors = set(), [output]
    while tensors:
        tensor = tensors.pop()
        operation = getattr(tensor, "_keras_history", (None,))[0]
        if tensor is not x and operation is not None and operation not in operations:
            operations.add(operation)
            tensors += operation.input if isinstance(operation.input, list) else [operation.input]
    return any(type(operation).__name__ == "Concatenate" for operation in operations)


def _of_layers(yours, package) -> str:
    """Return what to say where the layers with weights differ, or nothing."""
    mine, right = ([layer for layer in one.layers if layer.weights] for one in (yours, package))
    kernels = [tuple(layer.kernel.shape) for layer in mine if hasattr(layer, "kernel")]
    known = [tuple(layer.kernel.shape) for layer in right if hasattr(layer, "kernel")]
    norms = sum(type(layer).__name__ == "BatchNormalization" for layer in mine)
    if len(kernels) != len(known):
        return f"convolutions in it: {len(kernels)}; the drawing has how many?"
    if norms and any(len(layer.weights) == 2 and hasattr(layer, "kernel") for layer in mine):
        return "a bias before a batch norm is subtracted again: the package's convolutions have none."
    if [shape[:2] for shape in kernels] != [shape[:2] for shape in known]:
        return f"kernels {', '.join(_times(shape[:2]) for shape in kernels)}: which of the three is the large one?"
    if kernels != known:
        return "how many channels does the 3×3 read, and how many does it make?"
    if norms != len(known):
        return f"batch norms in it: {norms}; the drawing has one after each convolution."
    if [type(layer).__name__ for layer in mine] != [type(layer).__name__ for layer in right]:
        return "the order of convolutions and batch norms is not that of the drawing."
    return ""


def _of_values(yours, package, x) -> str:
    """Copy the package's weights, with a norm's numbers at random; return what to say of the outputs, or nothing."""
    rng = np.random.default_rng(0)
    weights = []
    for layer in package.layers:
        if hasattr(layer, "kernel"):
            weights += layer.get_weights()
        elif layer.weights:  # γ, β, mean, variance
            spans = ((0.5, 1.5), (-0.5, 0.5), (-0.2, 0.2), (0.5, 1.5))
            weights += [rng.uniform(*span, layer.gamma.shape) for span in spans]
    yours.set_weights(weights)
    package.set_weights(weights)
    given = np.abs(rng.normal(size=(2, *x.shape[1:]))).astype("float32")
    answer, right = (np.asarray(one(given, training=False)) for one in (yours, package))
    if _alike(answer, right):
        return ""
    if answer.min() < -1e-6:
        return "negative numbers come out: what is the last thing in the drawing?"
    last = [layer for layer in package.layers if type(layer).__name__ == "BatchNormalization"][-1]
    branch = np.asarray(type(package)(x, last.output)(given, training=False))
    told = {
        "F(x) alone comes out: what is added to it?": np.maximum(branch, 0),
        "F(x) may be negative when it is added: where does the last ReLU stand?": np.maximum(branch, 0) + given,
        "x is added twice or more.": np.maximum(branch + 2 * given, 0),
    }
    for hint, values in told.items():
        if _alike(answer, values):
            return hint
    if any(_alike(answer, values) for values in _inner_sums(package, given)):
        return "what is added is not x. Where does the path around the layers begin, and where does it end?"
    return "layers and weights are right, the numbers are not: what stands between convolutions, and before the sum?"


def _inner_sums(package, given) -> list[np.ndarray]:
    """Return what comes out where the sum stands around the 3×3 alone, with and without one around all three."""
    first, second, third = (layer for layer in package.layers if hasattr(layer, "kernel"))
    norms = [layer for layer in package.layers if type(layer).__name__ == "BatchNormalization"]

    def applied(conv, norm, maps):
        return np.asarray(norm(conv(maps), training=False))

    narrow = np.maximum(applied(first, norms[0], given), 0)
    inner = applied(second, norms[1], narrow)
    branches = [
        applied(third, norms[2], summed)
        for summed in (np.maximum(inner + narrow, 0), np.maximum(inner, 0) + narrow, inner + narrow)
    ]
    return [np.maximum(branch + shortcut, 0) for branch in branches for shortcut in (0, given)]


def _alike(one, other) -> bool:
    """Say whether two arrays agree but for the small number that batch norm adds to the variance."""
    return one.shape == other.shape and float(np.abs(one - other).max()) < 0.02 * float(other.std())
