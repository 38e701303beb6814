"""What each need asks of the sites around it alone: rows that make a search for all much shorter.

A unit that takes three sites by itself takes three of the sites that reach it in every plan. The
linear relaxation, content with two and a half, does not know that; told so for each unit, its
bound is often the answer.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..core.text import Text
from .mincover import min_cover
from .needs import Need
from .plan import Limits
from .problem import SitingProblem
from .rows import SiteRows, stack_rows
from .with_row import with_row


def with_need_cuts(
    problem: SitingProblem, rows: SiteRows, needs: Sequence[Need], limits: Limits, begin: float
) -> SiteRows:
    """Return the rows, and one more for each need: so many of the sites that reach its people.

    Parameters
    ----------
    problem, rows, needs
        The question. No plan that keeps its rows and needs is lost.
    limits, begin
        When to stop: needs not looked at by then have no row.
    """
    free = (rows.lower <= 0) & (rows.upper > 0)
    # Without the rules: what a need takes under none it takes under all.
    alone = replace(stack_rows([], problem.sites), lower=rows.lower, upper=rows.upper)
    cost = free.astype(np.int64)
    for need in needs:
        answer = min_cover(problem, alone, cost, [need], replace(limits, on_bounds=None), begin)
        if not answer.bound:
            continue
        around = np.flatnonzero(free & (problem.reach.people(need.people) > 0))
        name = Text(f"{need.name.zh}：所需处数", f"{need.name.en}: sites it takes")
        row = (around, np.ones(len(around)), float(answer.bound), np.inf)
        rows = with_row(rows, row, name, "cut")
    return rows
