"""Plans to read: every number is the plan's, a plan that is not there is not shown as one."""

import pandas as pd
import pytest

import coverplan as cp

LAYER = "elderly_care"


@pytest.fixture(scope="module")
def county():
    return cp.small_county()


@pytest.fixture(scope="module")
def study(county):
    return cp.assess(county)


@pytest.fixture(scope="module")
def impossible(county):
    return cp.propose(county, LAYER, model="floor", share_percent=90, sites=2)


def test_a_plan_by_site(study):
    table, cards = cp.show_plan(study, LAYER, language="en"), study.layers[LAYER].proposal.cards
    assert table.index.tolist() == [card.rank for card in cards] == [1, 2]
    assert table["people newly reached"].tolist() == [card.newly for card in cards]
    assert table["people newly reached"].sum() == study.layers[LAYER].plan.value
    assert table["people lost without it"].tolist() == [card.lost for card in cards]
    assert table["best rival"].tolist() == [card.rival.name for card in cards]
    # Nothing is said of what the plan has none of: years, sizes, closed sites, draws.
    assert not {"what", "year", "size", "chosen in draws, %"} & set(table)
    assert list(cp.show_plan(study, LAYER))[:2] == ["站点", "乡镇"]


def test_a_closed_site_is_told_from_a_new_one(county):
    closing = cp.propose(county, LAYER, sites=1, close=1, excluded=["E1"])
    table = cp.show_plan(closing, LAYER, language="en")
    plan = closing.layers[LAYER].plan
    assert plan.closed
    assert table["what"].tolist().count("close") == len(plan.closed)
    assert table["what"].tolist().count("open") == len(plan.chosen)


def test_what_stands_in_the_way_of_a_plan(impossible):
    table = cp.show_plan(impossible, LAYER, language="en")
    (reason,) = impossible.layers[LAYER].plan.impossible
    assert table.iloc[0].tolist() == [
        reason.constraint.en, reason.who.en, reason.people, reason.relaxation.en,
    ]  # fmt: skip
    words = cp.plan_summary(impossible, LAYER)
    assert words.startswith("没有方案：无法满足。")
    assert reason.relaxation.zh in words


def test_a_summary_has_value_bound_and_gap(study):
    plan = study.layers[LAYER].plan
    lines = cp.plan_summary(study, LAYER).split("\n")
    assert "已证明最优" in lines
    assert f"目标值：{plan.value} 人" in lines
    assert f"不可能超过：{plan.bound} 人" in lines
    assert "差距：0.00 %" in lines


def test_plans_side_by_side(county, impossible):
    plans = {str(n): cp.propose(county, LAYER, sites=n) for n in (1, 2)} | {"none": impossible}
    table = cp.show_plans(plans, LAYER, against="2", language="en")
    assert table.index.tolist() == ["today", "1", "2", "none"]
    facts = [plans[n].layers[LAYER].plan.facts for n in ("1", "2")]
    assert table["people reached"].tolist()[:3] == [
        facts[0].reached_before, facts[0].reached_after, facts[1].reached_after,
    ]  # fmt: skip
    assert table.loc["1", "people more"] == facts[0].reached_after - facts[1].reached_after
    assert table.loc["2", "people more"] == 0
    assert table.loc["none", "verdict"] == "impossible"
    assert pd.isna(table.loc["none", "people reached"])
    with pytest.raises(KeyError, match="3"):
        cp.show_plans(plans, LAYER, against="3")
    with pytest.raises(cp.InputError):
        cp.show_plans({}, LAYER)


def test_columns_are_those_asked_for_in_their_order(study, county):
    table = cp.show_plan(study, LAYER, columns=["lost_without", "name"], language="en")
    assert list(table) == ["people lost without it", "site"]
    assert table.equals(cp.show_plan(study, LAYER, language="en")[list(table)])
    plans = {"1": cp.propose(county, LAYER, sites=1), "2": study}
    several = cp.show_plans(plans, LAYER, against="1", columns=["against", "sites"], language="en")
    assert list(several) == ["people more", "new sites"]
    assert several["new sites"].tolist() == [0, 1, 2]
    with pytest.raises(cp.InputError) as caught:
        cp.show_plan(study, LAYER, columns=["name", "cost"])
    (fault,) = caught.value.problems
    assert (fault.code, fault.column, fault.found) == ("argument.choice", "columns", "cost")
    assert "cost_yuan" in fault.expected.en
    with pytest.raises(cp.InputError, match="columns"):  # nothing to be against
        cp.show_plans(plans, LAYER, columns=["against"])


def test_rivals_are_those_of_the_cards(study):
    cards = study.layers[LAYER].proposal.cards
    table = cp.show_rivals(study, LAYER, language="en")
    told = list(zip(table["site"], table["in its place"], table["people fewer"], strict=True))
    for card in cards:
        rivals = card.near_ties or ((card.rival,) if card.rival else ())
        assert [t for t in told if t[0] == card.name] == [
            (card.name, rival.name, rival.people) for rival in rivals
        ]
    assert table["near-tie"].sum() == sum(len(card.near_ties) for card in cards)


def test_what_was_not_asked_is_said(study, county):
    with pytest.raises(ValueError, match="no frontier"):
        cp.show_frontier(study, LAYER)
    with pytest.raises(ValueError, match="no draws"):
        cp.show_draws(study, LAYER)
    for show in (cp.show_plan, cp.plan_summary, cp.show_rivals):
        with pytest.raises(ValueError, match="social_work"):
            show(study, "social_work")
        with pytest.raises(cp.InputError, match="elderly_care, social_work"):
            show(study, "nothing")


def test_frontier_and_draws_are_the_tables_of_the_plan(county):
    noise = {"draws": 5, "speed_percent": 20.0}
    asked = cp.propose(county, LAYER, sites=2, frontier=3, uncertainty=noise)
    proposal = asked.layers[LAYER].proposal
    assert cp.show_frontier(asked, LAYER)["新增可达（人）"].tolist() == (
        proposal.frontier_table["newly"].tolist()
    )
    table = cp.show_draws(asked, LAYER)
    assert table["入选（5 次中）"].tolist() == proposal.robustness_table["draws_chosen"].tolist()
    names = dict(zip(proposal.problem.sites.ids, proposal.problem.sites.names, strict=True))
    assert table["站点"].tolist() == [names[i] for i in proposal.robustness_table["site_id"]]


def test_places_are_named_without_their_size(county):
    assert cp.propose(county, LAYER, sites=1).layers[LAYER].proposal.chosen_places == ["C2"]
    without = cp.propose(county, LAYER, sites=1, excluded=["C2"])
    assert without.layers[LAYER].proposal.chosen_places != ["C2"]
