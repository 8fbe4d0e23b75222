"""Pictures of a signal by layer: what is drawn is what was given, and zero is not lost on a logarithmic axis."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_signal_is_drawn_on_a_logarithmic_axis_with_its_band_and_prediction():
    ax = plots.signal_by_layer({"a": [[1, 2], [3, 4]], "b": [1, 1]}, predicted={"theory": [2, 3]}, ylabel="size")
    first, second, theory = ax.lines
    np.testing.assert_allclose(first.get_xdata(), [1, 2])
    np.testing.assert_allclose(first.get_ydata(), [2, 3])
    np.testing.assert_allclose(theory.get_ydata(), [2, 3])
    assert first.get_linestyle() != second.get_linestyle()
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.min() == 1 and heights.max() == 4
    assert ax.get_yscale() == "log" and ax.get_ylabel() == "size"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "theory"]


def test_a_curve_has_the_colour_it_is_given():
    ax = plots.signal_by_layer({"a": [[1, 2], [3, 4]], "b": [1, 1]}, colours={"a": "#ff0000", "b": "#00ff00"})
    assert [line.get_color() for line in ax.lines] == ["#ff0000", "#00ff00"]
    np.testing.assert_allclose(ax.collections[0].get_facecolor()[0, :3], [1, 0, 0])


def test_of_several_tables_one_has_the_bar():
    figure, (left, right) = plt.subplots(1, 2)
    plots.fate_table([[1.0, 0.0]], ["He"], ["ReLU", "tanh"], bar=False, ax=left)
    assert len(figure.axes) == 2
    plots.fate_table([[1.0, 0.0]], ["He"], ["ReLU", "tanh"], quantity="a over b", ax=right)
    assert len(figure.axes) == 3 and figure.axes[2].get_ylabel() == "powers of ten, a over b"


def test_zero_and_infinity_lie_on_the_edges():
    ax = plots.signal_by_layer({"a": [1.0, 0.0, np.inf, np.nan]}, floor=1e-3, ceiling=1e3)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [1, 1e-3, 1e3, 1e3])
    notes = [text.get_text() for text in ax.texts]
    assert notes == ["on the edge: 1e-03 or less, or 0", "on the edge: 1e+03 or more"]
    assert not plots.signal_by_layer({"a": [1.0, 0.5]}).texts


@pytest.mark.parametrize(
    ("lines", "arguments", "named"),
    [({}, {}, "lines"), ({"a": [1]}, {"floor": 0}, "floor"), ({"a": [1]}, {"floor": 2, "ceiling": 1}, "ceiling")],
)
def test_signal_refuses_what_cannot_be_drawn(lines, arguments, named):
    with pytest.raises(ValueError, match=named):
        plots.signal_by_layer(lines, **arguments)


def heights(ax):
    return ax.patches[0].get_data().values


def test_histograms_hold_every_value_and_share_their_axis():
    axes = plots.layer_histograms({"1": np.arange(4).reshape(2, 2), "2": [-9.0, 9.0, 1.0]}, limits=(0, 3), bins=3)
    assert [ax.get_title() for ax in axes] == ["1", "2"]
    np.testing.assert_allclose(heights(axes[0]), [0.25, 0.25, 0.5])
    np.testing.assert_allclose(heights(axes[1]), [1 / 3, 1 / 3, 1 / 3])  # values outside count at the edges
    assert axes[0].get_xlim() == axes[1].get_xlim() == (0, 3)
    six = plots.layer_histograms({str(layer): [0.0, 1.0] for layer in range(6)}, title="six layers")
    assert six[0].figure.get_figwidth() <= 8  # wider ones shrink to nothing on a page


def test_histogram_of_one_single_value_is_drawn():
    (ax,) = plots.layer_histograms({"dead": np.zeros(5)})
    assert heights(ax).sum() == 1 and heights(ax).max() == 1
    (ax,) = plots.layer_histograms({"burst": [np.inf, np.nan, -np.inf]})
    assert heights(ax).sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="layers"):
        plots.layer_histograms({})


def test_fate_table_counts_powers_of_ten():
    ax = plots.fate_table([[1e-8, 0.0], [1.2, 1e3]], ["small", "large"], ["tanh", "ReLU"])
    assert [text.get_text() for text in ax.texts] == ["−8", "zero", "+0.1", "+3"]
    near = plots.fate_table([[0.37, 1.05, 0.95], [0.1, 1 / 9, 9]], ["a", "b"], ["c", "d", "e"])
    assert [text.get_text() for text in near.texts] == ["−0.4", "0", "0", "−1", "−1", "+1"]
    colours = ax.collections[0].get_array().ravel()
    np.testing.assert_allclose(colours[[0, 1]], [-6, -6])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["small", "large"]
    with pytest.raises(ValueError, match="values"):
        plots.fate_table([[1.0]], ["a", "b"], ["c"])


def test_layers_are_counted_in_whole_numbers():
    ax = plots.signal_by_layer({"He": np.ones(15)}, ax=plt.subplots(figsize=(4, 3))[1])
    assert all(tick == round(tick) for tick in ax.get_xticks())
