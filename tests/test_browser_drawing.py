"""Draw a digit in a real browser: its numbers are Keras's, and mouse, finger and keys reach everything."""

import browser
import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

# fixtures are found by their names in this module
from test_browser import CONTRAST, lab, open_in_lab, page, show, site

from course_utils import runtime, widgets
from course_utils.widgets import drawing
from course_utils.widgets.drawing import page as exhibit

pytestmark = pytest.mark.slow

keras = runtime.import_keras()

from course_utils import transfer  # noqa: E402

__all__ = ["lab", "page", "show", "site"]

expect.set_options(timeout=browser.PATIENCE)

LEVELS = ("C1", "S2", "C3", "S4", "C5", "F6", "output")
# Takes a stored digit, shifts it, and returns the input and every level, each as one list.
VALUES = """cases => cases.map(([digit, x, y]) => {
    const { explorer } = document.querySelector("[data-explorer]");
    explorer.take(digit);
    explorer.set({ shift: [x, y] });
    return explorer.get().values.map(numbers => [...numbers]);
})"""
STATE = "document.querySelector('[data-explorer]').explorer.get()"
FOCUSED = "document.activeElement.shadowRoot?.activeElement"


def stored_outputs() -> dict:
    """Return a cell that was run and holds what `draw_digit` shows: the still picture and the exhibit."""
    cell = nbformat.v4.new_code_cell("widgets.draw_digit()", execution_count=1)

    def display(data, raw, metadata=None):
        cell.outputs.append(nbformat.v4.new_output("display_data", data=data, metadata=metadata or {}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "display", display)
        widgets.draw_digit()
    return cell


@pytest.fixture(scope="module")
def network():
    """All levels of the shipped network, from the input of 32 × 32 numbers on."""
    model = transfer.load_pretrained("lenet5_1998_mnist")
    inputs = x = keras.Input((32, 32, 1))
    outputs = {}
    for layer in model.layers[model.layers.index(model.get_layer("C1")) :]:
        x = outputs[layer.name] = layer(x)
    return keras.Model(inputs, [outputs[name] for name in LEVELS])


def map_by_map(levels) -> list[np.ndarray]:
    """Return Keras's levels (N, H, W, C) or (N, C) in the page's order: (N, numbers), map after map."""
    arrays = [np.asarray(level) for level in levels]
    return [np.moveaxis(array, -1, 1).reshape(len(array), -1) for array in arrays]


def test_every_level_is_equal_to_keras_for_every_stored_digit_and_shifts(show, network):
    rng = np.random.default_rng(5)
    cases = [[digit, 0, 0] for digit in range(10)]
    cases += [[digit, *map(int, rng.integers(-8, 9, 2))] for digit in range(10)]
    values = show(exhibit()).evaluate(VALUES, cases)
    inputs = np.array([one[0] for one in values])
    right = map_by_map(network.predict(inputs.reshape(-1, 32, 32, 1).astype("float32"), verbose=0))
    for name, place in zip(LEVELS, range(1, 8), strict=True):
        here = np.array([one[place] for one in values])
        np.testing.assert_allclose(here, right[place - 1], atol=1e-4, rtol=1e-6, err_msg=name)
    assert inputs.min() == pytest.approx(-0.1) and inputs.max() == pytest.approx(1.175)


def test_every_stored_digit_is_read_right_and_surely(show):
    page = show(exhibit(start=None))
    for digit in range(10):
        page.get_by_role("button", name=f"Stored digit {digit}").click()
        expect(page.locator(".numeral")).to_have_text(str(digit))
        distances = page.evaluate(f"[...{STATE}.values[7]]")
        assert min(distances) < 10 < sorted(distances)[1], digit  # 10: from there on, no digit is the better answer


def draw(page, *strokes):
    """Draw strokes, points from 0 to 1, on the pad with the mouse."""
    box = page.locator(".pad").bounding_box()
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=8)
        page.mouse.up()


def test_the_page_opens_at_a_unit_of_c1_whose_field_makes_way_while_one_draws(show):
    page = show(exhibit())
    field, box = page.locator(".pad .seen"), page.locator(".pad").bounding_box()
    expect(page.locator(".work h4")).to_contain_text("C1, map")
    expect(field).to_be_visible()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    expect(field).to_be_hidden()
    page.mouse.up()
    expect(field).to_be_visible()


def test_a_small_drawing_in_a_corner_is_scaled_and_centred_as_mnist_was(show):
    page = show(exhibit(start=None))
    expect(page.locator(".words")).to_have_text("nothing yet")
    draw(page, [(0.08, 0.1), (0.3, 0.1), (0.18, 0.34)])
    expect(page.locator(".numeral")).to_have_text("7")
    ink = (np.array(page.evaluate(f"[...{STATE}.values[0]]")).reshape(32, 32) + 0.1) / 1.275
    rows, columns = np.nonzero(ink > 0.5)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(20, abs=1)
    centre = [np.average(np.arange(32) + 0.5, weights=ink.sum(axis)) for axis in (1, 0)]
    assert centre == pytest.approx([16, 16], abs=0.51)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".words")).to_have_text("nothing yet")


# level, map, row, column; first and last row and column of the input that it sees
UNITS = [
    (1, 2, 20, 3, (20, 24), (3, 7)),
    (2, 5, 6, 9, (12, 17), (18, 23)),
    (3, 7, 4, 5, (8, 21), (10, 23)),
    (4, 11, 2, 1, (8, 23), (4, 19)),
    (5, 60, 0, 0, (0, 31), (0, 31)),
    (6, 41, 0, 0, (0, 31), (0, 31)),
    (7, 3, 0, 0, (0, 31), (0, 31)),
]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: LEVELS[unit[0] - 1])
def test_a_unit_adds_up_to_its_value_and_sees_its_field_alone(show, network, unit):
    level, *place, rows, columns = unit
    page = show(exhibit())
    chosen = dict(zip(("map", "row", "column"), place, strict=True)) | {"level": level}
    page.evaluate("unit => document.querySelector('[data-explorer]').explorer.set({ unit })", chosen)
    state = page.evaluate(f"(() => {{ const s = {STATE}; return [s.values.map(v => [...v]), s.fields[0]]; }})()")
    side = {1: 28, 2: 14, 3: 10, 4: 5}.get(level, 1)
    value = state[0][level][(place[0] * side + place[1]) * side + place[2]]
    expect(page.locator(".result")).to_have_text(f"{value:.2f}".replace("-", "−"))
    assert state[1]["rows"] == list(rows) and state[1]["columns"] == list(columns)
    seen = np.zeros((32, 32), bool)
    seen[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1] = True
    image = np.array(state[0][0]).reshape(32, 32)
    noise = np.random.default_rng(0).uniform(-0.1, 1.175, (32, 32))
    pictures = np.stack([image, np.where(seen, image, noise), np.where(seen, noise, image)])
    outputs = map_by_map(network.predict(pictures[..., None].astype("float32"), verbose=0))[level - 1]
    same, outside, inside = outputs[:, (place[0] * side + place[1]) * side + place[2]]
    assert outside == pytest.approx(same, abs=1e-6) and abs(inside - same) > 1e-3


def test_pointing_at_a_unit_shows_what_it_sees_and_the_products_written_out(show):
    page = show(exhibit())
    box = page.locator(".C1 .cell canvas:not(.own)").nth(3).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 10.5 / 28, box["y"] + box["height"] * 12.5 / 28)
    expect(page.locator(".work h4")).to_contain_text("C1, map 3, row 12, column 10")
    expect(page.locator(".work h4")).to_contain_text("sees 5 × 5 pixels of the input")
    numbers = [float(text.replace("−", "-")) for text in page.locator(".tile.made .written span").all_inner_texts()]
    total = page.evaluate(f"{STATE}.values[1][(3 * 28 + 12) * 28 + 10]")
    bias = float(page.locator(".sum p").first.inner_text().partition(" (bias)")[0].split()[-1])
    sign = -1 if "−" in page.locator(".sum p").first.inner_text().partition(" (bias)")[0].split()[-2] else 1
    assert 1.7159 * np.tanh(2 / 3 * (sum(numbers) + sign * bias)) == pytest.approx(total, abs=0.15)
    expect(page.locator(".input .seen")).to_be_visible()
    page.locator(".output .answer").nth(8).hover()
    expect(page.locator(".work h4")).to_contain_text("Answer 8")


def test_a_sum_of_rounded_numbers_is_called_equal_only_where_they_add_up(show):
    page, signs = show(exhibit()), set()
    for row in range(0, 28, 3):
        box = page.locator(".C1 .cell canvas:not(.own)").nth(3).bounding_box()
        page.mouse.move(box["x"] + box["width"] * 10.5 / 28, box["y"] + box["height"] * (row + 0.5) / 28)
        expect(page.locator(".work h4")).to_contain_text(f"C1, map 3, row {row}, column 10")
        added, result = (page.locator(".sum p").nth(line).inner_text().replace("−", "-") for line in (0, 1))
        before, sign, bias = added.split()[:3]
        shown = round(float(before) + float(sign + bias), 2)
        assert float(result[1:]) == pytest.approx(shown, abs=0.0101)
        assert result[0] == ("=" if float(result[1:]) == shown else "≈")
        signs.add(result[0])
    assert signs == {"=", "≈"}


def test_a_click_holds_a_unit_and_the_next_click_lets_go(show):
    page = show(exhibit())
    title, maps = page.locator(".work h4"), page.locator(".S4 .cell")
    maps.nth(2).click()
    maps.nth(5).hover()
    page.wait_for_timeout(100)
    expect(title).to_contain_text("S4, map 2,")
    expect(page.get_by_text("held: click it again to let go")).to_be_visible()
    maps.nth(2).click()
    maps.nth(5).hover()
    expect(title).to_contain_text("S4, map 5,")


def test_keyboard_alone(show):
    page = show(exhibit())
    page.locator(".pad").focus()
    for key in ("7", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator(".where")).to_have_text("2 px right, 1 px up")
    expect(page.locator(".numeral")).to_have_text("7")
    page.keyboard.press("Delete")
    expect(page.locator(".words")).to_have_text("nothing yet")
    page.keyboard.press("3")
    reached = {}
    for _ in range(30):
        page.keyboard.press("Tab")
        label = page.evaluate(f"{FOCUSED}?.getAttribute('aria-label') ?? {FOCUSED}?.textContent ?? ''")
        reached[label] = page.evaluate(f"{FOCUSED} && getComputedStyle({FOCUSED}).outlineStyle")
        if label.startswith("C3"):
            break
    expected = {"Stored digit 0", "Stored digit 9", "Shift left by one pixel", "Clear", "C1, 6 maps of 28 by 28"}
    assert expected <= set(reached)
    assert set(reached.values()) == {"solid"}
    for key in ("Home", "ArrowDown", "ArrowRight", "ArrowRight", "PageDown"):
        page.keyboard.press(key)
    place = page.evaluate(f"{STATE}.unit")
    assert (place["level"], place["row"], place["column"]) == (3, 1, 2)
    expect(page.get_by_label("Ten answers; nearest: 3 at")).to_be_visible()
    expect(page.locator("[aria-live]")).to_contain_text(f"C3, map {place['map']}, row 1, column 2:")


def test_shifts_stop_at_eight_pixels_and_go_back(show):
    page = show(exhibit(start=1))
    for _ in range(10):
        page.get_by_role("button", name="Shift left").click()
    expect(page.locator(".where")).to_have_text("8 px left")
    page.get_by_role("button", name="Shift back").click()
    expect(page.locator(".where")).to_have_text("in the middle")


# By how many pixels anything stands out of the exhibit's frame, to the right or the left.
BEYOND = """() => {
    const { shadowRoot } = document.querySelector("[data-explorer]");
    const frame = shadowRoot.querySelector(".body").getBoundingClientRect();
    const inner = [...shadowRoot.querySelectorAll(".body *:not(.spoken, .wires, .wires *)")];
    const boxes = inner.map(node => node.getBoundingClientRect()).filter(box => box.width);
    return Math.max(...boxes.flatMap(box => [box.right - frame.right, frame.left - box.left]));
}"""


@pytest.mark.parametrize("width", [360, 390, 600, 800, 1200])
def test_it_fits_the_width_of_the_page(show, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    show(exhibit())
    for unit in UNITS:
        chosen = dict(zip(("level", "map", "row", "column"), unit, strict=False))
        page.evaluate("unit => document.querySelector('[data-explorer]').explorer.set({ unit })", chosen)
        page.wait_for_timeout(50)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(BEYOND) <= 0


def test_a_finger_draws_and_does_not_scroll(chromium, site):
    folder, address = site
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    (folder / "touch.html").write_text(f"{head}<body>{exhibit(start=None)}</body>", encoding="utf-8")
    context = chromium.new_context(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/touch.html")
    box = page.locator(".pad").bounding_box()
    session = context.new_cdp_session(page)
    steps = [(0.5, 0.85 - 0.07 * k) for k in range(11)]  # upwards: elsewhere this scrolls the page down
    for kind, (x, y) in [("touchStart", steps[0]), *(("touchMove", step) for step in steps[1:])]:
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".numeral")).to_have_text("1")
    assert page.evaluate("scrollY") == 0
    context.close()


def test_nothing_moves_by_itself_where_motion_is_unwelcome(show, page):
    maps = "document.querySelector('[data-explorer]').shadowRoot.querySelector('.C3 .maps')"
    name = f"getComputedStyle({maps}).animationName"
    for wish, moves in (("no-preference", "light"), ("reduce", "none")):
        page.emulate_media(reduced_motion=wish)
        show(exhibit())
        page.get_by_role("button", name="Stored digit 5").click()
        page.wait_for_function(f"{STATE}.stored === 5")
        page.wait_for_timeout(100)
        assert page.evaluate(name) == moves


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(show, page, scheme):
    page.emulate_media(color_scheme=scheme)
    show(exhibit())
    expect(page.locator(".explorer")).to_have_attribute("data-theme", scheme)
    contrasts = page.evaluate(CONTRAST)  # numbers in tiles take their ink from the colour below them
    assert len(contrasts) > 30
    assert min(ratio for ratio, _ in contrasts) >= 4.5, sorted(contrasts)[:5]


def test_stored_in_a_notebook_it_works_in_jupyterlab_without_a_kernel(page, lab):
    file = browser.write_notebook(lab.folder / "drawing.ipynb", stored_outputs())
    lab.trust(file)
    open_in_lab(page, lab, "drawing.ipynb")
    page.get_by_role("button", name="Stored digit 8").click()
    expect(page.locator(".numeral")).to_have_text("8")
    assert page.locator(".jp-OutputArea-output img").is_hidden(), "the still picture gives way"
    page.locator(".pad").press("0")  # typed here, it must not reach JupyterLab
    page.locator(".pad").press("0")
    expect(page.locator(".numeral")).to_have_text("0")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_in_a_notebook_that_is_not_trusted_it_says_what_it_is(page, lab):
    browser.write_notebook(lab.folder / "stored_drawing.ipynb", stored_outputs())
    open_in_lab(page, lab, "stored_drawing.ipynb")
    expect(page.get_by_text("A pad to draw a digit on")).to_be_visible()
    expect(page.locator(".jp-OutputArea-output img")).to_be_visible()
    assert page.locator(".pad").count() == 0
