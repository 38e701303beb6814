"""The road network: edges between junctions, with class, direction and true length."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from ..core.crs import geodesic_lengths, is_metric
from ..core.errors import InputError, InternalError, Problem
from ..core.text import Text
from .arrays import frozen
from .edges import EdgeFacts
from .frames import check_frame, check_kinds
from .profile import FERRY
from .region import not_metric
from .relief import Relief
from .topology import curve_rank, joined_ends, twins

_ROADS = Text("道路", "roads")

BOTH, FORWARD, BACKWARD = 0, 1, -1
"""Direction of an edge: both ways, only along its line, only against it."""


@dataclass(frozen=True, slots=True)
class Network:
    """A road network without a traveller: `coverplan.travel` adds the speeds.

    Parameters
    ----------
    u, v
        Start and end node of each edge, shape ``(m,)``, numbered from 0.
    metres
        Length of each edge on the ellipsoid, shape ``(m,)``.
    road_class
        Class of each edge, an OpenStreetMap ``highway`` value or ``ferry``, shape ``(m,)``.
    direction
        `BOTH`, `FORWARD` or `BACKWARD`, shape ``(m,)``.
    lines
        LineStrings in metres, shape ``(m,)``.
    node_xy
        Coordinates of the nodes in metres, shape ``(n, 2)``.
    crs
        The projected system in metres.
    scale
        True metres in one metre of the projection, on the average of the roads: what straight
        distances are multiplied by, so that no projection makes a way longer or shorter.
    twin, reverse
        The first edge drawn on the same line (itself where there is no other), and whether that
        one runs the other way, shape ``(m,)``.
    facts
        What else is known of each edge: surface, posted limit, who is barred.
    relief
        Heights along the edges; None where no elevation was given, and everything is flat.
    walls
        Lines and areas in metres that nobody crosses off the road, shape ``(w,)``.

    Notes
    -----
    Edges are kept in an order that depends on their place alone, never on the order of the rows
    they were read from, so that ties are always settled the same way. Nodes are numbered along a
    Hilbert curve: who is near in space is near in memory, which makes searches several times
    faster and changes no result.

    Examples
    --------
    >>> import coverplan as cp
    >>> network = cp.small_county().network
    >>> network.n_edges, network.n_nodes
    (6, 8)
    >>> int(network.metres.sum().round())
    7000
    """

    u: NDArray[np.int32]
    v: NDArray[np.int32]
    metres: NDArray[np.float64]
    road_class: NDArray[np.object_]
    direction: NDArray[np.int8]
    lines: NDArray[np.object_]
    node_xy: NDArray[np.float64]
    crs: CRS
    scale: float
    twin: NDArray[np.int64]
    reverse: NDArray[np.bool_]
    facts: EdgeFacts
    relief: Relief | None = None
    walls: NDArray[np.object_] | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(self.metres).all() or (self.metres < 0).any():
            raise InternalError("network: lengths must be finite and not negative")
        if self.relief is not None and self.relief.n_edges != self.n_edges:
            raise InternalError("network: the relief belongs to other edges")

    @classmethod
    def from_edges(
        cls,
        edges: gpd.GeoDataFrame,
        *,
        crs: CRS | str | int,
        road_class: str = "highway",
        oneway: str | None = "oneway",
        u: str | None = None,
        v: str | None = None,
        facts: EdgeFacts | None = None,
    ) -> "Network":
        """Return the network of lines that already end at their junctions.

        Parameters
        ----------
        edges
            One LineString per edge, in any CRS.
        crs
            The projected system in metres to work in: as `pyproj` takes it, such as ``4549``.
        road_class
            Column with the class of each edge.
        oneway
            Column with the direction: true, "yes" or 1 is along the line, -1 against it, anything
            else both ways. A missing column means both ways.
        u, v
            Columns that name the end nodes. Without them, ends within a centimetre are one node.
        facts
            What else is known of each edge, in the order of ``edges``.

        Raises
        ------
        InputError
            When there is no edge, a column is missing, an edge is no LineString, or the CRS is
            missing or not in metres.

        Examples
        --------
        Two streets that meet, the second open towards the east alone:

        >>> import geopandas as gpd
        >>> from shapely.geometry import LineString
        >>> import coverplan as cp
        >>> x, y = 500_000, 3_200_000
        >>> edges = gpd.GeoDataFrame(
        ...     {"highway": ["residential", "residential"], "oneway": ["no", "yes"]},
        ...     geometry=[
        ...         LineString([(x, y), (x + 300, y)]),
        ...         LineString([(x + 300, y), (x + 500, y)]),
        ...     ],
        ...     crs=4549,
        ... )
        >>> network = cp.Network.from_edges(edges, crs=4549)
        >>> network.n_nodes, network.metres.round().astype(int).tolist(), network.direction.tolist()
        (3, [300, 200], [0, 1])
        """
        crs = CRS.from_user_input(crs)
        if not is_metric(crs):
            raise InputError([not_metric("network", crs)])
        check_frame(_ROADS, edges, [name for name in (road_class, u, v) if name is not None])
        if len(edges) == 0 or edges.crs is None:
            raise InputError([_no_edges(no_crs=edges.crs is None)])
        check_kinds(_ROADS, edges, ["LineString", "LinearRing"]).raise_if_any()
        given_lines = _flat(edges.geometry.to_numpy())
        metres = geodesic_lengths(given_lines, edges.crs)
        lines = given_lines if edges.crs == crs else _flat(edges.geometry.to_crs(crs).to_numpy())
        ends = _end_points(lines)
        kind, classes = _classes(edges[road_class])
        given = edges[oneway] if oneway in edges else pd.Series(0, index=edges.index)
        direction = directions(given)
        order = np.lexsort((kind, direction, metres, *ends.T[::-1]))
        lines, metres, ends = lines[order], metres[order], ends[order]
        if u is not None and v is not None:
            ids = _named_ends(edges[u].iloc[order], edges[v].iloc[order])
        else:
            ids = joined_ends(np.vstack([ends[:, :2], ends[:, 2:]]))
        m = len(lines)
        node_xy = np.zeros((ids.max() + 1, 2))
        node_xy[ids[m:]] = ends[:, 2:]
        node_xy[ids[:m]] = ends[:, :2]
        rank = curve_rank(node_xy)
        ids, node_xy[rank] = rank[ids], node_xy.copy()
        twin, reverse = twins(lines, ids[:m], ids[m:], classes[kind[order]] == FERRY)
        return cls(
            u=frozen(ids[:m], np.int32),
            v=frozen(ids[m:], np.int32),
            metres=frozen(metres, np.float64),
            road_class=frozen(classes[kind[order]], np.object_),
            direction=frozen(direction[order], np.int8),
            lines=frozen(lines, np.object_),
            node_xy=frozen(node_xy, np.float64),
            crs=crs,
            scale=_scale(metres, lines),
            twin=frozen(twin, np.int64),
            reverse=frozen(reverse, np.bool_),
            facts=(EdgeFacts.unknown(m) if facts is None else facts).take(order),
        )

    @classmethod
    def without_roads(cls, crs: CRS | str | int) -> "Network":
        """Return ground without any road, over which profiles travel straight lines.

        Parameters
        ----------
        crs
            The projected system in metres to work in.

        Raises
        ------
        InputError
            When the CRS is not in metres.

        See Also
        --------
        Profile.straight_line : the traveller who needs no roads.

        Examples
        --------
        >>> import coverplan as cp
        >>> ground = cp.Network.without_roads(4549)
        >>> ground.has_roads
        False

        Everybody then travels straight lines, times a detour factor that somebody has to state:

        >>> walker = cp.builtin_profiles()["walking"].straight_line(detour=1.4)
        >>> print(walker.summary.en)
        adult walking 4 km/h, straight line × 1.4
        """
        crs = CRS.from_user_input(crs)
        if not is_metric(crs):
            raise InputError([not_metric("network", crs)])
        return cls(
            u=frozen([], np.int32),
            v=frozen([], np.int32),
            metres=frozen([], np.float64),
            road_class=frozen([], np.object_),
            direction=frozen([], np.int8),
            lines=frozen([], np.object_),
            node_xy=frozen(np.zeros((0, 2)), np.float64),
            crs=crs,
            scale=1.0,
            twin=frozen([], np.int64),
            reverse=frozen([], np.bool_),
            facts=EdgeFacts.unknown(0),
        )

    def with_relief(self, relief: Relief | None) -> "Network":
        """Return the same roads with the heights along them."""
        return replace(self, relief=relief)

    def with_walls(self, walls: NDArray[np.object_] | None) -> "Network":
        """Return the same roads among walls: lines and areas in metres nobody crosses on foot."""
        return replace(self, walls=walls)

    def __repr__(self) -> str:
        kilometres = float(self.metres.sum()) / 1000
        return (
            f"<Network: {self.n_edges:,} edges, {self.n_nodes:,} nodes, {kilometres:,.1f} km, "
            f"{self.crs.to_string()}>"
        )

    @property
    def has_roads(self) -> bool:
        """Whether there is any road; where there is none, profiles travel straight lines."""
        return len(self.u) > 0

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_xy)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.u)


def _scale(metres: NDArray[np.float64], lines: NDArray[np.object_]) -> float:
    projected = float(shapely.length(lines).sum())
    return float(metres.sum()) / projected if projected > 0 else 1.0


def _flat(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return lines without heights; making each anew takes time where there are none."""
    heights = len(lines) > 0 and int(shapely.get_coordinate_dimension(lines).max()) > 2  # noqa: PLR2004
    return np.asarray(shapely.force_2d(lines)) if heights else np.array(lines, dtype=object)


def _end_points(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return x, y of the first and of the last coordinate of each line, shape ``(m, 4)``."""
    xy = shapely.get_coordinates(lines)
    last = np.cumsum(shapely.get_num_coordinates(lines)) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    return np.column_stack([xy[first], xy[last]])


def _classes(given: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the number of each edge's class, and the classes in their order."""
    code, words = pd.factorize(given.astype(object).map(str), sort=True)
    return np.asarray(code, dtype=np.int64), np.asarray(words, dtype=object)


def directions(given: pd.Series) -> NDArray[np.int8]:
    """Return the direction of each edge by a oneway column: `BOTH`, `FORWARD` or `BACKWARD`.

    Parameters
    ----------
    given
        The column, in any of the ways it is written, shape ``(m,)``.
    """
    code, words = pd.factorize(given.astype(object), use_na_sentinel=False)
    each = np.array([_direction(word) for word in words], dtype=np.int8)
    return np.asarray(each[code], dtype=np.int8)


def _named_ends(u: pd.Series, v: pd.Series) -> NDArray[np.int64]:
    """Return the node of each start, then of each end, by the names they are given."""
    names = pd.concat([u, v], ignore_index=True)
    if not pd.api.types.is_integer_dtype(names.dtype):
        names = names.map(str)
    return np.asarray(pd.factorize(names)[0], dtype=np.int64)


def _direction(value: object) -> int:
    """Read the ways OpenStreetMap and its common shapefile extracts (F, T, B) write oneway."""
    word = str(value).strip().lower()
    if word in {"1", "1.0", "true", "yes", "ft", "f"}:
        return FORWARD
    if word in {"-1", "-1.0", "reverse", "tf", "t"}:
        return BACKWARD
    return BOTH


def _no_edges(*, no_crs: bool) -> Problem:
    return Problem(
        code="roads.no_crs" if no_crs else "roads.empty",
        what=Text("道路数据没有坐标系", "the roads have no coordinate system")
        if no_crs
        else Text("没有任何道路", "there is no road at all"),
        mend=Text(
            "检查道路文件是否为带坐标系的线数据", "give a file of lines with a coordinate system"
        ),
    )
