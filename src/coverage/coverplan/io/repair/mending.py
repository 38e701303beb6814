"""Mending a road file: cut at junctions, ends joined, doubles left out, and said what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...domain.network import directions
from ...domain.repair_config import RepairConfig
from ...domain.topology import joined_ends
from ..barriers import RoadEdges
from .doubles import Drawn, doubles, drawn_once
from .levels import Levels, levels_of, say_levels
from .lines import Flags, Floats, Ints, Shapes
from .noding import Noded, node
from .report import Connected, RepairReport

_MOVED_METRES = 1e-6
_U, _V = "_u", "_v"


def repair_roads(
    roads: RoadEdges,
    columns: Mapping[str, str],
    oneway: str | None,
    config: RepairConfig,
    crs: CRS,
    file: str,
    fragment_metres: float,
) -> tuple[RoadEdges, RepairReport]:
    """Return roads that are cut at their junctions and name their nodes, and what was done.

    Parameters
    ----------
    roads
        Edges as read, without names of nodes.
    columns, oneway
        Which column holds what (``class``, and where they are not called so ``bridge``, ``tunnel``
        and ``layer``), and the column with the direction.
    config, crs
        How to repair, and the working system in metres.
    file, fragment_metres
        The name of the file, and how short a piece of network nobody is put on.

    Returns
    -------
    roads
        One row per piece, with all columns of its line. Direction is that of the line, since
        every piece runs as its line did; minutes the whole line takes are shared by length. Lines
        that were neither cut nor moved keep their coordinates as they were read.
    report
        The figures, and how the roads hung together before and do now.

    Raises
    ------
    InputError
        When the lines are no roads: they meet in far too many places.

    Notes
    -----
    Which roads meet is said in `coverplan.io.repair.levels`, where in `coverplan.io.repair.noding`.
    Nothing depends on the order or the direction in which lines were drawn.
    """
    frame = roads.frame
    lines = np.asarray(shapely.force_2d(frame.geometry.to_crs(crs).to_numpy()), dtype=object)
    levels = levels_of(frame, columns)
    drawn = drawn_once(lines, levels.code())
    own = levels.take(drawn.first)
    noded = node(drawn.shapes, own, config.join_metres, file, split=config.split)
    way, code = _directions(frame, oneway), _facts_code(roads, levels)
    twice = np.zeros(len(lines), dtype=np.bool_)
    if config.drop_doubles:
        twice = drawn.twice(code, way)
    kept = _expanded(noded, drawn, np.flatnonzero(~twice))
    over = np.zeros(len(kept.row), dtype=np.bool_)
    if config.drop_doubles:
        over = doubles(kept.shapes, kept.u, kept.v, code[kept.row], way[kept.row])
    kept = kept.take(np.flatnonzero(~over))
    fragments = fragment_metres
    shift = noded.shift[drawn.row].ravel()
    far = shift[shift > _MOVED_METRES]
    report = RepairReport(
        file=file,
        lines_in=len(lines),
        lines_out=len(kept.row),
        cut_at_crossings=noded.crossings,
        cut_at_vertices=noded.vertices,
        cut_at_ends=noded.ends,
        kept_apart=noded.apart,
        ends_moved=len(far),
        largest_metres=float(far.max()) if len(far) else 0.0,
        mean_metres=float(far.mean()) if len(far) else 0.0,
        doubles=int(twice.sum()),
        overlaps=int(over.sum()),
        short=noded.short,
        levels_known=say_levels(frame, columns),
        before=_as_drawn(lines, fragments),
        after=Connected.of(kept.u, kept.v, shapely.length(kept.shapes), fragments),
    )
    return _edges(roads, kept, crs), report


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Pieces of the lines of a file: row, line in metres, nodes, share of its line, untouched."""

    row: Ints
    shapes: Shapes
    u: Ints
    v: Ints
    share: Floats
    as_read: Flags

    def take(self, rows: Ints) -> "_Pieces":
        return _Pieces(*(getattr(self, f.name)[rows] for f in fields(self)))


def _expanded(noded: Noded, drawn: Drawn, rows: Ints) -> _Pieces:
    """Return the pieces of some rows, those of lines drawn the other way turned round."""
    cut = noded.pieces
    first = np.searchsorted(cut.line, np.arange(len(drawn.shapes) + 1))
    many = np.diff(first)[drawn.row[rows]]
    row = np.repeat(rows, many)
    piece = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    piece = piece + first[:-1][drawn.row][row]
    back = drawn.flipped[row]
    u, v = cut.u[piece], cut.v[piece]
    still = (noded.shift <= _MOVED_METRES).all(axis=1) & (np.diff(first) == 1)
    shapes = cut.shapes[piece]
    shapes[back] = shapely.reverse(shapes[back])
    return _Pieces(
        row=row,
        shapes=shapes,
        u=np.where(back, v, u),
        v=np.where(back, u, v),
        share=cut.share[piece],
        as_read=still[drawn.row][row],
    )


def _edges(roads: RoadEdges, pieces: _Pieces, crs: CRS) -> RoadEdges:
    """Return the pieces as edges that name their nodes."""
    frame = roads.frame.iloc[pieces.row].reset_index(drop=True)
    shapes = frame.geometry.to_numpy().copy()
    new = ~pieces.as_read
    shapes[new] = gpd.GeoSeries(pieces.shapes[new], crs=crs).to_crs(frame.crs).to_numpy()
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))
    frame = frame.assign(**{_U: pieces.u, _V: pieces.v})
    facts = roads.facts.take(pieces.row)
    facts = replace(facts, crossing_minutes=facts.crossing_minutes * pieces.share)
    return replace(roads, frame=frame, facts=facts, u=_U, v=_V)


def _directions(frame: gpd.GeoDataFrame, oneway: str | None) -> Ints:
    if oneway is None:
        return np.zeros(len(frame), dtype=np.int64)
    return directions(frame[oneway]).astype(np.int64)


def _facts_code(roads: RoadEdges, levels: Levels) -> Ints:
    """Return a number for what is known of each line but its direction, shape ``(n,)``."""
    table = {f.name: getattr(roads.facts, f.name) for f in fields(roads.facts)}
    known = pd.DataFrame(table | {"level": levels.code()})
    known["class"] = roads.frame[roads.road_class].to_numpy(dtype=object)
    group = known.groupby(list(known.columns), dropna=False, sort=False).ngroup()
    return np.asarray(group, dtype=np.int64)


def _as_drawn(lines: Shapes, fragment_metres: float) -> Connected:
    """Return how lines hang together whose ends alone are joined, within a centimetre."""
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    ids = joined_ends(shapely.get_coordinates(ends))
    n = len(lines)
    return Connected.of(ids[:n], ids[n:], shapely.length(lines), fragment_metres)
