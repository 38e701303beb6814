"""Units as tables name them, former units, units of another time, and units left out."""

import datetime
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from coverplan import load
from coverplan.clock import Clock
from coverplan.io.dated import dated
from coverplan.loading import gather

V = "villages.csv"
CROSSWALK = 'units = "towns.geojson"\ncrosswalk = "former.csv"'
FORMER = [
    {"原代码": "", "原名称": "东镇", "现单元": "甲镇"},
    {"原代码": "", "原名称": "西镇", "现单元": "甲镇"},
    {"原代码": "330091", "原名称": "北乡", "现单元": "乙乡"},
]


def rename_units(county, names):
    features = county.read_features("towns.geojson")
    for feature, name in zip(features, names, strict=True):
        feature["properties"]["name"] = name
    county.features("towns.geojson", features)


def with_crosswalk(county, rows=FORMER):
    county.table("former.csv", rows)
    county.edit('units = "towns.geojson"', CROSSWALK)


def totals(county):
    return load(county.study).demand.totals["all"].to_dict()


def test_former_units_in_every_table_are_translated_counted_and_shown(county):
    with_crosswalk(county)
    census = county.rows("census.csv")
    east, west = (census[0] | {"乡镇代码": n, "常住人口": p, "60岁及以上": "40"} for n, p in
                  (("东镇", "250"), ("西镇", "150")))  # fmt: skip
    north = census[1] | {"乡镇代码": "330091"}
    county.table("census.csv", [east, west, north, census[2]])
    county.cell(V, 2, "乡镇代码", "东镇")
    county.cell(V, 3, "乡镇代码", "西镇")
    county.cell("homes.csv", 3, "乡镇", "北乡")
    found = county.understood().of("unit.former")
    shown = {(p.file, p.found.zh) for p in found}
    assert shown == {
        ("census.csv", "北乡→乙乡（1 行）；东镇→甲镇（1 行）；西镇→甲镇（1 行）"),
        (V, "东镇→甲镇（1 行）；西镇→甲镇（1 行）"),
        ("homes.csv", "北乡→乙乡（1 行）"),
    }
    assert {p.severity for p in found} == {"warning"}
    assert "former.csv" in found[0].what.en
    assert totals(county) == {"330001": 400, "330002": 401, "330003": 402}


def test_totals_of_former_units_that_are_not_all_there_stop_the_run(county):
    with_crosswalk(county)
    county.cell("census.csv", 2, "乡镇代码", "东镇")
    problem = county.refused().the("census.former_incomplete")
    assert (problem.file, problem.found.zh) == ("census.csv", "缺 西镇")


def test_a_unit_counted_with_what_went_into_it_stops_the_run(county):
    with_crosswalk(county)
    county.table("census.csv", [*county.rows("census.csv"), county.rows("census.csv")[0]
                                | {"乡镇代码": "东镇"}])  # fmt: skip
    problem = county.refused().the("census.former_and_present")
    assert (problem.row, problem.found) == (5, "东镇")


def test_a_crosswalk_that_is_not_there_and_one_with_an_unknown_unit(county):
    county.edit('units = "towns.geojson"', CROSSWALK)
    assert "region.crosswalk" in county.refused().the("file.missing").what.en
    county.table("former.csv", [{"原名称": "东镇", "现单元": "甲乡"}])
    problem = county.refused().the("crosswalk.unknown")
    assert (problem.file, problem.row, problem.found) == ("former.csv", 2, "甲乡")
    assert "甲镇" in problem.mend.zh


def test_villages_divide_a_total_where_the_crosswalk_does_not(county):
    with_crosswalk(
        county,
        [{"原名称": "老镇", "现单元": "甲镇"}, {"原名称": "老镇", "现单元": "乙乡"}],
    )
    for row in range(2, 8):
        county.cell(V, row, "乡镇代码", "老镇")
    census = county.rows("census.csv")
    county.table("census.csv", [census[0] | {"乡镇代码": "老镇", "常住人口": "801"}, census[2]])
    done = county.understood()
    # 330 people are read in each of the two.
    assert totals(county) == {"330001": 401, "330002": 400, "330003": 402}
    assert "甲镇 401" in done.the("census.former_shared").found.zh


def test_a_divided_unit_without_shares_and_villages_stops_the_run(county):
    with_crosswalk(
        county,
        [{"原名称": "老镇", "现单元": "甲镇"}, {"原名称": "老镇", "现单元": "乙乡"}],
    )
    county.cell("census.csv", 2, "乡镇代码", "老镇")
    county.table("census.csv", [county.rows("census.csv")[i] for i in (0, 2)])
    assert county.refused().the("census.former_divided").found == "老镇"


def test_names_as_people_write_them(county):
    rename_units(county, ["南明街道", "儒岙镇", "城南乡"])
    county.edit("330001,", "某县南明街道,", "census.csv")
    county.edit("330002,", "儒岙镇人民政府,", "census.csv")
    county.edit("330003,", "城南,", "census.csv")
    county.column("homes.csv", "乡镇", lambda text: {"甲镇": "南明街道办", "乙乡": "儒 岙 镇",
                                                   "丙乡": "330003000000"}[text])  # fmt: skip
    county.column("stations.xlsx", "乡镇", lambda _: "")
    done = county.understood()
    assert totals(county) == {"330001": 400, "330002": 401, "330003": 402}
    assert done.codes == {"unit.county"}
    assert done.the("unit.county").found.zh == "某县 (1)"


@pytest.mark.parametrize("file", ["census.csv", V])
def test_a_code_in_scientific_notation_is_refused_where_it_stands(county, file):
    county.cell(file, 3, "乡镇代码", "3.30002E+11")
    problem = county.refused().the("unit.scientific")
    assert (problem.file, problem.row, problem.column) == (file, 3, "乡镇代码")
    assert problem.found == "3.30002E+11"


def test_a_code_in_scientific_notation_in_the_boundaries(county):
    features = county.read_features("towns.geojson")
    features[1]["properties"]["code"] = "3.30002E+05"
    county.features("towns.geojson", features)
    problem = county.refused().the("unit.scientific")
    assert (problem.file, problem.row, problem.column) == ("towns.geojson", 3, "code")


def test_two_units_of_one_name_in_the_totals(county):
    rename_units(county, ["城关镇", "城关镇", "丙乡"])
    for file in ("homes.csv", "stations.xlsx"):
        county.column(file, "乡镇", lambda _: "")
    county.edit("330001,", "城关镇,", "census.csv")
    problem = county.refused().the("unit.ambiguous")
    assert (problem.file, problem.row, problem.found) == ("census.csv", 2, "城关镇")
    assert "330001" in problem.expected.en
    features = county.read_features("towns.geojson")
    for feature, parent in zip(features, ("东县", "西县", "西县"), strict=True):
        feature["properties"]["所属县"] = parent
    county.features("towns.geojson", features)
    rows = county.rows("census.csv")
    county.table("census.csv", [row | {"所属县": "东县" if i == 0 else ""}
                                for i, row in enumerate(rows)])  # fmt: skip
    assert totals(county) == {"330001": 400, "330002": 401, "330003": 402}


def test_two_villages_of_one_name_of_unit_lie_where_their_points_are(county):
    rename_units(county, ["甲镇", "甲镇", "丙乡"])
    county.cell(V, 2, "乡镇代码", "甲镇")
    county.cell(V, 8, "乡镇代码", "甲镇")
    done = county.understood()
    assert [p.row for p in done.of("unit.by_point") if p.file == V] == [2]
    assert [p.row for p in done.of("unit.ambiguous") if p.file == V] == [8]
    assert done.the("people.unit_unknown").row == 8


def zones(county):
    features = county.read_features("towns.geojson")
    features[2]["properties"]["kind"] = "开发区"
    county.features("towns.geojson", features)


def test_a_zone_counts_as_a_unit_and_that_is_said(county):
    zones(county)
    problem = county.understood().the("region.pseudo_units")
    assert problem.found.zh == "丙乡（开发区等功能区）"
    assert "leave_out" in problem.mend.en
    assert len(load(county.study).region) == 3


def test_a_zone_left_out_is_in_no_share_and_its_people_are_counted(county):
    zones(county)
    county.edit('units = "towns.geojson"', 'units = "towns.geojson"\nleave_out = ["zone"]')
    done = county.accepted()
    problem = done.the("region.left_out")
    assert problem.people == 402
    assert "402 人" in problem.what.zh
    assert "other 2 units" in problem.what.en
    study = county.studies[-1]
    assert study.inputs.region.codes == ["330001", "330002"]
    assert int(study.inputs.demand.totals["all"].sum()) == 801
    facts = study.coverage.frame
    reached = facts[(facts["indicator"] == "people_reached") & (facts["group"] == "all")]
    assert len(reached)
    assert set(reached.groupby("unit_code")["denominator"].first()) == {400, 401, 801}
    # Its facility stays and serves whoever reaches it.
    elderly = study.inputs.layers[0].facilities.sites
    assert len(elderly) == 3
    assert sorted(elderly["unit"]) == ["", "330001", "330002"]


def test_people_left_out_are_those_of_the_places_where_no_total_is_given(county):
    zones(county)
    county.edit('units = "towns.geojson"', 'units = "towns.geojson"\nleave_out = ["zone"]')
    county.edit('totals = "census.csv"\n', "")
    assert county.understood().the("region.left_out").people == 330


def test_kinds_that_are_not_there_and_kinds_told_by_the_name(county):
    county.edit('units = "towns.geojson"', 'units = "towns.geojson"\nleave_out = ["farm"]')
    problem = county.understood().the("region.none_left_out")
    assert (problem.severity, problem.expected.en) == ("warning", "town, township")
    county.edit('["farm"]', '["town"]')
    assert county.understood().the("region.left_out").found.en == "甲镇 (towns)"


def test_leaving_all_out_is_an_error_and_a_kind_that_is_none_too(county):
    features = county.read_features("towns.geojson")
    for feature in features:
        feature["properties"]["kind"] = "zone"
    county.features("towns.geojson", features)
    county.edit('units = "towns.geojson"', 'units = "towns.geojson"\nleave_out = ["zone"]')
    assert county.refused().the("region.all_left_out").found == "zone"
    county.edit('["zone"]', '["园区"]')
    assert "zone" in county.refused().the("study.value").expected.en


def of_another_time(county):
    """甲镇 and 乙乡 came in 2020 out of 老镇; 丙乡 has always been there."""
    features = county.read_features("towns.geojson")
    for feature in features[:2]:
        feature["properties"]["有效自"] = "2020-01-01"
    old = {"code": "330090", "name": "老镇", "有效至": "2019-12-31"}
    ring = features[0]["geometry"]["coordinates"][0]
    far = features[1]["geometry"]["coordinates"][0]
    whole = [ring[0], far[1], far[2], ring[3], ring[0]]
    features.append(
        {"type": "Feature", "properties": old,
         "geometry": {"type": "Polygon", "coordinates": [whole]}}
    )  # fmt: skip
    county.features("towns.geojson", features)


def test_the_day_of_the_study_picks_the_units(county):
    of_another_time(county)
    done = county.understood()
    assert "4" in done.the("region.in_force").what.en
    assert load(county.study).region.codes == ["330001", "330002", "330003"]
    for name in (V, "homes.csv"):
        county.column(name, "乡镇代码" if name == V else "乡镇", lambda _: "")
    county.column("stations.xlsx", "乡镇", lambda _: "")
    then = gather(county.study, Clock(), dated("2019-12-31"))
    assert then.region.codes == ["330003", "330090"]
    assert then.config.date == datetime.date(2019, 12, 31)
    rows = [p for p in then.problems if p.code == "census.not_in_force"]
    assert [(p.row, p.severity) for p in rows] == [(2, "warning"), (3, "warning")]
    assert "甲镇" in rows[0].what.zh
    assert "2020-01-01" in rows[0].what.en
    # Without their totals the people of the old unit are those of its places.
    assert then.inputs.demand.totals["all"].to_dict() == {"330003": 402, "330090": 660}


def test_totals_of_the_old_unit_serve_the_old_day_and_not_the_new(county):
    of_another_time(county)
    county.edit("330001,", "330090,", "census.csv")
    county.table("census.csv", [county.rows("census.csv")[i] for i in (0, 2)])
    then = gather(county.study, Clock(), dated("2019-06-30"))
    assert np.isclose(then.people.totals["all"], [402, 400]).all()
    now = county.understood()
    assert now.the("census.not_in_force").found == "330090"
    assert len(now.of("census.missing_unit")) == 2


def test_no_unit_on_the_day(county):
    features = county.read_features("towns.geojson")
    for feature in features:
        feature["properties"]["valid_from"] = "2026"
    county.features("towns.geojson", features)
    problem = county.refused().the("region.none_in_force")
    assert (problem.file, problem.found.en) == ("towns.geojson", "2026 – …")


def test_two_versions_on_one_day(county):
    features = county.read_features("towns.geojson")
    features.append(features[0] | {"properties": features[0]["properties"] | {"valid_from": 2001}})
    county.features("towns.geojson", features)
    problem = county.refused().the("region.two_versions")
    assert (problem.row, problem.found) == (5, "330001: … – … / 2001 – …")


def yearly(county, name, years):
    rows = county.rows(name)
    county.table(name, [row | {"年份": year} for year in years for row in rows])


def test_of_several_years_the_last_one_before_the_day_is_taken(county):
    rows = county.rows("census.csv")
    older = [row | {"年份": "2020"} for row in rows]
    newer = [row | {"年份": "2024", "常住人口": str(int(row["常住人口"]) + 7)} for row in rows]
    county.table("census.csv", [*newer, *older])
    problem = county.understood().the("census.year")
    assert (problem.file, problem.column, problem.found.zh) == ("census.csv", "年份", "2020、2024")
    assert "2024" in problem.what.en
    assert totals(county) == {"330001": 407, "330002": 408, "330003": 409}
    then = gather(county.study, Clock(), dated("2023-12-31"))
    assert then.people.totals["all"].tolist() == [400, 401, 402]
    county.edit("2025-12-31", "2019-12-31")
    assert county.refused().the("census.no_year").found.en == "2020, 2024"


def test_totals_of_another_year_than_the_study_are_said(county):
    yearly(county, "census.csv", ["2020"])
    assert "2025-12-31" in county.understood().the("census.year").what.zh
    county.edit("2020", "2025", "census.csv")
    assert "census.year" not in county.understood().codes


def test_villages_of_several_years_are_refused_and_one_can_be_chosen(county):
    yearly(county, V, ["2020", "2024"])
    problem = county.refused().the("people.several_years")
    assert (problem.file, problem.column, problem.found.zh) == (V, "年份", "2020、2024")
    assert 'where = { "年份" = "2024" }' in problem.mend.en
    county.edit('source = "villages.csv"', 'source = "villages.csv"\nwhere = { "年份" = "2024" }')
    assert "people.several_years" not in county.understood().codes


def test_the_total_of_the_county_alone(county):
    whole = {"乡镇代码": "某县", "常住人口": "1301", "60岁及以上": "200"}
    county.table("census.csv", [whole])
    features = county.read_features("towns.geojson")
    for feature in features:
        feature["properties"]["所属县"] = "某县"
    county.features("towns.geojson", features)
    done = county.understood()
    assert done.the("census.county_shared").row == 2
    assert "census.missing_unit" not in done.codes
    assert sorted(totals(county).values()) == [433, 434, 434]


def test_keys_of_the_region_that_do_not_exist(county):
    county.edit('units = "towns.geojson"', 'units = "towns.geojson"\ncolumns = { since = "x" }')
    assert "valid_from" in county.refused().the("study.unknown_key").expected.en


def test_a_unit_of_another_county_is_not_the_one_of_its_name(county):
    features = county.read_features("towns.geojson")
    for feature in features:
        feature["properties"]["所属县"] = "东县"
    county.features("towns.geojson", features)
    for name in (V, "homes.csv"):
        rows = [row | {"所属县": "西县" if i == 0 else "东县"} for i, row in
                enumerate(county.rows(name))]  # fmt: skip
        county.table(name, rows)
    county.column(V, "乡镇代码", lambda code: {"330001": "甲镇"}.get(code, code))
    done = county.understood()
    people, site = done.the("people.unit_unknown"), done.the("facility.unit_unknown")
    assert (people.row, people.found) == (2, "西县 甲镇")
    assert (site.row, site.found) == (2, "西县 甲镇")


def test_former_units_of_one_year_and_present_ones_of_another(county):
    with_crosswalk(county, [{"原名称": n, "现单元": "甲镇"} for n in ("东镇", "西镇")])
    rows = county.rows("census.csv")
    older = [rows[0] | {"乡镇代码": n, "常住人口": "150", "年份": "2010"} for n in ("东镇", "西镇")]
    older += [row | {"年份": "2010"} for row in rows[1:]]
    county.table("census.csv", [*older, *(row | {"年份": "2020"} for row in rows)])
    assert totals(county) == {"330001": 400, "330002": 401, "330003": 402}
    then = gather(county.study, Clock(), dated("2015-01-01"))
    assert then.people.totals["all"].tolist() == [300, 401, 402]


def test_a_year_that_is_none_beside_others(county):
    yearly(county, "census.csv", ["2020", "去年"])
    problem = county.refused().of("census.year_value")[0]
    assert (problem.row, problem.column, problem.found) == (5, "年份", "去年")


def test_totals_in_a_workbook_and_periods_as_dates_of_a_geopackage(county):
    with_crosswalk(county, FORMER)
    county.table("former.xlsx", county.rows("former.csv"))
    county.edit('"former.csv"', '{ source = "former.xlsx" }')
    frame = gpd.read_file(county.path("towns.geojson"))
    frame["有效自"] = pd.to_datetime([None, "2020-01-01", "2001-05-01"])
    frame["有效至"] = [np.nan, np.nan, 2019.0]
    frame.to_file(county.path("towns.gpkg"))
    county.edit("towns.geojson", "towns.gpkg")
    done = county.understood()
    assert done.the("region.in_force").what.zh.startswith("文件有 3 个单元，2025-12-31 有效的 2 个")
    assert load(county.study).region.codes == ["330001", "330002"]


def test_only_takes_codes_of_any_length(county):
    county.edit(
        'units = "towns.geojson"', 'units = "towns.geojson"\nonly = ["330001000", "330003"]'
    )
    for name, column in ((V, "乡镇代码"), ("homes.csv", "乡镇")):
        county.column(name, column, lambda _: "")
    county.column("stations.xlsx", "乡镇", lambda _: "")
    county.understood()
    assert load(county.study).region.codes == ["330001", "330003"]
    county.edit('"330003"]', '"330004"]')
    assert county.refused().the("region.only_unknown").found == "330004"


def test_columns_beside_the_totals_that_are_named_and_not_there(county):
    county.edit("groups = {", 'totals_columns = { parent = "县", year = "统计年" }\ngroups = {')
    found = county.refused().of("column.missing")
    assert {(p.file, p.column) for p in found} == {("census.csv", "县"), ("census.csv", "统计年")}
    rows = [row | {"县": "", "统计年": "2024"} for row in county.rows("census.csv")]
    county.table("census.csv", rows)
    assert county.understood().the("census.year").column == "统计年"


def test_a_unit_ends_with_its_year_where_another_begins_elsewhere(county):
    """That 丙乡 begins in 2019 is no reason for 甲镇, far from it, to end before its year does."""
    features = county.read_features("towns.geojson")
    of_old, after, began = (features[0], json.loads(json.dumps(features[0])), features[2])
    of_old["properties"] |= {"valid_from": "2000", "valid_to": "2019"}
    after["properties"] |= {"code": "330011", "valid_from": "2020", "valid_to": ""}
    began["properties"] |= {"valid_from": "2019", "valid_to": ""}
    county.features("towns.geojson", [*features, after])
    county.edit("date = 2025-12-31", "date = 2019-06-30")
    assert list(load(county.study).region.codes) == ["330001", "330002", "330003"]
    after["properties"]["valid_from"] = "2019"
    county.features("towns.geojson", [*features, after])
    assert list(load(county.study).region.codes) == ["330002", "330003", "330011"]
