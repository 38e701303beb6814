"""Reading barriers, and cutting the roads that cross them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from ..core.crs import geodesic_lengths, to_working
from ..core.errors import InputError, Problem, Problems, Severity
from ..core.text import Text
from ..domain.barriers import cut_at, wall_lines
from ..domain.config import Barrier
from ..domain.edges import EdgeFacts
from ..domain.profile import FERRY
from ..domain.topology import joined_ends
from .paths import Folder
from .vectors import read_vector, recorded

_KEY = "roads.barriers"


@dataclass(frozen=True, slots=True)
class Walls:
    """One file of barriers.

    Parameters
    ----------
    shapes
        LineStrings and Polygons in the working system, metres, shape ``(w,)``.
    cuts_roads, cuts_access
        Whether roads end there, and whether nobody crosses them on the way to a road.
    file
        Its name for messages.
    """

    shapes: NDArray[np.object_]
    cuts_roads: bool
    cuts_access: bool
    file: str


@dataclass(frozen=True, slots=True)
class RoadEdges:
    """Edges read from a road file, before they are a network.

    Parameters
    ----------
    frame
        One LineString per edge in the system of the file, shape ``(m, ...)``.
    facts
        What else is known of each, shape ``(m,)``.
    road_class
        Column with the class of each edge.
    u, v
        Columns that name the end nodes; None where ends that touch are joined.
    """

    frame: gpd.GeoDataFrame
    facts: EdgeFacts
    road_class: str
    u: str | None
    v: str | None


def read_barriers(
    folder: Folder, barriers: Sequence[Barrier], crs: CRS, problems: Problems
) -> list[Walls]:
    """Return the barriers of a study in the working system.

    Parameters
    ----------
    folder, barriers
        The study's folder, and what it says of barriers.
    crs
        The working system, in metres.
    problems
        Where notes of shapes go that are neither lines nor areas.

    Raises
    ------
    InputError
        When a file is missing, cannot be read or holds neither lines nor areas.
    """
    found = []
    for barrier in barriers:
        full = folder.find(barrier.source, _KEY)
        file = barrier.source.as_posix()
        frame, crs_from = read_vector(
            full,
            file,
            table=barrier.table,
            crs=barrier.crs,
            encoding=barrier.encoding,
            problems=problems,
        )
        given = recorded(barrier.crs, frame.crs)
        folder.note(barrier.source, full, len(frame), crs=given, crs_from=crs_from)
        shapes = _lines_and_areas(to_working(frame, crs), file, problems)
        cuts = barrier.cuts
        found.append(Walls(shapes, cuts != "access", cuts != "roads", file))
    return found


def _lines_and_areas(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> NDArray[np.object_]:
    """Return the single lines and valid areas of a file; say what else was in it."""
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    kinds = sorted({shape.geom_type for shape in shapes if shapely.get_dimensions(shape) < 1})
    areas = shapely.get_dimensions(shapes) > 1
    shapes = np.where(areas, shapely.make_valid(shapes), shapes)
    while (shapely.get_type_id(shapes) > shapely.GeometryType.POLYGON).any():
        shapes = shapely.get_parts(shapes)
    kept: NDArray[np.object_] = shapes[
        (shapely.get_dimensions(shapes) > 0) & (shapely.length(shapes) > 0)
    ]
    if not len(kept):
        raise InputError([_no_lines(file, kinds, "error")])
    if kinds:
        problems.add(_no_lines(file, kinds, "warning"))
    return kept


def access_walls(walls: Sequence[Walls]) -> NDArray[np.object_] | None:
    """Return what nobody crosses on the way to a road; None where there is no such barrier."""
    shapes = [each.shapes for each in walls if each.cuts_access]
    return np.concatenate(shapes) if shapes else None


def cut_roads(roads: RoadEdges, walls: Sequence[Walls], crs: CRS, problems: Problems) -> RoadEdges:
    """Return the roads with those cut that cross a barrier.

    Parameters
    ----------
    roads
        Edges as read.
    walls, crs
        The barriers, and the working system they are in.
    problems
        Where it is noted how many edges each of them cut; one that cuts nothing is probably in
        the wrong place.

    Notes
    -----
    Bridges, tunnels and ferries are never cut. An edge that is not cut keeps its line as it was
    read.
    """
    for each in walls:
        if each.cuts_roads:
            roads = _cut(roads, each, crs, problems)
        elif not _near(roads.frame, each, crs):
            problems.add(_nothing_cut(each.file))
    return roads


def _cut(roads: RoadEdges, walls: Walls, crs: CRS, problems: Problems) -> RoadEdges:
    frame = roads.frame
    lines = shapely.force_2d(frame.geometry.to_crs(crs).to_numpy())
    u, v = _nodes(roads, lines)
    whole = roads.facts.raised | (frame[roads.road_class] == FERRY).to_numpy()
    done = cut_at(lines, u, v, walls.shapes, whole)
    over = _passing(lines[whole], walls.shapes)
    if not len(done.cut) and not len(done.parted):
        if not over:
            problems.add(_nothing_cut(walls.file))
        return roads
    pieces = frame.iloc[done.row].reset_index(drop=True)
    new = np.isin(done.row, done.cut)
    shapes = pieces.geometry.to_numpy().copy()
    shapes[new] = gpd.GeoSeries(done.lines[new], crs=crs).to_crs(frame.crs).to_numpy()
    pieces = pieces.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))
    columns = (roads.u or "_u", roads.v or "_v")
    pieces = pieces.assign(**{columns[0]: done.u, columns[1]: done.v})
    metres = geodesic_lengths(frame.geometry.iloc[done.cut].to_crs(4326).to_numpy())
    problems.add(_cut_note(walls.file, metres, len(done.parted), over))
    return replace(
        roads, frame=pieces, facts=roads.facts.take(done.row), u=columns[0], v=columns[1]
    )


def _nodes(
    roads: RoadEdges, lines: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of each edge's end nodes, by their names or where they touch."""
    m = len(lines)
    if roads.u is not None and roads.v is not None:
        names = pd.concat([roads.frame[roads.u], roads.frame[roads.v]], ignore_index=True)
        ids = np.asarray(pd.factorize(names.map(str))[0], dtype=np.int64)
    else:
        ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
        ids = joined_ends(shapely.get_coordinates(ends))
    return ids[:m], ids[m:]


def _passing(lines: NDArray[np.object_], walls: NDArray[np.object_]) -> int:
    """Return how many lines cross a wall."""
    met = shapely.STRtree(lines).query(wall_lines(walls), predicate="intersects")[1]
    return len(np.unique(met))


def _near(frame: gpd.GeoDataFrame, walls: Walls, crs: CRS) -> bool:
    x0, y0, x1, y1 = frame.geometry.to_crs(crs).total_bounds
    a0, b0, a1, b1 = shapely.total_bounds(walls.shapes)
    return bool(a0 <= x1 and a1 >= x0 and b0 <= y1 and b1 >= y0)


def _cut_note(file: str, metres: NDArray[np.float64], parted: int, over: int) -> Problem:
    km = metres.sum() / 1000
    zh = [f"屏障切断 {len(metres)} 条道路（原长共 {km:.1f} 公里）"]
    en = [f"barriers cut {len(metres)} edges ({km:.1f} km before)"]
    if parted:
        zh.append(f"分开 {parted} 个路口")
        en.append(f"part {parted} junctions")
    if over:
        zh.append(f"{over} 条桥梁、隧道或轮渡照常通过")
        en.append(f"{over} bridges, tunnels or ferries pass")
    return Problem(
        code="roads.barrier_cuts",
        what=Text("，".join(zh), ", ".join(en)),
        file=file,
        mend=Text(
            "如其中有桥梁或隧道，在道路文件中标明 bridge 或 tunnel",
            "if a bridge or tunnel is among them, mark it as one in the road file",
        ),
        severity="warning",
    )


def _nothing_cut(file: str) -> Problem:
    return Problem(
        code="roads.barrier_cuts_nothing",
        what=Text("屏障没有碰到任何道路", "these barriers meet no road"),
        file=file,
        mend=Text(
            '核对位置和坐标系（GCJ-02 会偏移数百米）；若只隔开住户与道路，写明 cuts = "access"',
            "check place and coordinate system (GCJ-02 is off by hundreds of metres); if they only "
            'part homes from roads, say cuts = "access"',
        ),
        severity="warning",
    )


def _no_lines(file: str, kinds: list[str], severity: Severity) -> Problem:
    some = Text("有不是线或面的图形，未使用", "some shapes are neither lines nor areas: not used")
    none = Text("屏障必须是线或面", "barriers have to be lines or polygons")
    return Problem(
        code="roads.barrier_shapes",
        what=none if severity == "error" else some,
        file=file,
        found=", ".join(kinds) or Text("没有图形", "no shape"),
        expected=Text("线或面", "lines or polygons"),
        mend=Text("核对是否拿错图层", "check that it is the right layer"),
        severity=severity,
    )
