"""Reading roads: lines that end at their junctions, OpenStreetMap extracts, osmnx graphs."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from ..core.crs import LONLAT
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import RoadsConfig
from ..domain.network import Network
from ..domain.profile import KNOWN_CLASSES
from ..domain.region import Region
from .columns import find_column, need_columns
from .noding import check_noding
from .osm import read_graphml, read_osm
from .paths import CrsFrom, Folder
from .vectors import read_vector


@dataclass(frozen=True, slots=True)
class _Columns:
    road_class: str
    oneway: str | None
    u: str | None
    v: str | None


def read_network(
    folder: Folder, config: RoadsConfig, region: Region, problems: Problems
) -> Network:
    """Return the road network of a study.

    Parameters
    ----------
    folder, config
        The study's folder, and what it says of roads.
    region
        Its CRS is the network's.
    problems
        Where faults of single records go.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    full = folder.find(config.source, "roads.source")
    file = config.source.as_posix()
    name = full.name.lower()
    crs_from: CrsFrom = "file"
    if name.endswith((".osm.pbf", ".osm", ".pbf")):
        edges, columns = read_osm(full, file), _Columns("highway", "oneway", "u", "v")
    elif name.endswith(".graphml"):
        edges, columns = read_graphml(full, file), _Columns("highway", "oneway", "u", "v")
    else:
        edges, crs_from = read_vector(
            full, file, table=config.table, crs=config.crs, formats="roads"
        )
        columns = _columns(edges, file, config)
    folder.note(config.source, full, len(edges), crs=edges.crs, crs_from=crs_from)
    edges = _lines_only(edges, file, columns, problems)
    if columns.oneway is not None:
        _check_oneway(edges[columns.oneway], file, columns.oneway, problems)
    else:
        problems.add(_no_oneway(file))
    edges = _classes(edges, file, columns.road_class, config.classes, problems)
    _check_near(edges, region, file)
    # Roads that name their nodes say themselves where they join.
    if columns.u is None:
        named = config.columns | {"class": columns.road_class}
        check_noding(edges, named, region.crs, file, problems)
    return Network.from_edges(
        edges,
        crs=region.crs,
        road_class=columns.road_class,
        oneway=columns.oneway,
        u=columns.u,
        v=columns.v,
    )


def _columns(edges: gpd.GeoDataFrame, file: str, config: RoadsConfig) -> _Columns:
    problems = Problems()
    keys = dict.fromkeys(["class", *config.columns])
    found = need_columns(file, edges.columns, keys, config.columns, problems)
    problems.raise_if_any()
    u = find_column(edges.columns, "u", config.columns)
    v = find_column(edges.columns, "v", config.columns)
    named = u is not None and v is not None
    return _Columns(
        road_class=found["class"],
        oneway=find_column(edges.columns, "oneway", config.columns),
        u=u if named else None,
        v=v if named else None,
    )


def _lines_only(
    edges: gpd.GeoDataFrame, file: str, columns: _Columns, problems: Problems
) -> gpd.GeoDataFrame:
    """Keep lines that have a length; say how many records were not such lines."""
    n = len(edges)
    is_line = edges.geom_type.isin(["LineString", "MultiLineString"]) & ~edges.geometry.is_empty
    lines = edges[is_line]
    # The parts of a multi-part line do not share its end nodes.
    parts = lines.explode(index_parts=False)
    multi = parts.index.duplicated(keep=False)
    if multi.any() and columns.u is not None and columns.v is not None:
        parts = parts[~multi]
    lines = parts.reset_index(drop=True)
    lines = lines[shapely.length(lines.geometry.to_numpy()) > 0].reset_index(drop=True)
    dropped = n - int(is_line.sum()) + int(len(parts) - len(lines))
    if dropped:
        problems.add(
            Problem(
                code="roads.not_lines",
                what=Text(
                    f"{dropped} 条记录不是有长度的线，未使用",
                    f"{dropped} records are not lines with a length: not used",
                ),
                file=file,
                mend=Text("检查道路文件", "check the road file"),
                severity="warning",
            )
        )
    if not len(lines):
        raise InputError(
            [
                Problem(
                    code="roads.empty",
                    what=Text("道路文件中没有线", "there is no line in the road file"),
                    file=file,
                    found=", ".join(sorted(set(edges.geom_type.dropna().astype(str)))),
                    expected=Text("线", "lines"),
                    mend=Text("给出道路中心线文件", "give a file of road centre lines"),
                )
            ]
        )
    return lines


def _classes(
    edges: gpd.GeoDataFrame,
    file: str,
    column: str,
    given: dict[str, str],
    problems: Problems,
) -> gpd.GeoDataFrame:
    """Translate road classes; a class nobody knows is closed to everybody, and said so."""
    raw = edges[column].astype("string").fillna("").str.strip()
    classes = raw.map(lambda word: given.get(word, word))
    unknown = sorted(set(classes) - KNOWN_CLASSES)
    lengths = edges.geometry.to_crs(edges.estimate_utm_crs()).length if unknown else None
    for word in unknown:
        mine = classes == word
        km = float(lengths[mine.to_numpy()].sum()) / 1000 if lengths is not None else 0.0
        problems.add(
            Problem(
                code="roads.unknown_class",
                what=Text(
                    f"道路等级不认识：{int(mine.sum())} 条、{km:.1f} 公里按不可通行处理",
                    f"road class not known: {int(mine.sum())} edges, {km:.1f} km are closed",
                ),
                file=file,
                column=column,
                found=word,
                expected=Text("OSM 的 highway 值", "a value of OpenStreetMap's highway"),
                mend=Text(
                    f'写明 [roads.classes] "{word}" = "tertiary"（等）',
                    f'say: [roads.classes] "{word}" = "tertiary" (or another)',
                ),
                severity="warning",
            )
        )
    return edges.assign(**{column: pd.Series(classes, dtype=object)})


_ONEWAY_WORDS = frozenset(
    {"yes", "true", "1", "1.0", "ft", "f", "-1", "-1.0", "reverse", "tf", "t"}
    | {"", "no", "false", "0", "0.0", "b", "n", "none", "reversible", "alternating"}
)


def _check_oneway(values: pd.Series, file: str, column: str, problems: Problems) -> None:
    """Note words for a direction that nobody knows: such streets are open both ways."""
    words = values.dropna().astype(str).str.strip()
    for word, n in words[~words.str.lower().isin(_ONEWAY_WORDS)].value_counts().items():
        problems.add(
            Problem(
                code="roads.oneway",
                what=Text(
                    f"{n} 条道路的单行标记不认识，按双向处理",
                    f"{n} edges have an unknown oneway value: both ways are open",
                ),
                file=file,
                column=column,
                found=str(word),
                expected=Text("yes、no 或 -1", "yes, no or -1"),
                mend=Text("改正这些值", "correct these values"),
                severity="warning",
            )
        )


def _no_oneway(file: str) -> Problem:
    return Problem(
        code="roads.no_oneway",
        what=Text(
            "没有单行列：全部道路按双向可通行计",
            "no oneway column: all roads are taken as open both ways",
        ),
        file=file,
        mend=Text(
            "如有单行路，加一列“单行”（yes、no 或 -1）",
            "add a oneway column (yes, no or -1) if some are not",
        ),
        severity="warning",
    )


def _check_near(edges: gpd.GeoDataFrame, region: Region, file: str) -> None:
    """Refuse roads that do not touch the county's surroundings at all."""
    x0, y0, x1, y1 = region.units.geometry.to_crs(LONLAT).total_bounds
    a0, b0, a1, b1 = edges.geometry.to_crs(LONLAT).total_bounds
    if a0 > x1 or a1 < x0 or b0 > y1 or b1 < y0:
        raise InputError(
            [
                Problem(
                    code="roads.elsewhere",
                    what=Text("道路与研究区不重叠", "the roads lie somewhere else"),
                    file=file,
                    found=f"{a0:.3f}…{a1:.3f}, {b0:.3f}…{b1:.3f}",
                    expected=Text(
                        f"{x0:.3f}…{x1:.3f}, {y0:.3f}…{y1:.3f} 附近",
                        f"around {x0:.3f}...{x1:.3f}, {y0:.3f}...{y1:.3f}",
                    ),
                    mend=Text("检查文件和坐标系", "check the file and its coordinate system"),
                )
            ]
        )
