"""The fault report in a browser without network: it opens, fits and prints, and asks nobody."""

import pytest

from coverplan.core.errors import Problem
from coverplan.core.text import Text
from coverplan.present.fault_page import faults_html
from coverplan.present.faults import CheckReport, FaultTable

SAME = Text("数值不能使用", "a value cannot be used")
BAD = '"><img src="https://example.org/x.png" onerror="alert(1)"><script>alert(2)</script>'


def report() -> CheckReport:
    problems = [
        Problem(code="people.value", what=SAME, mend=SAME, file=f"{BAD}.csv", row=i, found=BAD)
        for i in range(2, 90)
    ]
    problems += [
        Problem(
            code="facility.status",
            what=Text("长" * 400, "long " * 80),
            mend=SAME,
            file="很长的文件名" * 12 + ".xlsx",
            column="unbreakable" * 20,
            severity="warning",
            sites=1,
        )
    ]
    heads = {f"c{i}": Text(f"第{i}列", f"column {i}") for i in range(8)}
    rows = tuple(tuple(f"{i}.{k}" * 6 for k in range(8)) for i in range(40))
    table = FaultTable("meeting", SAME, SAME, heads, rows)
    return CheckReport(BAD, "study.toml", tuple(problems), (table,), "2025-12-31", BAD)


@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_network_and_fits(show, width):
    page = show(faults_html(report(), "zh"), width=width, height=900)
    assert page.requests == [page.address]
    assert page.errors == []
    assert page.dialogs == []
    assert page.evaluate("document.images.length + document.scripts.length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelectorAll('article.fault').length") == 2
    assert "<script>alert(2)" in page.evaluate("document.body.innerText")


def test_severity_is_told_by_colour_word_and_shape(show):
    page = show(faults_html(report(), "zh"))
    seen = page.evaluate(
        "[...document.querySelectorAll('article .badge')]"
        ".map(b => [b.innerText, getComputedStyle(b).color])"
    )
    assert [words for words, _ in seen] == ["■ 错误", "▲ 提醒"]
    assert seen[0][1] != seen[1][1]


def test_the_list_leads_to_the_fault_and_rows_open_without_script(show):
    page = show(faults_html(report(), "en"), script=False)
    assert page.evaluate("document.querySelector('ol.first a').getAttribute('href')") == "#fault-1"
    assert page.evaluate("document.getElementById('fault-1').tagName") == "ARTICLE"
    assert page.evaluate("document.querySelector('article details').open") is False
    page.evaluate("document.querySelector('article summary').click()")
    assert page.evaluate("document.querySelector('article details').open") is True
    assert "38" in page.evaluate("document.querySelector('article details .soft').innerText")


def test_it_prints_on_a4(show):
    printed = show(faults_html(report(), "zh")).pdf()
    assert b"/MediaBox [0 0 594" in printed or b"/MediaBox [0 0 595" in printed
