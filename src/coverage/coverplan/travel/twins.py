"""Lines drawn on one place are one street: the least time each way, and where it is spent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..domain.arrays import frozen
from ..domain.network import Network
from .slope import PaceAlong, at
from .speeds import CLOSED, STEPS

_OPEN = np.iinfo(np.int64).max
_Ms = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Streets:
    """Times and pace of the edges, those drawn on one line all on the first of them."""

    forward_ms: _Ms
    backward_ms: _Ms
    enterable: NDArray[np.bool_]
    pace: PaceAlong | None


def one_line_each(
    network: Network,
    forward: _Ms,
    backward: _Ms,
    enterable: NDArray[np.bool_],
    pace: PaceAlong | None,
) -> Streets:
    """Put all edges drawn on one line on the first of them, with the least time each way.

    Who stands beside two lines on one place stands on both: whichever was taken for nearest, the
    other's direction or speed would be lost.

    Parameters
    ----------
    network
        The roads.
    forward, backward
        Milliseconds along each edge and against it, `CLOSED` where that is not possible.
    enterable
        Whether a place may be joined to the edge.
    pace
        How hills spread the time along each edge.
    """
    again = np.flatnonzero(network.twin != np.arange(network.n_edges))
    first, turned = network.twin[again], network.reverse[again]
    ahead = np.where(forward == CLOSED, _OPEN, forward)
    back = np.where(backward == CLOSED, _OPEN, backward)
    if pace is not None:
        pace = _pace_of_the_fastest(network, ahead, back, pace, again)
    its_ahead = np.where(turned, back[again], ahead[again])
    its_back = np.where(turned, ahead[again], back[again])
    np.minimum.at(ahead, first, its_ahead)
    np.minimum.at(back, first, its_back)
    enter = enterable.copy()
    np.logical_or.at(enter, first, enterable[again])
    ahead[again], back[again], enter[again] = _OPEN, _OPEN, False
    return Streets(
        forward_ms=np.where(ahead == _OPEN, CLOSED, ahead),
        backward_ms=np.where(back == _OPEN, CLOSED, back),
        enterable=enter,
        pace=pace,
    )


def _pace_of_the_fastest(
    network: Network, ahead: _Ms, back: _Ms, pace: PaceAlong, again: _Ms
) -> PaceAlong:
    """Return the pace in which a first edge has, each way, that of the edge its time is from.

    Lines on one place lie on one ground and have one pace, but for steps, which are taken evenly,
    and for bridges and tunnels, which leave the ground.
    """
    other = network.facts.raised | (network.road_class == STEPS)
    mixed = np.unique(network.twin[again][other[again] != other[network.twin[again]]])
    if not len(mixed):
        return pace
    rows = {}
    for edge in mixed.tolist():
        members = [(edge, False)]
        members += [(int(t), bool(network.reverse[t])) for t in again[network.twin[again] == edge]]
        rows[edge] = _one_row(pace, members, ahead, back)
    return _with_rows(pace, rows)


_Row = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _one_row(pace: PaceAlong, members: list[tuple[int, bool]], ahead: _Ms, back: _Ms) -> _Row:
    """Return fractions, and the share of the time spent before each, there and back."""
    ways = [(back[e], ahead[e]) if turned else (ahead[e], back[e]) for e, turned in members]
    points = []
    for edge, turned in members:
        fraction = pace.fraction[pace.ptr[edge] : pace.ptr[edge + 1]]
        points.append(1.0 - fraction if turned else fraction)
    fraction = np.unique(np.concatenate(points))
    shares = []
    for way in (0, 1):
        edge, turned = members[int(np.argmin([ms[way] for ms in ways]))]
        shares.append(_share(pace, edge, fraction, way, turned=turned))
    return fraction, shares[0], shares[1]


def _share(
    pace: PaceAlong, edge: int, fraction: NDArray[np.float64], way: int, *, turned: bool
) -> NDArray[np.float64]:
    """Return the share of an edge's time between the start of its street and places on it.

    Parameters
    ----------
    pace, edge
        Of the edge itself.
    fraction
        Places along the street.
    way
        0 along the street, 1 against it.
    turned
        Whether the edge runs against the street.
    """
    many = np.full(len(fraction), edge, dtype=np.int64)
    spent = at(pace, many, 1.0 - fraction if turned else fraction)
    whole = at(pace, many[:1], np.ones(1))
    which = 1 - way if turned else way
    share = spent[which] / whole[which]
    return 1.0 - share if turned else share


def _with_rows(pace: PaceAlong, rows: dict[int, _Row]) -> PaceAlong:
    """Return a pace with other points for some edges."""
    size = np.diff(pace.ptr)
    parts: list[list[NDArray[np.float64]]] = [[], [], []]
    done = 0
    for edge in sorted(rows):
        size[edge] = len(rows[edge][0])
        kept = slice(pace.ptr[done], pace.ptr[edge])
        for part, old, new in zip(
            parts, (pace.fraction, pace.ahead, pace.back), rows[edge], strict=True
        ):
            part += [old[kept], new]
        done = edge + 1
    for part, old in zip(parts, (pace.fraction, pace.ahead, pace.back), strict=True):
        part.append(old[pace.ptr[done] :])
    fraction, ahead, back = (frozen(np.concatenate(part), np.float64) for part in parts)
    return PaceAlong(
        frozen(np.concatenate([[0], np.cumsum(size)]), np.int64), fraction, ahead, back
    )
