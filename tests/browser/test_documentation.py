"""The documentation opened from a folder, as a machine without a network shows it."""

import re
from pathlib import Path

import pytest
from documentation import documentation

PAGES = [
    "index.html",
    "tutorial/2-sample-county.html",
    "how-to/index.html",
    "concepts/proof-and-gap.html",
    "guide/siting.html",
    "reference/files.html",
    "reference/study-file.html",
    "reference/api/travel.html",
    "notebooks/02_coverage.html",
    "en/index.html",
    "en/tutorial/3-your-own-place.html",
    "en/concepts/access-and-inequality.html",
]
STILL = """
document.head.append(Object.assign(document.createElement("style"), {
  textContent: "* { transition: none !important; animation: none !important }",
}))
"""
BOXES = """
[...document.querySelectorAll("div.arithmatex")].map((box) => [box.scrollWidth, box.clientWidth])
"""
SIGNS = """
[...document.querySelectorAll("article th")].filter(
  (head) => getComputedStyle(head, "::after").display !== "none",
).length
"""
SEARCH = """
(async () => {
  const field = document.querySelector('[data-md-component=search-query]');
  document.querySelector('#__search').click();
  field.focus();
  field.value = %r;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  for (let i = 0; i < 100; i += 1) {
    field.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }));
    await new Promise((done) => setTimeout(done, 100));
    const found = document.querySelectorAll('.md-search-result__link');
    if (found.length) return [...found].map((link) => link.getAttribute('href'));
  }
  return [];
})()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return documentation(tmp_path_factory)


def test_pages_ask_nobody_and_fit_desk_and_phone(site: Path, browser) -> None:
    for name in PAGES:
        page = browser.open((site / name).as_uri(), width=390, height=844)
        foreign = [
            url
            for url in page.requests
            if not url.startswith(("file:", "data:", "blob:", "about:"))
        ]
        assert foreign == [], name
        assert page.errors == [], name
        page.evaluate(STILL)  # the search field grows for a moment when the window does
        for width in (390, 1280):
            page.size(width, 844)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, (name, width)
        page.close()


def test_formulas_fit_a_phone_and_heads_of_tables_a_line(site: Path, browser) -> None:
    wide, signs, formulas = [], 0, 0
    for file in sorted(site.rglob("concepts/*.html")):
        page = browser.open(file.as_uri(), width=390, height=844)
        boxes = page.evaluate(BOXES)
        page.size(1280, 844)
        signs += page.evaluate(SIGNS)
        page.close()
        formulas += len(boxes)
        wide += [(file.name, box) for box in boxes if box[0] > box[1]]
    assert formulas > 30
    assert wide == []
    assert signs == 0  # room for a sign of sorting makes a second line of a narrow head


@pytest.mark.parametrize(
    ("home", "words", "page"),
    [
        ("index.html", "十五分钟", "how-to/which-villages-are-outside.html"),
        ("index.html", "没有道路", "how-to/no-road-file.html"),
        ("index.html", "最少几处", "how-to/how-few-for-90-percent.html"),
        ("index.html", "分母", "concepts/three-coverages.html"),
        ("index.html", "GCJ-02", "how-to/points-are-shifted.html"),
        ("index.html", "coverplan site", "reference/commands.html"),
        ("en/index.html", "travel_times", "reference/api/travel.html"),
    ],
)
def test_the_search_works_without_a_server(
    site: Path, browser, home: str, words: str, page: str
) -> None:
    opened = browser.open((site / home).as_uri())
    links = opened.evaluate(SEARCH % words)
    first = list(dict.fromkeys(re.split("[?#]", link)[0] for link in links))[:5]
    assert any(link.endswith(page) for link in first), first
    assert opened.errors == []
    assert [url for url in opened.requests if url.startswith("http")] == []
    opened.close()


def test_a_living_map_stands_in_a_notebook_page(site: Path, browser) -> None:
    page = browser.open((site / "notebooks/02_coverage.html").as_uri())
    source = page.evaluate("document.querySelector('iframe.cp-map').src")
    page.close()
    framed = browser.open(source, width=900, height=600)
    assert framed.errors == []
    assert framed.evaluate("document.querySelectorAll('table tbody tr').length") >= 12
    framed.close()
