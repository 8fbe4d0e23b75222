"""What `make site` makes of a stored notebook, and how it finds broken links. Sphinx itself runs in `make site`."""

import base64
import importlib.util
import io
import json
import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from course_utils import plots

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from website import front, links, slim  # noqa: E402

SPOKEN = '<span style="position:absolute; width:1px; clip-path:inset(50%)">Figure: A cat.</span>'


@pytest.fixture(scope="module")
def tool():
    """The tool as a module; tools/ is not a package."""
    spec = importlib.util.spec_from_file_location("site_tool", ROOT / "tools" / "build_site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def output(metadata=None, **data):
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def png(width: int, height: int) -> str:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def staged(tool, tmp_path):
    """Stage a notebook of one code cell, given its outputs and tags."""

    def stage(*outputs, tags=(), text="# 01\n"):
        cell = {"cell_type": "code", "source": "x", "metadata": {"tags": list(tags)}, "outputs": list(outputs)}
        markdown = {"cell_type": "markdown", "source": text, "metadata": {}}
        path = tmp_path / "stored.ipynb"
        path.write_text(json.dumps({"cells": [markdown, cell], "metadata": {"widgets": {}}}))
        return tool.stage(path, tmp_path / "extra", "solutions/01")["cells"]

    return stage


def test_a_figure_becomes_a_file_with_its_description_and_size(tool, staged, tmp_path):
    described = output({"image/png": {"alt": 'A "cat".'}}, **{"image/png": png(30, 20), "text/plain": "Figure: A."})
    made, second = staged(output(**{"text/html": SPOKEN}), described, described)[1]["outputs"]
    assert tool.TURN not in second["data"]["text/html"]  # once a page
    assert made["data"]["text/html"] == tool.TURN + (
        '<div class="course-figure turns" style="--wide:30px">'
        '<img src="../figures/solutions/01-1-0.png" alt="A &quot;cat&quot;." width="30" height="20" loading="lazy">'
        "</div>"
    )
    with Image.open(tmp_path / "extra" / "figures" / "solutions" / "01-1-0.png") as picture:
        assert picture.size == (30, 20)


def test_a_figure_of_lines_is_shown_as_vectors_where_there_are_some(staged, monkeypatch, tmp_path):
    import sharp

    drawn = png(30, 20)
    (tmp_path / "08").mkdir()
    (tmp_path / "08" / f"{sharp.name(drawn)}.svg").write_text("<svg/>")
    monkeypatch.setattr(sharp, "FOLDER", tmp_path)
    lines, images = ({"image/png": {"alt": "A.", "pictures": boxes}} for boxes in ([], [[3, 1, 7, 6]]))
    cells = staged(output(lines, **{"image/png": drawn}), output(images, **{"image/png": drawn}))
    first, second = (made["data"]["text/html"] for made in cells[1]["outputs"])
    assert "01-1-0.svg" in first and 'width="30" height="20"' in first and "01-1-1.png" in second
    assert (tmp_path / "extra" / "figures" / "solutions" / "01-1-0.svg").read_text() == "<svg/>"


def test_images_in_a_figure_are_laid_over_it_where_they_are(staged):
    known = {"image/png": {"alt": "A cat.", "pictures": [[30, 10, 70, 60]]}}
    [made] = staged(output(known, **{"image/png": png(120, 100)}))[1]["outputs"]
    text = made["data"]["text/html"]
    assert '"course-figure turns"' in text and text.count("<i ") == 1
    # a window of 40 by 50 on 120 by 100, 30 of the 80 and 10 of the 50 pixels that are left of and above it
    assert "left:25.000%;top:10.000%;width:33.333%;height:50.000%" in text
    assert "background-size:300.000% 200.000%;background-position:37.500% 20.000%" in text


@pytest.mark.parametrize(("source", "looks"), [("plots.curves(x)", "turns"), ("plots.show_images(x)", "card")])
def test_a_figure_that_does_not_say_where_its_images_lie_is_judged_by_its_code(tool, tmp_path, source, looks):
    made = output(**{"image/png": png(3, 2), "text/plain": "Figure: A cat."})
    tool.picture(made, tmp_path, "a", 0, source=source)
    assert f'class="course-figure {looks}"' in made["data"]["text/html"]


@pytest.mark.parametrize(("width", "looks"), [(600, "turns"), (640, "turns wide")])
def test_a_figure_wider_than_a_telephone_says_that_it_can_be_dragged(staged, width, looks):
    [made] = staged(output({"image/png": {"alt": "A cat.", "pictures": []}}, **{"image/png": png(width, 2)}))[1][
        "outputs"
    ]
    assert f'class="course-figure {looks}"' in made["data"]["text/html"]


def test_a_figure_without_metadata_is_described_by_its_plain_text(staged):
    [made] = staged(output(**{"image/png": png(3, 2), "text/plain": "Figure: A cat."}))[1]["outputs"]
    assert 'alt="A cat."' in made["data"]["text/html"]


@pytest.mark.parametrize(
    ("tag", "meaning"),
    [
        ("setup", "hide-input"),
        ("claims", "hide-input"),
        ("hide-output", "hide-output"),
        ("hide-cell", "hide-cell"),
        ("hide-input", "hide-input"),
    ],
)
def test_what_jupyterlab_folds_is_folded(staged, tag, meaning):
    metadata = staged(tags=[tag, "nbval-ignore-output"])[1]["metadata"]
    assert {meaning, "nbval-ignore-output"} <= set(metadata["tags"])
    assert metadata["mystnb"]["code_prompt_show"].startswith("Show ")
    assert staged(tags=["nbval-ignore-output"])[1]["metadata"] == {"tags": ["nbval-ignore-output"]}


def test_a_set_up_cell_says_what_it_sets_up(tool):
    words = tool.fold(["setup"], "# @title Imports, digits\nimport x")["mystnb"]["code_prompt_show"]
    assert words == "Show the set-up: imports, digits"
    words = tool.fold(["setup"], "# @title Set-up: nothing\nimport x")["mystnb"]["code_prompt_show"]
    assert words == "Show the set-up: nothing"
    words = tool.fold(["hide-input"], "# @title Cutting out windows\nx")["mystnb"]["code_prompt_show"]
    assert words == "Show the code: cutting out windows"
    assert "drawn" in tool.fold(["hide-input"], "# @title The drawing\nx")["mystnb"]["code_prompt_show"]
    for title, words in {
        "Claims": "Show what is claimed",
        "Claims: differences": "Show what is claimed: differences",
        "Claims, epoch by epoch": "Show what is claimed: epoch by epoch",
    }.items():
        assert tool.fold(["claims"], f"# @title {title}\nx")["mystnb"]["code_prompt_show"] == words


@pytest.mark.parametrize(
    ("text", "data", "words"),
    [
        ("**How many?** Guess.", {"image/png": png(3, 2)}, "answer"),
        ("**Sketch the curve.**", {"image/png": png(3, 2)}, "answer"),
        ("The same, drawn:", {"image/png": png(3, 2), "text/plain": "Figure: A."}, "figure"),
        ("<details>**Why?** So.</details>\nMeans of five:", {"text/html": "<table></table>"}, "table"),
        ("Printed:", {"text/plain": "7"}, "result"),
    ],
)
@pytest.mark.parametrize("tag", ["hide-output", "hide-cell"])
def test_a_fold_promises_an_answer_only_where_one_was_asked_for(staged, tag, text, data, words):
    folds = staged(output(**data), tags=[tag], text=text)[1]["metadata"]["mystnb"]
    assert folds == {"code_prompt_show": f"Show the {words}", "code_prompt_hide": f"Hide the {words}"}


def test_of_two_folds_in_a_row_the_first_is_the_answer(tool, tmp_path):
    folded = {"cell_type": "code", "source": "x", "metadata": {"tags": ["hide-cell"]}}
    shown = {"outputs": [output(**{"text/html": "<table></table>"})]}
    asked = {"cell_type": "markdown", "source": "**How many?**", "metadata": {}}
    cells = [asked, {**folded, "outputs": []}, *({**folded, **shown} for _ in range(2))]
    (tmp_path / "stored.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    made = tool.stage(tmp_path / "stored.ipynb", tmp_path / "extra", "01")["cells"]
    words = [cell["metadata"]["mystnb"]["code_prompt_show"] for cell in made[2:]]
    assert words == ["Show the answer", "Show the table"]


def test_a_slider_without_a_kernel_says_where_it_moves(tool, staged):
    [made] = staged(output(**{tool.WIDGET: {}, "text/plain": "VBox(children=())"}))[1]["outputs"]
    assert tool.WIDGET not in made["data"] and "JupyterLab" in made["data"]["text/html"]
    [kept] = staged(output(**{tool.WIDGET: {}, "text/html": "<b>works alone</b>"}))[1]["outputs"]
    assert kept["data"]["text/html"] == "<b>works alone</b>"


def test_the_badge_gives_way_to_the_button_of_the_theme(staged):
    badge = "[![Open in Colab](https://x/badge.svg)](https://x/01.ipynb)\n"
    assert staged(text=f"# 01\n\n{badge}\nText")[0]["source"] == "# 01\n\n\nText"


def test_links_to_the_start_page_lead_to_the_front_page(staged):
    assert staged(text="# 01\n[all](../START_HERE.ipynb) [next](02.ipynb)")[0]["source"] == (
        "# 01\n[all](../index.md) [next](02.ipynb)"
    )


def test_first_page_has_the_exhibit_every_lesson_its_hours_and_no_link_to_a_notebook(monkeypatch):
    monkeypatch.setattr(front, "digit", lambda: '<div class="draw-digit"></div>')
    page = front.index()
    assert 'class="draw-digit"' in page and "<!--" not in page and ":caption: Lessons" in page
    assert all(f"\n{name}\n" in page and f'href="{name}.html"' in page for name in front.pages())
    assert len(front.pages()) == 10 and not re.search(r'href="(?!https:)[^"]+\.ipynb', page)
    assert f"git clone {front.address()}\n" in page and f'"{front.colab()}/notebooks/01_' in page


def test_hours_and_accuracy_of_the_first_page_are_added_up_and_read(monkeypatch, tmp_path):
    monkeypatch.setattr(front, "lessons", lambda: [{"read": 60, "exercise": 90}, {"read": 70, "exercise": 100}])
    assert front.hours() == "about 2 hours of reading and 3 of exercises"
    monkeypatch.setattr(front, "lessons", lambda: [{"read": 60, "exercise": 90, "project": 75}])
    assert front.hours() == "about 1 hours of reading and 2 of exercises, and a project"
    monkeypatch.setattr(front, "CARD", tmp_path / "card.json")
    front.CARD.write_text('{"test_accuracy": 0.98765}')
    assert front.accuracy() == "98.8"


def test_styles_without_a_page_are_left_out():
    sheet = """@charset "utf-8"; /* .gone{} */
    .here, .gone > b, a:not(.gone) { color: red }
    @media (min-width: 9px) { .gone { top: 0 } @supports (top: 0) { .here.there { content: "}" } } }
    @media print { .gone { top: 0 } }
    @font-face { font-family: "Font Awesome 6"; } @font-face { font-family: own } .fa-x{top:0}"""
    assert slim.used(sheet, {"here", "there"}).split("\n") == [
        '@charset "utf-8";',
        ".here,a:not(.gone){color: red}",
        '@media (min-width: 9px){@supports (top: 0){.here.there{content: "}"}}}',
        "@font-face{font-family: own}",
    ]


def test_icons_are_drawn_by_style_alone():
    script = 'x={sun:[576,512,[9728],"f185","M1-2z"],"angle-left":[256,512,[],"f104","M9 2z"]}'
    style = slim.icons({"sun", "angle-left", "lg", "spin"}, script)
    assert ".fa-sun{" in style and "0 0 256 512" in style and "M9 2z" in style and "spin" not in style


@pytest.fixture
def built(tmp_path):
    """A site of two pages as Sphinx leaves it."""
    scripts = tmp_path / "_static" / "scripts"
    scripts.mkdir(parents=True)
    (scripts / "fontawesome.js").write_text('{sun:[576,512,[],"f185","M1-2z"]}')
    (scripts / "a.js.map").write_text("")
    (tmp_path / "_static" / "course.css").write_text(".x{}\n")
    (tmp_path / "_static" / "other.css").write_text(".x{top:0}.sunny{top:1px}")
    head = '<script defer src="_static/scripts/fontawesome.js?digest=1"></script><script src="searchindex.js"></script>'
    for name in ("page", "search"):
        fold = '<details><summary><span class="toctree-toggle"></span></summary></details>'
        (tmp_path / f"{name}.html").write_text(f'<head>{head}</head><i class="fa-solid fa-sun sunny"></i>{fold}')
    return tmp_path


def test_a_built_page_loads_what_it_uses(built):
    slim.slim(built)
    page = (built / "page.html").read_text()
    assert page.startswith('<head></head><i class="fa-solid fa-sun sunny"></i>') and "searchindex" not in page
    assert '<summary aria-label="Pages below"><span class="toctree-toggle">' in page
    assert "searchindex" in (built / "search.html").read_text()
    assert (built / "_static" / "other.css").read_text() == ".sunny{top:1px}"
    assert ".fa-sun{" in (built / "_static" / "course.css").read_text()
    assert not list(built.rglob("*.map")) and not list(built.rglob("fontawesome*"))


def test_links_to_the_published_site_are_looked_up_in_the_built_one(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.html").write_text('<base href="/c/"><a href="https://x.org/c/b.html"></a>')
    (tmp_path / "b.html").write_text('<a href="https://x.org/c/a/b.html"></a><a href="https://x.org/c/gone.html"></a>')
    assert links.broken(tmp_path, "https://x.org/c/") == ["b.html: https://x.org/c/gone.html"]
    assert links.broken(tmp_path) == []


def test_broken_links_places_and_silent_pictures_are_found(tmp_path):
    (tmp_path / "here.html").write_text('<h2 id="a b">x</h2><a href="#a%20b"></a><a href="https://x/y"></a>')
    (tmp_path / "page.html").write_text(
        '<a href="here.html#a%20b"></a><a href="here.html#none"></a><a href="gone.html"></a>'
        '<img src="here.html"><img src="here.html" alt="x"><a href="mailto:a@b"></a>'
    )
    assert links.broken(tmp_path) == [
        "page.html: here.html#none",
        "page.html: gone.html",
        "page.html: picture without description: here.html",
    ]


def contrast(one, two) -> float:
    """Return the contrast of two colours as WCAG defines it."""
    light = [
        np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722] for c in (one, two)
    ]
    return (max(light) + 0.05) / (min(light) + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_digits_in_red_and_blue_can_be_read_on_paper_and_on_the_dark_page(tool, dark):
    """The dark page turns a figure's colours by the filter TURN."""
    turn = np.array(re.search(r'values="([^"]+)"', tool.TURN)[1].split(), float).reshape(4, 5)[:3]
    gamma = float(re.search(r'exponent="([^"]+)"', tool.TURN)[1])
    ax = plots.number_grid([[-8, -5, -4, -1], [1, 4, 5, 8]], signed=True)
    image = ax.images[0]
    cells = image.cmap(image.norm(image.get_array())).reshape(-1, 4)
    for cell, text in zip(cells[:, :3], ax.texts, strict=True):
        pair = [cell, np.array(to_rgb(text.get_color()))]
        if dark:
            pair = [np.clip(turn @ [*colour, 0, 1], 0, 1) ** gamma for colour in pair]
        assert contrast(*pair) >= 4.5, text.get_text()
    plt.close(ax.figure)
