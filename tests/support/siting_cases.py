"""Small siting problems made at random, and every plan their rules allow, found by trying all."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from coverplan.siting import UNLIMITED, Rules, Sites, SitingProblem
from coverplan.travel import TravelTimes
from coverplan.travel.graph import MS_PER_MINUTE

MINUTES, CUTOFF_MINUTES = 15.0, 40.0


def times_of(ms):
    """Travel times from a matrix of milliseconds sites x places, -1 for beyond the cutoff."""
    ms = np.asarray(ms)
    there = ms >= 0
    ptr = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in there]).astype(np.int32)
    n_sites, n_places = ms.shape
    return TravelTimes(
        demand=pd.RangeIndex(n_places),
        sites=pd.Index([f"s{i}" for i in range(n_sites)], dtype=object),
        ptr=ptr,
        who=who,
        ms=ms[there].astype(np.int32),
        cutoff_minutes=CUTOFF_MINUTES,
    )


def matrix_of(times):
    """The matrix of milliseconds sites x places, -1 for beyond the cutoff."""
    ms = np.full((len(times.sites), len(times.demand)), -1, dtype=np.int64)
    for site in range(len(times.sites)):
        row = slice(times.ptr[site], times.ptr[site + 1])
        ms[site, times.who[row]] = times.ms[row]
    return ms


def cover_of(problem):
    """Whether each site reaches each place, as a boolean matrix."""
    cover = np.zeros((len(problem.sites), len(problem.people)), dtype=bool)
    for site in range(len(problem.sites)):
        cover[site, problem.reach.who[problem.reach.ptr[site] : problem.reach.ptr[site + 1]]] = True
    return cover


def random_problem(
    rng,
    *,
    n_sites=8,
    n_places=12,
    n_units=3,
    n_existing=2,
    closable=False,
    classes=False,
    capacity=False,
    weighted=False,
    rules=None,
    most_people=50,
):
    """A problem of a few sites on a plane, some of which stand; places, units and times at random.

    ``closable``: existing sites may be closed. ``classes``: pairs of candidates share a place.
    """
    sites_xy = rng.uniform(0, 2000, (n_sites, 2))
    if classes:
        sites_xy[n_existing + 1 :: 2] = sites_xy[n_existing : n_sites - 1 : 2][
            : len(sites_xy[n_existing + 1 :: 2])
        ]
    places_xy = rng.uniform(0, 2000, (n_places, 2))
    metres = np.hypot(*(sites_xy[:, None] - places_xy[None]).transpose(2, 0, 1))
    ms = np.round(metres / 1000 * 15 * MS_PER_MINUTE).astype(np.int64)
    # Some pairs exactly on the limit, some on the spot, some with no way at all.
    ms[rng.random(ms.shape) < 0.05] = int(MINUTES * MS_PER_MINUTE)
    ms[rng.random(ms.shape) < 0.03] = 0
    ms[(ms > CUTOFF_MINUTES * MS_PER_MINUTE) | (rng.random(ms.shape) < 0.1)] = -1
    existing = np.arange(n_sites) < n_existing
    place = np.arange(n_sites)
    if classes:
        place = np.where(existing, place, n_existing + (place - n_existing) // 2)
    people = rng.integers(0, most_people + 1, n_places)
    unit = rng.integers(0, n_units, n_places).astype(np.int32)
    totals = np.bincount(unit, people, minlength=n_units).astype(np.int64)
    totals += rng.integers(0, 3, n_units)
    times = times_of(ms)
    sites = Sites.make(
        times.sites,
        existing=existing,
        must=False if closable else existing,
        place=place,
        unit=rng.integers(-1 if n_units > 1 else 0, n_units, n_sites),
        cost_yuan=np.where(existing, 0, rng.integers(1, 10, n_sites) * 10_000),
        capacity=rng.integers(20, 120, n_sites) if capacity else UNLIMITED,
        xy=sites_xy,
    )
    return SitingProblem(
        sites=sites,
        reach=times.within(MINUTES),
        people=people,
        rules=rules or Rules(sites=2),
        times=times,
        weights=people * rng.integers(1, 4, n_places) if weighted and people.any() else None,
        unit=unit,
        unit_codes=tuple(f"u{i}" for i in range(n_units)),
        unit_names=tuple(f"{chr(0x7532 + i)}镇" for i in range(n_units)),
        unit_people=totals,
    )


@st.composite
def problems(draw, **fixed):
    """Problems for hypothesis; ``fixed`` as in `random_problem`."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    options = {
        "n_sites": draw(st.integers(3, 8)),
        "n_places": draw(st.integers(1, 12)),
        "n_units": draw(st.integers(1, 3)),
        "n_existing": draw(st.integers(0, 2)),
        **fixed,
    }
    options["n_existing"] = min(options["n_existing"], options["n_sites"] - 1)
    return random_problem(rng, **options)


def allowed_plans(problem):
    """Every set of open sites the rules allow, as boolean masks, by trying all there are."""
    sites = problem.sites
    free = [int(i) for i in range(len(sites)) if not sites.must[i] and not sites.barred[i]]
    fixed = [int(i) for i in range(len(sites)) if sites.must[i] and not sites.barred[i]]
    for size in range(len(free) + 1):
        for some in itertools.combinations(free, size):
            opened = sorted([*fixed, *some])
            if _allowed(problem, opened):
                mask = np.zeros(len(sites), dtype=bool)
                mask[opened] = True
                yield mask


def _allowed(problem, opened):
    new = [i for i in opened if not problem.sites.existing[i]]
    closed = int(problem.sites.existing.sum()) - (len(opened) - len(new))
    return (
        len({int(problem.sites.place[i]) for i in opened}) == len(opened)
        and _number_allowed(problem, new, closed)
        and _units_allowed(problem, opened, new)
        and _spacing_allowed(problem, opened, new)
    )


def _number_allowed(problem, new, closed):
    sites, rules = problem.sites, problem.rules
    wrong = [
        rules.sites is not None and len(new) > rules.sites + min(closed, rules.moves),
        rules.sites is not None and rules.exactly and not rules.moves and len(new) != rules.sites,
        rules.budget_yuan is not None and sum(sites.cost_yuan[new]) > rules.budget_yuan,
        rules.close_most is not None and closed > rules.close_most,
        closed < rules.close_least,
    ]
    return not any(wrong)


def _units_allowed(problem, opened, new):
    sites, rules = problem.sites, problem.rules
    for unit in range(len(problem.unit_codes)):
        asked = rules.units_asked is None or unit in rules.units_asked
        if asked and sum(sites.unit[i] == unit for i in opened) < rules.unit_least:
            return False
        most = rules.unit_most
        if most is not None and sum(sites.unit[i] == unit for i in new) > most:
            return False
    return True


def _spacing_allowed(problem, opened, new):
    metres, xy = problem.rules.spacing_metres, problem.sites.xy
    return not metres or all(
        a == b or np.hypot(*(xy[a] - xy[b])) >= metres for a in new for b in opened
    )
