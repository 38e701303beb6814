"""What the guides say of tables, coordinates and people is what the program reads."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from coverplan.core.crs import system
from coverplan.core.datum import DATUMS, datum_named
from coverplan.domain.config import (
    MOST_DETOUR,
    LayerConfig,
    MapConfig,
    OutputConfig,
    RegionConfig,
    RoadsConfig,
    StudyConfig,
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

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ["README.md", "README.zh-CN.md"]
TABLES: dict[str, type[BaseModel]] = {
    "region": RegionConfig,
    "roads": RoadsConfig,
    "targets": TargetsConfig,
}
HEADS = {
    "README.md": ["### Tables as", "### Coordinates", "### People:", "### Units:", "### Roads\n"],
    "README.zh-CN.md": ["### 表格不必", "### 坐标\n", "### 人口：", "### 单元：", "### 道路\n"],
}


def part(guide: str, number: int) -> str:
    """Return one subsection: 0 tables, 1 coordinates, 2 people, 3 units, 4 roads."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    return re.split(r"\n##", text.split(HEADS[guide][number])[1])[0]


def unnamed(words: list[str], text: str) -> list[str]:
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    known = set(re.findall(r"[\w.-]+", " ".join(spans)))
    return [word for word in words if word not in known]


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("table", [PeopleConfig, GroupConfig, SpreadFile], ids=lambda t: t.__name__)
def test_every_key_of_people_is_told(guide: str, table: type[BaseModel]) -> None:
    told = part(guide, 2)
    words = [*table.model_fields, *get_args(Spread)]
    assert unnamed([w for w in words if w not in {"columns", "points"}], told) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_where_facilities_without_coordinates_stand_is_told(guide: str) -> None:
    field = LayerConfig.model_fields["place_missing"]
    words = [*get_args(field.annotation), "place_missing", "precision", "point", "township"]
    assert field.default == "refuse"
    assert unnamed(words, part(guide, 0)) == []
    text = (ROOT / guide).read_text(encoding="utf-8")
    columns = re.split(r"<summary>[^<]*sites\.csv", text)[1].split("</details>")[0]
    assert "| `precision` |" in columns


@pytest.mark.parametrize("guide", GUIDES)
def test_what_the_guides_write_for_crs_is_read(guide: str) -> None:
    told = part(guide, 1)
    assert unnamed(list(DATUMS), told) == []
    words = re.findall(r'"([^"]+)"', "".join(t for t in told.splitlines() if t.startswith("|")))
    words = [word for word in words if word not in {"X", "Y"}]
    assert {"EPSG:4490", "GCJ-02", "BD-09"} <= set(words)
    assert [word for word in words if datum_named(word) is None and system(word) is None] == []
    rows = {name: row for row in told.splitlines() for name in DATUMS if f'"{name}"' in row}
    for name, row in rows.items():
        called = [w for w in re.findall(r'"([^"]+)"', row) if w]
        assert {datum_named(word) for word in called} == {name}


@pytest.mark.parametrize("guide", GUIDES)
def test_the_examples_in_the_guides_are_right(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    blocks = [b for b in re.findall(r"```text\n(.*?)```", text, re.DOTALL) if b.startswith("[")]
    read: list[str] = []
    for block in blocks:
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


@pytest.mark.parametrize("guide", GUIDES)
def test_every_key_of_the_study_file_is_told(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    summary = "<summary>All keys" if guide == "README.md" else "<summary>全部的键"
    told = text.split(summary)[1].split("</details>")[0]
    tables = (StudyConfig, RegionConfig, PeopleConfig, RoadsConfig, LayerConfig, MapConfig)
    keys = {key for table in (*tables, OutputConfig) for key in table.model_fields}
    assert unnamed(sorted(keys), told + " `layers` `map` `output` `people` `region` `roads`") == []
    rows = [row.split("|")[1] for row in told.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) <= keys
    tables_named = re.findall(r"\*\*`\[(\w+)", told)
    assert tables_named == ["region", "people", "roads", "layers", "map", "output"]


@pytest.mark.parametrize("guide", GUIDES)
def test_mending_roads_is_told_with_its_defaults(guide: str) -> None:
    told = part(guide, 4)
    rows = {row.split("`")[1]: row for row in told.splitlines() if row.startswith("| `")}
    for key, field in RepairConfig.model_fields.items():
        default = "`true`" if field.default is True else f"{field.default:g}"
        assert default in rows[key], key
    assert f"{MOST_JOIN_METRES:g}" in rows["join_metres"]
    (block,) = [b for b in re.findall(r"```text\n(.*?)```", told, re.DOTALL) if "repair" in b]
    said = re.findall(r"\{ (.*?) \}", block)[0]
    assert RepairConfig.model_validate(tomllib.loads(f"x = {{ {said} }}")["x"]) == RepairConfig()


@pytest.mark.parametrize("guide", GUIDES)
def test_roads_that_are_missing_or_far_are_told(guide: str) -> None:
    told = part(guide, 4)
    words = ["detour", "straight_kmh", "clip_metres", "straight", "unplaced", "barriers", "cache"]
    assert unnamed(words, told) == []
    assert RoadsConfig.model_fields["detour"].default is None
    assert re.search(rf"1 (?:and|至) {MOST_DETOUR:g}\b", told)
    metres = int(re.findall(r"clip_metres = (\d+)", told)[0])
    assert re.search(rf"(?:here|这里是) {metres / 2000:g}\b", told)


@pytest.mark.parametrize("guide", GUIDES)
def test_units_that_change_are_told(guide: str) -> None:
    told = part(guide, 3)
    words = [*get_args(UnitKind), "repair", "leave_out", "crosswalk", "--date"]
    assert unnamed([*words, *PlaceTable.model_fields, "parent"], told) == []
    rows = [row for row in told.splitlines() if row.startswith("| `")]
    for column in crosswalk._COLUMNS:
        (row,) = [row for row in rows if f"`{column.key}`" in row]
        assert column.names[0] in row
    for key in ("valid_from", "valid_to"):
        assert any(f"`{key}` {name}" in told for name in USUAL_NAMES[key])
    assert any(f"{name}" in told for name in USUAL_NAMES["parent"])


@pytest.mark.parametrize("guide", GUIDES)
def test_formats_and_limits_are_told(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    head = "### Files\n" if guide == "README.md" else "### 文件\n"
    told = text.split(head)[1].split("\n### ")[0]
    formats = ["GeoPackage", "Shapefile", "GeoJSON", "TopoJSON", "GeoParquet", "FlatGeobuf"]
    formats += ["GML", "KML", "MapInfo", "PostGIS", "GeoTIFF", ".gdb", ".osm.pbf", ".graphml"]
    assert [name for name in formats if name not in told] == []
    chinese = guide != "README.md"
    rows, cells = MOST_VECTOR_ROWS, sheets._MOST_ROWS
    wanted = [
        f"{MOST_VECTOR_BYTES / 2**30:g} GB",
        f"{rows // 10_000:,} 万条" if chinese else f"{rows // 10**6} million records",
        f"{MOST_BYTES / 2**30:g} GB",
        f"{cells // 10_000:,} 万行" if chinese else f"{cells // 10**6} million rows",
    ]
    assert [w for w in wanted if w not in told] == []
    assert archives._MOST_RATIO == 1000
