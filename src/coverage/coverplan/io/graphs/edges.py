"""The edges of a directed road graph: two directions of one street, lists of classes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely

from ...domain.profile import Profile, builtin_profiles

_ONEWAY = frozenset({"yes", "true", "1", "-1", "reverse", "t", "f"})
"""Words of ``oneway`` for one direction. osmnx turns the line of a reversed one itself."""

_ONEWAY_CLASSES = frozenset({"motorway", "motorway_link"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One directed edge of a graph.

    Parameters
    ----------
    u, v, line
        End nodes, and the line from one to the other.
    classes
        Its road classes, sorted: several where pieces were joined.
    oneway, roundabout
        What the graph says of its direction.
    tags
        What else is kept of it; a cell may be a list.
    """

    u: int | str
    v: int | str
    line: shapely.LineString
    classes: tuple[str, ...]
    oneway: Any
    roundabout: bool
    tags: Mapping[str, Any]


def words_of(value: Any) -> tuple[str, ...]:
    """Return the words of a cell, sorted, each once: of one value or of a list.

    Examples
    --------
    >>> words_of(["residential", "footway"]), words_of("primary"), words_of(None)
    (('footway', 'residential'), ('primary',), ('',))
    """
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(sorted({str(word).strip() for word in value})) or ("",)
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ("",)
    return (str(value).strip(),)


def joined_directions(edges: list[Edge]) -> tuple[list[tuple[Edge, int]], int]:
    """Return each street once with its direction (1 or 0, both), and how many lack their way back.

    Parameters
    ----------
    edges
        Directed, in any order. Two that run against each other on one line and agree in all that
        is known of them are one street; the one that sorts first stands for both.
    """
    keys = [_key(edge) for edge in edges]
    ahead: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        ahead[key].append(i)
    raw = any(isinstance(word, str) for edge in edges for word in _cell(edge.oneway))
    partner = _partners(keys, ahead)
    result: list[tuple[Edge, int]] = []
    lonely = 0
    for i in sorted(range(len(edges)), key=keys.__getitem__):
        edge, other = edges[i], partner[i]
        if other is None:
            both = raw and not _binds(edge)
            lonely += not raw and True not in _cell(edge.oneway)
            result.append((edge, 0 if both else 1))
        elif (keys[i], i) < (keys[other], other):
            result.append((edge, 0))
    return result, lonely


def _key(edge: Edge) -> tuple[Any, ...]:
    xy = np.round(shapely.get_coordinates(edge.line), 7) + 0.0
    tags = tuple(sorted((key, words_of(value)) for key, value in edge.tags.items()))
    return (str(edge.u), str(edge.v), xy.tobytes(), edge.classes, tags)


def _turned(key: tuple[Any, ...]) -> tuple[Any, ...]:
    u, v, xy, *rest = key
    back = np.frombuffer(xy).reshape(-1, 2)[::-1].tobytes()
    return (v, u, back, *rest)


def _partners(
    keys: list[tuple[Any, ...]], ahead: Mapping[tuple[Any, ...], list[int]]
) -> list[int | None]:
    """Return the edge that runs against each on its line; None where there is none."""
    partner: list[int | None] = [None] * len(keys)
    for i, key in enumerate(keys):
        if partner[i] is None:
            free = (j for j in ahead.get(_turned(key), ()) if j != i and partner[j] is None)
            found = next(free, None)
            if found is not None:
                partner[i], partner[found] = found, i
    return partner


def _cell(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _binds(edge: Edge) -> bool:
    """Return whether the words of OpenStreetMap make an edge a oneway street."""
    said = [str(word).strip().lower() for word in _cell(edge.oneway) if isinstance(word, str)]
    if said:
        return any(word in _ONEWAY for word in said)
    return edge.roundabout or any(road in _ONEWAY_CLASSES for road in edge.classes)


@cache
def _known() -> tuple[tuple[str, Profile], ...]:
    profiles = builtin_profiles()
    kinds = {"motor_vehicle": "driving", "bicycle": "ebike", "foot": "walking"}
    return tuple((key, profiles[name]) for key, name in kinds.items())


@cache
def _speeds(road: str) -> tuple[float, ...]:
    """Return the speed of a class by car, bicycle and on foot, 0 where it is closed."""
    return tuple(profile.speeds_kmh.get(road, 0.0) for _, profile in _known())


def slowest_class(edge: Edge) -> tuple[str, dict[str, Any]]:
    """Return the class an edge counts as, and its tags with who else may not use it.

    Of several classes the slowest counts, by car, then by bicycle, then on foot, at the speeds of
    the built-in profiles. Who could use that one but not another may not use the edge.
    """
    tags = dict(edge.tags)
    if isinstance(tags.get("surface"), (list, tuple, set, frozenset)):
        tags["surface"] = sorted(words_of(tags["surface"]), key=lambda word: (_hold(word), word))
    road = min(edge.classes, key=lambda word: (_speeds(word), word))
    for i, (key, _) in enumerate(_known()):
        if _speeds(road)[i] > 0 and any(_speeds(other)[i] == 0 for other in edge.classes):
            tags[key] = [*(word for word in words_of(tags.get(key)) if word), "no"]
    return road, tags


@cache
def _hold(surface: str) -> float:
    """Return the least that any built-in profile makes of its speed on a surface."""
    return min(profile.surface_factors.get(surface, 1.0) for _, profile in _known())
