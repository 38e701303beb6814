"""Villages and their points in two files: what the whole file says, the two say together."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import tiny
from hypothesis import given
from hypothesis import strategies as st

from coverplan.core.errors import Problems
from coverplan.io import read_people, read_region, read_study
from coverplan.io.formertotals import GivenTotal
from coverplan.io.paths import Folder
from coverplan.io.sharedout import share_out_missing
from coverplan.io.villagenames import VillageIndex, same_village, within_unit
from coverplan.io.villagetotals import added_up, listed_by_village, note_villages, village_column

SAMPLE = Path(__file__).parents[3] / "data" / "geo" / "yunxi"
USED = ("townships.gpkg", "census.csv", "study.toml")


def people_of(folder: Path, key: str = ""):
    """Read the people of the sample county from a folder."""
    study = folder / "study.toml"
    said = f'source = "villages.xlsx"\n{key}'
    text = study.read_text(encoding="utf-8").replace('source = "villages.xlsx"', said)
    study.write_text(text, encoding="utf-8")
    config, problems = read_study(study), Problems()
    region = read_region(Folder(folder), config.region, config.crs)
    people = read_people(Folder(folder), config.people, region, problems)
    return people, list(problems)


@pytest.fixture(scope="module")
def villages() -> pd.DataFrame:
    return pd.read_excel(SAMPLE / "villages.xlsx", dtype=str)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    for name in (*USED, "villages.xlsx"):
        shutil.copy(SAMPLE / name, folder)
    return people_of(folder)


@pytest.fixture
def split(tmp_path, villages):
    """The sample county with the coordinates of its villages taken out."""
    for name in USED:
        shutil.copy(SAMPLE / name, tmp_path)
    villages.drop(columns=["经度", "纬度"]).to_excel(tmp_path / "villages.xlsx", index=False)
    return tmp_path


def same(found, whole, metres=0.0):
    """Assert that two tables of people hold the same."""
    plain = [one.places.drop(columns="geometry") for one in (found, whole)]
    pd.testing.assert_frame_equal(*plain)
    away = shapely.distance(found.places.geometry.to_numpy(), whole.places.geometry.to_numpy())
    assert away.max() <= metres
    pd.testing.assert_frame_equal(found.totals, whole.totals)
    assert found.outside == whole.outside


def test_the_sample_county_by_code(split, villages, whole):
    villages[["村编码", "经度", "纬度"]].iloc[::-1].to_csv(split / "点位.csv", index=False)
    people, said = people_of(split, 'locations = "点位.csv"')
    same(people, whole[0])
    (note,) = [p for p in said if p.code == "people.located"]
    assert "260 条没有坐标的记录中，260 条的点位取自 点位.csv：按村代码 260 条" in note.what.zh
    rest = {p.code for p in said} - {"people.located", "people.location_outside"}
    assert rest <= {p.code for p in whole[1]}


def test_the_sample_county_by_name_within_its_township(split, villages, whole):
    frame = villages[["村名", "所属乡镇", "经度", "纬度"]].astype({"经度": float, "纬度": float})
    short = frame["村名"].str.replace("社区$", "居委会", regex=True)
    frame["村名"] = short.where(np.arange(len(short)) % 3 > 0, frame["所属乡镇"] + short)
    points = gpd.points_from_xy(frame.pop("经度"), frame.pop("纬度"), crs=4326)
    gpd.GeoDataFrame(frame, geometry=points).to_file(split / "points.gpkg")
    people, said = people_of(split, 'locations = { source = "points.gpkg" }')
    same(people, whole[0], 1e-6)
    (note,) = [p for p in said if p.code == "people.located"]
    assert "按村代码 0 条，按村名 260 条" in note.what.zh


def test_without_a_column_of_units_the_polygon_says_where_a_point_is(split, villages):
    villages[["村名", "经度", "纬度"]].to_csv(split / "点位.csv", index=False)
    people, said = people_of(split, 'locations = "点位.csv"\nplace_missing = "unit"')
    lost = [p.row for p in said if p.code == "people.no_location"]
    # Villages of the sample that lie beyond the line of their township are not found there.
    assert 260 - len(people.places) == len(lost) < 10
    assert people.places["all"].sum() == villages["常住人口"].astype(int).sum()


@pytest.mark.parametrize(
    ("one", "other", "fit"),
    [
        ("花园村", "花园村", 3),
        ("花园村民委员会", "花园村", 2),
        ("花园居委会", "花园社区居民委员会", 2),
        ("花园", "花园村委会", 1),
        ("花园社区", "花园村", 0),
        ("花园村", "上花园村", 0),
    ],
)
def test_names_that_are_one(one, other, fit):
    assert same_village(one, other) == same_village(other, one) == fit


@pytest.mark.parametrize(
    ("text", "unit", "name"),
    [
        ("城关镇花园村", "城关镇", "花园村"),
        ("云溪县城关镇花园村", "城关镇", "花园村"),
        ("新城关镇花园村", "城关镇", "新城关镇花园村"),
        ("城关镇村", "城关镇", "城关镇村"),
        ("花园村", "", "花园村"),
    ],
)
def test_the_township_before_a_name(text, unit, name):
    assert within_unit(text, unit) == name


@given(st.lists(st.sampled_from(["花园村", "花园社区", "花园", "东村", "东"]), max_size=6))
def test_the_best_name_is_found(names):
    index = VillageIndex([""] * len(names), ["u"] * len(names), names)
    for name in ("花园村", "花园社区", "花园", "东村"):
        fits = [same_village(name, other) for other in names]
        best = max(fits, default=0)
        wanted = [i for i, fit in enumerate(fits) if fit == best > 0]
        assert index.of_name("u", name) == (wanted, best)
        assert index.of_name(None, name)[0] == wanted
        assert index.of_name("v", name)[0] == []


counts = st.integers(0, 10_000)
record = st.tuples(st.sampled_from("AB"), st.booleans(), counts, st.floats(0, 1))


@given(st.lists(record, min_size=1, max_size=20))
def test_nobody_is_lost_in_sharing_out(records):
    region = tiny.region((0, 0, 100, 100), (100, 0, 200, 100))
    units = dict(zip("AB", region.codes, strict=True))
    frame = gpd.GeoDataFrame(
        {
            "unit": [units[unit] for unit, *_ in records],
            "all": [float(people) for *_, people, _ in records],
            "elderly": [float(int(people * share)) for *_, people, share in records],
        },
        geometry=[shapely.Point(0, 0) if there else None for _, there, *_ in records],
        crs=region.crs,
    )
    problems = Problems()
    found = share_out_missing(frame, ["all", "elderly"], region, problems, file="x.csv")
    assert found.geometry.notna().all()
    refused = {p.found for p in problems.errors}
    for code in units.values():
        before, after = frame[frame["unit"] == code], found[found["unit"] == code]
        if before.empty or region.names[code] in refused:
            assert after.empty
            continue
        for group in ("all", "elderly"):
            assert after[group].sum() == before[group].sum()
            own = before[before.geometry.notna()][group]
            assert (after[group] >= own).all()
        assert (after["elderly"] <= after["all"]).all()


@pytest.mark.parametrize(
    ("names", "column"),
    [
        (["所属乡镇", "村名", "常住人口"], "村名"),
        (["所属乡镇", "村(社区)名称", "常住人口"], "村(社区)名称"),
        (["所属乡镇", "village", "people"], "village"),
        (["所属乡镇", "乡镇名称", "常住人口"], None),
        (["所属乡镇", "名称", "常住人口"], None),
        (["所属乡镇", "常住人口"], None),
    ],
)
def test_which_column_names_villages(names, column):
    assert village_column(names, "所属乡镇") == column


@pytest.mark.parametrize(
    ("rows", "units"),
    [
        ([("a", "x"), ("a", "y"), ("b", "x"), ("b", "z")], {"a", "b"}),
        ([("a", "x"), ("a", "x"), ("b", "x"), ("b", "z")], {"b"}),
        ([("a", ""), ("a", "y")], set()),
        ([("a", "x"), ("b", "y")], set()),
    ],
)
def test_which_units_are_listed_by_village(rows, units):
    keys, names = zip(*rows, strict=True)
    assert listed_by_village(keys, names) == units


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10**6)), min_size=1))
def test_nobody_is_lost_or_gained_in_adding_up(rows):
    totals = [
        GivenTotal(unit, i + 2, unit, {"all": float(people), "elderly": people / 2})
        for i, (unit, people) in enumerate(rows)
    ]
    found = added_up(totals)
    assert sorted(row.node for row in found) == sorted({unit for unit, _ in rows})
    for row in found:
        mine = [people for unit, people in rows if unit == row.node]
        assert row.people == {"all": sum(mine), "elderly": sum(mine) / 2}
    note = note_villages("x.csv", "村名", ["a"], totals)
    assert note.people == sum(people for _, people in rows)
