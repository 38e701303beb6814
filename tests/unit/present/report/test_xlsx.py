"""The report as a workbook: numbers under formats, no formula, links within the workbook only."""

import datetime
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from made_up_document import FORMULAS, LONG, MARKUP, PLAIN, UNSEEN, made_up_report

from coverplan.core.text import Text
from coverplan.io.write import harmless
from coverplan.present.report.blocks import Column, Section, Table
from coverplan.present.report.build import build_report
from coverplan.present.report.xlsx import render_xlsx


@pytest.fixture(scope="module")
def package():
    return render_xlsx(made_up_report(), "zh")


@pytest.fixture(scope="module")
def book(package):
    return openpyxl.load_workbook(io.BytesIO(package))


def test_the_same_report_gives_the_same_bytes(package):
    assert package == render_xlsx(made_up_report(), "zh")
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        assert {member.date_time for member in given.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert given.read("docProps/core.xml").count(b"2025-12-31T00:00:00Z") == 2


def test_one_sheet_a_table_between_contents_and_text(book):
    assert book.sheetnames == [
        "目录", "表1 各类数值一览（分母：常住人口）", "表2 文件中的名称",
        "表3 未覆盖人数最多的村（社区）", "表4 未纳入的点位", "正文",
    ]  # fmt: skip
    assert (
        openpyxl.load_workbook(io.BytesIO(render_xlsx(made_up_report(), "en"))).sheetnames[0]
        == "Contents"
    )
    links = {c.value: c.hyperlink for row in book["目录"] for c in row if c.hyperlink}
    assert len(links) == 4
    assert [link.target for link in links.values()] == [None] * 4
    places = [link.location.rsplit("!", 1)[0].strip("'") for link in links.values()]
    assert places == book.sheetnames[1:5]


def test_numbers_are_numbers_under_a_format(book):
    sheet = book[book.sheetnames[1]]
    cells = list(sheet[3])
    assert [cell.value for cell in cells] == [
        "青石镇", 12345, 0.473, -3.25, 12.5, 1234, 1_250_000, 2025,
        datetime.datetime.fromisoformat("2025-12-31"), 0.3127, "是",
    ]  # fmt: skip
    assert [cell.number_format for cell in cells[1:10]] == [
        "#,##0", "0.0%", "0.0", "0.0", "#,##0", "#,##0", "0", "yyyy-mm-dd", "#,##0.0##",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[4]] == ["白鹤乡", *["未知"] * 10]
    small = sheet[5]
    assert (small[2].value, small[2].number_format) == (0.00001, '"<0.1%";"<0.1%"')
    assert (small[6].value, small[6].number_format) == (2.5, "#,##0.00")
    assert sheet[6][2].number_format == '">99.9%";">99.9%"'
    assert sheet[6][1].value == "无此人群"
    assert [c.data_type for c in sheet[7]][:3] == ["s", "n", "n"]
    assert all(c.font.bold for c in sheet[7])


def test_no_word_becomes_a_formula_and_all_stand_as_they_are(package, book):
    sheet = book["表2 文件中的名称"]
    given = [*MARKUP, *(str(harmless(f)) for f in FORMULAS), *UNSEEN.values(), *PLAIN, LONG]
    assert [sheet.cell(row, 1).value for row in range(3, 3 + len(given))] == given
    with zipfile.ZipFile(io.BytesIO(package)) as given:
        words = b"".join(given.read(name) for name in given.namelist())
        assert not [n for n in given.namelist() if "vba" in n or "externalLink" in n]
    assert b"<f>" not in words
    assert b'TargetMode="External"' not in words
    for one in book.worksheets:
        assert {c.data_type for row in one for c in row} <= {"s", "inlineStr", "n", "d"}


def test_sheets_are_frozen_filtered_and_set_up_to_be_printed(book):
    sheet = book["表3 未覆盖人数最多的村（社区）"]
    assert sheet.freeze_panes == "B3"
    assert sheet.auto_filter.ref == "A2:D302"
    assert (sheet["A303"].value, sheet["B303"].value) == (
        "合计",
        sum(37 * i for i in range(1, 301)),
    )
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.orientation == "portrait"
    wide = book[book.sheetnames[1]]
    assert wide.page_setup.orientation == "landscape"
    assert (wide["A9"].value, wide["A10"].value) == (
        "注：1. 可达指 15 分钟内可达。",
        "2. 未知不等于零。",
    )
    assert all(6 < d.width <= 60 for d in wide.column_dimensions.values())
    assert book["表4 未纳入的点位"]["A4"].value == "（无）"
    assert {s.page_setup.paperSize for s in book.worksheets} == {9}


def test_the_text_of_the_report_stands_on_the_last_sheet(book):
    sheet = book["正文"]
    words = [cell.value for row in sheet for cell in row if cell.value is not None]
    assert words[0] == "一、总体情况"
    assert "注意：三个乡镇的人口未知。" in words
    assert "图 1  养老服务覆盖：图的说明" in words
    assert "地图 1  可操作的地图：见网页版。" in words
    assert words[words.index("上界") + 1] == 12345
    assert words[words.index("差距") + 1] == "未知"
    cover = [cell.value for row in book["目录"] for cell in row if cell.value is not None]
    assert cover[:2] == [f"云溪县{MARKUP[0]}", "民政设施覆盖分析报告"]
    assert f"仅供内部使用 {MARKUP[1]}" in cover
    assert "0123456789ab" in cover
    assert book.properties.creator == "coverplan"
    assert book.properties.created.date() == made_up_report().date


def test_a_place_on_the_globe_is_a_number_west_of_greenwich_too():
    west = Column("lon", Text("经度", "Longitude"), "degrees")
    table = Table("t", Text("点位", "Places"), (west,), ((-15.4191474,), (120,)))
    made = replace(made_up_report(), sections=(Section("s", Text("点", "Places"), (table,)),))
    sheet = openpyxl.load_workbook(io.BytesIO(render_xlsx(made, "zh"))).worksheets[1]
    assert [sheet.cell(row, 1).value for row in (3, 4)] == [-15.4191474, 120]
    assert {sheet.cell(row, 1).number_format for row in (3, 4)} == {"0.000000"}


def test_the_contents_say_each_thing_once(yunxi):
    book = openpyxl.load_workbook(io.BytesIO(render_xlsx(build_report(yunxi), "zh")))
    terms = [row[0].value for row in book["目录"].iter_rows(max_row=9) if row[0].value]
    assert len(terms) == len(set(terms))
    assert "运行编号" in terms
