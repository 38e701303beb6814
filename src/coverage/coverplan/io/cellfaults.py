"""What can be wrong with the cells of a raster of people, counted and said."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.people_config import PeopleConfig
from ..domain.region import Region
from .rasters import PeopleRaster

_Floats = NDArray[np.float64]

MOST_PEOPLE = 1e6
"""No cell holds more: such a value is a nodata value that the file does not declare."""

_COVERED = 0.999
_TINY = 1e-6
_DENSITY = ("density", "密度", "/", "per ", "km2", "km²", "平方")


@dataclass(slots=True)
class Odd:
    """Cells of the study that hold no number of people.

    Parameters
    ----------
    cells, nodata, negative, lowest
        How many cells were read, how many hold nothing, how many a number below 0, the lowest.
    """

    cells: int = 0
    nodata: int = 0
    negative: int = 0
    lowest: float = 0.0

    def usable(self, values: _Floats, mine: NDArray[np.bool_], file: str) -> _Floats:
        """Return the people in cells, 0 where there is no number of people; count those.

        Parameters
        ----------
        values, mine
            What the file holds, NaN for nothing, and which cells lie in the study.
        file
            Its name for messages.

        Raises
        ------
        InputError
            When a cell holds more people than any can, or infinitely many.
        """
        here = values[mine]
        known = ~np.isnan(here)
        self.cells += len(here)
        self.nodata += int((~known).sum())
        low = here[known & (here < 0)]
        if np.isneginf(low).any() or (here[known] > MOST_PEOPLE).any():
            wild = low.min() if np.isneginf(low).any() else here[known].max()
            raise InputError([_too_many(file, float(wild))])
        self.negative += len(low)
        self.lowest = min(self.lowest, float(low.min(initial=0.0)))
        usable: _Floats = np.where(mine & (values > 0), values, 0.0)
        return usable


def _too_many(file: str, found: float) -> Problem:
    return Problem(
        code="people.raster_value",
        what=Text("单元格的值不可能是人数", "a cell holds what cannot be a number of people"),
        file=file,
        found=f"{found:g}",
        expected=Text(f"0 到 {MOST_PEOPLE:,.0f}", f"0 to {MOST_PEOPLE:,.0f}"),
        mend=Text(
            "为栅格写明无效值（nodata），例如 gdal_edit.py -a_nodata",
            "state the raster's nodata value in its file, e.g. with gdal_edit.py -a_nodata",
        ),
    )


def raster_nobody(file: str, odd: Odd) -> Problem:
    """Return the fault of a raster without anybody in the study."""
    return Problem(
        code="people.raster_nobody",
        what=Text("人口栅格在研究区内没有任何人", "the raster holds nobody in the study area"),
        file=file,
        found=Text(
            f"{odd.cells:,} 个单元格，其中 {odd.nodata:,} 个无值，{odd.negative:,} 个为负",
            f"{odd.cells:,} cells, {odd.nodata:,} without a value, {odd.negative:,} negative",
        ),
        mend=Text(
            "检查是否拿错文件，以及无效值（nodata）的声明",
            "check that it is the right file, and the nodata value it declares",
        ),
    )


def note_density(raster: PeopleRaster, problems: Problems, *, raked: bool) -> None:
    """Say that a raster states another unit than people; without totals that cannot be used."""
    unit = " ".join([raster.raster.units[0] or "", raster.raster.descriptions[0] or ""]).strip()
    if any(word in unit.casefold() for word in _DENSITY):
        problems.add(
            Problem(
                code="people.raster_density",
                what=Text(
                    "栅格写明的是密度，不是每个单元格的人数",
                    "the raster states a density, not the people in each cell",
                ),
                file=raster.file,
                found=unit,
                expected=Text("每个单元格的人数", "people in each cell"),
                mend=Text(
                    "乘以单元格面积后另存；给出普查总数时只用其分布",
                    "multiply by the area of a cell; with census totals only its pattern is used",
                ),
                severity="warning" if raked else "error",
            )
        )


def too_fine(file: str, cells: int) -> Problem:
    """Return the fault of a raster with so many cells in the study that reading takes hours."""
    return Problem(
        code="people.raster_fine",
        what=Text("人口栅格过细", "the cells of the raster are too small"),
        file=file,
        found=Text(f"研究区有 {cells:,} 个单元格", f"{cells:,} cells in the study area"),
        mend=Text("在 GIS 中求和合并到 30 米以上", "sum them to 30 m or more in a GIS"),
    )


def note_odd(file: str, odd: Odd, problems: Problems) -> None:
    """Say how many cells hold a number below 0; cells without a value are where nobody lives."""
    if odd.negative:
        problems.add(
            Problem(
                code="people.raster_negative",
                what=Text(
                    f"研究区内有 {odd.negative:,} 个单元格人数为负，按没有人计"
                    f"（另有 {odd.nodata:,} 个无值，共 {odd.cells:,} 个）",
                    f"{odd.negative:,} cells of the study hold a negative number, taken as nobody "
                    f"(besides {odd.nodata:,} without a value, of {odd.cells:,})",
                ),
                file=file,
                found=f"{odd.lowest:g}",
                expected=Text("0 或更大的数", "a number, 0 or more"),
                mend=Text(
                    "若它是无效值，在栅格中声明为 nodata",
                    "where it means nothing is known, declare it as the nodata value",
                ),
                severity="warning",
            )
        )


def note_uncovered(file: str, covered: _Floats, region: Region, problems: Problems) -> None:
    """Say which units a raster does not cover, wholly or in part, by the share of area it does."""
    for code, share in zip(region.codes, covered.tolist(), strict=True):
        if share < _COVERED:
            problems.add(
                Problem(
                    code="people.raster_part",
                    what=Text(
                        "人口栅格没有盖满这些单元：其人口都落在盖到的部分",
                        "the raster does not cover all of these units: their people are put where "
                        "it does",
                    ),
                    file=file,
                    found=Text(
                        f"{region.names[code]} {share:.1%}", f"{region.names[code]}: {share:.1%}"
                    ),
                    expected=Text("覆盖整个研究区", "a raster that covers the study area"),
                    mend=Text("换用范围更大的栅格", "give a raster of a larger extent"),
                    severity="warning",
                )
            )


def note_beyond(file: str, outside: float, inside: float, problems: Problems) -> None:
    """Say how many people lie in the parts outside of cells that the border cuts, if many do."""
    if outside > max(0.01 * inside, 1.0):
        problems.add(
            Problem(
                code="people.raster_border",
                what=Text(
                    f"边界切开的单元格按面积分摊，界外部分的 {outside:,.0f} 人未计入",
                    f"cells on the border are divided by area; {outside:,.0f} people in the parts "
                    "outside are not counted",
                ),
                file=file,
                mend=Text(
                    "单元格过大时换用更细的栅格，并给出普查总数",
                    "where cells are large give a finer raster, and census totals",
                ),
                severity="warning",
            )
        )


def note_parts(
    config: PeopleConfig,
    rasters: list[PeopleRaster],
    groups: list[str],
    people: _Floats,
    problems: Problems,
) -> None:
    """Say in how many cells a group's raster holds more than the raster of everybody."""
    for i, group in enumerate(groups):
        more = people[:, i] > people[:, 0] * (1 + 1e-4) + _TINY
        if more.any() and group not in config.registered:
            excess = float((people[more, i] - people[more, 0]).sum())
            problems.add(
                Problem(
                    code="people.more_than_all",
                    what=Text(
                        f"{int(more.sum()):,} 个单元格的人群多于总人口（共多 {excess:,.1f} 人）",
                        f"in {int(more.sum()):,} cells a group is larger than everybody "
                        f"({excess:,.1f} people in all)",
                    ),
                    file=rasters[i].file,
                    mend=Text("核对两个栅格的年份和来源", "check year and source of both rasters"),
                    severity="warning",
                )
            )


def group_unknown(config: PeopleConfig, totals: pd.DataFrame, problems: Problems) -> None:
    """Refuse groups of which nothing says how many there are: no raster, share or total."""
    for group, one in config.tables.items():
        silent = group != "all" and one.raster is None and one.share is None
        if silent and totals[group].isna().all() and not problems.errors:
            problems.add(
                Problem(
                    code="people.group_unknown",
                    what=Text(
                        f"栅格只说明全部人口，人群 {group} 有多少人不知道",
                        f"the raster counts everybody; nothing says how many are in {group}",
                    ),
                    file=config.source.as_posix(),
                    expected=Text(
                        "totals 中的一列、比例（share）或该人群的栅格",
                        "a column of totals, a share, or a raster of the group",
                    ),
                    mend=Text(
                        f'例如 {group} = {{ share = 0.2 }} 或 {{ raster = "….tif" }}',
                        f'for example {group} = {{ share = 0.2 }} or {{ raster = "....tif" }}',
                    ),
                )
            )
