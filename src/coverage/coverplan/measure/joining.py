"""How people stand to the network: on it or not, how far from it, on which piece of it."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import Problem
from ..core.text import Text
from ..travel import ModeGraph, Nearest, Snapped

_PIECES_LISTED = 10
_BANDS = (0.0, 25.0, 100.0, 300.0)
"""Metres between the bands of the way to the road; a band begins after its first number, the last
ends at the cap of the profile."""


@dataclass(frozen=True, slots=True)
class Joining:
    """How the people of a group stand to the network of a profile.

    Parameters
    ----------
    everybody
        People of the group, those without a point included.
    without_road
        Those with a point but no usable road within the cap.
    off_largest
        Those joined to another connected piece than the longest.
    mean_metres, most_metres
        The way to the road: the mean over people and the longest; None where nobody has one.
    pieces
        Number of connected pieces.
    people_by_piece
        Kilometres and people of the pieces with most people, at most ten.
    reached, reached_without_way
        People within the limit of a site, and those who would be if the way from their door to
        the road cost nothing: what that way does to coverage.
    rows
        Everybody once ``by`` ``piece`` of network and once by ``distance`` to the road: columns
        ``by``, ``kind`` (``piece``, ``other_pieces``, ``distance``, ``no_road``, ``unplaced``),
        ``number``, ``from_metres``, ``to_metres``, ``kilometres``, ``people``, ``reached``,
        ``reached_without_way``. Where there are no roads everybody is there once, ``by``
        ``straight``: kinds ``straight`` and ``unplaced``.
    """

    everybody: int
    without_road: int
    off_largest: int
    mean_metres: float | None
    most_metres: float | None
    pieces: int
    people_by_piece: tuple[tuple[float, int], ...]
    reached: int
    reached_without_way: int
    rows: pd.DataFrame


def joining(
    graph: ModeGraph,
    places: Snapped,
    people: NDArray[np.int64],
    everybody: int,
    *,
    nearest: Nearest,
    beside_road: Nearest,
    minutes: float,
) -> Joining:
    """Return how people stand to a network.

    Parameters
    ----------
    graph, places
        The network of a profile, and people's places joined to it.
    people
        People of the group at each place, shape ``(n,)``.
    everybody
        People of the group in all, those without a place included.
    nearest, beside_road
        Their nearest site, and what it would be if the way from their door to the road took no
        time.
    minutes
        The limit within which they count as reached.
    """
    if graph.straight is not None:
        return _in_straight_lines(people, everybody, nearest.within(minutes))
    reached, without_way = nearest.within(minutes), beside_road.within(minutes)
    tally = _Tally(people, reached, without_way)
    here = places.joined & (people > 0)
    metres, weight = places.access_metres[here], people[here]
    piece = graph.component[places.edge[here]]
    by_piece = np.zeros(len(graph.component_metres), dtype=np.int64)
    np.add.at(by_piece, piece, weight)
    order = np.argsort(-by_piece, kind="stable")[:_PIECES_LISTED]
    largest = int(np.argmax(graph.component_metres)) if len(graph.component_metres) else 0
    return Joining(
        everybody=everybody,
        without_road=int(people[~places.joined].sum()),
        off_largest=int(weight[piece != largest].sum()),
        mean_metres=float(np.average(metres, weights=weight)) if len(metres) else None,
        most_metres=float(metres.max()) if len(metres) else None,
        pieces=int((graph.component_metres > 0).sum()),
        people_by_piece=tuple(
            (float(graph.component_metres[i]) / 1000, int(by_piece[i]))
            for i in order
            if by_piece[i] > 0
        ),
        reached=int(people[reached].sum()),
        reached_without_way=int(people[without_way].sum()),
        rows=_rows(graph, places, tally, order[by_piece[order] > 0], everybody),
    )


def _in_straight_lines(
    people: NDArray[np.int64], everybody: int, reached: NDArray[np.bool_]
) -> Joining:
    """Return what can be said where there are no roads: who has a place, and who is reached."""
    inside = int(people[reached].sum())
    placed = int(people.sum())
    rows: list[tuple[object, ...]] = [
        ("straight", "straight", None, None, None, None, placed, inside, inside),
        ("straight", "unplaced", None, None, None, None, everybody - placed, 0, 0),
    ]
    return Joining(
        everybody=everybody,
        without_road=0,
        off_largest=0,
        mean_metres=None,
        most_metres=None,
        pieces=0,
        people_by_piece=(),
        reached=inside,
        reached_without_way=inside,
        rows=_frame(rows),
    )


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    whole = ["number", "people", "reached", "reached_without_way"]
    return frame.astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(_METRES, "Float64"))


@dataclass(frozen=True, slots=True)
class _Tally:
    """Counts people, those reached, and those reached without the way to the road."""

    people: NDArray[np.int64]
    reached: NDArray[np.bool_]
    without_way: NDArray[np.bool_]

    def of(self, who: NDArray[np.bool_]) -> tuple[int, int, int]:
        return (
            int(self.people[who].sum()),
            int(self.people[who & self.reached].sum()),
            int(self.people[who & self.without_way].sum()),
        )


def _rows(
    graph: ModeGraph,
    places: Snapped,
    tally: _Tally,
    listed: NDArray[np.int64],
    everybody: int,
) -> pd.DataFrame:
    piece = np.full(len(places), -1, dtype=np.int64)
    piece[places.joined] = graph.component[places.edge[places.joined]]
    km = graph.component_metres / 1000
    nothing = (None, None, None)
    no_road = ("no_road", *nothing, None, *tally.of(~places.joined))
    unplaced = ("unplaced", *nothing, None, everybody - int(tally.people.sum()), 0, 0)
    rows: list[tuple[object, ...]] = []
    cap = graph.profile.access_cap_metres
    for number, one in enumerate(listed, 1):
        rows.append(("piece", "piece", number, None, None, float(km[one]), *tally.of(piece == one)))
    other = places.joined & ~np.isin(piece, listed)
    rest = float(km.sum() - km[listed].sum())
    rows.append(("piece", "other_pieces", *nothing, rest, *tally.of(other)))
    rows += [("piece", *no_road), ("piece", *unplaced)]
    metres = np.where(places.joined, places.access_metres, np.nan)
    bands = [*(b for b in _BANDS if b < cap), np.inf] if cap > 0 else [0.0, np.inf]
    for number, (a, b) in enumerate(itertools.pairwise(bands), 1):
        inside = (metres > a if a > 0 else metres >= 0) & (metres <= b)
        to = b if np.isfinite(b) else cap
        rows.append(("distance", "distance", number, a, to, None, *tally.of(inside)))
    rows += [("distance", *no_road), ("distance", *unplaced)]
    return _frame(rows)


_METRES = ["from_metres", "to_metres", "kilometres"]
_COLUMNS = ["by", "kind", "number", *_METRES, "people", "reached", "reached_without_way"]


def off_largest(found: Joining, group: Text, by: Text) -> Problem:
    """Return the warning that many of a group are off the largest piece for a traveller."""
    share = f"{100 * found.off_largest / found.everybody:.1f} %"
    return Problem(
        code="network.off_largest",
        what=Text(
            f"{by.zh}：{share} 的{group.zh}（{found.off_largest:,} 人）不在最大的连通路网上："
            "道路文件可能没有在路口打断",
            f"{by.en}: {share} of {group.en} ({found.off_largest:,} people) are off the largest "
            "connected piece of the network: the road file may not be cut at junctions",
        ),
        mend=Text(
            "在路口打断道路、补上缺失路段；若当地确不通路（如海岛），可不改",
            "cut roads at junctions and add missing links; where there is truly no road, as on "
            "islands, leave it",
        ),
        severity="warning",
        people=found.off_largest,
    )
