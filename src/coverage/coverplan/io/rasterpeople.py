"""Reading people from rasters: tile by tile over the county, few points, nobody lost."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.windows import Window

from ..core.errors import InputError, Problems
from ..domain.people_config import PeopleConfig
from ..domain.region import Region
from .cellfaults import (
    Odd,
    group_unknown,
    note_beyond,
    note_density,
    note_odd,
    note_parts,
    note_uncovered,
    raster_nobody,
    too_fine,
)
from .cellshares import Cutter
from .census import read_totals
from .formertotals import PeopleRead
from .merging import blocks, centres, merge_thin
from .paths import Folder
from .peopletable import PeopleTable
from .rasters import PeopleRaster, elsewhere, opened_people, shift

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

TILE_CELLS = 1024
"""Rasters are read in tiles of so many cells a side."""

KEPT_CELLS = 2_000_000
"""Where a county has more cells, blocks of them are summed as they are read."""

_MOST_CELLS = 1_000_000_000
_MARGIN_CELLS = 2


@dataclass(slots=True)
class _Read:
    """What was read so far: middles (column, row), units and people of cells, and what was odd."""

    xy: list[_Floats] = field(default_factory=list)
    unit: list[_Ints] = field(default_factory=list)
    people: list[_Floats] = field(default_factory=list)
    odd: dict[str, Odd] = field(default_factory=dict)
    outside: _Floats = field(default_factory=lambda: np.zeros(1))
    cells: int = 0


@dataclass(frozen=True, slots=True)
class _Cells:
    xy: _Floats
    unit: _Ints
    people: _Floats


def read_raster_people(
    folder: Folder,
    config: PeopleConfig,
    region: Region,
    problems: Problems,
    *,
    progress: Callable[[int], Callable[[int], None] | None] | None = None,
) -> PeopleTable:
    """Return the people of a raster as points, each within one unit.

    A cell that a border cuts is divided by area: each part goes to its unit, what lies outside is
    not counted (see `PeopleTable.outside`). Thin cells are merged with their neighbours
    (`coverplan.io.merging.merge_thin`), the sums of every unit and group kept.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of people, and its units.
    problems
        Where warnings go.
    progress
        Called with the number of tiles; returns what is called with the tiles done, or None.

    Raises
    ------
    InputError
        When a raster cannot be used, lies somewhere else or holds nobody, or a group is not known.

    Notes
    -----
    Memory grows with the cells of the county that hold people, up to `KEPT_CELLS`; beyond that
    blocks of cells are summed as they are read.
    """
    groups = ["all", *(g for g, one in config.tables.items() if one.raster is not None)]
    with ExitStack() as stack:
        rasters = [_opened(stack, folder, config, region, group) for group in groups]
        cells, read = _read_cells(rasters, groups, region, problems, progress)
        for group, raster in zip(groups, rasters, strict=True):
            note_odd(raster.file, read.odd[group], problems)
            note_density(raster, problems, raked=config.totals is not None)
        sums = {
            g: np.bincount(cells.unit, some, len(region))
            for g, some in zip(groups, cells.people.T, strict=True)
        }
        found = PeopleRead(pd.DataFrame(sums, index=region.codes))
        totals = read_totals(folder, config, region, problems, read=found)
        groups_of_config = tuple(config.groups)
        by_unit = np.bincount(cells.unit, cells.people[:, 0], len(region)).astype(float)
        note_parts(config, rasters, groups, cells.people, problems)
        places = _places(rasters[0], cells, groups, region, _factors(totals, by_unit))
    for group in groups_of_config:
        places[group] = _values(group, config, places, totals)
    group_unknown(config, totals, problems)
    outside = dict(zip(groups, read.outside.tolist(), strict=True))
    note_beyond(config.source.as_posix(), outside["all"], float(by_unit.sum()), problems)
    return PeopleTable(
        places=places[["name", "unit", "declared", "metres", "weight", *groups_of_config,
                       "geometry"]],
        groups=groups_of_config,
        totals=totals,
        outside={group: outside.get(group, 0.0) for group in groups_of_config},
    )  # fmt: skip


def _opened(
    stack: ExitStack, folder: Folder, config: PeopleConfig, region: Region, group: str
) -> PeopleRaster:
    own = config.tables[group].raster
    path = config.source if own is None else own
    full = folder.find(path, "people.source" if own is None else f"people.groups.{group}.raster")
    raster = stack.enter_context(opened_people(full, path.as_posix(), region.crs, config.crs))
    size = raster.raster.width * raster.raster.height
    folder.note(path, full, size, crs=raster.crs, crs_from=raster.crs_from)
    return raster


def _window(raster: PeopleRaster, units: NDArray[np.object_]) -> Window | None:
    """Return the cells around the units, within the raster; None where there are none."""
    x0, y0, x1, y1 = shapely.total_bounds(units).tolist()
    if not np.isfinite([x0, y0, x1, y1]).all():
        return None
    size = raster.raster.width, raster.raster.height
    left, right = (int(np.clip(v, -1, size[0] + 1)) for v in (x0 - _MARGIN_CELLS, x1 + 3))
    top, bottom = (int(np.clip(v, -1, size[1] + 1)) for v in (y0 - _MARGIN_CELLS, y1 + 3))
    left, right = max(left, 0), min(right, size[0])
    top, bottom = max(top, 0), min(bottom, size[1])
    return Window(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _read_cells(
    rasters: list[PeopleRaster],
    groups: list[str],
    region: Region,
    problems: Problems,
    progress: Callable[[int], Callable[[int], None] | None] | None,
) -> tuple[_Cells, _Read]:
    main = rasters[0]
    moved = [(0, 0), *(shift(main, raster) for raster in rasters[1:])]
    units = main.shapes(region.units.geometry.to_numpy())
    window = _window(main, units)
    if window is None:
        raise InputError([elsewhere(main, region.units.total_bounds, CRS(region.crs))])
    inside = shapely.area(shapely.intersection(units, _extent(main)))
    if not inside.sum() > 0:
        raise InputError([elsewhere(main, region.units.total_bounds, CRS(region.crs))])
    if window.width * window.height > _MOST_CELLS:
        raise InputError([too_fine(main.file, window.width * window.height)])
    note_uncovered(main.file, inside / shapely.area(units), region, problems)
    block = max(int(np.ceil(np.sqrt(inside.sum() / KEPT_CELLS))), 1)
    read = _Read(odd={g: Odd() for g in groups}, outside=np.zeros(len(groups)))
    cutter = Cutter.of(units)
    tiles = list(_tiles(window, block))
    tell = progress(len(tiles)) if progress is not None else None
    for tile in tiles:
        _read_tile(rasters, moved, groups, cutter, tile, block, read)
        if tell is not None:
            tell(1)
    people = np.concatenate(read.people) if read.people else np.empty((0, len(groups)))
    if not people[:, 0].sum() > 0:
        raise InputError([raster_nobody(main.file, read.odd["all"])])
    return _Cells(np.concatenate(read.xy), np.concatenate(read.unit), people), read


def _extent(raster: PeopleRaster) -> shapely.Polygon:
    return shapely.box(0, 0, raster.raster.width, raster.raster.height)


def _tiles(window: Window, block: int) -> Iterator[Window]:
    """Yield the tiles of a window; a block of cells never lies in two of them."""
    side = max(TILE_CELLS // block, 1) * block
    right, bottom = window.col_off + window.width, window.row_off + window.height
    for top in range(window.row_off // side * side, bottom, side):
        for left in range(window.col_off // side * side, right, side):
            x, y = max(left, window.col_off), max(top, window.row_off)
            yield Window(x, y, min(left + side, right) - x, min(top + side, bottom) - y)


def _read_tile(
    rasters: list[PeopleRaster],
    moved: list[tuple[int, int]],
    groups: list[str],
    cutter: Cutter,
    tile: Window,
    block: int,
    read: _Read,
) -> None:
    shape = (tile.height, tile.width)
    unit, cut = cutter.tile(tile.col_off, tile.row_off, shape)
    mine = (unit >= 0) | cut
    if not mine.any():
        return
    people = np.zeros((*shape, len(groups)))
    for i, (raster, (right, down), group) in enumerate(zip(rasters, moved, groups, strict=True)):
        window = Window(tile.col_off + right, tile.row_off + down, tile.width, tile.height)
        people[:, :, i] = read.odd[group].usable(raster.values(window), mine, raster.file)
    somebody = mine & (people > 0).any(axis=2)
    read.cells += int(somebody.sum())
    whole = np.argwhere(somebody & ~cut)
    middle = whole[:, ::-1] + 0.5 + (tile.col_off, tile.row_off)
    parts = cutter.parts(tile.col_off, tile.row_off, np.argwhere(somebody & cut))
    some = people[parts.cell[:, 0], parts.cell[:, 1]] * parts.share[:, None]
    read.outside += people[somebody & cut].sum(axis=0) - some.sum(axis=0)
    cells = _Cells(
        np.concatenate([middle, parts.xy]),
        np.concatenate([unit[whole[:, 0], whole[:, 1]], parts.unit]),
        np.concatenate([people[whole[:, 0], whole[:, 1]], some]),
    )
    if block > 1:
        cells = _merged(cells, blocks(cells.xy, cells.unit, block))
    read.xy.append(cells.xy)
    read.unit.append(cells.unit)
    read.people.append(cells.people)


def _merged(cells: _Cells, label: _Ints) -> _Cells:
    """Return cells merged as labelled: people added, places averaged over people."""
    n = int(label.max(initial=-1)) + 1
    unit = np.zeros(n, dtype=np.int64)
    unit[label] = cells.unit
    people = [np.bincount(label, column, n) for column in cells.people.T]
    xy = centres(label, cells.xy, cells.people.sum(axis=1))
    return _Cells(xy, unit, np.column_stack(people))


def _factors(totals: pd.DataFrame, read: _Floats) -> _Floats:
    """Return what each unit's cells are raked by, 1 where that is not known."""
    given = totals["all"].to_numpy(dtype=float)
    known = np.isfinite(given) & (read > 0)
    factor: _Floats = np.divide(given, read, out=np.ones(len(read)), where=known)
    return factor


def _places(
    raster: PeopleRaster, cells: _Cells, groups: list[str], region: Region, factor: _Floats
) -> gpd.GeoDataFrame:
    expected = cells.people.max(axis=1) * factor[cells.unit]
    cells = _merged(cells, merge_thin(cells.xy, cells.unit, expected))
    order = np.lexsort((cells.xy[:, 0], cells.xy[:, 1], cells.unit))
    xy, unit, people = cells.xy[order], cells.unit[order], cells.people[order]
    whole = np.floor(xy).astype(np.int64)
    names = [f"r{row}c{column}" for column, row in whole.tolist()]
    everybody = people[:, 0]
    return gpd.GeoDataFrame(
        {
            "name": names,
            "unit": np.array(region.codes, dtype=object)[unit],
            "declared": True,
            "metres": np.nan,
            "weight": everybody,
            **{group: people[:, i] for i, group in enumerate(groups)},
        },
        index=pd.Index([f"cell-{i:06d}" for i in range(len(xy))], name="place_id", dtype=object),
        geometry=gpd.points_from_xy(*raster.places(xy).T),
        crs=region.crs,
    )


def _values(
    group: str, config: PeopleConfig, places: gpd.GeoDataFrame, totals: pd.DataFrame
) -> _Floats:
    """Return a group's people at each place, NaN throughout a unit where only its total is known.

    A share is a share of everybody; of a group with a column alone the raster says nothing.
    """
    one = config.tables[group]
    if group == "all" or one.raster is not None:
        here: _Floats = places[group].to_numpy(dtype=float)
        return here
    everybody = places["all"].to_numpy(dtype=float)
    if one.share is not None:
        part: _Floats = everybody * one.share
        return part
    if one.share_column is not None and config.totals is not None:
        share = (totals[group] / totals["all"].where(totals["all"] > 0)).to_dict()
        by_unit: _Floats = everybody * places["unit"].map(share).to_numpy(dtype=float)
        return by_unit
    return np.full(len(places), np.nan)
