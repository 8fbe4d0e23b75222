"""The diagram of a module: every width stands on its arrow, and what leaves is the sum."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest

from course_utils import plots

BRANCHES = [[("1×1", 64)], [("1×1", 96), ("3×3", 128)], [("max-pool 3×3", 192), ("1×1", 32)]]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_widths_stand_on_the_arrows_and_the_sum_leaves():
    ax = plots.module_diagram(BRANCHES, 192, title="3a")
    shown = texts(ax)
    assert shown[-1] == "224"  # 64 + 128 + 32
    assert shown.count("192") == 4  # three arrows from the input, one from the pool
    assert [shown.count(width) for width in ("64", "96", "128", "32")] == [1, 1, 1, 1]
    assert [shown.count(box) for box in ("1×1", "3×3", "max-pool 3×3", "input", "concat")] == [3, 1, 1, 1, 1]
    assert ax.get_title() == "3a"


def test_sum_keeps_the_width_and_needs_equal_branches():
    ax = plots.module_diagram([[("1×1", 32), ("1×1", 256)]], 256, join="add", shortcut=True)
    assert texts(ax)[-1] == "256"
    with pytest.raises(ValueError, match="equal widths"):
        plots.module_diagram([[("1×1", 32)]], 256, join="add", shortcut=True)


def test_given_axes_are_used_and_bad_arguments_named():
    _, given = plt.subplots()
    assert plots.module_diagram(BRANCHES, 192, ax=given) is given
    with pytest.raises(ValueError, match="branches"):
        plots.module_diagram([], 3)
    with pytest.raises(ValueError, match="join"):
        plots.module_diagram(BRANCHES, 3, join="mean")
