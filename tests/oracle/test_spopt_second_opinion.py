"""Published models of siting (spopt, by CBC) find the same optima as ours.

Both are given one table of distances. What spopt says of its answer is not used: its share counts
places, not people, so whom its sites reach is counted here, from the table. Backup covering is
left out, since spopt counts places twice that have one site within reach.
"""

import numpy as np
import pulp
import pytest
from orlib import problem_of_matrix, read_san_francisco
from spopt.locate import LSCP, MCLP, PCenter, PMedian

from coverplan.siting import Rules
from coverplan.siting.lscp import solve_lscp
from coverplan.siting.mclp import solve_mclp
from coverplan.siting.pcenter import solve_pcenter
from coverplan.siting.pmedian import solve_pmedian

# Their own warnings: spopt builds its models in a way PuLP 4 will no longer have.
pytestmark = pytest.mark.filterwarnings("ignore:.*PuLP 4:DeprecationWarning")

SEEDS = range(8)


def sites_of(model):
    """Solve a model of spopt; return the columns it opens."""
    model.solve(pulp.PULP_CBC_CMD(msg=False))
    # PuLP calls a search that ran out of time optimal; only sol_status tells.
    assert model.problem.sol_status == pulp.LpSolutionOptimal
    return [j for j, variable in enumerate(model.fac_vars) if variable.value() > 0.5]


def instance(seed):
    """Distances sites x places, whole numbers; people, some places empty; sites that stand."""
    rng = np.random.default_rng(seed)
    n_sites, n_places = int(rng.integers(6, 14)), int(rng.integers(10, 40))
    sites, places = rng.uniform(0, 1000, (n_sites, 2)), rng.uniform(0, 1000, (n_places, 2))
    distance = np.hypot(*(sites[:, None] - places[None]).transpose(2, 0, 1)).round().astype(int)
    people = rng.integers(1, 500, n_places)
    people[rng.random(n_places) < 0.1] = 0
    existing = np.arange(n_sites) < seed % 3
    return distance, people, existing


def ours(distance, people, limit, rules, existing=None):
    """Our question: who is within the limit, times up to the farthest."""
    if existing is None:
        existing = np.zeros(len(distance), dtype=bool)
    cutoff = int(distance.max()) + 1 if limit is None else limit
    return problem_of_matrix(distance, people, rules, cutoff=cutoff, existing=existing)


def given(existing):
    """Sites that stand, as spopt wants them."""
    return existing.astype(int) if existing.any() else None


def everywhere(distance):
    """A limit at which every place can be reached, and not all from one site."""
    return int(distance.min(axis=0).max())


@pytest.mark.parametrize("seed", SEEDS)
def test_set_covering(seed):
    distance, _, existing = instance(seed)
    limit = everywhere(distance)
    people = np.ones(distance.shape[1], dtype=int)
    model = LSCP.from_cost_matrix(distance.T, limit, predefined_facilities_arr=given(existing))
    theirs = sites_of(model)
    plan = solve_lscp(ours(distance, people, limit, Rules(), existing))
    assert (plan.status, plan.value) == ("optimal", len(theirs) - existing.sum())
    assert (distance[theirs].min(axis=0) <= limit).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_maximal_covering(seed):
    distance, people, existing = instance(seed)
    limit, new = 200 + 20 * seed, 1 + seed % 4
    model = MCLP.from_cost_matrix(
        distance.T,
        people,
        limit,
        p_facilities=new + int(existing.sum()),
        predefined_facilities_arr=given(existing),
    )
    theirs = sites_of(model)
    plan = solve_mclp(ours(distance, people, limit, Rules(sites=new), existing))
    assert plan.value == plan.bound
    reached = people[(distance[theirs] <= limit).any(axis=0)].sum()
    assert plan.facts.reached_after == reached > 0
    assert set(np.flatnonzero(existing)) <= set(theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median(seed):
    distance, people, existing = instance(seed)
    new = 1 + seed % 4
    model = PMedian.from_cost_matrix(
        distance.T,
        people,
        p_facilities=new + int(existing.sum()),
        predefined_facilities_arr=given(existing),
    )
    theirs = sites_of(model)
    plan = solve_pmedian(ours(distance, people, None, Rules(sites=new), existing))
    assert plan.status == "optimal"
    assert plan.value == (people * distance[theirs].min(axis=0)).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_p_centre(seed):
    """It knows no people: everybody counts alike."""
    distance, _, existing = instance(seed)
    people = np.ones(distance.shape[1], dtype=int)
    new = 1 + seed % 4
    model = PCenter.from_cost_matrix(
        distance.T,
        p_facilities=new + int(existing.sum()),
        predefined_facilities_arr=given(existing),
    )
    theirs = sites_of(model)
    plan = solve_pcenter(ours(distance, people, None, Rules(sites=new), existing))
    assert plan.status == "optimal"
    assert plan.value == distance[theirs].min(axis=0).max()


@pytest.fixture(scope="module")
def san_francisco(test_data):
    """16 stores x 205 tracts, in millimetres."""
    return read_san_francisco(test_data / "benchmarks" / "spopt_sf")


LIMIT = 5_000_000


def test_set_covering_of_san_francisco(san_francisco):
    distance, people = san_francisco
    theirs = sites_of(LSCP.from_cost_matrix(distance.T / 1000, LIMIT / 1000))
    plan = solve_lscp(ours(distance, people, LIMIT, Rules()))
    assert (plan.status, plan.value) == ("optimal", len(theirs)) == ("optimal", 8)


@pytest.mark.parametrize("new", [1, 2, 4, 6])
def test_maximal_covering_of_san_francisco(san_francisco, new):
    distance, people = san_francisco
    model = MCLP.from_cost_matrix(distance.T / 1000, people, LIMIT / 1000, p_facilities=new)
    theirs = sites_of(model)
    plan = solve_mclp(ours(distance, people, LIMIT, Rules(sites=new)))
    reached = people[(distance[theirs] <= LIMIT).any(axis=0)].sum()
    assert plan.value == plan.bound == reached


def test_their_share_counts_tracts_and_ours_people(san_francisco):
    distance, people = san_francisco
    model = MCLP.from_cost_matrix(distance.T / 1000, people, LIMIT / 1000, p_facilities=4)
    sites_of(model)
    plan = solve_mclp(ours(distance, people, LIMIT, Rules(sites=4)))
    assert round(model.perc_cov, 3) == 89.756
    assert round(plan.facts.share_percent, 3) == 91.638


def test_p_median_of_san_francisco(san_francisco):
    distance, people = san_francisco
    model = PMedian.from_cost_matrix(distance.T / 1000, people, p_facilities=4)
    theirs = sites_of(model)
    plan = solve_pmedian(ours(distance, people, None, Rules(sites=4)))
    assert plan.status == "optimal"
    assert plan.value == (people * distance[theirs].min(axis=0)).sum()


def test_p_centre_of_san_francisco(san_francisco):
    distance, people = san_francisco
    theirs = sites_of(PCenter.from_cost_matrix(distance.T / 1000, p_facilities=4))
    plan = solve_pcenter(ours(distance, people, None, Rules(sites=4)))
    assert plan.status == "optimal"
    assert plan.value == distance[theirs].min(axis=0).max()
