"""The report in a browser without network: it asks nobody, fits a phone, and prints on paper."""

import base64
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from made_up_document import MARKUP, PICTURES, PLAIN, made_up_report

from coverplan.core.text import Text
from coverplan.present.report.blocks import Column, Section, Table
from coverplan.present.report.html import render_html
from coverplan.present.report.living import place_maps


@pytest.fixture(scope="module")
def text():
    return render_html(made_up_report(), PICTURES, None, "zh")


def asked(page):
    """Return what was asked for beside the page and what it holds itself."""
    return [r for r in page.requests if r != page.address and not r.startswith(("data:", "about:"))]


@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_network_and_fits(show, text, width):
    page = show(text, width=width, height=900)
    assert (asked(page), page.errors, page.dialogs) == ([], [], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.scripts.length") == 0
    words = page.evaluate("document.body.innerText")
    assert all(word in words for word in (*MARKUP[:-2], *PLAIN))
    boxes = page.evaluate(
        "[...document.querySelectorAll('.sheet')].map(b => [b.scrollWidth > b.clientWidth, "
        "getComputedStyle(b).overflowX, b.tabIndex])"
    )
    assert all(box[1:] == ["auto", 0] for box in boxes)
    assert any(box[0] for box in boxes) == (width == 390)


def test_heads_stay_in_sight_and_the_keyboard_reaches_the_report(show, text):
    page = show(text, script=False)
    top = (
        "(() => { const box = document.querySelectorAll('.sheet')[2]; box.scrollTop = 900; "
        "return box.querySelector('thead th').getBoundingClientRect().top "
        "- box.getBoundingClientRect().top })()"
    )
    assert abs(page.evaluate(top)) < 4
    page.key("Tab", 9)
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.key("Enter", 13)
    assert page.evaluate("location.hash") == "#report"
    colour = page.evaluate("getComputedStyle(document.querySelector('.sheet thead th')).color")
    assert colour == "rgb(27, 39, 51)"


def printed(page, width, height, tmp_path):
    """Return the words of each page of a print, and the sizes of pages in points."""
    made = page.send("Page.printToPDF", printBackground=True, paperWidth=width, paperHeight=height)
    content = base64.b64decode(made["data"])
    boxes = re.findall(rb"/MediaBox \[0 0 ([^\]]*)\]", content)
    sizes = {tuple(round(float(number)) for number in box.split()) for box in boxes}
    file = tmp_path / "report.pdf"
    file.write_bytes(content)
    if shutil.which("pdftotext") is None:
        return None, sizes
    command = ["pdftotext", "-layout", str(file), "-"]
    words = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return words.split("\f")[:-1], sizes


def test_heads_repeat_on_paper_and_wide_tables_lie_across(show, tmp_path):
    wide = tuple(Column(f"c{n}", Text("现状可达人数", "reached"), "people") for n in range(16))
    report = made_up_report()
    across = Section(
        "w", Text("宽", "Wide"), (Table("w", Text("宽", "Wide"), wide, ((1e6,) * 16,)),)
    )
    report = replace(report, sections=(*report.sections[:1], across, *report.sections[2:]))
    page = show(render_html(report, PICTURES, None, "zh"))
    pages, sizes = printed(page, 8.27, 11.69, tmp_path)
    assert sorted(width < height for width, height in sizes) == [False, True]
    assert {abs(width * height - 595 * 842) < 1500 for width, height in sizes} == {True}
    if pages is not None:
        villages = [words for words in pages if re.search("第[0-9]+村", words)]
        assert len(villages) > 4
        assert all("未覆盖人数" in words and "原因" in words for words in villages)
        assert "—3—" in pages[2].replace(" ", "")
    short = show(render_html(replace(report, sections=(across,)), {}, None, "zh"))
    _, large = printed(short, 11.69, 16.54, tmp_path)
    assert all(min(size) > 800 for size in large)


def test_maps_live_in_the_report_and_share_their_parts(show, make_county):
    county = make_county()
    report = made_up_report()
    maps = place_maps(report, county, "zh")
    page = show(render_html(report, PICTURES, maps, "zh"))
    assert page.evaluate("document.querySelectorAll('.living-map').length") == 1
    page.evaluate("document.querySelector('.living-map').scrollIntoView()")
    waiting = (
        "new Promise(done => { const look = () => document.querySelector('.living-map iframe') "
        "? done(true) : setTimeout(look, 50); look(); })"
    )
    assert page.evaluate(waiting)
    page.evaluate("new Promise(done => setTimeout(done, 800))")
    assert (asked(page), page.errors, page.dialogs) == ([], [], [])
    assert page.evaluate("document.querySelector('noscript').getBoundingClientRect().height") == 0
