"""The units of a county: township polygons with their people."""

from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from ..core.crs import is_metric
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from .former import Naming
from .frames import check_frame


@dataclass(frozen=True, slots=True)
class Region:
    """Township polygons in metres, one row per unit, sorted by code.

    Parameters
    ----------
    units
        Columns ``name`` (str), ``kind`` (str, may be empty) and ``geometry`` (Polygon or
        MultiPolygon); index ``code`` (str, unique); projected CRS in metres.
    naming
        How tables may call units beside: what they lie in, and units that are no more.

    Raises
    ------
    InputError
        When the CRS is not in metres, a code comes twice, or a polygon is missing, empty or
        not valid.

    Examples
    --------
    >>> import coverplan as cp
    >>> region = cp.small_county().region
    >>> region.codes
    ['330999201', '330999202', '330999203']
    >>> region.names["330999203"]
    '云岭乡'
    >>> region.crs.to_epsg()
    4549
    >>> (region.units.area / 1e6).round(1).tolist()  # square kilometres
    [4.8, 4.8, 4.8]
    """

    units: gpd.GeoDataFrame
    naming: Naming = field(default_factory=Naming)

    def __post_init__(self) -> None:
        problems = Problems()
        if len(self.units) == 0:
            problems.add(_NO_UNIT)
        if not is_metric(self.units.crs):
            problems.add(not_metric("region", self.units.crs))
        for code in self.units.index[self.units.index.duplicated()].unique():
            problems.add(
                Problem(
                    code="region.duplicate_code",
                    what=Text("单元代码重复", "a unit code comes more than once"),
                    found=str(code),
                    mend=Text("保证每个代码只出现一次", "make every code unique"),
                )
            )
        geometry = self.units.geometry
        bad = geometry.isna() | geometry.is_empty | ~geometry.is_valid
        bad |= ~geometry.geom_type.isin(["Polygon", "MultiPolygon"])
        for code in self.units.index[bad]:
            problems.add(
                Problem(
                    code="region.bad_polygon",
                    what=Text("单元没有有效的多边形", "a unit has no valid polygon"),
                    found=str(code),
                    mend=Text("修复该单元的边界", "repair the boundary of this unit"),
                )
            )
        problems.raise_if_any()

    @classmethod
    def from_frame(
        cls,
        frame: gpd.GeoDataFrame,
        *,
        code: str = "code",
        name: str = "name",
        kind: str | None = None,
        naming: Naming | None = None,
    ) -> "Region":
        """Return the region of a frame whose columns may have other names.

        Parameters
        ----------
        frame
            One row per unit, in a projected CRS in metres.
        code, name, kind
            The columns to take; without ``kind`` the kind of every unit is empty.
        naming
            What is known of the units beside.

        Raises
        ------
        InputError
            When a column is missing or codes are numbers with decimals, and as the class says.

        Examples
        --------
        >>> import geopandas as gpd
        >>> from shapely.geometry import box
        >>> import coverplan as cp
        >>> frame = gpd.GeoDataFrame(
        ...     {"XZQDM": ["330999002", "330999001"], "XZQMC": ["乙乡", "甲镇"]},
        ...     geometry=[box(10, 0, 20, 10), box(0, 0, 10, 10)],
        ...     crs=4549,
        ... )
        >>> cp.Region.from_frame(frame, code="XZQDM", name="XZQMC").names.to_dict()
        {'330999001': '甲镇', '330999002': '乙乡'}
        """
        check_frame(_UNITS, frame, [code, name, *([] if kind is None else [kind])])
        _check_codes(frame[code], code)
        units = gpd.GeoDataFrame(
            {
                "name": frame[name].astype(str).to_numpy(),
                "kind": "" if kind is None else frame[kind].fillna("").astype(str).to_numpy(),
            },
            index=pd.Index(frame[code].astype(str), name="code"),
            geometry=frame.geometry.to_numpy(),
            crs=frame.crs,
        )
        return cls(units.sort_index(), naming or Naming())

    @property
    def codes(self) -> list[str]:
        """Codes of the units, sorted."""
        return list(self.units.index)

    @property
    def names(self) -> pd.Series:
        """Names of the units by code."""
        return self.units["name"].copy()

    @property
    def crs(self) -> CRS:
        """The projected system in metres."""
        return CRS.from_user_input(self.units.crs)

    def __repr__(self) -> str:
        return f"<Region: {len(self)} units, {self.crs.to_string()}>"

    def __len__(self) -> int:
        return len(self.units)


_UNITS = Text("单元", "units")

_NO_UNIT = Problem(
    code="region.empty",
    what=Text("没有一个单元", "there is no unit at all"),
    mend=Text("检查筛选条件和读入的文件", "check what was filtered and read"),
)


def _check_codes(codes: pd.Series, column: str) -> None:
    """Raise for codes that were read as numbers with decimals: the zeros of theirs are lost."""
    if pd.api.types.is_float_dtype(codes) or codes.isna().any():
        raise InputError(
            [
                Problem(
                    code="region.code",
                    what=Text(
                        "单元代码缺失，或读成了小数", "unit codes are missing or read as decimals"
                    ),
                    column=column,
                    found=", ".join(str(value) for value in codes[:3]),
                    expected=Text("文字代码", "codes as text"),
                    mend=Text(
                        "补上缺的代码；读表时这一列用 dtype=str",
                        "fill in missing codes; read this column with dtype=str",
                    ),
                )
            ]
        )


def not_metric(what: str, crs: object) -> Problem:
    """Return the fault of geometry that is not in metres, of the thing named ``what``."""
    return Problem(
        code=f"{what}.not_metric",
        what=Text(
            "坐标系不是以米为单位的投影坐标系，度不能当作米使用",
            "the coordinate system is not projected in metres; degrees cannot be used as metres",
        ),
        found=str(crs) if crs is not None else "none",
        mend=Text(
            "先用 GeoDataFrame.to_crs 转换到以米为单位的坐标系",
            "convert with GeoDataFrame.to_crs to a system in metres first",
        ),
    )
