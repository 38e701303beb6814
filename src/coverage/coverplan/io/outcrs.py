"""The coordinate system a planner asks results in: one that is known, level and true here."""

import math

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from ..core.crs import LONLAT, is_metric, scale_error, system
from ..core.datum import datum_named
from ..core.errors import InputError, Problem
from ..core.text import Text

_ALIKE = ("EPSG:4326", "EPSG:4490", "OGC:CRS84")
"""Systems that agree to centimetres, between which registers know no parameters."""

_WORST_SCALE = 0.01
_CLOSE_METRES = 0.01
_FLAT_AXES = 2
_OPTION = "--crs"
_MEND = Text(
    "经纬度写 EPSG:4490（国家2000）或 EPSG:4326；米写研究自己的投影 {crs}",
    "write EPSG:4490 or EPSG:4326 for degrees, or the study's own projection {crs} for metres",
)


def asked_crs(words: str, own: CRS, bounds: tuple[float, float, float, float]) -> CRS:
    """Return the coordinate system somebody asks for, if places of a study can be given in it.

    Parameters
    ----------
    words
        As registers or people write it: ``EPSG:4490``, ``4549``, ``国家2000``.
    own
        The study's system, in metres.
    bounds
        Of the study in it: west, south, east, north.

    Raises
    ------
    InputError
        When it is unknown, one that web maps shift, has a height, does not reach here, is not in
        metres or degrees, or rests on another datum whose parameters no register has.
    """
    text = words.strip()
    shifted = datum_named(text)
    if shifted is not None:
        raise InputError([_shifted(text, own)])
    named = system(f"EPSG:{text}" if text.isascii() and text.isdigit() else text)
    if named is None:
        raise InputError([_heights(text, own) if _has_height(text) else _unknown(text, own)])
    if len(named.axis_info) > _FLAT_AXES:
        raise InputError([_heights(text, own)])
    degrees = all(axis.unit_name == "degree" for axis in named.axis_info)
    if not (is_metric(named) if named.is_projected else degrees):
        raise InputError([_not_metric(text, own)])
    _check_datum(text, named, own)
    _check_here(text, named, own, bounds)
    return named


def degrees_of(own: CRS) -> CRS:
    """Return the longitude and latitude a projection rests on: CGCS2000 in China.

    Examples
    --------
    >>> degrees_of(CRS.from_epsg(4549)).to_epsg()
    4490
    """
    base = own.geodetic_crs
    known = base.to_epsg() if base is not None else None
    return CRS.from_epsg(known) if known in {4326, 4490} else LONLAT


def _has_height(text: str) -> bool:
    try:
        found = CRS.from_user_input(f"EPSG:{text}" if text.isdigit() else text)
    except CRSError:
        return False
    return found.is_compound or found.is_geocentric or found.is_vertical


def _check_datum(text: str, named: CRS, own: CRS) -> None:
    """Refuse a datum that can only be guessed at: places would be off by a hundred metres."""
    one, other = own.geodetic_crs, named.geodetic_crs
    if one is None or other is None or one.equals(other, ignore_axis_order=True):
        return
    alike = [CRS.from_user_input(known) for known in _ALIKE]
    if all(any(c.equals(a, ignore_axis_order=True) for a in alike) for c in (one, other)):
        return
    found = TransformerGroup(own, named, always_xy=True, allow_ballpark=False)
    if not found.transformers:
        raise InputError([_datum(text, named, own)])


def _check_here(text: str, named: CRS, own: CRS, bounds: tuple[float, float, float, float]) -> None:
    """Refuse a system that cannot give places here back as they were, or stretches them."""
    west, south, east, north = bounds
    x, y = np.array([west, east, west, east]), np.array([south, south, north, north])
    try:
        there = Transformer.from_crs(own, named, always_xy=True)
        back = there.transform(*there.transform(x, y), direction="INVERSE")
        off = float(np.hypot(back[0] - x, back[1] - y).max())
        lon, lat = Transformer.from_crs(own, LONLAT, always_xy=True).transform(
            (west + east) / 2, (south + north) / 2
        )
        stretched = scale_error(named, lon, lat) if named.is_projected else 0.0
    except ProjError:
        off, stretched = math.inf, math.inf
    if not off <= _CLOSE_METRES:
        raise InputError([_elsewhere(text, named, own)])
    if stretched > _WORST_SCALE:
        raise InputError([_stretched(text, named, own, stretched)])


def _mend(own: CRS) -> Text:
    known = own.to_authority()
    name = ":".join(known) if known is not None else str(own.name)
    return Text(_MEND.zh.format(crs=name), _MEND.en.format(crs=name))


def _fault(code: str, what: Text, found: str, own: CRS) -> Problem:
    return Problem(code=code, what=what, column=_OPTION, found=found, mend=_mend(own))


def _unknown(text: str, own: CRS) -> Problem:
    what = Text("没有这个坐标系", "there is no such coordinate system")
    return _fault("export.crs_unknown", what, text, own)


def _shifted(text: str, own: CRS) -> Problem:
    what = Text(
        "不输出偏移坐标（GCJ-02、BD-09）：偏移几百米，没有公开公式，无法精确还原，"
        "与国家2000、天地图和测绘成果对不上",
        "shifted coordinates (GCJ-02, BD-09) are not written: they are off by hundreds of metres "
        "by a formula nobody published, cannot be undone exactly, and fit no survey",
    )
    return _fault("export.crs_shifted", what, text, own)


def _heights(text: str, own: CRS) -> Problem:
    what = Text(
        "坐标系带高程或是三维的，结果只有平面位置",
        "the coordinate system has heights; results have places on the plane only",
    )
    return _fault("export.crs_heights", what, text, own)


def _not_metric(text: str, own: CRS) -> Problem:
    what = Text("坐标系不以米或度为单位", "the system is neither in metres nor in degrees")
    return _fault("export.crs_unit", what, text, own)


def _datum(text: str, named: CRS, own: CRS) -> Problem:
    what = Text(
        f"{named.name} 与研究的基准不同，公开的转换参数没有，硬转会差几十到上百米；"
        "请用当地测绘部门的参数转换",
        f"{named.name} rests on another datum and no parameters are public: places would be off "
        "by tens of metres; have the survey office convert them",
    )
    return _fault("export.crs_datum", what, text, own)


def _elsewhere(text: str, named: CRS, own: CRS) -> Problem:
    what = Text(
        f"{named.name} 不适用于这个地方，坐标换不回来",
        f"{named.name} is not made for this place: coordinates do not come back as they were",
    )
    return _fault("export.crs_elsewhere", what, text, own)


def _stretched(text: str, named: CRS, own: CRS, part: float) -> Problem:
    shown = f"{100 * part:.0f} %" if math.isfinite(part) else "∞"
    what = Text(
        f"{named.name} 在这里把长度拉伸了 {shown}，它的“米”不是米",
        f"{named.name} stretches lengths by {shown} here: its metres are no metres",
    )
    return _fault("export.crs_stretched", what, text, own)
