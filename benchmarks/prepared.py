"""From a road file to a network that can be searched: done once per place, timed apart."""

import json
import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import roads
import shapely
from measuring import Arrays, drawn, peak_mb

from coverplan import Network, Profile, Text, mode_graph, snap

WALK_IN_KMH = 3.0


@dataclass(slots=True)
class Seconds:
    """Seconds of each step of the preparation, in order."""

    steps: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        begin = time.perf_counter()
        yield
        self.steps[name] = time.perf_counter() - begin


def prepare(place: str, folder: Path) -> None:
    """Make the network of a place, and write it for the processes that search it.

    Parameters
    ----------
    place
        ``wuhan``, ``province`` or a number of nodes.
    folder
        Where ``{place}.npz`` (junctions and milliseconds, for every engine), ``{place}.pickle``
        (coverplan's own types) and ``{place}.json`` (seconds, memory) are written.
    """
    seconds = Seconds()
    if place == "wuhan":
        edges, zone = gpd.read_parquet(roads.wuhan_file()), roads.WUHAN_ZONE
        classes = sorted(edges["highway"].unique())
        kmh = {c: roads.WUHAN_KMH.get(c, roads.WUHAN_OTHER_KMH) for c in classes}
    else:
        nodes = 2_000_000 if place == "province" else int(place)
        edges, zone, kmh = roads.as_edges(roads.bent_grid(nodes)), roads.ZONE, roads.SPEEDS_KMH
    with seconds.of("Network.from_edges"):
        network = Network.from_edges(edges, crs=zone)
    del edges
    if place == "province":
        kept: object = network
    else:
        profile = Profile("bench", Text.same("bench"), kmh, WALK_IN_KMH, 1000.0)
        with seconds.of("mode_graph"):
            graph = mode_graph(network, profile)
        with seconds.of("snap (everybody on a junction)"):
            places = snap(graph, network.node_xy)
        _arrays(graph).save(folder / f"{place}.npz")
        kept = (network, profile, places)
    with (folder / f"{place}.pickle").open("wb") as file:
        _Pickler(file, protocol=5).dump(kept)
    record = {
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "seconds": seconds.steps,
        "peak_mb": peak_mb(),
    }
    (folder / f"{place}.json").write_text(json.dumps(record), encoding="utf-8")


def restored(path: Path) -> Any:
    """Return what `prepare` pickled, its arrays immutable as they were.

    Returns
    -------
    Network or tuple
        The network of the province; of another place the network, the profile and everybody's
        places on it.
    """
    with path.open("rb") as file:
        made = pickle.load(file)  # noqa: S301  # written by this run, in its own folder
    for part in made if isinstance(made, tuple) else (made,):
        _freeze(part)
    return made


def _arrays(graph: Any) -> Arrays:
    arcs, xy = graph.arcs_to, graph.network.node_xy
    order, people = drawn(len(xy))
    return Arrays(arcs.indptr, arcs.neighbour, arcs.ms.astype(np.int64), xy, order, people)


class _Pickler(pickle.Pickler):
    """Writes lines as arrays of coordinates: millions of them one by one would take minutes."""

    def reducer_override(self, value: object) -> Any:
        if not (isinstance(value, np.ndarray) and value.dtype == object and len(value)):
            return NotImplemented
        if not isinstance(value[0], shapely.LineString):
            return NotImplemented
        kind, coordinates, offsets = shapely.to_ragged_array(value)
        return shapely.from_ragged_array, (kind, coordinates, offsets)


def _freeze(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif is_dataclass(value):
        for part in fields(value):
            _freeze(getattr(value, part.name))
