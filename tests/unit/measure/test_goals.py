"""Goals: have, of, need and short, recounted by hand and by code that knows nothing of ours."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import CRS, at, demand, facilities, inputs, network, region

import coverplan
from coverplan.domain.goal import Goal
from coverplan.measure.goals import GoalStand, needed
from coverplan.present.goals_table import goal_lines, goals_data, goals_record, goals_table
from coverplan.results import LayerInput


@given(st.integers(0, 2_000_000_000), st.integers(1, 10**6).map(lambda n: Fraction(n, 10_000)))
def test_the_fewest_that_make_the_share(of, percent):
    need = needed(percent, of)
    assert Fraction(need, 1) >= percent * of / 100
    assert need == 0 or Fraction(need - 1, 1) < percent * of / 100
    # What a page computes in double precision is the same: no product passes 2**53.
    assert percent.numerator * of < 2**53
    assert need == ceil(Fraction(percent.numerator * of, percent.denominator * 100))


@pytest.mark.parametrize(
    ("have", "of", "need", "undecided", "met", "short"),
    [
        (80, 100, 80, 0, True, 0),
        (79, 100, 80, 0, False, 1),
        (79, 100, 80, 1, None, 1),
        (78, 100, 80, 1, False, 2),
        (0, 0, 0, 0, None, 0),
        (None, None, None, 0, None, None),
    ],
)
def test_met_not_met_or_not_to_be_said(have, of, need, undecided, met, short):
    stand = GoalStand(have, of, need, undecided)
    assert (stand.met, stand.short) == (met, short)


def test_percentages_are_what_was_written():
    assert Goal("has_one", Fraction("66.7")).percent_text == "66.7"
    assert Goal("has_one", Fraction("0.0001")).percent_text == "0.0001"
    assert Goal("has_one", Fraction(100)).percent_text == "100"


def small(*goals, siting=None, after_x=2900):
    """Two units and one of unknown people on a road of 60 metres a minute, a site at its start."""
    units = region((0, -500, 3000, 500), (3000, -500, 6000, 500), (6000, -500, 7000, 500))
    people = demand(
        units,
        [
            (0, 0, "a", {"all": 10, "elderly": 3}),
            (300, 0, "a", {"all": 7, "elderly": 7}),
            (2900, 0, "a", {"all": 5, "elderly": 0}),
            (3100, 0, "b", {"all": 20, "elderly": 4}),
        ],
        groups=("all", "elderly"),
    )
    if siting:
        siting = coverplan.SitingRequest(
            1,
            gpd.GeoDataFrame(
                {"name": ["新"], "unit": ["b"]}, index=["c"],
                geometry=gpd.points_from_xy(*at((3100, 0)).T), crs=CRS,
            ),
        )  # fmt: skip
    plain = inputs(
        units, people, network([[(0, 0), (6000, 0)]]), facilities([(0, 0, "a")]), siting=siting
    )
    item = plain.layers[0]
    return coverplan.assess(
        replace(plain, layers=(LayerInput(item.layer, item.facilities, siting, tuple(goals)),))
    )


def test_counted_by_hand():
    study = small(
        Goal("reached", Fraction(60)),
        Goal("reached", Fraction(50), minutes=4, group="elderly"),
        Goal("has_one", Fraction(100)),
        siting=True,
    )
    own, elderly, has = study.layers["test"].goals
    # 15 minutes are 900 metres: 17 of 42 today, everybody with a site at 3100.
    assert own.before.total == GoalStand(17, 42, 26)
    assert (own.before.total.met, own.before.total.short) == (False, 9)
    assert own.before.left_out == 1
    assert "1 个单元人口未知" in own.before.note.zh
    assert own.before.units == (
        GoalStand(17, 22, 14),
        GoalStand(0, 20, 12),
        GoalStand(None, None, None),
    )
    assert own.after.total == GoalStand(42, 42, 26)
    assert own.after.total.met is True
    assert (own.goal.minutes, own.goal.group) == (15, "all")
    # 4 minutes are 240 metres: only who lives at the site, 3 of 14.
    assert elderly.before.total == GoalStand(3, 14, 7)
    assert elderly.after.total == GoalStand(7, 14, 7)
    assert elderly.after.total.met is True
    assert has.before.total == GoalStand(1, 3, 3)
    assert has.after.total == GoalStand(2, 3, 3)
    assert [unit.short for unit in has.after.units] == [0, 0, 1]


def test_people_without_a_place_may_decide():
    study = small(Goal("reached", Fraction(50)))
    inputs_ = study.inputs
    totals, unplaced = inputs_.demand.totals.copy(), inputs_.demand.unplaced.copy()
    for group in ("all", "elderly"):
        totals.loc["b", group] += 6
        unplaced.loc["b", group] = 6
    grown = replace(inputs_, demand=replace(inputs_.demand, totals=totals, unplaced=unplaced))
    (found,) = coverplan.assess(grown).layers["test"].goals
    # 17 of 48 for 24: the six of no place would not do.
    assert found.before.total == GoalStand(17, 48, 24, 6)
    assert found.before.total.met is False
    assert "6 人没有点位" in found.before.note.zh
    nearly = replace(
        grown,
        layers=(replace(grown.layers[0], goals=(Goal("reached", Fraction(45)),)),),
    )
    (found,) = coverplan.assess(nearly).layers["test"].goals
    assert found.before.total.need == 22
    assert found.before.total.met is None
    assert "无法判断" in goal_lines(coverplan.assess(nearly), "zh")[0]


def test_nobody_at_all_is_no_goal_met():
    units = region((0, -500, 1000, 500))
    plain = inputs(
        units, demand(units, [(5, 0, "a", 0)]), network([[(0, 0), (2000, 0)]]),
        facilities([(0, 0, "a")]),
    )  # fmt: skip
    item = plain.layers[0]
    goal = (Goal("reached", Fraction(80)),)
    study = coverplan.assess(
        replace(plain, layers=(LayerInput(item.layer, item.facilities, None, goal),))
    )
    (found,) = study.layers["test"].goals
    assert found.before.total == GoalStand(0, 0, 0)
    assert found.before.total.met is None
    table = goals_table(study, "en")
    assert set(table["note"]) == {"nobody of this group"}
    assert set(table["met"]) == {"cannot be judged"}


def test_the_sample_county_agrees_with_its_coverage(yunxi):
    """Each stand of the layer's own minutes and group is that of coverage.csv."""
    facts = yunxi.coverage.frame
    seen = 0
    for key, result in yunxi.layers.items():
        for found in result.goals:
            indicator = "people_reached" if found.goal.measure == "reached" else "has_one"
            for phase in ("before", "after"):
                rows = facts[
                    (facts["layer"] == key)
                    & (facts["indicator"] == indicator)
                    & (facts["phase"] == phase)
                ]
                if indicator == "people_reached":
                    rows = rows[rows["minutes"] == found.goal.minutes]
                rows = rows.set_index("unit_code")
                stands = [*found.phase(phase).units, found.phase(phase).total]
                assert [s.have for s in stands] == rows["value"].tolist()
                assert [s.of for s in stands] == rows["denominator"].tolist()
                for stand in stands:
                    need = ceil(found.goal.percent * stand.of / 100)
                    assert (stand.need, stand.short) == (need, max(need - stand.have, 0))
                seen += len(stands)
    assert seen == 5 * 2 * 13
    elderly = yunxi.layers["elderly_care"].goals[0].goal
    assert elderly.target == "Z21-12"
    assert "三(一)" in elderly.source.zh
    assert "166号" in elderly.source.en


def test_table_record_page_and_lines_say_the_same(yunxi):
    zh, en = goals_table(yunxi, "zh"), goals_table(yunxi, "en")
    assert list(zh.columns) == list(en.columns)
    assert len(zh) == 5 * 2 * 13
    assert not zh.drop(columns=["minutes"]).isna().any().any()
    assert set(zh["met"]) == {"达到", "未达到"}
    assert set(zh["coverage_kind"]) == {"可达（人）", "有设施（单元）"}
    record = goals_record(yunxi)
    assert list(record) == list(yunxi.layers)
    totals = zh[zh["unit_code"] == "total"]
    for key, result in yunxi.layers.items():
        own = totals[totals["layer"] == key]
        for entry, kept in zip(goals_data(result), record[key], strict=True):
            rows = own[own["goal"] == int(entry["id"]) + 1].set_index("phase")
            for phase in ("before", "after"):
                assert entry[phase] == kept[phase]
                assert entry[phase]["have"] == rows.loc[phase, "have"]
                assert entry[phase]["short"] == rows.loc[phase, "short"]
            assert Fraction(*entry["percent"]) == Fraction(kept["percent"])
    lines = goal_lines(yunxi, "zh")
    assert len(lines) == 5
    assert "现状 9 / 12 个单元，未达到，还差 3 个单元" in lines[1]


def test_a_study_without_goals_has_no_table():
    study = small()
    assert goals_table(study, "zh") is None
    assert goals_record(study) == {}
    assert goal_lines(study, "en") == []
    assert goals_data(study.layers["test"]) == []


def test_a_county_without_goals_records_none(yunxi):
    config = yunxi.inputs.config
    layers = {key: layer.model_copy(update={"goals": None}) for key, layer in config.layers.items()}
    record = config.model_copy(update={"layers": layers}).model_dump(mode="json")
    assert all("goals" not in layer for layer in record["layers"].values())
    assert pd.DataFrame(record["layers"]).index.tolist()[-1] == "siting"
