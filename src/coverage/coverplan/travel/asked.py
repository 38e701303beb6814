"""Whether what the engine is asked fits together: the network, the places, the ids, the way."""

from typing import get_args

import numpy as np
import pandas as pd

from ..core.arguments import expect, expect_choice, refused
from ..core.text import Text
from ..domain.layer import Direction
from .graph import MAKE_GRAPH, ModeGraph, travel_ms
from .snap import Snapped

_LOOKED_AT = 16
_PLACES = Text(
    "先用 coverplan.snap(graph, xy) 接上路网", "join them first: coverplan.snap(graph, xy)"
)


def check_asked(graph: object, direction: object, **places: object) -> None:
    """Raise where a graph, a direction or places are not what the engine takes.

    Parameters
    ----------
    graph, direction
        The network as the traveller sees it, and which way.
    **places
        Places joined to it, by the name of the argument.

    Raises
    ------
    InputError
        When the graph is none, the direction is no such word, or places are not joined yet, or
        to another network.
    """
    expect("graph", graph, ModeGraph, mend=MAKE_GRAPH)
    expect_choice("direction", direction, get_args(Direction))
    for name, there in places.items():
        expect(name, there, Snapped, mend=_PLACES)
        if isinstance(graph, ModeGraph) and isinstance(there, Snapped):
            _check_joined(name, graph, there)


def ids_of(name: str, ids: pd.Index | None, size: int) -> pd.Index:
    """Return the ids to carry along: positions where none are given.

    Parameters
    ----------
    name, ids, size
        What they are called, what was given, and how many there must be.

    Raises
    ------
    InputError
        When they are not so many.
    """
    if ids is None:
        return pd.RangeIndex(size)
    if len(ids) != size:
        expected = Text(f"{size} 个，每个地点一个", f"{size}, one for each place")
        raise refused("size", name, str(len(ids)), expected=expected)
    return ids if isinstance(ids, pd.Index) else pd.Index(ids)


def _check_joined(name: str, graph: ModeGraph, there: Snapped) -> None:
    """Raise where places were joined to the network of another traveller.

    A few are looked at: how far each is from the ends of its edge follows from the graph.
    """
    joined = np.flatnonzero(there.joined)
    some = joined[:: max(len(joined) // _LOOKED_AT, 1)][:_LOOKED_AT]
    if graph.straight is not None or not len(some):
        return
    edge, fraction = there.edge[some], there.fraction[some]
    same = bool((edge < len(graph.forward_ms)).all())
    if same:
        inside = (fraction > 0) & (fraction < 1)
        ahead, back = graph.ahead_ms(edge, fraction), graph.back_ms(edge, fraction)
        way = there.access_metres[some] * graph.profile.access_detour
        same = (
            np.array_equal(there.enter_u_ms[some][inside], ahead[inside])
            and np.array_equal(there.leave_u_ms[some][inside], back[inside])
            and np.array_equal(there.access_ms[some], travel_ms(way, graph.profile.access_kmh))
        )
    if not same:
        found = Text("接在另一个路网或另一种出行方式上", "joined to another network or traveller")
        expected = Text("接在 graph 上的地点", "places joined to graph")
        raise refused("joined", name, found, expected=expected, mend=_PLACES)
