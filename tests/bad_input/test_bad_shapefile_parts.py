"""A shapefile of which only a part was copied: said at once, with what is missing."""

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from coverplan import cli
from coverplan.io.cells import as_year


def as_shapefile(county, *lost: str) -> None:
    towns = gpd.read_file(county.path("towns.geojson"))
    towns.to_file(county.path("towns.shp"), encoding="GBK")
    for suffix in lost:
        county.path(f"towns{suffix}").unlink()
    county.path("towns.geojson").unlink()
    county.edit("towns.geojson", "towns.shp")


@pytest.mark.parametrize(
    ("lost", "zh", "en"),
    [
        ([".shx"], ".shx", ".shx"),
        ([".dbf"], ".dbf", ".dbf"),
        ([".shx", ".dbf"], ".shx、.dbf", ".shx and .dbf"),
    ],
)
def test_what_is_missing_is_named_and_how_to_get_it(county, lost, zh, en):
    as_shapefile(county, *lost)
    fault = county.refused().the("vector.parts")
    assert fault.file == "towns.shp"
    assert fault.what.zh == f"shapefile 缺少同名的 {zh} 文件"
    assert fault.what.en == f"the shapefile lacks its {en} of the same name"
    assert "towns.shp" in fault.found
    assert lost[0] not in fault.found
    assert "一并复制" in fault.mend.zh


def test_a_draft_says_why_the_file_is_not_used(county):
    as_shapefile(county, ".dbf")
    county.study.unlink()
    done = CliRunner().invoke(cli.app, ["init", str(county.folder), "--yes"])
    assert done.exit_code == 2
    assert "shapefile 缺少同名的 .dbf 文件" in done.stdout + done.stderr


def test_suffixes_in_capitals_belong_to_it_too(county):
    as_shapefile(county)
    for suffix in (".shx", ".dbf"):
        county.path(f"towns{suffix}").rename(county.path(f"towns{suffix.upper()}"))
    assert "vector.parts" not in county.understood().codes


@pytest.mark.parametrize("cell", ["2019-05-01 00:00:00", "2019/5/1 8:30", "2019-05-01T08:30:00.5"])
def test_a_day_with_a_time_names_its_year(county, cell):
    county.cell("homes.csv", 2, "开业年份", cell)
    assert as_year(cell) == 2019
    assert county.understood().problems == []
