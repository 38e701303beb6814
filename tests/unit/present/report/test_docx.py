"""The report as a document of Word: styles, real tables, fields of our own only, the same bytes."""

import io
import re
import sys
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from made_up_document import FORMULAS, KINDS, LONG, MARKUP, PICTURES, PLAIN, UNSEEN, made_up_report

from coverplan.core.errors import MissingExtraError
from coverplan.core.text import Text
from coverplan.present.report.blocks import Column, Section, Table
from coverplan.present.report.docx import render_docx


def opened(language="zh", **more):
    return docx.Document(io.BytesIO(render_docx(made_up_report(), PICTURES, language, **more)))


@pytest.fixture(scope="module")
def package():
    return render_docx(made_up_report(), PICTURES, "zh")


@pytest.fixture(scope="module")
def document(package):
    return docx.Document(io.BytesIO(package))


def test_the_same_report_gives_the_same_bytes(package):
    assert package == render_docx(made_up_report(), PICTURES, "zh")
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        assert {member.date_time for member in given.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_the_package_holds_no_trace_of_a_template_or_machine(package, document):
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        names = given.namelist()
        words = b"".join(given.read(name) for name in names if name.endswith((".xml", ".rels")))
    assert not [name for name in names if "thumbnail" in name or "custom" in name or "vba" in name]
    assert b'TargetMode="External"' not in words
    assert b"python" not in words
    known = document.core_properties
    assert (known.author, known.last_modified_by) == ("coverplan", "coverplan")
    assert known.title == f"云溪县{MARKUP[0]}"
    assert (known.created.date(), known.modified.date()) == (made_up_report().date,) * 2
    assert known.language == "zh-CN"


def test_the_page_is_that_of_an_official_document(document):
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(m.mm) for m in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    body = document.styles["Body Text"]
    normal = document.styles["Normal"]
    assert normal.paragraph_format.line_spacing.pt == 28
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    faces = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Table Text")
    }
    assert faces == {
        "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体", "Heading 3": "仿宋",
        "Table Text": "宋体",
    }  # fmt: skip
    assert document.styles["Title"].font.size.pt == 22
    footers = [section.footer, section.even_page_footer]
    assert [f.paragraphs[0].text for f in footers] == ["— 1 —", "— 1 —"]
    assert [f._element.xpath("string(.//w:instrText)").strip() for f in footers] == ["PAGE"] * 2
    assert [f.paragraphs[0].alignment.name for f in footers] == ["RIGHT", "LEFT"]
    assert opened("en").styles["Body Text"].element.pPr.find(qn("w:ind")) is None


def test_headings_are_real_and_numbered(document):
    heads = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Head")]
    assert heads == [
        ("Heading 1", "一、总体情况"),
        ("Heading 1", "二、分项覆盖情况"),
        ("Heading 2", "（一）养老服务"),
        ("Heading 3", "1. 分乡镇"),
        ("Heading 1", "三、短板"),
        ("Heading 1", "四、其他"),
    ]
    levels = [
        document.styles[f"Heading {n}"].element.pPr.find(qn("w:outlineLvl")).get(qn("w:val"))
        for n in (1, 2, 3, 4)
    ]
    assert levels == ["0", "1", "2", "3"]


def test_contents_and_captions_are_links_and_fields_of_our_own(document):
    body = document.element.body
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    links = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    assert len(links) == 5
    assert set(links) <= marks
    fields = [field.text.strip() for field in body.iter(qn("w:instrText"))]
    assert set(fields) == {
        r'TOC \o "1-2" \h \n', r"SEQ Table \* ARABIC", r"SEQ Figure \* ARABIC",
        r"SEQ Map \* ARABIC",
    }  # fmt: skip
    kinds = [e.get(qn("w:fldCharType")) for e in body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("end") == kinds.count("separate") == len(fields)
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert captions == [
        "表 1\u2003各类数值一览（分母：常住人口）", "图 1\u2003养老服务覆盖", "图 2\u2003缺口",
        "地图 1\u2003可操作的地图", "表 2\u2003文件中的名称",
        "表 3\u2003未覆盖人数最多的村（社区）", "表 4\u2003未纳入的点位",
    ]  # fmt: skip


def test_words_stand_as_they_are(document):
    names = document.tables[3]
    column = [row.cells[0].text for row in names.rows]
    assert column[1:] == [*MARKUP, *FORMULAS, *UNSEEN.values(), *PLAIN, LONG[:299] + "…"]
    assert document.paragraphs[0].text == f"仅供内部使用 {MARKUP[1]}"
    assert any(p.text == "；".join(MARKUP) for p in document.paragraphs)
    assert any(p.text == "注意：三个乡镇的人口未知。" for p in document.paragraphs)
    assert any(p.text == "（本文件未附此图）未画之图的说明" for p in document.paragraphs)


def test_tables_repeat_their_head_and_keep_rows_whole(document):
    every, names, long, empty = document.tables[2:]
    for table in (every, names, long, empty):
        first = table.rows[0]._tr
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)
        grid = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid.iter(qn("w:gridCol"))]
        assert 0.99 < sum(grid) / 8844 < 1.01  # 156 mm
    assert len(long.rows) == 302
    cells = [cell.text for cell in every.rows[3].cells]
    assert cells[:4] == ["柳河乡", "0", "<0.1\xa0%", "<0.1"]
    sides = [c.paragraphs[0].alignment.name for c in every.rows[1].cells]
    assert sides == ["LEFT" if kind == "text" else "RIGHT" for _, kind, _, _ in KINDS]
    assert all(run.bold for cell in every.rows[-1].cells for run in cell.paragraphs[0].runs)
    assert empty.rows[1].cells[0].text == "（无）"
    for kept in (long._tbl.tr_lst[-2], long._tbl.tr_lst[-4]):
        assert kept.find(f".//{qn('w:keepNext')}") is not None
    assert long._tbl.tr_lst[100].find(f".//{qn('w:keepNext')}") is None


def test_a_table_too_wide_lies_across_with_its_heading():
    words = tuple(
        Column(f"c{n}", Text("现状可达人数", "people reached"), "people") for n in range(16)
    )
    table = Table("wide", Text("宽表", "Wide"), words, ((1_234_567,) * 16,))
    report = made_up_report()
    sections = (
        *report.sections[:1],
        Section("w", Text("宽", "Wide"), (table,)),
        report.sections[3],
    )
    document = docx.Document(io.BytesIO(render_docx(replace(report, sections=sections), {}, "zh")))
    ways = [s.page_width > s.page_height for s in document.sections]
    assert ways == [False, True, False]
    body = list(document.element.body)
    turns = [i for i, e in enumerate(body) if e.find(f".//{qn('w:sectPr')}") is not None]
    heading = next(i for i, e in enumerate(body) if "二、宽" in "".join(e.itertext()) and i > 20)
    assert turns[0] < heading < turns[1]


def test_numbered_lists_begin_anew_and_dots_are_shared(document):
    listed = [p for p in document.paragraphs if p.style.name == "List Paragraph"]
    numbers = [p._p.pPr.numPr.numId.val for p in listed]
    assert numbers == [1, 1, 2, 2, 3, 3]
    given = document.part.numbering_part.element
    assert {n.numId for n in given.num_lst} == {1, 2, 3}


def test_figures_fit_the_page_and_say_what_they_show(document):
    shape = document.inline_shapes[0]
    assert round(shape.width.mm) == 156
    assert abs(shape.width / shape.height - 297 / 210) < 0.01
    assert shape._inline.docPr.get("descr") == "图的说明"
    every = [e.get("id") for e in document.element.body.iter(qn("wp:docPr"))]
    assert len(every) == len(set(every)) == 1


def test_order_of_properties_is_that_of_the_schema(package):
    order = [
        "pStyle",
        "keepNext",
        "keepLines",
        "pageBreakBefore",
        "numPr",
        "pBdr",
        "shd",
        "spacing",
        "ind",
        "jc",
        "outlineLvl",
        "sectPr",
    ]
    inner = re.compile(r"<w:(pBdr|numPr|sectPr)\b.*?</w:\1>")
    found = 0
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        for name in given.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                for looks in re.findall("<w:pPr>(.*?)</w:pPr>", given.read(name).decode()):
                    names = re.findall(r"<w:(\w+)", inner.sub(r"<w:\1/>", looks))
                    assert names == sorted(names, key=order.index)
                    found += 1
    assert found > 500


def test_paper_of_a3_and_the_missing_library(monkeypatch):
    section = opened(paper="a3").sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 420)
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtraError) as missing:
        render_docx(made_up_report(), PICTURES, "zh")
    assert "coverplan[report]" in missing.value.text.zh
    assert "python-docx" in missing.value.text.en
