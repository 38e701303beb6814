"""Reading OpenStreetMap extracts (pyosmium): the ``osm`` extra."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np

from ...core.errors import InputError, MissingExtraError, Problem, Problems
from ...core.text import Text
from ..clipping import Clip
from ..content import empty, unreadable
from ..gates import barring_nodes
from .edges import Runs, cut_at_junctions, edge_frame, near
from .parts import OsmFile
from .ways import OsmNodes, OsmWays, read_ways

Progress = Callable[[int], Callable[[int], None] | None]
"""Called with how many parts a long reading has; returns what is called with the parts done."""


def read_osm(
    full: Path,
    file: str,
    problems: Problems | None = None,
    *,
    clip: Clip | None = None,
    progress: Progress | None = None,
) -> gpd.GeoDataFrame:
    """Return the roads and ferries of an ``.osm.pbf`` or ``.osm`` file, cut at junctions.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    problems
        Where words of barriers that nobody knows are noted, ways that come twice, and ways whose
        nodes are not all in the file.
    clip
        Edges far from the study are left out, and nothing else changes. None for the whole file.
    progress
        Told how many bytes are to be read, then how many were.

    Returns
    -------
    GeoDataFrame
        Columns ``u``, ``v`` (OSM node ids), ``highway``, ``oneway`` (1, 0, -1), ``geometry`` in
        EPSG:4326, and those of `TAGS` that occur. Ways tagged ``area=yes`` are left out. The
        ``duration`` of a way is shared out among its edges by length, in minutes.

    Raises
    ------
    MissingExtraError
        When pyosmium is not installed.
    InputError
        When the file cannot be read, is cut off or a history, or holds no road.

    Notes
    -----
    Where a node of a road is a barrier that stops somebody (a bollard, a wall; see
    `coverplan.io.gates`), the edges that meet there are parted, and joined again by edges of no
    length which are closed to him alone.

    An extract often holds a way but not all of its nodes: the way ends there, and is not drawn
    straight to the next node that has a place.
    """
    try:
        import osmium  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("读取 OpenStreetMap 文件", "reading OpenStreetMap files")
        raise MissingExtraError("osmium", "osm", purpose) from error
    problems = Problems() if problems is None else problems
    source = OsmFile(osmium, full, file)
    try:
        source.check_present()
        done = None if progress is None else progress(2 * full.stat().st_size)
        ways, nodes, position = read_ways(source, done)
    except InputError:
        raise
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise InputError([unreadable(full, file, "roads")]) from error
    if not len(ways.number):
        raise InputError([_no_road(file) if source.holds_anything() else empty(file)])
    return _edges(ways, nodes, position, file, clip, problems)


def _edges(
    ways: OsmWays,
    nodes: OsmNodes,
    position: np.ndarray,
    file: str,
    clip: Clip | None,
    problems: Problems,
) -> gpd.GeoDataFrame:
    """Return the edges of ways, what is strange about them noted."""
    runs = Runs.of(ways, nodes, position)
    on_road = nodes.number[np.unique(runs.node[runs.used()])]
    barriers = np.fromiter(nodes.barriers, dtype=np.int64, count=len(nodes.barriers))
    there = {int(n): nodes.barriers[int(n)] for n in barriers[np.isin(barriers, on_road)]}
    gates = barring_nodes(there, file, problems)
    edges = cut_at_junctions(runs, nodes, gates)
    _note_twice(ways, file, problems)
    missing = _unplaced(runs, nodes, file)
    if not len(edges):
        raise InputError([_no_road(file), *missing])
    problems.extend(missing)
    if clip is not None:
        kept = near(edges, runs, nodes, clip)
        clip.note(file, int(kept.sum()), int((~kept).sum()), problems)
        edges = edges.take(kept)
    return edge_frame(edges, runs, ways, nodes, gates)


def _note_twice(ways: OsmWays, file: str, problems: Problems) -> None:
    """Say how many ways the file has more than once, as extracts put together have."""
    number, times = np.unique(np.frombuffer(ways.number, dtype=np.int64), return_counts=True)
    twice = number[times > 1]
    if len(twice):
        problems.add(
            Problem(
                code="roads.osm_twice",
                what=Text(
                    f"{len(twice):,} 条路在文件中出现多次，各用第一次出现的",
                    f"{len(twice):,} ways are in the file more than once: the first of each is "
                    "taken",
                ),
                file=file,
                found=", ".join(f"way {w}" for w in twice[:_SHOWN].tolist()),
                mend=Text(
                    "合并区域文件时去掉重复，例如 osmium merge",
                    "leave out what is there twice when extracts are put together: osmium merge",
                ),
                severity="warning",
            )
        )


def _unplaced(runs: Runs, nodes: OsmNodes, file: str) -> list[Problem]:
    """Return what is to be said of ways whose nodes are not all in the file."""
    lost = ~nodes.located[runs.node]
    if not lost.any():
        return []
    n_ways = len(np.unique(runs.way[lost]))
    n_nodes = int((~nodes.located).sum())
    return [
        Problem(
            code="roads.osm_unplaced",
            what=Text(
                f"{n_ways:,} 条路有 {n_nodes:,} 个点的位置不在文件中：路在那里断开",
                f"the places of {n_nodes:,} nodes of {n_ways:,} ways are not in the file: the "
                "ways end there",
            ),
            file=file,
            mend=Text(
                "截取的区域边缘通常如此；若研究区内的路断了，用保留完整道路的方式重新截取",
                "usual at the edge of an extract; if roads of the study end there, cut it out "
                "anew with complete ways",
            ),
            severity="warning",
        )
    ]


def _no_road(file: str) -> Problem:
    return Problem(
        code="roads.osm_none",
        what=Text("OpenStreetMap 文件里没有一条路", "there is no road in the OpenStreetMap file"),
        file=file,
        expected=Text(
            "带 highway 标签的路，或 route=ferry 的航线",
            "ways tagged highway=..., or route=ferry",
        ),
        mend=Text(
            "检查是否只导出了建筑、地点或边界；道路要连同其节点一起导出",
            "check that not only buildings, places or boundaries were exported; roads are needed "
            "with their nodes",
        ),
    )


_SHOWN = 6
