"""How people stand to the network: on it or not, how far from it, on which piece of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..travel import ModeGraph, Snapped

_PIECES_LISTED = 10


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
    """

    everybody: int
    without_road: int
    off_largest: int
    mean_metres: float | None
    most_metres: float | None
    pieces: int
    people_by_piece: tuple[tuple[float, int], ...]


def joining(
    graph: ModeGraph, places: Snapped, people: NDArray[np.int64], everybody: int
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
    """
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
    )
