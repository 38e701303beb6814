"""Coverage of a province computed county by county: the same table as in one piece.

The graph of each profile is made once, of the whole province: what a way takes, where people may
join it and what is a stray fragment do not depend on where it is cut. Each county's people are then
cut out with every road and site they can need within the longest limit (`coverplan.windows`),
computed alone (`coverplan.pieces`), here or on other machines, and put together again. Only who
found nothing within the limit is asked about the whole: whether there is a way at all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order

from .core.errors import Problem
from .core.text import Text
from .domain import Facilities
from .measure import Coverage, LayerView, measure_layer
from .pieces import Piece, PieceResult, PieceSites, cut_roads, solve_piece, take_places
from .results import Inputs, LayerInput
from .travel import NO_ROAD, ModeGraph, Nearest, Snapped, mode_graph, snap
from .travel.graph import CLOSED, Arcs
from .travel.nearest import NEVER
from .travel.reach import limit_ms
from .travel.speeds import NEVER_MS
from .windows import Box, Spread, window

CountyOf = Callable[[str], str]
"""Names the county of a unit by the unit's code."""

Solve = Callable[[Iterator[Piece]], Iterable[PieceResult]]
"""Computes pieces, in any order, taking the next one only when there is room for it."""

Progress = Callable[[int, int], None]
"""Called with the pieces done and the pieces there are: one per county and profile."""

FAR_MS = NEVER_MS
"""Milliseconds of who has a way to a site that takes longer than every limit."""

_COUNTY_DIGITS = 6


def county_of_code(unit: str) -> str:
    """Return the county of a unit code: its first six digits (GB/T 2260).

    Examples
    --------
    >>> county_of_code("330122105")
    '330122'
    """
    return unit[:_COUNTY_DIGITS]


@dataclass(frozen=True, slots=True)
class ProvinceResult:
    """What a province computed county by county comes to.

    Parameters
    ----------
    coverage
        The table of `coverplan.assess`, phase ``before``, row for row.
    counties
        One row per piece, in the order of county and profile: ``county``, ``profile``,
        ``points``, ``people`` (of the first group), ``nodes``, ``edges``, ``sites``, ``seconds``,
        ``worker`` (1, 2, ... as they first came) and ``peak_mb``, the most memory the worker had
        held by then.
    problems
        The warnings of reading, and what a province does not compute.
    """

    coverage: Coverage
    counties: pd.DataFrame
    problems: tuple[Problem, ...]


def assess_in_pieces(
    inputs: Inputs,
    *,
    county_of: CountyOf | None = None,
    solve: Solve | None = None,
    progress: Progress | None = None,
) -> ProvinceResult:
    """Compute the coverage of a province county by county.

    Parameters
    ----------
    inputs
        The whole province. New sites asked for are not proposed: a proposal needs the whole.
    county_of
        The county of a unit; default the first six digits of its code.
    solve
        What computes the pieces; default one after the other in this process.
    progress
        Called as pieces are done.

    Raises
    ------
    InternalError
        When people do not add up.
    """
    counties = _counties(inputs, county_of or county_of_code)
    jobs: dict[str, ProfileJob] = {}
    profiles = list(dict.fromkeys(item.layer.profile for item in inputs.layers))
    frames: dict[str, pd.DataFrame] = {}
    rows: list[PieceResult] = []

    def pieces() -> Iterator[Piece]:
        for profile in profiles:
            jobs[profile] = ProfileJob.prepare(inputs, profile, counties)
            yield from jobs[profile].pieces()

    for result in (solve or _one_by_one)(pieces()):
        job = jobs[result.profile]
        job.results.append(result)
        rows.append(result)
        if len(job.results) == len(counties):
            frames |= jobs.pop(result.profile).measure()
        if progress is not None:
            progress(len(rows), len(counties) * len(profiles))
    for job in jobs.values():  # there are no people at all
        frames |= job.measure()
    ordered = [frames[item.layer.id] for item in inputs.layers]
    return ProvinceResult(
        coverage=Coverage(pd.concat(ordered, ignore_index=True)),
        counties=_table(inputs, rows, profiles),
        problems=(*inputs.problems, *_not_proposed(inputs)),
    )


def _one_by_one(pieces: Iterator[Piece]) -> Iterator[PieceResult]:
    return map(solve_piece, pieces)


@dataclass(frozen=True, slots=True)
class ProfileJob:
    """Everything of one profile: the network as it sees it, cut and put together again.

    Parameters
    ----------
    inputs
        The whole province.
    graph, spread
        Its network, and how far one gets on it.
    counties
        Positions of each county's demand points.
    layers, working, sites
        The layers of the profile, their working facilities, and these joined to the graph.
    limit
        Milliseconds of the longest limit any of the layers is measured at.
    results
        The pieces that are done.
    """

    inputs: Inputs
    graph: ModeGraph
    spread: Spread
    counties: dict[str, NDArray[np.int64]]
    layers: tuple[LayerInput, ...]
    working: tuple[Facilities, ...]
    sites: tuple[Snapped, ...]
    limit: int
    results: list[PieceResult] = field(default_factory=list)

    @classmethod
    def prepare(
        cls, inputs: Inputs, profile: str, counties: dict[str, NDArray[np.int64]]
    ) -> "ProfileJob":
        """Return the job of one profile with the sites of all its layers joined to its graph."""
        layers = tuple(item for item in inputs.layers if item.layer.profile == profile)
        working = tuple(item.facilities.working(inputs.date) for item in layers)
        graph = mode_graph(
            inputs.network,
            inputs.profiles[profile],
            ignore_fragments_metres=inputs.ignore_fragments_metres,
        )
        joined = snap(graph, np.vstack([sites.xy for sites in working]))
        ends = np.cumsum([0, *map(len, working)])
        limits = [*inputs.thresholds, *(item.layer.minutes for item in layers)]
        return cls(
            inputs=inputs,
            graph=graph,
            spread=Spread.of(graph),
            counties=counties,
            layers=layers,
            working=working,
            sites=tuple(
                take_places(joined, np.arange(ends[i], ends[i + 1])) for i in range(len(layers))
            ),
            limit=limit_ms(max(limits)),
        )

    def pieces(self) -> Iterator[Piece]:
        """Yield the piece of each county, cut when it is asked for."""
        xy = self.inputs.demand.xy
        widest = self.spread.metres(np.arange(len(self.spread.edges)), self.limit)
        for county, who in self.counties.items():
            rows, box = window(self.spread, xy[who], self.limit, widest)
            edges = self.spread.edges[rows]
            yield Piece(
                county=county,
                profile=self.graph.profile.id,
                who=who,
                xy=xy[who],
                roads=cut_roads(self.graph, edges, _walls_within(self.graph, box)),
                sites=tuple(
                    _sites_of(item, places, edges, box)
                    for item, places in zip(self.layers, self.sites, strict=True)
                ),
            )

    def measure(self) -> dict[str, pd.DataFrame]:
        """Return the coverage of each layer from the pieces that are done, all of them."""
        places = self._places()
        frames: dict[str, pd.DataFrame] = {}
        for i, item in enumerate(self.layers):
            view = LayerView(
                layer=item.layer,
                profile=self.graph.profile,
                region=self.inputs.region,
                demand=self.inputs.demand,
                places=places,
                nearest=self.nearest(i, places),
                site_units=self.working[i].sites["unit"].to_numpy(dtype=object),
                phase="before",
            )
            frames[item.layer.id] = measure_layer(view, list(self.inputs.thresholds))
        return frames

    def nearest(self, i: int, places: Snapped) -> Nearest:
        """Return everybody's nearest site of one layer.

        Parameters
        ----------
        i
            Position of the layer in this job.
        places
            All people joined to the graph of the whole.

        Returns
        -------
        Nearest
            As in the whole within the limit; `FAR_MS` and no site where every site is farther;
            `NEVER` where there is no way to any.
        """
        ms = np.full(len(places), NEVER, dtype=np.int64)
        site = np.full(len(places), NEVER, dtype=np.int64)
        for result in self.results:
            ms[result.who], site[result.who] = result.ms[i], result.site[i]
        far = (ms > self.limit) | ((ms == NEVER) & self._connected(i, places, ms == NEVER))
        ms[far], site[far] = FAR_MS, NEVER
        return Nearest(self.inputs.demand.points.index, self.working[i].sites.index, ms, site)

    def _places(self) -> Snapped:
        """Return everybody joined to the graph of the whole."""
        if not self.results:
            return snap(self.graph, self.inputs.demand.xy)
        order = np.argsort(np.concatenate([result.who for result in self.results]))
        parts = [result.places for result in self.results]
        whole = {
            f.name: np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Snapped)
        }
        return take_places(Snapped(**whole), order)

    def _connected(self, i: int, places: Snapped, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return who of those asked about has a way over the whole network to a site, any time."""
        asked = asked & places.joined
        sites = self.sites[i]
        if not asked.any() or not sites.joined.any():
            return np.zeros(len(places), dtype=np.bool_)
        comes = self.layers[i].layer.direction == "to_site"
        arcs = self.graph.arcs_to if comes else self.graph.arcs_from
        from_sites = _ends(self.graph, sites, sites.joined, entering=comes)
        reached = np.zeros(arcs.n_nodes, dtype=np.bool_)
        reached[_reached(arcs, from_sites[1])] = True
        who, nodes = _ends(self.graph, places, asked, entering=not comes)
        found = np.zeros(len(places), dtype=np.bool_)
        found[who[reached[nodes]]] = True
        return found


def _ends(
    graph: ModeGraph, places: Snapped, which: NDArray[np.bool_], *, entering: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return places and the nodes they can be entered from, or left to, along their edge."""
    u_ms = places.enter_u_ms if entering else places.leave_u_ms
    v_ms = places.enter_v_ms if entering else places.leave_v_ms
    at_u = np.flatnonzero(which & (u_ms != CLOSED))
    at_v = np.flatnonzero(which & (v_ms != CLOSED))
    nodes = [graph.network.u[places.edge[at_u]], graph.network.v[places.edge[at_v]]]
    return np.concatenate([at_u, at_v]), np.concatenate(nodes).astype(np.int64)


def _reached(arcs: Arcs, seeds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every node that can be reached over arcs from some of them."""
    seeds = np.unique(seeds)
    n = arcs.n_nodes
    # One node more, from which all searches begin.
    indptr = np.append(arcs.indptr, arcs.indptr[-1] + len(seeds))
    indices = np.concatenate([arcs.neighbour, seeds.astype(np.int32)])
    graph = csr_matrix((np.ones(len(indices)), indices, indptr), shape=(n + 1, n + 1))
    found: NDArray[np.int64] = breadth_first_order(graph, n, return_predecessors=False)
    return found[found < n]


def _sites_of(item: LayerInput, places: Snapped, edges: NDArray[np.int64], box: Box) -> PieceSites:
    """Return the sites in a box, and all that are joined to edges of the piece.

    A site in the box whose road is outside can only be reached by who walks over to it.
    """
    x, y = places.xy.T
    near = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    row = np.searchsorted(edges, places.edge)
    held = places.joined & (edges[np.minimum(row, len(edges) - 1)] == places.edge)
    position = np.flatnonzero(near | held)
    edge = np.where(held, row, NO_ROAD)[position]
    return PieceSites(
        layer=item.layer.id,
        direction=item.layer.direction,
        position=position,
        places=take_places(places, position, edge),
    )


def _walls_within(graph: ModeGraph, box: Box) -> NDArray[np.bool_]:
    walls = graph.network.walls
    if walls is None:
        return np.zeros(0, dtype=np.bool_)
    low_x, low_y, high_x, high_y = shapely.bounds(walls).T
    meets: NDArray[np.bool_] = (
        (low_x <= box[2]) & (high_x >= box[0]) & (low_y <= box[3]) & (high_y >= box[1])
    )
    return meets


def _counties(inputs: Inputs, county_of: CountyOf) -> dict[str, NDArray[np.int64]]:
    """Return the positions of each county's demand points; counties without one do not appear."""
    unit, units = pd.factorize(inputs.demand.points["unit"], sort=True)
    county, names = pd.factorize(np.array([county_of(str(u)) for u in units], dtype=object))
    here = county[unit] if len(units) else np.zeros(0, dtype=np.int64)
    return {str(name): np.flatnonzero(here == i) for i, name in enumerate(names)}


def _table(inputs: Inputs, rows: list[PieceResult], profiles: list[str]) -> pd.DataFrame:
    people = inputs.demand.people(inputs.demand.groups[0])
    workers = {word: i + 1 for i, word in enumerate(dict.fromkeys(r.worker for r in rows))}
    rows = sorted(rows, key=lambda r: (r.county, profiles.index(r.profile)))
    return pd.DataFrame(
        {
            "county": [r.county for r in rows],
            "profile": [r.profile for r in rows],
            "points": [len(r.who) for r in rows],
            "people": [int(people[r.who].sum()) for r in rows],
            "nodes": [r.nodes for r in rows],
            "edges": [r.edges for r in rows],
            "sites": [r.n_sites for r in rows],
            "seconds": [round(r.seconds, 3) for r in rows],
            "worker": [workers[r.worker] for r in rows],
            "peak_mb": [round(r.peak_mb, 1) for r in rows],
        }
    )


def _not_proposed(inputs: Inputs) -> list[Problem]:
    return [
        Problem(
            code="province.no_siting",
            what=Text(
                f"{item.layer.label.zh}：按县分片计算只统计覆盖，不做选址",
                f"{item.layer.label.en}: county by county only coverage is computed, no siting",
            ),
            mend=Text(
                "选址请用 coverplan run 对全部范围计算",
                "for new sites compute the whole with coverplan run",
            ),
            severity="warning",
        )
        for item in inputs.layers
        if item.siting is not None
    ]
