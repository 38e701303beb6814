"""People from rasters made here: sums, borders, systems, groups, and every fault."""

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine
from tiny import CRS, X0, Y0, region

from coverplan import InputError, place_people
from coverplan.core.errors import Problems
from coverplan.domain.people_config import PeopleConfig
from coverplan.io import rasterpeople, rasters, read_people
from coverplan.io.paths import Folder

CELL = 100.0
UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
"""Two towns of 10 x 10 cells, a in the west and b in the east."""


def write(folder, people, name="people.tif", *, x0=X0, y1=Y0 + 500, crs=CRS, cell=CELL, **more):
    """A GeoTIFF whose north-west corner is at x0, y1; returns its name."""
    people = np.asarray(people)
    bands = people if people.ndim == 3 else people[None]
    profile = {
        "driver": "GTiff",
        "width": bands.shape[2],
        "height": bands.shape[1],
        "count": bands.shape[0],
        "dtype": str(bands.dtype),
        "crs": crs,
        "transform": Affine(cell, 0, x0, 0, -cell, y1),
        **more,
    }
    with rasterio.open(folder / name, "w", **profile) as raster:
        raster.write(bands)
    return name


def census(folder, text):
    (folder / "census.csv").write_text(text, encoding="utf-8")
    return "census.csv"


def read(folder, *, units=UNITS, groups=None, problems=None, **more):
    config = PeopleConfig.model_validate(
        {"source": "people.tif", "groups": groups or {"all": "人口"}, **more}
    )
    return read_people(Folder(folder), config, units, problems or Problems())


def refused(folder, **more):
    with pytest.raises(InputError) as caught:
        read(folder, **more)
    zh, en = caught.value.render("zh"), caught.value.render("en")
    assert len({zh, en, ""}) == 3
    return {p.code for p in caught.value.problems}


def by_unit(table, group="all"):
    sums = table.places.groupby("unit")[group].sum()
    return {code: pytest.approx(sums.get(code, 0.0), rel=1e-9) for code in "ab"}


def test_each_cell_is_a_point_in_its_middle(tmp_path):
    people = np.zeros((10, 20), np.float32)
    people[2, 3], people[7, 15] = 40, 60
    write(tmp_path, people)
    table = read(tmp_path)
    assert table.places["all"].tolist() == [40, 60]
    assert table.places["unit"].tolist() == ["a", "b"]
    assert table.places["name"].tolist() == ["r2c3", "r7c15"]
    xy = shapely.get_coordinates(table.places.geometry.to_numpy()) - [X0, Y0]
    assert xy == pytest.approx(np.array([[350, 250], [1550, -250]]), abs=1e-6)
    assert table.outside == {"all": 0}


def test_a_cell_that_a_border_cuts_is_divided_by_area(tmp_path):
    people = np.zeros((10, 21), np.float32)
    people[0, 10] = 100  # from 930 to 1030: 70 % in a, 30 % in b
    people[5, 0] = 10  # from -70 to 30: 30 % in a, the rest outside
    people[9, 20] = 30  # from 1930 to 2030: 70 % in b
    write(tmp_path, people, x0=X0 - 70)
    notes = Problems()
    table = read(tmp_path, problems=notes)
    assert by_unit(table) == {"a": 73, "b": 51}
    assert table.outside["all"] == pytest.approx(7 + 9)
    assert [p.code for p in notes] == ["people.raster_border"]
    inside = shapely.within(
        table.places.geometry.to_numpy(), UNITS.units.loc[table.places["unit"]].geometry.to_numpy()
    )
    assert inside.all()


@pytest.mark.parametrize("crs", [4326, 3857, 32650, 4490])
def test_any_system(tmp_path, crs):
    way = Transformer.from_crs(CRS, crs, always_xy=True)
    west, south, east, north = way.transform_bounds(X0 - 500, Y0 - 900, X0 + 2500, Y0 + 900)
    across, down = (east - west) / 60, (north - south) / 40
    write(
        tmp_path,
        np.full((40, 60), 1, np.float32),
        crs=crs,
        transform=Affine(across, 0, west, 0, -down, north),
    )
    table = read(tmp_path)
    # Every place has the same density: people are area over the area of a cell.
    corner = Transformer.from_crs(crs, CRS, always_xy=True)
    x, y = corner.transform([west, west + across, west], [north, north, north - down])
    cell = abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]))
    for unit in "ab":
        sums = table.places.loc[table.places["unit"] == unit, "all"].sum()
        assert sums == pytest.approx(1e6 / cell, rel=2e-3)
    centre = table.places.geometry.union_all().centroid
    assert centre.distance(shapely.Point(X0 + 1000, Y0)) < 15


def test_a_rotated_raster(tmp_path):
    c, s = 50 * np.cos(np.pi / 6), 50 * np.sin(np.pi / 6)
    turned = Affine(c, s, X0 - 500, s, -c, Y0)
    write(tmp_path, np.ones((90, 90), np.float32), transform=turned)
    table = read(tmp_path)
    corners = [
        (X0 - 500 + c * x + s * y, Y0 + s * x - c * y)
        for x, y in ((0, 0), (90, 0), (90, 90), (0, 90))
    ]
    whole = shapely.Polygon(corners)
    for unit in "ab":
        covered = UNITS.units.geometry[unit].intersection(whole).area / 2500
        assert table.places.loc[table.places["unit"] == unit, "all"].sum() == pytest.approx(covered)


def test_tiles_and_blocks_do_not_change_the_sums(tmp_path, monkeypatch):
    people = np.random.default_rng(7).gamma(0.3, 9, (40, 80)).astype(np.float32)
    write(tmp_path, people, cell=25.0)
    write(tmp_path, people * np.float32(0.2), "old.tif", cell=25.0)
    groups = {"all": "人口", "elderly": {"raster": "old.tif"}}
    whole = read(tmp_path, groups=groups)
    monkeypatch.setattr(rasterpeople, "TILE_CELLS", 7)
    tiled = read(tmp_path, groups=groups)
    pd.testing.assert_frame_equal(
        pd.DataFrame(whole.places.drop(columns="geometry")),
        pd.DataFrame(tiled.places.drop(columns="geometry")),
    )
    monkeypatch.setattr(rasterpeople, "KEPT_CELLS", 300)
    blocks = read(tmp_path, groups=groups)
    assert len(blocks.places) < len(whole.places)
    monkeypatch.setattr(rasterpeople, "TILE_CELLS", 1024)
    at_once = read(tmp_path, groups=groups)
    assert at_once.places["name"].tolist() == blocks.places["name"].tolist()
    for group in groups:
        assert by_unit(blocks, group) == by_unit(whole, group)
    assert whole.places["all"].sum() == pytest.approx(float(people.sum(dtype=float)))


def test_cells_are_thin_by_the_people_they_get(tmp_path):
    write(tmp_path, np.full((10, 20), 0.1, np.float32))
    assert len(read(tmp_path).places) < 50
    totals = census(tmp_path, "乡镇,人口\n甲镇,100\n申镇,99\n")
    places = read(tmp_path, totals=totals).places
    assert (places["unit"] == "a").sum() == 100
    assert (places["unit"] == "b").sum() < 60


def test_progress_is_told_tile_by_tile(tmp_path, monkeypatch):
    write(tmp_path, np.ones((10, 20), np.float32))
    monkeypatch.setattr(rasterpeople, "TILE_CELLS", 10)
    told = []
    config = PeopleConfig.model_validate({"source": "people.tif", "groups": {"all": "人口"}})

    def progress(total):
        told.append(total)
        return lambda n: told.append(-n)

    read_people(Folder(tmp_path), config, UNITS, Problems(), progress=progress)
    assert told == [2, -1, -1]


def test_groups_of_every_kind(tmp_path):
    people = np.zeros((10, 20), np.float32)
    people[0, 0], people[0, 9], people[0, 19] = 60, 40, 100
    old = np.zeros((10, 20), np.float32)
    old[0, 0], old[0, 19] = 30, 10
    write(tmp_path, people)
    write(tmp_path, old, "old.tif")
    totals = census(
        tmp_path, "乡镇,人口,老年,户籍人口,幼儿占比\n甲镇,1000,200,1700,5%\n申镇,500,100,700,0.1\n"
    )
    table = read(
        tmp_path,
        totals=totals,
        groups={
            "all": "人口",
            "elderly": {"column": "老年", "raster": "old.tif"},
            "children": {"share": 0.15},
            "infants": {"share_column": "幼儿占比"},
            "registered": {"column": "户籍人口", "registered": True},
        },
    )
    placed = place_people(
        UNITS, table.places, table.groups, table.totals, beyond_all={"registered"}
    )
    points = placed.demand.points.set_index("place")
    assert points["all"].to_dict() == {"r0c0": 600, "r0c9": 400, "r0c19": 500}
    assert points["elderly"].to_dict() == {"r0c0": 200, "r0c9": 0, "r0c19": 100}
    assert points["children"].to_dict() == {"r0c0": 90, "r0c9": 60, "r0c19": 75}
    assert points["infants"].to_dict() == {"r0c0": 30, "r0c9": 20, "r0c19": 50}
    assert points["registered"].to_dict() == {"r0c0": 1020, "r0c9": 680, "r0c19": 700}
    rows = placed.reconciliation.set_index(["unit", "group"])
    assert rows.loc[("a", "elderly"), "read"] == 30
    assert pd.isna(rows.loc[("a", "registered"), "read"])
    assert pd.isna(rows.loc[("a", "registered"), "factor"])
    assert rows.loc[("b", "all"), "factor"] == 5


def test_a_group_without_a_total_stays_unknown(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32))
    totals = census(tmp_path, "乡镇,人口,老年\n甲镇,1000,200\n")
    notes = Problems()
    table = read(tmp_path, totals=totals, groups={"all": "人口", "elderly": "老年"}, problems=notes)
    assert {p.code for p in notes} == {"census.missing_unit"}
    placed = place_people(UNITS, table.places, table.groups, table.totals)
    assert placed.demand.totals.loc["a"].tolist() == [1000, 200]
    assert placed.demand.totals.loc["b", "all"] == 100
    assert pd.isna(placed.demand.totals.loc["b", "elderly"])


def test_a_group_nothing_is_known_of_is_refused(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32))
    notes = Problems()
    read(tmp_path, groups={"all": "人口", "elderly": "老年"}, problems=notes)
    assert [p.code for p in notes.errors] == ["people.group_unknown"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_placed_people_are_the_census_to_the_person(tmp_path, data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    size = data.draw(st.tuples(st.integers(1, 30), st.integers(1, 50)))
    people = rng.gamma(0.2, 5, size).astype(np.float32)
    people[rng.random(size) < data.draw(st.floats(0, 0.9))] = -99
    people[0, 0] = 3
    cell = data.draw(st.sampled_from([37.0, 100.0, 260.0]))
    x0, y1 = X0 + data.draw(st.floats(-30, 30)), Y0 + 500 + data.draw(st.floats(-30, 30))
    write(tmp_path, people, cell=cell, x0=x0, y1=y1, nodata=-99)
    given_a, given_b = (data.draw(st.integers(0, 10**6)) for _ in "ab")
    totals = census(tmp_path, f"乡镇,人口,老年\n甲镇,{given_a},{given_a // 3}\n申镇,{given_b},0\n")
    notes = Problems()
    table = read(tmp_path, totals=totals, groups={"all": "人口", "elderly": "老年"}, problems=notes)
    placed = place_people(UNITS, table.places, table.groups, table.totals, problems=notes)
    for unit, total in (("a", given_a), ("b", given_b)):
        mine = placed.demand.points[placed.demand.points["unit"] == unit]
        unplaced = placed.demand.unplaced.loc[unit, "all"]
        assert mine["all"].sum() + unplaced == total
        assert unplaced in {0, total}
        assert (mine["elderly"] <= mine["all"]).all()
    inside = table.places["all"].sum() + table.outside["all"]
    assert inside <= people[people > 0].sum(dtype=float) + 1e-6


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("people.raster_bands", {"people": np.ones((3, 10, 20), np.float32)}),
        ("people.raster_numbers", {"people": np.ones((10, 20), np.complex64)}),
        ("people.raster_nobody", {"people": np.zeros((10, 20), np.float32)}),
        ("people.raster_nobody", {"people": np.full((10, 20), np.nan, np.float32)}),
        ("people.raster_nobody", {"people": np.full((10, 20), -9, np.int16), "nodata": -9}),
        ("people.raster_nobody", {"people": np.full((10, 20), -9, np.int16)}),
        ("people.raster_value", {"people": np.full((10, 20), np.inf, np.float32)}),
        ("people.raster_value", {"people": np.full((10, 20), -np.inf, np.float32)}),
        ("people.raster_value", {"people": np.full((10, 20), 3.4e38, np.float32)}),
        ("people.raster_elsewhere", {"x0": X0 + 9000}),
        ("people.raster_elsewhere", {"crs": 32601}),
        ("crs.unknown", {"crs": None}),
    ],
)
def test_what_is_no_raster_of_people_is_refused(tmp_path, code, more):
    write(tmp_path, **{"people": np.ones((10, 20), np.float32), **more})
    assert refused(tmp_path) == {code}


def test_a_raster_of_degrees_that_says_metres_lies_elsewhere(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32), x0=117.0, y1=29.0, cell=0.001)
    assert refused(tmp_path) == {"people.raster_elsewhere"}


def test_a_raster_without_a_system_takes_that_of_the_study(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32), crs=None)
    table = read(tmp_path, crs=f"EPSG:{CRS}")
    assert by_unit(table) == {"a": 100, "b": 100}


def test_classes_are_no_people(tmp_path):
    name = write(tmp_path, np.ones((10, 20), np.uint8))
    with rasterio.open(tmp_path / name, "r+") as raster:
        raster.write_colormap(1, {1: (255, 0, 0, 255)})
    assert refused(tmp_path) == {"people.raster_classes"}


@pytest.mark.parametrize(("name", "value"), [("units", "people/km2"), ("descriptions", "密度")])
def test_a_density_is_only_a_pattern(tmp_path, name, value):
    file = write(tmp_path, np.ones((10, 20), np.float32))
    with rasterio.open(tmp_path / file, "r+") as raster:
        setattr(raster, name, (value,))
    notes = Problems()
    read(tmp_path, problems=notes)
    assert [p.code for p in notes.errors] == ["people.raster_density"]
    notes = Problems()
    totals = census(tmp_path, "乡镇,人口\n甲镇,7\n申镇,8\n")
    read(tmp_path, totals=totals, problems=notes)
    assert [(p.code, p.severity) for p in notes] == [("people.raster_density", "warning")]


def test_a_file_of_one_huge_block(tmp_path, monkeypatch):
    monkeypatch.setattr(rasters, "_MOST_BLOCK_CELLS", 100)
    write(tmp_path, np.ones((10, 20), np.float32))
    assert refused(tmp_path) == {"people.raster_blocks"}


def test_a_raster_with_too_many_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(rasterpeople, "_MOST_CELLS", 100)
    write(tmp_path, np.ones((10, 20), np.float32))
    assert refused(tmp_path) == {"people.raster_fine"}


def test_no_position(tmp_path):
    with pytest.warns(NotGeoreferencedWarning):
        write(tmp_path, np.ones((10, 20), np.float32), transform=Affine.identity())
    assert refused(tmp_path) == {"people.raster_no_place"}


@pytest.mark.parametrize("keep", [0, 3, 200, 700])
def test_a_file_cut_short(tmp_path, keep):
    name = write(tmp_path, np.ones((10, 20), np.float32))
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:keep])
    assert refused(tmp_path) <= {"file.unreadable", "file.empty", "people.raster_no_place"}


@pytest.mark.parametrize("seed", range(6))
def test_files_with_bytes_changed_are_read_or_refused(tmp_path, seed):
    rng = np.random.default_rng(seed)
    path = tmp_path / write(tmp_path, np.ones((10, 20), np.float32), compress="deflate")
    whole = path.read_bytes()
    for _ in range(25):
        bytes_ = bytearray(whole)
        for _ in range(int(rng.integers(1, 6))):
            bytes_[int(rng.integers(len(bytes_)))] = int(rng.integers(256))
        path.write_bytes(bytes_)
        try:
            read(tmp_path)
        except InputError as error:
            assert error.problems  # noqa: PT017


def test_other_content_under_the_name_of_a_raster(tmp_path):
    (tmp_path / "people.tif").write_text(
        '<VRTDataset rasterXSize="1" rasterYSize="1"/>', encoding="utf-8"
    )
    assert len(refused(tmp_path)) == 1


def test_negative_cells_are_counted_and_said(tmp_path):
    people = np.ones((10, 20), np.float32)
    people[0, :4], people[1, :3] = -3, np.nan
    write(tmp_path, people)
    notes = Problems()
    table = read(tmp_path, problems=notes)
    assert by_unit(table) == {"a": 93, "b": 100}
    (problem,) = notes
    assert problem.code == "people.raster_negative"
    assert "4 cells" in problem.what.en
    assert "3 without a value" in problem.what.en
    assert problem.found == "-3"


def test_units_the_raster_does_not_cover_are_named(tmp_path):
    write(tmp_path, np.ones((10, 15), np.float32))
    notes = Problems()
    read(tmp_path, problems=notes)
    (problem,) = notes
    assert (problem.code, problem.found.en) == ("people.raster_part", "申镇: 50.0%")


def test_group_rasters_need_the_same_cells(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32))
    groups = {"all": "人口", "elderly": {"raster": "old.tif"}}
    write(tmp_path, np.ones((12, 24), np.float32), "old.tif", x0=X0 - 200, y1=Y0 + 700)
    assert by_unit(read(tmp_path, groups=groups), "elderly") == {"a": 100, "b": 100}
    old = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    write(tmp_path, old, "old.tif", x0=X0 + 200, y1=Y0 + 300)
    table = read(tmp_path, groups=groups)
    found = table.places.set_index("name")["elderly"]
    assert found[["r2c2", "r2c4", "r3c2", "r3c4", "r0c0"]].tolist() == [1, 3, 4, 6, 0]
    write(tmp_path, np.ones((12, 24), np.float32), "old.tif", x0=X0 - 250)
    assert refused(tmp_path, groups=groups) == {"people.raster_grid"}
    write(tmp_path, np.ones((20, 40), np.float32), "old.tif", cell=50.0)
    assert refused(tmp_path, groups=groups) == {"people.raster_grid"}


def test_a_group_larger_than_everybody_is_said(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32))
    write(tmp_path, np.full((10, 20), 2, np.float32), "old.tif")
    notes = Problems()
    read(tmp_path, groups={"all": "人口", "old": {"raster": "old.tif"}}, problems=notes)
    assert [p.code for p in notes] == ["people.more_than_all"]
    notes = Problems()
    group = {"raster": "old.tif", "registered": True}
    read(tmp_path, groups={"all": "人口", "old": group}, problems=notes)
    assert list(notes) == []


def test_a_group_raster_beside_a_table_is_refused(tmp_path):
    (tmp_path / "villages.csv").write_text("村名,经度,纬度,人口\n甲,118,30,5\n", encoding="utf-8")
    config = {"all": "人口", "elderly": {"raster": "old.tif"}}
    assert refused(tmp_path, source="villages.csv", groups=config) == {"people.raster_alone"}


def test_the_record_of_files_names_the_system(tmp_path):
    write(tmp_path, np.ones((10, 20), np.float32))
    folder = Folder(tmp_path)
    config = PeopleConfig.model_validate({"source": "people.tif", "groups": {"all": "人口"}})
    read_people(folder, config, UNITS, Problems())
    (file,) = folder.read
    assert (file.label, file.crs, file.crs_from, file.rows) == (
        "people.tif", f"EPSG:{CRS}", "file", 200,
    )  # fmt: skip
