r"""No unit under a share: most people newly reached, so many at least in every unit.

.. math::

    \max \sum_i w_i z_i \quad \text{s.t.} \quad
    \sum_{i \in I_u} a_i z_i \ge \lceil s A_u \rceil \;\; \forall u, \quad
    z_i \le \sum_{j \in N_i} x_j, \quad x \in X, \; 0 \le z_i \le 1

with :math:`s` the share, :math:`a_i` and :math:`w_i` the people and the weight of place :math:`i`,
:math:`A_u` the people of unit :math:`u` by the census, :math:`N_i` the sites that reach :math:`i`
and :math:`X` the sets of sites the rules allow.

The model is that of Church and ReVelle (1974) with mandatory coverage by unit; on equity as a
constraint see Marsh, M. and Schilling, D. (1994): Equity measurement in facility location
analysis: a review and framework. European Journal of Operational Research 74, 1-17.
"""

import math
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .finish import Found, finish
from .floors import cover_with_floors, least_of, people_reached, usable_sites
from .impossible import why_impossible
from .maxmin import highest_floor
from .needs import Need
from .plan import DEFAULT_LIMITS, NEWLY, WEIGHTED, Impossible, Limits, SitingPlan
from .problem import SitingProblem, out_of_range
from .rows import SiteRows, site_rows
from .stages import less_before, listed


def solve_floor(
    problem: SitingProblem, limits: Limits = DEFAULT_LIMITS, *, share_percent: float
) -> SitingPlan:
    """Return the plan that newly reaches most people and leaves no unit under a share.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules: their number of sites and all others.
    limits
        When to stop without a proof.
    share_percent
        Share of its people each unit must have within reach, above 0 and at most 100; of the
        census, people without a place among them. Exactly the share is enough.

    Returns
    -------
    SitingPlan
        Where it is impossible: the units that stay under the share even with every candidate
        open, each with the best it can have; if there are none, the highest share these rules
        allow in every unit, and the fewest sites that would do.

    Raises
    ------
    InputError
        When the share is no number, or none of the kind.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = siting.solve_floor(problem, share_percent=50)
    >>> plan.chosen_ids(problem.sites.ids), plan.value
    (['new:C2', 'new:C4'], 443)
    """
    begin = time.perf_counter()
    share = share_of(problem, share_percent)
    rows, floors = site_rows(problem), least_of(problem, share)
    before = int(problem.weight[problem.before].sum())
    best = people_reached(problem, usable_sites(rows))
    objective = WEIGHTED if problem.weighted else NEWLY
    if (best < floors).any():
        why = _out_of_reach(problem, best, floors, share)
        return finish(problem, Found("floor", objective, None, None, None, why), begin)
    answer = cover_with_floors(problem, rows, floors, less_before(limits, before), begin)
    why = ()
    if answer.ending == "impossible":
        why = _why(problem, rows, floors, share, limits)
    found = Found(
        "floor",
        objective,
        None if answer.open is None else np.flatnonzero(answer.open).tolist(),
        None if answer.value is None else answer.value - before,
        None if answer.open is None or answer.bound is None else answer.bound - before,
        why,
        sizes=answer.sizes,
    )
    return finish(problem, found, begin)


def share_of(problem: SitingProblem, share_percent: float) -> Fraction:
    """Return a share in per cent as a fraction, exactly as it was written.

    Raises
    ------
    InputError
        When it is no number above 0 and at most 100.
    """
    if not math.isfinite(share_percent) or not 0 < share_percent <= _WHOLE:
        raise out_of_range(
            problem.name,
            "share_percent",
            share_percent,
            Text("大于 0、不超过 100", "above 0, at most 100"),
        )
    return Fraction(str(share_percent)) / _WHOLE


_WHOLE = 100


def percent(share: Fraction) -> str:
    """Return a share in per cent with two decimals, rounded down: what can really be asked.

    Examples
    --------
    >>> percent(Fraction(2, 3))
    '66.66 %'
    """
    return f"{share.numerator * 10_000 // share.denominator / 100:.2f} %"


def _named(share: Fraction) -> Text:
    asked = f"{float(share) * 100:g} %"
    return Text(f"各单元覆盖率不低于 {asked}", f"no unit under {asked}")


def _out_of_reach(
    problem: SitingProblem,
    best: NDArray[np.int64],
    floors: NDArray[np.int64],
    share: Fraction,
) -> tuple[Impossible, ...]:
    """Name each unit that stays under its floor whatever is opened, and the best it can have."""
    rows = []
    for unit in np.flatnonzero(best < floors).tolist():
        most = percent(Fraction(int(best[unit]), int(problem.totals[unit])))
        rows.append(
            Impossible(
                _named(share),
                Text.same(problem.unit_names[unit]),
                int(floors[unit] - best[unit]),
                _more_candidates(most) if best[unit] else _NONE_THERE,
            )
        )
    return tuple(rows)


_NONE_THERE = Text(
    "全部候选点启用也没有人可达：在该处增加候选点",
    "nobody there even with every candidate open: add candidates",
)


def _more_candidates(most: str) -> Text:
    return Text(
        f"全部候选点启用也只到 {most}：把下限降到 {most}，或在该处增加候选点",
        f"{most} even with every candidate open: ask for {most}, or add candidates",
    )


def _why(
    problem: SitingProblem,
    rows: SiteRows,
    floors: NDArray[np.int64],
    share: Fraction,
    limits: Limits,
) -> tuple[Impossible, ...]:
    """Return the highest floor the rules allow, and which rules would have to give how much."""
    own = replace(limits, time_limit_seconds=min(limits.time_limit_seconds, _SECONDS))
    own = replace(own, on_bounds=None)
    floor = highest_floor(problem, rows, own, time.perf_counter())
    if floor.open is None:
        return why_impossible(problem, rows, limits=own)
    reached = people_reached(problem, floor.open)
    under = np.flatnonzero(reached < floors)
    most = percent(floor.share)
    highest = Impossible(
        _named(share),
        listed([problem.unit_names[u] for u in under]),
        int((floors - reached)[under].sum()),
        Text(
            f"其余规则不变时各单元最高可到 {most}：把下限降到 {most}",
            f"under the other rules every unit can have {most}: ask for {most}",
        ),
    )
    if not floor.share:
        # Nobody can ask for a floor of nothing: what helps is said by the other rows.
        return why_impossible(problem, rows, _needs(problem, floors, share), limits=own)
    return (highest, *why_impossible(problem, rows, _needs(problem, floors, share), limits=own))


_SECONDS = 20.0
"""How long to look for what would help."""


def _needs(problem: SitingProblem, floors: NDArray[np.int64], share: Fraction) -> list[Need]:
    asked = f"{float(share) * 100:g} %"
    return [
        Need(
            np.where(problem.of_unit == u, problem.people, 0),
            int(floors[u]),
            Text(f"{name}不低于 {asked}", f"{name} not under {asked}"),
            int(problem.totals[u]),
        )
        for u, name in enumerate(problem.unit_names)
        if floors[u] > 0
    ]
