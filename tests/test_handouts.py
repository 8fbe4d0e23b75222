"""The pages to print: what they ask is asked in the lesson, what they leave empty is counted on the other page."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import handouts  # noqa: E402
import handouts_blocks  # noqa: E402


def test_page_leaves_the_counts_empty_and_the_answers_show_them():
    page, answers = handouts.page("06"), handouts.page("06", answers=True)
    for name, count in (("C1", "156"), ("C3", "1,516"), ("C5", "48,120")):
        assert f"<td>{name}</td>" in page
        assert not re.search(rf">{count}<", page) and re.search(rf">{count}<", answers)
    assert page.count('class="line"') > answers.count('class="line"') == 0


@pytest.mark.stored
@pytest.mark.parametrize("lesson", [f"{number:02d}" for number in range(1, 11)])
def test_every_lesson_has_a_page(lesson):
    page = handouts.page(lesson)
    assert "By hand" in page and page.count("<li>") >= 3
    assert page.count('<div class="sketch">') == {"04": 1, "05": 1, "09": 1, "10": 1}.get(lesson, 0)
    assert handouts_blocks.shown(handouts_blocks.block(lesson), answers=False) in page
    assert handouts_blocks.shown(handouts_blocks.block(lesson), answers=True) in handouts.page(lesson, answers=True)
    if lesson in handouts.TABLES:
        assert 4 <= page.count('<td class="answer"></td>') / 2 <= 10


@pytest.mark.slow
def test_each_page_is_one_sheet_and_nothing_sticks_out(tmp_path):
    import browser
    from playwright.sync_api import sync_playwright

    program = browser.chromium()
    written = handouts.write(tmp_path, [f"{number:02d}" for number in range(1, 11)])
    assert len(written) == 20
    for path in written:
        content = path.read_bytes()
        sheets = re.findall(rb"/Type\s*/Page\b", content)
        assert content.startswith(b"%PDF") and len(sheets) == 1, path.name
        assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", content), "A4"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=browser.FLAGS)
        sheet = chromium.new_page(viewport={"width": 672, "height": 1000})  # 178 mm: a sheet without its margins
        sheet.emulate_media(media="print")
        for path in written:
            sheet.set_content(handouts.page(path.stem[:2], answers="answers" in path.stem))
            wide = "[...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)"
            assert sheet.evaluate(f"{wide}.map(e => e.className + e.tagName)") == [], path.name
        chromium.close()
