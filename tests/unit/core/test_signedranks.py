"""Signed ranks against another implementation, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, wilcoxon

from coverplan.core.signedranks import rank_chance, sign_chance


def test_by_hand():
    # Ranks 1, 2, 3 with the signs +, -, +: 4 of 6. Of the 8 patterns 3 reach 4 or more.
    assert rank_chance(np.array([0.5, -1.0, 7.0])) == 3 / 8
    # Sizes 1, 1, 2 rank 1.5, 1.5, 3.
    assert rank_chance(np.array([1.0, 1.0, 2.0])) == 1 / 8
    assert rank_chance(np.array([-1.0, 1.0, 2.0])) == 3 / 8
    assert rank_chance(np.array([])) == 1.0
    assert rank_chance(-np.ones(20)) == 1.0


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=12, unique=True), st.randoms())
def test_few_against_scipy(sizes, random):
    differences = np.array([size * random.choice([-1, 1]) for size in sizes])
    theirs = wilcoxon(differences, alternative="greater", mode="exact").pvalue
    assert rank_chance(differences) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("lean", [-0.3, 0.0, 0.2, 0.8])
def test_many_against_scipy(lean):
    differences = np.random.default_rng(0).normal(lean, 1.0, 400).round(1)
    differences = differences[differences != 0]
    theirs = wilcoxon(differences, alternative="greater", mode="approx").pvalue
    assert rank_chance(differences) == pytest.approx(theirs, rel=1e-6)


def test_exact_and_normal_meet():
    """Where counting stops, the normal distribution gives nearly the same."""
    differences = np.random.default_rng(1).normal(0.4, 1.0, 51)
    assert rank_chance(differences) == pytest.approx(rank_chance(differences[:50]), abs=0.03)


@pytest.mark.parametrize(("more", "fewer"), [(14, 0), (13, 1), (40, 20), (5, 30), (1, 0)])
def test_signs(more, fewer):
    theirs = binomtest(more, more + fewer, 0.5, alternative="greater").pvalue
    assert sign_chance(more, fewer) == pytest.approx(theirs)


def test_fourteen_are_the_fewest_that_convince():
    assert rank_chance(np.arange(1.0, 15.0)) <= 1e-4 < rank_chance(np.arange(1.0, 14.0))
    assert sign_chance(14, 0) <= 1e-4 < sign_chance(13, 0)
