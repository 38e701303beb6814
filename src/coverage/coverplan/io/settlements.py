"""Totals of units alone: what stands for their places is streets, buildings or settlements."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ..core.crs import to_working
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.people_config import PeopleConfig, SpreadFile
from ..domain.region import Region
from .cells import as_number, cell_text
from .census import read_totals
from .columns import match
from .merging import MOST_POINTS, centres, merge_thin
from .paths import Folder
from .peopletable import PeopleTable
from .points import select_rows
from .tables import Table
from .vectors import read_vector, recorded

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]

PIECE_METRES = 100.0
"""Settlements are cut into squares of this side; people stand within each piece."""

NEAR_METRES = 25.0
"""Buildings are merged by squares of this side, and of twice as much, ... where few live there."""

_POSITION = "_position"


def read_totals_alone(
    folder: Folder, config: PeopleConfig, region: Region, problems: Problems
) -> PeopleTable:
    """Return places without people of their own, for the totals of units to be spread over.

    For streets one place for each unit, which claims all streets of the unit; for buildings their
    middles, weighted by area on the map or by a column; for settlements pieces of `PIECE_METRES`,
    weighted by area or by the column in proportion to it. All people are NaN: see `PeopleTable`.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of people, and its units.
    problems
        Where faults of single records go.

    Raises
    ------
    InputError
        When a file cannot be used at all, or nothing lies in the study.
    """
    totals = read_totals(folder, config, region, problems)
    given = config.spread_file
    if given is None:
        points = region.units.representative_point().to_numpy()
        units = np.arange(len(region))
        places = _places(points, units, np.ones(len(region)), region)
        # Without a radius of its own a place claims every street of its unit.
        places["metres"] = np.inf
        places["name"] = region.names.to_numpy()
    else:
        xy, units, weight = _spread_over(folder, config, given, region, problems)
        people = totals["all"].fillna(0).to_numpy(dtype=float)
        label = _merged(xy, units, weight, people)
        mine = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
        mine[label] = units
        points = shapely.points(centres(label, xy, weight))
        places = _places(points, mine, np.bincount(label, weight).astype(float), region)
    for group in config.groups:
        places[group] = np.nan
    if not totals["all"].sum() > 0 and not problems.errors:
        problems.add(_nobody(config))
    return PeopleTable(
        places=places,
        groups=tuple(config.groups),
        totals=totals,
        outside=dict.fromkeys(config.groups, 0.0),
    )


def _places(
    points: NDArray[np.object_], unit: _Ints, weight: _Floats, region: Region
) -> gpd.GeoDataFrame:
    ids = [f"place-{i:06d}" for i in range(len(points))]
    names = region.names.to_numpy()
    return gpd.GeoDataFrame(
        {
            "name": names[unit],
            "unit": np.array(region.codes, dtype=object)[unit],
            "declared": True,
            "metres": np.nan,
            "weight": weight,
        },
        index=pd.Index(ids, name="place_id", dtype=object),
        geometry=points,
        crs=region.crs,
    )


def _merged(xy: _Floats, unit: _Ints, weight: _Floats, totals: _Floats) -> _Ints:
    """Return which point each piece goes to: with its unit's people by weight, none is thin."""
    whole = np.bincount(unit, weight, len(totals))
    each = np.divide(totals, whole, out=np.zeros(len(totals)), where=whole > 0)
    return merge_thin(xy / NEAR_METRES, unit, weight * each[unit], most=MOST_POINTS)


def _spread_over(
    folder: Folder,
    config: PeopleConfig,
    given: SpreadFile,
    region: Region,
    problems: Problems,
) -> tuple[_Floats, _Ints, _Floats]:
    """Return places in metres, positions of their units and weights, in a fixed order."""
    frame, weight = _shapes(folder, given, config.spread, region, problems)
    shapes = frame.geometry.to_numpy()
    if config.spread == "buildings":
        points = shapely.point_on_surface(shapes)
        who, unit = _first_unit(points, region)
        xy, mass = shapely.get_coordinates(points[who]).reshape(-1, 2), weight[who]
    else:
        xy, unit, mass = _pieces(shapes, weight, region)
    some = mass > 0
    xy, unit, mass = xy[some], unit[some], mass[some]
    if not len(xy):
        raise InputError([_nothing_here(given.source.as_posix(), len(shapes))])
    _note_units(given.source.as_posix(), unit, region, problems)
    order = np.lexsort((mass, xy[:, 0], xy[:, 1], unit))
    return xy[order], unit[order], mass[order]


def _shapes(
    folder: Folder, given: SpreadFile, spread: str, region: Region, problems: Problems
) -> tuple[gpd.GeoDataFrame, _Floats]:
    """Return shapes in metres and their weights: those with a place and a weight above 0."""
    full = folder.find(given.source, f"people.{spread}")
    file = given.source.as_posix()
    frame, crs_from = read_vector(
        full, file, table=given.table, crs=given.crs, encoding=given.encoding, problems=problems
    )
    system = recorded(given.crs, frame.crs)
    folder.note(given.source, full, len(frame), crs=system, crs_from=crs_from)
    frame = to_working(frame, region.crs)
    table = _records(frame, file, given)
    table = select_rows(table, given.where, f"people.{spread}")
    frame = frame.iloc[table.frame[_POSITION].astype(int).to_numpy()].reset_index(drop=True)
    frame = frame.set_geometry(frame.geometry.make_valid())
    there = (frame.geometry.notna() & ~frame.is_empty).to_numpy()
    area = frame.geometry.area.fillna(0.0).to_numpy()
    weight = area if given.weight is None else _column(table, given.weight, problems)
    flat = there & (area <= 0) & ((given.weight is None) or (spread == "areas"))
    if flat.any():
        problems.add(_no_area(file, int(flat.sum()), sorted(set(frame.geom_type[flat]))))
    usable = there & ~flat & (weight > 0)
    return frame[usable].reset_index(drop=True), weight[usable]


def _records(frame: gpd.GeoDataFrame, file: str, given: SpreadFile) -> Table:
    """Return what the shapes say as text, where the study asks for any of it."""
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if given.weight is None and not given.where:
        plain = plain[[]]
    plain = plain.astype(object)
    text = plain.where(plain.notna(), None).map(cell_text)
    text[_POSITION] = np.arange(len(frame)).astype(str)
    return Table(file, text, np.arange(2, len(text) + 2))


def _column(table: Table, column: str, problems: Problems) -> _Floats:
    """Return a column of weights; a shape whose weight is not known is a fault."""
    faults = Problems()
    found = match([c for c in table.frame.columns if c != _POSITION], column)
    if found is None:
        there = ", ".join(str(c) for c in table.frame.columns if c != _POSITION)
        raise InputError([_no_column(table.file, column, there)])
    weight = np.zeros(len(table.frame))
    for i, cell in enumerate(table.frame[found]):
        number = as_number(cell)
        if number is None or number < 0:
            faults.add(_no_weight(table, i, found, cell))
        else:
            weight[i] = number
    problems.extend(faults)
    return weight


def _first_unit(points: NDArray[np.object_], region: Region) -> tuple[_Ints, _Ints]:
    """Return the points that lie in a unit, and the first unit each lies in."""
    tree = shapely.STRtree(region.units.geometry.to_numpy())
    who, unit = tree.query(points, predicate="intersects")
    order = np.lexsort((unit, who))
    who, first = np.unique(who[order], return_index=True)
    return who, unit[order][first]


def _pieces(
    shapes: NDArray[np.object_], weight: _Floats, region: Region
) -> tuple[_Floats, _Ints, _Floats]:
    """Return settlements cut by units and by squares: a place in each piece, unit, weight."""
    tree = shapely.STRtree(region.units.geometry.to_numpy())
    who, unit = tree.query(shapes, predicate="intersects")
    order = np.lexsort((unit, who))
    who, unit = who[order], unit[order]
    inside = shapely.intersection(shapes[who], region.units.geometry.to_numpy()[unit])
    cut = [_squares(shape) for shape in inside]
    owner = np.repeat(np.arange(len(inside)), [len(some) for some in cut])
    pieces = np.concatenate(cut) if cut else np.empty(0, dtype=object)
    some = shapely.area(pieces) > 0
    pieces, owner = pieces[some], owner[some]
    density = weight / np.maximum(shapely.area(shapes), np.finfo(float).tiny)
    mass = shapely.area(pieces) * density[who[owner]]
    xy = shapely.get_coordinates(shapely.point_on_surface(pieces)).reshape(-1, 2)
    return xy, unit[owner], mass


def _squares(shape: shapely.Geometry) -> NDArray[np.object_]:
    """Return a shape cut by squares of `PIECE_METRES` that lie at whole multiples of it."""
    if shape.is_empty:
        return np.empty(0, dtype=object)
    x0, y0, x1, y1 = (int(v // PIECE_METRES) for v in shape.bounds)
    if (x1 - x0 + 1) * (y1 - y0 + 1) == 1:
        return np.array([shape], dtype=object)
    x, y = np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1))
    left, low = x.ravel() * PIECE_METRES, y.ravel() * PIECE_METRES
    boxes = shapely.box(left, low, left + PIECE_METRES, low + PIECE_METRES)
    shapely.prepare(shape)
    boxes = boxes[shapely.intersects(shape, boxes)]
    return np.asarray(shapely.intersection(boxes, shape), dtype=object)


def _note_units(file: str, unit: _Ints, region: Region, problems: Problems) -> None:
    """Name the units nothing lies in: their people are unplaced."""
    bare = [code for i, code in enumerate(region.codes) if i not in set(unit.tolist())]
    for code in bare:
        problems.add(
            Problem(
                code="people.unit_bare",
                what=Text(
                    "这些单元里没有可分摊人口的图形，其人口无法落点",
                    "no shape lies in these units: their people cannot be placed",
                ),
                file=file,
                found=Text.same(f"{region.names[code]} ({code})"),
                mend=Text("补充该单元的房屋或居民点", "add buildings or settlements there"),
                severity="warning",
            )
        )


def _no_area(file: str, n: int, kinds: list[str]) -> Problem:
    return Problem(
        code="people.no_area",
        what=Text(
            f"{n} 个图形没有面积，不能按面积分摊，未使用",
            f"{n} shapes have no area to spread people by: not used",
        ),
        file=file,
        found=", ".join(kinds),
        expected=Text("面，或写明 weight 列的房屋点", "polygons, or buildings with a weight"),
        mend=Text("核对是否拿错图层，或写明 weight", "check the layer, or name a column: weight"),
        severity="warning",
    )


def _no_column(file: str, column: str, there: str) -> Problem:
    return Problem(
        code="column.missing",
        what=Text("缺少这一列", "this column is missing"),
        file=file,
        column=column,
        found=Text(there, there),
        mend=Text("改正 weight，或删去它而按面积分摊", "correct weight, or leave it out for area"),
    )


def _no_weight(table: Table, i: int, column: str, found: str) -> Problem:
    return Problem(
        code="people.weight",
        what=Text("权重不能使用", "a weight cannot be used"),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=found,
        expected=Text("0 或更大的数", "a number, 0 or more"),
        mend=Text(
            "改正这些单元格，或用 where 去掉这些图形",
            "correct these cells, or leave these shapes out by where",
        ),
    )


def _nothing_here(file: str, shapes: int) -> Problem:
    return Problem(
        code="people.shapes_elsewhere",
        what=Text(
            "研究区内没有可分摊人口的图形", "no shape to spread people over lies in the study area"
        ),
        file=file,
        found=Text(f"{shapes} 个图形", f"{shapes} shapes"),
        mend=Text("检查文件和坐标系", "check the file and its coordinate system"),
    )


def _nobody(config: PeopleConfig) -> Problem:
    return Problem(
        code="people.nobody",
        what=Text("总数表里没有任何人", "the totals hold nobody"),
        file=config.source.as_posix(),
        mend=Text("核对总数的列和单元", "check the columns of totals and the units"),
    )
