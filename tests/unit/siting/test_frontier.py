from dataclasses import replace

import numpy as np
import pytest
from siting_cases import random_problem

from coverplan import InputError, InternalError
from coverplan.siting import Limits, Rules
from coverplan.siting import frontier as module
from coverplan.siting.frontier import coverage_frontier
from coverplan.siting.maxcover import CoverAnswer


def problem_of(seed=1, **options):
    options = {"n_sites": 9, "n_places": 30, "n_existing": 1, "rules": Rules(), **options}
    return random_problem(np.random.default_rng(seed), **options)


def test_the_table():
    problem = problem_of()
    frontier = coverage_frontier(problem, most_sites=4)
    table = frontier.to_frame(problem.sites.ids)
    assert list(table["at"]) == list(frontier.at)
    assert list(table["newly"]) == [plan.value for plan in frontier.plans]
    assert list(table["more"].cumsum()) == list(table["newly"])
    assert table["newly"].is_monotonic_increasing
    assert (table["newly"] == table["newly_at_most"]).all()
    assert table["elbow"].sum() == (frontier.elbow is not None)
    assert [len(ids) for ids in table["chosen"]] == list(table["sites"])
    assert frontier.elbow_proven
    if frontier.elbow is not None:
        assert f"{frontier.at[frontier.elbow]} 处" in frontier.elbow_text.zh
        assert "people" in frontier.elbow_text.en


def test_it_ends_where_everybody_is_reached_who_can_be():
    problem = problem_of(n_places=4)
    frontier = coverage_frontier(problem, most_sites=8)
    assert frontier.complete
    assert frontier.plans[-1].value == frontier.reachable
    assert len(frontier.at) < 8
    assert all(plan.value < frontier.reachable for plan in frontier.plans[:-1])


def test_required_sites_are_where_it_begins():
    problem = problem_of()
    must = problem.sites.must.copy()
    must[[3, 4]] = True
    problem = replace(problem, sites=replace(problem.sites, must=must))
    frontier = coverage_frontier(problem, most_sites=4)
    assert frontier.at[0] == 2
    assert {3, 4} <= set(frontier.plans[0].chosen)


def test_exactly_so_many_is_at_most_so_many():
    """Along the axis: otherwise more sites could be worse than fewer."""
    problem = problem_of(rules=Rules(sites=2, exactly=True))
    frontier = coverage_frontier(problem, most_sites=3)
    loose = coverage_frontier(problem_of(), most_sites=3)
    assert [plan.value for plan in frontier.plans] == [plan.value for plan in loose.plans]
    nothing = problem_of(n_places=1, n_existing=2, seed=0, rules=Rules(sites=2, exactly=True))
    assert coverage_frontier(nothing, budgets=[10**6]).plans[0].facts.opened < 2


def test_points_without_a_plan():
    problem = problem_of(seed=4, n_units=3, n_existing=0, rules=Rules(unit_least=1))
    frontier = coverage_frontier(problem, most_sites=5)
    first = frontier.plans[0]
    assert (first.value, first.status) == (None, "impossible")
    assert first.impossible
    assert frontier.plans[-1].status == "optimal"
    table = frontier.to_frame(problem.sites.ids)
    assert table.loc[0, "status"] == "impossible"
    assert np.isnan(table.loc[0, "newly"])


def answers_of(monkeypatch, *given):
    """Let the search find these values and bounds, whatever is asked, with growing plans."""
    rest = list(given)

    def found(problem, rows, limits, begin, *, start=None):
        value, bound = rest.pop(0)
        return CoverAnswer(None, value, bound, "stopped")

    monkeypatch.setattr(module, "max_cover", found)


def test_what_one_point_proves_helps_the_others(monkeypatch):
    given = [(5, 20), (None, 30), (9, 12), (12, 12)]
    answers_of(monkeypatch, *given)
    problem = problem_of()
    seen = module._solve_all(problem, ("sites", (1, 2, 3, 4)), Limits(), 10**9)[1]
    repaired = module._consistent(seen)
    assert [answer.value for answer in repaired] == [5, 5, 9, 12]
    assert [answer.bound for answer in repaired] == [12, 12, 12, 12]


def test_each_point_begins_with_the_plan_before(monkeypatch):
    starts = []
    real = module.max_cover

    def noted(*args, start=None):
        starts.append(start)
        return real(*args, start=start)

    monkeypatch.setattr(module, "max_cover", noted)
    coverage_frontier(problem_of(), most_sites=3)
    assert starts[0] is None
    assert all(start is not None for start in starts[1:])


def test_a_time_limit_is_shared_and_never_called_optimal():
    problem = problem_of(n_sites=200, n_places=3000)
    frontier = coverage_frontier(problem, Limits(time_limit_seconds=1e-3), most_sites=6)
    assert len(frontier.at) == 6
    for plan in frontier.plans:
        assert plan.value <= plan.bound
        assert (plan.status == "optimal") == (plan.value == plan.bound)
    assert not frontier.elbow_proven
    bounds = [plan.bound for plan in frontier.plans]
    values = [plan.value for plan in frontier.plans]
    assert bounds == sorted(bounds)
    assert values == sorted(values)


def test_a_bound_below_the_value_is_noticed(monkeypatch):
    real = module.max_cover

    def lying(*args, **options):
        answer = real(*args, **options)
        return replace(answer, bound=answer.value - 1)

    monkeypatch.setattr(module, "max_cover", lying)
    with pytest.raises(InternalError, match="bound"):
        coverage_frontier(problem_of(), most_sites=2)


@pytest.mark.parametrize("most", [0, -1, 9])
def test_numbers_out_of_range(most):
    with pytest.raises(InputError) as caught:
        coverage_frontier(problem_of(), most_sites=most)
    assert "siting.most_sites" in caught.value.render("zh")
    assert "1 至 8" in caught.value.render("zh")


@pytest.mark.parametrize("given", [{}, {"budgets": []}, {"most_sites": 1, "budgets": [10**6]}])
def test_one_of_both_is_needed(given):
    with pytest.raises(InputError, match="either"):
        coverage_frontier(problem_of(), **given)


def test_budgets_that_pay_for_nothing_are_all_named():
    problem = problem_of()
    cheapest = int(problem.sites.cost_yuan[1:].min())
    with pytest.raises(InputError) as caught:
        coverage_frontier(problem, budgets=[cheapest, cheapest - 1, -4])
    assert {fault.found for fault in caught.value.problems} == {f"{cheapest - 1:,}", "-4"}
    frontier = coverage_frontier(problem, budgets=[cheapest * 3, cheapest])
    assert frontier.at == (cheapest, cheapest * 3)
    assert frontier.axis == "yuan"
    assert all(
        plan.facts.cost_yuan <= at for at, plan in zip(frontier.at, frontier.plans, strict=True)
    )


def test_points_in_one_line_have_no_elbow():
    """Sites that each reach as many people as the next one."""
    problem = problem_of()
    frontier = coverage_frontier(problem, most_sites=4)
    plans = tuple(
        replace(plan, value=10 * at, bound=10 * at)
        for at, plan in zip(frontier.at, frontier.plans, strict=True)
    )
    assert replace(frontier, plans=plans).elbow is None
    assert replace(frontier, plans=plans).elbow_text.zh == "没有明显的拐点"
    assert replace(frontier, at=frontier.at[:1], plans=plans[:1]).elbow is None
    bent = (replace(plans[0], value=35), *plans[1:])
    assert replace(frontier, plans=bent).elbow == 0
    assert "not all proven" in replace(frontier, plans=bent).elbow_text.en
