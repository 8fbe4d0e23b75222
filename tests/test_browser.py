"""What a reader sees and touches, in a real browser: the explorer in JupyterLab and as a page of its own."""

import http.server
import re
import threading
from functools import partial

import browser
import nbconvert
import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from course_utils import convolution, widgets
from course_utils.widgets import explorer, pictures, tours

pytestmark = pytest.mark.slow

expect.set_options(timeout=browser.PATIENCE)

HARMLESS = re.compile(r"favicon|DevTools|jupytext", re.I)
WORKED = np.array([[12, 12, 17], [10, 17, 19], [9, 6, 14]])
# Draws every output of a list of settings and returns them; `get().output` is what the page shows.
COMPUTE = """settings => settings.map(setting => {
    const { explorer } = document.querySelector("[data-explorer]");
    explorer.set(setting);
    const { output } = explorer.get();
    return [output.rows, output.columns, [...output.numbers]];
})"""

QUESTIONS = [
    {
        "question": "How large is the output?",
        "type": "multiple_choice",
        "answers": [
            {"answer": "3 × 3", "correct": True, "feedback": "Yes: 5 − 3 + 1."},
            {"answer": "5 × 5", "correct": False, "feedback": "Only with padding."},
        ],
    },
    {
        "question": "How many weights has a 3 × 3 kernel?",
        "type": "numeric",
        "answers": [
            {"type": "value", "value": 9, "correct": True, "feedback": "Yes: 3 · 3."},
            {"type": "default", "feedback": "Count rows times columns."},
        ],
    },
]


@pytest.fixture
def page(chromium):
    """A window that fails the test when the page logs an error or asks for anything outside this machine."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1000})
    window = context.new_page()
    window.set_default_timeout(browser.PATIENCE)
    faults = []
    window.on("pageerror", lambda error: faults.append(f"error: {error}"))
    window.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    window.on("request", lambda request: faults.append(request.url) if is_outside(request.url) else None)
    yield window
    context.close()
    assert [fault for fault in faults if not HARMLESS.search(fault)] == []


def is_outside(address: str) -> bool:
    return not address.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder that is served on this machine."""
    folder = tmp_path_factory.mktemp("site")
    handler = partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def show(site, page):
    """Open explorers on a page of their own."""
    folder, address = site

    def open_page(*shown):
        fragments = "".join(one if isinstance(one, str) else one.to_html() for one in shown)
        icon = '<link rel="icon" href="data:,">'
        text = f'<!doctype html><meta charset="utf-8"><title>Explorer</title>{icon}<body>{fragments}</body>'
        (folder / "page.html").write_text(text, encoding="utf-8")
        page.goto(f"{address}/page.html")
        return page

    return open_page


def value(page, nth: int = 0) -> float:
    return float(page.locator("[data-explorer]").nth(nth).get_attribute("data-value"))


def point_at(page, kind: str, row: int, column: int, shape, nth: int = 0):
    """Move the pointer to the middle of one pixel of the input or output map."""
    box = page.locator(f".map.{kind}").nth(nth).bounding_box()
    x = box["x"] + box["width"] * (column + 0.5) / shape[1]
    y = box["y"] + box["height"] * (row + 0.5) / shape[0]
    page.mouse.move(x, y)


# ---------------------------------------------------------------- in JupyterLab


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    browser.chromium()
    with browser.jupyter_lab(tmp_path_factory.mktemp("lab")) as server:
        yield server


def run_cell(page, nth: int):
    """Run one cell of the open notebook and wait until it has run."""
    cell = page.locator(".jp-CodeCell").nth(nth)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    return cell


def open_in_lab(page, lab, name: str):
    page.goto(lab.page(name))
    expect(page.locator(".jp-CodeCell .cm-content").first).to_be_visible(timeout=browser.PATIENCE)
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=browser.PATIENCE)


SHOW_IN_LAB = """import numpy as np
from course_utils import convolution, widgets
explorer = widgets.ConvolutionExplorer("example", kernel="worked")
explorer.show()"""
READ_IN_LAB = """right = convolution.conv2d(explorer._pictures[explorer.image], explorer.kernel, stride=explorer.stride,
                           padding=explorer.padding, dilation=explorer.dilation)[explorer.row, explorer.column]
print("read", explorer.row, explorer.column, explorer.stride, explorer.value, right, explorer.kernel)"""
SET_IN_LAB = "explorer.kernel = 'cross'; explorer.padding = 2"
BOX_IN_LAB = "import ipywidgets; ipywidgets.VBox([explorer])"


def test_explorer_is_live_in_jupyterlab(page, lab):
    browser.write_notebook(lab.folder / "live.ipynb", SHOW_IN_LAB, READ_IN_LAB, SET_IN_LAB, BOX_IN_LAB)
    open_in_lab(page, lab, "live.ipynb")
    shown = run_cell(page, 0)
    expect(shown.locator(".map.output")).to_be_visible(timeout=browser.PATIENCE)
    point_at(page, "output", 1, 2, (3, 3))
    expect(shown.locator(".result")).to_have_text("19")

    shown.get_by_label("Stride more").click()
    point_at(page, "output", 1, 0, (2, 2))
    expect(shown.locator(".result")).to_have_text("9")
    # digits and letters typed here must not reach JupyterLab, whose shortcuts restart kernels and delete cells
    weight = shown.get_by_label("Weight in row 0, column 0")
    weight.fill("")
    weight.press_sequentially("00-4")
    expect(weight).to_have_attribute("aria-invalid", "true")
    weight.fill("-4")
    kernel = [[-4, 1, 2], [2, 2, 0], [0, 1, 2]]
    right = convolution.conv2d(explorer.pictures.WORKED_IMAGE, kernel, stride=2)[1, 0]
    expect(shown.locator(".result")).to_have_text(str(right).replace("-", "−"))
    shown.locator(".map.output").focus()
    for key in ("d", "d", "0", "0", "x", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(".jp-CodeCell")).to_have_count(4)
    expect(page.locator(".jp-Dialog")).to_have_count(0)

    # a hover is sent to the kernel when it rests: ask until the notebook has heard of it
    wanted = f"read 1 0 2 {right} {right} {kernel}"
    read = page.locator(".jp-CodeCell").nth(1)
    for _ in range(10):
        run_cell(page, 1)
        expect(read.locator(".jp-OutputArea-output")).to_contain_text("read")
        if wanted in read.locator(".jp-OutputArea-output").inner_text():
            break
    expect(read.locator(".jp-OutputArea-output")).to_contain_text(wanted)

    run_cell(page, 2)  # and the other way: the notebook sets, the page follows
    expect(shown.locator("#padding")).to_have_value("2")
    expect(shown.get_by_label("Weight in row 0, column 0")).to_have_value("1")

    box = run_cell(page, 3)  # as a part of another widget: a second view of the same state
    expect(box.locator("#padding")).to_have_value("2")
    box.get_by_label("Padding less").click()
    expect(shown.locator("#padding")).to_have_value("1")


def test_stored_explorer_and_quiz_work_in_jupyterlab_before_any_cell_is_run(page, lab, tmp_path):
    """A notebook that its reader ran and saved: trusted, but the widgets of that time are gone.

    For the formula JupyterLab loads its MathJax, and jupyterquiz must not fetch another one from the network.
    """
    formula = nbformat.v4.new_markdown_cell("$a^2$")
    cells = stored_cell(browser.quiz_html(tmp_path, QUESTIONS)), stored_cell(explorer_html())
    lab.trust(browser.write_notebook(lab.folder / "trusted.ipynb", formula, *cells))
    open_in_lab(page, lab, "trusted.ipynb")
    page.wait_for_function("() => window.MathJax")
    page.locator(".MCButton", has_text="5 × 5").click()
    expect(page.locator(".Feedback").first).to_have_text("Only with padding.")
    page.wait_for_timeout(600)  # jupyterquiz looks for MathJax half a second after it has shown its questions

    page.locator(".map.output").scroll_into_view_if_needed()
    point_at(page, "output", 1, 1, (3, 3))
    expect(page.locator(".result")).to_have_text("17")
    expect(page.get_by_text(re.compile("Error displaying widget|Loading widget"))).to_have_count(0)


def test_stored_explorer_is_a_table_where_jupyterlab_does_not_trust_it(page, lab):
    """A notebook fresh from the repository: scripts are held back, the numbers are there."""
    browser.write_notebook(lab.folder / "fresh.ipynb", stored_cell(explorer_html()))
    open_in_lab(page, lab, "fresh.ipynb")
    tables = page.locator(".jp-OutputArea-output table table")
    expect(tables).to_have_count(3)
    assert tables.nth(2).inner_text().split() == [str(number) for number in WORKED.ravel()]
    expect(page.get_by_text("run this cell to explore")).to_be_visible()
    assert page.locator(".map").count() == 0


def explorer_html() -> str:
    return widgets.ConvolutionExplorer()._repr_mimebundle_()["text/html"]


def stored_cell(html: str):
    """Return a cell that was run and holds this output."""
    cell = nbformat.v4.new_code_cell("shown", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": html, "text/plain": "shown"})]
    return cell


# ---------------------------------------------------------------- as a page of its own


def test_page_agrees_with_conv2d_over_many_settings(show):
    rng = np.random.default_rng(7)
    images = {
        "digit": rng.integers(0, 256, (9, 12), dtype=np.uint8),
        "signed": rng.integers(-50, 50, (11, 8)),
        "real": rng.normal(size=(10, 10)),
    }
    settings, right = [], []
    while len(settings) < 200:
        name = str(rng.choice(list(images)))
        kernel = rng.integers(-9, 10, rng.integers(1, 6, 2)).tolist()
        numbers = {"stride": int(rng.integers(1, 5)), "padding": int(rng.integers(0, 4))}
        numbers["dilation"] = int(rng.integers(1, 4))
        settings.append({"image": name, "kernel": kernel, **numbers})
        try:
            right.append(convolution.conv2d(images[name], kernel, **numbers))
        except ValueError:  # the kernel does not fit
            right.append(np.zeros((0, 0)))
    assert 10 < sum(output.size == 0 for output in right) < 100
    answers = show(widgets.ConvolutionExplorer(images)).evaluate(COMPUTE, settings)
    for setting, output, (rows, columns, numbers) in zip(settings, right, answers, strict=True):
        assert (rows, columns) == output.shape, setting
        assert np.array_equal(np.reshape(numbers, output.shape), output), setting  # to the last bit, also for reals


@pytest.mark.parametrize("name", list(explorer.KERNELS))
def test_named_kernels_of_the_menu(show, name):
    page = show(widgets.ConvolutionExplorer(kernel=[[1]], padding=1))
    page.get_by_label("Kernel", exact=True).select_option(name)
    [[rows, columns, numbers]] = page.evaluate(COMPUTE, [{}])
    right = convolution.conv2d(explorer.pictures.WORKED_IMAGE, explorer.KERNELS[name], padding=1)
    assert np.array_equal(np.reshape(numbers, (rows, columns)), right)


def test_hover_shows_patch_products_and_sum(show):
    page = show(widgets.ConvolutionExplorer())
    for row, column in np.ndindex(3, 3):
        point_at(page, "output", row, column, (3, 3))
        expect(page.locator(".result")).to_have_text(str(WORKED[row, column]))
        expect(page.locator(".total code, .factor code")).to_have_text(f"output[{row}, {column}]")
    point_at(page, "output", 0, 1, (3, 3))
    assert page.locator(".patch span").all_inner_texts() == ["3", "2", "1", "0", "1", "3", "1", "2", "2"]
    assert page.locator(".products span").all_inner_texts() == ["0", "2", "2", "0", "2", "0", "0", "2", "4"]
    expect(page.locator(".sum")).to_have_text("3·0 + 2·1 + 1·2 + 0·2 + 1·2 + 3·0 + 1·0 + 2·1 + 2·2 = 12")
    point_at(page, "input", 4, 4, (5, 5))  # the window follows the pointer over the input, and stays inside
    expect(page.locator(".result")).to_have_text("14")


def test_keyboard_alone(show):
    page = show(widgets.ConvolutionExplorer())
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.matches('.map.output')"):
            break
    output = page.get_by_role("application")
    expect(output).to_be_focused()
    assert page.evaluate(
        "getComputedStyle(document.querySelector('[data-explorer]').shadowRoot.activeElement).outlineStyle"
    ) == ("solid")
    places = {"ArrowRight": (0, 1), "ArrowDown": (1, 1), "End": (1, 2), "Home": (1, 0), "ArrowLeft": (1, 0)}
    places |= {"Control+End": (2, 2), "ArrowUp": (1, 2), "PageUp": (0, 2), "Control+Home": (0, 0)}
    for key, (row, column) in places.items():
        page.keyboard.press(key)
        assert value(page) == WORKED[row, column], key
    page.keyboard.press("ArrowRight")
    spoken = "Output row 0, column 1: 3 times 0 plus 2 times 1 plus 1 times 2 plus 0 times 2 plus 1 times 2 plus "
    spoken += "3 times 0 plus 1 times 0 plus 2 times 1 plus 2 times 2 is 12."
    expect(page.locator("[aria-live]")).to_have_text(spoken)
    page.get_by_label("Padding", exact=True).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".formula")).to_have_text("⌊(5 + 2·1 − 3) / 1⌋ + 1 = 5")


def test_stride_padding_dilation_and_the_formula(show):
    page = show(widgets.ConvolutionExplorer())
    page.get_by_label("Padding more").click()
    page.get_by_label("Padding more").click()
    page.get_by_label("Dilation more").click()
    page.get_by_label("Stride more").click()
    expect(page.locator(".formula")).to_have_text("⌊(5 + 2·2 − 5) / 2⌋ + 1 = 3; span = 2·(3 − 1) + 1 = 5")
    right = convolution.conv2d(
        explorer.pictures.WORKED_IMAGE, explorer.KERNELS["worked"], stride=2, padding=2, dilation=2
    )
    assert right.shape == (3, 3)
    for row, column in np.ndindex(3, 3):
        point_at(page, "output", row, column, (3, 3))
        expect(page.locator(".result")).to_have_text(str(right[row, column]))
    assert page.locator(".window i").count() == 9


def test_flip_turns_correlation_into_convolution(show):
    page = show(widgets.ConvolutionExplorer())
    page.get_by_role("button", name="Flip kernel").click()
    expect(page.get_by_role("button", name="Flip kernel")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Kernel", exact=True)).to_have_value("worked")
    [[_, _, numbers]] = page.evaluate(COMPUTE, [{}])
    assert np.reshape(numbers, (3, 3)).tolist() == [[18, 20, 19], [10, 9, 17], [11, 8, 14]]


def test_typed_weights_and_kernel_size(show):
    page = show(widgets.ConvolutionExplorer(kernel="identity"))
    page.get_by_label("Weight in row 1, column 1").fill("1/4")
    expect(page.locator(".result")).to_have_text("0")
    page.get_by_label("Weight in row 0, column 0").fill("−0,5")
    expect(page.locator(".result")).to_have_text("−1.5")
    expect(page.get_by_label("Kernel", exact=True)).to_have_value("")
    page.get_by_label("Kernel size more").click()
    expect(page.locator(".panel .weights input")).to_have_count(16)
    page.get_by_label("Kernel size less").click()
    assert page.evaluate("document.querySelector('[data-explorer]').explorer.get().kernel") == [
        [-0.5, 0, 0],
        [0, 0.25, 0],
        [0, 0, 0],
    ]


def test_what_cannot_be_computed_is_said_in_words(show):
    page = show(widgets.ConvolutionExplorer())
    alert = page.get_by_role("alert")
    expect(alert).to_have_text("")
    weight = page.get_by_label("Weight in row 0, column 1")
    for wrong, words in (("abc", "holds “abc”, which is no number"), ("", "is empty"), ("1/0", "holds “1/0”")):
        weight.fill(wrong)
        expect(alert).to_contain_text(words)
        expect(alert).to_contain_text("1 still counts")
        assert value(page) == 12
    page.keyboard.press("Escape")
    expect(alert).to_have_text("")
    expect(weight).to_have_value("1")
    for _ in range(3):
        page.get_by_label("Dilation more").click()
    expect(alert).to_contain_text("The kernel spans 9 rows, but the padded image has only 5 + 2·0 = 5.")
    expect(page.locator(".map.output")).to_be_hidden()
    for _ in range(2):
        page.get_by_label("Padding more").click()
    expect(alert).to_have_text("")
    expect(page.locator(".map.output")).to_be_visible()


def test_play_walks_over_the_output_and_stops(show):
    page = show(widgets.ConvolutionExplorer(image=np.arange(9).reshape(3, 3), kernel=[[1, 0], [0, 0]]))
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".result")).to_have_text("4")
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="One pixel back").click()
    expect(page.locator(".result")).to_have_text("3")
    page.get_by_role("button", name="One pixel on").click()
    expect(page.locator(".result")).to_have_text("4")


def test_two_explorers_and_the_page_around_them_do_not_disturb_each_other(show):
    loud = "<style>* { color: red; font-size: 40px } table, div, span { display: inline }</style>"
    photograph = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    page = show(loud, widgets.ConvolutionExplorer(), widgets.ConvolutionExplorer({"noise": photograph}, "sobel_y"))
    point_at(page, "output", 2, 0, (3, 3))
    assert value(page, 0) == 9
    second = page.locator("[data-explorer]").nth(1)
    second.get_by_label("Stride more").click()
    right = convolution.conv2d(photograph, convolution.KERNELS["sobel_y"], stride=2)
    second.scroll_into_view_if_needed()
    point_at(page, "output", 20, 11, right.shape, nth=1)
    expect(second.locator(".factor code")).to_have_text("output[20, 11]")
    assert value(page, 1) == right[20, 11]
    assert value(page, 0) == 9
    expect(page.locator("#stride").first).to_have_value("1")
    assert second.locator("h4").first.evaluate("node => getComputedStyle(node).fontSize") == "15px"


@pytest.mark.parametrize("width", [360, 600, 800, 1200])
def test_fits_the_width_of_the_page(show, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    photograph = np.zeros((96, 64), np.uint8)
    show(widgets.ConvolutionExplorer({"tall": photograph}, np.ones((7, 7)), padding=3), widgets.ConvolutionExplorer())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_follows_the_page_and_the_text_can_be_read(show, page, scheme):
    page.emulate_media(color_scheme=scheme)
    show(widgets.ConvolutionExplorer(kernel="sobel_x"))
    expect(page.locator(".explorer")).to_have_attribute("data-theme", scheme)
    contrasts = page.evaluate(CONTRAST)
    assert len(contrasts) > 60
    assert min(ratio for ratio, _ in contrasts) >= 4.5, sorted(contrasts)[:5]


# Contrast of every visible text with the colour behind it (WCAG 2); the maps' numbers stand on a canvas and choose
# black or white by the colour of their pixel, so they are left out.
CONTRAST = """() => {
    const root = document.querySelector("[data-explorer]").shadowRoot;
    const parse = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, k) => sum + part * [0.2126, 0.7152, 0.0722][k], 0);
    const behind = node => {
        for (; node; node = node.parentElement) {
            const colour = parse(getComputedStyle(node).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    return [...root.querySelectorAll("*")].filter(node =>
        !node.closest(".numbers, .written, .spoken, style, :disabled") &&
        (node.value || [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())))
        .map(node => {
            const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.className + " " + node.textContent];
        });
}"""


def test_guided_tour_asks_shows_and_explains_without_a_notebook(show):
    lit = np.eye(5, dtype=np.uint8)
    cat = np.arange(72 * 72, dtype=float).reshape(72, 72)
    images = {tours.EXAMPLE: pictures.WORKED_IMAGE, tours.LIT: lit, tours.CAT: cat}
    page = show(widgets.ConvolutionExplorer(images, tour="first steps"))
    tour, result = page.locator(".tour"), page.locator(".result")

    def button(name):
        return tour.get_by_role("button", name=name, exact=True)

    expect(tour).to_contain_text("question 1 of 5")
    expect(tour.locator(".tell")).to_be_hidden()
    button("3 × 3").click()
    expect(tour.locator(".tell")).to_contain_text("try again. Point along")
    expect(button("2 × 2")).to_be_visible()  # not told yet
    expect(result).to_have_text("12")
    button("5 × 5").click()
    expect(tour.locator(".tell")).to_contain_text("The marked answer is right. 2 × 2")
    expect(button("✓ 2 × 2")).to_be_visible()
    expect(result).to_have_text("14")  # stride 2, last output
    button("Next").click()
    expect(result).to_have_text("12")  # the step begins with stride 1 again
    button("one").click()
    expect(tour.locator(".tell")).to_contain_text("Right. One ring")
    expect(result).to_have_text("6")
    button("Next").click()
    button("Next").click()
    button("3 pixels to the left").click()
    expect(result).to_have_text(str(36 * 72 + 39))
    button("Back").click()
    button("Close the tour").click()
    expect(tour.locator(".ask")).to_be_hidden()
    button("Open the tour").click()
    expect(tour).to_contain_text("question 3 of 5")


def test_no_tour_no_panel(show):
    expect(show(widgets.ConvolutionExplorer()).locator(".tour")).to_be_hidden()


def test_explorer_survives_the_export_to_html(site, page, tmp_path):
    folder, address = site
    stored = browser.write_notebook(tmp_path / "stored.ipynb", stored_cell(explorer_html()))
    notebook = nbformat.read(stored, as_version=4)
    exported, _ = nbconvert.HTMLExporter(mathjax_url="", require_js_url="", jquery_url="").from_notebook_node(notebook)
    (folder / "exported.html").write_text(exported, encoding="utf-8")
    page.route(lambda address: is_outside(address), lambda route: route.abort())
    page.goto(f"{address}/exported.html")
    point_at(page, "output", 0, 2, (3, 3))
    expect(page.locator(".result")).to_have_text("17")


# ---------------------------------------------------------------- the quiz


def test_quiz_answers_clicks_and_keys(show, tmp_path):
    page = show(browser.quiz_html(tmp_path, QUESTIONS))
    expect(page.locator("ol")).to_have_count(0)
    feedback = page.locator(".Feedback").first
    page.get_by_text("5 × 5").click()
    expect(feedback).to_have_text("Only with padding.")
    expect(feedback).to_have_class(re.compile("incorrect"))
    page.get_by_role("radio", name="3 × 3").focus()
    page.keyboard.press("Space")
    expect(feedback).to_have_text("Yes: 5 − 3 + 1.")
    number = page.get_by_role("textbox")
    for typed, answer in (("8", "Count rows times columns."), ("9", "Yes: 3 · 3.")):
        number.click()
        number.press_sequentially(typed)
        number.press("Enter")
        expect(page.locator(".Feedback").nth(1)).to_have_text(answer)
