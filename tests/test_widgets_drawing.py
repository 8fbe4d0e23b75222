"""Draw a digit: what is stored and refused. Its numbers and what a reader does are in test_browser_drawing."""

import base64
import json
import re
import shutil

import numpy as np
import pytest

from course_utils import paths, runtime, widgets
from course_utils.widgets import drawing

runtime.import_keras()

from course_utils import transfer  # noqa: E402
from course_utils.models import lenet, lenet_loss  # noqa: E402

LARGEST = 400_000  # bytes of the exhibit in a notebook, its still picture included


@pytest.fixture
def shown(monkeypatch):
    """What `draw_digit` displays, as (data, metadata)."""
    shown = []
    monkeypatch.setattr(drawing, "display", lambda data, raw, metadata=None: shown.append((data, metadata)))
    return shown


def state(page: str) -> dict:
    return json.loads(re.search(r"exhibit\.mount\(\"\w+\", (.*)\);\n", page)[1])


def test_it_is_small_and_the_same_in_every_run(shown):
    widgets.draw_digit()
    widgets.draw_digit()
    assert shown[: len(shown) // 2] == shown[len(shown) // 2 :]
    assert len(json.dumps([data for data, _ in shown])) / 2 <= LARGEST


def test_the_page_carries_the_weights_that_keras_loads():
    packed = np.frombuffer(base64.b64decode(drawing.packed_weights()), "<f2").astype("float32")
    model = transfer.load_pretrained("lenet5_1998_mnist")
    np.testing.assert_array_equal(packed, np.concatenate([array.ravel() for array in model.get_weights()]))


def constant(name: str) -> float:
    return float(re.search(rf"const {name} = ([\d.]+);", drawing.SCRIPT)[1])


def test_the_page_has_the_constants_of_the_network():
    table = re.search(r"const C3_SEES = (\[.*?\n\]);", drawing.SCRIPT, re.S)[1]
    assert json.loads(table.replace("],\n]", "]\n]")) == [list(row) for row in lenet.C3_TABLE]
    paper = re.search(r"const \[PAPER, INK\] = \[(.*)\];", drawing.SCRIPT)[1]
    assert [float(number) for number in paper.split(",")] == [lenet.BACKGROUND, lenet.INK]
    assert constant("RUBBISH") == lenet_loss.PENALTY


def test_start_and_description_are_in_the_page_and_markup_in_them_is_text(shown):
    widgets.draw_digit(start=None, alt='A pad.\n</script><b title="x">')
    page = shown[-1][0]["text/html"]
    told = state(page)
    assert told["start"] is None and told["alt"] == 'A pad. </script><b title="x">'
    assert page.count("</script>") == 1 and "<b title" not in page.partition("<script>")[0]


def test_another_start_is_another_exhibit(shown):
    keys = set()
    for start in (None, 0, 7):
        widgets.draw_digit(start=start)
        keys.add(re.search(r'data-explorer="(\w+)"', shown[-1][0]["text/html"])[1])
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": 10}, "start must be .*10"),
        ({"start": "seven"}, "start must be .*seven"),
        ({"alt": " "}, "alt must be one sentence .*' '"),
        ({"alt": None}, "alt must be one sentence .*None"),
    ],
)
def test_bad_arguments_are_named(arguments, message, shown):
    with pytest.raises(ValueError, match=message):
        widgets.draw_digit(**arguments)
    assert not shown


def test_missing_and_changed_weights_are_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"lenet5_1998_mnist\.weights\.h5 is missing.*git checkout"):
        widgets.draw_digit(folder=tmp_path)
    for file in paths.WEIGHTS.glob("lenet5_1998_mnist.*"):
        shutil.copy(file, tmp_path)
    weights = tmp_path / "lenet5_1998_mnist.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(OSError, match=r"weights\.h5 is not the file that its card describes.*git checkout"):
        widgets.draw_digit(folder=tmp_path)
