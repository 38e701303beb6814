"""`coverplan init --yes`: what was taken without asking is said, and no file turns into another."""

import datetime
from pathlib import Path

import folder_county as made
import geopandas as gpd
import pandas as pd
import pytest
import shapely
import typer
from folder_county import FolderCounty
from typer.testing import CliRunner

from coverplan.drafting import Drafted, assumed_lines
from coverplan.initcommand import Silent, draft_folder, init

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(init)


@pytest.fixture
def county(tmp_path: Path) -> FolderCounty:
    folder = tmp_path / "小县"
    folder.mkdir()
    return FolderCounty(folder).usual()


def drafted(county: FolderCounty) -> Drafted:
    day = datetime.date(2026, 3, 1)
    return draft_folder(county.path, county.path / "study.toml", Silent(), today=day)


def test_of_several_years_the_newest_is_taken_and_it_is_said(county: FolderCounty) -> None:
    (county.path / "村表.csv").unlink()
    for year in (2015, 2023, 2020):
        county.table(f"村表{year}.csv", made.villages())
    found = drafted(county)
    assert found.draft.data["people"]["source"] == "村表2023.csv"
    (line,) = assumed_lines(found)
    assert line.zh.startswith("people.source：没有问过，请核对用哪一个")
    assert "村表2020.csv、村表2015.csv" in line.zh
    assert "nobody was asked" in line.en
    done = CliRunner().invoke(app, [str(county.path), "--yes"])
    assert "程序假定的，请确认或改正：\n  people.source：没有问过" in done.output


def test_an_earlier_list_of_a_layer_is_no_register_of_policy(county: FolderCounty) -> None:
    county.table("养老机构2019.csv", made.facilities("敬老院", 25, seed=8))
    found = drafted(county)
    assert found.draft.data["layers"]["elderly_care"]["source"] == "养老机构.csv"
    assert "facilities" not in found.draft.data.get("targets", {})
    assert "养老机构2019.csv" in {each.name for each in found.skipped}


def test_a_damaged_road_file_is_named_beside_the_factor_assumed(county: FolderCounty) -> None:
    path = county.path / "道路.gpkg"
    path.write_bytes(path.read_bytes()[:5000])
    lines = [line.zh for line in assumed_lines(drafted(county))]
    assert any("有读不了的文件：道路.gpkg" in line for line in lines)


def test_one_point_among_the_roads_leaves_them_roads(county: FolderCounty) -> None:
    streets = made.streets()
    point = streets.iloc[[0]].set_geometry([shapely.Point(118.8, 28.9)], crs=streets.crs)
    mixed = gpd.GeoDataFrame(pd.concat([streets, point], ignore_index=True), crs=streets.crs)
    county.shapes("道路.gpkg", mixed)
    data = drafted(county).draft.data
    assert data["roads"]["source"] == "道路.gpkg"
    assert "detour" not in data["roads"]


def test_a_folder_that_is_not_there_is_named_itself(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [str(tmp_path / "没有"), "--yes", "--lang", "en"])
    assert done.exit_code == 2
    assert "there is no such folder" in done.output
    assert "study.toml" not in done.output


def test_people_of_no_place_and_no_unit_are_a_fault_and_not_left_out(county: FolderCounty) -> None:
    table = made.villages().drop(columns="所属乡镇")
    table.loc[2, ["经度", "纬度"]] = float("nan")
    county.table("村表.csv", table)
    found = drafted(county)
    assert "place_missing" not in found.draft.data["people"]
    assert found.problems is not None
    (fault,) = [p for p in found.problems if p.severity == "error"]
    assert (fault.code, fault.file, fault.row) == ("point.none", "村表.csv", 4)
