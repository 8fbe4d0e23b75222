"""Pages of the site that are no notebook: glossary, plans for teachers, a page a network, the map of the site."""

import json
import re
import sys
from pathlib import Path

import pytest
from test_lessons import RETOLD

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import architectures as counted  # noqa: E402
from website import answers, architectures, front, glossary, meta, teachers  # noqa: E402

WORDS = {
    "term": [
        {"name": "bias", "lesson": "01", "means": "A number added."},
        {"name": "feature map", "also": ["map"], "lesson": "01", "means": "A picture of answers."},
        {"name": "loss", "lesson": "02", "means": "How wrong."},
    ],
    "stress": ["not"],
}


def lesson_text(number: str) -> str:
    [path] = front.NOTEBOOKS.glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.stored
@pytest.mark.parametrize("number", RETOLD)
def test_every_bold_word_of_a_retold_lesson_is_in_the_glossary(number):
    missing = glossary.unknown(lesson_text(number), glossary.source())
    assert missing == [], "give each an entry in site/glossary.toml, or name it in `stress` there when it is no term"


@pytest.mark.stored
@pytest.mark.parametrize("number", RETOLD)
def test_a_word_of_the_glossary_stands_in_the_lesson_it_names(number):
    text = lesson_text(number).casefold()
    terms = [term for term in glossary.source()["term"] if term["lesson"] == number]
    assert terms
    absent = [term["name"] for term in terms if not any(name.casefold() in text for name in glossary.names(term))]
    assert absent == []


def test_each_word_is_one_plain_sentence_of_a_lesson_and_stands_once():
    found = glossary.source()
    numbers = {entry["number"] for entry in front.lessons()}
    assert len(found["term"]) > 70
    for term in found["term"]:
        assert term["lesson"] in numbers, term
        assert re.fullmatch(r"[A-Z][^.]*[^.]*\.", term["means"]) and len(term["means"]) < 160, term
    names = [name.casefold() for term in found["term"] for name in glossary.names(term)]
    assert sorted(names) == sorted(set(names))
    assert not set(names) & {word.casefold() for word in found["stress"]}


def test_bold_words_that_may_be_terms_are_found():
    notes = "<details>\n<summary><b>Teacher's notes</b></summary>\n**hidden**\n</details>"
    text = f"**Bias** and **loss** are **not** **in a sentence of many words**. **Guess:** **42** **ReLU** {notes}"
    assert glossary.bold(text) == ["Bias", "loss", "not", "ReLU"]
    assert glossary.unknown(text, WORDS) == ["ReLU"]


def test_the_first_bold_appearance_of_a_word_becomes_a_place():
    cells = [
        {"cell_type": "code", "source": "**bias**"},
        {"cell_type": "markdown", "source": ["map, **Map** and\n", "**map**, **loss**"]},
    ]
    assert glossary.mark(cells, "01", WORDS) == {"term-feature-map"}
    assert cells[1]["source"] == 'map, <span id="term-feature-map"></span>**Map** and\n**map**, **loss**'


def test_the_glossary_links_to_places_that_were_put(monkeypatch):
    monkeypatch.setattr(glossary, "source", lambda: WORDS)
    monkeypatch.setattr(front, "lessons", lambda: [{"number": n, "file": f"{n}_x", "title": "X"} for n in ("01", "02")])
    page = glossary.page("a\n<!-- terms -->", {"term-feature-map"})
    assert 'feature map\n  A picture of answers. Also: map. <a href="01_x.html#term-feature-map">01 · X</a>' in page
    assert '<a href="02_x.html">02 · X</a>\n```' in page


def test_other_spellings_are_not_shown_as_other_names():
    term = {"name": "batch normalization", "also": ["batch norm", "batch normalisation", "BN"]}
    assert glossary.shown(term) == ["BN"]


def test_plans_of_every_lesson_are_gathered():
    page = teachers.page((front.PAGES / "teachers.md").read_text(encoding="utf-8"))
    assert "<!--" not in page and page.count("\n## ") >= 10
    for entry in front.lessons():
        assert f"## {entry['number']} · {entry['title']}\n" in page
    assert page.count("90 min") >= 10


def test_a_lesson_without_notes_is_named(monkeypatch, tmp_path):
    (tmp_path / "01_x.ipynb").write_text('{"cells": [{"cell_type": "markdown", "source": "no notes"}]}')
    monkeypatch.setattr(front, "NOTEBOOKS", tmp_path)
    with pytest.raises(SystemExit, match=r"01_x\.ipynb has no teacher's notes"):
        teachers.plan({"file": "01_x", "number": "01", "title": "X", "question": "?", "read": 1, "exercise": 1})


@pytest.fixture(scope="module")
def lenet():
    return counted.anatomy_of({"builder": "lenet5_1998"})


def test_facts_of_a_network_are_counted(lenet):
    facts = counted.facts(lenet)
    assert (facts["parameters"], facts["trained"], facts["field"], facts["field_of"]) == (60_840, 60_000, 16, "5×5")
    assert (facts["convolutions"], facts["dense"], facts["by"]) == (3, 1, "layer")
    assert [row["name"] for row in facts["table"]] == ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    assert sum(row["macs"] for row in facts["table"]) == facts["macs"] == 328_096
    assert facts["table"][2] == {
        "name": "C3",
        "kind": "PartialConv2D",
        "kernel": [5, 5],
        "layers": 1,
        "output": [10, 10, 16],
        "parameters": 1516,
        "macs": 150_000,
        "field": 14,
    }


def test_auxiliary_heads_are_counted_apart():
    facts = counted.facts(counted.anatomy_of({"builder": "googlenet", "arguments": {"aux": True}}))
    assert (facts["parameters"], facts["helpers"]) == (6_998_552, 6_379_728)  # 13,378,280 together
    assert facts["by"] == "stage" and facts["field_of"] == "7×7"
    assert sum(row["parameters"] for row in facts["table"]) == 13_378_280


def test_a_drawing_is_small_and_has_no_date(lenet):
    import matplotlib

    matplotlib.use("Agg")
    [(text, told)] = counted.drawings({"name": "lenet5_1998"}, lenet).values()
    assert text.startswith("<svg") and "metadata" not in text and "clip-path=" not in text and len(text) < 40_000
    assert "5×5 conv" in told and ">C3<" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda facts, folder: facts["lenet5_1998"].update(parameters=1), "lenet5_1998: other facts"),
        (lambda facts, folder: facts["lenet5_1998"].update(drawn={}), "lenet5_1998: no description"),
        (lambda facts, folder: facts.update(gone={}), "gone: has a page no longer"),
        (lambda facts, folder: (folder / "lenet5_1998.svg").unlink(), "lenet5_1998.svg is missing"),
        (lambda facts, folder: (folder / "more.svg").write_text(""), "more.svg is missing or belongs"),
    ],
)
def test_what_is_out_of_date_is_named(monkeypatch, tmp_path, lenet, change, said):
    monkeypatch.setattr(counted, "networks", lambda: [{"name": "lenet5_1998", "builder": "lenet5_1998"}])
    monkeypatch.setattr(counted, "anatomy_of", lambda entry: lenet)
    facts = {"lenet5_1998": counted.facts(lenet) | {"drawn": {"whole": "x"}}}
    (tmp_path / "lenet5_1998.svg").write_text("")
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    assert counted.check(tmp_path) == []
    change(facts, tmp_path)
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    [problem] = counted.check(tmp_path)
    assert said in problem


@pytest.mark.slow
def test_all_networks_are_as_they_were_counted():
    assert counted.check() == []


def test_every_network_has_its_page_with_drawing_numbers_result_and_paper():
    found = architectures.networks()
    assert len(found) >= 12
    for entry in found:
        page, facts = architectures.page(entry), entry["facts"]
        assert f'<img src="{entry["name"]}.svg" alt="input ' in page and f"<b>{facts['trained']:,}</b>" in page
        assert entry["result"] in page and entry["link"] in page and "<b>" + str(facts["field"]) in page
        assert page.count("<tr>") == len(facts["table"]) + 1
        assert entry["new"].count(". ") <= 2, "one to three sentences"
    listed = architectures.index("<!-- networks -->")
    assert all(f"\narchitectures/{entry['name']}\n" in listed for entry in found)


def test_a_network_without_facts_or_result_is_named(monkeypatch, tmp_path):
    (tmp_path / "facts.json").write_text("{}")
    monkeypatch.setattr(architectures, "FOLDER", tmp_path)
    with pytest.raises(SystemExit, match="run `make architectures`"):
        architectures.networks()


@pytest.mark.parametrize(("number", "text"), [(999, "999"), (1_234, "1.23 k"), (60_965_224, "61 M"), (999_900, "1 M")])
def test_large_numbers_are_short(number, text):
    assert architectures.short(number) == text


def test_the_map_of_the_site_names_its_pages_and_the_lost_page_works_at_any_depth(tmp_path):
    (tmp_path / "a").mkdir()
    head = '<head><link rel="canonical" href="https://x.org/c/{}" /></head>'
    for name in ("index.html", "404.html", "search.html", "a/b.html"):
        (tmp_path / name).write_text(head.format(name))
    assert meta.finish(tmp_path) == "https://x.org/c/"
    found = re.findall("<loc>(.*?)</loc>", (tmp_path / "sitemap.xml").read_text())
    assert found == ["https://x.org/c/a/b.html", "https://x.org/c/"]
    assert '<base href="/c/">' in (tmp_path / "404.html").read_text()
    (tmp_path / "index.html").write_text("<head></head>")
    with pytest.raises(SystemExit, match="html_baseurl"):
        meta.finish(tmp_path)


# Folded answers


def folded_cell(tags, output):
    return (
        f'<div class="cell {tags} docutils container">\n<details class="admonition hide above-input">\n'
        "<summary><p>Show the answer</p></summary>\n"
        f'<div class="cell_input docutils container">CODE</div>\n{output}</details>\n</div>\nTEXT'
    )


def test_a_folded_answer_begins_with_its_result_and_its_code_is_folded_below():
    output = '<div class="cell_output"><details><summary>more</summary></details>RESULT</div>\n'
    page = answers.result_first(2 * folded_cell("tag_hide-cell tag_x", output))
    order = re.findall("Show the answer|RESULT|Show how it is made|CODE|TEXT", page)
    assert order == 2 * ["Show the answer", "RESULT", "Show how it is made", "CODE", "TEXT"]
    assert page.count("<details") == page.count("</details>") == 6
    first = page[: page.index("TEXT")]
    assert first.index("CODE") < first.index("</details>\n</details>"), "the code is within the answer's fold"
    assert re.findall("(?:above|below)-input", first) == ["below-input", "above-input"], "what is printed, and what not"


COMPARISON = "<details><summary><b>Compare with your guess</b></summary>\n<p>SAID</p>\n</details>\n"


@pytest.mark.parametrize("shown", [False, True])
def test_what_is_said_about_a_folded_answer_stands_in_its_fold(shown):
    cell = folded_cell("tag_hide-cell", '<div class="cell_output">RESULT</div>\n').removesuffix("TEXT")
    if shown:  # its code is in sight, only the result is folded
        code = '<div class="cell_input docutils container">CODE</div>\n'
        cell = cell.replace(code, "").replace("hide-cell", "hide-output").replace("above-input", "below-input")
        cell = cell.replace("<details", f"{code}<details")
    page = answers.compared_inside(answers.result_first(2 * (cell + COMPARISON + "TEXT")))
    order = re.findall("CODE|Show the answer|RESULT|Compare with your guess|SAID|</details>|TEXT", page)
    inside = ["Show the answer", "RESULT", "Compare with your guess", "SAID"]
    made = ["CODE", "</details>", "</details>", "TEXT"]
    assert order == 2 * (["CODE", *inside, "</details>", "TEXT"] if shown else [*inside, *made])
    assert page.count("<div") == page.count("</div>") and page.count("<details") == page.count("</details>")


def test_two_results_in_a_row_stand_in_one_fold():
    first, second = (folded_cell("tag_hide-cell", f'<div class="cell_output">{n}</div>\n')[:-4] for n in ("ONE", "TWO"))
    page = answers.compared_inside(answers.result_first(first + second + COMPARISON + "TEXT"))
    order = re.findall("Show the answer|ONE|TWO|SAID|CODE|TEXT", page)
    assert order == ["Show the answer", "ONE", "TWO", "SAID", "CODE", "CODE", "TEXT"]
    assert page.count("<div") == page.count("</div>") and page.count("<details") == page.count("</details>") == 3


@pytest.mark.parametrize("between", ["<p>And now?</p>\n", '<div class="cell tag_x"></div>\n'])
def test_a_comparison_elsewhere_stays_where_it_is(between):
    cell = folded_cell("tag_hide-cell", '<div class="cell_output">RESULT</div>\n').removesuffix("TEXT")
    page = answers.result_first(cell + between + COMPARISON)
    assert answers.compared_inside(page) == page
    assert answers.compared_inside('<div class="cell tag_hide-output"></div>\n' + COMPARISON).endswith(COMPARISON)


@pytest.mark.parametrize(
    ("tags", "output"), [("tag_hide-input", '<div class="cell_output">RESULT</div>\n'), ("tag_hide-cell", "")]
)
def test_other_folds_stay_as_they_are(tags, output):
    page = folded_cell(tags, output) + folded_cell("tag_x", '<div class="cell_output">OTHER</div>')
    assert answers.result_first(page) == page
