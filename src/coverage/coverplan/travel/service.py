"""Service areas: the pieces of road from which a site is reached, cut at the exact minute.

An edge is reached from its u end up to one place, from its v end back to another, and both ways
from a site that stands on it. Each of these ways covers an interval of the edge for each limit;
what is within a limit is their union. Nothing is sampled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from ..core.arguments import refused, several
from ..core.text import Text
from ..domain.layer import Direction
from ..domain.profile import FERRY
from .asked import check_asked
from .graph import CLOSED, MS_PER_MINUTE, ModeGraph
from .reach import limit_ms
from .slope import fraction_at
from .snap import Snapped
from .tree import Trees, grow, site_seeds

_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]


def service_area(
    graph: ModeGraph,
    sites: Snapped,
    minutes: Sequence[float],
    *,
    direction: Direction = "to_site",
    each: bool = False,
) -> gpd.GeoDataFrame:
    """Return the pieces of road within some minutes of the nearest site.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    sites
        Sites joined to it by `snap`.
    minutes
        Limits, inclusive, in any order.
    direction
        Whether people come to the site, or its service goes out to them.
    each
        Whether every site gets an area of its own, instead of one area of the nearest.

    Returns
    -------
    GeoDataFrame
        One row per piece, in the network's CRS and drawn in the direction of its edge:
        ``edge``, ``road_class``; ``band`` and ``minutes``, position and value of the least of the
        limits (ascending) the piece is within; ``from_minutes`` and ``to_minutes``, the time at
        its two ends; ``from_fraction`` and ``to_fraction``, where on the edge these lie;
        ``metres``, its true length; ``enterable``, whether a house beside it may be joined to it.
        With ``each`` also ``site``, the position of the site, as first column.

    Raises
    ------
    InputError
        When there is no limit, or one is negative or not a number.

    Notes
    -----
    A person who stands on the road is within a limit exactly where the pieces say so. Times are
    whole milliseconds, rounded once on the way from a place to the end of its edge, so that the
    engine may judge differently within half a millisecond of a cut; it takes who stands within a
    millimetre of a junction to stand on it, and lets who stands where a site's own path meets a
    oneway road walk that path. Ferries are travelled but are no part of an area:
    nobody lives on them. Edges drawn on one line appear once, edges without length never.

    Where there are no roads there is no piece of road either: the table is empty.

    Examples
    --------
    >>> import coverplan as cp
    >>> older = cp.travellers(cp.small_county(), "elderly_care")
    >>> area = cp.service_area(older.graph, older.sites, [5, 15])
    >>> area.groupby("minutes")["metres"].sum().round().astype(int).to_dict()
    {5.0: 600, 15.0: 1400}

    300 m to both sides within 5 minutes. 15 minutes reach the west end of the street, 900 m to the
    east, and 600 m up the lane: 1,400 m more.
    """
    check_asked(graph, direction, sites=sites)
    limits = limits_ms(minutes)
    if graph.straight is not None:
        return _no_pieces(graph, each=each)
    owner, node, ms = site_seeds(graph, sites, direction)
    group = owner if each else np.zeros_like(owner)
    n_groups = len(sites) if each else 1
    trees = grow(
        graph.arcs_to if direction == "to_site" else graph.arcs_from,
        group,
        node,
        ms,
        np.full(n_groups, limits[-1]),
    )
    stops = _stops(graph, sites, trees, each=each)
    pieces = _pieces(_ways(graph, stops, limits, direction))
    return _frame(graph, stops, pieces, limits, direction, each=each)


def road_kilometres(area: gpd.GeoDataFrame, minutes: Sequence[float]) -> pd.Series:
    """Return the kilometres of road within each limit, shorter limits included.

    Parameters
    ----------
    area
        What `service_area` returned for these limits.
    minutes
        The limits.

    Returns
    -------
    Series
        ``kilometres`` by ``minutes``, ascending.

    Examples
    --------
    >>> import coverplan as cp
    >>> older = cp.travellers(cp.small_county(), "elderly_care")
    >>> area = cp.service_area(older.graph, older.sites, [5, 15])
    >>> cp.road_kilometres(area, [5, 15]).round(2).to_dict()
    {5.0: 0.6, 15.0: 2.0}
    """
    limits = pd.Index(sorted(set(minutes)), name="minutes", dtype=float)
    by_band = area.groupby("minutes")["metres"].sum().reindex(limits, fill_value=0.0)
    return (by_band.cumsum() / 1000.0).rename("kilometres")


def limits_ms(minutes: Sequence[float]) -> NDArray[np.int64]:
    """Return limits in whole milliseconds, ascending and without repetition.

    Raises
    ------
    InputError
        When there is none, or one is negative or not a number.
    """
    given = several("minutes", minutes)
    if not given:
        expected = Text("至少一个时限", "at least one limit")
        raise refused("size", "minutes", "[]", expected=expected)
    return np.unique([limit_ms(m) for m in given])


@dataclass(frozen=True, slots=True)
class _Stops:
    """Places on an edge from which time is counted: its two ends, and the sites on it.

    The pair of a group (a site, or all of them) and an edge is a row, written as one number
    ``group * n_edges + edge``; rows ascend. ``place`` is its fraction, ``ms`` the time there.
    """

    row: _Ints
    edge: _Ints
    place: _Floats
    ms: _Ints


def _stops(graph: ModeGraph, sites: Snapped, trees: Trees, *, each: bool) -> _Stops:
    network, m = graph.network, graph.network.n_edges
    drawn = (graph.forward_ms != CLOSED) | (graph.backward_ms != CLOSED)
    edges = np.flatnonzero(drawn & (network.road_class != FERRY) & (network.metres > 0))
    group = np.repeat(np.arange(len(trees.ptr) - 1), np.diff(trees.ptr))
    row, at, ms = [], [], []
    for fraction, ends in ((0.0, network.u), (1.0, network.v)):
        order = np.argsort(ends[edges], kind="stable")
        ends_sorted = ends[edges][order]
        first = np.searchsorted(ends_sorted, trees.node, side="left")
        count = np.searchsorted(ends_sorted, trees.node, side="right") - first
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        edge = edges[order][np.repeat(first, count) + within]
        row.append(np.repeat(group, count) * m + edge)
        at.append(np.full(len(edge), fraction))
        ms.append(np.repeat(trees.ms, count))
    on = np.flatnonzero(sites.joined)
    row.append((on if each else np.zeros_like(on)) * m + sites.edge[on])
    at.append(sites.fraction[on])
    ms.append(sites.access_ms[on])
    rows, places, times = np.concatenate(row), np.concatenate(at), np.concatenate(ms)
    order = np.lexsort((times, places, rows))
    rows, places, times = rows[order], places[order], times[order]
    # Of many sites on one spot only the nearest to its road can matter.
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (np.diff(rows) != 0) | (np.diff(places) != 0)
    return _Stops(rows[new], rows[new] % m, places[new], times[new])


def _times(
    graph: ModeGraph, direction: Direction, edge: _Ints, at: _Floats, *, rising: bool
) -> tuple[_Ints, _Ints, bool]:
    """Return the time between u and places for who is met beyond a stop, or before it.

    Who comes to a stop that lies behind, or is reached from it, moves along the edge's line or
    against it; the third value says whether it is against. The second is the whole edge's time.
    """
    against = rising == (direction == "to_site")
    here = graph.back_ms(edge, at) if against else graph.ahead_ms(edge, at)
    whole = graph.backward_ms[edge] if against else graph.forward_ms[edge]
    return here, whole, against


@dataclass(frozen=True, slots=True)
class _Ways:
    """Intervals of edges, each within the limit at a position; rows as in `_Stops`."""

    row: _Ints
    low: _Floats
    high: _Floats
    band: _Ints
    n_bands: int


def _ways(graph: ModeGraph, stops: _Stops, limits: _Ints, direction: Direction) -> _Ways:
    """Return how far each stop reaches along its edge, both ways and within every limit."""
    parts = []
    for rising in (True, False):
        here, whole, against = _times(graph, direction, stops.edge, stops.place, rising=rising)
        able = np.flatnonzero(
            (whole != CLOSED) & (stops.place < 1.0 if rising else stops.place > 0.0)
        )
        at, before = stops.place[able], None
        for band, limit in enumerate(limits.tolist()):
            budget = limit - stops.ms[able]
            reach = here[able] + (budget if rising else -budget)
            end = _fraction(graph, stops.edge[able], reach, whole[able], against=against)
            end = np.clip(end, at, 1.0) if rising else np.clip(end, 0.0, at)
            good = ((budget > 0) | ((budget == 0) & (whole[able] == 0))) & (end != at)
            # A longer limit that reaches no farther says nothing new.
            more = good if before is None else good & (end != before)
            before = np.where(good, end, at)
            low, high = (at, end) if rising else (end, at)
            parts.append((stops.row[able][more], low[more], high[more], np.full(more.sum(), band)))
    row, low, high, bands = (np.concatenate(p) for p in zip(*parts, strict=True))
    return _Ways(row, low, high, bands, len(limits))


def _fraction(graph: ModeGraph, edge: _Ints, ms: _Ints, whole: _Ints, *, against: bool) -> _Floats:
    """Return where along edges the time counted from u is ``ms``."""
    share = np.divide(ms, whole, out=np.where(ms >= 0, 1.0, 0.0), where=whole > 0)
    if graph.pace is None:
        return share
    last = graph.pace.ptr[edge + 1] - 1
    values = graph.pace.back if against else graph.pace.ahead
    return fraction_at(graph.pace, edge, share * values[last], back=against)


@dataclass(frozen=True, slots=True)
class _Pieces:
    row: _Ints
    low: _Floats
    high: _Floats
    band: _Ints


def _pieces(ways: _Ways) -> _Pieces:
    """Return each row's line cut where the least limit it is within changes.

    Ends of intervals are walked through in order along each row, counting how many intervals of
    every limit are open; counts are whole and return to nothing at the end of a row.
    """
    n = len(ways.row)
    row = np.concatenate([ways.row, ways.row])
    place = np.concatenate([ways.low, ways.high])
    order = np.lexsort((place, row))
    row, place = row[order], place[order]
    open_ = np.zeros((2 * n, ways.n_bands), dtype=np.int32)
    open_[np.arange(n), ways.band] = 1
    open_[np.arange(n, 2 * n), ways.band] = -1
    open_ = np.cumsum(open_[order], axis=0)
    real = np.zeros(2 * n, dtype=bool)
    real[:-1] = (row[1:] == row[:-1]) & (place[1:] > place[:-1]) & open_[:-1].any(axis=1)
    start = np.flatnonzero(real)
    row, low, high = row[start], place[start], place[start + 1]
    band = np.argmax(open_[start] > 0, axis=1)
    joins = (row[1:] == row[:-1]) & (low[1:] == high[:-1]) & (band[1:] == band[:-1])
    first = np.flatnonzero(np.concatenate([[True], ~joins])) if len(row) else start
    last = np.append(first[1:], len(row)) - 1 if len(row) else start
    return _Pieces(row[first], low[first], high[last], band[first])


def _no_pieces(graph: ModeGraph, *, each: bool) -> gpd.GeoDataFrame:
    whole, number = np.zeros(0, dtype=np.int64), np.zeros(0)
    columns = {
        **({"site": whole} if each else {}),
        "edge": whole,
        "road_class": np.zeros(0, dtype=object),
        "band": whole,
        **dict.fromkeys(("minutes", "from_minutes", "to_minutes"), number),
        **dict.fromkeys(("from_fraction", "to_fraction", "metres"), number),
        "enterable": np.zeros(0, dtype=bool),
    }
    return gpd.GeoDataFrame(columns, geometry=graph.network.lines, crs=graph.network.crs)


def _end_ms(
    graph: ModeGraph, stops: _Stops, pieces: _Pieces, direction: Direction, *, upper: bool
) -> _Ints:
    """Return the time at the lower or upper end of each piece, as seen from within it."""
    first = np.searchsorted(stops.row, pieces.row, side="left")
    count = np.searchsorted(stops.row, pieces.row, side="right") - first
    starts = np.cumsum(count) - count
    stop = np.repeat(first, count) + np.arange(count.sum()) - np.repeat(starts, count)
    place = np.repeat(pieces.high if upper else pieces.low, count)
    edge, at = stops.edge[stop], stops.place[stop]
    best = np.full(len(stop), np.iinfo(np.int64).max)
    for rising in (True, False):
        here, whole, _ = _times(graph, direction, edge, at, rising=rising)
        there, _, _ = _times(graph, direction, edge, place, rising=rising)
        # From within: at its lower end a piece is not yet past a stop that stands there.
        before = (at < place) if upper else (at <= place)
        able = (whole != CLOSED) & (before if rising else ~before)
        best[able] = np.minimum(best[able], stops.ms[stop[able]] + np.abs(there - here)[able])
    return np.minimum.reduceat(best, starts) if len(starts) else np.zeros(0, dtype=np.int64)


def _frame(
    graph: ModeGraph,
    stops: _Stops,
    pieces: _Pieces,
    limits: _Ints,
    direction: Direction,
    *,
    each: bool,
) -> gpd.GeoDataFrame:
    network = graph.network
    site, edge = np.divmod(pieces.row, network.n_edges)
    columns = {
        **({"site": site} if each else {}),
        "edge": edge,
        "road_class": network.road_class[edge],
        "band": pieces.band,
        "minutes": limits[pieces.band] / MS_PER_MINUTE,
        "from_minutes": _end_ms(graph, stops, pieces, direction, upper=False) / MS_PER_MINUTE,
        "to_minutes": _end_ms(graph, stops, pieces, direction, upper=True) / MS_PER_MINUTE,
        "from_fraction": pieces.low,
        "to_fraction": pieces.high,
        "metres": network.metres[edge] * (pieces.high - pieces.low),
        "enterable": graph.enterable[edge],
    }
    lines = parts_of(network.lines[edge], pieces.low, pieces.high)
    return gpd.GeoDataFrame(columns, geometry=lines, crs=network.crs)


def parts_of(lines: NDArray[np.object_], start: _Floats, end: _Floats) -> NDArray[np.object_]:
    """Return the parts of lines between two fractions, from the first to the second.

    Parameters
    ----------
    lines
        LineStrings, shape ``(k,)``.
    start, end
        Fractions of their lengths, not equal; turned where the first is the greater.
    """
    parts = lines.copy()
    turned = (start == 1.0) & (end == 0.0)
    parts[turned] = shapely.reverse(lines[turned])
    for i in np.flatnonzero(~turned & ~((start == 0.0) & (end == 1.0))):
        parts[i] = substring(lines[i], start[i], end[i], normalized=True)
    return parts
