"""Follow an image through a model: one row per call, with its counts and its receptive field."""

import math
from collections import Counter
from dataclasses import dataclass, replace

import keras

from course_utils.anatomy import counting, field, graph, stages, windows


@dataclass(frozen=True)
class Row:
    """One call of a layer. Shapes leave out the batch axis; counts are for one image.

    Attributes:
        name: the layer's name; layers of a nested model are ``outer/inner``, a second call ends in ``(2)``.
        kind: the layer's class.
        output_shape: (height, width, channels), or (units,).
        params: numbers in its weights, counted at the first call only, so that the rows add up.
        trainable_params: those that training changes.
        macs: multiply-adds; ``None`` where the layer's kind is unknown.
        receptive_field: side, in pixels of the input, of what one output value sees; the longer side where they
            differ; padding counts as seen, so it may exceed the image; after a gate from a global pool (squeeze and
            excitation) at least the whole image; ``None`` where it cannot be followed.
        receptive_box: the same per axis, (height, width).
        centre: (row, column), in pixels of the input, of the middle of the first output value's window; pixel (0, 0)
            has its middle at (0, 0); with padding it may lie outside the image.
        stride: pixels of the input from one output value to the next; 0 when all values see the same.
        activations: values in the output.
        memory: bytes of the output, in the layer's own number format, float32 unless it was changed.
        weight_memory: bytes of the weights that ``params`` counts.
        stage: what the layer belongs to, read from its name or from the size of its maps: see `anatomy.stages`.
        inputs: names of the rows, or of the model's inputs, that the call takes.
        input_shapes: shapes of these.
        kernel: (height, width) of the window of a convolution or pooling; ``None`` without one, or where it is all.
        steps: its strides, (height, width); ``None`` without any.
        groups: into how many groups the channels of a convolution are divided.
        activation: name of the activation inside the layer, ``None`` where it has none.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    params: int
    trainable_params: int
    macs: int | None
    receptive_field: int | None
    receptive_box: tuple[int, ...] | None
    centre: tuple[float, ...] | None
    stride: float | None
    activations: int
    memory: int
    weight_memory: int
    stage: str = ""
    inputs: tuple[str, ...] = ()
    input_shapes: tuple[tuple[int, ...], ...] = ()
    kernel: tuple[int, ...] | None = None
    steps: tuple[int, ...] | None = None
    groups: int = 1
    activation: str | None = None

    def box(self, place: tuple[int, ...] | None = None) -> tuple[float, ...] | None:
        """Return what one output value sees: (top, left, height, width) in pixels of the input; padding counts.

        Args:
            place: (row, column) of the value; the middle one when None.

        Returns:
            The box, its corner in pixel coordinates; ``None`` where the field cannot be followed.
        """
        if self.receptive_box is None:
            return None
        sizes = self.output_shape[:-1] if self.stride else (1,) * len(self.receptive_box)
        place = place or tuple((size - 1) // 2 for size in sizes)
        middles = [middle + index * self.stride for middle, index in zip(self.centre, place, strict=True)]
        corner = (plain(middle - (side - 1) / 2) for middle, side in zip(middles, self.receptive_box, strict=True))
        return (*corner, *self.receptive_box)


class Tracer:
    """Collects the rows of a model and remembers which weights were counted and which names are taken."""

    def __init__(self):
        self.rows: list[Row] = []
        self.counted: set[int] = set()
        self.calls: Counter[str] = Counter()

    def trace(self, model) -> tuple[Row, ...]:
        """Return the rows of ``model``, from an image of the size it was built for.

        Raises:
            ValueError: the model has no graph, or its input size is unknown.
        """
        if not getattr(model, "inputs", None) or not getattr(model, "outputs", None):
            raise ValueError(
                f"model must be functional, or sequential with a known input; {model.name!r} has no graph to read."
            )
        shapes = [tuple(tensor.shape) for tensor in model.inputs]
        if any(None in shape[1:] for shape in shapes):
            raise ValueError(
                f"model must have a fixed input size; received {model.name!r} with input {shapes}. "
                "Build it with input_shape=(height, width, channels)."
            )
        names = [self.unique(tensor._keras_history.operation.name) for tensor in model.inputs]
        arriving = zip(shapes, map(field.of_input, shapes), names, strict=True)
        self.follow(model, list(arriving), prefix="")
        found = zip(self.rows, stages.of_rows(self.rows), strict=True)
        return tuple(replace(row, stage=stage) for row, stage in found)

    def follow(self, model, arriving: list, prefix: str) -> list:
        """Add the rows of one call of ``model``; take and return (shape, field, name) of its inputs and outputs."""
        known = {id(tensor): state for tensor, state in zip(model.inputs, arriving, strict=True)}
        for node in graph.calls(model):
            states = [known[id(tensor)] for tensor in node.input_tensors]
            layer = node.operation
            if isinstance(layer, keras.Model) and getattr(layer, "inputs", None):
                outgoing = self.follow(layer, states, prefix=f"{prefix}{layer.name}/")
            else:
                outgoing = self.visit(layer, states, node.output_tensors, prefix)
            known |= {id(tensor): state for tensor, state in zip(node.output_tensors, outgoing, strict=True)}
        return [known[id(tensor)] for tensor in model.outputs]

    def visit(self, layer, states: list, outputs: list, prefix: str) -> list:
        """Add the row of one call of one layer; return (shape, field, name) of each of its outputs."""
        shapes, fields, names = ([state[part] for state in states] for part in range(3))
        outgoing = [tuple(tensor.shape) for tensor in outputs]
        if any(None in shape[1:] for shape in outgoing):
            outgoing = [tuple(layer.compute_output_shape(shapes[0] if len(shapes) == 1 else shapes))]
        seen = [field.after(layer, fields, shapes, shape) for shape in outgoing]
        kept = sum(math.prod(shape[1:]) * counting.width(out) for shape, out in zip(outgoing, outputs, strict=True))
        row = self.row(layer, shapes, outgoing, seen[0], prefix, kept)
        taken = {"inputs": tuple(names), "input_shapes": tuple(shape[1:] for shape in shapes)}
        self.rows.append(replace(row, **taken, **windows.of(layer)))
        return [(shape, field_, row.name) for shape, field_ in zip(outgoing, seen, strict=True)]

    def row(self, layer, shapes, outgoing, seen, prefix, memory) -> Row:
        """Return the row of one call."""
        fresh = [weight for weight in getattr(layer, "weights", ()) if id(weight) not in self.counted]
        self.counted |= {id(weight) for weight in fresh}
        trainable = {id(weight) for weight in getattr(layer, "trainable_weights", ())}
        return Row(
            name=self.unique(prefix + layer.name),
            kind=type(layer).__name__,
            output_shape=outgoing[0][1:],
            params=sum(counting.values(weight) for weight in fresh),
            trainable_params=sum(counting.values(weight) for weight in fresh if id(weight) in trainable),
            macs=counting.macs(layer, shapes, outgoing[0]),
            receptive_field=max(axis.size for axis in seen) if seen else None,
            receptive_box=tuple(axis.size for axis in seen) if seen else None,
            centre=tuple(plain(axis.centre) for axis in seen) if seen else None,
            stride=plain(max(axis.step for axis in seen)) if seen else None,
            activations=sum(math.prod(shape[1:]) for shape in outgoing),
            memory=memory,
            weight_memory=sum(counting.values(weight) * counting.width(weight) for weight in fresh),
        )

    def unique(self, name: str) -> str:
        """Return ``name``, with the number of the call after it from the second call on."""
        self.calls[name] += 1
        return name if self.calls[name] == 1 else f"{name} ({self.calls[name]})"


def plain(number: float) -> float:
    """Return a whole number as an int."""
    return int(number) if number == int(number) else number
