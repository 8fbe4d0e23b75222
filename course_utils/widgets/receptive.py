"""The receptive field: stack kernels, strides, dilations and pools, and see which pixels one output value looks at.

Like the convolution explorer it works with a kernel behind it and without one: the page does the arithmetic.
"""

import html

import anywidget
import numpy as np
import traitlets
from IPython.display import display

from course_utils.validation import one_of, whole_number
from course_utils.widgets import fragment, pictures, stack

SCRIPT = fragment.files("exhibit.js", "receptive_numbers.js", "receptive_section.js", "receptive.js")
STYLE = fragment.files("exhibit.css", "receptive.css")
TOLD = ("layers", "size", "padding", "channels", "row", "column")


class ReceptiveField(anywidget.AnyWidget):
    """An exhibit: build a stack of layers, point at an output value, and see the pixels it depends on.

    Args:
        layers: the name of a stack (one of ``stack.STACKS``) or a list, first layer first: a number is a convolution
            of that size, a dict has ``kernel`` and, as needed, ``kind`` ("convolution" or "pooling"), ``stride``
            (1; for pooling the kernel) and ``dilation`` (1).
        size: pixels along each side of the input, 4–128; with an image its side.
        padding: ``"same"`` or ``"valid"``, for all layers.
        channels: number of channels in and out of each layer, for the number of weights.
        image: a square grey picture (H, H) of pixels 0–255, at most 128 a side, to look at; None for an empty grid.

    Attributes of the same names follow what the reader does where a kernel answers, and may be set; ``row`` and
    ``column`` are the chosen output value's.

    Raises:
        ValueError: an argument is not allowed, or the layers do not fit into the input.

    Example:
        >>> ReceptiveField([3, 3, 3]).field
        7
    """

    _esm = SCRIPT
    _style = traitlets.Unicode(STYLE).tag(sync=True)
    _key = traitlets.Unicode().tag(sync=True)
    _picture = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _stacks = traitlets.Dict(stack.STACKS).tag(sync=True)
    _limits = traitlets.Dict(stack.LIMITS | {"layers": (1, stack.MOST_LAYERS)}).tag(sync=True)

    layers = traitlets.Any().tag(sync=True)
    size = traitlets.Any().tag(sync=True)
    padding = traitlets.Any("same").tag(sync=True)
    channels = traitlets.Any(64).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)

    def __init__(self, layers="three 3×3", size=32, padding="same", channels=64, image=None):
        if image is not None:
            image = pictures.as_picture("image", image)
            if image.shape[0] != image.shape[1]:
                raise ValueError(f"image must be square; received shape {image.shape}.")
            size, image = image.shape[0], np.clip(np.rint(image), 0, 255).astype(np.uint8)
        layers, size = stack.as_layers(layers), stack.setting("size", size)
        channels = stack.setting("channels", channels)
        steps = stack.trace(layers, size, one_of("padding", padding, stack.PADDINGS), channels)
        if len(steps) <= len(layers):
            raise ValueError(
                f"layers must fit into the input; layer {len(steps)} does not: it finds {steps[-1].size} values a side."
            )
        middle = (steps[-1].size - 1) // 2
        settings = {"layers": layers, "size": size, "padding": padding, "channels": channels}
        packed = None if image is None else pictures.packed(image)
        key = fragment.key_of("receptive field", packed, settings)
        super().__init__(_key=key, _picture=packed, row=middle, column=middle, **settings)

    @property
    def steps(self) -> list[stack.Step]:
        """The numbers of the input and of each layer that fits, along one axis."""
        return stack.trace(self.layers, self.size, self.padding, self.channels)

    @property
    def field(self) -> int:
        """Side, in pixels, of what one output value sees; padding counts."""
        return self.steps[-1].field

    @property
    def weights(self) -> int:
        """Weights of all layers, without biases."""
        return sum(step.weights for step in self.steps)

    @property
    def seen(self) -> np.ndarray:
        """Boolean array (size, size): the pixels that the chosen output value depends on."""
        axes = []
        for place in (self.row, self.column):
            line = np.zeros(self.size, bool)
            line[stack.pixels(self.layers, self.size, self.padding, place)] = True
            axes.append(line)
        return np.outer(*axes)

    def to_html(self) -> str:
        """Return the exhibit as one piece of HTML: it needs no kernel, no network and no other file."""
        state = {name: getattr(self, name) for name in [*TOLD, "_picture", "_stacks", "_limits", "_style"]}
        return fragment.fragment(self._key, state, self._still(), script=SCRIPT, kind="receptive-field")

    def _still(self) -> str:
        """Return the numbers as a plain table, readable where scripts and styles are removed."""
        names = ["layer", "output size", "sees [pixels]", "stride [pixels]", "weights"]
        rows: list[tuple] = [("input", f"{self.size}×{self.size}", 1, 1, "")]
        for layer, step in zip(self.layers, self.steps[1:], strict=False):
            text = f"{layer['kind']} {layer['kernel']}×{layer['kernel']}"
            text += f", stride {layer['stride']}" if layer["stride"] > 1 else ""
            text += f", dilation {layer['dilation']}" if layer["dilation"] > 1 else ""
            sees = f"{step.field}×{step.field}"
            rows.append((text, f"{step.size}×{step.size}", sees, step.stride, f"{step.weights:,}"))
        head = "".join(f"<th>{name}</th>" for name in names)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(str(c))}</td>" for c in row) + "</tr>" for row in rows)
        note = f"Padding {self.padding}; {self.channels} channels in and out of every layer."
        return f"<table><tr>{head}</tr>{body}</table><p>{note} Open the notebook and run this cell to explore it.</p>"

    def show(self) -> None:
        """Show the exhibit here: in JupyterLab it is live, elsewhere it works by itself."""
        display(self._repr_mimebundle_(), raw=True)

    def _repr_mimebundle_(self, **kwargs) -> dict:
        """Return HTML rather than a widget view: a stored view without its kernel is nothing but an error."""
        del kwargs
        return {"text/html": self.to_html(), "text/plain": f"ReceptiveField({len(self.layers)} layers)"}

    _ipython_display_ = None  # ipywidgets 7 would prefer it to the method above

    @traitlets.validate("layers")
    def _check_layers(self, proposal):
        return stack.as_layers(proposal["value"])

    @traitlets.validate("size", "channels")
    def _check_number(self, proposal):
        return stack.setting(proposal["trait"].name, proposal["value"])

    @traitlets.validate("padding")
    def _check_padding(self, proposal):
        return one_of("padding", proposal["value"], stack.PADDINGS)

    @traitlets.validate("row", "column")
    def _check_place(self, proposal):
        return whole_number(proposal["trait"].name, proposal["value"], minimum=0)

    @traitlets.observe("layers", "size", "padding", "row", "column")
    def _follow(self, change):
        """Keep the chosen output value on the map where no page answers; a page does the same."""
        del change
        if self.size and self.layers:
            last = self.steps[-1].size - 1
            self.row, self.column = min(self.row, last), min(self.column, last)
