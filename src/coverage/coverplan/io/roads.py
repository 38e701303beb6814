"""Reading roads: lines that end at their junctions, OpenStreetMap extracts, osmnx graphs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ..core.crs import LONLAT, geodesic_lengths
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import RoadsConfig
from ..domain.edges import EVERYBODY
from ..domain.network import Network
from ..domain.profile import KNOWN_CLASSES
from ..domain.region import Region
from .barriers import RoadEdges, access_walls, cut_roads, read_barriers
from .cells import cell_text
from .columns import find_column, need_columns
from .noding import check_noding
from .osm import read_graphml, read_osm
from .paths import CrsFrom, Folder
from .points import no_record
from .roadfacts import read_facts
from .vectors import read_vector, recorded


@dataclass(frozen=True, slots=True)
class _Columns:
    road_class: str
    oneway: str | None
    u: str | None
    v: str | None
    facts: Mapping[str, str]


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
    edges, columns, file = _read_edges(folder, config, problems)
    edges, share = _lines_only(edges, file, columns, problems)
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
    facts = read_facts(edges, columns.facts, file, problems)
    facts = replace(facts, crossing_minutes=facts.crossing_minutes * share)
    roads = RoadEdges(edges, facts, columns.road_class, columns.u, columns.v)
    roads = _open_to_somebody(roads, file, problems)
    walls = read_barriers(folder, config.barriers, region.crs, problems)
    roads = cut_roads(roads, walls, region.crs, problems)
    network = Network.from_edges(
        roads.frame,
        crs=region.crs,
        road_class=columns.road_class,
        oneway=columns.oneway,
        u=roads.u,
        v=roads.v,
        facts=roads.facts,
    )
    return network.with_walls(access_walls(walls))


def _read_edges(
    folder: Folder, config: RoadsConfig, problems: Problems
) -> tuple[gpd.GeoDataFrame, _Columns, str]:
    """Return the records of the road file, what its columns hold, and its name."""
    full = folder.find(config.source, "roads.source")
    file = config.source.as_posix()
    name = full.name.lower()
    crs_from: CrsFrom = "file"
    columns = _Columns("highway", "oneway", "u", "v", {})
    made = name.endswith((".osm.pbf", ".osm", ".pbf", ".graphml"))
    if made and config.where:
        raise InputError([_no_where(file, config.where)])
    if made and config.crs is not None:
        problems.add(_crs_unused(file, config.crs))
    if name.endswith((".osm.pbf", ".osm", ".pbf")):
        edges = read_osm(full, file, problems)
    elif name.endswith(".graphml"):
        edges = read_graphml(full, file)
    else:
        edges, crs_from = read_vector(
            full, file, table=config.table, crs=config.crs, formats="roads"
        )
        edges = _chosen(edges, file, config.where)
        columns = _columns(edges, file, config)
    crs = edges.crs if made else recorded(config.crs, edges.crs)
    folder.note(config.source, full, len(edges), crs=crs, crs_from=crs_from)
    return edges, columns, file


_Where = Mapping[str, str | list[str]]


def _chosen(edges: gpd.GeoDataFrame, file: str, where: _Where) -> gpd.GeoDataFrame:
    """Keep the records with the values asked for, compared as text as in tables."""
    problems = Problems()
    found = need_columns(
        file, edges.columns, where, {name: name for name in where}, problems, say="where"
    )
    problems.raise_if_any()
    mask = np.ones(len(edges), dtype=bool)
    for name, wanted in where.items():
        values = edges[found[name]].astype(object)
        text = values.where(values.notna(), None).map(cell_text)
        mask &= text.isin([wanted] if isinstance(wanted, str) else wanted).to_numpy()
    if not mask.any():
        raise InputError([no_record(file, "roads", where)])
    return edges if mask.all() else edges[mask].reset_index(drop=True)


def _crs_unused(file: str, crs: str) -> Problem:
    return Problem(
        code="roads.crs_unused",
        what=Text(
            "OpenStreetMap 的坐标都是 WGS 84，研究文件中的 crs 没有使用",
            "OpenStreetMap is in WGS 84 throughout: crs of the study file is not used",
        ),
        file=file,
        found=crs,
        mend=Text("删去 [roads] 中的 crs", "remove crs from [roads]"),
        severity="warning",
    )


def _no_where(file: str, where: _Where) -> Problem:
    """Return the fault of choosing among records a file has not: its edges are made on reading."""
    return Problem(
        code="roads.where",
        what=Text(
            "roads.where 不能用于 OpenStreetMap 文件和 osmnx 路网",
            "roads.where does not work on OpenStreetMap files and osmnx graphs",
        ),
        file=file,
        found=str(dict(where)),
        expected=Text(".gpkg、.geojson、.shp 或 .parquet 文件", "a vector or .parquet file"),
        mend=Text(
            "删去 where；要关闭某些等级，在出行方式中写 closed，或先把需要的道路另存为矢量文件",
            "leave where out; close classes in the profile (closed), or save the roads you want "
            "as a vector file first",
        ),
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
        facts=config.columns,
    )


def _lines_only(
    edges: gpd.GeoDataFrame, file: str, columns: _Columns, problems: Problems
) -> tuple[gpd.GeoDataFrame, NDArray[np.float64]]:
    """Keep lines that have a length, or join two nodes that have names.

    Beside them: the share each has in the length of its record, 1 but for parts of a multi-part
    line. It is said how many records were no such lines.
    """
    n = len(edges)
    is_line = edges.geom_type.isin(["LineString", "MultiLineString"]) & ~edges.geometry.is_empty
    lines = edges[is_line]
    # The parts of a multi-part line do not share its end nodes.
    parts = lines.explode(index_parts=False)
    multi = parts.index.duplicated(keep=False)
    unnamed = 0
    if multi.any() and columns.u is not None and columns.v is not None:
        unnamed = parts.index[multi].nunique()
        parts = parts[~multi]
    length = shapely.length(parts.geometry.to_numpy())
    whole = pd.Series(length).groupby(parts.index.to_numpy()).transform("sum").to_numpy()
    kept = length > 0
    if columns.u is not None and columns.v is not None:
        kept |= (parts[columns.u] != parts[columns.v]).to_numpy()
    share = np.divide(length, whole, out=np.ones(len(parts)), where=whole > 0)[kept]
    lines = parts[kept].reset_index(drop=True)
    dropped = n - int(is_line.sum()) + unnamed + int((~kept).sum())
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
    return lines, share


def _open_to_somebody(roads: RoadEdges, file: str, problems: Problems) -> RoadEdges:
    """Leave out roads that are closed to everybody, and say how many."""
    open_ = np.flatnonzero(roads.facts.barred != EVERYBODY)
    n = len(roads.frame) - len(open_)
    if not n:
        return roads
    closed = roads.frame[roads.facts.barred == EVERYBODY]
    km = float(geodesic_lengths(closed.geometry.to_crs(LONLAT).to_numpy()).sum()) / 1000
    note = Problem(
        code="roads.closed",
        what=Text(
            f"{n} 条、{km:.1f} 公里道路标明封闭或禁止通行，未使用",
            f"{n} edges, {km:.1f} km, are marked as closed to everybody: not used",
        ),
        file=file,
        mend=Text(
            "如有人可以通行，改正封闭、access 或 foot 等列",
            "if somebody may pass, correct the columns closed, access, foot and so on",
        ),
        severity="warning" if len(open_) else "error",
    )
    if not len(open_):
        raise InputError([note])
    problems.add(note)
    frame = roads.frame.iloc[open_].reset_index(drop=True)
    return replace(roads, frame=frame, facts=roads.facts.take(open_))


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
