r"""A programme as a linear model: which site is open by the end of which year.

With :math:`y_{jt} = 1` where site :math:`j` is open by the end of year :math:`t`,

.. math::

    y_{jt} \ge y_{j,t-1}, \quad
    \sum_j (y_{jt} - y_{j,t-1}) \le p_t, \quad \sum_j c_j (y_{jt} - y_{j,t-1}) \le b_t, \quad
    \sum_i w_i z_i \ge a, \; z_i \le \sum_{j \in N_i} y_{jt} \text{ for a need due in year } t,

and for groups of places of which :math:`a` must be served,
:math:`\sum_{i \in g} w_i z_i \ge s_g u_g, \; \sum_g u_g \ge a` with binary :math:`u_g`.
Existing sites are no columns: what they bring is taken off first. Candidates that bring nothing
to any need are none either: no programme of fewest sites has them.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye

from ..core.text import Text
from .linear import Linear, Numbers, Part
from .plan import SITES
from .programme_needs import ProgrammeNeed
from .programme_problem import ProgrammeLayer, ProgrammeProblem
from .programme_things import existing_bring, merged, merged_in, of_reach, who_brings
from .rows import SiteRows, site_rows

NEED = "need"
CAPS = {"sites": Text("处", "sites"), "yuan": Text("元", "yuan")}
"""Kinds of rows that limit a year, and what they count."""


@dataclass(slots=True)
class ProgrammeModel:
    """The model while it is written down.

    Parameters
    ----------
    problem
        The programme.
    linear
        Columns and rows so far.
    new
        By layer, positions of the sites that are columns, in their order.
    opened
        For each year, its columns: the sites of all layers one after the other.
    cover
        What fills the columns of things that count: columns, and the matrix that says which
        sites of which year bring them.
    kinds, names
        Of each row: ``sites`` and ``yuan`` for the limits of a year, ``need``, else ``rule``.
    hopeless
        Needs that are missed whatever is opened, and what they come to at most.
    """

    problem: ProgrammeProblem
    linear: Linear
    new: dict[str, NDArray[np.int64]]
    opened: list[slice] = field(default_factory=list)
    cover: list[tuple[slice, csr_matrix, slice]] = field(default_factory=list)
    groups: list[tuple[slice, csr_matrix, slice]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    names: list[Text] = field(default_factory=list)
    hopeless: list[tuple[ProgrammeNeed, int]] = field(default_factory=list)

    @property
    def n_new(self) -> int:
        """Sites that are columns, of all layers."""
        return sum(len(new) for new in self.new.values())

    def of_sites(self, key: str) -> NDArray[np.float64]:
        """Return a number of each column of one year: ``sites``, ``build``, ``unpriced``, ``yuan``.

        Parameters
        ----------
        key
            Which number; shape ``(n_new,)``.
        """
        parts = [
            _numbers(self.problem.layers[name], key)[new].astype(float)
            for name, new in self.new.items()
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def rows(
        self, parts: list[Part], bounds: tuple[Numbers, Numbers], kind: str, name: Text
    ) -> None:
        """Add rows of one kind and name.

        Parameters
        ----------
        parts, bounds
            As in `Linear.rows`.
        kind, name
            As the fields.
        """
        before = self.linear.n_rows
        self.linear.rows(parts, *bounds)
        added = self.linear.n_rows - before
        self.kinds += [kind] * added
        self.names += [name] * added

    def filled(self, opened: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of all columns that go with some open sites.

        Parameters
        ----------
        opened
            0 or 1 for each site and year, as the first columns, shape ``(n_years * n_new,)``.
        """
        values = np.zeros(self.linear.n_columns)
        values[: len(opened)] = opened
        for columns, matrix, sites in self.cover:
            values[columns] = (matrix @ values[sites] > _HALF).astype(float)
        for columns, matrix, things in self.groups:
            values[columns] = (matrix @ values[things] >= 1 - _HAIR).astype(float)
        return values

    def site_rows(self) -> SiteRows:
        """Return the model as rows with their names, all its columns taken for whole."""
        mip = self.linear.mip("min", [])
        return SiteRows(
            matrix=csr_matrix(mip.rows),
            row_lower=mip.row_lower,
            row_upper=mip.row_upper,
            names=tuple(self.names),
            lower=mip.lower,
            upper=mip.upper,
            kinds=tuple(self.kinds),
        )


def _numbers(layer: ProgrammeLayer, key: str) -> NDArray[np.generic]:
    """Return a number of each site of a layer, shape ``(n_sites,)``."""
    cost = layer.problem.sites.cost_yuan
    return {
        "sites": np.ones(len(cost)),
        "build": ~layer.reuse,
        "unpriced": ~layer.priced,
        "yuan": np.where(layer.priced, cost, 0),
    }[key]


_HALF = 0.5
_HAIR = 1e-9


def programme_model(problem: ProgrammeProblem) -> ProgrammeModel:
    """Return the model of a programme, without an objective.

    Parameters
    ----------
    problem
        The programme.
    """
    model = ProgrammeModel(problem, Linear(), _columns(problem))
    years = len(problem.years)
    for t in range(years):
        lower = _required(model) if t == years - 1 else 0.0
        model.opened.append(model.linear.columns(model.n_new, lower, 1.0, whole=True))
    _stay_open(model)
    _limit_years(model)
    _keep_rules(model)
    for need in problem.needs:
        _ask(model, need)
    if not model.kinds:
        # A model of no rows is none: this one is always kept.
        one = csr_matrix(np.ones((1, model.n_new)))
        model.rows([(model.opened[-1], one)], (0.0, np.inf), "cover", SITES.label)
    return model


def _columns(problem: ProgrammeProblem) -> dict[str, NDArray[np.int64]]:
    """Return the sites that may be opened and bring anything, or must be."""
    found = {}
    for key, layer in problem.layers.items():
        sites = layer.problem.sites
        brings = sites.must.copy()
        for need in problem.needs:
            if key in need.reach:
                brings |= np.diff(need.reach[key].ptr) > 0
        found[key] = np.flatnonzero(brings & ~sites.existing & ~sites.barred)
    return found


def _required(model: ProgrammeModel) -> NDArray[np.float64]:
    layers = model.problem.layers
    parts = [layers[key].problem.sites.must[new] for key, new in model.new.items()]
    return np.concatenate([np.zeros(0), *parts]).astype(float)


def _stay_open(model: ProgrammeModel) -> None:
    one = eye(model.n_new, format="csr")
    for before, after in zip(model.opened, model.opened[1:], strict=False):
        name = Text("开设后不再关闭", "what is open stays open")
        model.rows([(after, one), (before, -one)], (0.0, np.inf), "rule", name)


def _limit_years(model: ProgrammeModel) -> None:
    for t, phase in enumerate(model.problem.years):
        for key, cap in (("sites", phase.sites), ("yuan", phase.budget_yuan)):
            if cap is None:
                continue
            each = csr_matrix(model.of_sites(key)[None, :])
            parts: list[Part] = [(model.opened[t], each)]
            parts += [(model.opened[t - 1], -each)] if t else []
            unit = CAPS[key]
            name = Text(
                f"{phase.year} 年至多 {cap:,} {unit.zh}",
                f"{phase.year}: at most {cap:,} {unit.en}",
            )
            model.rows(parts, (-np.inf, float(cap)), key, name)


def _keep_rules(model: ProgrammeModel) -> None:
    """Keep what is asked of where sites stand; it only forbids, so the last year is enough."""
    first = model.opened[-1].start
    for key, new in model.new.items():
        problem = model.problem.layers[key].problem
        rows = site_rows(problem)
        stands = (problem.sites.existing & ~problem.sites.barred).astype(float)
        taken = np.asarray(rows.matrix @ stands).ravel()
        matrix = csr_matrix(rows.matrix)[:, new]
        # A rule that what stands breaks already forbids no more than it did.
        room = np.maximum(rows.row_upper - taken, 0.0)
        where = slice(first, first + len(new))
        for i in np.flatnonzero(np.diff(matrix.indptr) > 0):
            model.rows([(where, matrix[i])], (-np.inf, float(room[i])), "rule", rows.names[i])
        first += len(new)


def _ask(model: ProgrammeModel, need: ProgrammeNeed) -> None:
    """Add the rows of one need."""
    year = model.opened[model.problem.due(need)]
    today = need.already | existing_bring(model.problem, need)
    brings = who_brings(need, model.new)
    live = ~today & (np.diff(brings.indptr) > 0)
    if need.group is not None and need.group_least is not None:
        _ask_groups(model, need, (brings, live, today), year)
        return
    weight, matrix = merged(brings, need.weight, live)
    left = need.amount - need.counted(today)
    if left <= 0:
        return
    if int(weight.sum()) < left:
        model.hopeless.append((need, need.counted(today) + int(weight.sum())))
        return
    # What the need cannot spare must be there.
    spare = int(weight.sum()) - left
    things = model.linear.columns(len(weight), (weight > spare).astype(float), 1.0, whole=False)
    _cover(model, things, matrix, year, need.name)
    model.rows([(things, csr_matrix(weight[None, :]))], (float(left), np.inf), NEED, need.name)


def _ask_groups(
    model: ProgrammeModel,
    need: ProgrammeNeed,
    things: tuple[csr_matrix, NDArray[np.bool_], NDArray[np.bool_]],
    year: slice,
) -> None:
    """Add the rows of a need of groups: each counts once enough of its people are reached."""
    brings, live, today = things
    group, least = need.group, need.group_least
    if group is None or least is None:
        return
    n = len(least)
    inside = group >= 0
    have = np.bincount(group[inside], np.where(today, need.weight, 0)[inside], minlength=n)
    could = np.bincount(group[inside], np.where(today | live, need.weight, 0)[inside], minlength=n)
    done = have >= least
    left = need.amount - int(done.sum())
    if left <= 0:
        return
    open_ = np.flatnonzero(~done & (could >= least))
    if len(open_) < left:
        model.hopeless.append((need, int(done.sum()) + len(open_)))
        return
    member = live & inside & np.isin(group, open_)
    weight, matrix, of_group = merged_in(brings, need.weight, member, group)
    columns = model.linear.columns(len(weight), 0.0, 1.0, whole=False)
    _cover(model, columns, matrix, year, need.name)
    chosen = model.linear.columns(len(open_), 0.0, 1.0, whole=True)
    row = np.searchsorted(open_, of_group)
    size = (len(open_), len(weight))
    people = csr_matrix((weight.astype(float), (row, np.arange(len(weight)))), shape=size)
    asked = (least - have)[open_].astype(float)
    wanted = csr_matrix((-asked, (np.arange(len(open_)),) * 2), shape=(len(open_),) * 2)
    model.rows([(columns, people), (chosen, wanted)], (0.0, np.inf), NEED, need.name)
    model.rows(
        [(chosen, csr_matrix(np.ones((1, len(open_)))))], (float(left), np.inf), NEED, need.name
    )
    scaled = csr_matrix(people.multiply(1.0 / np.maximum(asked, 1.0)[:, None]))
    model.groups.append((chosen, scaled, columns))


def _cover(
    model: ProgrammeModel, things: slice, matrix: csr_matrix, year: slice, name: Text
) -> None:
    one = eye(matrix.shape[0], format="csr")
    model.rows([(things, one), (year, -matrix)], (-np.inf, 0.0), "cover", name)
    model.cover.append((things, matrix, year))


def count_need(
    model: ProgrammeModel, need: ProgrammeNeed
) -> list[tuple[slice, NDArray[np.float64]]]:
    """Add what a need of single things comes to by the last year; return what they count.

    Parameters
    ----------
    model, need
        The programme's model, whose columns and rows grow, and a need without groups.

    Returns
    -------
    list
        Columns, and what they count beyond what stands today.
    """
    today = need.already | existing_bring(model.problem, need)
    brings = who_brings(need, model.new)
    weight, matrix = merged(brings, need.weight, ~today & (np.diff(brings.indptr) > 0))
    things = model.linear.columns(len(weight), 0.0, 1.0, whole=False)
    _cover(model, things, matrix, model.opened[-1], need.name)
    return [(things, weight.astype(float))]


def count_people_years(model: ProgrammeModel) -> list[tuple[slice, NDArray[np.float64]]]:
    """Add who is newly reached in each year; return what they count.

    Parameters
    ----------
    model
        The programme's model; its columns and rows grow.

    Returns
    -------
    list
        Columns, and people times what their year counts.
    """
    costs = []
    name = Text("新增可达", "newly reached")
    first = 0
    for key, new in model.new.items():
        problem = model.problem.layers[key].problem
        brings = of_reach(problem.reach, new)
        live = (np.diff(brings.indptr) > 0) & ~problem.before
        weight, matrix = merged(brings, problem.people, live)
        for t, phase in enumerate(model.problem.years):
            year = slice(model.opened[t].start + first, model.opened[t].start + first + len(new))
            things = model.linear.columns(len(weight), 0.0, 1.0, whole=False)
            _cover(model, things, matrix, year, name)
            costs.append((things, weight.astype(float) * phase.weight))
        first += len(new)
    return costs
