"""Opening rasters of people, and knowing where their cells are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader
from rasterio.windows import Window

from ..core.crs import LONLAT, system
from ..core.errors import InputError, Problem
from ..core.text import Text
from .paths import CrsFrom
from .rasterfiles import cells_in, damaged, opened_raster_file
from .vectors import stated_crs

_Floats = NDArray[np.float64]

# One driver for each name, no virtual rasters: they name other files, on the disk and elsewhere.
_DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".img": "HFA", ".asc": "AAIGrid"}
_STRETCH_METRES = 1000.0
_MOST_BLOCK_CELLS = 64_000_000
_SAME_CELL = 0.05
_EXPECTED = Text(
    "人口栅格：一个波段的 GeoTIFF（.tif），每个单元格为人数",
    "a raster of people: a GeoTIFF (.tif) of one band, people in each cell",
)


@dataclass(frozen=True, slots=True)
class PeopleRaster:
    """An open raster of one band and the way from its cells to the ground and back.

    Parameters
    ----------
    raster, full, file
        The open file, where it is, and its name for messages.
    crs, crs_from
        Its system, and who says so.
    to_work, to_raster
        From the raster's coordinates to the study's, in metres, and back.
    """

    raster: DatasetReader
    full: Path
    file: str
    crs: CRS
    crs_from: CrsFrom
    to_work: Transformer
    to_raster: Transformer

    def places(self, cells: _Floats) -> _Floats:
        """Return the places in metres of positions in cells (column, row), shape ``(n, 2)``."""
        a, b, c, d, e, f = self.raster.transform[:6]
        column, row = cells[:, 0], cells[:, 1]
        x, y = self.to_work.transform(a * column + b * row + c, d * column + e * row + f)
        return np.column_stack([x, y])

    def cells(self, places: _Floats) -> _Floats:
        """Return positions in cells (column, row) of places in metres, shape ``(n, 2)``.

        The first cell reaches from 0 to 1; what the raster's system has no place for is infinite.
        """
        x, y = self.to_raster.transform(places[:, 0], places[:, 1])
        a, b, c, d, e, f = self.raster.transform[:6]
        column, row = np.linalg.solve([[a, b], [d, e]], [np.subtract(x, c), np.subtract(y, f)])
        return np.column_stack([column, row])

    def shapes(self, polygons: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return polygons in cells (column, row), long sides bent as the raster's system does."""
        fine = shapely.segmentize(polygons, _STRETCH_METRES)
        moved = shapely.transform(fine, self.cells)
        bad = ~shapely.is_valid(moved)
        moved[bad] = shapely.make_valid(moved[bad])
        return np.asarray(moved, dtype=object)

    def values(self, window: Window) -> _Floats:
        """Return the people in the cells of a window, NaN where the file says nothing.

        Raises
        ------
        InputError
            When GDAL cannot read them.
        """
        # Parts of the window beyond the raster are filled here: boundless reading is slow.
        found = np.full((window.height, window.width), np.nan)
        left, top = max(window.col_off, 0), max(window.row_off, 0)
        right = min(window.col_off + window.width, self.raster.width)
        bottom = min(window.row_off + window.height, self.raster.height)
        if right > left and bottom > top:
            inner = Window(left, top, right - left, bottom - top)
            known = cells_in(self.raster, inner, self.file, _EXPECTED)
            x, y = left - window.col_off, top - window.row_off
            found[y : y + bottom - top, x : x + right - left] = known
        return found


@contextmanager
def opened_people(full: Path, file: str, work: CRS, crs: str | None) -> Iterator[PeopleRaster]:
    """Open a raster of people; what GDAL cannot read of it, now or later, is one fault.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    work
        The system of the study, in metres.
    crs
        System to take where the file states none.

    Raises
    ------
    InputError
        When the file is no raster, is damaged, has not one band of numbers, holds classes, or
        does not say where it lies.
    """
    with opened_raster_file(full, file, _EXPECTED, _DRIVERS.get(full.suffix.lower())) as raster:
        try:
            people = _people_raster(raster, full, file, work, crs)
        except InputError:
            raise
        except Exception as error:
            # Of a damaged file GDAL says many things, some not as errors of rasterio.
            raise InputError([damaged(full, file, _EXPECTED)]) from error
        yield people


def _people_raster(
    raster: DatasetReader, full: Path, file: str, work: CRS, stated: str | None
) -> PeopleRaster:
    if raster.count != 1:
        bands = Text(f"{raster.count} 个波段", f"{raster.count} bands")
        raise InputError([_fault("bands", file, bands)])
    number = np.dtype(raster.dtypes[0])
    if number.kind not in "iuf":
        raise InputError([_fault("numbers", file, str(number))])
    if raster.colorinterp[0] == ColorInterp.palette:
        raise InputError([_fault("classes", file, Text("带颜色表", "a colour table"))])
    if np.prod(raster.block_shapes[0]) > _MOST_BLOCK_CELLS:
        high, wide = raster.block_shapes[0]
        blocks = Text(f"每块 {wide:,} × {high:,} 格", f"blocks of {wide:,} x {high:,} cells")
        raise InputError([_fault("blocks", file, blocks)])
    if raster.transform.is_identity or raster.transform.is_degenerate:
        raise InputError([_fault("no_place", file, None)])
    if stated is not None and system(stated) is None:
        raise InputError([_fault("datum", file, stated)])
    crs = None if raster.crs is None else system(CRS.from_wkt(raster.crs.to_wkt()))
    crs_from: CrsFrom = "file"
    if crs is None:
        crs, crs_from = stated_crs(stated, file), "study"
    flat = crs.sub_crs_list[0] if crs.is_compound else crs.to_2d()
    return PeopleRaster(
        raster=raster,
        full=full,
        file=file,
        crs=crs,
        crs_from=crs_from,
        to_work=Transformer.from_crs(flat, work, always_xy=True),
        to_raster=Transformer.from_crs(work, flat, always_xy=True),
    )


def shift(main: PeopleRaster, other: PeopleRaster) -> tuple[int, int]:
    """Return how many columns and rows the cells of one raster are ahead of another's.

    Parameters
    ----------
    main, other
        Rasters with the same cells, one of which may cover more ground.

    Raises
    ------
    InputError
        When their cells are not the same.
    """
    mine, its = main.raster, other.raster
    corners = np.array([(0.0, 0.0), (mine.width, 0.0), (0.0, mine.height)])
    a, b, c, d, e, f = mine.transform[:6]
    x = a * corners[:, 0] + b * corners[:, 1] + c
    y = d * corners[:, 0] + e * corners[:, 1] + f
    a, b, c, d, e, f = its.transform[:6]
    there = np.linalg.solve([[a, b], [d, e]], [x - c, y - f]).T
    moved = there - corners
    whole = np.round(moved[0])
    if main.crs != other.crs or np.abs(moved - whole).max() > _SAME_CELL:
        cell = Text(f"单元格 {abs(a):g} × {abs(e):g}", f"cells of {abs(a):g} x {abs(e):g}")
        raise InputError([_other_grid(main.file, other.file, cell)])
    return int(whole[0]), int(whole[1])


def elsewhere(raster: PeopleRaster, bounds: _Floats, work: CRS) -> Problem:
    """Return the fault of a raster no cell of which lies in the study.

    Parameters
    ----------
    raster
        The raster.
    bounds, work
        Box around the units (min x, min y, max x, max y), and its system.
    """
    here = Transformer.from_crs(work, LONLAT, always_xy=True).transform_bounds(*bounds)
    flat = raster.to_work.source_crs
    box = raster.raster.bounds
    there = Transformer.from_crs(flat, LONLAT, always_xy=True).transform_bounds(
        min(box.left, box.right), min(box.bottom, box.top),
        max(box.left, box.right), max(box.bottom, box.top),
    )  # fmt: skip
    return Problem(
        code="people.raster_elsewhere",
        what=Text("人口栅格与研究区不重叠", "the raster of people lies somewhere else"),
        file=raster.file,
        found=_box(there),
        expected=_box(here),
        mend=Text("检查文件和坐标系", "check the file and its coordinate system"),
    )


def _box(bounds: tuple[float, float, float, float]) -> Text:
    x0, y0, x1, y1 = (f"{value:.3f}" for value in bounds)
    return Text(f"经度 {x0}…{x1}，纬度 {y0}…{y1}", f"longitude {x0}…{x1}, latitude {y0}…{y1}")


def _other_grid(main: str, file: str, found: Text) -> Problem:
    return Problem(
        code="people.raster_grid",
        what=Text(
            f"人群栅格的单元格与 {main} 的不一致",
            f"the cells of a group's raster are not those of {main}",
        ),
        file=file,
        found=found,
        expected=Text(
            "同一坐标系、同一套单元格（范围可以不同）",
            "the same coordinate system and the same cells; its extent may differ",
        ),
        mend=Text(
            "用同一来源、同一分辨率的栅格，或在 GIS 中按总人口栅格对齐（求和重采样）",
            "take rasters of one product and resolution, or align it (resampling by sum) in a GIS",
        ),
    )


_WORDS = {
    "bands": (
        Text("人口栅格应只有一个波段", "a raster of people has one band"),
        Text("另存出人口的波段", "save the band of people alone"),
    ),
    "numbers": (
        Text("人口栅格里不是实数", "the raster does not hold real numbers"),
        Text("检查是否拿错文件", "check that it is the right file"),
    ),
    "classes": (
        Text(
            "这是分类栅格或图片，值是类别而不是人数",
            "this is a raster of classes or a picture: its values are no people",
        ),
        Text("改用人口栅格", "give a raster of people"),
    ),
    "datum": (
        Text(
            "栅格只能用测绘坐标系：网络地图的偏移坐标不适用于栅格",
            "a raster needs a surveyed system: the shifted datum of a web map is none",
        ),
        Text(
            "删去 crs，或写明栅格的坐标系，如 EPSG:4326",
            "leave crs out, or give the system of the raster, such as EPSG:4326",
        ),
    ),
    "blocks": (
        Text(
            "栅格的数据块过大，读一处就要读入全部",
            "the blocks of the file are too large: to read one place is to read it all",
        ),
        Text(
            "另存为分块的 GeoTIFF：gdal_translate -co TILED=YES",
            "save it as a tiled GeoTIFF: gdal_translate -co TILED=YES",
        ),
    ),
    "no_place": (
        Text("人口栅格没有说明在地球上的位置", "the raster does not say where on earth it is"),
        Text(
            "在 GIS 中指定坐标系和位置后重新导出",
            "give it its coordinate system and position in a GIS, and export it again",
        ),
    ),
}


def _fault(kind: str, file: str, found: str | Text | None) -> Problem:
    what, mend = _WORDS[kind]
    return Problem(
        code=f"people.raster_{kind}",
        what=what,
        file=file,
        found=found,
        expected=_EXPECTED,
        mend=mend,
    )
