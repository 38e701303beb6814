"""Reading roads: lines that end at their junctions, OpenStreetMap extracts, osmnx graphs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from ..core.crs import LONLAT, geodesic_lengths
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import RoadsConfig
from ..domain.edges import EVERYBODY
from ..domain.network import Network
from ..domain.profile import KNOWN_CLASSES
from ..domain.region import Region
from ..domain.repair_config import RepairConfig
from .barriers import RoadEdges, access_walls, cut_roads, read_barriers
from .cells import cell_text
from .clipping import Clip
from .columns import find_column, need_columns
from .graphs.reading import GRAPH_IN_MEMORY, graph_edges, graph_record, read_graphml
from .noding import check_noding
from .osm.reading import Progress, read_osm
from .paths import CrsFrom, Folder, FolderLike, folder_at
from .points import no_record
from .repair.mending import repair_roads
from .roadfacts import FACT_KEYS, read_facts
from .roadlines import lines_only
from .vectors import read_vector, recorded


@dataclass(frozen=True, slots=True)
class _Columns:
    road_class: str
    oneway: str | None
    u: str | None
    v: str | None
    facts: Mapping[str, str]


def read_network(
    folder: FolderLike,
    config: RoadsConfig,
    region: Region,
    problems: Problems,
    *,
    progress: Progress | None = None,
) -> Network:
    """Return the road network of a study.

    Parameters
    ----------
    folder, config
        The study's folder or its path, and what it says of roads.
    region
        Its CRS is the network's.
    problems
        Where faults of single records go.
    progress
        Told how many bytes of an OpenStreetMap file are to be read, then how many were.

    Raises
    ------
    InputError
        When the file cannot be used at all.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_network, read_region
    >>> config, files = cp.read_study("data/geo/yunxi/study.toml"), "data/geo/yunxi"
    >>> read_network(files, config.roads, read_region(files, config.region), Problems()).has_roads
    True
    """
    folder = folder_at(folder)
    clip = None if config.clip_metres is None else Clip.around(region, config.clip_metres)
    edges, columns, file = _read_edges(folder, config, problems, clip, progress)
    edges, share = lines_only(edges, file, columns.u, columns.v, problems)
    if columns.oneway is not None:
        _check_oneway(edges[columns.oneway], file, columns.oneway, problems)
    else:
        problems.add(_no_oneway(file))
    edges = _classes(edges, file, columns.road_class, config.classes, problems)
    _check_near(edges, region, file)
    mend = _repair(config, columns, file, problems)
    # Roads that name their nodes say themselves where they join.
    if columns.u is None and not (mend is not None and mend.split):
        named = config.columns | {"class": columns.road_class}
        check_noding(edges, named, region.crs, file, problems)
    facts = read_facts(edges, columns.facts, file, problems)
    facts = replace(facts, crossing_minutes=facts.crossing_minutes * share)
    roads = RoadEdges(edges, facts, columns.road_class, columns.u, columns.v)
    roads = _open_to_somebody(roads, file, problems)
    if mend is not None:
        named = config.columns | {"class": columns.road_class}
        fragments = config.ignore_fragments_metres
        roads, report = repair_roads(
            roads, named, columns.oneway, mend, region.crs, file, fragments
        )
        folder.repairs.append(report)
        problems.extend(report.problems())
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
    folder: Folder,
    config: RoadsConfig,
    problems: Problems,
    clip: Clip | None,
    progress: Progress | None,
) -> tuple[gpd.GeoDataFrame, _Columns, str]:
    """Return the records of the road file near the study, what its columns hold, and its name."""
    if folder.graph is not None:
        file = GRAPH_IN_MEMORY.as_posix()
        edges = graph_edges(folder.graph, file, problems)
        folder.read.append(graph_record(edges))
        edges = edges if clip is None else clip.applied(edges, file, problems)
        return edges, _Columns("highway", "oneway", "u", "v", {}), file
    full = folder.find(config.file, "roads.source")
    file = config.file.as_posix()
    name = full.name.lower()
    crs_from: CrsFrom = "file"
    columns = _Columns("highway", "oneway", "u", "v", {})
    made = name.endswith((*_OSM, ".graphml"))
    if made and config.where:
        raise InputError([_no_where(file, config.where)])
    if made and config.crs is not None:
        problems.add(_crs_unused(file, config.crs))
    if name.endswith(_OSM):
        edges = read_osm(full, file, problems, clip=clip, progress=progress)
    elif name.endswith(".graphml"):
        edges = read_graphml(full, file, problems)
    else:
        edges, crs_from = read_vector(
            full,
            file,
            table=config.table,
            crs=config.crs,
            formats="roads",
            encoding=config.encoding,
            problems=problems,
        )
        edges = _chosen(edges, file, config.where)
        columns = _columns(edges, file, config)
        folder.took(file, "roads", edges, _taken(edges, columns), config.columns)
    if clip is not None and not name.endswith(_OSM):
        edges = clip.applied(edges, file, problems)
    crs = edges.crs if made else recorded(config.crs, edges.crs)
    folder.note(config.file, full, len(edges), crs=crs, crs_from=crs_from)
    return edges, columns, file


_OSM = (".osm", ".pbf")

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


def _taken(edges: gpd.GeoDataFrame, columns: _Columns) -> dict[str, str | None]:
    """Return what each kind of column was found for, roads' facts included."""
    named = {"class": columns.road_class, "oneway": columns.oneway, "u": columns.u, "v": columns.v}
    return named | {key: find_column(edges.columns, key, columns.facts) for key in FACT_KEYS}


def _repair(
    config: RoadsConfig, columns: _Columns, file: str, problems: Problems
) -> RepairConfig | None:
    """Return how the roads are to be repaired; those that name their nodes are not, and so said."""
    if config.repair is None or columns.u is None:
        return config.repair
    problems.add(
        Problem(
            code="roads.repair_unused",
            what=Text(
                "道路自带端点编号，按编号相连，[roads] repair 没有使用",
                "these roads name their end nodes and are joined by them: [roads] repair is not "
                "used",
            ),
            file=file,
            found=f"{columns.u}, {columns.v}",
            expected=Text("没有端点编号的线", "lines that do not name their nodes"),
            mend=Text(
                "删去 [roads] repair；若编号不可信，先从道路文件中删去这两列",
                "leave repair out; if the names are not to be trusted, delete these two columns "
                "from the road file",
            ),
            severity="warning",
        )
    )
    return None


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
