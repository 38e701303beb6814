"""The rules every median and centre is tried under, alone and in pairs."""

import itertools

import numpy as np
from siting_cases import random_problem

from coverplan.siting import Rules

RULES = {
    "sites": {"sites": 3},
    "exactly": {"sites": 2, "exactly": True},
    "budget": {"sites": 4, "budget_yuan": 120_000},
    "budget_only": {"sites": None, "budget_yuan": 150_000},
    "unit_least": {"sites": 3, "unit_least": 1},
    "unit_asked": {"sites": 3, "unit_least": 2, "units_asked": (0,)},
    "unit_most": {"sites": 4, "unit_most": 1},
    "spacing": {"sites": 4, "spacing_metres": 500.0},
    "close_most": {"sites": 2, "close_most": 1},
    "close_least": {"sites": 2, "close_least": 1},
    "moves": {"sites": 1, "moves": 1},
    "required": {"sites": 3},
    "excluded": {"sites": 3},
    "classes": {"sites": 3},
    "weighted": {"sites": 2},
}
PAIRS = [(a,) for a in RULES] + list(itertools.combinations(RULES, 2))


def made(names, seed):
    """A random problem under the rules of these names together."""
    rng = np.random.default_rng(seed)
    changes = {key: value for name in names for key, value in RULES[name].items()}
    closable = not {"close_most", "close_least", "moves"}.isdisjoint(names)
    problem = random_problem(
        rng,
        n_sites=8,
        n_places=int(rng.integers(1, 15)),
        closable=closable,
        classes="classes" in names,
        weighted="weighted" in names,
        rules=Rules(**changes),
    )
    if "required" in names:
        problem.sites.must.setflags(write=True)
        problem.sites.must[3] = True
    if "excluded" in names:
        problem.sites.barred.setflags(write=True)
        problem.sites.barred[[4, 6]] = True
    return problem
