"""The page holds the study's figures, and geometry that is the study's to within a metre."""

import dataclasses
import io
import json
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from tiny import CRS, at, demand, facilities, inputs, network, region

import coverplan
from coverplan.present.payload import NOT_REACHED, REASONS, map_payload, whole_minutes
from coverplan.present.shapes import flat, polygons
from coverplan.present.tables import coverage_table, sites_table, unit_table


def test_whole_minutes_are_exact_for_every_whole_limit():
    rng = np.random.default_rng(0)
    ms = np.concatenate([rng.integers(0, 4_000_000, 3000), [0, 900_000, 900_001, 899_999, -1]])
    up = np.array(whole_minutes(ms, 60))
    for limit in range(61):
        within = (ms >= 0) & (ms <= limit * 60_000)
        np.testing.assert_array_equal(up <= limit, within)
    assert up[-1] == NOT_REACHED


def test_steps_lead_back_to_the_coordinates():
    rng = np.random.default_rng(1)
    line = np.cumsum(rng.normal(0, 0.001, (50, 2)), axis=0) + [119.8, 28.7]
    back = np.cumsum(np.array(flat(line)).reshape(-1, 2), axis=0) / 1e5
    assert np.abs(back[[0, -1]] - line[[0, -1]]).max() <= 0.5e-5 + 1e-9


def test_a_polygon_with_a_hole_keeps_it():
    shape = shapely.Point(120, 29).buffer(0.1) - shapely.Point(120, 29).buffer(0.05)
    (rings,) = polygons(shape)
    assert len(rings) == 2


@pytest.mark.parametrize("key", ["elderly_care", "social_work", "childrens_home", "eco_burial"])
def test_points_add_up_to_the_table(yunxi, key):
    payload = map_payload(yunxi, "x")
    unit = np.array(payload["points"]["unit"])
    layer = next(item for item in payload["layers"] if item["id"] == key)
    people = np.array(payload["points"]["people"][layer["group"]])
    for threshold, by_phase in payload["table"][key].items():
        for phase, reached in by_phase.items():
            minutes = np.array(payload["points"]["minutes"][key][phase])
            sums = np.bincount(unit[minutes <= float(threshold)],
                               weights=people[minutes <= float(threshold)],
                               minlength=len(payload["units"]))  # fmt: skip
            assert sums.astype(int).tolist() == reached


def test_the_payload_is_plain_data(yunxi):
    text = json.dumps(map_payload(yunxi, "x"), allow_nan=False)
    assert json.loads(text)["version"] == 1
    assert len(text) < 1_500_000


def test_unknown_people_are_null_not_0():
    units = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
    study = coverplan.assess(
        inputs(
            units,
            demand(units, [(5, 0, "a", 4)]),
            network([[(0, 0), (2000, 0)]]),
            facilities([(0, 0, "a")]),
        )
    )
    payload = map_payload(study, "x")
    assert [u["people"]["all"] for u in payload["units"]] == [4, None]
    assert payload["table"]["test"]["15"]["before"] == [4, None]
    assert payload["layers"][0]["plan"] is None
    page = coverplan.map_html(study)
    assert page.count("<html") == 1


def test_tables_speak_both_languages_and_name_the_study(yunxi):
    zh, en = coverage_table(yunxi, "zh"), coverage_table(yunxi, "en")
    assert len(zh) == len(en) == len(yunxi.coverage.frame)
    assert set(zh["study"]) == {yunxi.inputs.title}
    assert zh["notice"].str.contains("虚构").all()
    assert "可达人数" in set(zh["indicator_label"])
    assert "people reached" in set(en["indicator_label"])
    assert zh["value"].equals(en["value"])
    shares = zh.dropna(subset=["share_percent"])
    assert (
        shares["share_percent"]
        == (shares["value"] / shares["denominator"] * 100).astype(float).round(2)
    ).all()
    sites = sites_table(yunxi, "zh")
    assert set(sites["state_label"]) == {"现有", "建议新增", "未计入"}
    assert sites.loc[sites["state"] == "not_counted", "reason"].str.len().min() > 0
    assert sites.loc[sites["state"] == "proposed", "newly_reached"].min() > 0


def test_the_table_to_read(yunxi):
    table = unit_table(yunxi, "elderly_care", "en")
    assert table.index[-1] == "total"
    assert len(table) == 13
    assert table["reached"].iloc[:-1].sum() == table["reached"].iloc[-1]
    assert (table["reached after"] >= table["reached"]).all()


def test_reasons_are_of_each_phase():
    """Cut off now, connected but too far with the plan: two views, two reasons."""
    units = region((0, -500, 6000, 500))
    island, shore = [(0, 100), (3000, 100)], [(0, -100), (3000, -100)]
    people = [(0, 100, "a", 5), (0, -100, "a", 9), (10, -3000, "a", 2), (2950, 100, "a", 7)]
    candidates = gpd.GeoDataFrame(
        {"name": ["新"], "unit": ["a"]}, index=["c"],
        geometry=gpd.points_from_xy(*at((2900, 100)).T), crs=CRS,
    )  # fmt: skip
    study = coverplan.assess(
        inputs(
            units,
            demand(units, people),
            network([island, shore]),
            facilities([(0, -100, "a")]),
            siting=coverplan.SitingRequest(1, candidates),
            minutes=5,
        )
    )
    payload = map_payload(study, "x")
    reasons = spelled_out(payload)
    assert [REASONS[r].en for r in reasons["before"]] == [
        "no connection to any site", "", "no usable road near", "no connection to any site",
    ]  # fmt: skip
    assert [REASONS[r].en for r in reasons["after"]] == ["", "", "no usable road near", ""]


def spelled_out(payload):
    """Reasons of each point, by phase."""
    by_phase = payload["points"]["reason"]["test"]
    pairs = {
        phase: zip(r["runs"][::2], r["runs"][1::2], strict=True) for phase, r in by_phase.items()
    }
    return {phase: [v for v, n in values for _ in range(n)] for phase, values in pairs.items()}


def test_where_nothing_stands_the_roads_are_not_to_blame():
    units = region((0, -500, 1000, 500))
    people = demand(units, [(5, 0, "a", 4), (5, 4000, "a", 3)])
    study = coverplan.assess(inputs(units, people, network([[(0, 0), (2000, 0)]]), facilities([])))
    reasons = spelled_out(map_payload(study, "x"))
    assert {REASONS[r].zh for r in (*reasons["before"], *reasons["after"])} == {"没有运营设施"}


def test_the_page_checks_the_layers_own_minutes():
    units = region((0, -500, 1000, 500))
    study = coverplan.assess(
        inputs(
            units,
            demand(units, [(5, 0, "a", 4), (790, 0, "a", 8)]),
            network([[(0, 0), (2000, 0)]]),
            facilities([(0, 0, "a")]),
            minutes=13,
        )
    )
    assert map_payload(study, "x")["table"]["test"]["13"]["before"] == [4]


def test_files_say_their_coordinate_system(yunxi):
    said = [("EPSG:4490", "file"), ("EPSG:4490", "study"), ("EPSG:4326", "assumed")]
    files = [
        SimpleNamespace(label=str(i), rows=1, sha256="0", crs=crs, crs_from=who)
        for i, (crs, who) in enumerate([*said, ("EPSG:4326", ""), ("", "")])
    ]
    given = dataclasses.replace(yunxi.inputs, files=tuple(files))
    study = dataclasses.replace(yunxi, inputs=given)
    shown = [s["crs"] for s in map_payload(study, "x")["meta"]["sources"]]
    assert [s and s["zh"] for s in shown][:4] == [
        "EPSG:4490（文件声明）", "EPSG:4490（研究文件给定）", "EPSG:4326（假定）", "EPSG:4326",
    ]  # fmt: skip
    assert shown[1]["en"] == "EPSG:4490 (given in the study file)"
    assert shown[4] is None


def test_minutes_of_sites_are_whole_in_the_file(yunxi):
    rows = sites_table(yunxi, "zh").to_csv(index=False)
    written = pd.read_csv(io.StringIO(rows), dtype=str)
    assert set(written["minutes"]) == {"15", "30"}
