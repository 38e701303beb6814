"""What roads and units say of the datum of points: evidence, counted.

Web maps of China show every place some hundred metres off (`coverplan.core.datum`), and files with
their coordinates claim to be WGS 84. What gives them away is that they fit better when moved back:
nearer to roads, and inside the unit they name.

Notes
-----
The points of a file are compared with themselves as they would lie had they been given in GCJ-02 or
BD-09, or had the other side been (the same shift the other way). A move is believed where

- a one-sided test over the points it changes says so at one in ten thousand: against roads
  Wilcoxon's signed ranks (1945) of the ratio of distances, against units the signs alone;
- three in five of those points gain by it;
- against roads, the median distance falls by a tenth at least.

Fewer than 14 points cannot pass it: then nobody can tell, and that is what is returned. Outlines of
units are not laid over roads: they follow rivers and roads for kilometres, so that their vertices
are not so many witnesses but few.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from ..core.crs import LONLAT
from ..core.datum import DATUMS, Datum, from_wgs84, to_wgs84
from ..core.signedranks import rank_chance, sign_chance
from ..domain.region import Region

_SURE = 1e-4
_PART = 0.6
_NEARER = 0.9
_SAME_METRES = 1.0
"""A point that comes less nearer than this does not count either way."""

_DOOR_METRES = 10.0
"""How near a road anything at it is; differences below say little."""

_LEAST_SHIFT_METRES = 20.0

_Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Move:
    """One way the points of a file could have been meant.

    Parameters
    ----------
    datum
        The shifted datum.
    of_file
        Whether the file is in it; otherwise the other side is, and the file is not.
    """

    datum: Datum
    of_file: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """How points fit one ground, as they are given and moved.

    Parameters
    ----------
    move
        The move.
    shift_metres
        Median length of the move.
    gain, loss
        Points that fit better moved, and worse.
    before, after
        Median metres to the nearest road, or points inside the unit they name.
    points
        How many were compared.
    """

    move: Move
    shift_metres: float
    gain: int
    loss: int
    before: float
    after: float
    points: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one ground says of the datum of some points.

    Parameters
    ----------
    kind
        ``"fits"``: better as given than by any move; ``"shifted"``: better by one; ``"unclear"``.
    evidence
        Of the best move; None where no point could be compared.
    """

    kind: Literal["fits", "shifted", "unclear"]
    evidence: Evidence | None

    @property
    def move(self) -> Move | None:
        """The move believed."""
        return self.evidence.move if self.kind == "shifted" and self.evidence else None


NO_VERDICT = Verdict("unclear", None)


def moved(xy: _Points, crs: CRS, stated: Datum | None = None) -> dict[Move, _Points]:
    """Return where points would lie had they, or what they are laid over, been shifted.

    Parameters
    ----------
    xy, crs
        Metres, shape ``(n, 2)``, and their projected system.
    stated
        The shifted datum they were converted from: the file is then moved to where its points lie
        had they been in the other one.

    Returns
    -------
    dict
        Move -> metres, shape ``(n, 2)``; nothing outside China, where no place is moved.
    """
    project = _projection(crs)
    lon, lat = project.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
    x, y = (lon, lat) if stated is None else from_wgs84(lon, lat, stated)
    found = {}
    for of_file in (True, False):
        for datum in DATUMS:
            if of_file and datum == stated:
                continue
            there = to_wgs84(x, y, datum) if of_file else from_wgs84(lon, lat, datum)
            metres = np.column_stack(project.transform(*there))
            if len(metres) and _shift(xy, metres) > _LEAST_SHIFT_METRES:
                found[Move(datum, of_file)] = metres
    return found


@lru_cache(maxsize=4)
def _projection(crs: CRS) -> Transformer:
    """Return the way from degrees to a system; to make one takes longer than to use it."""
    return Transformer.from_crs(LONLAT, crs, always_xy=True)


def _shift(xy: _Points, there: _Points) -> float:
    return float(np.median(np.hypot(*(there - xy).T)))


def against_lines(xy: _Points, moves: Mapping[Move, _Points], lines: shapely.STRtree) -> Verdict:
    """Return what lines that points usually lie at say of their datum.

    Parameters
    ----------
    xy
        The points as given, metres, shape ``(n, 2)``.
    moves
        The same points moved, see `moved`.
    lines
        Roads, or the known outline of an area whose vertices the points are.
    """
    if not len(xy) or not moves:
        return NO_VERDICT
    given = _distances(xy, lines)
    weighed = []
    for move, there in moves.items():
        metres = _distances(there, lines)
        evidence = Evidence(
            move=move,
            shift_metres=_shift(xy, there),
            gain=int((metres < given - _SAME_METRES).sum()),
            loss=int((metres > given + _SAME_METRES).sum()),
            before=float(np.median(given)),
            after=float(np.median(metres)),
            points=len(xy),
        )
        log_ratio = np.log((given + _DOOR_METRES) / (metres + _DOOR_METRES))
        changed = log_ratio[np.abs(metres - given) > _SAME_METRES]
        nearer = evidence.after <= _NEARER * evidence.before
        weighed.append(
            _Weighed(
                evidence,
                -evidence.after,
                better=nearer and _most(evidence.gain, evidence.loss) and _ranked(changed),
                worse=_most(evidence.loss, evidence.gain) and _ranked(-changed),
            )
        )
    return _verdict(weighed)


def _ranked(gains: _Points) -> bool:
    """Whether signed ranks say that gains are above nothing."""
    return rank_chance(gains) <= _SURE


def _distances(xy: _Points, lines: shapely.STRtree) -> _Points:
    points = shapely.points(xy)
    (who, _), metres = lines.query_nearest(points, return_distance=True, all_matches=False)
    found = np.full(len(points), np.inf)
    found[who] = metres
    return found


def against_units(
    xy: _Points, moves: Mapping[Move, _Points], named: Sequence[str], region: Region
) -> Verdict:
    """Return what the units that records name say of their datum: how many lie inside their own.

    Parameters
    ----------
    xy, moves
        The points as given, and moved; metres, shape ``(n, 2)`` each.
    named
        Code of the unit each record names, empty where it names none, length ``n``.
    region
        The units.
    """
    place = {code: i for i, code in enumerate(region.codes)}
    unit = np.array([place.get(code, -1) for code in named], dtype=np.int64)
    known = unit >= 0
    if not known.any() or not moves:
        return NO_VERDICT
    shapes = region.units.geometry.to_numpy()[unit[known]]

    def inside(points: _Points) -> NDArray[np.bool_]:
        within: NDArray[np.bool_] = shapely.intersects_xy(
            shapes, points[known, 0], points[known, 1]
        )
        return within

    given = inside(xy)
    weighed = []
    for move, there in moves.items():
        after = inside(there)
        evidence = Evidence(
            move=move,
            shift_metres=_shift(xy, there),
            gain=int((after & ~given).sum()),
            loss=int((given & ~after).sum()),
            before=int(given.sum()),
            after=int(after.sum()),
            points=int(known.sum()),
        )
        weighed.append(
            _Weighed(
                evidence,
                evidence.after,
                better=_signed(evidence.gain, evidence.loss),
                worse=_signed(evidence.loss, evidence.gain),
            )
        )
    return _verdict(weighed)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What speaks for a move, how well points lie after it, and whether it is surely so."""

    evidence: Evidence
    merit: float
    better: bool
    worse: bool


def _verdict(weighed: list[_Weighed]) -> Verdict:
    """Return the best move that is believed, else whether all of them are refused."""
    best = max(weighed, key=lambda one: (one.better, one.merit))
    if best.better:
        return Verdict("shifted", best.evidence)
    return Verdict("fits" if all(one.worse for one in weighed) else "unclear", best.evidence)


def _most(more: int, fewer: int) -> bool:
    return more > 0 and more >= _PART * (more + fewer)


def _signed(more: int, fewer: int) -> bool:
    """Whether so many for, of all that differ, is no chance."""
    return _most(more, fewer) and sign_chance(more, fewer) <= _SURE
