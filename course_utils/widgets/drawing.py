"""Draw a digit, and LeNet-5 of 1998 reads it: every map lights up, every number can be followed, without a kernel."""

import base64
import html
import json
from pathlib import Path

import numpy as np
from IPython.display import display

from course_utils import files, paths
from course_utils.validation import whole_number
from course_utils.widgets import fragment

SCRIPT = fragment.files(
    "exhibit.js", "digit_network.js", "digit_strokes.js", "digit_stage.js", "digit_parts.js", "digit.js"
)
STYLE = fragment.files("exhibit.css", "digit.css")
STILL = Path(__file__).with_name("draw_digit.png")  # for pages without scripts: tools/drawing_png.py
NETWORK = "lenet5_1998_mnist"
# The arrays of the file of weights in the order of the network: its group, and their shapes.
ARRAYS = {
    "conv2d": ((5, 5, 1, 6), (6,)),  # C1
    "subsampling": ((6,), (6,)),  # S2: coefficient, bias
    "partial_conv2d": ((5, 5, 60), (16,)),  # C3: the connections of table I, packed
    "subsampling_1": ((16,), (16,)),  # S4
    "conv2d_1": ((5, 5, 16, 120), (120,)),  # C5
    "dense": ((120, 84), (84,)),  # F6
    "rbf_output": ((10, 84),),  # the drawn digits
}
FIRST_UNIT = {"level": 1, "map": 5, "row": 14, "column": 12}  # of C1: what is looked at when the page opens
ALT = (
    "A pad to draw a digit on, and LeNet-5 of 1998 reading it: the maps of C1, S2, C3 and S4, the units of C5, the "
    "drawing in F6, and ten answers."
)


def draw_digit(*, start: int | None = 4, alt: str = ALT, folder: Path | None = None) -> None:
    """Show the exhibit: draw a digit with mouse or finger, and LeNet-5 of 1998 reads it in the page.

    Every unit of C1, S2, C3, S4, C5 and F6 lights up and ten distances answer. Pointing at a unit shows what it sees
    of the drawing, its kernel, the products and their sum. No kernel, no network and no other file is needed: the
    60,840 numbers of the network that `transfer.load_pretrained("lenet5_1998_mnist")` returns are in the page.

    Args:
        start: the stored digit shown first, 0 to 9, or None for an empty pad.
        alt: what the exhibit is, in one sentence, for readers who hear it.
        folder: where the weights and their card lie; the course's ``data/weights`` when None.

    Raises:
        ValueError: ``start`` or ``alt`` is not allowed.
        FileNotFoundError: the weights or their card are not there.
        OSError: the file of weights is not the one that its card describes.

    Example:
        >>> draw_digit(start=7)
    """
    exhibit, alt = page(start=start, alt=alt, folder=folder), " ".join(alt.split())
    still = {"image/png": still_picture(), "text/plain": f"Figure: {alt}"}
    display(still, raw=True, metadata={"image/png": {"alt": alt}})
    display({"text/html": exhibit, "text/plain": f"Exhibit: {alt}"}, raw=True)


def page(*, start: int | None = 4, alt: str = ALT, folder: Path | None = None) -> str:
    """Return the exhibit as one piece of HTML that needs nothing else; arguments and errors as in `draw_digit`."""
    start = None if start is None else whole_number("start", start, minimum=0, maximum=9)
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt must be one sentence that says what is shown; received {alt!r}.")
    alt = " ".join(alt.split())
    data = {"weights": packed_weights(folder), "start": start, "unit": FIRST_UNIT, "alt": alt}
    data["still"] = still_picture()[-64:]  # by which the page knows the still picture and hides it
    key = fragment.key_of("draw-digit", data)
    note = f"<p>{html.escape(alt)} Run this cell to draw.</p>"
    return fragment.fragment(key, data | {"_style": STYLE}, note, script=SCRIPT, kind="draw-digit")


def still_picture() -> str:
    """Return the PNG for pages without scripts as text (base64)."""
    return base64.b64encode(STILL.read_bytes()).decode()


def packed_weights(folder: Path | None = None) -> str:
    """Return all weights of the network in half precision, in which they are stored, as text (base64)."""
    import h5py

    path = Path(folder or paths.WEIGHTS) / f"{NETWORK}.weights.h5"
    card = path.with_name(f"{NETWORK}.json")
    for file in (path, card):
        if not file.exists():
            raise FileNotFoundError(f"{file} is missing. Get it again with `git checkout data/weights`.")
    with files.reading(card):
        expected = json.loads(card.read_text(encoding="utf-8"))["weights_sha256"]
    if files.sha256(path) != expected:
        raise files.Damaged(
            f"{path} is not the file that its card describes. Get it again with `git checkout data/weights`."
        )
    with files.reading(path), h5py.File(path) as stored:
        arrays = [
            stored[f"layers/{group}/vars/{number}"][()]
            for group, shapes in ARRAYS.items()
            for number in range(len(shapes))
        ]
    if [array.shape for array in arrays] != [shape for shapes in ARRAYS.values() for shape in shapes]:
        raise files.Damaged(f"{path} holds another network.")
    return base64.b64encode(np.concatenate([array.ravel() for array in arrays]).astype("<f2").tobytes()).decode()
