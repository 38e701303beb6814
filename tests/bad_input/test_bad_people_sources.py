"""Rasters, totals alone, shares and registered people, from the study file to the run."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from coverplan import load

PEOPLE = """source = "villages.csv"
totals = "census.csv"
groups = { all = "常住人口", elderly = "60岁及以上" }
"""


def raster(county, name="people.tif", people=None, **more):
    """Cells of about 100 m over the county, in degrees."""
    if people is None:
        people = np.random.default_rng(3).gamma(0.3, 3, (40, 120)).astype(np.float32)
    west, south, east, north = 118.0, 30.0, 118.12444, 30.03608
    profile = {
        "driver": "GTiff", "width": people.shape[1], "height": people.shape[0], "count": 1,
        "dtype": str(people.dtype), "crs": 4326,
        "transform": Affine(
            (east - west) / people.shape[1], 0, west, 0, (south - north) / people.shape[0], north
        ),
    }  # fmt: skip
    with rasterio.open(county.path(name), "w", **{**profile, **more}) as file:
        file.write(people, 1)


def totals_of(study):
    return study.inputs.demand.totals.astype(int).to_dict("index")


GIVEN = {f"33000{i + 1}": {"all": 400 + i, "elderly": 80 + i} for i in range(3)}
"""The census of the county."""


def test_a_raster_makes_a_study(county):
    raster(county)
    county.edit('"villages.csv"', '"people.tif"')
    done = county.accepted()
    assert not [p for p in done.problems if p.code.startswith("people.")]
    (study,) = county.studies
    assert totals_of(study) == GIVEN
    assert (study.inputs.demand.unplaced == 0).all(axis=None)
    assert len(study.inputs.demand) > 300
    table = study.inputs.reconciliation
    assert table["read"].notna().tolist() == [True, False] * 3
    (file,) = [f for f in study.inputs.files if f.label == "people.tif"]
    assert (file.crs, file.rows) == ("EPSG:4326", 4800)


@pytest.mark.parametrize("spread", ["streets", "buildings", "areas"])
def test_totals_alone_make_a_study(county, spread):
    county.edit('source = "villages.csv"\n', f'spread = "{spread}"\n')
    if spread != "streets":
        county.edit("[roads]", f'{spread} = "towns.geojson"\n[roads]')
    done = county.accepted()
    assert "people.unplaced" not in done.codes
    (study,) = county.studies
    assert totals_of(study) == GIVEN
    assert study.inputs.reconciliation["read"].isna().all()
    assert study.inputs.demand.points["all"].sum() == 1203
    assert [f.label for f in study.inputs.files].count("census.csv") == 1


def test_totals_alone_need_something_to_be_spread_over(county):
    county.edit('source = "villages.csv"\n', "")
    assert county.refused().the("study.missing").column == "people.source"
    county.edit("groups = { all", 'spread = "buildings"\ngroups = { all')
    problem = county.refused().the("study.value")
    assert (problem.column, problem.found) == ("people.spread", "buildings")
    assert problem.expected.en == "the file of buildings"


def test_shapes_are_for_totals_alone(county):
    county.edit(PEOPLE, PEOPLE + 'spread = "areas"\nareas = "towns.geojson"\n')
    problem = county.refused().the("study.value")
    assert (problem.row, problem.column) == (11, "people.spread")
    assert "totals alone" in problem.expected.en
    county.edit('spread = "areas"', 'spread = "streets"')
    assert county.refused().the("study.value").column == "people.areas"


def test_what_is_for_tables_is_not_for_rasters(county):
    raster(county)
    county.edit('"villages.csv"', '"people.tif"\ncolumns = { name = "村名" }')
    assert county.refused().the("study.value").column == "people.columns"


def test_missing_files_of_shapes_are_named(county):
    county.edit('source = "villages.csv"\n', 'spread = "areas"\nareas = "towsn.geojson"\n')
    problem = county.refused().the("file.missing")
    assert "people.areas" in problem.what.zh
    assert "towns.geojson" in problem.mend.zh


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        ("{ share = 0 }", "above 0"),
        ("{ share = 21 }", "1.0 or less"),
        ("{ shar = 0.2 }", None),
        ("{ }", "a column, a raster or a share"),
        ('{ column = "60岁及以上", share = 0.2 }', "one of share"),
        ('{ share = 0.2, share_column = "x" }', "one of share"),
    ],
)
def test_groups_that_make_no_sense(county, group, wanted):
    county.edit('elderly = "60岁及以上"', f"elderly = {group}")
    done = county.refused()
    assert all(p.column.startswith("people.groups.elderly") for p in done.problems)
    if wanted is None:
        assert "share" in done.the("study.unknown_key").mend.en
    else:
        assert wanted in done.the("study.value").expected.en


def test_everybody_is_a_column(county):
    county.edit('all = "常住人口"', "all = { share = 0.5 }")
    assert "a column of everybody" in county.refused().the("study.value").expected.en


def test_a_group_may_not_be_called_weight(county):
    county.edit("elderly = ", "weight = ")
    assert "study.name" in county.refused().codes


def test_a_share_of_everybody(county):
    county.edit('elderly = "60岁及以上"', "elderly = { share = 0.25 }")
    (study,) = county.accepted() and county.studies
    assert [row["elderly"] for row in totals_of(study).values()] == [100, 100, 100]
    assert study.inputs.reconciliation["read"].notna().all()


def test_a_share_by_unit_is_that_of_its_villages(county):
    county.edit('elderly = "60岁及以上"', 'elderly = { share_column = "占比" }')
    county.table(
        "census.csv",
        [row | {"占比": f"{20 + i}%"} for i, row in enumerate(county.rows("census.csv"))],
    )
    (study,) = county.accepted() and county.studies
    assert [row["elderly"] for row in totals_of(study).values()] == [80, 84, 88]
    read = study.inputs.reconciliation.query("group == 'elderly'")["read"].tolist()
    assert read == pytest.approx([330 * 0.20, 330 * 0.21, 330 * 0.22])


def test_a_share_by_village(county):
    county.edit('totals = "census.csv"\n', "")
    county.edit('elderly = "60岁及以上"', 'elderly = { share_column = "占比" }')
    county.table("villages.csv", [row | {"占比": "0.1"} for row in county.rows("villages.csv")])
    (study,) = county.accepted() and county.studies
    assert [row["elderly"] for row in totals_of(study).values()] == [33, 33, 33]


def test_a_percentage_without_its_sign_is_no_share(county):
    county.edit('elderly = "60岁及以上"', 'elderly = { share_column = "占比" }')
    county.table("census.csv", [row | {"占比": "21"} for row in county.rows("census.csv")])
    problem = county.refused().of("people.share")[0]
    assert (problem.file, problem.column, problem.found) == ("census.csv", "占比", "21")
    assert "%" in problem.expected.zh


def test_the_column_of_shares_must_be_there(county):
    county.edit('elderly = "60岁及以上"', 'elderly = { share_column = "占比" }')
    problem = county.refused().the("column.missing")
    assert (problem.file, problem.column) == ("census.csv", "占比")


def test_more_registered_than_living_here(county):
    for name in ("villages.csv", "census.csv"):
        rows = [row | {"户籍": str(int(row["常住人口"]) * 2)} for row in county.rows(name)]
        county.table(name, rows)
    county.edit('elderly = "60', 'registered = "户籍", elderly = "60')
    found = county.refused().of("census.more_than_all")
    assert "registered = true" in found[0].mend.zh
    county.edit('registered = "户籍"', 'registered = { column = "户籍", registered = true }')
    done = county.understood()
    assert "people.more_than_all" not in done.codes


def test_a_group_raster_needs_a_raster_of_everybody(county):
    raster(county, "old.tif")
    county.edit('elderly = "60岁及以上"', 'elderly = { raster = "old.tif" }')
    assert county.refused().the("people.raster_alone").file == "villages.csv"


def test_a_raster_for_a_group_nothing_is_known_of(county):
    raster(county)
    county.edit('"villages.csv"', '"people.tif"')
    county.edit('totals = "census.csv"\n', "")
    assert "elderly" in county.refused().the("people.group_unknown").what.en


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("people.raster_elsewhere", {"crs": 32617}),
        ("people.raster_nobody", {"people": np.zeros((4, 4), np.float32)}),
        ("people.raster_value", {"people": np.full((4, 4), 1e9, np.float32)}),
    ],
)
def test_a_raster_of_no_use(county, code, more):
    raster(county, **more)
    county.edit('"villages.csv"', '"people.tif"')
    assert county.refused().the(code).file == "people.tif"


def test_a_raster_cannot_be_in_the_datum_of_a_web_map(county):
    raster(county)
    county.edit('"villages.csv"', '"people.tif"\ncrs = "GCJ-02"')
    assert county.refused().codes & {"people.raster_datum", "crs.unknown"}


def test_a_run_says_how_people_came_to_their_points(county):
    raster(county)
    county.edit('"villages.csv"', '"people.tif"')
    (study,) = county.accepted() and county.studies
    assert "the raster people.tif" in study.inputs.spread.en
    page = (county.result / "map.html").read_text(encoding="utf-8")
    assert "人口取自栅格 people.tif" in page
    county.edit('source = "people.tif"\n', 'spread = "streets"\n')
    assert "位置是估计的" in load(county.study).spread.zh


def test_registered_people_are_not_held_to_those_who_live_there(county):
    for name in ("villages.csv", "census.csv"):
        rows = [row | {"户籍": str(int(row["常住人口"]) + 7)} for row in county.rows(name)]
        county.table(name, rows)
    group = 'registered = { column = "户籍", registered = true }'
    county.edit('elderly = "60', f'{group}, elderly = "60')
    done = county.accepted()
    assert not done.codes & {"people.more_than_all", "people.more_than_placed"}
    placed = county.studies[-1].inputs.demand.placed()
    assert placed["registered"].tolist() == [407, 408, 409]
