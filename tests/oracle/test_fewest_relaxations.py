"""The least each rule would have to give equals brute force over all plans."""

import dataclasses
import itertools
import math
import types

import numpy as np
import pytest
from rule_pairs import CASES
from siting_cases import _allowed, cover_of, random_problem

from coverplan.siting.elastic import make_elastic
from coverplan.siting.fewest import share_needs
from coverplan.siting.rows import site_rows

LET_GO = {
    "number": {"sites": None, "exactly": False, "moves": 0},
    "budget": {"budget_yuan": None},
    "spacing": {"spacing_metres": None},
    "unit_most": {"unit_most": None},
    "unit_least": {"unit_least": 0},
    "close_most": {"close_most": None},
    "close_least": {"close_least": 0},
}


def plans_under(problem, rules):
    """Every set of open sites some rules allow; any numbers will do as rules here."""
    loose = types.SimpleNamespace(sites=problem.sites, rules=rules, unit_codes=problem.unit_codes)
    sites = problem.sites
    free = np.flatnonzero(~sites.must).tolist()
    for size in range(len(free) + 1):
        for some in itertools.combinations(free, size):
            opened = sorted([*np.flatnonzero(sites.must).tolist(), *some])
            if _allowed(loose, opened):
                yield opened


def shortfall(problem, opened, family):
    """By how much one rule is broken by a set of open sites."""
    sites, rules = problem.sites, problem.rules
    new = [j for j in opened if not sites.existing[j]]
    closed = int(sites.existing.sum()) - (len(opened) - len(new))
    if family == "number":
        # Both rows of a number with moves give by the same.
        most = max(len(new) - rules.sites - min(closed, rules.moves), 0)
        return max(most, rules.sites - len(new) if rules.exactly and not rules.moves else 0)
    if family == "budget":
        return max(int(sites.cost_yuan[new].sum()) - rules.budget_yuan, 0)
    if family == "close_most":
        return max(closed - rules.close_most, 0)
    if family == "close_least":
        return max(rules.close_least - closed, 0)
    units = range(len(problem.unit_codes))
    if family == "unit_most":
        return sum(max(int((sites.unit[new] == u).sum()) - rules.unit_most, 0) for u in units)
    asked = units if rules.units_asked is None else rules.units_asked
    return sum(max(rules.unit_least - int((sites.unit[opened] == u).sum()), 0) for u in asked)


def nearest_pair(problem, opened):
    """The distance of the two nearest open sites, one of them new."""
    sites = problem.sites
    new = [j for j in opened if not sites.existing[j]]
    gaps = [np.hypot(*(sites.xy[a] - sites.xy[b])) for a in new for b in opened if a != b]
    return min(gaps, default=np.inf)


def least(problem, family, enough):
    """The least one rule must give by itself, in its own measure; None: that is not enough."""
    rules = dataclasses.replace(problem.rules, **LET_GO[family])
    plans = [opened for opened in plans_under(problem, rules) if enough(opened)]
    if not plans:
        return None
    if family == "spacing":
        gap = max(nearest_pair(problem, opened) for opened in plans)
        return math.floor(gap)
    return min(shortfall(problem, opened, family) for opened in plans)


@pytest.mark.parametrize("case", CASES)
def test_the_least_change_of_each_rule(case):
    seen = 0
    for seed in range(40):
        problem = random_problem(np.random.default_rng(seed), n_sites=7, **CASES[case])
        (need,) = share_needs(problem, 95)
        cover = cover_of(problem)

        def enough(opened, *, cover=cover, need=need, people=problem.people):
            return people[cover[opened].any(axis=0)].sum() >= need.at_least

        if any(enough(opened) for opened in plans_under(problem, problem.rules)):
            continue
        seen += 1
        elastic = make_elastic(problem, site_rows(problem), [need], 60.0)
        found = elastic.relaxations()
        single = {r.families[0]: r for r in found if len(r.families) == 1}
        for family in set(elastic.families) - {"need"}:
            expected = least(problem, family, enough)
            assert (family in single) == (expected is not None)
            if expected is None:
                continue
            relaxed = single[family]
            assert relaxed.smallest
            if family == "spacing":
                assert relaxed.metres == expected
            else:
                assert sum(s.more + s.less for s in relaxed.slack) == expected
        reached = [
            int(problem.people[cover[opened].any(axis=0)].sum())
            for opened in plans_under(problem, problem.rules)
        ]
        assert ("need" in single) == bool(reached)
        if reached:
            (slack,) = single["need"].slack
            assert slack.less == need.at_least - max(reached)
        if seen == 3:
            break
