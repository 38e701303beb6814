"""Laws of maximal covering: more never reaches fewer, names do not matter, bounds are bounds."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import problems

from coverplan import Reach
from coverplan.siting import Limits, Rules, solve_mclp

FREE = {"n_existing": 1, "n_sites": 8}


def reached_after(plan):
    return plan.facts.reached_after


@settings(max_examples=25, deadline=None)
@given(problems(**FREE, rules=Rules(sites=1)))
def test_more_sites_never_reach_fewer_and_each_brings_no_more_than_the_first(problem):
    plans = [solve_mclp(problem.with_rules(sites=k)) for k in range(1, 5)]
    values = [plan.value for plan in plans]
    assert values == sorted(values)
    # Not more than k times the best single site.
    assert all(value <= k * values[0] for k, value in enumerate(values, 1))


@settings(max_examples=25, deadline=None)
@given(problems(**FREE, rules=Rules(sites=3)), st.integers(0, 30))
def test_a_larger_budget_and_a_smaller_spacing_never_reach_fewer(problem, step):
    budgets = [
        solve_mclp(problem.with_rules(sites=None, budget_yuan=b * 10_000)).value
        for b in (9, 9 + step)
    ]
    assert budgets[0] <= budgets[1]
    spaced = [
        solve_mclp(problem.with_rules(spacing_metres=metres)).value
        for metres in (100.0 * step + 1, 50.0 * step + 1)
    ]
    assert None in spaced or spaced[0] <= spaced[1]


@settings(max_examples=25, deadline=None)
@given(problems(**FREE, rules=Rules(sites=3)), st.randoms(use_true_random=False))
def test_the_order_of_sites_does_not_matter(problem, random):
    order = list(range(len(problem.sites)))
    random.shuffle(order)
    at = np.array(order)
    reach = problem.reach
    who = [reach.who[reach.ptr[j] : reach.ptr[j + 1]] for j in at]
    ptr = np.concatenate([[0], np.cumsum([len(w) for w in who])])
    fields = {f.name: getattr(problem.sites, f.name) for f in dataclasses.fields(problem.sites)}
    sites = dataclasses.replace(
        problem.sites, **{name: field[at] for name, field in fields.items() if len(field)}
    )
    other = dataclasses.replace(
        problem,
        sites=sites,
        reach=Reach(reach.demand, reach.sites[at], ptr, np.concatenate(who), reach.minutes),
        times=None,
        weights=None,
    )
    assert solve_mclp(other).value == solve_mclp(problem).value


@settings(max_examples=25, deadline=None)
@given(problems(**FREE, rules=Rules(sites=3)))
def test_stopping_early_lies_between_the_best_value_and_its_bound(problem):
    best = solve_mclp(problem).value
    for limits in (Limits(time_limit_seconds=0.0), Limits(gap_percent=30.0)):
        plan = solve_mclp(problem, limits)
        assert plan.value <= best <= plan.bound


@settings(max_examples=25, deadline=None)
@given(problems(**FREE, rules=Rules(sites=2)), st.integers(2, 7))
def test_people_counted_so_many_times_over_are_reached_so_many_times(problem, times):
    if problem.people.any():
        more = dataclasses.replace(problem, weights=problem.people * times)
        assert solve_mclp(more).value == times * solve_mclp(problem).value
