"""What the guides say of tables, coordinates and people is what the program reads."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from coverplan.core.crs import system
from coverplan.core.datum import DATUMS, datum_named
from coverplan.domain.config import LayerConfig
from coverplan.domain.people_config import GroupConfig, PeopleConfig, Spread, SpreadFile
from coverplan.domain.targets_config import TargetsConfig

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ["README.md", "README.zh-CN.md"]
HEADS = {
    "README.md": ["### Tables as", "### Coordinates", "### People:"],
    "README.zh-CN.md": ["### 表格不必", "### 坐标\n", "### 人口："],
}


def part(guide: str, number: int) -> str:
    """Return one subsection: 0 tables, 1 coordinates, 2 people."""
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
    assert len(blocks) == 4
    for block in blocks:
        table = tomllib.loads(block)
        if "people" in table:
            people = PeopleConfig.model_validate(table["people"])
            assert people.from_raster != people.totals_alone
        else:
            TargetsConfig.model_validate(table["targets"])
