"""Tables as bureaus have them: titles, levels, merged cells, totals, notes, widths, encodings."""

import datetime
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverplan.core.errors import InputError, Problems
from coverplan.core.text import Text
from coverplan.io import bookparts
from coverplan.io.cells import as_number, cell_text
from coverplan.io.choices import check_choices
from coverplan.io.columns import alike, find_column
from coverplan.io.leftout import is_total
from coverplan.io.tables import numbers, read_table

HEAD = ["名称", "所属乡镇", "床位数"]
ROWS = [["甲院", "甲镇", 30], ["乙院", "乙乡", 20], ["丙院", "丙乡", 10]]


def book(path, lines, *, merged=(), sheets=()):
    made = openpyxl.Workbook()
    for line in lines:
        made.active.append(line)
    for cells in merged:
        made.active.merge_cells(cells)
    for name, rows in sheets:
        other = made.create_sheet(name)
        for row in rows:
            other.append(row)
    made.save(path)
    return path


def read(path, **options):
    problems = Problems()
    table = read_table(path, path.name, problems=problems, **options)
    assert all(p.severity == "warning" for p in problems)
    return table, {p.code: p for p in problems}


def lines_of(table):
    return table.frame.to_numpy().tolist()


def as_csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_tidy_table_gives_no_note(tmp_path):
    table, notes = read(book(tmp_path / "t.xlsx", [HEAD, *ROWS]))
    assert notes == {}
    assert table.rows.tolist() == [2, 3, 4]
    assert lines_of(table)[0] == ["甲院", "甲镇", "30"]


def test_titles_above_the_header(tmp_path):
    lines = [["云溪县养老机构一览表"], ["填报单位：民政局", None, "单位：张"], [], HEAD, *ROWS]
    table, notes = read(book(tmp_path / "t.xlsx", lines, merged=["A1:C1"]))
    assert list(table.frame.columns) == HEAD
    assert table.rows.tolist() == [5, 6, 7]
    assert set(notes) == {"file.header"}
    assert notes["file.header"].row == 4
    assert "云溪县养老机构一览表" in notes["file.header"].found
    assert "单位：张" in notes["file.header"].found


def test_a_line_that_is_half_a_label_is_a_title(tmp_path):
    text = "填报单位：,民政局,,,\n名称,乡镇,床位,电话,备注\n甲院,甲镇,3,1,a\n"
    table, notes = read(as_csv(tmp_path, text))
    assert (next(iter(table.frame.columns)), notes["file.header"].row) == ("名称", 2)
    table, notes = read(as_csv(tmp_path, "名称,床位数：张,备注\n甲院,3,a\n"))
    assert (len(table.frame), notes) == (1, {})


def test_columns_of_map_data_are_no_titles(tmp_path):
    table, notes = read(as_csv(tmp_path, "addr:city,name:zh\na,b\nc,d\n"))
    assert (list(table.frame.columns), notes) == (["addr:city", "name:zh"], {})


def test_a_title_above_records_without_header_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        read_table(as_csv(tmp_path, "一览表\n甲院,118.5,30.1\n乙院,118.6,30.2\n"), "t.csv")
    (problem,) = caught.value.problems
    assert (problem.code, problem.row) == ("file.header", 2)


def test_header_of_two_levels_in_a_workbook(tmp_path):
    lines = [
        ["序号", "名称", "床位数", None, "坐标", None],
        [None, None, "合计", "护理型", "经度", "纬度"],
        [1, "甲院", 30, 12, 118.5, 30.1],
    ]
    merged = ["A1:A2", "B1:B2", "C1:D1", "E1:F1"]
    table, notes = read(book(tmp_path / "t.xlsx", lines, merged=merged))
    names = ["序号", "名称", "床位数/合计", "床位数/护理型", "坐标/经度", "坐标/纬度"]
    assert list(table.frame.columns) == names
    assert table.rows.tolist() == [3]
    assert "床位数/护理型" in notes["file.header_levels"].found
    assert find_column(names, "lon", {}) == "坐标/经度"
    assert find_column(names, "capacity", {}) == "床位数/合计"


def test_header_of_two_levels_whose_lower_one_has_years(tmp_path):
    lines = [["名称", "人口", None], [None, 2020, 2023], ["甲镇", 120, 118]]
    table, _ = read(book(tmp_path / "t.xlsx", lines, merged=["A1:A2", "B1:C1"]))
    assert list(table.frame.columns) == ["名称", "人口/2020", "人口/2023"]


def test_a_word_on_both_levels_is_said_once(tmp_path):
    lines = [
        ["名称", "床位数", None, "状态"],
        ["名称", "护理型", "普通", None],
        ["甲", 1, 2, "运营"],
    ]
    table, _ = read(book(tmp_path / "t.xlsx", lines, merged=["B1:C1"]))
    assert list(table.frame.columns) == ["名称", "床位数/护理型", "床位数/普通", "状态"]


def test_header_of_two_levels_in_csv(tmp_path):
    table, notes = read(
        as_csv(tmp_path, "名称,床位数,,状态\n,护理型,普通,\n甲院,12,18,运营\n乙院,3,4,运营\n")
    )
    assert list(table.frame.columns) == ["名称", "床位数/护理型", "床位数/普通", "状态"]
    assert table.rows.tolist() == [3, 4]
    assert "file.header_levels" in notes


@pytest.mark.parametrize(
    "text",
    [
        "名称,状态,\n甲院,运营,新\n",
        "名称,\n甲,x\n乙,y\n",
        "名称,状态,电话\n甲院,,\n乙院,,\n",
        "名称,,\n甲院,,\n乙院,在建,\n",
        ",名称\n0,甲\n1,乙\n",
    ],
)
def test_a_first_record_is_no_level_of_the_header(tmp_path, text):
    table, notes = read(as_csv(tmp_path, text))
    assert "file.header_levels" not in notes
    assert len(table.frame) == text.count("\n") - 1


def test_merged_text_counts_for_each_of_its_cells(tmp_path):
    lines = [HEAD, ["甲院", "甲镇", 30], ["乙院", None, 20], ["丙院", "丙乡", 10]]
    table, notes = read(book(tmp_path / "t.xlsx", lines, merged=["B2:B3"]))
    assert list(table.frame["所属乡镇"]) == ["甲镇", "甲镇", "丙乡"]
    assert "1 个合并单元格" in notes["file.merged"].what.zh
    assert notes["file.merged"].row == 2


def test_a_number_merged_over_rows_is_not_counted_twice(tmp_path):
    lines = [HEAD, ["甲院", "甲镇", 30], ["乙院", "乙乡", None], ["丙院", "丙乡", 10]]
    table, _ = read(book(tmp_path / "t.xlsx", lines, merged=["C2:C3"]))
    problems = Problems()
    values = numbers(table, "床位数", problems, code="x", expected=Text("数", "number"))
    assert [(p.code, p.row) for p in problems] == [
        ("file.merged_number", 2), ("file.merged_number", 3),
    ]  # fmt: skip
    assert values.tolist()[2] == 10
    keep = table.keep(table.rows > 2)
    problems = Problems()
    numbers(keep, "床位数", problems, code="x", expected=Text("数", "number"))
    assert [p.row for p in problems] == [3]
    problems = Problems()
    shared = numbers(
        table, "床位数", problems, code="x", expected=Text("数", "number"), shared=True
    )
    assert (shared.tolist(), list(problems)) == ([30, 30, 10], [])


def test_merged_cells_that_overlap_are_refused(tmp_path):
    path = book(tmp_path / "t.xlsx", [HEAD, *ROWS], merged=["B2:B4"])
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    one = b'<mergeCell ref="B2:B4"'
    assert one in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(one, one + b"/>" + one + b"/>" + one, 1)
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        one, b'<mergeCell ref="B2:XFD999999"/>' + one, 1
    )
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    with pytest.raises(InputError) as caught:
        read_table(path, "t.xlsx")
    assert caught.value.problems[0].code == "file.merged_overlap"


def test_totals_are_left_out_and_compared(tmp_path):
    lines = [HEAD, *ROWS, ["合 计", None, 61]]
    table, notes = read(book(tmp_path / "t.xlsx", lines))
    assert len(table.frame) == 3
    assert (notes["file.totals"].row, notes["file.totals"].found) == (5, "合 计 61")
    differs = notes["file.totals_differ"]
    assert (differs.row, differs.column, differs.found) == (5, "床位数", "61")
    assert "60" in differs.expected.en


def test_totals_that_agree_are_not_complained_of(tmp_path):
    _, notes = read(book(tmp_path / "t.xlsx", [HEAD, *ROWS, ["总计", "3 处", "６０"]]))
    assert set(notes) == {"file.totals"}


def test_decimals_are_added_exactly(tmp_path):
    text = "名称,面积\n甲,0.1\n乙,0.2\n合计,0.3\n"
    assert set(read(as_csv(tmp_path, text))[1]) == {"file.totals"}


def test_subtotals_are_of_their_block(tmp_path):
    text = "名称,人口,老龄化率\n甲,10,20\n乙,20,30\n小计,30,25\n丙,5,10\n小计,6,10\n合计,35,22\n"
    table, notes = read(as_csv(tmp_path, text))
    assert list(table.frame["名称"]) == ["甲", "乙", "丙"]
    assert "3 行：第 4、6、7 行" in notes["file.totals"].what.zh
    problems = Problems()
    read_table(tmp_path / "t.csv", "t.csv", problems=problems)
    differ = [(p.row, p.column) for p in problems if p.code == "file.totals_differ"]
    assert differ == [(6, "人口")]


def test_a_column_that_is_not_all_numbers_is_not_added(tmp_path):
    text = "名称,人口\n甲,10\n乙,约20\n合计,30\n"
    assert set(read(as_csv(tmp_path, text))[1]) == {"file.totals"}


def test_a_total_that_leads_its_rows(tmp_path):
    table, notes = read(as_csv(tmp_path, "乡镇,人口\n全县合计,30\n甲镇,10\n乙乡,20\n"))
    assert (list(table.frame["乡镇"]), set(notes)) == (["甲镇", "乙乡"], {"file.totals"})


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["合计", "1"], True),
        (["", "总　计", "1"], True),
        (["12", "共计：", "1"], True),
        (["全县合计"], True),
        (["Total", "5"], True),
        (["330624000000", "合计"], False),
        (["合计划", "1"], False),
        (["甲村", "合计"], False),
        (["总计委家属院", ""], False),
        ([""], False),
    ],
)
def test_what_is_a_total(cells, total):
    assert is_total(cells) is total


def test_a_table_of_nothing_but_totals_keeps_them(tmp_path):
    table, _ = read(as_csv(tmp_path, "名称,人口\n合计,3\n"))
    assert len(table.frame) == 1


def test_notes_below_are_left_out(tmp_path):
    lines = [
        HEAD,
        *ROWS,
        [],
        ["注：床位数为核定数"],
        ["2.数据截至上年末"],
        ["填表人：王某", "审核：李某"],
    ]
    table, notes = read(book(tmp_path / "t.xlsx", lines))
    assert len(table.frame) == 3
    assert notes["file.notes"].row == 6
    assert "3 行" in notes["file.notes"].what.zh


def test_a_note_among_records_takes_none_of_them_along(tmp_path):
    text = "名称,乡镇,床位\n甲院,甲镇,1\n注：下列在建,,\n乙院,乙乡,2\n"
    table, notes = read(as_csv(tmp_path, text))
    assert (table.rows.tolist(), notes) == ([2, 3, 4], {})


def test_thin_records_are_no_notes(tmp_path):
    table, notes = read(as_csv(tmp_path, "名称,备注,电话\n甲院,,\n乙院,,\n注册院,,\n"))
    assert (len(table.frame), notes) == (3, {})


def test_section_titles_numbers_of_columns_and_headers_again(tmp_path):
    lines = [
        HEAD, ["甲", "乙", 1], ["一、敬老院"], ROWS[0], HEAD, ["二、民办"], ROWS[1], ROWS[2],
    ]  # fmt: skip
    table, notes = read(book(tmp_path / "t.xlsx", lines, merged=["A3:C3", "A6:C6"]))
    assert table.rows.tolist() == [4, 7, 8]
    assert set(notes) == {"file.column_numbers", "file.header_again", "file.sections"}
    assert "第 3、6 行" in notes["file.sections"].what.zh


def test_section_titles_that_lost_their_merged_cells_are_told_by_their_count(tmp_path):
    text = (
        "序号,名称,乡镇,床位\n一、街道,,,\n1,甲院,甲镇,1\n（二）乡镇,,,\n2,乙院,乙乡,2\n"
        "一分院,,,\n,一、二号院,,\n3,三、四号院,丙乡,\n"
    )
    table, notes = read(as_csv(tmp_path, text))
    # The last rows have a name that begins like a count, or stand alone without being one.
    assert table.rows.tolist() == [3, 5, 6, 8]
    assert set(notes) == {"file.sections"}
    assert "第 2、4、7 行" in notes["file.sections"].what.zh
    table, notes = read(as_csv(tmp_path, "名称,床位\n一、二号院,\n甲院,3\n"))
    assert (len(table.frame), notes) == (2, {})


def test_columns_numbered_in_brackets(tmp_path):
    table, notes = read(as_csv(tmp_path, "名称,乡镇,床位\n（1）,（2）,（3）\n甲院,甲镇,3\n"))
    assert (len(table.frame), set(notes)) == (1, {"file.column_numbers"})


def test_which_sheet_was_taken_is_said(tmp_path):
    path = book(tmp_path / "t.xlsx", [], sheets=[("机构", [HEAD, *ROWS]), ("说明", [["填表说明"]])])
    _, notes = read(path)
    assert '"机构"' in notes["file.sheets"].what.en
    assert notes["file.sheets"].found.zh == "说明"
    assert read(path, sheet="机构")[1] == {}


def test_a_hidden_sheet_is_not_taken_and_hidden_rows_are_said(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["字典"])
    made.active.sheet_state = "hidden"
    shown = made.create_sheet("表")
    for line in [HEAD, *ROWS]:
        shown.append(line)
    shown.row_dimensions[3].hidden = True
    shown.column_dimensions["B"].hidden = True
    made.save(tmp_path / "t.xlsx")
    problems = Problems()
    table = read_table(tmp_path / "t.xlsx", "t.xlsx", problems=problems)
    assert list(table.frame.columns) == HEAD
    told = [p.what.zh for p in problems if p.code == "file.hidden"]
    assert told == ["有 1 个隐藏的行，照常读取", "有 1 个隐藏的列（B），照常读取"]
    assert next(p.row for p in problems if p.code == "file.hidden") == 3


def test_a_formula_without_result_names_its_cell(tmp_path):
    path = book(tmp_path / "t.xlsx", [["表名"], HEAD, ["甲院", "甲镇", "=1+1"]])
    with pytest.raises(InputError) as caught:
        read_table(path, "t.xlsx")
    (problem,) = caught.value.problems
    assert (problem.code, problem.row, problem.column) == ("file.formula", 3, "C")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("１２００", "1200"),
        ("Ａ０１", "A01"),
        ("甲\u00a0镇\u200b", "甲 镇"),
        ("养老院（Ａ座）", "养老院（Ａ座）"),
        (datetime.timedelta(hours=119, minutes=48, seconds=12.5), "119:48:12.5"),
        (datetime.datetime(2019, 5, 1, tzinfo=datetime.UTC), "2019-05-01"),
    ],
)
def test_cells_in_their_dress(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200", 1200), ("１，２００", 1200), ("1\u00a0200", 1200), ("１２．５", 12.5),
        ("－３", -3), ("12²", None), ("①", None), ("½", None), ("12人", None), ("1,20", None),
    ],
)  # fmt: skip
def test_numbers_in_their_dress(text, number):
    assert as_number(text) == number


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path, encoding, mark):
    lines = ["养老机构一览表", "名称|床位数|备注", "甲院|30|新，建", "乙院|20|a", ""]
    text = "\n".join(lines).replace("|", mark)
    table, notes = read(as_csv(tmp_path, text, encoding))
    assert lines_of(table) == [["甲院", "30", "新，建"], ["乙院", "20", "a"]]
    assert set(notes) == {"file.header"}


def test_a_separator_within_cells_does_not_mislead(tmp_path):
    table, _ = read(as_csv(tmp_path, "名称;经度\n甲,乙;118,5\n丙,丁;118,6\n"))
    assert list(table.frame.columns) == ["名称", "经度"]
    table, _ = read(as_csv(tmp_path, "名称,简称;经度;纬度\n甲,乙;118;30\n丙,丁;118;30\n"))
    assert list(table.frame.columns) == ["名称,简称", "经度", "纬度"]


def test_columns_and_rows_without_anything(tmp_path):
    lines = [[None, "名称", None, "床位数"], [], [None, "甲院", None, 3], [None] * 4]
    table, _ = read(book(tmp_path / "t.xlsx", lines))
    assert find_column(table.frame.columns, "capacity", {}) == "床位数"
    assert (len(table.frame), table.rows.tolist()) == (1, [3])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("床位数（张）", "capacity"), ("*机构名称", "name"), ("核定床位", "capacity"),
        ("X坐标", "lon"), ("所在乡镇（街道）", "unit"), ("所属乡镇(必填)", "unit"),
        ("地理位置/纬度(°)", "lat"), ("成立时间", "opened"), ("行政区划代码", "code"),
    ],
)  # fmt: skip
def test_names_bureaus_give_columns(name, key):
    assert find_column(["备注", name, "电话"], key, {}) == name


def test_units_that_change_the_number_are_not_overlooked():
    assert alike(["床位数（百张）", "人口（万人）"], "床位数") == []
    assert alike(["床位数（张）"], "床位数") == ["床位数（张）"]


def test_an_exact_name_comes_before_one_like_it():
    assert find_column(["床位数（张）", "核定床位"], "capacity", {}) == "核定床位"


def test_columns_that_say_different_things_are_named(tmp_path):
    table, _ = read(as_csv(tmp_path, "名称,床位数,核定床位,实有床位\n甲,30,30,28\n乙,20,20.0,20\n"))
    problems = Problems()
    check_choices(table, ("name", "capacity"), {}, {"capacity": "床位数"}, problems)
    (problem,) = problems
    assert (problem.code, problem.row, problem.column) == ("column.several", 2, "床位数")
    assert "实有床位" in problem.what.zh
    staff, _ = read(as_csv(tmp_path, "名称,床位数,社工人数\n甲,30,2\n"))
    problems = Problems()
    check_choices(staff, ("capacity",), {}, {"capacity": "床位数"}, problems)
    assert list(problems) == []
    problems = Problems()
    check_choices(table, ("capacity",), {"capacity": "床位数"}, {"capacity": "床位数"}, problems)
    assert list(problems) == []


def test_metres_beside_degrees_are_no_contradiction(tmp_path):
    table, _ = read(as_csv(tmp_path, "名称,经度,X坐标\n甲,118.1,597500\n"))
    problems = Problems()
    check_choices(table, ("lon",), {}, {"lon": "经度"}, problems)
    assert list(problems) == []
    table, _ = read(as_csv(tmp_path, "名称,经度,X坐标\n甲,118.1,118.2\n"))
    check_choices(table, ("lon",), {}, {"lon": "经度"}, problems)
    assert [p.code for p in problems] == ["column.several"]


def test_columns_of_which_none_can_be_taken_are_named(tmp_path):
    table, _ = read(as_csv(tmp_path, "名称,户籍地/经度,现址/经度\n甲,118.1,118.2\n"))
    assert find_column(table.frame.columns, "lon", {}) is None
    problems = Problems()
    check_choices(table, ("lon",), {}, {}, problems)
    assert "现址/经度" in next(iter(problems)).found.zh


def test_a_file_that_unpacks_to_too_much_is_not_read(tmp_path, monkeypatch):
    path = book(tmp_path / "t.xlsx", [HEAD, *ROWS])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/bomb.bin", b"\0" * 3_000_000)
    assert path.stat().st_size < 20_000
    monkeypatch.setattr("coverplan.io.sheets.MOST_BYTES", 2_000_000)
    with pytest.raises(InputError) as caught:
        read_table(path, "t.xlsx")
    assert caught.value.problems[0].code == "file.too_large"
    assert bookparts.unpacked_bytes(path) > 3_000_000


def test_everything_at_once(tmp_path):
    """Ten faults in one sheet: title, levels, numbers of columns, section, merged, widths, text,
    subtotal that is wrong, total, note below."""
    lines = [
        ["云溪县养老机构床位情况"],
        ["填报单位：民政局", None, None, "单位：张"],
        ["名称", "所属乡镇", "床位数", None],
        [None, None, "护理型", "普通"],
        ["甲", "乙", 1, 2],
        ["一、公办"],
        ["甲院", "甲镇", "１,２００", "30"],
        ["乙院", None, 20, " 5\u00a0"],
        ["小计", None, 1220, 36],
        ["丙院", "丙乡", 10, 5],
        ["合计", None, 1230, 40],
        ["注：护理型含认知障碍床位"],
    ]
    merged = ["A1:D1", "A3:A4", "B3:B4", "C3:D3", "A6:D6", "B7:B8"]
    table, notes = read(book(tmp_path / "t.xlsx", lines, merged=merged))
    assert set(notes) == {
        "file.header", "file.header_levels", "file.column_numbers", "file.sections",
        "file.merged", "file.totals", "file.totals_differ", "file.notes",
    }  # fmt: skip
    assert list(table.frame.columns) == ["名称", "所属乡镇", "床位数/护理型", "床位数/普通"]
    assert table.rows.tolist() == [7, 8, 10]
    assert list(table.frame["所属乡镇"]) == ["甲镇", "甲镇", "丙乡"]
    problems = Problems()
    beds = numbers(table, "床位数/护理型", problems, code="x", expected=Text("数", "number"))
    assert beds.tolist() == [1200, 20, 10]
    differs = notes["file.totals_differ"]
    assert (differs.row, differs.column, differs.found) == (9, "床位数/普通", "36")


CELLS = st.one_of(
    st.none(),
    st.integers(-5, 10**12),
    st.sampled_from(
        [
            "合计",
            "小计",
            "注：",
            "名称",
            "经度",
            "",
            " ",
            "１２",
            "119°",
            "甲",
            "=1+1",
            "单位：人",
            "x" * 300,
        ]
    ),
    st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",)), max_size=6),
)
SPANS = st.tuples(*[st.integers(1, 8)] * 4)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=9), st.lists(SPANS, max_size=4))
def test_any_workbook_is_read_or_refused_in_words(tmp_path_factory, lines, spans):
    made = openpyxl.Workbook()
    for r, line in enumerate(lines, 1):
        for c, value in enumerate(line, 1):
            try:
                made.active.cell(r, c).value = value
            except openpyxl.utils.exceptions.IllegalCharacterError:
                continue
    for top, left, high, wide in spans:
        made.active.merge_cells(
            start_row=top, start_column=left, end_row=top + high, end_column=left + wide
        )
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    made.save(path)
    _read_or_refused(path)


@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    st.text(st.sampled_from("甲乙合计注：:,;\t\n\"'1２ °，；经纬度单位"), max_size=120),
    st.booleans(),
)
def test_any_csv_is_read_or_refused_in_words(tmp_path_factory, text, chinese):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode("gb18030" if chinese else "utf-8"))
    _read_or_refused(path)


def _read_or_refused(path):
    problems = Problems()
    try:
        table = read_table(path, path.name, problems=problems)
    except InputError as error:
        found = error.problems
    else:
        assert len(table.frame) == len(table.rows) > 0
        assert table.frame.columns.is_unique
        found = list(problems)
        # A formula without its result is the fault of a cell: the rest is read.
        assert all(p.severity == "warning" or p.code == "file.formula" for p in found)
    assert found or len(table.frame)
    for problem in found:
        assert problem.render("zh")
        assert problem.render("en")
