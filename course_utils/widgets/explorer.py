"""The convolution explorer: point at an output pixel and see the patch, the kernel, the products and their sum.

The page does the arithmetic, so the explorer works with a kernel behind it and without one. What the reader chooses
comes back as attributes (``explorer.stride``, ``explorer.value``) where a live Jupyter kernel answers.
"""

import anywidget
import numpy as np
import traitlets
from IPython.display import display

from course_utils import convolution
from course_utils.validation import one_of, whole_number
from course_utils.widgets import fragment, pictures, tours

LIMITS = {"stride": (1, 8), "padding": (0, 8), "dilation": (1, 4), "size": (1, 7)}
KERNELS = {
    "worked": np.array([[0, 1, 2], [2, 2, 0], [0, 1, 2]]),
    "cross": np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]]),
} | convolution.KERNELS


def as_kernel(kernel) -> list[list[float]]:
    """Return a kernel, named or typed, as rows of numbers; raise a ``ValueError`` that says what is allowed."""
    if isinstance(kernel, str):
        kernel = KERNELS[one_of("kernel", kernel, KERNELS)]
    array, most = np.asarray(kernel), LIMITS["size"][1]
    fits = array.ndim == 2 and array.size and max(array.shape) <= most and array.dtype.kind in "buif"
    if not fits or not np.isfinite(array).all():
        raise ValueError(
            f"kernel must be a name ({', '.join(KERNELS)}) or rows of finite numbers, at most {most} × {most}; "
            f"received {kernel!r}."
        )
    return (array + 0).tolist()  # + 0 turns False and True into 0 and 1


class ConvolutionExplorer(anywidget.AnyWidget):
    """An exhibit: hover or step over the output of a convolution and see each number being made.

    Args:
        image: ``"example"`` (the 5 × 5 example of lesson 01), an array (H, W) with at most 128 pixels a side, or a
            dict of name and array, which become a menu; the first one is shown first.
        kernel: a name (``"worked"``, ``"cross"`` or one of ``convolution.KERNELS``) or rows of numbers, at most 7 × 7.
        stride: step between two outputs, in pixels, 1–8.
        padding: pixels of zeros on every side, 0–8.
        dilation: distance between two kernel weights, in pixels, 1–4; None leaves its control out.
        tour: ``"first steps"`` (the questions of lesson 01; its three pictures must be in the menu), a list of steps
            as in ``course_utils.widgets.tours``, or None.

    Attributes ``image`` (name), ``kernel``, ``stride``, ``padding``, ``dilation``, ``row``, ``column`` and ``value``
    follow what the reader does where a kernel answers, and may be set.

    Raises:
        ValueError: an argument is not allowed, or the kernel is larger than the padded image.

    Example:
        >>> ConvolutionExplorer(image="example", kernel="worked").output[0, 0]
        np.int64(12)
    """

    _esm = fragment.SCRIPT
    _style = traitlets.Unicode(fragment.STYLE).tag(sync=True)
    _key = traitlets.Unicode().tag(sync=True)
    _images = traitlets.Dict().tag(sync=True)
    _kernels = traitlets.Dict({name: array.tolist() for name, array in KERNELS.items()}).tag(sync=True)
    _limits = traitlets.Dict(LIMITS).tag(sync=True)
    _tour: traitlets.List = traitlets.List().tag(sync=True)

    image = traitlets.Any().tag(sync=True)
    kernel = traitlets.Any().tag(sync=True)
    stride = traitlets.Any(1).tag(sync=True)
    padding = traitlets.Any(0).tag(sync=True)
    dilation = traitlets.Any(1).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    value = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, image="example", kernel="worked", stride=1, padding=0, dilation=1, tour=None):
        self._pictures = pictures.as_pictures(image)
        name, kernel = next(iter(self._pictures)), as_kernel(kernel)
        numbers = {"stride": stride, "padding": padding, "dilation": 1 if dilation is None else dilation}
        numbers = {key: _setting(key, number) for key, number in numbers.items()}
        convolution.conv2d(self._pictures[name], kernel, **numbers)  # raises when the kernel does not fit
        packed = {key: pictures.packed(picture) for key, picture in self._pictures.items()}
        steps = tours.as_tour(tour, self._pictures)
        limits = {key: ends for key, ends in LIMITS.items() if key != "dilation" or dilation is not None}
        key = fragment.key_of("explorer", packed, kernel, numbers, steps, limits)
        super().__init__(_key=key, _tour=steps, _limits=limits, _images=packed, image=name, kernel=kernel, **numbers)

    @property
    def output(self) -> np.ndarray:
        """The whole output map, by `convolution.conv2d`."""
        return convolution.conv2d(
            self._pictures[self.image],
            np.array(self.kernel),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )

    def to_html(self) -> str:
        """Return the explorer as one piece of HTML: it needs no kernel, no network and no other file."""
        names = ["image", "kernel", "stride", "padding", "dilation", "row", "column"]
        state = {name: getattr(self, name) for name in [*names, "_images", "_kernels", "_limits", "_tour", "_style"]}
        picture, kernel = self._pictures[self.image], np.array(self.kernel)
        settings = f"stride {self.stride}, padding {self.padding}"
        settings += f", dilation {self.dilation}" if "dilation" in self._limits else ""
        return fragment.fragment(self._key, state, fragment.still_picture(picture, kernel, self.output, settings))

    def show(self) -> None:
        """Show the explorer here: in JupyterLab it is live, elsewhere it works by itself."""
        display(self._repr_mimebundle_(), raw=True)

    def _repr_mimebundle_(self, **kwargs) -> dict:
        """Return HTML rather than a widget view: a stored view without its kernel is nothing but an error."""
        del kwargs
        return {"text/html": self.to_html(), "text/plain": f"ConvolutionExplorer({self.image!r})"}

    _ipython_display_ = None  # ipywidgets 7 would prefer it to the method above

    @traitlets.validate("image")
    def _check_image(self, proposal):
        return one_of("image", proposal["value"], self._pictures)

    @traitlets.validate("kernel")
    def _check_kernel(self, proposal):
        return as_kernel(proposal["value"])

    @traitlets.validate("stride", "padding", "dilation")
    def _check_number(self, proposal):
        return _setting(proposal["trait"].name, proposal["value"])

    @traitlets.validate("row", "column")
    def _check_place(self, proposal):
        return whole_number(proposal["trait"].name, proposal["value"], minimum=0)

    @traitlets.observe("image", "kernel", "stride", "padding", "dilation", "row", "column")
    def _follow(self, change):
        """Keep the pixel on the map and its value right where no page answers; a page computes the same."""
        del change
        try:
            output = self.output
        except ValueError:  # in the page a reader may choose a kernel that does not fit, and is told so there
            self.value = None
            return
        self.row, self.column = min(self.row, output.shape[0] - 1), min(self.column, output.shape[1] - 1)
        self.value = output[self.row, self.column].item()


def _setting(name: str, value) -> int:
    """Return stride, padding or dilation as an int, or raise a ``ValueError`` that names it and its limits."""
    low, high = LIMITS[name]
    return whole_number(name, value, minimum=low, maximum=high)
