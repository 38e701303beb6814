"""What a study file may say of people, and what is made of it."""

import copy

import pytest
from pydantic import ValidationError

from coverplan.domain.config import StudyConfig
from coverplan.domain.people_config import GroupConfig, PeopleConfig, SpreadFile

GROUPS = {"all": "人口"}


def people(**config):
    return PeopleConfig.model_validate({"groups": GROUPS, **config})


def test_short_and_long_groups():
    config = people(
        source="v.csv",
        groups={**GROUPS, "old": {"column": "老年", "registered": True}, "young": {"share": 0.2}},
    )
    assert config.group_columns == {"all": "人口", "old": "老年"}
    assert config.registered == {"old"}
    assert config.tables["all"] == GroupConfig(column="人口")
    assert not config.totals_alone
    assert not config.from_raster


@pytest.mark.parametrize("name", ["w.tif", "W.TIFF", "a/b.asc", "c.img"])
def test_a_raster_is_known_by_its_name(name):
    assert people(source=name).from_raster


def test_totals_alone_survive_copies_and_records():
    config = people(totals="c.csv", spread="areas", areas="a.gpkg")
    for one in (
        config,
        config.model_copy(),
        copy.deepcopy(config),
        PeopleConfig.model_validate(config.model_dump(mode="json")),
        PeopleConfig.model_validate(config),
    ):
        assert one.totals_alone
        assert one.source.name == "c.csv"
        assert one.spread_file == SpreadFile(source="a.gpkg")
    assert "source" not in config.model_dump()
    assert people(source="c.csv", totals="c.csv", spread="streets").spread_file is None


def test_a_table_that_is_also_the_totals_is_a_table():
    config = people(source="c.csv", totals="c.csv", spread="streets")
    assert not config.totals_alone
    assert config.model_dump(mode="json")["source"] == "c.csv"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"totals": "c.csv"},
        {"totals": "c.csv", "spread": "buildings"},
        {"totals": "c.csv", "spread": "areas", "buildings": "b.gpkg"},
        {"source": "v.csv", "spread": "buildings", "buildings": "b.gpkg"},
        {"source": "v.csv", "areas": "a.gpkg"},
        {"totals": "c.csv", "spread": "streets", "areas": "a.gpkg"},
        {"totals": "c.csv", "spread": "streets", "where": {"类型": "村"}},
        {"source": "p.tif", "columns": {"name": "村"}},
        {"source": "v.csv", "groups": {"old": "老年"}},
        {"source": "v.csv", "groups": {"all": {"share": 0.5}}},
        {"source": "v.csv", "groups": {"all": {"column": "人", "registered": True}}},
        {"source": "v.csv", "groups": {**GROUPS, "old": {}}},
        {"source": "v.csv", "groups": {**GROUPS, "old": {"share": 1.1}}},
        {"source": "v.csv", "groups": {**GROUPS, "old": {"share": 0.1, "column": "老年"}}},
        {"source": "v.csv", "groups": {**GROUPS, "old": {"share": 0.1, "share_column": "比"}}},
    ],
)
def test_what_makes_no_sense_is_refused(config):
    with pytest.raises(ValidationError):
        people(**config)


def test_every_key_says_what_it_is_for():
    schema = StudyConfig.model_json_schema()["$defs"]
    for name in ("PeopleConfig", "GroupConfig", "SpreadFile"):
        assert all(key.get("description") for key in schema[name]["properties"].values())
