from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from siting_cases import random_problem

from coverplan import InputError, InternalError
from coverplan.siting import Bounds, Limits, Rules, Sites, SitingProblem
from coverplan.siting import phases as module
from coverplan.siting.phases import Phase, order_of_building, solve_phases
from coverplan.travel import Reach


def problem_of(cover, people, **options):
    """A problem from a boolean matrix sites x places; options of the sites."""
    cover = np.asarray(cover, dtype=bool)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    ids = pd.Index([f"s{i}" for i in range(len(cover))], dtype=object)
    reach = Reach(pd.RangeIndex(cover.shape[1]), ids, ptr, who, 15.0)
    return SitingProblem(Sites.make(ids, **options), reach, np.asarray(people), rules=Rules())


# Two neighbours of a middle site: best alone is the middle (8), best pair the two sides (12).
THREE = problem_of([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], [2, 4, 4, 2])


def test_nesting_has_a_price():
    plan = solve_phases(THREE, years=[Phase(2026, 1), Phase(2027, 1)])
    assert plan.proof.status == "optimal"
    # Middle first: 8, then 10; a side first: 6, then 12. Both make 18.
    assert plan.proof.value == plan.proof.bound == 18
    late = solve_phases(THREE, years=[Phase(2026, 1, weight=1), Phase(2027, 1, weight=3)])
    assert [p.value for p in late.plans] == [6, 12]
    assert late.price_of_nesting == ((2, 2), (0, 0))
    soon = solve_phases(THREE, years=[Phase(2026, 1, weight=3), Phase(2027, 1, weight=1)])
    assert [p.value for p in soon.plans] == [8, 10]
    assert soon.price_of_nesting == ((0, 0), (2, 2))
    assert soon.best_alone == (8, 12)
    table = soon.to_frame(THREE)
    assert list(table["newly"]) == [8, 10]
    assert list(table["best_alone"]) == [8, 12]
    assert [len(ids) for ids in table["opened"]] == [1, 1]
    assert list(table["sites"]) == [1, 2]


def test_a_year_of_rest():
    plan = solve_phases(THREE, years=[Phase(2026, 0), Phase(2027, 0, 0), Phase(2028, 2)])
    assert [p.value for p in plan.plans] == [0, 0, 12]
    assert plan.opened[:2] == ((), ())
    assert plan.proof.status == "optimal"


def test_nothing_to_gain_in_any_year():
    plan = solve_phases(problem_of([[1], [1]], [3], existing=[True, False]), years=[Phase(2026, 1)])
    assert plan.proof.status == "nothing_to_gain"
    assert plan.final.status == "nothing_to_gain"


@pytest.mark.parametrize(
    ("years", "code"),
    [
        ([], "siting.years"),
        ([Phase(2027), Phase(2026)], "siting.years"),
        ([Phase(2026), Phase(2026)], "siting.years"),
        ([Phase(2026, -1)], "siting.years.sites"),
        ([Phase(2026, 1, -5)], "siting.years.budget_yuan"),
        ([Phase(2026, 1, weight=-1)], "siting.years.weight"),
        ([Phase(2026, 1, weight=0)], "siting.years.weight"),
        ([Phase(2026, 1, 9_999)], "siting.years.budget_yuan"),
    ],
)
def test_bad_years(years, code):
    problem = problem_of(np.eye(3), [1, 2, 3], cost_yuan=[10_000, 20_000, 30_000])
    with pytest.raises(InputError) as caught:
        solve_phases(problem, years=years)
    assert code in {fault.code for fault in caught.value.problems}
    assert caught.value.render("zh")


def test_all_faults_at_once():
    problem = problem_of(np.eye(3), [1, 2, 3], must=[True, True, False])
    problem = problem.with_rules(moves=1, close_least=1)
    with pytest.raises(InputError) as caught:
        solve_phases(problem, years=[Phase(2027, 1, -1), Phase(2026, 0, weight=-2)])
    codes = {fault.code for fault in caught.value.problems}
    assert codes == {
        "siting.years",
        "siting.years.budget_yuan",
        "siting.years.weight",
        "siting.years.moves",
        "siting.years.required",
    }


def test_money_that_pays_only_when_it_is_carried_over():
    problem = problem_of(np.eye(2), [5, 3], cost_yuan=[30_000, 40_000])
    years = [Phase(2026, budget_yuan=20_000), Phase(2027, budget_yuan=20_000)]
    with pytest.raises(InputError, match="pays for the cheapest"):
        solve_phases(problem, years=years)
    plan = solve_phases(problem, years=years, carry_over=True)
    assert [p.value for p in plan.plans] == [0, 5]


def units(problem, unit, **rules):
    whole = replace(
        problem,
        sites=replace(problem.sites, unit=np.asarray(unit, dtype=np.int32)),
        unit=np.zeros(len(problem.people), dtype=np.int32),
        unit_codes=("u0", "u1", "u2"),
        unit_names=("甲镇", "乙镇", "丙镇"),
        unit_people=None,
    )
    return whole.with_rules(**rules)


def test_too_few_sites_for_what_must_be_there():
    problem = units(problem_of(np.eye(3), [1, 2, 3]), [0, 1, 2], unit_least=1)
    plan = solve_phases(problem, years=[Phase(2026, 1), Phase(2027, 1)])
    assert plan.proof.status == "impossible"
    assert plan.final.status == "impossible"
    assert plan.proof.status_text.zh == "无法满足"
    (why,) = plan.impossible
    assert "甲镇" in why.who.zh
    assert "至多新增 1 处" in why.constraint.zh
    assert "1 sites more" in why.relaxation.en


def test_too_little_money_or_too_few_sites():
    """Each limit alone lets a plan exist: both ways out are named."""
    problem = problem_of(np.eye(3), [1, 2, 3], cost_yuan=[10_000, 30_000, 50_000])
    problem = units(problem, [0, 1, 2], unit_least=1)
    money = [Phase(2026, None, 40_000), Phase(2027, None, 40_000)]
    (why,) = solve_phases(problem, years=money).impossible
    assert "10,000 yuan more" in why.relaxation.en
    both = [Phase(2026, 1, 40_000), Phase(2027, 1, 40_000)]
    (why,) = solve_phases(problem, years=both).impossible
    assert "1 sites more" in why.relaxation.en
    assert "10,000 yuan more" in why.relaxation.en
    assert solve_phases(problem, years=both, carry_over=True).proof.status == "impossible"


def test_rules_that_no_year_can_mend():
    problem = units(problem_of(np.eye(3), [1, 2, 3]), [0, 1, 1], unit_least=1)
    plan = solve_phases(problem, years=[Phase(2026, 3)])
    assert plan.proof.status == "impossible"
    assert any("丙镇" in why.who.zh + why.constraint.zh for why in plan.impossible)


def test_a_time_limit_is_never_called_optimal():
    rng = np.random.default_rng(1)
    problem = random_problem(rng, n_sites=60, n_places=900, n_existing=2, rules=Rules())
    years = [Phase(2026, 4), Phase(2027, 4), Phase(2028, 4)]
    plan = solve_phases(problem, Limits(time_limit_seconds=1e-3), years=years)
    assert plan.proof.status in {"feasible", "unknown"}
    assert plan.proof.bound > (plan.proof.value or 0)


def test_the_listener_is_told_what_is_newly_reached():
    told: list[Bounds] = []
    rng = np.random.default_rng(2)
    problem = random_problem(rng, n_sites=30, n_places=300, n_existing=3, rules=Rules())
    plan = solve_phases(
        problem, Limits(on_bounds=told.append), years=[Phase(2026, 3), Phase(2027, 3)]
    )
    assert told
    assert all(bounds.bound >= plan.proof.value for bounds in told)
    assert told[-1].value <= plan.proof.value


def test_a_wrong_value_is_noticed(monkeypatch):
    real = module.max_cover
    monkeypatch.setattr(
        module, "max_cover", lambda *a, **k: replace(x := real(*a, **k), value=x.value + 1)
    )
    with pytest.raises(InternalError, match="counting again"):
        solve_phases(THREE, years=[Phase(2026, 1)])


def test_the_order_of_a_decided_plan():
    plan = order_of_building(THREE, [0, 2])
    assert [len(new) for new in plan.opened] == [1, 1]
    assert plan.proof.value == 6 + 12
    with pytest.raises(InputError, match="required"):
        order_of_building(THREE, [0, 1, 2], years=[Phase(2026, 1), Phase(2027, 1)])


def test_what_must_be_there_is_asked_for_in_the_last_year_only():
    problem = units(problem_of(np.eye(3), [1, 2, 3], must=[True, False, False]), [0, 1, 2])
    plan = solve_phases(
        problem.with_rules(unit_least=1, sites=3, exactly=True),
        years=[Phase(2026, 1), Phase(2027, 1), Phase(2028, 1)],
    )
    assert plan.opened == ((2,), (1,), (0,))
    assert plan.proof.value == plan.proof.bound == 3 + 5 + 6


def lying(monkeypatch, change):
    """Change what is found for several years together."""
    real = module.max_cover

    def found(problem, *args, **options):
        return change(real(problem, *args, **options), len(problem.people))

    monkeypatch.setattr(module, "max_cover", found)


def test_years_alone_bound_all_of_them(monkeypatch):
    years = [Phase(2026, 1), Phase(2027, 1, weight=2)]
    lying(monkeypatch, lambda answer, n: replace(answer, bound=999) if n > 4 else answer)
    plan = solve_phases(THREE, years=years)
    assert (plan.proof.value, plan.proof.bound) == (30, 8 + 2 * 12)
    lying(monkeypatch, lambda answer, n: replace(answer, bound=None) if n > 4 else answer)
    assert solve_phases(THREE, years=years).proof.bound == 8 + 2 * 12


def test_a_nested_plan_is_a_plan_for_the_year(monkeypatch):
    """Where time was too short for a year alone, its best plan is the nested one."""
    years = [Phase(2026, 1), Phase(2027, 1)]
    lying(
        monkeypatch,
        lambda answer, n: answer if n > 4 else replace(answer, open=None, value=None, bound=12),
    )
    plan = solve_phases(THREE, years=years)
    assert list(plan.best_alone) == [p.value for p in plan.plans]
    lying(monkeypatch, lambda answer, n: answer if n > 4 else replace(answer, value=1, bound=12))
    assert list(solve_phases(THREE, years=years).best_alone) == [p.value for p in plan.plans]
