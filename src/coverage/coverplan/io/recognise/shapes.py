"""What polygons, lines and points could be: units, water, protected land, roads, buildings."""

import numpy as np
import shapely

from ...core.crs import LONLAT
from ...core.text import Text
from ...domain.profile import KNOWN_CLASSES
from ..columns import find_column
from .columns import code_and_name
from .roles import Claim, Look, holds, listed

_UNIT_ENDS = ("镇", "乡", "街道", "区", "县", "场", "办事处")
_VILLAGE_ENDS = ("村", "社区", "居委会")
_FEWEST_UNITS, _MOST_UNITS = 2, 500
_OVERLAP = 0.02
_SMALL_M2 = 5000.0
_MANY = 50

WATER = (
    "水系", "水域", "水体", "河流", "湖泊", "水库", "水面", "water", "river", "rivers", "lake",
    "lakes", "reservoir", "waterbody",
)  # fmt: skip
PROTECTED = (
    "保护区", "保护地", "生态红线", "红线", "基本农田", "自然保护", "protected", "reserve",
    "nature reserve", "farmland", "redline",
)  # fmt: skip
BUILDINGS = ("建筑", "房屋", "楼栋", "building", "buildings", "footprint", "footprints")
AREAS = (
    "居民点", "聚落", "村庄", "居民地", "住宅用地", "settlement", "settlements", "residential",
    "builtup", "built up",
)  # fmt: skip
UNIT_WORDS = (
    "乡镇", "街道", "镇街", "行政区", "区划", "边界", "界线", "township", "townships", "town",
    "towns", "district", "districts", "unit", "units", "boundary", "boundaries", "admin",
)  # fmt: skip
ROAD_WORDS = ("道路", "路网", "公路", "road", "roads", "street", "streets", "highway", "network")
_CHINESE_CLASSES = (
    "高速",
    "国道",
    "省道",
    "县道",
    "乡道",
    "村道",
    "快速路",
    "主干",
    "次干",
    "支路",
    "街巷",
)
CLASS_MEANINGS = {
    "高速公路": "motorway", "高速": "motorway", "国道": "trunk", "快速路": "trunk",
    "省道": "primary", "主干路": "primary", "主干道": "primary", "县道": "secondary",
    "次干路": "secondary", "次干道": "secondary", "乡道": "tertiary", "支路": "tertiary",
    "村道": "unclassified", "街巷": "residential", "小路": "path",
}  # fmt: skip
"""Classes of Chinese road files, and the class of OpenStreetMap that stands nearest."""


def claims_of_shapes(look: Look) -> list[Claim]:
    """Return what a layer of polygons or lines, a street graph or an OSM extract could be."""
    if look.form in {"osm", "graph"}:
        kind = Text("OpenStreetMap 提取文件", "an OpenStreetMap extract")
        graph = Text("osmnx 路网（GraphML）", "a street graph of osmnx (GraphML)")
        return [Claim(look, "roads", 0.8, kind if look.form == "osm" else graph)]
    if look.form == "lines":
        return _roads(look)
    if look.form in {"polygons", "mixed"} and look.shapes is not None:
        return [*_units(look), *_land(look)]
    return []


def _roads(look: Look) -> list[Claim]:
    column = find_column(look.columns, "class", {})
    if column is None:
        column = next((c for c in look.columns if _class_share(look, c) > 0.5), None)  # noqa: PLR2004
    if column is None:
        return []
    share = _class_share(look, column)
    word = holds(look.words, ROAD_WORDS)
    score = 0.3 + 0.4 * share + 0.2 * bool(word)
    if share == 0 and not word:
        return []
    kinds = listed(list(dict.fromkeys(look.cells(column))), 5)
    why = Text(
        f"{look.rows} 条线，等级列“{column}”（{kinds.zh}）",
        f'{look.rows} lines with a class column "{column}" ({kinds.en})',
    )
    usual = find_column(look.columns, "class", {}) == column
    shown = {"class": column}
    for key in ("oneway", "bridge", "tunnel", "u", "v"):
        hit = find_column(look.columns, key, {})
        if hit is not None:
            shown[key] = hit
    return [Claim(look, "roads", score, why, columns={} if usual else shown, shown=shown)]


def _class_share(look: Look, column: str) -> float:
    cells = look.cells(column)
    known = [c in KNOWN_CLASSES or holds(c, _CHINESE_CLASSES) != "" for c in cells]
    return sum(known) / len(cells) if cells else 0.0


def _units(look: Look) -> list[Claim]:
    written, found = code_and_name(look)
    if look.rows == 1:
        why = Text("只有 1 个面：整个县的轮廓", "one polygon: the outline of the whole")
        return [Claim(look, "outline", 0.5, why, columns=written)]
    if not _FEWEST_UNITS <= look.rows <= _MOST_UNITS or len(found) < 2:  # noqa: PLR2004
        return []
    other = holds(look.words, (*WATER, *PROTECTED, *BUILDINGS, *AREAS))
    overlap = _overlap(look)
    if overlap > 0.5 or other:  # noqa: PLR2004
        return []
    names = look.cells(found["name"])
    ends = sum(name.endswith(_UNIT_ENDS) for name in names) / max(len(names), 1)
    villages = sum(name.endswith(_VILLAGE_ENDS) for name in names) / max(len(names), 1)
    word = holds(look.words, UNIT_WORDS)
    score = 0.3 + 0.2 * (overlap <= _OVERLAP) + 0.2 * ends + 0.15 * bool(word)
    score += 0.1 * (not written) - 0.2 * villages - 0.1 * (look.form == "mixed")
    laid = Text("互不重叠", "without overlap")
    if overlap > _OVERLAP:
        laid = Text(f"重叠 {overlap:.0%}", f"{overlap:.0%} overlap")
    why = Text(
        f"{look.rows} 个面，{laid.zh}，列“{found['code']}”“{found['name']}”",
        f'{look.rows} polygons {laid.en} with columns "{found["code"]}", "{found["name"]}"',
    )
    return [Claim(look, "units", score, why, columns=written, shown=found)]


def _overlap(look: Look) -> float:
    """Return which share of the area of polygons lies in more than one of them."""
    if look.shapes is None:
        return 1.0
    shapes = shapely.make_valid(look.shapes.dropna().to_numpy())
    shapes = shapes[shapely.area(shapes) > 0]
    if not len(shapes):
        return 1.0
    whole = shapely.area(shapes).sum()
    return float(1.0 - shapely.area(shapely.union_all(shapes)) / whole)


def _land(look: Look) -> list[Claim]:
    claims = []
    kinds = " ".join(v for c in look.columns for v in sorted(set(look.cells(c)))[:20]).casefold()
    for role, words in (("water", WATER), ("protected", PROTECTED)):
        named, inside = holds(look.words, words), holds(kinds, words)
        if named or inside:
            why = _told(look, named, inside)
            claims.append(Claim(look, role, 0.5 * bool(named) + 0.3 * bool(inside), why))  # type: ignore[arg-type]
    size = _median_m2(look)
    small = size < _SMALL_M2 and look.rows >= _MANY
    named = holds(look.words, BUILDINGS)
    if named or (small and not claims):
        why = Text(
            f"{look.rows} 个面，面积中位数 {size:.0f} 平方米",
            f"{look.rows} polygons of {size:.0f} m2 in the middle",
        )
        claims.append(Claim(look, "buildings", 0.5 * bool(named) + 0.3 * small, why))
    named = holds(look.words, AREAS)
    if named:
        claims.append(Claim(look, "areas", 0.5, _told(look, named, "")))
    return claims


def _told(look: Look, named: str, inside: str) -> Text:
    zh = [f"{look.rows} 个面"] + ([f"名称含“{named}”"] if named else [])
    en = [f"{look.rows} polygons"] + ([f'its name holds "{named}"'] if named else [])
    zh += [f"记录含“{inside}”"] if inside else []
    en += [f'records hold "{inside}"'] if inside else []
    return Text("，".join(zh), ", ".join(en))


def _median_m2(look: Look) -> float:
    if look.shapes is None or look.shapes.crs is None or look.bounds is None:
        return float("inf")
    shapes = look.shapes.dropna()
    degrees = shapely.area(shapes.to_crs(LONLAT).to_numpy())
    middle = np.radians((look.bounds[1] + look.bounds[3]) / 2)
    with np.errstate(invalid="ignore"):
        return float(np.median(degrees) * 111_320.0**2 * np.cos(middle))
