"""What the guides say of the study file, tables, coordinates and people is what is read."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import geopandas as gpd
import numpy as np
import pytest
import shapely
from guidepages import LANGUAGES, Page, page, rows, unnamed
from pydantic import BaseModel

import coverplan
from coverplan.core.crs import system, working_crs
from coverplan.core.datum import DATUMS, datum_named
from coverplan.domain.config import (
    MOST_DETOUR,
    LayerConfig,
    RegionConfig,
    RoadsConfig,
    UnitKind,
)
from coverplan.domain.goal_config import GoalConfig
from coverplan.domain.people_config import GroupConfig, PeopleConfig, Spread, SpreadFile
from coverplan.domain.repair_config import MOST_JOIN_METRES, RepairConfig
from coverplan.domain.targets_config import PlaceTable, TargetsConfig
from coverplan.io import archives, crosswalk, sheets
from coverplan.io.bookparts import MOST_BYTES
from coverplan.io.columns import USUAL_NAMES
from coverplan.io.content import MOST_VECTOR_BYTES, MOST_VECTOR_ROWS
from coverplan.io.datumevidence import Move, against_lines, moved
from coverplan.io.studyfile import study_from_dict

TABLES: dict[str, type[BaseModel]] = {
    "region": RegionConfig,
    "roads": RoadsConfig,
    "targets": TargetsConfig,
}
EXAMPLES = ["guide/study-file.md", "guide/inputs.md", "guide/targets.md"]


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/inputs.md")


def test_the_study_file_shown_is_right() -> None:
    for language in LANGUAGES:
        shown = page(language, "guide/study-file.md").fenced("toml")[0]
        config = study_from_dict(tomllib.loads(shown), text=shown)
        assert set(config.layers) == {"elderly_care", "canteen"}


@pytest.mark.parametrize("table", [PeopleConfig, GroupConfig, SpreadFile], ids=lambda t: t.__name__)
def test_every_key_of_people_is_told(guide: Page, table: type[BaseModel]) -> None:
    told = guide.part("people")
    words = [*table.model_fields, *get_args(Spread)]
    assert unnamed([w for w in words if w not in {"columns", "points"}], told) == []


def test_where_facilities_without_coordinates_stand_is_told(guide: Page) -> None:
    field = LayerConfig.model_fields["place_missing"]
    words = [*get_args(field.annotation), "place_missing", "precision", "point", "township"]
    assert field.default == "refuse"
    assert unnamed(words, guide.part("no-coordinates")) == []
    sites = page(guide.language, "reference/files.md").part("sites-csv")
    assert "| `precision` |" in sites


def test_what_is_written_for_crs_is_read(guide: Page) -> None:
    told = guide.part("coordinates")
    assert unnamed(list(DATUMS), told) == []
    words = re.findall(r'"([^"]+)"', "".join(t for t in told.splitlines() if t.startswith("|")))
    words = [word for word in words if word not in {"X", "Y"}]
    assert {"EPSG:4490", "GCJ-02", "BD-09"} <= set(words)
    assert [word for word in words if datum_named(word) is None and system(word) is None] == []
    found = {name: row for row in told.splitlines() for name in DATUMS if f'"{name}"' in row}
    for name, row in found.items():
        called = [w for w in re.findall(r'"([^"]+)"', row) if w]
        assert {datum_named(word) for word in called} == {name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_are_right(language: str) -> None:
    blocks = [b for name in EXAMPLES for b in page(language, name).fenced("toml")]
    read: list[str] = []
    for block in (b for b in blocks if b.startswith("[")):
        table = tomllib.loads(block)
        (key,) = table
        read.append(key)
        if key == "people":
            people = PeopleConfig.model_validate(table[key])
            assert people.from_raster != people.totals_alone
        elif key == "layers":
            for layer in table[key].values():
                assert [GoalConfig.model_validate(goal) for goal in layer["goals"]]
        else:
            TABLES[key].model_validate(table[key])
    twice = ["people", "people", "region", "roads", "roads", "targets", "targets"]
    assert sorted(read) == ["layers", *twice]


def test_mending_roads_is_told_with_its_defaults(guide: Page) -> None:
    told = rows(guide.part("repair-roads"))
    for key, field in RepairConfig.model_fields.items():
        default = "`true`" if field.default is True else f"{field.default:g}"
        assert default in told[key], key
    assert f"{MOST_JOIN_METRES:g}" in told["join_metres"]
    (block,) = guide.fenced("toml", under="repair-roads")
    said = re.findall(r"\{ (.*?) \}", block)[0]
    assert RepairConfig.model_validate(tomllib.loads(f"x = {{ {said} }}")["x"]) == RepairConfig()


def test_roads_that_are_missing_or_far_are_told(guide: Page) -> None:
    words = ["detour", "straight_kmh", "straight", "unplaced", "barriers"]
    told = guide.part("no-road-file")
    assert unnamed(words, told) == []
    assert RoadsConfig.model_fields["detour"].default is None
    assert re.search(rf"1 (?:and|至) {MOST_DETOUR:g}\b", told)
    assert unnamed(["barriers", "cache"], guide.part("roads", own=True)) == []
    clip = guide.part("clip")
    metres = int(re.findall(r"clip_metres = (\d+)", clip)[0])
    assert re.search(rf"(?:here|这里是) {metres / 2000:g}\b", clip)


def test_units_that_change_are_told(guide: Page) -> None:
    told = guide.part("units")
    words = [*get_args(UnitKind), "repair", "leave_out", "crosswalk", "--date"]
    assert unnamed([*words, *PlaceTable.model_fields, "parent"], told) == []
    lines = [row for row in told.splitlines() if row.startswith("| `")]
    for column in crosswalk._COLUMNS:
        (row,) = [row for row in lines if f"`{column.key}`" in row]
        assert column.names[0] in row
    for key in ("valid_from", "valid_to"):
        assert any(f"`{key}` {name}" in guide.part("days") for name in USUAL_NAMES[key])
    assert any(f"{name}" in told for name in USUAL_NAMES["parent"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_formats_and_limits_are_told(language: str) -> None:
    files = page(language, "reference/files.md")
    told = files.part("read")
    formats = ["GeoPackage", "Shapefile", "GeoJSON", "TopoJSON", "GeoParquet", "FlatGeobuf"]
    formats += ["GML", "KML", "MapInfo", "PostGIS", "GeoTIFF", ".gdb", ".osm.pbf", ".graphml"]
    assert [name for name in formats if name not in told] == []
    records, cells = MOST_VECTOR_ROWS, sheets._MOST_ROWS
    wanted = [
        f"{MOST_VECTOR_BYTES / 2**30:g} GB",
        files.say(f"{records // 10_000:,} 万条", f"{records // 10**6} million records"),
        f"{MOST_BYTES / 2**30:g} GB",
        files.say(f"{cells // 10_000:,} 万行", f"{cells // 10**6} million rows"),
    ]
    assert [w for w in wanted if w not in told] == []
    assert archives._MOST_RATIO == 1000


@pytest.fixture(scope="module")
def without_roads(root: Path) -> float:
    """Older people the sample's homes reach along straight lines, times the factor shown."""
    sample = root / "data" / "geo" / "yunxi"
    if not sample.is_dir():
        pytest.skip("the sample county is not here")
    table = tomllib.loads((sample / "study.toml").read_text(encoding="utf-8"))
    people = {key: table["people"][key] for key in ("groups", "source", "totals")}
    people |= {key: str(sample / people[key]) for key in ("source", "totals")}
    homes = table["layers"]["elderly_care"]["source"]
    config = {
        "title": table["title"],
        "date": table["date"],
        "region": {"units": str(sample / table["region"]["units"])},
        "people": people,
        "roads": {"detour": 1.4},
        "layers": {"elderly_care": {"source": str(sample / homes)}},
    }
    study = coverplan.run(coverplan.StudyConfig.model_validate(config))
    found = study.coverage.select(layer="elderly_care", indicator="people_reached", minutes=15)
    (reached,) = found[found["unit_code"] == "total"]["value"]
    return float(reached)


def test_the_sample_without_roads_reaches_what_is_said(guide: Page, without_roads: float) -> None:
    (block,) = guide.fenced("toml", under="no-road-file")
    assert tomllib.loads(block)["roads"]["detour"] == 1.4
    assert f"{without_roads:,.0f} " in guide.part("no-road-file")


@pytest.fixture(scope="module")
def recognised(test_data: Path) -> dict[int, tuple[int, int]]:
    """Of 40 draws of points beside roads in Wuhan: shifts recognised, and false alarms."""
    crs = working_crs(114.3, 30.6)
    frame = gpd.read_parquet(test_data / "realdata" / "cn_wuhan" / "roads.parquet")
    roads = shapely.STRtree(frame.geometry.to_crs(crs).to_numpy())
    shift = Move("GCJ-02", of_file=False)
    found = {}
    for number in (13, 30, 50):
        seen = alarms = 0
        for seed in range(40):
            rng = np.random.default_rng(seed)
            some = roads.geometries[rng.integers(0, len(roads.geometries), number)]
            on = shapely.line_interpolate_point(some, rng.random(number), normalized=True)
            xy = shapely.get_coordinates(on) + rng.normal(0, 30, (number, 2))
            alarms += against_lines(xy, moved(xy, crs), roads).move is not None
            shifted = moved(xy, crs)[shift]
            told = against_lines(shifted, moved(shifted, crs), roads).move
            seen += told == Move("GCJ-02", of_file=True)
        found[number] = (seen, alarms)
    return found


def test_how_many_points_show_a_shift_is_measured(
    guide: Page, recognised: dict[int, tuple[int, int]]
) -> None:
    told = guide.part("coordinates")
    assert [recognised[n] for n in (13, 50)] == [(0, 0), (40, 0)]
    seen, alarms = recognised[30]
    assert alarms == 0
    assert guide.say(f"40 次里有 {seen} 次认出", f"in {seen} of 40 draws, 50 always") in told
    assert guide.say("少于 14 个点", "Under 14 points") in told
    assert guide.say("没有偏移的 80 次", "none of the 80 draws") in told


def test_the_memory_of_a_large_file_was_measured(guide: Page, root: Path) -> None:
    results = (root / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    (size,) = re.findall(r"in one `\.osm\.pbf` of (\d+) MB", results)
    whole = re.findall(
        r"^\| coverplan \| \d+ \| ([\d,]+) \| [\d,]+ edges cut", results, re.MULTILINE
    )
    clipped = re.findall(
        r"^\| coverplan, `clip_metres` \| \d+ \| ([\d,]+) \|", results, re.MULTILINE
    )
    told = guide.part("clip")
    assert f"{size} MB" in told
    for (megabytes,) in (whole, clipped):
        assert f"{int(megabytes.replace(',', '')) / 1000:.1f} GB" in told
