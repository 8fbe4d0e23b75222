"""The slides of a lesson: what of its cells stands on them, in which order it is shown, what the speaker reads."""

import base64
import struct
import sys
import types
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import slides  # noqa: E402
from deck import cells, words  # noqa: E402
from website import teachers  # noqa: E402

PLAN = """<details><summary><b>Teacher's notes</b></summary>

**The story in a minute.** It moves.

**To skip:** nothing.

**To discuss.** (1) A first question? (2) A second one?

**Listen for** "a mistake".
</details>"""
DESCRIBED = {"image/png": {"alt": 'A "cat".'}}
PNG = base64.b64encode(bytes(16) + struct.pack(">II", 30, 10)).decode()  # what says how large a picture is
FOLD = "<details><summary><b>Compare</b></summary>\n\n{}\n</details>"
TABLE = "<style>td { color: red }</style><table><tr><td>1</td></tr></table>"


def text(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *tags, outputs=()):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}, outputs=list(outputs))


def shows(metadata=None, **data):
    data = {name.replace("_", "/"): value for name, value in data.items()}
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})


def deck(*lesson):
    notebook = nbformat.v4.new_notebook(cells=[text("# 01 · Title"), *lesson, text(PLAN)])
    return cells.slides(notebook, "01.ipynb", "Why?")


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("Talk. **How many of a hundred will it name correctly? Write it down, then open the answer.** So.",
         "How many of a hundred will it name correctly?"),
        ("**A term** and an end. Which digits are these?", "Which digits are these?"),
        ("If it is so, the loss must fall. **Will it?**", "If it is so, the loss must fall. Will it?"),
        ("(One thing. Another one.) **Will it go on?**", "Will it go on?"),
        ("**Guess before you open: which of the three comes first, and why does it?**",
         "Which of the three comes first, and why does it?"),
        ("Three trainings each. **Put the four of them in order, the best one first.**",
         "Put the four of them in order, the best one first."),
        ("**Why?** Here is the accuracy. Write one sentence, then compare.", "Why? Here is the accuracy."),
        ("**Guess:** how much *smaller* is it?", "How much *smaller* is it?"),
        ("**Write the four in order, fewest mistakes first.** Each is trained three times.",
         "Write the four in order, fewest mistakes first."),
        ("Two counts. **Work out both for C1, the first layer of all, then open.**",
         "Work out both for C1, the first layer of all"),
        ("**Is it asked here?**\n\n**Exercise 1 (code).** And here?", "Is it asked here?"),
        ("A statement.\n\n**Exercise 1 (code).** And what is asked here?", ""),
        ("<details><summary><b>x</b></summary>\n\n**Asked in a fold?**\n</details>\n\nA statement.", ""),
    ],
)  # fmt: skip
def test_the_question_of_a_text(source, asked):
    assert words.question(source) == asked


@pytest.mark.parametrize(
    ("fold", "said"),
    [
        ("Each costs a third. (In *one* run.) Another sentence that makes it long enough to stand alone here. Third.",
         "Each costs a third. Another sentence that makes it long enough to stand alone here."),
        ("A beginning.\n\n**The lines cross.** You could read none of these, and the network reads every one. More.",
         "The lines cross. You could read none of these, and the network reads every one."),
        ("1. **Blue coffee.** Turn it.\n2. **A lost side.** Ask.", "Blue coffee. A lost side."),
        ("The sizes follow the rule below:\n\n| a |\n|---|\n| 1 |\n\nSo there are two.", "So there are two."),
        ("Nearly ten points in one year. Then " + "words, " * 30 + "an end.", "Nearly ten points in one year."),
        ("Half. See [a page](x_y.ipynb).", "Half. See a page."),
        ("", ""),
    ],
)  # fmt: skip
def test_the_short_form_of_an_answer(fold, said):
    assert words.answer(fold) == said


def test_a_text_shows_its_formula_with_what_introduces_it_and_no_exercise():
    source = "## 2 · Rule\nPlain. For size W the number is\n\n$$x$$\n\n**It never grows.** Talk.\n\n**Exercise 1.** Do."
    assert words.shown(source) == ["For size W the number is", "$$x$$", "It never grows."]
    [_, slide, _] = deck(text(source, "slide"))
    assert slide.title == "Rule" and "Plain." in slide.notes and "Do." not in slide.notes
    [_, slide, _] = deck(text("## Sum\n**What is it?** Add up.\n\n" + FOLD.format("It is twelve."), "slide"))
    assert slide.answer == "It is twelve." and "twelve" in slide.notes and "<" not in slide.notes


def test_the_recap_is_shown_without_what_stands_around_it():
    [_, slide, _] = deck(
        text(
            "## What came of it\n**It won.**\n\n## Recap\n1. One.\n2. **Two.**\n\nMore:\n\n| a |\n|---|\n\n## Quiz",
            "slide",
        )
    )
    assert (slide.title, slide.lines) == ("Recap", ["1. One.\n2. **Two.**"])


def test_a_text_that_ends_a_section_bears_the_heading_above_it():
    [_, slide, _] = deck(
        text("## 1 · Eyes"), text("Talk. **How many will the network read?**\n\n### On\nTalk.", "slide")
    )
    assert (slide.title, slide.lines) == ("Eyes", ["Talk. How many will the network read?"])


def test_a_prediction_stands_before_its_result_and_the_answer_comes_last():
    asked = "## 3 · Moves\nA digit moves on. **How many digits of a hundred will the network read?**"
    result = code("x", "hide-output", "slide", outputs=[shows(DESCRIBED, image_png=PNG)])
    answer = FOLD.format("Half of all digits are read, and that is more than guessing gives.")
    [_, slide, _] = deck(text(asked), result, text(answer + "\n\n**On with it?**"))
    assert slide.folded and slide.lines == ["How many digits of a hundred will the network read?"]
    page = slides.section(slide, 1)
    order = [
        page.index(part) for part in ("<h2>Moves</h2>", "How many", '"output fragment"', "answer fragment", "<aside")
    ]
    assert order == sorted(order)
    assert 'alt="A &quot;cat&quot;."' in page and "A digit moves on." in page[order[-1] :]
    shown = code("x", "slide", outputs=[shows(DESCRIBED, image_png=PNG)])
    assert '<div class="output">' in slides.section(deck(text("## Moves"), shown)[1], 1)


def test_a_question_is_asked_once_and_answered_where_its_result_stands():
    figure = shows(DESCRIBED, image_png=PNG)
    answer = text(FOLD.format("The sum of the kernel multiplies the mean of the picture, always."))
    made = deck(
        text("## Sums\n**Which mean will the picture have after each kernel?**"),
        code("a", "slide", outputs=[figure]),
        code("b", "slide", "hide-output", outputs=[shows(text_html=TABLE)]),
        answer,
    )
    assert [len(slide.lines) for slide in made[1:3]] == [1, 0]
    assert [bool(slide.answer) for slide in made[1:3]] == [False, True]


def test_what_is_projected_is_the_exhibit_else_the_figure_else_the_table_else_the_text():
    exhibit, figure = '<div data-explorer="1"></div><script>1</script>', shows(DESCRIBED, image_png=PNG)
    unseen = shows(text_html='<span style="position: absolute; width: 1px">Figure: A cat.</span>')
    table, said = shows(text_html=TABLE), nbformat.v4.new_output("stream", name="stdout", text="9 of 10\n")
    for outputs, expected in (
        ([figure, shows(text_html=exhibit)], exhibit),
        ([unseen, table, figure], f'<img src="data:image/png;base64,{PNG}" alt="A &quot;cat&quot;.">'),
        ([said, unseen, table], "<table><tr><td>1</td></tr></table>"),
        ([unseen, said], "<pre>9 of 10</pre>"),
    ):
        assert "".join(map(slides.projected, cells.picked(outputs))) == expected
    assert cells.picked([unseen]) == []


def test_the_deck_begins_with_the_question_and_ends_with_what_to_discuss():
    [first, _, last] = deck(text("## A\n**It moves on and on.**", "slide"))
    assert (first.title, first.lines) == ("Title", ["Why?"]) and "The story in a minute" in first.notes
    assert last.lines == ["1. A first question?\n2. A second one?"] and 'Listen for** "a mistake"' in last.notes


def test_the_speaker_reads_each_question_to_discuss_with_its_answer():
    notebook = nbformat.v4.new_notebook(cells=[text("# 01 · T"), text("## A\n**It moves on.**", "slide"), text(PLAN)])
    last = cells.slides(notebook, "01.ipynb", "Why?", ["Since it is so.", "Both."])[-1]
    assert last.notes.startswith("**A first question?**\n\nSince it is so.\n\n**A second one?**\n\nBoth.\n\n**Listen")
    assert "Since it is so." not in "".join(last.lines)


def test_words_stand_beside_a_figure_that_is_not_wide():
    made = {}
    for width, height in ((100, 100), (300, 100)):
        data = base64.b64encode(bytes(16) + struct.pack(">II", width, height)).decode()
        cell = code("x", "slide", outputs=[shows(DESCRIBED, image_png=data)])
        made[width] = slides.section(
            deck(text("## A\n**What will be seen in this one figure here, and why?**"), cell)[1], 1
        )
    assert '<section class="shown beside">' in made[100] and '<section class="shown">' in made[300]


def test_code_without_an_output_is_shown_itself():
    [_, slide, _] = deck(text("## A"), code("x < 1", "slide"))
    assert "<pre><code>x &lt; 1</code></pre>" in slides.section(slide, 1)


def test_a_lesson_without_tagged_cells_says_what_to_do():
    with pytest.raises(SystemExit, match=r'01\.ipynb has no cell tagged "slide".*CONTRIBUTING\.md'):
        deck(text("## A"))
    with pytest.raises(SystemExit, match="nothing to show in the tagged cell '## A"):
        deck(text("## A\nNothing in bold.", "slide"))


def test_an_unknown_lesson_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "argv", ["slides", str(tmp_path), "11"])
    with pytest.raises(SystemExit, match="no lesson '11'; lessons are 01 to 10"):
        slides.main()


def test_where_reveal_js_comes_from_is_said_when_it_is_missing(monkeypatch):
    monkeypatch.setattr(slides, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"no reveal\.js; `make slides` installs the package sphinx-revealjs"):
        slides.reveal()


def test_a_script_is_not_ended_by_what_stands_in_it(monkeypatch, tmp_path):
    for name in slides.FILES.values():
        (tmp_path / "_static" / "revealjs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "_static" / "revealjs" / name).write_text("a = '</script><!-- b'")
    monkeypatch.setattr(slides, "find_spec", lambda name: types.SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    assert set(slides.reveal()) == set(slides.FILES)
    assert "</script" not in slides.reveal()["notes"] and "<!--" not in slides.reveal()["notes"]


def tagged():
    for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if any(cells.TAG in cell.metadata.get("tags", []) for cell in notebook.cells):
            yield pytest.param(path, notebook, id=path.stem)


@pytest.mark.stored
@pytest.mark.parametrize(("path", "notebook"), list(tagged()))
def test_a_stored_lesson_makes_a_deck(path, notebook):
    made = cells.slides(notebook, path.name, "Why?")
    assert 12 <= len(made) <= 18, len(made)
    assert made[-2].title == "Recap" and made[-1].lines[0].count("\n") == 1, "recap, then two questions to discuss"
    assert sum(slide.folded for slide in made) >= 3, "predictions"
    assert sum("image/png" in data for slide in made for data in slide.outputs) >= 5, "figures"
    assert all(len(" ".join(slide.lines)) < 900 and len(slide.answer) < 330 for slide in made), "too much to read"
    for data in (data for slide in made for data in slide.outputs if "image/png" in data):
        assert data["described"]["image/png"]["alt"].strip()
    answers = teachers.answered(cells.teachers(notebook.cells), path.name[:2])
    told = cells.slides(notebook, path.name, "Why?", answers)[-1].notes
    assert len(answers) == 2 and all(answer in told for answer in answers)
