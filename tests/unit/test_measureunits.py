"""What unit tables tell measures: streets, priority units and registered people."""

from dataclasses import replace

import pandas as pd
import pytest
from street_files import STUDY, write_street

import coverplan
from coverplan.core.errors import Problems
from coverplan.io.paths import Folder
from coverplan.measure.measures import MeasureSettings
from coverplan.measureunits import supply_units, with_unit_tables


@pytest.fixture(scope="module")
def folder(root):
    return root / "data" / "geo" / "yunxi"


@pytest.fixture(scope="module")
def inputs(folder):
    return coverplan.load(folder / "targets.toml")


@pytest.fixture(scope="module")
def townships(folder):
    """The table as it stands, read by nobody's reader but pandas'."""
    table = pd.read_csv(folder / "单元情况.csv", dtype=str, encoding="utf-8-sig")
    return table[table["层级"] == "乡镇"].set_index("代码")


def test_the_sample_county(inputs, folder, townships):
    problems = Problems()
    told = with_unit_tables(inputs, Folder(folder), MeasureSettings(), problems)
    assert problems.items == []
    assert told.urban == (townships["类型"] == "街道").to_dict()
    named = townships["重点范围"].notna()
    assert told.partitions == {
        "priority": {code: "priority" if on else "other" for code, on in named.items()}
    }
    for group, column in (("registered", "户籍人口"), ("registered_elderly", "户籍60岁及以上")):
        assert told.unit_people[group] == townships[column].astype(int).to_dict()


def test_what_was_set_stays(inputs, folder):
    street = "330999001000"
    asked = MeasureSettings(urban={street: False}, unit_people={"registered": {street: 1}})
    told = with_unit_tables(inputs, Folder(folder), asked, Problems())
    assert told.urban[street] is False
    assert told.unit_people["registered"] == {street: 1}
    assert "registered_elderly" in told.unit_people


def test_a_study_without_unit_tables_is_told_nothing(inputs, folder):
    asked = MeasureSettings()
    bare = replace(inputs, config=None)
    assert with_unit_tables(bare, Folder(folder), asked, Problems()) is asked
    no_units = inputs.config.targets.model_copy(update={"units": []})
    config = inputs.config.model_copy(update={"targets": no_units})
    assert (
        with_unit_tables(replace(inputs, config=config), Folder(folder), asked, Problems()) is asked
    )


def test_supply_is_counted_in_what_its_heading_says(tmp_path):
    """A usual heading is found; another one is the planner's word, and no place for one person."""
    said = STUDY.replace(
        'source = "homes.csv"', 'source = "homes.csv"\ncolumns = { capacity = "护理员" }'
    )
    file = write_street(tmp_path, study=said)
    homes = tmp_path / "homes.csv"
    homes.write_text(homes.read_text("utf-8").replace("床位数", "护理员"), "utf-8")
    study = coverplan.load(file)
    found = supply_units(study)
    assert (found["homes"].column, found["homes"].places) == ("护理员", False)
    assert (found["stations"].column, found["stations"].places) == ("床位数", True)
    # A list that is gone by now says nothing: supply is places, as in a study made in code.
    homes.unlink()
    assert supply_units(study)["homes"].column == ""
    assert supply_units(replace(study, config=None))["stations"].column == ""
