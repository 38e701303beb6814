"""Barriers on roads, as OpenStreetMap has them: gates, bollards and walls at a node of a way."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.edges import BICYCLE, EVERYBODY, FOOT, MOTOR
from .roadfacts import ACCESS_KEYS, who_is_barred

TAGS = ("barrier", *ACCESS_KEYS)
"""What is kept of the tags of a node."""

Gates = Mapping[int, int]
"""Node -> who may not pass it: bits of `coverplan.domain.edges`, never none."""

_STOPS: dict[str, int] = (
    dict.fromkeys(
        ["bollard", "block", "cycle_barrier", "motorcycle_barrier", "chain", "rope", "planter",
         "jersey_barrier", "log", "debris", "barrier_board", "bus_trap", "sump_buster",
         "horse_stile", "tyres", "cable_barrier"],
        MOTOR,
    )
    | dict.fromkeys(
        ["stile", "turnstile", "full-height_turnstile", "kissing_gate", "wicket_gate",
         "guard_rail", "handrail"],
        MOTOR | BICYCLE,
    )
    | dict.fromkeys(
        ["wall", "fence", "hedge", "retaining_wall", "city_wall", "ditch"],
        EVERYBODY,
    )
    | dict.fromkeys(
        ["gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "hampshire_gate",
         "bump_gate", "sally_port", "entrance", "toll_booth", "border_control", "checkpoint",
         "cattle_grid", "kerb", "height_restrictor", "width_restrictor", "coupure", "arch",
         "spikes", "yes", "no", "door", "security_control", "ticket", "chicane"],
        0,
    )
)  # fmt: skip
"""Whom a barrier stops where it has no access tag of its own: a bollard lets walkers and bicycles
pass, a gate everybody (OpenStreetMap wiki, "Key:barrier"; the choice is ours where the wiki leaves
it open)."""


def barring_nodes(
    nodes: Mapping[int, Mapping[str, str]], file: str, problems: Problems
) -> dict[int, int]:
    """Return which nodes somebody may not pass, and who.

    Parameters
    ----------
    nodes
        Tags of each node that is a barrier.
    file, problems
        The name of the file, and where words nobody knows are noted.

    Notes
    -----
    An access tag of the node says more than the kind of its barrier: a gate with ``access=no``
    stops everybody, a bollard with ``motor_vehicle=yes`` nobody. A barrier of a kind nobody knows
    stops nobody.
    """
    if not nodes:
        return {}
    rows = pd.DataFrame([dict(tags) for tags in nodes.values()], columns=list(TAGS))
    kinds = rows["barrier"].astype(str).str.strip().str.lower()
    default = np.array([_STOPS.get(kind, 0) for kind in kinds], dtype=np.uint8)
    for kind, n in kinds[~kinds.isin(list(_STOPS))].value_counts().sort_index().items():
        problems.add(_unknown(file, str(kind), int(n)))
    bits = who_is_barred(rows[list(ACCESS_KEYS)], {}, default, file, problems)
    return {node: int(bit) for node, bit in zip(nodes, bits, strict=True) if bit}


def part_at(edges: gpd.GeoDataFrame, gates: Gates) -> gpd.GeoDataFrame:
    """Part the edges that meet at each gate; join them again for those who may pass it.

    Parameters
    ----------
    edges
        Columns ``u``, ``v`` (numbers of nodes), ``highway``, ``oneway`` and ``geometry``.
    gates
        Nodes to part at.

    Returns
    -------
    GeoDataFrame
        The first edge end at each gate keeps the node, every other one has a node of its own at
        the same place. From there an edge of no length leads to the gate, closed to whom it stops.
    """
    ends = np.concatenate([edges["u"].to_numpy(), edges["v"].to_numpy()])
    at_gate = np.flatnonzero(np.isin(ends, np.array(list(gates), dtype=ends.dtype)))
    # A ferry keeps its landing: nobody boards it for a way of no length.
    ferry = (edges["highway"] == "ferry").to_numpy()[at_gate % len(edges)]
    at_gate = at_gate[np.lexsort((at_gate % len(edges), ~ferry, ends[at_gate]))]
    first = np.append(True, np.diff(ends[at_gate]) != 0)[: len(at_gate)]
    moved = at_gate[~first]
    if not len(moved):
        return edges
    gate = ends[moved]
    ends[moved] = ends.max() + 1 + np.arange(len(moved))
    m = len(edges)
    parted = edges.assign(u=ends[:m], v=ends[m:])
    bits = np.array([gates[int(node)] for node in gate])
    passed = bits != EVERYBODY
    links = _links(edges, moved[passed], gate[passed], ends[moved[passed]], bits[passed])
    whole = pd.concat(_of_one_kind(parted, links), ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=edges.crs)


def _of_one_kind(
    edges: gpd.GeoDataFrame, links: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return both with the same categories: put together, a word is still kept once."""
    for key in links.columns.intersection(edges.select_dtypes("category").columns):
        words = edges[key].cat.categories
        words = words.append(pd.Index(links[key].dropna().unique()).difference(words))
        edges = edges.assign(**{key: edges[key].cat.set_categories(words)})
        links = links.assign(**{key: pd.Categorical(links[key], categories=words)})
    return edges, links


def _links(
    edges: gpd.GeoDataFrame,
    end: NDArray[np.int64],
    gate: NDArray[np.int64],
    node: NDArray[np.int64],
    bits: NDArray[np.int64],
) -> gpd.GeoDataFrame:
    """Return edges of no length between gates and the nodes that stand for an edge's end."""
    row, is_v = end % len(edges), end >= len(edges)
    lines = edges.geometry.to_numpy()[row]
    places = np.where(is_v, shapely.get_point(lines, -1), shapely.get_point(lines, 0))
    twice = np.repeat(shapely.get_coordinates(places), 2, axis=0)
    columns: dict[str, object] = {
        "u": gate,
        "v": node,
        "highway": edges["highway"].to_numpy()[row],
        "oneway": 0,
    }
    for key, bit in (("foot", FOOT), ("bicycle", BICYCLE), ("motor_vehicle", MOTOR)):
        columns[key] = [("no" if stopped else None) for stopped in (bits & bit) != 0]
    shapes = shapely.linestrings(twice, indices=np.repeat(np.arange(len(row)), 2))
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=edges.crs)


def _unknown(file: str, kind: str, n: int) -> Problem:
    return Problem(
        code="roads.barrier_node",
        what=Text(
            f"{n} 处道路上的障碍种类不认识，按可通行计",
            f"{n} barriers on roads are of a kind nobody knows: everybody passes",
        ),
        file=file,
        column="barrier",
        found=kind,
        expected=Text("OSM 的 barrier 值", "a value of OpenStreetMap's barrier"),
        mend=Text(
            "若不能通行，在数据中为该点写明 access=no", "if it stops people, give it access=no"
        ),
        severity="warning",
    )
