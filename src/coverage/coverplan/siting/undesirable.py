r"""Sites nobody wants next door: none nearer to homes than so many metres, yet near in minutes.

Of the candidates those nearer than :math:`d` metres to a home are out; among the others

.. math::

    \max \sum_i w_i z_i \quad \text{s.t.} \quad z_i \le \sum_{j \in N_i} x_j, \quad x \in X, \quad
    x_j = 0 \;\; \forall j: \min_{h} \lVert j - h \rVert < d.

Where too few are far enough, the semi-obnoxious variant opens exactly the number asked and has
fewest people live too near a new one, then most within reach:

.. math::

    \min \sum_h a_h y_h \quad \text{s.t.} \quad y_h \ge x_j \;\; \forall j: \lVert j - h \rVert < d,

then :math:`\max \sum_i w_i z_i` among those plans. :math:`N_i` are the sites within the minutes of
place :math:`i`, :math:`a_h` the people at home :math:`h`, :math:`X` the sets of sites the rules
allow.

Erkut, E. and Neuman, S. (1989): Analytical models for locating undesirable facilities. European
Journal of Operational Research 40, 275-291. Moon, I. D. and Chaudhry, S. S. (1984): An analysis of
network location problems with distance constraints. Management Science 30, 290-307.
"""

import math
import time
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye

from ..core.errors import InternalError
from ..core.text import Text
from ..travel import Reach
from .finish import Found, finish
from .highs import Mip, solve_mip, whole_bound
from .homes import HAIR, TooNear, living_near, metres_down, nearest_home_metres, too_near_homes
from .impossible import why_impossible
from .linear import Linear
from .maxcover import max_cover
from .merged import merged
from .plan import DEFAULT_LIMITS, NEAR, NEWLY, WEIGHTED, Impossible, Limits, SitingPlan, Stage
from .problem import SitingProblem, out_of_range
from .rows import SiteRows, site_rows
from .stages import less_before, part_of
from .tidy import tidy
from .with_row import with_row

Otherwise = Literal["refuse", "fewest_near"]


def solve_undesirable(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    homes_xy: NDArray[np.float64],
    metres: float,
    otherwise: Otherwise = "refuse",
) -> SitingPlan:
    """Return the plan that newly reaches most people with no new site too near to homes.

    Parameters
    ----------
    problem
        Who would be reached within the minutes, and the rules: their number of sites and all
        others.
    limits
        When to stop without a proof.
    homes_xy
        Where the people of each place live, in metres in the CRS of the sites, shape
        ``(n_demand, 2)``; places without people are nobody's home.
    metres
        Straight distance to keep, 0 or more. Exactly at it is enough.
    otherwise
        ``refuse``: a candidate nearer than that is out. ``fewest_near``: it is not, the number of
        sites is opened exactly, fewest people live too near a new one, then most are reached.

    Returns
    -------
    SitingPlan
        With ``fewest_near`` value and bound count people who live too near, and ``then`` holds
        those newly reached.

    Raises
    ------
    InputError
        When the distance is negative or no number, or ``fewest_near`` is asked without a number
        of sites.
    InternalError
        When homes and people do not fit.

    Examples
    --------
    A burial ground at least 300 m from every home that still serves most people:

    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=1)
    >>> homes = cp.small_county().demand.xy
    >>> plan = siting.solve_undesirable(problem, homes_xy=homes, metres=300)
    >>> plan.chosen_ids(problem.sites.ids), plan.value
    (['new:C2'], 333)
    """
    begin = time.perf_counter()
    _check(problem, homes_xy, metres, otherwise)
    home_metres = nearest_home_metres(problem.sites.xy, homes_xy, problem.people)
    near = too_near_homes(problem.sites, home_metres, metres)
    if otherwise == "refuse":
        return _far_enough(problem, near, metres, limits, begin)
    return _fewest_near(problem, living_near(problem, homes_xy, metres), limits, begin)


def _check(
    problem: SitingProblem, homes_xy: NDArray[np.float64], metres: float, otherwise: str
) -> None:
    if homes_xy.shape != (len(problem.people), 2):
        raise InternalError("siting: homes and people do not fit")
    name = problem.name
    if not math.isfinite(metres) or metres < 0:
        raise out_of_range(name, "metres", metres, Text("0 或更大的数", "a number, 0 or more"))
    if otherwise not in {"refuse", "fewest_near"}:
        words = Text("refuse 或 fewest_near", "refuse or fewest_near")
        raise out_of_range(name, "otherwise", otherwise, words)
    if otherwise == "fewest_near" and problem.rules.sites is None:
        raise out_of_range(name, "sites", "", Text("新增处数", "a number of new sites"))


def _far_enough(
    problem: SitingProblem, near: TooNear, metres: float, limits: Limits, begin: float
) -> SitingPlan:
    objective = WEIGHTED if problem.weighted else NEWLY
    refused = _required_near(problem, near, metres)
    if refused:
        return finish(problem, Found("undesirable", objective, None, None, None, refused), begin)
    rows = site_rows(problem)
    rows = replace(rows, upper=np.where(near.mask, 0.0, rows.upper))
    before = int(problem.weight[problem.before].sum())
    answer = max_cover(problem, rows, less_before(limits, before), begin)
    if answer.open is None or answer.value is None:
        why: tuple[Impossible, ...] = ()
        if answer.ending == "impossible":
            why = _why(problem, rows, near, metres, limits)
        return finish(problem, Found("undesirable", objective, None, None, None, why), begin)
    if (answer.open & near.mask).any():
        raise InternalError("siting: a candidate too near to homes is open")
    found = Found(
        "undesirable",
        objective,
        np.flatnonzero(answer.open).tolist(),
        answer.value - before,
        None if answer.bound is None else answer.bound - before,
        proof=_excluded(problem, near, metres),
        sizes=answer.sizes,
    )
    return finish(problem, found, begin)


def _keep(metres: float) -> Text:
    return Text(f"距住户不小于 {metres:g} 米", f"at least {metres:g} m from homes")


def _required_near(problem: SitingProblem, near: TooNear, metres: float) -> tuple[Impossible, ...]:
    rows = []
    for j in np.flatnonzero(near.mask & problem.sites.must).tolist():
        most = metres_down(near.metres[j])
        change = Text(
            f"把距离降到 {most} 米，或不再必选", f"ask for {most} m, or do not require it"
        )
        rows.append(Impossible(_keep(metres), Text.same(problem.sites.name(int(j))), None, change))
    return tuple(rows)


def _excluded(problem: SitingProblem, near: TooNear, metres: float) -> tuple[Text, ...]:
    usable = ~problem.sites.existing & ~problem.sites.barred
    number, of = int((near.mask & usable).sum()), int(usable.sum())
    if number == 0:
        return ()
    return (
        Text(
            f"{of} 个候选点中 {number} 个距住户不足 {metres:g} 米，已排除",
            f"{number} of {of} candidates are nearer to homes than {metres:g} m and left out",
        ),
    )


def _why(
    problem: SitingProblem, rows: SiteRows, near: TooNear, metres: float, limits: Limits
) -> tuple[Impossible, ...]:
    """Return the greatest distance with which the rules can be kept, or else what is wrong."""
    low = _greatest_distance(problem, near, limits)
    if low is None:
        return why_impossible(problem, site_rows(problem), limits=limits)
    out = near.mask & ~problem.sites.barred
    number = int(out.sum())
    fewest = Text(
        "或用 fewest_near 使近旁居住的人最少", "or have fewest people live near (fewest_near)"
    )
    change = Text(
        f"把距离降到 {metres_down(low)} 米；{fewest.zh}",
        f"ask for {metres_down(low)} m; {fewest.en}",
    )
    who = Text(f"{number} 个候选点距住户过近", f"{number} candidates are too near to homes")
    return (
        Impossible(_keep(metres), who, None, change),
        *why_impossible(problem, rows, limits=limits),
    )


def _greatest_distance(problem: SitingProblem, near: TooNear, limits: Limits) -> float | None:
    """Return the greatest distance below the one asked at which a plan exists; None: at none."""
    rows = site_rows(problem)
    steps = np.unique(near.metres[near.mask])
    own = replace(limits, time_limit_seconds=min(limits.time_limit_seconds, _SECONDS))
    own, begin = replace(own, on_bounds=None), time.perf_counter()

    def possible(least: float) -> bool:
        out = ~problem.sites.existing & (near.metres < least - HAIR)
        linear, _ = Linear.of_sites(replace(rows, upper=np.where(out, 0.0, rows.upper)))
        return solve_mip(linear.mip("max", []), own, begin=begin).values is not None

    # The farther, the fewer candidates: halving finds the last distance that still works.
    low, high = -1, len(steps) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if possible(float(steps[middle])):
            low = middle
        else:
            high = middle - 1
    return None if low < 0 else float(steps[low])


_SECONDS = 20.0
"""How long to look for what would help."""


def _fewest_near(problem: SitingProblem, near: Reach, limits: Limits, begin: float) -> SitingPlan:
    new, number = problem.sites.candidates, problem.rules.sites or 0
    name = Text(f"恰好新增 {number} 处", f"exactly {number} new sites")
    least = (new, np.ones(len(new)), float(number), np.inf)
    rows = with_row(site_rows(problem), least, name)
    model = _NearModel(problem, rows, near)
    some = replace(part_of(limits, begin, _NEAR), on_bounds=limits.on_bounds)
    first = solve_mip(model.least_near(), some)
    if first.values is None:
        why = why_impossible(problem, rows, limits=limits) if first.ending == "impossible" else ()
        return finish(problem, Found("undesirable", NEAR, None, None, None, why), begin)
    best = np.round(first.values[model.x]) == 1
    second = solve_mip(
        model.most_reached(model.near_people(best)),
        replace(limits, on_bounds=None),
        start=model.start(best),
        begin=begin,
    )
    if second.values is not None:
        best = np.round(second.values[model.x]) == 1
    opened = tidy(problem, rows, best, lambda plan: (model.near_people(plan), model.reached(plan)))
    people, bound = model.near_people(opened), whole_bound(first.bound, "min")
    before = int(problem.weight[problem.before].sum())
    most = whole_bound(second.bound, "max") if people == bound else None
    then = Stage(
        WEIGHTED if problem.weighted else NEWLY,
        model.reached(opened) - before,
        None if most is None else most - before,
    )
    found = Found(
        "undesirable",
        NEAR,
        np.flatnonzero(opened).tolist(),
        people,
        bound,
        then=(then,),
        near=near,
    )
    return finish(problem, found, begin)


_NEAR = 0.5
"""Share of the time for the fewest people near; the rest is for the most within reach."""


class _NearModel:
    """Sites, homes too near to them and places within their reach.

    Parameters
    ----------
    problem, rows, near
        The question, what every plan keeps to, and who lives too near which site.
    """

    def __init__(self, problem: SitingProblem, rows: SiteRows, near: Reach) -> None:
        self.problem, self.near = problem, near
        self.homes = merged(replace(problem, reach=near, times=None), rows)
        self.places = merged(problem, rows)
        self.linear, self.x = Linear.of_sites(rows)
        n_homes, n_places = len(self.homes), len(self.places)
        sure = np.minimum(self.homes.sure, 1.0)
        self.y = self.linear.columns(n_homes, sure, 1.0, whole=False)
        sure = np.minimum(self.places.sure, 1.0)
        self.z = self.linear.columns(n_places, sure, 1.0, whole=False)
        # Whoever lives near counts as soon as one of the sites near them is open.
        home, site = self.homes.cover.nonzero()
        n, one = len(home), np.arange(len(home))
        of_home = csr_matrix((np.ones(n), (one, home)), shape=(n, n_homes))
        of_site = csr_matrix((np.ones(n), (one, site)), shape=(n, len(problem.sites)))
        self.linear.rows([(self.y, of_home), (self.x, -of_site)], 0.0, np.inf)
        links = [(self.z, eye(n_places).tocsr()), (self.x, -self.places.cover)]
        self.linear.rows(links, -np.inf, sure)

    def least_near(self) -> Mip:
        """Return the model of fewest people near."""
        return self.linear.mip("min", [(self.y, self.homes.people.astype(float))])

    def most_reached(self, near: int) -> Mip:
        """Return the model of most within reach, no more than so many living near."""
        self.linear.row([(self.y, self.homes.people.astype(float))], -np.inf, float(near))
        return self.linear.mip("max", [(self.z, self.places.weight.astype(float))])

    def start(self, open_: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the columns of the model for a plan."""
        homes = np.minimum(self.homes.times(open_), 1)
        places = np.minimum(self.places.times(open_), 1)
        return np.concatenate([open_, homes, places]).astype(float)

    def near_people(self, open_: NDArray[np.bool_]) -> int:
        """Return the people who live too near to an open new site."""
        new = np.flatnonzero(open_ & ~self.problem.sites.existing)
        return int(self.problem.people[self.near.covered(new.tolist())].sum())

    def reached(self, open_: NDArray[np.bool_]) -> int:
        """Return the weight within reach of open sites."""
        mask = self.problem.reach.covered(np.flatnonzero(open_).tolist())
        return int(self.problem.weight[mask].sum())
