"""The receptive-field exhibit in a real browser: live in JupyterLab, stored, and as a page of its own."""

import browser
import nbconvert
import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

# fixtures are found by their names in this module
from test_browser import CONTRAST, is_outside, lab, open_in_lab, page, run_cell, show, site, stored_cell

from course_utils import widgets
from course_utils.widgets import stack

pytestmark = pytest.mark.slow

__all__ = ["lab", "page", "show", "site"]

expect.set_options(timeout=browser.PATIENCE)

# Sets each of a list of stacks and returns the numbers of its steps, and the pixels looked at down and across.
COMPUTE = """settings => settings.map(setting => {
    const { explorer } = document.querySelector("[data-explorer]");
    explorer.set(setting);
    const { steps, down, across } = explorer.get();
    const sorted = level => [...level.keys()].sort((a, b) => a - b);
    return [steps.map(s => [s.size, s.field, s.stride, s.first, s.weights]), sorted(down[0]), sorted(across[0])];
})"""


def sees(page) -> str:
    return page.locator(".answer dd").first.inner_text()


def test_page_agrees_with_python_over_many_stacks(show):
    rng = np.random.default_rng(3)
    settings, right = [], []
    for _ in range(150):
        layers = []
        for _ in range(rng.integers(1, 6)):
            kernel, stride = int(rng.integers(1, 8)), int(rng.integers(1, 4))
            if rng.random() < 0.3:
                layers.append({"kind": "pooling", "kernel": kernel, "stride": stride, "dilation": 1})
            else:
                layers.append(stack.convolution(kernel, stride, int(rng.integers(1, 4))))
        size, padding = int(rng.integers(4, 100)), str(rng.choice(stack.PADDINGS))
        steps = stack.trace(layers, size, padding, 8)
        places = [int(rng.integers(steps[-1].size)) for _ in range(2)]
        setting = {"layers": layers, "size": size, "padding": padding, "channels": 8}
        settings.append(setting | dict(zip(("row", "column"), places, strict=True)))
        right.append([list(map(list, steps)), *(stack.pixels(layers, size, padding, place) for place in places)])
    assert show(widgets.ReceptiveField()).evaluate(COMPUTE, settings) == right


def test_building_a_stack_by_clicks(show):
    page = show(widgets.ReceptiveField([3]))
    assert sees(page) == "3 × 3"
    page.get_by_role("button", name="Add convolution").click()
    assert sees(page) == "5 × 5"
    page.get_by_role("button", name="Add pooling").click()
    assert sees(page) == "6 × 6"
    expect(page.locator(".formula")).to_have_text("1 + 2·1 + 2·1 + 1·1 = 6")
    page.get_by_label("Window of layer 1").fill("7")
    assert sees(page) == "10 × 10"
    page.get_by_label("Stride of layer 1").fill("2")
    page.get_by_label("Dilation of layer 2").fill("3")
    assert sees(page) == "21 × 21"  # 7, and 2·3 and 1 more in steps of 2
    expect(page.locator(".total")).to_contain_text("58·C² weights")
    page.get_by_role("button", name="Remove layer 1").click()
    assert sees(page) == "8 × 8"
    page.get_by_label("Kind of layer 1").select_option("pooling")
    expect(page.get_by_label("Dilation of layer 1")).to_be_disabled()
    assert sees(page) == "4 × 4"


def test_every_named_stack_of_the_menu(show):
    page = show(widgets.ReceptiveField([1], size=64))
    for name, layers in stack.STACKS.items():
        page.get_by_label("Stack", exact=True).select_option(name)
        field = stack.trace(stack.as_layers(layers), 64, "same", 1)[-1].field
        assert sees(page) == f"{field} × {field}"
        expect(page.locator(".layers tbody tr")).to_have_count(len(layers))


def test_pointer_chooses_the_output_value_and_lights_its_pixels(show):
    page = show(widgets.ReceptiveField("3×3, stride 2, 3×3", size=16, padding="valid"))
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] - 2)
    state = "document.querySelector('[data-explorer]').explorer.get()"
    assert page.evaluate(f"[{state}.row, {state}.column]") == [3, 0]
    exhibit = widgets.ReceptiveField("3×3, stride 2, 3×3", size=16, padding="valid")
    exhibit.row, exhibit.column = 3, 0
    colours = page.evaluate("""() => {
        const { shadowRoot } = document.querySelector("[data-explorer]");
        const canvas = shadowRoot.querySelector(".map canvas");
        return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
    }""")
    red, _, blue = np.moveaxis(np.reshape(colours, (16, 16, 4))[..., :3], -1, 0)
    assert np.array_equal(red - blue > 20, exhibit.seen)  # orange where it looks, grey elsewhere
    assert page.locator("circle.used").count() == sum([9, 7, 3, 1])


def test_keyboard_alone(show):
    page = show(widgets.ReceptiveField("two 3×3", size=8))
    focused = "document.activeElement.shadowRoot?.activeElement"
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"{focused}?.getAttribute('aria-label') ?? {focused}?.textContent ?? ''"))
        if page.evaluate(f"{focused}?.matches('.map')"):
            break
    assert {"Window of layer 1", "Stride of layer 2", "Remove layer 2", "Add convolution"} <= set(reached)
    assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    for key in ("Control+Home", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    spoken = "Output row 1, column 2 looks at 4 by 5 pixels of the image. Its field is 5 by 5, one step is 1 pixel."
    expect(page.locator("[aria-live]")).to_have_text(spoken)
    page.get_by_label("Window of layer 1").focus()
    page.keyboard.press("ArrowUp")
    assert sees(page) == "6 × 6"
    assert page.evaluate(f"{focused}.getAttribute('aria-label')") == "Window of layer 1"


def test_what_does_not_fit_is_said_in_words(show):
    page = show(widgets.ReceptiveField([7], size=8, padding="valid"))
    page.get_by_role("button", name="Add convolution").click()
    expect(page.get_by_role("alert")).to_contain_text("Layer 2 spans 3 values, but finds only 2.")
    page.get_by_label("Padding", exact=True).select_option("same")
    expect(page.get_by_role("alert")).to_have_text("")
    assert sees(page) == "9 × 9"


@pytest.mark.parametrize("width", [360, 600, 800, 1200])
def test_fits_the_width_of_the_page(show, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    show(widgets.ReceptiveField("VGG-16 up to pool 3", image=np.zeros((96, 96), np.uint8)))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(show, page, scheme):
    page.emulate_media(color_scheme=scheme)
    show(widgets.ReceptiveField())
    expect(page.locator(".explorer")).to_have_attribute("data-theme", scheme)
    contrasts = page.evaluate(CONTRAST)
    assert len(contrasts) > 30
    assert min(ratio for ratio, _ in contrasts) >= 4.5, sorted(contrasts)[:5]


def test_it_survives_the_export_to_html_beside_the_convolution_explorer(site, page, tmp_path):
    folder, address = site
    exhibits = widgets.ConvolutionExplorer(), widgets.ReceptiveField("one 5×5")
    cells = [stored_cell(one._repr_mimebundle_()["text/html"]) for one in exhibits]
    notebook = nbformat.read(browser.write_notebook(tmp_path / "stored.ipynb", *cells), as_version=4)
    exported, _ = nbconvert.HTMLExporter(mathjax_url="", require_js_url="", jquery_url="").from_notebook_node(notebook)
    (folder / "exported.html").write_text(exported, encoding="utf-8")
    page.route(lambda address: is_outside(address), lambda route: route.abort())
    page.goto(f"{address}/exported.html")
    page.get_by_role("button", name="Add convolution").click()
    assert sees(page) == "7 × 7"
    expect(page.locator(".result")).to_have_text("12")


def test_live_in_jupyterlab(page, lab):
    cells = [
        "from course_utils import widgets\nexhibit = widgets.ReceptiveField('two 3×3')",
        "exhibit.show()",
        "print(exhibit.field, len(exhibit.layers), exhibit.row)",
        "exhibit.layers = [5, 5, 5]; exhibit.padding = 'valid'",
    ]
    browser.write_notebook(lab.folder / "receptive.ipynb", *cells)
    open_in_lab(page, lab, "receptive.ipynb")
    run_cell(page, 0)
    run_cell(page, 1)
    page.get_by_role("button", name="Add pooling").click()
    assert sees(page) == "6 × 6"
    page.wait_for_timeout(500)
    expect(run_cell(page, 2)).to_contain_text("6 3 7")
    run_cell(page, 3)
    expect(page.locator(".answer dd").first).to_have_text("13 × 13")
    expect(page.get_by_label("Padding", exact=True)).to_have_value("valid")


def test_stored_output_in_a_notebook_that_is_not_trusted_is_a_table(page, lab):
    html = widgets.ReceptiveField("one 7×7")._repr_mimebundle_()["text/html"]
    browser.write_notebook(lab.folder / "stored_receptive.ipynb", stored_cell(html))
    open_in_lab(page, lab, "stored_receptive.ipynb")
    expect(page.locator(".jp-OutputArea-output table td", has_text="7×7")).to_have_count(2)
    assert page.locator(".map").count() == 0
