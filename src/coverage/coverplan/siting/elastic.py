"""By how little each rule would have to give for a plan to exist.

Every rule gets a slack that is nought while it is kept. Rules are let go one at a time, then two,
and so on, until a plan exists; then the slack of those let go is made as small as can be.

Chinneck, J. W. (2008): Feasibility and Infeasibility in Optimization. Springer, chapter 6.
"""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, csr_matrix, eye, hstack, vstack

from ..core.text import Text
from .highs import Mip, solve_mip
from .needs import Need, need_rows
from .plan import Limits
from .problem import Sites, SitingProblem
from .rows import SiteRows

FAMILIES = (
    "number",
    "budget",
    "spacing",
    "unit_most",
    "unit_least",
    "close_most",
    "close_least",
    "need",
    "other",
)
"""Kinds of rules, those first that a planner changes most easily."""

_HARD = "place"
"""Two sites cannot stand at one place, whatever anybody allows."""

_BY_ROW = frozenset({"unit_most", "unit_least", "need"})
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are let go together, by one number.

    Parameters
    ----------
    family, name
        Kind of rule, and what it demands.
    rows
        Positions of its rows: of the site rows, or its position among the needs.
    """

    family: str
    name: Text
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slack:
    """By how much one group is let go.

    Parameters
    ----------
    group
        The rows.
    more, less
        How far above the upper, and below the lower bound of its rows a plan may go.
    """

    group: Group
    more: int
    less: int


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A set of rules that, let go by so much together, allow a plan.

    Parameters
    ----------
    families
        The kinds of rules let go.
    slack
        Of the groups that give.
    metres
        The spacing that can be kept, where spacing is let go.
    opened
        Open sites of such a plan, shape ``(n_sites,)``.
    smallest
        Whether less is proven not to be enough.
    """

    families: tuple[str, ...]
    slack: tuple[Slack, ...]
    metres: int | None
    opened: NDArray[np.bool_]
    smallest: bool


@dataclass(frozen=True, slots=True)
class Elastic:
    """Rules and needs, each with its slack.

    Parameters
    ----------
    mip
        Sites, merged places, then the slacks, upper bounds of the slacks at 0.
    groups, up, down
        The groups, and the column of the slack above and below of each, -1 where it has none.
    pairs, gaps
        Rows of the spacing, and how far apart the two sites of each are, in metres.
    ends
        When to give up (`time.perf_counter`).
    """

    mip: Mip
    groups: tuple[Group, ...]
    up: NDArray[np.int64]
    down: NDArray[np.int64]
    pairs: NDArray[np.int64]
    gaps: NDArray[np.float64]
    ends: float
    n_sites: int
    families: tuple[str, ...] = field(default=())

    def relaxations(self) -> list[Relaxed]:
        """Return every single kind of rule that is enough, or else one smallest combination."""
        for size in range(1, len(self.families) + 1):
            found: list[Relaxed] = []
            for some in itertools.combinations(self.families, size):
                relaxed = self._relax(some)
                if relaxed is not None:
                    found.append(relaxed)
                    if size > 1:
                        return found
            if found:
                return found
        return []

    def _columns(self, family: str) -> NDArray[np.int64]:
        which = [i for i, group in enumerate(self.groups) if group.family == family]
        both = np.concatenate([self.up[which], self.down[which]])
        return both[both >= 0]

    def _relax(self, families: tuple[str, ...]) -> Relaxed | None:
        upper = self.mip.upper.copy()
        for family in families:
            upper[self._columns(family)] = 1.0 if family == "spacing" else np.inf
        values: NDArray[np.float64] | None = None
        proven = True
        for family in families:
            columns = self._columns(family)
            cost = np.zeros(len(upper))
            cost[columns] = 1.0
            answer = self._solve(replace(self.mip, cost=cost, upper=upper), values)
            if answer is None:
                return None
            values, solved = answer
            proven &= solved
            # Whole, as sites, people and yuan are.
            upper[columns] = np.ceil(values[columns] - _TINY)
        if values is None:
            return None
        metres = None
        if "spacing" in families:
            metres, values, solved = self._spacing(upper, values)
            proven &= solved
        slack = [self._slack(g, values) for g in range(len(self.groups))]
        if metres is not None:
            # Which of its pairs give, the metres say.
            slack += [Slack(group, 1, 0) for group in self.groups if group.family == "spacing"]
        opened = np.round(values[: self.n_sites]) == 1
        return Relaxed(families, tuple(s for s in slack if s is not None), metres, opened, proven)

    def _slack(self, g: int, values: NDArray[np.float64]) -> Slack | None:
        more, less = (
            int(np.ceil(values[column] - _TINY)) if column >= 0 else 0
            for column in (self.up[g], self.down[g])
        )
        return Slack(self.groups[g], more, less) if more or less else None

    def _spacing(
        self, upper: NDArray[np.float64], values: NDArray[np.float64]
    ) -> tuple[int, NDArray[np.float64], bool]:
        """Return the greatest whole metres that can be kept, by bisection."""
        upper = upper.copy()
        upper[self._columns("spacing")] = 0.0
        steps = np.unique(np.append(np.floor(self.gaps), 0.0))
        low, high, proven = 0, len(steps) - 1, True
        while low < high:
            middle = (low + high + 1) // 2
            row_upper = self.mip.row_upper.copy()
            row_upper[self.pairs[self.gaps >= steps[middle]]] = np.inf
            mip = replace(self.mip, upper=upper, row_upper=row_upper)
            answer = self._solve(mip, None)
            if answer is None:
                high = middle - 1
                proven &= time.perf_counter() < self.ends
            else:
                low, values = middle, answer[0]
        return int(steps[low]), values, proven

    def _solve(
        self, mip: Mip, start: NDArray[np.float64] | None
    ) -> tuple[NDArray[np.float64], bool] | None:
        left = self.ends - time.perf_counter()
        if left <= 0:
            return None
        # One hard question must not take the time of all the others.
        answer = solve_mip(mip, Limits(time_limit_seconds=max(left / 2, 0.1)), start=start)
        if answer.values is None:
            return None
        return answer.values, answer.ending == "solved"


def make_elastic(
    problem: SitingProblem, rows: SiteRows, needs: Sequence[Need], seconds: float
) -> Elastic:
    """Return rules and needs with their slacks.

    Parameters
    ----------
    problem, rows, needs
        What no plan keeps all of.
    seconds
        How long a search for relaxations may take.
    """
    merged = need_rows(problem, rows, needs)
    n, n_rows, n_needs = len(problem.sites), merged.cover.shape[1], len(needs)
    own = rows.matrix.shape[0]
    groups = (
        *_groups(rows),
        *(Group("need", need.name, np.array([k])) for k, need in enumerate(needs)),
    )
    slacks, up, down = _slacks(rows, groups, n_needs, n + n_rows)
    links = hstack([-merged.cover.T.astype(float), eye(n_rows)])
    asked = hstack([csr_matrix((n_needs, n)), merged.weight.astype(float)])
    matrix = vstack([hstack([rows.matrix, csr_matrix((own, n_rows))]), asked, links])
    slack_rows = vstack([slacks, csr_matrix((n_rows, slacks.shape[1]))])
    total = n + n_rows + slacks.shape[1]
    pairs = np.array([i for i, kind in enumerate(rows.kinds) if kind == "spacing"], dtype=np.int64)
    return Elastic(
        mip=Mip(
            sense="min",
            cost=np.zeros(total),
            rows=csc_matrix(hstack([matrix, slack_rows])),
            row_lower=np.concatenate(
                [rows.row_lower, merged.left.astype(float), np.full(n_rows, -np.inf)]
            ),
            row_upper=np.concatenate([rows.row_upper, np.full(n_needs, np.inf), np.zeros(n_rows)]),
            lower=np.concatenate([rows.lower, np.zeros(total - n)]),
            upper=np.concatenate([rows.upper, np.ones(n_rows), np.zeros(slacks.shape[1])]),
            whole=np.arange(total) < n,
            integral=False,
        ),
        groups=groups,
        up=up,
        down=down,
        pairs=pairs,
        gaps=_gaps(problem.sites, rows, pairs),
        ends=time.perf_counter() + seconds,
        n_sites=n,
        families=tuple(f for f in FAMILIES if any(g.family == f for g in groups)),
    )


def _groups(rows: SiteRows) -> list[Group]:
    """Rows of one name give together; those of units and needs each for themselves."""
    found: dict[tuple[str, str, int], list[int]] = {}
    for i, name in enumerate(rows.names):
        kind = rows.kinds[i] if i < len(rows.kinds) else "other"
        if kind != _HARD:
            found.setdefault((kind, name.zh, i if kind in _BY_ROW else -1), []).append(i)
    return [Group(key[0], rows.names[i[0]], np.array(i)) for key, i in found.items()]


def _slacks(
    rows: SiteRows, groups: Sequence[Group], n_needs: int, first: int
) -> tuple[csr_matrix, NDArray[np.int64], NDArray[np.int64]]:
    """Return site rows and needs x slacks, and the column of each group's slacks."""
    own = rows.matrix.shape[0]
    entries: list[tuple[int, int, float]] = []
    up, down = np.full(len(groups), -1), np.full(len(groups), -1)
    n = 0
    for g, group in enumerate(groups):
        need = group.family == "need"
        at = group.rows + own if need else group.rows
        if not need and not np.isposinf(rows.row_upper[group.rows]).all():
            entries += [(int(row), n, -1.0) for row in at]
            up[g], n = first + n, n + 1
        if need or not np.isneginf(rows.row_lower[group.rows]).all():
            entries += [(int(row), n, 1.0) for row in at]
            down[g], n = first + n, n + 1
    row, column, value = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = coo_matrix((np.array(value, dtype=float), (row, column)), (own + n_needs, n))
    return matrix.tocsr(), up, down


def _gaps(sites: Sites, rows: SiteRows, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    ends = rows.matrix[pairs].indices.reshape(-1, 2)
    gaps: NDArray[np.float64] = np.hypot(*(sites.xy[ends[:, 0]] - sites.xy[ends[:, 1]]).T)
    return gaps
