"""Faults of the population table and of the census totals."""

import datetime

import pytest

V = "villages.csv"


@pytest.mark.parametrize(
    "value", ["NaN", "-5", "约300", "三百", "1.2E+03", "1e3", "300人", "", "inf", "1_000", "10²",
              "12,34", "1 2", "①", "99999999999999999999", "#N/A", "None"],
)  # fmt: skip
def test_population_that_is_no_number(county, value):
    column = "60岁及以上"
    county.cell(V, 3, column, value)
    problem = county.refused().the("people.value")
    assert (problem.file, problem.row, problem.column, problem.found) == (V, 3, column, value)


@pytest.mark.parametrize(
    "value", ["３００", "1,300", "１，３００", "1 300", "300.0", "+300", " 300 ", "０"]
)
def test_population_in_other_dress_is_read(county, value):
    county.cell(V, 3, "常住人口", value)
    county.understood()


def test_every_wrong_cell_is_named(county):
    county.column(V, "常住人口", lambda _: "多")
    county.column(V, "60岁及以上", lambda _: "少")
    county.column("census.csv", "常住人口", lambda _: "-1")
    faults = county.refused()
    assert {p.row for p in faults.of("people.value")} == set(range(2, 11))
    assert len(faults.of("census.value")) == 3
    assert "共 9 行" in faults.text


def test_wrong_people_column_is_named_with_the_nearest(county):
    county.edit('all = "常住人口"', 'all = "常驻人口"')
    faults = county.refused().of("column.missing")
    assert {p.file for p in faults} == {V, "census.csv"}
    assert all("常住人口" in p.mend.zh for p in faults)
    assert "groups" in faults[0].mend.zh


def test_missing_coordinate_columns_are_named(county):
    county.edit("经度", "东", V)
    county.edit("纬度", "北", V)
    problem = county.refused().the("people.no_coordinates")
    assert "columns = { lon =" in problem.mend.zh
    assert "东, 北" in problem.found
    county.edit("北", "纬度", V)
    assert county.refused().the("column.missing").column == "经度"


@pytest.mark.parametrize(
    "name", ["常住\n人口", " 常住人口 ", "\ufeff常住人口", "常住 人口", "常住\u200b人口"]
)
def test_headers_with_spaces_and_line_ends_are_recognised(county, name):
    county.edit("常住人口", f'"{name}"', V)
    county.understood()


def test_repeated_column_that_is_used(county):
    county.edit("村名,", "常住人口,", V)
    problem = county.refused().the("column.repeated")
    assert (problem.file, problem.column) == (V, "常住人口")


def test_repeated_column_nobody_uses_is_no_fault(county):
    county.table(V, [row | {"备注": "x", "说明": "y"} for row in county.rows(V)])
    county.edit("说明", "备注", V)
    assert county.understood().problems == []


def test_duplicate_village_ids(county):
    county.cell(V, 4, "村编码", "V00")
    problem = county.refused().the("people.duplicate_id")
    assert (problem.row, problem.column) == (4, "村编码")


def test_empty_village_ids(county):
    county.column(V, "村编码", lambda _: "")
    faults = county.refused().of("people.no_id")
    assert len(faults) == 9


def test_rows_are_counted_as_the_planner_sees_them(county):
    lines = county.path(V).read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("110", "坏")
    lines.insert(1, "")
    lines[2] = lines[2].replace("甲镇第1村", '"甲镇\n第1村"')
    county.path(V).write_text("\n".join(lines), encoding="utf-8")
    assert county.refused().the("people.value").row == 4


def test_nobody_at_all(county):
    county.edit('totals = "census.csv"\n', "")
    county.column(V, "常住人口", lambda _: "0")
    county.column(V, "60岁及以上", lambda _: "0")
    county.refused().the("people.nobody")


def test_everybody_belongs_elsewhere(county):
    county.column(V, "乡镇代码", lambda _: "999999")
    done = county.refused()
    done.the("people.nobody")
    assert len(done.of("people.unit_unknown")) == 9


def test_one_unknown_unit_is_a_warning_that_names_its_row(county):
    county.cell(V, 5, "乡镇代码", "330020")
    done = county.accepted()
    problem = done.the("people.unit_unknown")
    assert (problem.row, problem.found) == (5, "330020")
    assert "33000" in problem.mend.zh
    done.the("people.outside")


def test_two_units_of_one_name_are_not_guessed_between(county):
    features = county.read_features("towns.geojson")
    features[1]["properties"]["name"] = "甲镇"
    county.features("towns.geojson", features)
    # A village of 丙乡: its point lies in neither.
    county.cell(V, 8, "乡镇代码", "甲镇")
    assert county.understood().the("people.unit_unknown").row == 8


def test_group_larger_than_everybody_is_a_warning(county):
    county.cell(V, 3, "60岁及以上", "5000")
    assert county.accepted().the("people.more_than_all").row == 3


def test_census_group_larger_than_everybody(county):
    county.cell("census.csv", 2, "60岁及以上", "4000")
    county.cell("census.csv", 4, "60岁及以上", "403")
    faults = county.refused().of("census.more_than_all")
    assert [(p.file, p.row, p.column) for p in faults] == [
        ("census.csv", 2, "60岁及以上"),
        ("census.csv", 4, "60岁及以上"),
    ]
    assert faults[0].found == "4000 > 400"
    assert "常住人口" in faults[0].what.zh


def test_census_group_as_large_as_everybody_is_fine(county):
    county.cell("census.csv", 2, "60岁及以上", "400")
    assert "census.more_than_all" not in county.understood().codes


def test_census_group_and_everybody_that_are_no_numbers_are_not_compared(county):
    county.cell("census.csv", 2, "常住人口", "多")
    county.cell("census.csv", 3, "60岁及以上", "-1")
    assert county.refused().codes == {"census.value"}


def test_village_of_nobody_and_township_of_nobody_are_fine(county):
    for row in (2, 3, 4):
        county.cell(V, row, "常住人口", "0")
        county.cell(V, row, "60岁及以上", "0")
    county.cell("census.csv", 2, "常住人口", "0")
    county.cell("census.csv", 2, "60岁及以上", "0")
    assert county.accepted().problems == []


def test_township_with_people_but_no_places_is_counted(county):
    county.table(V, county.rows(V)[3:])
    problem = county.accepted().the("people.unplaced")
    assert "全部人口 400 人" in problem.what.zh
    assert "60 岁及以上 80 人" in problem.what.zh
    assert "everybody: 400, aged 60 and over: 80" in problem.what.en


def test_a_group_that_lives_nowhere_is_unplaced_by_its_own_name(county):
    for row in (2, 3, 4):
        county.cell(V, row, "60岁及以上", "0")
    problem = county.accepted().the("people.unplaced")
    assert "60 岁及以上 80 人" in problem.what.zh
    assert "全部人口" not in problem.what.zh


def test_more_older_people_than_can_live_in_their_villages(county):
    """All the older people of a township in the one village where hardly anybody lives."""
    for row, everybody, elderly in ((2, "2", "2"), (3, "200", "0"), (4, "200", "0")):
        county.cell(V, row, "常住人口", everybody)
        county.cell(V, row, "60岁及以上", elderly)
    problem = county.accepted().the("people.more_than_placed")
    assert problem.severity == "warning"
    assert "甲镇" in problem.what.zh
    assert "60 岁及以上" in problem.what.zh
    assert "78" in problem.what.zh


def test_township_with_people_whose_places_have_none(county):
    for row in (2, 3, 4):
        county.cell(V, row, "常住人口", "0")
    assert county.accepted().of("people.unplaced")


def test_totals_with_a_unit_missing_and_one_unknown(county):
    county.cell("census.csv", 3, "乡镇代码", "330009")
    done = county.understood()
    assert "330002" in done.the("census.missing_unit").found
    assert done.the("census.unknown_unit").row == 3


def test_totals_with_a_unit_twice(county):
    county.cell("census.csv", 3, "乡镇代码", "330001")
    faults = county.refused().of("census.duplicate")
    assert {p.row for p in faults} == {2, 3}


def test_totals_without_a_unit_column(county):
    county.edit("乡镇代码", "地方", "census.csv")
    assert county.refused().the("column.missing").file == "census.csv"


@pytest.mark.parametrize("value", ["-1", "", "约300", "NaN"])
def test_totals_that_are_no_number(county, value):
    county.cell("census.csv", 4, "常住人口", value)
    problem = county.refused().the("census.value")
    assert (problem.row, problem.column) == (4, "常住人口")


def test_village_whose_point_lies_in_another_unit(county):
    county.cell(V, 2, "乡镇代码", "330003")
    problem = county.understood().the("people.unit_differs")
    assert (problem.row, problem.file) == (2, V)


@pytest.mark.parametrize("group", ["unit", "place", "name", "share", "a b", "x" * 100, "<b>"])
def test_group_names_that_would_collide(county, group):
    county.edit("elderly =", f'"{group}" = "常住人口", elderly =')
    assert county.refused().the("study.name").found == group


def test_workbook_of_villages_with_numbers_dates_and_formulas(county):
    rows = county.rows(V)
    for row in rows:
        row["常住人口"] = float(row["常住人口"])
        row["经度"] = float(row["经度"])
    county.table("villages.xlsx", rows)
    county.edit(V, "villages.xlsx")
    assert county.understood().problems == []
    rows[1]["常住人口"] = "=100+1"
    county.table("villages.xlsx", rows)
    problem = county.refused().the("file.formula")
    assert (problem.file, problem.row, problem.column) == ("villages.xlsx", 3, "F")
    rows[1]["常住人口"] = datetime.date(1900, 4, 9)
    county.table("villages.xlsx", rows)
    problem = county.refused().the("people.value")
    assert (problem.row, problem.found) == (3, "1900-04-09")


def test_error_values_of_a_workbook(county):
    county.table("villages.xlsx", county.rows(V))
    county.edit(V, "villages.xlsx")
    county.cell("villages.xlsx", 4, "常住人口", "#DIV/0!")
    assert county.refused().the("people.value").found == "#DIV/0!"
