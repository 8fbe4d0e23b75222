"""The explorer's arguments and state on the Python side, its HTML, the small pictures, and every quiz."""

import base64
import json
import re

import browser
import numpy as np
import pytest

from course_utils import convolution, widgets
from course_utils.widgets import explorer, fragment, pictures, questions, tours

WORKED = [[12, 12, 17], [10, 17, 19], [9, 6, 14]]


def state_of(html: str) -> dict:
    """Return what the fragment hands to its script."""
    return json.JSONDecoder().raw_decode(html, html.index("{", html.index("exhibit.mount(")))[0]


def test_default_is_the_worked_example():
    shown = widgets.ConvolutionExplorer()
    assert shown.output.tolist() == WORKED
    assert (shown.row, shown.column, shown.value) == (0, 0, 12)


def test_arguments_reach_the_page():
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    shown = widgets.ConvolutionExplorer({"steps": image}, "sobel_x", stride=2, padding=1, dilation=1)
    state = state_of(shown.to_html())
    packed = state["_images"]["steps"]
    assert base64.b64decode(packed["bytes"]) == image.tobytes()
    assert (packed["rows"], packed["columns"]) == (3, 4)
    assert list(state["_images"]) == ["steps", pictures.EXAMPLE]
    assert state["kernel"] == convolution.KERNELS["sobel_x"].tolist()
    assert [state[name] for name in ("image", "stride", "padding", "dilation")] == ["steps", 2, 1, 1]


def test_example_stands_in_the_menu_once():
    assert list(pictures.as_pictures({"mine": pictures.WORKED_IMAGE.tolist()})) == ["mine"]
    assert list(pictures.as_pictures({pictures.EXAMPLE: np.eye(2)})) == [pictures.EXAMPLE]
    assert list(pictures.as_pictures(np.eye(2))) == ["image", pictures.EXAMPLE]


def toured() -> dict:
    return {tours.EXAMPLE: pictures.WORKED_IMAGE, tours.LIT: np.eye(5, dtype=np.uint8), tours.CAT: np.ones((72, 72))}


def test_dilation_can_be_left_out():
    limits = [state_of(widgets.ConvolutionExplorer(dilation=given).to_html())["_limits"] for given in (1, None)]
    assert [("dilation" in one, "stride" in one) for one in limits] == [(True, True), (False, True)]


def test_tour_reaches_the_page_and_every_step_can_be_shown():
    steps = state_of(widgets.ConvolutionExplorer(toured(), tour="first steps").to_html())["_tour"]
    assert len(steps) == 5
    for step in steps:
        shown = step["start"] | step["show"]
        kernel = explorer.as_kernel(shown["kernel"])
        settings = {name: shown[name] for name in ("stride", "padding", "dilation")}
        output = convolution.conv2d(toured()[shown["image"]], kernel, **settings)
        assert shown["row"] < output.shape[0], step["ask"]
        assert shown["column"] < output.shape[1], step["ask"]
        assert step["right"] in range(len(step["choices"]))
    assert state_of(widgets.ConvolutionExplorer().to_html())["_tour"] == []


@pytest.mark.parametrize("tour", ["first step", [{"ask": "?"}], tours.FIRST_STEPS])
def test_tour_without_its_pictures_or_parts_is_refused(tour):
    with pytest.raises(ValueError, match="tour"):
        widgets.ConvolutionExplorer(tour=tour)


def test_images_that_are_no_bytes_keep_their_numbers():
    image = np.array([[-1.5, 300.0], [0.25, 2.0]])
    packed = state_of(widgets.ConvolutionExplorer(image, [[1]]).to_html())["_images"]["image"]
    assert packed["values"] == image.ravel().tolist()


def test_value_follows_the_state_without_a_page():
    shown = widgets.ConvolutionExplorer()
    shown.row, shown.column = 2, 1
    assert shown.value == 6
    shown.stride = 2  # the output shrinks to 2 × 2: the pixel stays on it
    assert (shown.row, shown.column) == (1, 1)
    assert shown.value == 14
    shown.kernel = "cross"
    assert shown.value == convolution.conv2d(pictures.WORKED_IMAGE, explorer.KERNELS["cross"], stride=2)[1, 1]
    shown.dilation = 4
    assert shown.value is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"kernel": "sobelx"}, ["kernel", "'sobelx'", "Did you mean 'sobel_x'"]),
        ({"kernel": [[1, float("nan")]]}, ["kernel", "finite"]),
        ({"kernel": np.ones((8, 8))}, ["kernel", "7 × 7"]),
        ({"kernel": [1, 2, 3]}, ["kernel", "rows"]),
        ({"kernel": np.ones((3, 3)), "dilation": 3}, ["kernel", "padded input (5 pixels)", "7 pixels"]),
        ({"stride": 0}, ["stride", "at least 1", "0"]),
        ({"stride": 9}, ["stride", "at most 8", "9"]),
        ({"padding": -1}, ["padding", "at least 0", "-1"]),
        ({"dilation": 1.5}, ["dilation", "1.5"]),
        ({"image": "cat"}, ["image", "'example'", "'cat'"]),
        ({"image": {}}, ["image", "name"]),
        ({"image": np.zeros((4, 4, 3))}, ["image", "grey", "small_grey"]),
        ({"image": np.zeros((129, 4))}, ["image", "128", "small_grey"]),
        ({"image": {"a": [["x"]]}}, ["'a'", "numbers"]),
        ({"image": np.zeros((0, 4))}, ["image", "non-empty"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(ValueError) as raised:
        widgets.ConvolutionExplorer(**arguments)
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize(("name", "value"), [("stride", 0), ("kernel", "none"), ("image", "moon"), ("row", -1)])
def test_bad_settings_are_refused_and_leave_the_state_alone(name, value):
    shown = widgets.ConvolutionExplorer()
    before = getattr(shown, name)
    with pytest.raises(ValueError, match=name):
        setattr(shown, name, value)
    assert getattr(shown, name) == before


def test_html_is_self_contained_and_small():
    photograph = np.random.default_rng(0).integers(0, 256, (96, 96), dtype=np.uint8)
    html = widgets.ConvolutionExplorer({"noise": photograph}).to_html()
    assert len(html.encode()) < 150_000
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", html))
    assert addresses == {"http://www.w3.org/2000/svg"}, "only the name of SVG may look like an address"
    assert not re.search(r"@import|url\(|<link|src=", html)
    assert html.count("<script>") == html.count("</script>") == 1


def test_html_without_scripts_still_shows_the_numbers():
    html = widgets.ConvolutionExplorer().to_html()
    still = re.sub(r"<script>.*</script>", "", html, flags=re.S)
    cells = [int(cell) for cell in re.findall(r"<td>(-?\d+)</td>", still)]
    assert cells == [*pictures.WORKED_IMAGE.ravel(), *explorer.KERNELS["worked"].ravel(), *np.ravel(WORKED)]


def test_names_of_images_cannot_break_out_of_the_script():
    html = widgets.ConvolutionExplorer({"</script><b>": np.ones((3, 3), np.uint8)}).to_html()
    assert html.count("</script>") == 1
    assert state_of(html)["image"] == "</script><b>"


def test_shown_output_is_html_never_a_bare_widget_view(monkeypatch):
    seen = []
    monkeypatch.setattr(explorer, "display", lambda bundle, raw: seen.append((bundle, raw)))
    widgets.ConvolutionExplorer().show()
    [(bundle, raw)] = seen
    assert raw
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/html"].startswith('<div class="convolution-explorer"')


def test_script_has_one_export_that_the_fragment_can_turn_into_a_return():
    assert fragment.SCRIPT.count("export default") == 1
    assert "</script" not in fragment.SCRIPT
    assert "import " not in re.sub(r"//.*", "", fragment.SCRIPT)


def test_small_grey_averages_the_middle_square():
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, 2:4] = 100
    image[:, 4:6] = 200
    assert widgets.small_grey(image, side=2).tolist() == [[100, 200], [100, 200]]


def test_small_grey_weighs_colours_as_the_eye_does_and_keeps_small_pictures():
    colours = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    assert widgets.small_grey(colours).tolist() == [[76, 150], [29, 255]]


@pytest.mark.parametrize("image", [np.zeros(3), np.zeros((2, 2, 4)), np.zeros((0, 2))])
def test_small_grey_refuses_other_shapes(image):
    with pytest.raises(ValueError, match="image"):
        widgets.small_grey(image)


def quizzes() -> list[str]:
    return sorted(path.stem for path in questions.FOLDER.glob("*.json"))


@pytest.mark.parametrize("lesson", quizzes())
def test_quiz_has_five_questions_and_feedback_on_every_answer(lesson):
    asked = questions.questions(lesson)
    assert len(asked) == 5
    assert len({question["question"] for question in asked}) == 5
    for question in asked:
        assert question["type"] in ("multiple_choice", "many_choice", "numeric", "string"), question["type"]
        answers = question["answers"]
        assert all(str(answer.get("feedback", "")).strip() for answer in answers), question["question"]
        verdicts = [answer.get("correct", False) for answer in answers]
        assert any(verdicts), f"no right answer: {question['question']}"
        assert not all(verdicts), f"no wrong answer: {question['question']}"
        if question["type"] == "multiple_choice":
            assert sum(verdicts) == 1, f"one right answer: {question['question']}"
            assert len({answer["answer"] for answer in answers}) == len(answers)


def test_unknown_quiz_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    (tmp_path / "01.json").write_text("[]")
    assert questions.questions("01") == []
    with pytest.raises(ValueError, match=r"lesson must be one of '01'; received '11'"):
        widgets.quiz("11")


@pytest.mark.parametrize("lesson", quizzes())
def test_quiz_is_plain_text(lesson):
    text = (questions.FOLDER / f"{lesson}.json").read_text(encoding="utf-8")
    assert "$" not in text, "write formulas in plain characters: quizzes are not typeset"
    assert "http" not in text


def test_quiz_is_one_piece_of_html(tmp_path):
    html = browser.quiz_html(
        tmp_path, [{"question": "Is 1 < 2?", "type": "string", "answers": [{"answer": "</script>"}]}]
    )
    assert "<li>Is 1 &lt; 2?</li>" in html
    assert html.count("<script>") == html.count("</script>") == 1
    assert html.count("<div") == html.count("</div>")
    assert all(f"{name}: {colour};" in html for name, colour in questions.COLOURS.items())


def test_quiz_in_a_plain_script_prints_its_questions(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    (tmp_path / "01.json").write_text('[{"question": "Two?", "type": "numeric", "answers": []}]')
    widgets.quiz("01")
    assert capsys.readouterr().out == "1. Two?\n"


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_quiz_colours_read_well():
    white = luminance(questions.COLOURS["--jq-text-color"])
    backs = [colour for name, colour in questions.COLOURS.items() if name.endswith(("choice-bg", "correct-color"))]
    assert len(backs) == 4
    for back in backs:
        assert (white + 0.05) / (luminance(back) + 0.05) >= 4.5


def test_the_same_exhibit_has_the_same_page_each_time_and_another_has_not():
    make = {
        "explorer": lambda **k: widgets.ConvolutionExplorer(**k),
        "field": lambda **k: widgets.ReceptiveField(**k),
    }
    pages = {name: make[name]().to_html() for name in make}
    assert pages == {name: make[name]().to_html() for name in make}
    assert make["explorer"](stride=2)._key != make["explorer"]()._key != make["field"]()._key
    assert make["field"](padding="valid")._key != make["field"]()._key
