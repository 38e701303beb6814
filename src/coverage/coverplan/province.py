"""Coverage of a province computed county by county: the same table as in one piece.

The graph of each profile is made once, of the whole province: what a way takes, where people may
join it and what is a stray fragment do not depend on where it is cut. Each county's people are then
cut out with every road and site they can need within a limit (`coverplan.windows`), computed alone
(`coverplan.pieces`), here or on other machines, and put together again. The first look goes not
much beyond the county; who found no site there, or might have a nearer one outside, looks farther,
up to the longest limit. Who then found nothing is asked about the whole network: whether there is
a way at all.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.errors import InputError, Problem
from .core.text import Text
from .cutting import Ground
from .measure import Coverage, LayerView, measure_layer
from .pieces import Piece, PieceResult, solve_piece, take_places
from .results import Inputs
from .travel import Nearest, Snapped, snap
from .travel.nearest import NEVER
from .travel.speeds import MS_PER_MINUTE, NEVER_MS
from .windows import Shapes

CountyOf = Callable[[str], str]
"""Names the county of a unit by the unit's code."""

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do: one for each county and profile."""

FAR_MS = NEVER_MS
"""Milliseconds of who has a way to a site that takes longer than every limit."""

_COLUMNS = [
    "county", "profile", "minutes", "points", "people", "nodes", "edges", "sites", "seconds",
    "worker", "peak_mb",
]  # fmt: skip

_COUNTY_DIGITS = 6
_FARTHER = 2


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
        One row per piece, in the order of county, profile and limit: ``county``, ``profile``,
        ``minutes`` (how far the piece looked at most), ``points``, ``people`` (of the first group),
        ``nodes``, ``edges``, ``sites``, ``seconds``, ``worker`` (1, 2, ... as they first came) and
        ``peak_mb``, the most memory the worker had held by then.
    problems
        The warnings of reading, and what a province does not compute.

    Examples
    --------
    >>> import coverplan as cp
    >>> found = cp.assess_in_pieces(cp.small_county(), county_of=lambda code: code)
    >>> found.counties.groupby("county")[["points", "people"]].first()
               points  people
    county
    330999201       3    1770
    330999202       3    1230
    330999203       3     560
    """

    coverage: Coverage
    counties: pd.DataFrame
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ProfileJob:
    """The people of a province as their pieces come in, for one profile.

    Parameters
    ----------
    ground
        The whole.
    ms, site
        For each layer everybody's nearest site so far, and the milliseconds to it.
    open
        The counties somebody of which must still look farther.
    parts
        By county, who lives there and how they are joined to the network.
    """

    ground: Ground
    ms: tuple[NDArray[np.int64], ...]
    site: tuple[NDArray[np.int64], ...]
    open: set[str]
    parts: dict[str, tuple[NDArray[np.int64], Snapped]] = field(default_factory=dict)

    @classmethod
    def begin(cls, ground: Ground, counties: Iterable[str]) -> "ProfileJob":
        """Return the job of one profile with nothing done."""

        def nothing() -> tuple[NDArray[np.int64], ...]:
            return tuple(np.full(len(ground.xy), NEVER) for _ in ground.layers)

        return cls(ground, nothing(), nothing(), set(counties))

    def take(self, result: PieceResult) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Take a piece that is done.

        Returns
        -------
        tuple
            Positions of the people who must look farther, and how far, in milliseconds: as far as
            the site that was found, if only to see that there is no nearer one; twice as far as
            before where none was found.
        """
        self.parts.setdefault(result.county, (result.who, result.places))  # first all of them
        farther = result.limit.copy()
        for i, ms in enumerate(result.ms):
            self.ms[i][result.who], self.site[i][result.who] = ms, result.site[i]
            again = ((ms == NEVER) | (ms > result.limit)) & (result.limit < self.ground.limit)
            if again.any():
                again &= self.ground.connected(i, result.places)
                wanted = np.where(ms == NEVER, _FARTHER * result.limit, ms)
                farther = np.where(again, np.maximum(farther, wanted), farther)
        again = farther > result.limit
        if not again.any():
            self.open.discard(result.county)
        return result.who[again], np.minimum(farther, self.ground.limit)[again]

    def places(self) -> Snapped:
        """Return everybody joined to the graph of the whole."""
        if not self.parts:
            return snap(self.ground.graph, self.ground.xy)
        order = np.argsort(np.concatenate([who for who, _ in self.parts.values()]))
        whole = {
            f.name: np.concatenate([getattr(part, f.name) for _, part in self.parts.values()])
            for f in fields(Snapped)
        }
        return take_places(Snapped(**whole), order)

    def nearest(self, i: int, places: Snapped) -> Nearest:
        """Return everybody's nearest site of one layer.

        Parameters
        ----------
        i
            Position of the layer in the ground.
        places
            Everybody joined to the graph of the whole.

        Returns
        -------
        Nearest
            As in the whole within the longest limit; `FAR_MS` and no site where every site is
            farther; `NEVER` where there is no way to any.
        """
        ms, site = self.ms[i].copy(), self.site[i].copy()
        far = ms > self.ground.limit
        if (ms == NEVER).any():
            far |= (ms == NEVER) & self.ground.connected(i, places)
        ms[far], site[far] = FAR_MS, NEVER
        working = self.ground.working[i].sites.index
        return Nearest(self.ground.inputs.demand.points.index, working, ms, site)

    def measure(self) -> dict[str, pd.DataFrame]:
        """Return the coverage of each layer when all pieces are done."""
        inputs, places = self.ground.inputs, self.places()
        frames: dict[str, pd.DataFrame] = {}
        for i, item in enumerate(self.ground.layers):
            view = LayerView(
                layer=item.layer,
                profile=self.ground.graph.profile,
                region=inputs.region,
                demand=inputs.demand,
                places=places,
                nearest=self.nearest(i, places),
                site_units=self.ground.working[i].sites["unit"].to_numpy(dtype=object),
                phase="before",
            )
            frames[item.layer.id] = measure_layer(view, list(inputs.thresholds))
        return frames


class Work:
    """The pieces of a province, cut when they are asked for, and what has come of them.

    Parameters
    ----------
    inputs
        The whole province.
    county_of
        The county of a unit.
    progress
        Called as a county is done for a profile.

    Raises
    ------
    InputError
        When there are no roads to cut.
    """

    def __init__(
        self, inputs: Inputs, county_of: CountyOf, progress: Progress | None = None
    ) -> None:
        if not inputs.has_roads:
            raise InputError([_no_roads()])
        self._inputs = inputs
        self._counties = _counties(inputs, county_of)
        self._profiles = list(dict.fromkeys(item.layer.profile for item in inputs.layers))
        self._progress = progress
        self._jobs: dict[str, ProfileJob] = {}
        self._frames: dict[str, pd.DataFrame] = {}
        self._people = inputs.demand.people(inputs.demand.groups[0])
        self._rows: list[dict[str, object]] = []
        self._first = self._first_looks()
        self._again: deque[tuple[str, str, NDArray[np.int64], NDArray[np.int64]]] = deque()
        self._settled = 0

    def next(self) -> Piece | None:
        """Return the next piece; None while there is none, until others are done."""
        if self._again:
            profile, county, who, limits = self._again.popleft()
            return self._jobs[profile].ground.piece(county, who, limits)
        return next(self._first, None)

    def done(self, result: PieceResult) -> None:
        """Take a piece that is done."""
        job = self._jobs[result.profile]
        self._rows.append(_row(result, self._people))
        who, limits = job.take(result)
        if len(who):
            self._again.append((result.profile, result.county, who, limits))
            return
        self._settled += 1
        if not job.open:
            self._frames |= self._jobs.pop(result.profile).measure()
        if self._progress is not None:
            self._progress(self._settled, len(self._counties) * len(self._profiles))

    def result(self) -> ProvinceResult:
        """Return what all pieces come to."""
        for job in self._jobs.values():  # where nobody lives there is no piece to wait for
            self._frames |= job.measure()
        ordered = [self._frames[item.layer.id] for item in self._inputs.layers]
        return ProvinceResult(
            coverage=Coverage(pd.concat(ordered, ignore_index=True)),
            counties=_table(self._rows, self._profiles),
            problems=(*self._inputs.problems, *_not_proposed(self._inputs)),
        )

    def _first_looks(self) -> Iterator[Piece]:
        xy, shapes = self._inputs.demand.xy, Shapes.of(self._inputs.network)
        for profile in self._profiles:
            ground = Ground.of(self._inputs, profile, xy, shapes)
            self._jobs[profile] = ProfileJob.begin(ground, self._counties)
            for county, who in self._counties.items():
                yield ground.piece(county, who, ground.first_limits(who))


def assess_in_pieces(
    inputs: Inputs,
    *,
    county_of: CountyOf | None = None,
    progress: Progress | None = None,
) -> ProvinceResult:
    """Compute the coverage of a province county by county, one after the other.

    Parameters
    ----------
    inputs
        The whole province. New sites asked for are not proposed: a proposal needs the whole.
    county_of
        The county of a unit by its code; default the first six digits.
    progress
        Called as a county is done for a profile.

    Raises
    ------
    InternalError
        When people do not add up.

    Examples
    --------
    >>> import coverplan as cp
    >>> found = cp.assess_in_pieces(cp.small_county())
    >>> found.coverage.value(
    ...     layer="elderly_care", indicator="people_reached", minutes=15, unit_code="total"
    ... )
    314
    """
    work = Work(inputs, county_of or county_of_code, progress)
    while (piece := work.next()) is not None:
        work.done(solve_piece(piece))
    return work.result()


def _counties(inputs: Inputs, county_of: CountyOf) -> dict[str, NDArray[np.int64]]:
    """Return the positions of each county's demand points; counties without one do not appear."""
    unit, units = pd.factorize(inputs.demand.points["unit"], sort=True)
    county, names = pd.factorize(np.array([county_of(str(u)) for u in units], dtype=object))
    here = county[unit] if len(units) else np.zeros(0, dtype=np.int64)
    return {str(name): np.flatnonzero(here == i) for i, name in enumerate(names)}


def _row(result: PieceResult, people: NDArray[np.int64]) -> dict[str, object]:
    return {
        "county": result.county,
        "profile": result.profile,
        "minutes": round(int(result.limit.max()) / MS_PER_MINUTE, 1),
        "points": len(result.who),
        "people": int(people[result.who].sum()),
        "nodes": result.nodes,
        "edges": result.edges,
        "sites": result.n_sites,
        "seconds": round(result.seconds, 3),
        "worker": result.worker,
        "peak_mb": round(result.peak_mb, 1),
    }


def _table(rows: list[dict[str, object]], profiles: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table["worker"] = pd.factorize(table["worker"])[0] + 1
    order = table["profile"].map(profiles.index)
    order = table.assign(order=order).sort_values(["county", "order", "minutes"]).index
    return table.loc[order].reset_index(drop=True)


def _no_roads() -> Problem:
    return Problem(
        code="province.no_roads",
        what=Text(
            "按县分片计算切的是道路，本研究没有道路（按直线距离估算）",
            "county by county it is roads that are cut, and this study has none (straight lines)",
        ),
        mend=Text(
            "用 coverplan run 对全部范围计算：直线不费内存",
            "compute the whole with coverplan run: straight lines take little memory",
        ),
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
