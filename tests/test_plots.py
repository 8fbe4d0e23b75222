"""The core of the plots room: what is drawn, not how it looks."""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils import plots


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_uint8_images_use_their_full_scale_and_signed_ones_centre_on_zero():
    dim = plots.show_image(np.full((4, 4), 100, np.uint8))
    assert dim.images[0].get_clim() == (0, 255)
    signed = plots.show_image(np.array([[-3.0, 1.0]]), signed=True)
    assert signed.images[0].get_clim() == (-3, 3)
    assert plots.show_image(np.zeros((4, 4, 1))).images[0].get_array().shape == (4, 4)


def test_show_images_draws_each_once_with_its_title():
    axes = plots.show_images(np.zeros((5, 3, 3)), titles="abcde", columns=2)
    assert [ax.get_title() for ax in axes] == list("abcde")
    assert len(axes[0].figure.axes) == 6 and not axes[0].figure.axes[-1].axison


@pytest.mark.parametrize("shade", [True, False])
def test_a_number_grid_on_paper_has_lines_on_all_four_sides(shade):
    ax = plots.number_grid([[1, 2], [3, 4]], shade=shade)
    assert [spine.get_visible() for spine in ax.spines.values()] == [not shade] * 4


def test_number_grid_writes_every_number_and_frames_the_patch():
    ax = plots.number_grid([[1, 2, 3], [4, 5, 6]], highlight=(0, 1, 2, 2), title="image")
    assert [text.get_text() for text in ax.texts] == list("123456")
    frame = ax.patches[0]
    assert (frame.get_x(), frame.get_y(), frame.get_width(), frame.get_height()) == (0.5, -0.5, 2, 2)


def test_feature_maps_share_one_scale():
    maps = np.arange(18.0).reshape(3, 3, 2)
    axes = plots.feature_maps(maps)
    assert {ax.images[0].get_clim() for ax in axes} == {(0, 17)}


def test_description_belongs_to_the_figure():
    axes = plots.show_images(np.zeros((2, 3, 3)))
    plots.show(axes, alt="two\n  black squares")
    assert axes[0].figure._course_alt_text == "two black squares"
    with pytest.raises(ValueError, match="alt must say"):
        plots.show(axes, alt=" ")
    with pytest.raises(ValueError, match="drawn must be"):
        plots.show(3, alt="three")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.show_image(np.zeros((2, 2, 4))), r"image must have shape .* received \(2, 2, 4\)"),
        (lambda: plots.show_images([]), "images must hold at least one"),
        (lambda: plots.show_images(np.zeros((2, 2, 2)), titles=["a"]), "one for each of the 2 images"),
        (lambda: plots.number_grid([1, 2]), "array must have two axes"),
        (lambda: plots.feature_maps(np.zeros((2, 2))), "maps must have shape"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_show_closes_what_it_was_given_and_needs_a_description():
    for draw in (lambda: plots.show_image([[0, 1]]), lambda: plots.show_images(np.zeros((2, 3, 3))), plt.figure):
        assert plots.show(draw(), alt="black") is None
        assert not plt.get_fignums()
    with pytest.raises(ValueError, match="alt must say"):
        plots.show(plots.show_image([[0, 1]]), alt=" \n")
    with pytest.raises(ValueError, match="drawn must be"):
        plots.show(3, alt="three")


def test_figure_composes_and_shows_on_leaving_only_when_all_went_well():
    with plots.figure(alt="one") as ax:
        assert plots.show_image([[0, 1]], ax=ax) is ax
    with plots.figure(2, 3, size=(6, 2), alt="six", sharex=True) as axes:
        assert axes.shape == (2, 3) and axes[0, 0].figure.get_size_inches().tolist() == [6, 2]
        drawn = axes[0, 0].figure
    assert drawn._course_alt_text == "six" and not plt.get_fignums()
    with pytest.raises(KeyError), plots.figure(alt="none") as ax:
        drawn = ax.figure
        raise KeyError
    assert not hasattr(drawn, "_course_alt_text") and not plt.get_fignums()


@pytest.mark.parametrize("name", [n for n in plots.__all__ if inspect.isfunction(getattr(plots, n))])
def test_every_drawing_function_takes_a_description(name):
    function = getattr(plots, name)
    if name not in ("set_theme", "name_lines"):  # a look, and names on what is drawn already
        assert "alt" in inspect.signature(function).parameters
        assert "alt: what the figure shows" in function.__doc__


def test_alt_shows_at_once():
    assert plots.show_image([[0, 1]], alt="two pixels") is None and not plt.get_fignums()
    with pytest.raises(ValueError, match="alt must say"):
        plots.show_image([[0, 1]], alt="")
    assert not plt.get_fignums(), "nothing is drawn without a description"


def test_a_notebook_stores_the_description_with_the_picture_and_for_the_ear():
    """Whichever of the three ways shows it; and no picture appears twice."""
    import nbformat
    from nbclient import NotebookClient

    cells = [
        "from course_utils import plots\nimport matplotlib.pyplot as plt\nplots.set_theme()\nplots.set_theme()",
        "plots.show(plots.show_image([[0, 1]]), alt='two < pixels')",
        "plots.show_image([[0, 1]], alt='two < pixels')",
        "with plots.figure(1, 2, alt='two < pixels') as axes:\n    plots.show_image([[0, 1]], ax=axes[0])",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell in notebook.cells[1:]:
        spoken, picture = cell.outputs
        assert ">Figure: two &lt; pixels</span>" in spoken.data["text/html"]
        assert picture.metadata["image/png"]["alt"] == "two < pixels"
