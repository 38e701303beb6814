"""`coverplan init` on village tables without coordinates: their points, or the sums of units."""

import datetime
import tomllib
from pathlib import Path

import folder_county as made
import geopandas as gpd
import pytest
from folder_county import FolderCounty

from coverplan.clock import Clock
from coverplan.drafting import text_of
from coverplan.initcommand import Silent, draft_folder
from coverplan.loading import gather

TODAY = datetime.date(2026, 3, 1)
PLACES = ["村名", "所属乡镇", "经度", "纬度"]


@pytest.fixture
def county(tmp_path: Path) -> FolderCounty:
    folder = tmp_path / "小县"
    folder.mkdir()
    county = FolderCounty(folder).usual()
    county.table("村表.csv", made.villages().drop(columns=["经度", "纬度"]))
    return county


def drafted(county: FolderCounty, language="zh"):
    """Draft a study with --yes, write it and read it; the text, its tables and what was found."""
    out = county.path / "study.toml"
    draft = draft_folder(county.path, out, Silent(), today=TODAY, language=language)
    text = text_of(draft, language)
    out.write_text(text, encoding="utf-8")
    return text, tomllib.loads(text), gather(out, Clock())


def people_of(found):
    assert not found.problems.errors
    return found.inputs.demand.points[["all", "elderly", "children"]].sum().tolist()


def test_a_table_of_points_says_where_the_villages_stand(county):
    county.table("各村坐标.csv", made.villages()[PLACES].iloc[::-1])
    text, study, found = drafted(county)
    people = study["people"]
    assert people["source"] == "村表.csv"
    assert people["locations"] == {"source": "各村坐标.csv"}
    assert "place_missing" not in people
    assert "各村的点位：列“村名”有 48 个村名中的 48 个" in text
    sums = made.villages()[["常住人口", "60岁及以上", "0-14岁"]].sum().tolist()
    assert people_of(found) == sums


def test_a_layer_of_points_in_a_geopackage(county):
    whole = made.villages()
    points = gpd.points_from_xy(whole["经度"], whole["纬度"], crs=4490)
    frame = gpd.GeoDataFrame({"MC": whole["村名"], "所属乡镇": whole["所属乡镇"]}, geometry=points)
    county.shapes("居民点.gpkg", frame)
    _, study, found = drafted(county)
    assert study["people"]["locations"] == {"source": "居民点.gpkg", "columns": {"name": "MC"}}
    assert not found.problems.errors


def test_villages_without_a_point_are_shared_out_and_loudly_so(county):
    county.table("各村坐标.csv", made.villages()[PLACES].iloc[3:])
    text, study, found = drafted(county)
    assert study["people"]["place_missing"] == "unit"
    line = text.split('place_missing = "unit"')[0].splitlines()[-1]
    assert line.startswith("# ！")
    assert "住处是估计的" in line
    assert people_of(found)[0] == made.villages()["常住人口"].sum()


def test_points_in_a_shifted_datum_are_told_with_the_evidence(county):
    beside = made.facilities("村", 48, gcj02=True)
    points = {"经度": beside["经度"], "纬度": beside["纬度"]}
    county.table("各村坐标.csv", made.villages()[PLACES].assign(**points))
    text, study, found = drafted(county)
    assert study["people"]["locations"] == {"source": "各村坐标.csv", "crs": "GCJ-02"}
    above = text.split("\nlocations = ")[0].splitlines()[-1]
    assert "像是 GCJ-02" in above
    assert not found.problems.errors


def test_polygons_of_villages(county):
    whole = made.villages()
    points = gpd.GeoSeries(gpd.points_from_xy(whole["经度"], whole["纬度"], crs=4490))
    squares = points.to_crs(made.CRS).buffer(400, cap_style="square").to_crs(4490)
    columns = {"村代码": [f"X{i:02d}" for i in range(len(whole))], "村名": whole["村名"]}
    county.shapes("村界.gpkg", gpd.GeoDataFrame(columns, geometry=squares))
    _, study, found = drafted(county)
    assert study["people"]["locations"]["source"] == "村界.gpkg"
    assert study["region"]["units"] == "乡镇边界.gpkg"
    assert not found.problems.errors


def test_without_any_points_the_sums_are_spread_and_loudly_so(county):
    text, study, found = drafted(county)
    people = study["people"]
    assert "source" not in people
    assert (people["totals"], people["spread"]) == ("村表.csv", "streets")
    lines = text.split('totals = "村表.csv"')[0].splitlines()
    assert lines[-1].startswith("# ！村表没有坐标")
    assert people_of(found)[0] == made.villages()["常住人口"].sum()
    assert "census.villages" in {p.code for p in found.problems}


def test_the_census_stands_before_the_sums_of_villages(county):
    sums = made.villages().groupby("所属乡镇", as_index=False)[["常住人口", "60岁及以上", "0-14岁"]]
    county.table("普查.csv", sums.sum())
    text, study, _ = drafted(county)
    assert study["people"]["totals"] == "普查.csv"
    assert "村表.csv：没有文件说明各村在哪里" in text


def test_points_of_something_else_are_not_taken(county):
    others = made.villages()[PLACES].assign(村名=[f"别处{i}村" for i in range(48)])
    county.table("别县坐标.csv", others)
    _, study, _ = drafted(county, "en")
    assert "locations" not in study["people"]
    assert study["people"]["totals"] == "村表.csv"


def test_a_village_table_with_coordinates_is_taken_as_before(county):
    county.table("村表.csv", made.villages())
    county.table("各村坐标.csv", made.villages()[PLACES])
    _, study, _ = drafted(county)
    assert study["people"]["source"] == "村表.csv"
    assert "locations" not in study["people"]
