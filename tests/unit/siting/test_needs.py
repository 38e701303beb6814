"""Merging places, implied rows and dominated sites change no answer."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from coverplan import Reach
from coverplan.core.text import Text
from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.siting.needs import Need, dominated_sites, implied_rows, need_rows
from coverplan.siting.rows import site_rows

NAME = Text("", "")


def problem_of(cover, people, *, rules=None, **sites):
    cover = np.asarray(cover, dtype=bool)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    ids = pd.RangeIndex(len(cover))
    reach = Reach(pd.RangeIndex(cover.shape[1]), ids, ptr, who, 15.0)
    given_ = Sites.make(pd.Index(ids.astype(str), dtype=object), **sites)
    return SitingProblem(given_, reach, np.asarray(people), rules=rules or Rules())


def test_places_the_same_sites_reach_are_one_row_whatever_need_they_count_in():
    problem = problem_of([[1, 1, 0, 1, 0], [0, 0, 1, 1, 0]], [5, 6, 7, 8, 9])
    all_ = Need(problem.people, 20, NAME)
    some = Need(np.array([5, 0, 7, 0, 0]), 12, NAME)
    merged = need_rows(problem, site_rows(problem), [all_, some])
    assert merged.cover.shape == (2, 3)
    by_sites = {
        tuple(merged.cover[:, r].toarray().ravel().tolist()): merged.weight[:, r].toarray().ravel()
        for r in range(3)
    }
    assert by_sites[1, 0].tolist() == [11, 5]
    assert by_sites[0, 1].tolist() == [7, 7]
    assert by_sites[1, 1].tolist() == [8, 0]
    # The second need cannot spare anybody: its two rows must be reached.
    assert merged.full.sum() == 2
    assert merged.left.tolist() == [20, 12]
    assert merged.short.tolist() == [0, 0]


def test_sites_open_in_every_plan_serve_theirs_and_barred_ones_nobody():
    problem = problem_of(
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [5, 6, 7], must=[1, 0, 0], barred=[0, 0, 1]
    )
    merged = need_rows(problem, site_rows(problem), [Need(problem.people, 18, NAME)])
    assert merged.left.tolist() == [13]
    assert merged.short.tolist() == [7]
    assert merged.cover.shape == (3, 1)


def test_without_needs_there_are_no_rows():
    problem = problem_of(np.eye(2), [1, 1])
    merged = need_rows(problem, site_rows(problem), [])
    assert merged.cover.shape == (2, 0)
    assert merged.weight.shape == (0, 0)


@st.composite
def covers(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    return rng.random(shape) < draw(st.sampled_from([0.2, 0.5, 0.8])), rng


@settings(max_examples=150, deadline=None)
@given(covers())
def test_implied_rows_are_those_that_contain_another(made):
    cover, _ = made
    sets = [frozenset(np.flatnonzero(column).tolist()) for column in cover.T]
    expected = [
        any(s and (s < t or (s == t and i < j)) for i, s in enumerate(sets) if i != j)
        for j, t in enumerate(sets)
    ]
    assert implied_rows(csr_matrix(cover)).tolist() == expected


@settings(max_examples=150, deadline=None)
@given(covers())
def test_a_dominated_site_has_one_that_stays_and_is_as_good(made):
    cover, rng = made
    n = len(cover)
    cost = rng.integers(1, 4, n)
    unit = rng.integers(0, 2, n)
    problem = problem_of(
        cover, np.ones(cover.shape[1], int), rules=Rules(unit_most=1, sites=n), unit=unit * 0
    )
    rows = site_rows(problem)
    gone = dominated_sites(csr_matrix(cover.astype(np.int8)), rows, cost)
    for j in np.flatnonzero(gone):
        assert not cover[j].any() or any(
            not gone[k] and not (cover[j] & ~cover[k]).any() and cost[k] <= cost[j]
            for k in range(n)
            if k != j
        )


def test_rules_that_tell_sites_apart_keep_them():
    """The second site reaches more, but in another unit or at another price it is no substitute."""
    cover = csr_matrix(np.array([[1, 0], [1, 1]], dtype=np.int8))
    dense = cover.toarray()
    cost = np.ones(2, dtype=np.int64)
    plain = problem_of(dense, [1, 1])
    assert dominated_sites(cover, site_rows(plain), cost).tolist() == [True, False]
    assert not dominated_sites(cover, site_rows(plain), np.array([1, 2])).any()
    asked = problem_of(dense, [1, 1], rules=Rules(unit_least=1), unit=0)
    assert not dominated_sites(cover, site_rows(asked), cost).any()
    dear = problem_of(dense, [1, 1], rules=Rules(budget_yuan=9), cost_yuan=[1, 2])
    assert not dominated_sites(cover, site_rows(dear), cost).any()
    must = problem_of(dense, [1, 1], must=[True, False])
    assert not dominated_sites(csr_matrix(dense * [[0], [1]]), site_rows(must), cost).any()


@pytest.mark.parametrize("n", [3000])
def test_many_places_merge_as_they_should(n):
    rng = np.random.default_rng(0)
    kinds = rng.random((20, 40)) < 0.3
    kinds = kinds[:, kinds.any(axis=0)]
    which = rng.integers(0, kinds.shape[1], n)
    people = rng.integers(1, 9, n)
    problem = problem_of(kinds[:, which], people)
    merged = need_rows(problem, site_rows(problem), [Need(people, 1, NAME)])
    different = {tuple(kinds[:, w]) for w in which}
    assert merged.cover.shape[1] == len(different)
    assert merged.weight.sum() == people.sum()
