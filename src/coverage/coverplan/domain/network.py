"""The road network: edges between junctions, with class, direction and true length."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from ..core.crs import LONLAT, geodesic_lengths, is_metric
from ..core.errors import InputError, InternalError, Problem
from ..core.text import Text
from .arrays import frozen
from .region import not_metric
from .topology import joined_ends, twins

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

    Notes
    -----
    Edges are kept in an order that depends on their place alone, never on the order of the rows
    they were read from, so that ties are always settled the same way.
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

    def __post_init__(self) -> None:
        if not np.isfinite(self.metres).all() or (self.metres < 0).any():
            raise InternalError("network: lengths must be finite and not negative")

    @classmethod
    def from_edges(
        cls,
        edges: gpd.GeoDataFrame,
        *,
        crs: CRS,
        road_class: str = "highway",
        oneway: str | None = "oneway",
        u: str | None = None,
        v: str | None = None,
    ) -> "Network":
        """Return the network of lines that already end at their junctions.

        Parameters
        ----------
        edges
            One LineString per edge, in any CRS.
        crs
            The projected system in metres to work in.
        road_class
            Column with the class of each edge.
        oneway
            Column with the direction: true, "yes" or 1 is along the line, -1 against it, anything
            else both ways. A missing column means both ways.
        u, v
            Columns that name the end nodes. Without them, ends within a centimetre are one node.

        Raises
        ------
        InputError
            When there is no edge, or the CRS is missing or not in metres.
        """
        if not is_metric(crs):
            raise InputError([not_metric("network", crs)])
        if len(edges) == 0 or edges.crs is None:
            raise InputError([_no_edges(no_crs=edges.crs is None)])
        lonlat = shapely.force_2d(edges.geometry.to_crs(LONLAT).to_numpy())
        lines = shapely.force_2d(edges.geometry.to_crs(crs).to_numpy())
        metres = geodesic_lengths(lonlat)
        ends = _end_points(lines)
        classes = edges[road_class].astype(str).to_numpy(dtype=object)
        given = edges[oneway].to_numpy() if oneway in edges else np.zeros(len(edges))
        direction = np.array([_direction(value) for value in given], dtype=np.int8)
        kind = np.unique(classes.astype(str), return_inverse=True)[1]
        order = np.lexsort((kind, direction, metres, *ends.T[::-1]))
        lines, metres, ends = lines[order], metres[order], ends[order]
        if u is not None and v is not None:
            names = [edges[u].astype(str).to_numpy()[order], edges[v].astype(str).to_numpy()[order]]
            ids = np.unique(np.concatenate(names), return_inverse=True)[1]
        else:
            ids = joined_ends(np.vstack([ends[:, :2], ends[:, 2:]]))
        m = len(lines)
        node_xy = np.zeros((ids.max() + 1, 2))
        node_xy[ids[m:]] = ends[:, 2:]
        node_xy[ids[:m]] = ends[:, :2]
        twin, reverse = twins(lines, ids[:m], ids[m:])
        return cls(
            u=frozen(ids[:m], np.int32),
            v=frozen(ids[m:], np.int32),
            metres=frozen(metres, np.float64),
            road_class=frozen(classes[order], np.object_),
            direction=frozen(direction[order], np.int8),
            lines=frozen(lines, np.object_),
            node_xy=frozen(node_xy, np.float64),
            crs=crs,
            scale=_scale(metres, lines),
            twin=frozen(twin, np.int64),
            reverse=frozen(reverse, np.bool_),
        )

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


def _end_points(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return x, y of the first and of the last coordinate of each line, shape ``(m, 4)``."""
    start, end = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    return np.column_stack(
        [shapely.get_x(start), shapely.get_y(start), shapely.get_x(end), shapely.get_y(end)]
    )


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
