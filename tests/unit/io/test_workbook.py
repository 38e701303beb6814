"""A workbook holds what the tables hold: numbers as numbers, text as text, the same bytes twice."""

import time
import zipfile
from fractions import Fraction

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.io.workbook import write_xlsx

TABLE = pd.DataFrame(
    {
        "编号": ["001", "002"],
        "结论": ["达到", "未达到"],
        "人数": pd.array([12, None], dtype="Int64"),
        "比例": [76.44, float("nan")],
        "缺": [None, Fraction(5, 2)],
        "是": [True, np.bool_(False)],
    }
)
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "＝1", "#N/A", "\t=1", "=HYPERLINK(1)"]


def written(tmp_path, sheets, **more):
    path = tmp_path / "t.xlsx"
    write_xlsx(sheets, path, **more)
    return openpyxl.load_workbook(path)


def test_numbers_stay_numbers_and_unknown_stays_empty(tmp_path):
    sheet = written(tmp_path, {"表": TABLE})["表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        ["编号", "结论", "人数", "比例", "缺", "是"],
        ["001", "达到", 12, 76.44, None, True],
        ["002", "未达到", None, None, 2.5, False],
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "n", "b"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_or_an_error(text, tmp_path):
    frame = pd.DataFrame({text: [text, "x"], "b": [text, 1]})
    path = tmp_path / "t.xlsx"
    sheet = written(tmp_path, {"s": frame})["s"]
    cells = [sheet["A1"], sheet["A2"], sheet["B2"]]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(not str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells)
    assert text.strip() in str(sheet["A2"].value)
    with zipfile.ZipFile(path) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_markup_newlines_and_control_characters(tmp_path):
    words = [
        "<script>alert(1)</script>&amp;",
        "一\n二",
        "a\r\nb",
        "x\x00\x1b[2Jy",
        "\ud800z",
        "\uffff",
    ]
    frame = pd.DataFrame({"词": pd.Series(words, dtype=object)})
    sheet = written(tmp_path, {"s": frame})["s"]
    assert [cell.value for cell in sheet["A"][1:]] == [
        "<script>alert(1)</script>&amp;", "一\n二", "a\nb", "x  [2Jy", " z", " ",
    ]  # fmt: skip


def test_what_no_cell_can_hold_is_cut_off_visibly(tmp_path):
    words = ["长" * 10_000, "长" * 40_000]
    sheet = written(tmp_path, {"s": pd.DataFrame({"词": words})})["s"]
    assert sheet["A2"].value == words[0]
    assert sheet["A3"].value == "长" * 32_766 + "…"


def test_the_same_tables_give_the_same_bytes(tmp_path):
    write_xlsx({"表": TABLE, "b": TABLE}, tmp_path / "a.xlsx")
    time.sleep(2.1)  # a zip file keeps time in steps of two seconds
    write_xlsx({"表": TABLE, "b": TABLE}, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        assert {item.date_time for item in package.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    other = TABLE.assign(人数=pd.array([13, None], dtype="Int64"))
    write_xlsx({"表": other, "b": TABLE}, tmp_path / "c.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() != (tmp_path / "c.xlsx").read_bytes()


def test_headings_are_bold_in_view_and_filter(tmp_path):
    sheet = written(tmp_path, {"表": TABLE})["表"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F3"
    assert all(cell.font.bold for cell in sheet[1])
    assert not sheet["A2"].font.bold
    assert sheet["A2"].alignment.wrap_text


def test_columns_are_as_wide_as_their_text_a_chinese_character_counting_two(tmp_path):
    frame = pd.DataFrame(
        {"a": ["八个汉字就是这么"], "b": ["12345678"], "c": ["长" * 500], "d": [1]}
    )
    sheet = written(tmp_path, {"s": frame})["s"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert widths == [18, 10, 60, 6]


def test_the_longest_line_counts_not_the_whole_text(tmp_path):
    sheet = written(tmp_path, {"s": pd.DataFrame({"a": ["1234567890\n" * 9]})})["s"]
    assert sheet.column_dimensions["A"].width == 12


def test_colour_stands_beside_the_word_in_its_own_column_only(tmp_path):
    frame = pd.DataFrame({"结论": ["达到", "未达到", None], "名": ["达到", "x", "y"]})
    styles = {"结论": {"达到": "BDD7EE"}, "名": {"x": "FFD966"}}
    sheet = written(tmp_path, {"s": frame}, styles=styles)["s"]
    assert sheet["A2"].fill.fgColor.rgb == "FFBDD7EE"
    assert sheet["A2"].value == "达到"
    assert sheet["B3"].fill.fgColor.rgb == "FFFFD966"
    assert [sheet[c].fill.fill_type for c in ("A3", "A4", "B2", "B4")] == [None] * 4


def test_titles_are_made_what_excel_accepts(tmp_path):
    long = "长" * 40
    titles = ["a/b:c[d]*?\\e", long, long + "2", "'引'", "", "History", "A B C D E", "\x01x"]
    book = written(tmp_path, {title: pd.DataFrame({"a": [1]}) for title in titles})
    names = book.sheetnames
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(1 <= len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[0] == "a b c d e"
    assert names[2] == "长" * 27 + " (2)"
    assert names[3:6] == ["引", "sheet", "History_"]
    assert names[6] == "A B C D E (2)"


def test_an_empty_table_keeps_its_headings(tmp_path):
    sheet = written(tmp_path, {"s": TABLE.iloc[:0]})["s"]
    assert sheet.max_row == 1
    assert sheet.auto_filter.ref == "A1:F1"
    assert written(tmp_path, {"s": pd.DataFrame()})["s"].max_row == 1


def test_no_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no table"):
        write_xlsx({}, tmp_path / "t.xlsx")
    assert not (tmp_path / "t.xlsx").exists()


@settings(deadline=None)
@given(values=st.lists(st.one_of(st.text(), st.integers(-(2**53), 2**53), st.none()), max_size=8))
def test_any_text_can_be_written_and_read_back(values, tmp_path_factory):
    path = tmp_path_factory.mktemp("w") / "t.xlsx"
    write_xlsx({"s": pd.DataFrame({"a": pd.Series(values, dtype=object)})}, path)
    cells = openpyxl.load_workbook(path)["s"]["A"][1:] if values else ()
    for value, cell in zip(values, cells, strict=False):
        assert cell.data_type != "f"
        if isinstance(value, int):
            assert cell.value == value
