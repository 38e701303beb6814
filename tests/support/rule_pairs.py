"""Rules a plan can have, each alone and any two together, as options of `random_problem`."""

import itertools

from coverplan.siting import Rules

RULES = {
    "sites": {"sites": 2},
    "exactly": {"sites": 3, "exactly": True},
    "budget": {"budget_yuan": 130_000},
    "unit_least": {"unit_least": 1},
    "unit_asked": {"unit_least": 1, "units_asked": (0,)},
    "unit_most": {"unit_most": 1},
    "spacing": {"spacing_metres": 700.0},
    "close_most": {"close_most": 1},
    "close_least": {"close_least": 1},
    "moves": {"sites": 1, "moves": 1},
}
CLOSES = {"close_most", "close_least", "moves"}


def alone_and_in_pairs():
    """Pairs of a name and the options of a problem with these rules."""
    names = [*((one,) for one in RULES), *itertools.combinations(RULES, 2)]
    for some in names:
        # Two numbers of sites contradict each other.
        if sum("sites" in RULES[name] for name in some) > 1:
            continue
        if {"unit_least", "unit_asked"} <= set(some):
            continue
        rules = Rules(**{k: v for name in some for k, v in RULES[name].items()})
        yield "+".join(some), {"rules": rules, "closable": bool(CLOSES & set(some))}


CASES = dict(alone_and_in_pairs())
