"""Coordinates: swapped, zero, empty, in the wrong unit, far away; facilities and their columns."""

import datetime

import pytest

from coverplan import load

H, V = "homes.csv", "villages.csv"


def _swap(row):
    return row | {"经度": row["纬度"], "纬度": row["经度"]}


@pytest.mark.parametrize("name", [H, V])
def test_whole_columns_swapped(county, name):
    rows = county.rows(name)
    county.table(name, [_swap(row) for row in rows])
    faults = county.refused()
    assert faults.codes == {"point.swapped"}
    assert len(faults.problems) == len(rows)


def test_one_row_swapped(county):
    rows = county.rows(H)
    rows[1] = _swap(rows[1])
    county.table(H, rows)
    assert county.refused().the("point.swapped").row == 3


def test_columns_swapped_where_both_could_be_latitudes(county):
    """In the west of China a longitude is below 90, and only the place betrays the swap."""
    for name in ("towns.geojson", "roads.geojson"):
        county.edit("118.", "80.", name)
    for name in (H, V):
        county.column(name, "经度", lambda x: x.replace("118.", "80."))
    county.column("stations.xlsx", "经度", lambda x: x.replace("118.", "80."))
    county.table(H, [_swap(row) for row in county.rows(H)])
    assert len(county.refused().of("point.swapped")) == 3


@pytest.mark.parametrize("zero", ["0", "0.0", "０"])
def test_zero_is_no_place(county, zero):
    county.cell(H, 3, "经度", zero)
    county.cell(H, 3, "纬度", zero)
    assert county.refused().the("point.zero").row == 3


@pytest.mark.parametrize("columns", [["经度"], ["纬度"], ["经度", "纬度"]])
def test_empty_coordinates(county, columns):
    for column in columns:
        county.cell(H, 3, column, "")
    problem = county.refused().the("point.none")
    assert (problem.row, problem.column) == (3, " / ".join(columns))
    # Half a point is a slip; without any, the village may stand for it.
    assert ('place_missing = "village"' in problem.mend.zh) == (len(columns) == 2)
    assert ('place_missing = "village"' in problem.mend.en) == (len(columns) == 2)


def test_no_coordinates_at_all(county):
    county.column(H, "经度", lambda _: "")
    county.column(H, "纬度", lambda _: "")
    assert len(county.refused().of("point.none")) == 3


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("纬度", "91", "point.lat"),
        ("纬度", "-90.5", "point.lat"),
        ("经度", "181", "point.lon"),
        ("经度", "118°63′", "point.lon"),
        ("经度", "东经西经118.05", "point.lon"),
        ("经度", "118:03", "point.lon"),
        ("经度", "118.05°3′", "point.lon"),
        ("经度", "30.01N", "point.swapped"),
        ("纬度", "30.0.1", "point.lat"),
        ("纬度", "NaN", "point.lat"),
        ("纬度", "inf", "point.lat"),
    ],
)
def test_coordinates_out_of_range_or_in_other_notation(county, column, value, code):
    county.cell(H, 2, column, value)
    problem = county.refused().the(code)
    assert (problem.row, problem.column, problem.found) == (2, column, value)


def test_full_width_coordinates_are_read(county):
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    county.column(H, "经度", lambda x: x.translate(wide))
    county.understood()


def test_metres_without_a_system(county):
    county.column(H, "经度", lambda _: "500000")
    county.column(H, "纬度", lambda _: "3320000")
    problem = county.refused().the("crs.metres_as_degrees")
    assert "crs" in problem.mend.zh


def test_degrees_declared_as_metres(county):
    county.edit('"homes.csv"', '"homes.csv"\ncrs = "EPSG:4549"')
    problem = county.refused().the("crs.degrees_as_metres")
    assert (problem.file, problem.column) == (H, "经度")
    assert "118" in problem.found


def test_metres_swapped(county):
    county.edit('"homes.csv"', '"homes.csv"\ncrs = "EPSG:4548"')
    county.column(H, "经度", lambda _: "3320000")
    county.column(H, "纬度", lambda _: "597500")
    assert len(county.refused().of("point.swapped")) == 3


def test_metres_with_their_system_are_read(county):
    county.edit('"homes.csv"', '"homes.csv"\ncrs = "EPSG:4548"')
    county.column(H, "经度", lambda _: "597500")
    county.column(H, "纬度", lambda _: "3320500")
    county.understood()


def test_unknown_system_of_a_table(county):
    county.edit('"homes.csv"', '"homes.csv"\ncrs = "西安八零"')
    problem = county.refused().the("crs.unknown")
    assert (problem.file, problem.row) == ("study.toml", 17)


def test_system_that_is_no_place_on_earth(county):
    county.edit('"homes.csv"', '"homes.csv"\ncrs = "EPSG:5773"')
    assert county.refused().the("crs.unknown").found == "EPSG:5773"


def test_one_facility_far_away_is_kept_and_named(county):
    county.cell(H, 4, "纬度", "32.5")
    problem = county.accepted().the("point.far")
    assert (problem.row, problem.severity) == (4, "warning")


def test_one_facility_at_the_other_end_of_the_earth(county):
    county.cell(H, 4, "经度", "-62")
    county.cell(H, 4, "纬度", "-30")
    assert county.accepted().the("point.far").row == 4


def test_all_facilities_far_away(county):
    county.column(H, "纬度", lambda _: "45.5")
    assert {p.severity for p in county.refused().of("point.far")} == {"error"}


def test_duplicate_and_empty_ids(county):
    county.cell(H, 2, "编号", "养老院3")
    county.cell(H, 3, "编号", "")
    assert {p.row for p in county.refused().of("facility.id")} == {2, 3, 4}


def test_facility_on_the_boundary_and_two_on_one_spot(county):
    rows = county.rows(H)
    for row in rows:
        row["经度"], row["纬度"] = str(118 + 4 * 0.01037), "30.01"
    county.table(H, rows)
    done = county.accepted()
    assert len(done.of("facility.same_spot")) == 3


def test_unknown_status_words_are_named_with_their_rows(county):
    county.cell(H, 2, "状态", "装修中")
    county.cell(H, 3, "状态", "")
    faults = county.understood().of("facility.status")
    assert [(p.row, p.found) for p in faults] == [(2, "装修中"), (3, "")]


@pytest.mark.parametrize(
    "value", ["2019年", "２０１９", "2019年5月", "2019-05-01", "2019/5/1", "2019.5"]
)
def test_years_in_other_dress_are_read(county, value):
    county.cell(H, 2, "开业年份", value)
    assert county.understood().problems == []
    opened = load(county.study).layers[0].facilities.sites["opened"]
    assert opened.tolist() == [2019, 2019, 2019]


@pytest.mark.parametrize(
    "value", ["二〇一九", "19", "20190", "2019左右", "1850", "2500", "1905-07-11"]
)
def test_years_that_are_none(county, value):
    county.cell(H, 2, "开业年份", value)
    problem = county.refused().the("facility.year")
    assert (problem.row, problem.found) == (2, value)


def test_year_cells_formatted_as_dates(county):
    rows = county.rows("stations.xlsx")
    rows[0]["开业年份"] = datetime.date(2018, 3, 1)
    rows[1]["开业年份"] = 2017
    county.table("stations.xlsx", rows)
    county.understood()
    rows[0]["开业年份"] = datetime.date(1905, 7, 11)
    county.table("stations.xlsx", rows)
    assert county.refused().the("facility.year").found == "1905-07-11"


@pytest.mark.parametrize("value", ["-1", "三十", "30张"])
def test_capacity_that_is_no_number(county, value):
    county.cell(H, 2, "床位数", value)
    assert county.refused().the("facility.capacity").found == value


def test_unknown_unit_of_a_facility_is_said(county):
    county.cell(H, 2, "乡镇", "甲鎮")
    problem = county.understood().the("facility.unit_unknown")
    assert (problem.row, problem.found) == (2, "甲鎮")


NAMES = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "长" * 10_000,
    "😀🏥",
    "a\nb",
    "</script><b>{{7*7}}${x}[red]x[/red]",
    "\u202eabc\x07bell'; DROP TABLE x",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_data(county, name):
    county.cell(H, 2, "名称", name)
    county.cell(H, 2, "状态", name)
    county.cell(H, 3, "名称", "")
    county.cell(V, 2, "村名", name)
    county.accepted("--lang", "en")
    page = (county.result / "map.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "</script><b>" not in page
    table = (county.result / "sites.csv").read_text(encoding="utf-8-sig")
    assert "\n=" not in table
    assert ",=" not in table


def test_messages_cannot_carry_control_characters(county):
    county.cell(H, 2, "床位数", "\x1b[31mred\x07")
    text = county.refused().text
    assert "\x1b[31mred" not in text
    assert "\x07" not in text


def test_messages_stay_short(county):
    county.cell(H, 2, "床位数", "长" * 10_000)
    assert len(county.refused().text) < 2000


def test_where_names_a_column_that_is_not_there(county):
    county.edit('"homes.csv"', '"homes.csv"\nwhere = { "状况" = "运营", "镇" = ["甲镇"] }')
    faults = county.refused().of("column.missing")
    assert {p.column for p in faults} == {"状况", "镇"}
    assert "where" in faults[0].mend.zh


def test_where_that_keeps_nothing(county):
    county.edit('"homes.csv"', '"homes.csv"\nwhere = { "状态" = "没有" }')
    assert county.refused().the("file.empty").file == H


def test_given_columns_that_are_not_there(county):
    county.edit('"homes.csv"', '"homes.csv"\ncolumns = { lon = "X坐标", status = "运营状况" }')
    faults = county.refused().of("column.missing")
    assert {p.column for p in faults} >= {"X坐标"}


def test_facilities_without_opening_years_are_counted_as_open_and_said(county):
    county.column(H, "开业年份", lambda _: "")
    county.cell(H, 3, "状态", "规划")
    problem = county.accepted().the("facility.no_year")
    assert (problem.file, problem.column, problem.severity) == (H, "开业年份", "warning")
    assert "2 处" in problem.what.zh
    assert "按已开业计" in problem.what.zh


def test_no_opening_year_column_at_all(county):
    county.table(H, [{k: v for k, v in r.items() if k != "开业年份"} for r in county.rows(H)])
    problem = county.accepted().the("facility.no_year")
    assert (problem.file, problem.column) == (H, None)
    assert "3 处" in problem.what.zh


def test_years_that_nobody_needs_are_not_missed(county):
    county.cell(H, 3, "状态", "关闭")
    county.cell(H, 3, "开业年份", "")
    assert "facility.no_year" not in county.understood().codes
