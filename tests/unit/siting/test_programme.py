"""Programmes on a plane of a few sites: which site wins, in which year, and what is said."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from coverplan.core.errors import InputError, InternalError
from coverplan.core.text import Text
from coverplan.siting import Limits, Phase, Rules, Sites, SitingProblem
from coverplan.siting.programme import (
    Opening,
    ProgrammeLayer,
    ProgrammeNeed,
    ProgrammeProblem,
    fewest_for_need,
    solve_programme,
)
from coverplan.siting.programme_needs import members
from coverplan.siting.programme_recount import amount_with_all, recount_programme
from coverplan.siting.programme_why import Relaxation, is_possible
from coverplan.travel import Reach

NAME = Text("要求", "the need")


def layer(rows, people, *, reuse=None, priced=None, rules=None, **sites):
    """A layer of candidates, each with the places it reaches; ``existing`` as in `Sites.make`."""
    n = len(rows)
    ids = pd.Index([f"s{i}" for i in range(n)], dtype=object)
    ptr = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    who = np.array([p for row in rows for p in row], dtype=np.int32)
    reach = Reach(pd.RangeIndex(len(people)), ids, ptr, who, 15.0)
    problem = SitingProblem(
        Sites.make(ids, **sites), reach, np.array(people), rules=rules or Rules()
    )
    return ProgrammeLayer.of(
        problem,
        reuse=None if reuse is None else np.array(reuse, dtype=bool),
        priced=None if priced is None else np.array(priced, dtype=bool),
    )


def units(one, pairs, *, amount, deadline=None, key="a", names=("甲", "乙", "丙"), **more):
    inside = {key: (one.problem.sites.ids, pairs)}
    return ProgrammeNeed.of_units(
        "T", NAME, names, inside, amount=amount, deadline=deadline, **more
    )


ONE_YEAR = (Phase(2026),)


def solved(one, *needs, years=ONE_YEAR, **more):
    return solve_programme(ProgrammeProblem({"a": one}, needs, years), **more)


def stages(plan):
    return [(stage.objective.id, stage.value, stage.bound) for stage in plan.stages]


def test_reuse_before_build_before_money_before_people():
    # Four candidates in one unit: two reuse a building; of these the cheaper one, though it
    # reaches fewer people.
    one = layer(
        [[0], [1], [2], [3]],
        [10, 20, 30, 40],
        reuse=[False, True, True, False],
        cost_yuan=[1, 50, 60, 2],
    )
    need = units(one, [(i, 0) for i in range(4)], amount=1, names=["甲"])
    plan = solved(one, need)
    assert [o.site for o in plan.openings] == [1]
    assert stages(plan) == [
        ("new_sites", 1, 1),
        ("new_buildings", 0, 0),
        ("cost", 50, 50),
        ("people_years", 20, 20),
    ]


def test_a_cost_nobody_knows_is_no_bargain():
    one = layer([[0], [1]], [10, 10], priced=[False, True], cost_yuan=[0, 900])
    need = units(one, [(0, 0), (1, 0)], amount=1, names=["甲"])
    plan = solved(one, need, years=(Phase(2026, budget_yuan=900),))
    assert [o.site for o in plan.openings] == [1]
    assert ("unknown_cost", 0, 0) in stages(plan)


def test_whoever_reaches_most_is_built_first():
    # 10, 20 and 30 people; one a year. 30 in all three years, 20 in two, 10 in one: 140.
    one = layer([[0], [1], [2]], [10, 20, 30])
    need = units(one, [(0, 0), (1, 1), (2, 2)], amount=3)
    years = tuple(Phase(y, sites=1) for y in (2026, 2027, 2028))
    plan = solved(one, need, years=years)
    assert [(o.site, o.year, o.newly) for o in plan.openings] == [
        (2, 2026, 30),
        (1, 2027, 20),
        (0, 2028, 10),
    ]
    assert plan.facts.people_years == 140
    assert plan.facts.needs == ((0, 1, 2, 3),)


def test_a_deadline_goes_before_people():
    one = layer([[0], [1]], [10, 99])
    first = units(one, [(0, 0)], amount=1, deadline=2026, names=["甲"])
    both = units(one, [(0, 0), (1, 1)], amount=2, deadline=2027, names=["甲", "乙"])
    years = (Phase(2026, sites=1), Phase(2027, sites=1))
    plan = solved(one, first, both, years=years)
    assert [(o.site, o.year) for o in plan.openings] == [(0, 2026), (1, 2027)]


def test_a_year_that_is_none_is_met_in_the_one_before():
    one = layer([[0]], [10])
    need = units(one, [(0, 0)], amount=1, deadline=2029, names=["甲"])
    problem = ProgrammeProblem({"a": one}, (need,), (Phase(2026), Phase(2028), Phase(2030)))
    assert problem.due(need) == 1


def test_what_a_site_brings_to_several_layers_needs():
    # A circle that any of two layers counts for: the site built for a unit serves it too.
    a, b = layer([[0], [1]], [5, 7]), layer([[0, 1]], [5, 7])
    unit = units(a, [(0, 0)], amount=1, names=["甲"])
    reach = {"a": a.problem.reach, "b": b.problem.reach}
    circle = ProgrammeNeed.of_people("C", NAME, reach, np.array([5, 7]), amount=5, deadline=None)
    plan = solve_programme(ProgrammeProblem({"a": a, "b": b}, (unit, circle), (Phase(2026),)))
    assert [(o.layer, o.site) for o in plan.openings] == [("a", 0)]


def test_villages_count_whole():
    # Village 0 has 10 people at two places, village 1 has 8. Half of each must be reached: 5 and
    # 4. Site 0 reaches 4 of village 0, site 1 the other 6 of it, site 2 all of village 1.
    one = layer([[0], [1], [2]], [4, 6, 8])
    need = ProgrammeNeed.of_places(
        "V",
        NAME,
        {"a": one.problem.reach},
        np.array([4, 6, 8]),
        group=np.array([0, 0, 1]),
        totals=np.array([10, 8]),
        share=Fraction(1, 2),
        amount=2,
        deadline=None,
        names=["一村", "二村"],
    )
    plan = solved(one, need)
    assert sorted(o.site for o in plan.openings) == [1, 2]
    barred = layer([[0], [1], [2]], [4, 6, 8], barred=[False, True, False])
    why = solved(barred, need).impossible[0]
    assert (why.who.zh, why.people) == ("一村", 6)


def test_a_need_met_today_takes_nothing():
    one = layer([[0], [1]], [10, 10], existing=[True, False])
    need = units(one, [(0, 0), (1, 1)], amount=1, names=["甲", "乙"])
    plan = solved(one, need)
    assert (plan.openings, plan.status, plan.facts.sites) == ((), "optimal", 0)
    assert (
        fewest_for_need(ProgrammeProblem({"a": one}, (need,), (Phase(1),)), need).facts.sites == 0
    )


def test_a_required_site_is_built_by_the_last_year():
    one = layer([[0], [1]], [10, 10], must=[False, True])
    need = units(one, [(0, 0)], amount=1, names=["甲"])
    plan = solved(one, need, years=(Phase(2026, sites=1), Phase(2027, sites=1)))
    assert sorted(o.site for o in plan.openings) == [0, 1]


def test_one_less_is_not_enough():
    one = layer([[0, 1], [1, 2], [3]], [5, 5, 5, 4])
    reach = {"a": one.problem.reach}
    need = ProgrammeNeed.of_people(
        "P", NAME, reach, np.array([5, 5, 5, 4]), amount=15, deadline=None
    )
    plan = fewest_for_need(ProgrammeProblem({"a": one}, (need,), (Phase(2026),)), need)
    # One site reaches 10 at most; two reach 15.
    assert plan.facts.sites == 2
    assert (plan.one_less.sites, plan.one_less.value, plan.one_less.bound) == (1, 10, 10)
    assert plan.one_less.fails


def test_spacing_that_forbids_is_named():
    one = layer(
        [[0], [1]], [10, 10], rules=Rules(spacing_metres=500.0), xy=[[0.0, 0.0], [100.0, 0.0]]
    )
    need = units(one, [(0, 0), (1, 1)], amount=2, names=["甲", "乙"])
    (why,) = solved(one, need).impossible
    assert why.constraint.zh == "站点间距不小于 500 米"
    assert "spacing" in why.relaxation.en


def test_number_and_money_that_only_together_are_enough():
    one = layer([[0], [1]], [10, 10], cost_yuan=[100, 100])
    need = units(one, [(0, 0), (1, 1)], amount=2, names=["甲", "乙"])
    plan = solved(one, need, years=(Phase(2026, sites=1, budget_yuan=150),))
    assert plan.relaxations == (Relaxation((1,), (50,)),)
    assert plan.impossible[0].relaxation.zh == "2026 年再加 1 处；2026 年再加 50 元"
    wider = plan.relaxations[0].applied((Phase(2026, sites=1, budget_yuan=150),))
    assert wider == (Phase(2026, sites=2, budget_yuan=200),)
    assert solved(one, need, years=wider).status == "optimal"


def test_of_the_needs_only_those_that_clash_are_named():
    one = layer([[0], [1], [2]], [10, 10, 10])
    easy = ProgrammeNeed.of_sites(
        "E", Text("易", "easy"), {"a": one.problem}, amount=1, deadline=None
    )
    hard = units(one, [(0, 0), (1, 1)], amount=2, deadline=2026, names=["甲", "乙"])
    plan = solved(one, easy, hard, years=(Phase(2026, sites=1), Phase(2027)))
    assert plan.impossible[0].who.zh == "要求"
    problem = ProgrammeProblem({"a": one}, (easy, hard), (Phase(2026, sites=1), Phase(2027)))
    assert is_possible(problem, 5.0) is False
    assert is_possible(ProgrammeProblem({"a": one}, (easy,), problem.years), 5.0) is True


def test_no_time_is_no_answer():
    one = layer([[0], [1]], [10, 10])
    need = units(one, [(0, 0), (1, 1)], amount=2, names=["甲", "乙"])
    plan = solved(one, need, limits=Limits(time_limit_seconds=0.0))
    assert (plan.status, plan.openings, plan.facts, plan.fewest) == ("unknown", (), None, None)


def test_what_all_candidates_together_bring():
    one = layer([[0], [1]], [10, 10])
    need = units(one, [(0, 0), (1, 1)], amount=3)
    assert amount_with_all(ProgrammeProblem({"a": one}, (need,), (Phase(2026),)), need) == 2


def test_counting_again_finds_what_is_broken():
    one = layer([[0], [1]], [10, 10], cost_yuan=[100, 100], rules=Rules(unit_most=1), unit=0)
    need = units(one, [(0, 0), (1, 1)], amount=1, names=["甲", "乙"])
    problem = ProgrammeProblem({"a": one}, (need,), (Phase(2026, sites=1, budget_yuan=150),))
    both = recount_programme(problem, [Opening("a", 0, 2026), Opening("a", 1, 2026)])
    assert both.broken == (
        "the number of 2026",
        "the money of 2026",
        "a: the number of sites in a unit",
    )
    assert recount_programme(problem, []).broken == ("the need of T",)
    assert recount_programme(problem, [Opening("a", 0, 2025)]).broken[0] == "a year that is none"


def test_years_that_make_no_programme_are_refused():
    one = layer([[0]], [10])
    with pytest.raises(InputError, match="2027, 2026") as caught:
        ProgrammeProblem({"a": one}, (), (Phase(2027, sites=-1), Phase(2026, budget_yuan=-5)))
    assert len(caught.value.problems) == 3


def test_things_that_do_not_fit_are_a_fault_of_ours():
    one = layer([[0], [1]], [10, 10])
    need = units(one, [(0, 0)], amount=1, key="b", names=["甲"])
    with pytest.raises(InternalError, match="no layer 'b'"):
        ProgrammeProblem({"a": one}, (need,), (Phase(2026),))
    short = ProgrammeNeed.of_units(
        "T", NAME, ["甲"], {"a": (pd.Index(["x"]), [(0, 0)])}, amount=1, deadline=None
    )
    with pytest.raises(InternalError, match="sites of T"):
        ProgrammeProblem({"a": one}, (short,), (Phase(2026),))
    with pytest.raises(InternalError, match="things of T"):
        units(one, [(0, 0)], amount=1, names=["甲"], already=[True, False])
    assert members(pd.Index(["x"]), pd.RangeIndex(1), []).of(0).tolist() == []
