"""The page holds the study's figures, and geometry that is the study's to within a metre."""

import dataclasses
import io
import json
from itertools import pairwise
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from bulk_parts import parts_of
from tiny import CRS, at, demand, facilities, inputs, network, region

import coverplan
from coverplan.present import pagetimes, shapes
from coverplan.present.pagepoints import page_points
from coverplan.present.payload import map_payload
from coverplan.present.shapes import flat, polygons
from coverplan.present.tables import coverage_table, sites_table, unit_table
from coverplan.sitetimes import BEYOND


def test_steps_lead_back_to_the_coordinates():
    rng = np.random.default_rng(1)
    line = np.cumsum(rng.normal(0, 0.001, (50, 2)), axis=0) + [119.8, 28.7]
    back = np.cumsum(np.array(flat(line)).reshape(-1, 2), axis=0) / 1e5
    assert np.abs(back[[0, -1]] - line[[0, -1]]).max() <= 0.5e-5 + 1e-9


def test_many_lines_at_once_are_those_of_each_alone():
    """Counted by a plain loop; one stands still, and two begin where the one before ends."""
    rng = np.random.default_rng(2)
    steps = np.cumsum(rng.normal(0, 0.001, (40, 2)), axis=0) + [119.8, 28.7]
    there = [steps, np.repeat(steps[-1:], 3, axis=0), steps[::-1], np.round(steps, 4)[:9]]
    lines = np.array([shapely.LineString(xy) for xy in there])
    expected = []
    for xy in there:
        whole = [(round(x * 1e5), round(y * 1e5)) for x, y in xy.tolist()]
        numbers = [*whole[0]]
        for (a, b), (x, y) in pairwise(whole):
            numbers += [x - a, y - b] if (a, b) != (x, y) else []
        expected.append(numbers)
    assert expected[1] == expected[2][:2]
    assert [flat(xy) for xy in there] == expected
    found = shapes._flat(*shapely.get_coordinates(lines, return_index=True))
    assert found == expected
    assert {type(number) for numbers in found for number in numbers} == {int}


def test_a_polygon_with_a_hole_keeps_it():
    shape = shapely.Point(120, 29).buffer(0.1) - shapely.Point(120, 29).buffer(0.05)
    (rings,) = polygons(shape)
    assert len(rings) == 2


@pytest.fixture(scope="module")
def page(yunxi):
    """The payload of the sample county and its block of numbers, unpacked."""
    payload = map_payload(yunxi, "x")
    return payload, parts_of(payload["bulk"])


def opened(layer, parts, number, phase):
    """Everybody's least minutes over the sites of a layer open at a time."""
    minutes = parts[f"minutes.{number}"].reshape(len(layer["sites"]), -1)
    rows = [site[phase] for site in layer["sites"]]
    return minutes[rows].min(axis=0, initial=BEYOND)


@pytest.mark.parametrize("number", range(4))
def test_points_and_sites_add_up_to_the_table(page, number):
    payload, parts = page
    layer = payload["layers"][number]
    people = parts[f"people.{list(payload['groups']).index(layer['group'])}"].astype(int)
    assert payload["table"][layer["id"]]
    for threshold, by_phase in payload["table"][layer["id"]].items():
        for phase, reached in by_phase.items():
            within = opened(layer, parts, number, phase) <= float(threshold)
            sums = np.bincount(
                parts["unit"][within], weights=people[within], minlength=len(payload["units"])
            )
            assert sums.astype(int).tolist() == reached


@pytest.mark.parametrize("number", range(4))
def test_homes_of_open_sites_are_the_units_that_have_one(page, number):
    payload, _ = page
    layer = payload["layers"][number]
    for phase, have in layer["has_one"].items():
        homes = {site["home"] for site in layer["sites"] if site[phase]} - {None}
        assert sorted(homes) == [i for i, one in enumerate(have) if one]
    states = {site["state"]: (site["before"], site["after"]) for site in layer["sites"]}
    assert states["existing"] == (True, True)
    assert states["proposed"] == (False, True)
    assert all(s["status"] == "proposed" for s in layer["sites"] if s["state"] == "proposed")


def test_goals_follow_from_points_sites_and_people(yunxi, page):
    """Recounted from the page's own numbers, as its script does."""
    payload, parts = page
    counted = 0
    for number, layer in enumerate(payload["layers"]):
        for goal in layer["goals"]:
            num, den = goal["percent"]
            for phase in ("before", "after"):
                if goal["measure"] == "has_one":
                    homes = {site["home"] for site in layer["sites"] if site[phase]} - {None}
                    have, of = len(homes), len(payload["units"])
                else:
                    group = list(payload["groups"]).index(goal["group"])
                    within = opened(layer, parts, number, phase) <= goal["minutes"]
                    have = int(parts[f"people.{group}"][within].sum())
                    of = sum(unit["people"][goal["group"]] for unit in payload["units"])
                need = -(-num * of // (den * 100))
                assert goal[phase] == {
                    "have": have, "of": of, "need": need, "short": max(need - have, 0),
                    "undecided": 0, "met": have >= need,
                }  # fmt: skip
                counted += 1
    assert counted == 10


def test_every_point_is_there_once_in_the_order_said(yunxi, page):
    _, parts = page
    demand, order = yunxi.inputs.demand, page_points(yunxi).order
    assert sorted(order) == list(range(len(demand.points)))
    assert (np.diff(parts["unit"].astype(int)) >= 0).all()
    for i, group in enumerate(demand.groups):
        np.testing.assert_array_equal(parts[f"people.{i}"], demand.people(group)[order])
    lonlat = demand.points.geometry.to_crs(4326).iloc[order]
    back = np.column_stack([np.cumsum(parts["x"]), np.cumsum(parts["y"])]) / 1e5
    assert np.abs(back - np.column_stack([lonlat.x, lonlat.y])).max() <= 0.5e-5 + 1e-9


def test_the_payload_is_plain_data_and_the_page_is_light(yunxi, page):
    payload, _ = page
    text = json.dumps(payload, allow_nan=False)
    assert json.loads(text)["version"] == 2
    assert payload == map_payload(yunxi, "x")
    assert len(text.encode()) < 500_000
    assert payload["meta"]["limits"] is None
    assert payload["meta"]["max_minutes"] >= 30


def test_a_site_outside_the_county_counts_and_has_no_home():
    units = region((0, -500, 1000, 500))
    study = coverplan.assess(
        inputs(
            units,
            demand(units, [(5, 0, "a", 4)]),
            network([[(-500, 0), (2000, 0)]]),
            facilities([(-20, 0, "")]),
        )
    )
    payload = map_payload(study, "x")
    (site,) = payload["layers"][0]["sites"]
    assert (site["home"], site["before"], site["unit"]) == (None, True, "")
    assert payload["layers"][0]["has_one"]["before"] == [0]
    assert payload["table"]["test"]["15"]["before"] == [4]


def test_pieces_of_ground_that_are_not_drawn_are_counted(yunxi, page, monkeypatch):
    assert "left_out" not in page[0]["meta"]
    pieces = len(shapely.get_parts(yunxi.inputs.region.units.geometry.to_numpy()))
    islets = shapely.multipolygons([shapely.box(x, 0, x + 0.5, 1) for x in range(7)])
    units = yunxi.inputs.region.units.copy()
    first = units.geometry.iloc[0]
    units.geometry = [
        shapely.union(first, shapely.transform(islets, lambda xy: xy + [900_000, 0])),
        *units.geometry.iloc[1:],
    ]
    monkeypatch.setattr(shapes, "MOST_PARTS", pieces + 2)
    region_ = dataclasses.replace(yunxi.inputs.region, units=units)
    study = dataclasses.replace(yunxi, inputs=dataclasses.replace(yunxi.inputs, region=region_))
    assert map_payload(study, "x")["meta"]["left_out"] == 5


def test_too_heavy_times_keep_the_limits_of_the_study_alone(yunxi, page, monkeypatch):
    """Every limit of the study stays exact; no other is claimed."""
    whole, parts = page
    monkeypatch.setattr(pagetimes, "_HEAVY", 1000)
    coarse = map_payload(yunxi, "x")
    limits = coarse["meta"]["limits"]
    assert limits == [5, 10, 15, 30]
    assert coarse["meta"]["max_minutes"] == 30
    found = parts_of(coarse["bulk"])
    for i in range(4):
        exact, few = parts[f"minutes.{i}"], found[f"minutes.{i}"]
        assert set(np.unique(few)) <= {*limits, BEYOND}
        for limit in limits:
            np.testing.assert_array_equal(few <= limit, exact <= limit)
    assert len(coarse["bulk"]["data"]) < len(whole["bulk"]["data"])


def test_longer_than_half_an_hour_only_where_it_weighs_little(yunxi, monkeypatch):
    assert map_payload(yunxi, "x")["meta"]["max_minutes"] == 60
    monkeypatch.setattr(pagetimes, "_LIGHT", 1000)
    short = map_payload(yunxi, "x")
    assert (short["meta"]["max_minutes"], short["meta"]["limits"]) == (30, None)
    minutes = parts_of(short["bulk"])["minutes.3"]
    assert set(np.unique(minutes[minutes > 30])) == {BEYOND}


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
    order = page_points(study).order
    never = parts_of(payload["bulk"])["never.0"]
    # 1: no road near, 2: no way to any site today, 4: none with the plan.
    assert never[np.argsort(order)].tolist() == [2, 0, 1 | 2 | 4, 2]


def test_where_nothing_stands_there_is_no_row_and_nobody_is_reached():
    units = region((0, -500, 1000, 500))
    people = demand(units, [(5, 0, "a", 4), (5, 4000, "a", 3)])
    study = coverplan.assess(inputs(units, people, network([[(0, 0), (2000, 0)]]), facilities([])))
    payload = map_payload(study, "x")
    assert payload["layers"][0]["sites"] == []
    assert len(parts_of(payload["bulk"])["minutes.0"]) == 0
    assert payload["table"]["test"]["15"] == {"before": [0], "after": [0]}
    assert coverplan.map_html(study).count("<html") == 1


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
