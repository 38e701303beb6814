"""Whether roads are cut where they meet: lines join at their ends alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from ..core.crs import LONLAT
from ..core.errors import Problem, Problems
from ..core.text import Text
from .columns import find_column
from .roadwords import NO_WORDS

_TOUCH_METRES = 0.5
_SAME_METRES = 0.01

_SHARE = 0.02
_LEAST = 5
_TINY = 0.001

_PASS_OVER = frozenset({"motorway", "motorway_link", "ferry"})

_Lines = NDArray[np.object_]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NotNoded:
    """Junctions at which roads are not cut.

    Parameters
    ----------
    ends
        Line ends, each place once, that lie in the middle of another line.
    all_ends
        All line ends, each place once.
    crossings
        Places in the middle of two lines or more where each has a vertex.
    example
        One of them, None where there is none.
    """

    ends: int
    all_ends: int
    crossings: int
    example: tuple[float, float] | None


def check_noding(
    edges: gpd.GeoDataFrame, columns: Mapping[str, str], crs: CRS, file: str, problems: Problems
) -> None:
    """Note roads that meet without being cut there: an error where that is the rule of the file.

    Parameters
    ----------
    edges, columns
        One LineString per edge, and which column holds what: ``class``, and ``bridge`` and
        ``tunnel`` where they are not called so.
    crs
        The projected system in metres.
    file, problems
        The name of the file, and where the fault goes.
    """
    lines = shapely.force_2d(edges.geometry.to_crs(crs).to_numpy())
    found = not_noded(lines, passes_over(edges, columns))
    if found.example is not None:
        place = gpd.GeoSeries([shapely.Point(found.example)], crs=crs).to_crs(LONLAT).iloc[0]
        problems.add(_fault(found, place, file))


def not_noded(lines: _Lines, over: _Flags) -> NotNoded:
    """Return how many junctions lines pass through without an end.

    Parameters
    ----------
    lines
        LineStrings in metres, shape ``(n,)``.
    over
        Lines that may pass over or under others, left out of account, shape ``(n,)``.
    """
    lines = lines[~over]
    if not len(lines):
        return NotNoded(0, 0, 0, None)
    start, stop = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    xy = shapely.get_coordinates(np.concatenate([start, stop]))
    _, first = np.unique(_cell(xy), return_index=True)
    places = shapely.points(xy[np.sort(first)])
    who, line = shapely.STRtree(lines).query(places, predicate="dwithin", distance=_TOUCH_METRES)
    # A line's own ends, and those that meet them, are where it should be met.
    to_end = np.minimum(
        shapely.distance(places[who], start[line]), shapely.distance(places[who], stop[line])
    )
    inside = np.unique(who[to_end > _TOUCH_METRES])
    crossings = _crossings(lines)
    there = shapely.get_coordinates(places[inside]) if len(inside) else crossings
    example = (float(there[0, 0]), float(there[0, 1])) if len(there) else None
    return NotNoded(len(inside), len(places), len(crossings), example)


def _crossings(lines: _Lines) -> NDArray[np.float64]:
    """Return places, shape ``(n, 2)``, where two lines or more have a vertex that ends neither.

    Lines that cross without a vertex are left alone: one may well pass over the other. So are
    lines drawn twice, as streets with an edge each way are.
    """
    _, once = np.unique(shapely.to_wkb(shapely.normalize(lines)), return_index=True)
    xy, owner = shapely.get_coordinates(lines[np.sort(once)], return_index=True)
    new = np.append(True, owner[1:] != owner[:-1])
    inner = ~(new | np.append(new[1:], True))
    vertex, owner = xy[inner], owner[inner]
    place = np.unique(_cell(vertex), return_inverse=True)[1]
    # A line that comes back to a place of its own is there once.
    pairs = np.unique(place * len(lines) + owner)
    shared = np.flatnonzero(np.bincount(pairs // len(lines), minlength=1) > 1)
    there: NDArray[np.float64] = vertex[np.isin(place, shared) & _first_of_each(place)]
    return there


def _first_of_each(place: NDArray[np.int64]) -> _Flags:
    first = np.zeros(len(place), dtype=np.bool_)
    first[np.unique(place, return_index=True)[1]] = True
    return first


def _cell(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return one number for each place, the same for places within a centimetre."""
    x, y = np.round(xy / _SAME_METRES).astype(np.int64).T
    cells: NDArray[np.int64] = (x << 32) + y
    return cells


def passes_over(edges: gpd.GeoDataFrame, columns: Mapping[str, str]) -> _Flags:
    """Return which edges may pass over or under others without a junction, shape ``(n,)``.

    Parameters
    ----------
    edges, columns
        As for `check_noding`.
    """
    by_class: _Flags = edges[columns["class"]].isin(_PASS_OVER).to_numpy(dtype=np.bool_)
    return by_class | marked(edges, columns)


def marked(edges: gpd.GeoDataFrame, columns: Mapping[str, str]) -> _Flags:
    """Return which edges a column marks as bridge or tunnel, shape ``(n,)``.

    Parameters
    ----------
    edges, columns
        As for `check_noding`.
    """
    over: _Flags = np.zeros(len(edges), dtype=np.bool_)
    for key in ("bridge", "tunnel"):
        column = find_column(edges.columns, key, columns)
        if column is not None:
            words = edges[column].astype("string").fillna("").str.strip().str.lower()
            over = over | ~words.isin(NO_WORDS).to_numpy(dtype=np.bool_)
    return over


def _fault(found: NotNoded, place: shapely.Point, file: str) -> Problem:
    many = found.ends >= _LEAST and found.ends > _SHARE * found.all_ends
    return Problem(
        code="roads.not_noded",
        what=_words(found, many=many),
        file=file,
        found=Text(
            f"例如经纬度 {place.x:.5f}, {place.y:.5f}",
            f"for example at {place.x:.5f}, {place.y:.5f}",
        ),
        expected=Text("每条线都止于路口", "lines that end at every junction"),
        mend=_MEND,
        severity="error" if many else "warning",
    )


def _words(found: NotNoded, *, many: bool) -> Text:
    share = found.ends / max(found.all_ends, 1)
    percent = f"{share:.1%}" if share >= _TINY else f"<{_TINY:.1%}"
    zh, en = [], []
    if found.ends:
        zh.append(f"{found.ends} 个道路端点（共 {found.all_ends} 个，{percent}）落在别的道路中间")
        en.append(f"{found.ends} of {found.all_ends} road ends ({percent}) lie within another road")
    if found.crossings:
        zh.append(f"{found.crossings} 处道路在中间折点相交而未断开")
        en.append(f"at {found.crossings} places roads meet at a vertex within both")
    why_zh = "道路没有在路口断开，路口走不通" if many else "那里按不相连处理"
    why_en = "roads are not cut at junctions" if many else "taken as not joined there"
    return Text(f"{'；'.join(zh)}：{why_zh}", f"{'; '.join(en)}: {why_en}")


_MEND = Text(
    "写明 [roads] repair = true，读取时即在路口断开道路；也可在 QGIS 中用“用线分割”（Split with "
    "lines）以道路图层分割它自己，或用 GRASS 的 v.clean（break）拓扑打断：每个路口都要断开，"
    "立交桥除外",
    "say [roads] repair = true, which cuts roads at junctions on reading; or in QGIS run Split "
    "with lines on the road layer with itself, or GRASS v.clean (break): cut at every junction, "
    "but not where a bridge passes over",
)
