import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import cover_of, random_problem

from coverplan import InputError
from coverplan.siting import solve_mclp
from coverplan.siting.scenarios import (
    Scenario,
    compare_people,
    compare_plans,
    compare_sites,
    compare_units,
)


def scenarios(seed=3, **options):
    problem = random_problem(np.random.default_rng(seed), n_units=4, **options)
    asked = {f"k{k}": problem.with_rules(sites=k) for k in (1, 2, 3)}
    return problem, {name: Scenario(part, solve_mclp(part)) for name, part in asked.items()}


def opened(scenario):
    mask = scenario.problem.sites.existing.copy()
    mask[list(scenario.plan.chosen)], mask[list(scenario.plan.closed)] = True, False
    return mask


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_numbers_of_each_plan(seed, closable):
    problem, plans = scenarios(seed, closable=closable)
    cover = cover_of(problem)
    table = compare_plans(plans)
    assert list(table.index) == ["today", "k1", "k2", "k3"]
    masks = {"today": problem.sites.existing, **{name: opened(s) for name, s in plans.items()}}
    for name, mask in masks.items():
        after = cover[mask].any(axis=0)
        reached = int(problem.people[after].sum())
        row = table.loc[name]
        assert row["reached"] == reached
        assert row["people"] == problem.everybody
        assert row["sites"] == (mask & ~problem.sites.existing).sum()
        assert row["closed"] == (~mask & problem.sites.existing).sum()
        assert row["cost_yuan"] == problem.sites.cost_yuan[mask].sum()
        shares = {
            u: problem.people[after & (problem.unit == u)].sum() / problem.totals[u] * 100
            for u in range(4)
            if problem.totals[u]
        }
        if shares:
            assert row["least_share_percent"] == pytest.approx(min(shares.values()))
            worst = problem.unit_names.index(row["least_unit"])
            assert shares[worst] == pytest.approx(min(shares.values()))
    newly = table["newly"].to_numpy(int)
    assert (newly == table["reached"].to_numpy(int) - int(table.loc["today", "reached"])).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 33.3, 50, 80, 100]))
def test_units_that_change_sides(seed, target):
    problem, plans = scenarios(seed)
    cover = cover_of(problem)
    table = compare_units(plans, target_percent=target)
    assert list(table.index) == list(problem.unit_codes)
    for u, code in enumerate(problem.unit_codes):
        answers = []
        for name, mask in {
            "today": problem.sites.existing,
            **{name: opened(s) for name, s in plans.items()},
        }.items():
            here = problem.people[cover[mask].any(axis=0) & (problem.unit == u)].sum()
            if not problem.totals[u]:
                assert pd.isna(table.loc[code, ("share_percent", name)])
                assert table.loc[code, ("met", name)] is pd.NA
                continue
            answers.append(bool(here * 1000 >= round(target * 10) * problem.totals[u]))
            assert table.loc[code, ("met", name)] == answers[-1]
        assert table.loc[code, ("changes", "")] == (len(set(answers)) == 2)


def test_sites_and_people():
    problem, plans = scenarios()
    table = compare_sites(plans)
    for name, scenario in plans.items():
        ids = set(scenario.plan.chosen_ids(problem.sites.ids))
        assert set(table.index[table[name] == "opened"]) == ids
    in_all = set.intersection(*(set(s.plan.chosen) for s in plans.values()))
    assert table["alike"].sum() == len(in_all)
    assert (table["n_changed"] >= 1).all()
    pairs = compare_people(plans)
    assert len(pairs) == 3
    cover = cover_of(problem)
    for row in pairs.itertuples():
        a, b = (cover[opened(plans[name])].any(axis=0) for name in (row.first, row.second))
        for number, mask in (
            (row.both, a & b),
            (row.only_first, a & ~b),
            (row.only_second, ~a & b),
            (row.neither, ~a & ~b),
        ):
            assert number == problem.people[mask].sum()


def test_a_plan_that_does_not_exist_has_a_row_and_nothing_more():
    problem, plans = scenarios()
    part = problem.with_rules(unit_least=9)
    plans["none"] = Scenario(part, solve_mclp(part))
    table = compare_plans(plans)
    assert pd.isna(table.loc["none", "reached"])
    assert "none" not in compare_units(plans, target_percent=50)["met"]
    assert "none" not in compare_sites(plans)


@pytest.mark.parametrize("name", ["today", "alike"])
def test_names_that_are_taken(name):
    _, plans = scenarios()
    with pytest.raises(InputError, match="name"):
        compare_plans({name: plans["k1"]})


def test_what_cannot_be_compared():
    with pytest.raises(InputError, match="no scenario"):
        compare_plans({})
    _, plans = scenarios()
    _, others = scenarios(seed=4)
    with pytest.raises(InputError) as caught:
        compare_people({"a": plans["k1"], "b": others["k1"]})
    assert "人口或单元不同" in caught.value.render("zh")
    for bad in (-1, 101, float("nan")):
        with pytest.raises(InputError, match="percentage"):
            compare_units(plans, target_percent=bad)
