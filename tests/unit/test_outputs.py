"""What is written is what was computed: the GeoPackage read back and counted again."""

import json

import geopandas as gpd
import pandas as pd
import pytest

import coverplan as cp


def test_units_equal_the_people_beside_them(yunxi, yunxi_written):
    units = gpd.read_file(yunxi_written / "study.gpkg", layer="units").set_index("code")
    people = gpd.read_file(yunxi_written / "study.gpkg", layer="people")
    for key, result in yunxi.layers.items():
        group, limit = result.layer.group, result.layer.minutes
        for phase, column in (("before", f"{key}_minutes"), ("after", f"{key}_minutes_after")):
            near = people[people[column] <= limit + 5e-4]
            counted = near.groupby("unit")[group].sum().reindex(units.index, fill_value=0)
            assert units[f"{key}_reached_{phase}"].tolist() == counted.tolist()
        total = people.groupby("unit")[group].sum()
        assert units[f"{key}_people"].tolist() == total[units.index].tolist()
        assert (units[f"{key}_reached_after"] > units[f"{key}_reached_before"]).any()


def test_minutes_stand_beside_their_own_people(yunxi, yunxi_written):
    people = gpd.read_file(yunxi_written / "study.gpkg", layer="people").set_index("demand_id")
    for key, result in yunxi.layers.items():
        exact = result.before.minutes.reindex(people.index)
        pd.testing.assert_series_equal(
            people[f"{key}_minutes"], exact, check_names=False, atol=6e-4, rtol=0
        )


def test_candidates_and_sites_say_which_were_chosen(yunxi, yunxi_written):
    candidates = gpd.read_file(yunxi_written / "study.gpkg", layer="candidates")
    sites = gpd.read_file(yunxi_written / "study.gpkg", layer="sites")
    assert sites["study"].str.contains("虚构").all()
    for key, result in yunxi.layers.items():
        mine = candidates[candidates["layer"] == key]
        proposed = sites[(sites["layer"] == key) & (sites["state"] == "proposed")]
        chosen = mine[mine["chosen"].astype(bool)]
        assert set("new:" + chosen["candidate_id"]) == set(proposed["site_id"])
        assert len(chosen) == len(result.plan.chosen)
        assert (chosen["rejected_zh"].fillna("") == "").all()
        assert (mine["rejected_en"].fillna("") != "").any()


@pytest.mark.parametrize("language", [None, "zh", "en"])
def test_the_record_names_the_language_of_what_was_written(tmp_path, language):
    study = cp.assess(cp.small_county())
    cp.write_run(study, tmp_path / "run", language=language)
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert record["language"] == (language or study.inputs.language)
