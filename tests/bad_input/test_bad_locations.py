"""A village table without coordinates: joined to its points, shared out, or one fault."""

import os
from pathlib import Path

import numpy as np
import pytest

from coverplan.core.errors import Problems, render_problems
from coverplan.io import read_people, read_region, read_study
from coverplan.io.paths import Folder

GOLDEN = Path(__file__).parent / "golden"
V, P = "villages.csv", "points.csv"


def at(x_km, y_km):
    """Longitude and latitude of a place given in kilometres from the south-west corner."""
    return round(118.0 + x_km * 0.01037, 6), round(30.0 + y_km * 0.00902, 6)


def square(x_km, y_km, side_km):
    ring = [(0, 0), (side_km, 0), (side_km, side_km), (0, side_km), (0, 0)]
    return {"type": "Polygon", "coordinates": [[at(x_km + x, y_km + y) for x, y in ring]]}


def people_of(county):
    """Read the people as a run does; the table and what was said."""
    config, folder, problems = read_study(county.study), Folder(county.folder), Problems()
    region = read_region(folder, config.region, config.crs)
    found = problems.attempt(lambda: read_people(folder, config.people, region, problems))
    return found, list(problems)


def codes(problems):
    return [p.code for p in problems]


def the(problems, code):
    found = [p for p in problems if p.code == code]
    assert len(found) == 1, [p.render("en") for p in problems]
    return found[0]


@pytest.fixture
def split(county):
    """The villages in two files: who lives there, and where they stand."""
    rows = county.rows(V)
    points = [
        {"村名": r["村名"], "所属乡镇": r["乡镇代码"], "经度": r["经度"], "纬度": r["纬度"]}
        for r in rows
    ]
    county.table(P, points)
    county.table(V, [{k: v for k, v in r.items() if k not in {"经度", "纬度"}} for r in rows])
    county.edit('"villages.csv"', '"villages.csv"\nlocations = "points.csv"')
    return county


def change_point(county, row, **cells):
    for column, value in cells.items():
        county.cell(P, row, column, value)


def test_two_files_are_one(county, request):
    whole, said = people_of(county)
    assert said == []
    split = request.getfixturevalue("split")
    found, said = people_of(split)
    assert codes(said) == ["people.located"]
    assert "9 条没有坐标的记录中，9 条的点位取自 points.csv：按村代码 0 条，按村名 9 条" in (
        said[0].what.zh
    )
    assert found.places.drop(columns="geometry").equals(whole.places.drop(columns="geometry"))
    assert found.places.geometry.geom_equals_exact(whole.places.geometry, 0).all()
    assert found.outside == whole.outside


def test_a_run_says_where_points_are_from(split):
    done = split.accepted()
    assert "people.located" in done.codes
    assert "points.csv" in split.studies[-1].inputs.spread.zh


@pytest.mark.parametrize(
    "written",
    ["{0}第2村村委会", "甲镇{0}第2村", " {0}第２村 ", "{0}第2", "小县甲镇{0}第2村民委员会"],
)
def test_names_with_and_without_what_they_are(split, written):
    name = split.rows(P)[1]["村名"].removesuffix("第2村")
    change_point(split, 3, 村名=written.format(name if "甲镇{0}" not in written else ""))
    if "甲镇{0}" in written:
        split.cell(V, 3, "村名", "第2村")
    assert codes(people_of(split)[1]) == ["people.located"]


def test_a_village_is_no_community_of_that_name(split):
    change_point(split, 3, 村名="甲镇第2社区")
    fault = the(people_of(split)[1], "people.no_location")
    assert (fault.file, fault.row, fault.column, fault.severity) == (V, 3, "村名", "error")
    assert fault.found.startswith("甲镇 第2村 ≈ ")


def test_the_same_name_in_another_unit_is_another_village(split):
    change_point(split, 3, 所属乡镇="330002")
    fault = the(people_of(split)[1], "people.no_location")
    assert fault.found == "甲镇 第2村 ≈ 第3村 / 第1村 / 乙乡 第2村 / 丙乡 第2村"
    assert "points.csv" in fault.expected.zh


def test_by_code_before_the_name(split):
    villages, points = split.rows(V), split.rows(P)
    for i, (village, point) in enumerate(zip(villages, points, strict=True)):
        village["村编码"] = f"{330001001201 + i}"
        point["村代码"] = f"３３000100120{1 + i}.0" if i < 9 else ""
    points[0]["村名"] = "别的村"
    split.table(V, villages)
    split.table(P, points)
    _, said = people_of(split)
    assert sorted(codes(said)) == ["people.located", "people.location_name"]
    assert "按村代码 9 条，按村名 0 条" in the(said, "people.located").what.zh
    warning = the(said, "people.location_name")
    assert (warning.row, warning.found) == (2, "第1村 ≠ 别的村 (2)")


def test_found_twice_names_both_rows(split):
    split.table(P, [*split.rows(P), split.rows(P)[0]])
    fault = the(people_of(split)[1], "people.location_twice")
    assert (fault.file, fault.row, fault.severity) == (V, 2, "error")
    assert "points.csv 第 2、11 行" in fault.what.zh
    assert "rows 2, 11 of points.csv" in fault.what.en


def test_two_records_of_one_place(split):
    rows = split.rows(V)
    rows[1]["村名"], rows[2]["村名"] = "花园村委会", "花园村民委员会"
    split.table(V, rows)
    change_point(split, 3, 村名="花园")
    _, said = people_of(split)
    shared = [p for p in said if p.code == "people.location_shared"]
    assert [p.row for p in shared] == [3, 4]
    assert "第 3、4 行都对上 points.csv 第 3 行" in shared[0].what.zh


def test_the_better_name_takes_the_place(split):
    rows = split.rows(V)
    rows[1]["村名"], rows[2]["村名"] = "花园", "花园村"
    split.table(V, rows)
    change_point(split, 3, 村名="花园村")
    assert the(people_of(split)[1], "people.no_location").row == 3


def test_a_point_outside_its_unit_is_named(split):
    x, y = at(5, 1)
    change_point(split, 2, 经度=x, 纬度=y)
    found, said = people_of(split)
    warning = the(said, "people.location_outside")
    assert (warning.row, warning.severity) == (2, "warning")
    assert "登记在甲镇，points.csv 给的点位却在乙乡" in warning.what.zh
    assert warning.found == "甲镇 第1村 = points.csv: 2"
    assert "people.unit_differs" not in codes(said)
    assert found.places.loc["V00", "unit"] == "330001"


def test_records_with_coordinates_keep_them(split):
    rows = split.rows(V)
    x, y = at(1.5, 1.5)
    split.table(V, [r | {"经度": x if i == 0 else "", "纬度": y if i == 0 else ""}
                    for i, r in enumerate(rows)])  # fmt: skip
    found, said = people_of(split)
    note = the(said, "people.located")
    assert "8 条没有坐标的记录中，8 条" in note.what.zh
    assert "另有 1 条没有用到" in note.what.zh
    other, _ = people_of(split)
    assert found.places.geometry.iloc[0].distance(other.places.geometry.iloc[1]) > 1000


def test_half_a_coordinate_is_still_a_fault(split):
    rows = split.rows(V)
    split.table(
        V, [r | {"经度": "118.01" if i == 0 else "", "纬度": ""} for i, r in enumerate(rows)]
    )
    assert the(people_of(split)[1], "point.none").row == 2


def test_locations_nobody_needs(county):
    county.table(P, county.rows(V))
    county.edit('"villages.csv"', '"villages.csv"\nlocations = "points.csv"')
    note = the(people_of(county)[1], "people.locations_idle")
    assert (note.file, note.severity) == (P, "warning")


def test_polygons_give_a_point_within(split):
    shapes = [
        {
            "properties": {"村名": r["村名"], "所属乡镇": r["所属乡镇"]},
            "geometry": square(4 * (i // 3) + (1, 2, 3)[i % 3] - 0.5, (1, 3, 2)[i % 3] - 0.5, 1),
        }
        for i, r in enumerate(split.rows(P))
    ]
    split.features("points.geojson", shapes)
    split.edit("points.csv", "points.geojson")
    found, said = people_of(split)
    assert sorted(codes(said)) == ["people.located", "point.not_points"]
    assert found.places.geometry.notna().all()


@pytest.mark.parametrize(("cells", "code"), [
    ({"经度": "0", "纬度": "0"}, "point.zero"), ({"经度": "318"}, "point.lon"),
])  # fmt: skip
def test_a_wrong_point_stops_only_where_it_is_needed(split, cells, code):
    extra = split.rows(P)[0] | {"村名": "没人用的村"} | cells
    split.table(P, [*split.rows(P), extra])
    _, said = people_of(split)
    fault = the(said, code)
    assert (fault.file, fault.row, fault.severity) == (P, 11, "warning")
    split.table(P, [r | (cells if i == 0 else {}) for i, r in enumerate(split.rows(P)[:-1])])
    _, said = people_of(split)
    fault = the(said, code)
    assert (fault.row, fault.severity) == (2, "error")
    assert "people.no_location" not in codes(said)


def test_a_record_of_another_county_needs_no_place(split):
    rows = split.rows(V)
    other = rows[0] | {"村编码": "X1", "村名": "远村", "乡镇代码": "440001", "常住人口": "77"}
    split.table(V, [*rows, other])
    found, said = people_of(split)
    assert sorted(codes(said)) == ["people.located", "people.outside"]
    assert the(said, "people.outside").people == 77
    assert found.outside["all"] == 77


def test_a_slip_in_the_unit_is_named(split):
    rows = split.rows(V)
    for row in rows:
        row["所属乡镇"] = {"330001": "甲镇", "330002": "乙乡", "330003": "丙乡"}[row["乡镇代码"]]
    rows[0]["所属乡镇"] = "甲甲镇"
    split.table(V, [{k: v for k, v in r.items() if k != "乡镇代码"} for r in rows])
    warning = the(people_of(split)[1], "people.unit_unknown")
    assert (warning.row, warning.found) == (2, "甲甲镇 ≈ 甲镇")


def test_no_unit_and_no_place_is_a_fault_in_any_case(split):
    split.edit('"points.csv"', '"points.csv"\nplace_missing = "unit"')
    split.cell(V, 2, "乡镇代码", "")
    split.cell(V, 2, "村名", "无名村")
    fault = the(people_of(split)[1], "people.no_location")
    assert (fault.row, fault.severity) == (2, "error")


def test_the_file_of_locations_must_be_there(split):
    split.path(P).unlink()
    fault = split.refused().the("file.missing")
    assert fault.file == P
    assert "people.locations" in fault.what.zh


def test_a_list_that_names_nothing(split):
    split.table(P, [{"经度": r["经度"], "纬度": r["纬度"]} for r in split.rows(P)])
    done = split.refused()
    fault = done.the("column.missing")
    assert (fault.file, fault.column) == (P, "名称")
    assert "people.no_location" not in done.codes


def test_ids_count_where_there_are_no_names(split):
    split.table(P, [
        {"编号": v["村编码"], "经度": p["经度"], "纬度": p["纬度"]}
        for v, p in zip(split.rows(V), split.rows(P), strict=True)
    ])  # fmt: skip
    found, said = people_of(split)
    assert codes(said) == ["people.located"]
    assert len(found.places) == 9
    split.column(P, "编号", lambda text: "V00" if text == "V01" else text)
    assert the(people_of(split)[1], "people.location_twice").row == 2


def test_features_without_geometry_are_looked_up(split):
    rows = split.rows(V)
    x, y = at(1, 1)
    shapes = [None, *[{"type": "Point", "coordinates": [x, y]}] * 8]
    pairs = zip(rows, shapes, strict=True)
    numbers = {"常住人口", "60岁及以上"}
    features = [
        {
            "properties": {k: int(v) if k in numbers else v for k, v in row.items()},
            "geometry": shape,
        }
        for row, shape in pairs
    ]
    split.features("villages.geojson", features)
    split.edit('"villages.csv"', '"villages.geojson"')
    found, said = people_of(split)
    assert "1 条没有坐标的记录中，1 条" in the(said, "people.located").what.zh
    assert "point.none" not in codes(said)
    assert found.places.loc["V00"].geometry.distance(found.places.loc["V01"].geometry) > 50


def test_a_place_of_the_list_without_a_point_is_one_not_found(split):
    change_point(split, 2, 经度="", 纬度="")
    _, said = people_of(split)
    assert [(p.code, p.file, p.row, p.severity) for p in said if p.row == 2] == [
        ("point.none", P, 2, "warning"),
        ("people.no_location", V, 2, "error"),
    ]


def test_words_of_files_stay_words(split):
    split.cell(V, 2, "村名", "=cmd|' /C calc'!A0 <b>\x1b[31m[red]村")
    done = split.refused()
    fault = done.the("people.no_location")
    assert "\x1b" not in fault.render("zh")
    assert "\x1b" not in done.text


def test_no_coordinates_at_all_is_one_fault(split):
    split.edit('\nlocations = "points.csv"', "")
    done = split.refused()
    fault = done.the("people.no_coordinates")
    assert (fault.file, fault.row) == (V, None)
    for word in ("locations", "totals", "spread", "补上坐标"):
        assert word in fault.mend.zh
    assert "point.none" not in done.codes
    split.edit('"villages.csv"', '"villages.csv"\nplace_missing = "unit"')
    assert split.refused().codes == {"people.no_coordinates"}


def test_the_way_by_totals_works(split):
    split.edit('source = "villages.csv"\nlocations = "points.csv"\ntotals = "census.csv"',
               'totals = "villages.csv"\nspread = "streets"')  # fmt: skip
    done = split.accepted()
    note = done.the("census.villages")
    assert (note.file, note.row, note.people) == (V, 2, 990)
    assert "9 行已合计为 3 个单元的总数" in note.what.zh
    table = split.studies[-1].inputs.reconciliation
    assert table["given"].tolist() == [330, 63] * 3
    assert table["placed"].tolist() == [330, 63] * 3


def test_villages_twice_or_the_unit_among_them_are_not_added_up(split):
    split.edit('source = "villages.csv"\nlocations = "points.csv"\ntotals = "census.csv"',
               'totals = "villages.csv"\nspread = "streets"')  # fmt: skip
    split.cell(V, 3, "村名", "甲镇第1村")
    split.cell(V, 6, "村名", "")
    faults = split.refused().of("census.duplicate")
    assert [p.row for p in faults] == [2, 3, 4, 5, 6, 7]
    assert "一列村名" in faults[0].mend.zh


def shared(county, *rows):
    """Let some villages be without a point, and their people go to others."""
    points = [r for i, r in enumerate(county.rows(P), 2) if i not in rows]
    county.table(P, points)
    county.edit('"points.csv"', '"points.csv"\nplace_missing = "unit"')


def test_people_without_a_point_go_to_others_of_their_unit(split):
    shared(split, 2, 6)
    found, said = people_of(split)
    lost = [p for p in said if p.code == "people.no_location"]
    assert [(p.row, p.severity) for p in lost] == [(2, "warning"), (6, "warning")]
    note = the(said, "people.shared_out")
    assert note.people == 210
    assert "2 条没有点位的记录（210 人）" in note.what.zh
    assert note.found.zh == "甲镇 1 条 100 人；乙乡 1 条 110 人"
    sums = found.places.groupby("unit")[["all", "elderly"]].sum()
    assert sums["all"].tolist() == [330] * 3
    assert sums["elderly"].tolist() == [63] * 3
    # 100 people in proportion to 110 and 120: 47.8 and 52.2.
    assert found.places.loc[["V01", "V02"], "all"].tolist() == [158, 172]
    assert (found.places["elderly"] <= found.places["all"]).all()


def test_shared_people_are_read_and_placed_to_the_person(split):
    shared(split, 2, 6)
    split.edit('totals = "census.csv"\n', "")
    done = split.accepted()
    assert "people.shared_out" in done.codes
    table = split.studies[-1].inputs.reconciliation
    assert table["read"].tolist() == table["placed"].tolist() == [330, 63] * 3
    assert (table["unplaced"] == 0).all()
    assert "分给本单元其他点位" in split.studies[-1].inputs.spread.zh


def test_a_unit_without_any_point_is_a_fault(split):
    shared(split, 2, 3, 4)
    fault = split.refused().the("people.unit_no_place")
    assert (fault.file, fault.found, fault.people) == (V, "甲镇", 330)
    for word in ("locations", "totals", "spread"):
        assert word in fault.mend.zh
        assert word in fault.mend.en


def test_without_a_list_the_rows_are_named(county):
    county.cell(V, 2, "经度", "")
    county.cell(V, 2, "纬度", "")
    fault = county.refused().the("point.none")
    assert fault.row == 2
    assert "locations" in fault.mend.zh
    county.edit('"villages.csv"', '"villages.csv"\nplace_missing = "unit"')
    _, said = people_of(county)
    assert sorted(codes(said)) == ["people.no_point", "people.shared_out"]
    assert the(said, "people.no_point").row == 2


@pytest.mark.parametrize(
    ("key", "value"), [("locations", '"points.csv"'), ("place_missing", '"unit"')]
)
def test_totals_alone_have_no_places_to_find(county, key, value):
    county.edit('source = "villages.csv"', f'spread = "streets"\n{key} = {value}')
    fault = county.refused().problems[0]
    assert fault.column == f"people.{key}"
    assert "村或点位的表" in fault.expected.zh


def _golden(county):
    change_point(county, 2, 村名="甲镇一村")
    change_point(county, 3, 所属乡镇="330002")
    x, y = at(9, 1)
    change_point(county, 5, 经度=x, 纬度=y)
    rows = county.rows(P)
    county.table(P, [*rows, rows[8], rows[8] | {"村名": "没人用的村", "经度": "0", "纬度": "0"}])
    county.cell(V, 6, "村名", "乙乡第3")


def _unit_golden(county):
    shared(county, 2, 5, 6, 7)


def _none_golden(county):
    county.edit('\nlocations = "points.csv"', "")


@pytest.mark.parametrize(
    ("case", "spoil"),
    [("locations", _golden), ("place_missing", _unit_golden), ("no_coordinates", _none_golden)],
)
def test_messages_read_as_reviewed(split, case, spoil):
    spoil(split)
    problems = split.refused().problems
    for language in ("zh", "en"):
        text = "\n\n".join(render_problems(problems, language)) + "\n"
        path = GOLDEN / f"{case}.{language}.txt"
        if os.environ.get("COVERPLAN_GOLDEN") == "write":
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs"


def test_old_records_stay_as_they_are(county):
    people = read_study(county.study).people.model_dump(mode="json")
    assert not {"locations", "place_missing"} & set(people)
    assert np.isfinite(people["spread_metres"])
