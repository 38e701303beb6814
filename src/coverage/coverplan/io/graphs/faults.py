"""What can be wrong with a road graph, in memory or as GraphML."""

from ...core.errors import Problem
from ...core.text import Text

_WANTED = Text(
    "osmnx 的 MultiDiGraph（networkx），如 ox.graph_from_place(...) 的返回值",
    "a MultiDiGraph of osmnx (networkx), as ox.graph_from_place(...) returns it",
)
_KEEP_CLASSES = Text(
    "用 osmnx 下载时写 simplify=False，再用 ox.simplify_graph(G, "
    "edge_attrs_differ=['highway', 'oneway', 'maxspeed', 'surface', 'access', 'bridge', 'tunnel'])",
    "download with simplify=False, then ox.simplify_graph(G, edge_attrs_differ="
    "['highway', 'oneway', 'maxspeed', 'surface', 'access', 'bridge', 'tunnel'])",
)


def wrong_type(file: str, graph: object) -> Problem:
    """Return the fault of something that is no directed graph with parallel edges."""
    kind = type(graph)
    name = f"{kind.__module__.split('.')[0]}.{kind.__name__}"
    mend = Text(
        "给出 osmnx 的有向图；已有路网文件时写在研究文件 [roads] source 中",
        "give osmnx's directed graph; a road file belongs into [roads] source of the study file",
    )
    if name in {"networkx.DiGraph", "networkx.MultiGraph", "networkx.Graph"}:
        mend = Text(
            "用转换（to_digraph、to_undirected）之前的图：转换会丢失平行道路或单行方向",
            "give the graph from before to_digraph or to_undirected: they lose parallel roads or "
            "the direction of oneway streets",
        )
    elif name.startswith("igraph."):
        mend = Text(
            "igraph 不保存坐标系和道路名称：给出转换之前的 networkx 图",
            "igraph keeps no coordinate system: give the networkx graph it was made from",
        )
    return Problem(
        code="roads.graph_type",
        what=Text("道路不是 osmnx 的路网图", "the roads are no graph of osmnx"),
        file=file,
        found=name,
        expected=_WANTED,
        mend=mend,
    )


def no_edges(file: str) -> Problem:
    """Return the fault of a graph without edges."""
    return Problem(
        code="roads.empty",
        what=Text("路网图没有任何边", "the graph has no edge"),
        file=file,
        mend=Text("检查下载的地名和范围", "check the place it was downloaded for"),
    )


def no_crs(file: str, found: object) -> Problem:
    """Return the fault of a graph that does not say its coordinate system."""
    return Problem(
        code="roads.no_crs",
        what=Text("路网图没有可用的坐标系", "the graph says no coordinate system that is known"),
        file=file,
        found=None if found is None else str(found),
        expected=Text('G.graph["crs"]，如 "EPSG:4326"', 'G.graph["crs"], such as "EPSG:4326"'),
        mend=Text(
            'osmnx 的图自带坐标系；自制的图写 G.graph["crs"] = "EPSG:4326"',
            'graphs of osmnx have one; for your own say G.graph["crs"] = "EPSG:4326"',
        ),
    )


def no_place(file: str, n: int, first: object) -> Problem:
    """Return the fault of nodes without coordinates."""
    return Problem(
        code="roads.graph_nodes",
        what=Text(
            f"{n} 个节点没有可用的坐标 x、y", f"{n} nodes have no coordinates x and y to go by"
        ),
        file=file,
        found=Text(f"如节点 {_short(first)}", f"node {_short(first)} for one"),
        expected=Text("每个节点的 x、y 都是数字", "numbers x and y at every node"),
        mend=Text(
            "给出 osmnx 生成或 osmnx.save_graphml 保存的图",
            "give a graph made by osmnx or saved by osmnx.save_graphml",
        ),
    )


def no_line(file: str, n: int, first: tuple[object, object]) -> Problem:
    """Return the fault of edges whose geometry is no line."""
    u, v = (_short(end) for end in first)
    return Problem(
        code="roads.graph_geometry",
        what=Text(
            f"{n} 条边的 geometry 不是坐标有效的线",
            f"{n} edges have a geometry that is no line of proper coordinates",
        ),
        file=file,
        found=Text(f"如边 {u}–{v}", f"edge {u}-{v} for one"),
        expected=Text("LineString，或没有 geometry", "a LineString, or no geometry at all"),
        mend=Text("改正或删去这些 geometry", "correct these geometries or leave them out"),
    )


def no_class(file: str) -> Problem:
    """Return the fault of a graph none of whose edges says its class."""
    return Problem(
        code="roads.graph_classes",
        what=Text("没有一条边写明道路等级 highway", "no edge says its road class, highway"),
        file=file,
        expected=Text("每条边有 OSM 的 highway 值", "a value of OpenStreetMap's highway each"),
        mend=Text(
            "给出 osmnx 的图；自制的图为每条边写 highway",
            "give a graph of osmnx, or give each edge of your own its highway",
        ),
    )


def several_classes(file: str, n: int, km: float, found: str) -> Problem:
    """Return the note on edges that osmnx joined from pieces of several classes."""
    return Problem(
        code="roads.merged_classes",
        what=Text(
            f"{n} 条、{km:.1f} 公里的边由不同等级的路段合并而成：按其中最慢的等级计，"
            "任何一段不能通行的人都不能通过",
            f"{n} edges, {km:.1f} km, were joined from pieces of different classes: the slowest "
            "counts, and who may not use one piece may not use the edge",
        ),
        file=file,
        column="highway",
        found=found,
        mend=_KEEP_CLASSES,
        severity="warning",
    )


def one_direction(file: str, n: int) -> Problem:
    """Return the note on two-way edges whose way back is not in the graph."""
    return Problem(
        code="roads.graph_no_way_back",
        what=Text(
            f"{n} 条边不是单行路，但图中没有反向的边：按图中的方向单行计",
            f"{n} edges are no oneway streets, but the graph has no edge back: they count in the "
            "direction the graph has",
        ),
        file=file,
        column="oneway",
        mend=Text(
            "若可双向通行，为它们加上反向的边，或用 osmnx 重新生成路网",
            "if they are open both ways, add the edges back, or make the graph anew with osmnx",
        ),
        severity="warning",
    )


def too_large(file: str, gigabytes: float, most: float) -> Problem:
    """Return the fault of a GraphML file that would not fit in memory."""
    return Problem(
        code="roads.graph_too_large",
        what=Text("GraphML 文件太大，内存放不下", "the GraphML file is too large for memory"),
        file=file,
        found=f"{gigabytes:.1f} GB",
        expected=Text(f"不超过 {most:g} GB", f"{most:g} GB at most"),
        mend=Text(
            "改用 .osm.pbf 摘录或 .gpkg、.parquet，或只取研究区附近的道路",
            "use an .osm.pbf extract, a .gpkg or .parquet, or cut the roads to the county",
        ),
    )


def _short(value: object) -> str:
    plain = "".join(c if c.isprintable() else " " for c in str(value))
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"


_SHOWN = 24
