"""Who is not reached, village by village: equal to coverage, and to a count one by one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import street
from tiny import demand, facilities, inputs, network, region

from coverplan import Demand, InputError, assess
from coverplan.measure.not_reached import REASONS
from coverplan.measure.villages import village_gaps
from coverplan.present.not_reached_table import not_reached_table

COUNTS = ["people", "not_reached", *REASONS]


def in_a_row(points, sites, *, minutes=5, unplaced=None, names=None, lines=None, classes=None):
    """Two units of 2 km along a street on which a metre takes a second."""
    units = region((0, -5000, 2000, 5000), (2000, -5000, 4000, 5000))
    people = demand(units, points)
    frame, totals = people.points.copy(), people.totals.fillna(0)
    frame["place"] = names or [f"村{i}" for i in range(len(points))]
    extra = people.unplaced.copy()
    for unit, number in (unplaced or {}).items():
        totals.loc[unit, "all"] = number if number is None else totals.loc[unit, "all"] + number
        extra.loc[unit, "all"] = 0 if number is None else number
    whole = Demand(frame, ("all",), totals, extra)
    roads = network(lines or [[(0, 0), (4000, 0)]])
    return assess(inputs(units, whole, roads, facilities(sites), minutes=minutes))


def test_a_village_half_in_reach_by_hand():
    # 200 m and 400 m and 1,000 m from the site: 3.3, 6.7 and 16.7 minutes.
    points = [(200, 0, "a", 7), (400, 0, "a", 5), (1000, 0, "a", 20), (0, 0, "a", 9)]
    study = in_a_row(points, [(0, 0, "a")], names=["梨洋村", "梨洋村", "梨洋村", "近村"])
    (row,) = study.not_reached("test").to_dict("records")
    assert [row[name] for name in ("unit_code", "unit_name", "kind", "place")] == [
        "a", "甲镇", "place", "梨洋村",
    ]  # fmt: skip
    assert [row[name] for name in COUNTS] == [32, 25, 25, 0, 0, 0, 0]
    assert (row["nearest_site_id"], row["nearest_site"]) == ("s000", "站0")
    assert row["least_minutes"] == pytest.approx(400 / 60)
    assert row["mean_minutes"] == pytest.approx((5 * 400 + 20 * 1000) / 25 / 60)
    assert row["most_minutes"] == pytest.approx(1000 / 60)


def test_every_reason_has_its_people():
    lines = [[(0, 0), (2000, 0)], [(2100, 500), (3900, 500)]]  # the second piece has no site
    points = [(1500, 0, "a", 3), (3000, 500, "b", 40), (1000, 4000, "a", 500), (100, 0, "a", 1)]
    study = in_a_row(
        points, [(0, 0, "a")], lines=lines, unplaced={"b": 7000},
        names=["远村", "断路村", "无路村", "近村"],
    )  # fmt: skip
    rows = study.not_reached("test").set_index("place")
    assert rows.loc["远村", "too_far"] == 3
    assert rows.loc["断路村", "no_way"] == 40
    assert rows.loc["无路村", "no_road"] == 500
    assert rows.loc["", ["kind", "unit_code", "unplaced"]].tolist() == ["unplaced", "b", 7000]
    assert rows["not_reached"].tolist() == [7000, 500, 40, 3]  # the most people first
    assert rows.loc["断路村", "nearest_site_id"] == ""
    assert pd.isna(rows.loc["断路村", "least_minutes"])
    assert (rows[list(REASONS)].sum(axis=1) == rows["not_reached"]).all()


def test_without_a_site_nobody_is_reached_and_no_road_is_to_blame():
    study = in_a_row([(100, 0, "a", 3), (100, 4000, "a", 4)], [])
    rows = study.not_reached("test")
    assert rows["no_site"].sum() == rows["not_reached"].sum() == 7
    assert (rows["nearest_site"] == "").all()


def test_points_without_a_name_and_units_nobody_knows():
    points = [(1500, 0, "a", 3), (1600, 0, "a", 4), (1700, 0, "a", 5)]
    study = in_a_row(points, [(0, 0, "a")], names=[None, "", "村"], unplaced={"b": None})
    rows = study.not_reached("test")
    assert rows["kind"].tolist() == ["unnamed", "place", "unknown"]
    assert rows["not_reached"].isna().tolist() == [False, False, True]
    assert rows["people"].tolist()[:2] == [7, 5]
    table = not_reached_table(study, "zh")
    assert table["note"].tolist() == ["点位没有地名", "", "人口未知"]
    assert not_reached_table(study, "en")["note"].iloc[2] == "people not known"


def test_exactly_on_the_limit_is_reached_and_a_moment_later_is_not():
    points = [(300, 0, "a", 3), (300.001, 0, "a", 4)]
    study = in_a_row(points, [(0, 0, "a")], names=["在限上", "过一点"])
    assert study.not_reached("test")["place"].tolist() == ["过一点"]
    assert not_reached_table(study, "zh")["least_minutes"].tolist() == [5.001]


def test_everybody_reached_is_an_empty_table_with_its_columns():
    study = in_a_row([(0, 0, "a", 3)], [(0, 0, "a")])
    rows = study.not_reached("test")
    assert len(rows) == 0
    assert rows.columns.tolist()[:6] == [
        "unit_code", "unit_name", "kind", "place", "people", "not_reached",
    ]  # fmt: skip
    assert len(not_reached_table(study, "en")) == 0


def test_the_nearest_site_is_that_of_most_people():
    # Of a village along the street four are nearer to the far site, three to the near one.
    points = [(1400, 0, "a", 3), (1600, 0, "a", 4)]
    study = in_a_row(points, [(0, 0, "a"), (3000, 0, "b")], names=["村", "村"])
    assert study.not_reached("test")["nearest_site"].tolist() == ["站1"]


def counted_one_by_one(study, key, phase, minutes, group):
    """Unit and place -> people and those missed, by a plain loop."""
    result = study.layers[key]
    minute = result.minutes(phase)
    points = study.inputs.demand.points
    found = {}
    for i, (unit, place, n) in enumerate(
        zip(points["unit"], points["place"], points[group], strict=True)
    ):
        had = found.setdefault((unit, place), [0, 0])
        had[0] += n
        had[1] += 0 if minute[i] <= minutes else n
    return {key: tuple(both) for key, both in found.items() if both[1]}


@pytest.mark.parametrize("phase", ["before", "after"])
def test_the_sample_county_adds_up_to_its_coverage(yunxi, phase):
    for key, result in yunxi.layers.items():
        rows = yunxi.not_reached(key, phase=phase)
        facts = yunxi.coverage.select(layer=key, phase=phase)
        for reason in REASONS:
            said = facts[facts["indicator"] == f"not_reached_{reason}"].set_index("unit_code")
            mine = rows.groupby("unit_code")[reason].sum()
            mine["total"] = rows[reason].sum()
            assert said["value"].to_dict() == mine.reindex(said.index, fill_value=0).to_dict()
        assert result.layer.group == facts["group"].iloc[0]


def test_the_sample_county_at_any_limit_and_of_any_group(yunxi):
    for key, minutes, group in (("social_work", 30, "children"), ("elderly_care", 7.5, "all")):
        rows = yunxi.not_reached(key, minutes, phase="after", group=group)
        mine = {
            (row.unit_code, row.place): (row.people, row.not_reached) for row in rows.itertuples()
        }
        assert mine == counted_one_by_one(yunxi, key, "after", minutes, group)
        assert rows["least_minutes"].min() > minutes


def test_the_report_lists_the_same_villages(yunxi):
    result = yunxi.layers["eco_burial"]
    told = village_gaps(
        yunxi.inputs.demand, "all", result.before, result.places.joined, result.layer.minutes
    )
    rows = yunxi.not_reached("eco_burial")
    assert [(v.unit, v.name, v.people, v.missed) for v in told] == list(
        rows[["unit_code", "place", "people", "not_reached"]].itertuples(index=False, name=None)
    )
    told_minutes = [np.nan if v.minutes is None else v.minutes for v in told]
    assert np.allclose(
        told_minutes, rows["mean_minutes"].to_numpy(float, na_value=np.nan), equal_nan=True
    )


def test_what_the_study_does_not_have_is_said():
    study = assess(street.street())
    wrong = (("nothing", {}), ("test", {"group": "cats"}), ("test", {"phase": "after"}))
    for layer, asked in wrong:
        with pytest.raises(InputError) as caught:
            study.not_reached(layer, **asked)
        (problem,) = caught.value.problems
        column = next(iter(asked), "layer")
        assert (problem.code, problem.column) == (f"inputs.{column}", column)
        assert problem.found == asked.get(column, layer)
        assert "研究里没有" in problem.what.zh
    assert problem.expected.en == "before"
    with pytest.raises(InputError, match="no such layer"):
        study.inputs.layer("nothing")


def test_people_without_names_of_places():
    study = assess(street.street())
    points = study.inputs.demand.points.drop(columns="place")
    people = study.inputs.demand
    bare = replace(study.inputs, demand=replace(people, points=points))
    rows = assess(bare).not_reached("test")
    assert set(rows["kind"]) == {"unnamed"}
    assert rows["not_reached"].sum() == study.not_reached("test")["not_reached"].sum()
