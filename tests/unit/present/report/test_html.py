"""The report as a page: nothing asked for, nothing run, every word as it was given."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest
from made_up_document import FORMULAS, MARKUP, PICTURES, PLAIN, UNSEEN, made_up_report

from coverplan.core.text import Text
from coverplan.present.report.blocks import Paragraph, Report, Section
from coverplan.present.report.html import render_html
from coverplan.present.report.living import PlacedMaps
from coverplan.present.report.picture import Picture

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Tree(HTMLParser):
    """Elements in order, with their attributes and the text within them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.open = [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def of(self, *tags):
        return [element for element in self.elements if element["tag"] in tags]


def page(language="zh", maps=None, report=None):
    return render_html(report or made_up_report(), PICTURES, maps, language)


@pytest.fixture(scope="module")
def tree():
    return Tree(page())


def test_the_same_report_gives_the_same_text_and_is_whole():
    text = page()
    assert text == page()
    assert text.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert text.endswith("</html>\n")
    assert text.encode("utf-8").decode("utf-8") == text
    assert '<html lang="en">' in page("en")


def test_nothing_is_asked_for_and_nothing_can_run(tree):
    known = {
        "a", "bdi", "body", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2",
        "h3", "h4", "head", "header", "html", "img", "li", "main", "meta", "nav", "ol", "p",
        "span", "strong", "style", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title",
        "tr", "ul",
    }  # fmt: skip
    assert {element["tag"] for element in tree.elements} <= known
    for element in tree.elements:
        for name, value in element.items():
            if name in {"tag", "text"}:
                continue
            assert not name.startswith("on")
            assert name != "style"
            assert "http" not in (value or "") or name == "http-equiv"
    assert all(a["href"].startswith("#") for a in tree.of("a"))
    assert all(image["src"].startswith("data:image/") for image in tree.of("img"))
    assert tree.of("script", "link", "iframe", "object", "embed", "base") == []


def test_the_policy_allows_the_one_style_and_nothing_else(tree):
    policy = next(
        m["content"] for m in tree.of("meta") if "content" in m and "default-src" in m["content"]
    )
    style = tree.of("style")[0]["text"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in style
    assert "@import" not in style


def test_names_stand_as_they_are(tree):
    table = page().split('id="table-2"')[1].split("</table>")[0]
    cells = [
        cell["text"]
        for cell in Tree(f"<table>{table.split('<table')[1].split('>', 1)[1]}</table>").of("th")[3:]
    ]
    given = [*MARKUP, *FORMULAS, *UNSEEN.values(), *PLAIN, "长" * 299 + "…"]
    assert cells == given
    assert tree.of("h1")[0]["text"] == f"云溪县{MARKUP[0]}"
    assert tree.of("title")[0]["text"].startswith(f"云溪县{MARKUP[0]} · ")
    assert any(p["text"] == f"仅供内部使用 {MARKUP[1]}" for p in tree.of("p"))
    assert any(p["text"] == "；".join(MARKUP) for p in tree.of("p"))
    own = [bdi["text"] for bdi in tree.of("bdi")]
    assert PLAIN[2] in own


def test_headings_are_numbered_in_order_and_linked(tree):
    heads = tree.of("h1", "h2", "h3", "h4")
    levels = [int(head["tag"][1]) for head in heads]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    words = [head["text"] for head in heads[2:]]
    assert words == [
        "一、总体情况", "二、分项覆盖情况", "（一）养老服务", "1. 分乡镇", "三、短板", "四、其他",
    ]  # fmt: skip
    targets = {element["id"] for element in tree.elements if "id" in element}
    assert len(targets) == len([e for e in tree.elements if "id" in e])
    assert {a["href"][1:] for a in tree.of("a")} <= targets
    assert tree.of("a")[0]["href"] == "#report"
    english = [head["text"] for head in Tree(page("en")).of("h2", "h3", "h4")]
    assert english[1:5] == [
        "1 Overview",
        "2 Coverage by layer",
        "2.1 Elderly care",
        "2.1.1 By township",
    ]


def test_captions_count_each_kind_for_itself(tree):
    captions = [
        c["text"].replace("\xa0", " ").replace("\u2003", " ") for c in tree.of("figcaption")
    ]
    assert captions == [
        "表 1 各类数值一览（分母：常住人口）", "图 1 养老服务覆盖", "图 2 缺口",
        "地图 1 可操作的地图", "表 2 文件中的名称", "表 3 未覆盖人数最多的村（社区）",
        "表 4 未纳入的点位",
    ]  # fmt: skip
    for table in tree.of("table"):
        assert any(c.get("id") == table["aria-labelledby"] for c in tree.of("figcaption"))


def test_tables_have_heads_totals_and_words_for_what_is_unknown(tree):
    text = page()
    first = text.split("<table")[1].split("</table>")[0]
    rows = [re.sub("<[^>]+>", "|", row) for row in re.findall("<tr>.*?</tr>", first)]
    assert first.count('scope="col"') == 11
    assert first.count('scope="row"') == 5
    assert "|柳河乡|" in rows[3]
    assert "<0.1\xa0%" in rows[3].replace("&lt;", "<")
    assert rows[2].count("未知") == 10
    assert "<tfoot>" in first
    assert "合计" in first.split("<tfoot>")[1]
    assert '<td class="unknown" colspan="2">（无）</td>' in text
    assert text.count('<tr><th scope="row">') > 300
    notes = [p["text"] for p in tree.of("p") if p.get("class", "").startswith("note")]
    assert "注：1. 可达指 15 分钟内可达。" in notes
    assert "2. 未知不等于零。" in notes


def test_figures_are_held_in_the_page_and_described(tree):
    image = tree.of("img")[0]
    assert image["alt"] == "图的说明"
    assert (image["width"], image["height"]) == ("1123", "794")
    assert image["src"].startswith("data:image/svg+xml;base64,")
    heavy = Picture(PICTURES["drawn"].png, b"x" * 5000, 100, 50)
    lighter = render_html(made_up_report(), {"drawn": heavy}, None, "zh")
    assert "data:image/png;base64,iVBOR" in lighter
    assert "（本文件未附此图）未画之图的说明" in page()


def test_a_living_map_has_its_place_its_scripts_are_allowed_and_a_note_without_it():
    assert "见网页版。" in page()
    frames = SimpleNamespace(
        script_hashes=("'sha256-one'", "'sha256-two'"), style_hashes=("'sha256-map'",),
        tail=lambda: "<script>constant</script>",
    )  # fmt: skip
    text = page(maps=PlacedMaps(frames, {"living": '<div class="living-map" hidden></div>'}))
    policy = re.search('Policy" content="([^"]*)"', text)[1]
    assert "script-src 'sha256-one' 'sha256-two'; " in policy
    assert "'sha256-map'; img-src data: blob:;" in policy
    assert text.index('<div class="living-map" hidden>') < text.index("<noscript>")
    assert text.index("<script>constant</script>") > text.index("</footer>")


def test_the_smallest_report_is_a_page():
    section = Section("s", Text("一", "one"), (Paragraph(Text("", "")),))
    words = Text("报告", "Report")
    small = Report("题", words, made_up_report().date, "id", None, words, (), (section,))
    assert Tree(page(report=small)).of("h2")[1]["text"] == "一、一"


def test_endless_titles_are_cut_and_endless_text_too():
    endless = Text("长" * 10_000, "long " * 2000)
    section = Section("s", endless, (Paragraph(endless),))
    tree = Tree(page(report=replace(made_up_report(), title=endless.zh, sections=(section,))))
    assert [len(h["text"]) for h in tree.of("h1", "h2")] == [300, 2, 302]
    assert [len(p["text"]) for p in tree.of("p") if "长" in p["text"]] == [6000]
