"""The roads of an OpenStreetMap file as flat arrays: what stands in it, and nothing made of it."""

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..gates import TAGS as GATE_TAGS
from .parts import OsmFile

TAGS = (
    "surface", "maxspeed", "access", "vehicle", "motor_vehicle", "motorcar", "motorroad",
    "bicycle", "foot", "bridge", "tunnel", "layer", "oneway:bicycle", "oneway:foot", "cycleway",
    "interval", "duration",
)  # fmt: skip
"""Tags of ways that are kept, each in a column; `coverplan.io.roadfacts` reads them."""

_KEPT = frozenset(TAGS)
_SIDES = ("cycleway:left", "cycleway:right", "cycleway:both")
_ONEWAY_CLASSES = frozenset({"motorway", "motorway_link"})
SCALE = 1e7
"""OpenStreetMap keeps ten-millionths of a degree."""

_NOWHERE = 2**31 - 1
_AT_ONCE = 65_536


@dataclass(slots=True)
class Words:
    """Words of some ways: their numbers, and each word once.

    Parameters
    ----------
    way, code
        Numbers of ways, ascending, and which word each has.
    known
        Every word, with its number.
    """

    way: "array[int]" = field(default_factory=lambda: array("q"))
    code: "array[int]" = field(default_factory=lambda: array("i"))
    known: dict[str, int] = field(default_factory=dict)

    def add(self, way: int, word: str) -> None:
        """Note the word of a way."""
        self.way.append(way)
        self.code.append(self.known.setdefault(word, len(self.known)))

    def of(self, ways: NDArray[np.int64]) -> pd.Categorical:
        """Return the words of ways, given by number; missing where one has none."""
        with_word = np.frombuffer(self.way, dtype=np.int64)
        at = np.searchsorted(with_word, ways)
        at[at == len(with_word)] = 0
        here = with_word[at] == ways if len(with_word) else np.zeros(len(ways), dtype=bool)
        code = np.full(len(ways), -1, dtype=np.int32)
        code[here] = np.frombuffer(self.code, dtype=np.int32)[at[here]]
        return pd.Categorical.from_codes(code, categories=list(self.known))


@dataclass(slots=True)
class OsmWays:
    """Ways that are travelled, in the order of the file.

    Parameters
    ----------
    number
        OpenStreetMap's number of each way.
    oneway
        1, 0 or -1.
    length, refs
        How many nodes each has, and their numbers one way after the other.
    tags
        Words by key: ``highway``, and those of `TAGS` that occur.
    """

    number: "array[int]" = field(default_factory=lambda: array("q"))
    oneway: "array[int]" = field(default_factory=lambda: array("b"))
    length: "array[int]" = field(default_factory=lambda: array("q"))
    refs: "array[int]" = field(default_factory=lambda: array("q"))
    tags: dict[str, Words] = field(default_factory=dict)

    def add(self, number: int, tags: Mapping[str, str], refs: list[int]) -> None:
        """Note a way if it is travelled: a road or a ferry, and no area."""
        road = tags.get("highway") or ("ferry" if tags.get("route") == "ferry" else None)
        if road is None or tags.get("area") == "yes" or not refs[1:]:
            return
        way = len(self.number)
        self.number.append(number)
        self.oneway.append(_oneway(road, tags))
        self.length.append(len(refs))
        self.refs.extend(refs)
        self._word("highway", way, road)
        for key in tags.keys() & _KEPT:
            if key != "cycleway":
                self._word(key, way, tags[key])
        lane = _cycleway(tags)
        if lane is not None:
            self._word("cycleway", way, lane)

    def _word(self, key: str, way: int, word: str) -> None:
        self.tags.setdefault(key, Words()).add(way, word)


def _cycleway(tags: Mapping[str, str]) -> str | None:
    """Return the lane for bicycles; one against the traffic on either side is one."""
    sides = [tags.get(side) or "" for side in _SIDES]
    opposite = [word for word in sides if word.startswith("opposite")]
    return opposite[0] if opposite else tags.get("cycleway")


def _oneway(road: str, tags: Mapping[str, str]) -> int:
    given = tags.get("oneway")
    if given in {"yes", "1", "true"}:
        return 1
    if given in {"-1", "reverse"}:
        return -1
    implied = road in _ONEWAY_CLASSES or tags.get("junction") in {"roundabout", "circular"}
    return 1 if given is None and implied else 0


@dataclass(frozen=True, slots=True)
class OsmNodes:
    """The nodes of ways, each once.

    Parameters
    ----------
    number
        OpenStreetMap's numbers, ascending, shape ``(n,)``.
    lonlat
        Ten-millionths of degrees, shape ``(n, 2)``, int32.
    located
        Which of them the file has the place of, shape ``(n,)``.
    barriers
        Tags of all nodes of the file that are barriers, by number.
    """

    number: NDArray[np.int64]
    lonlat: NDArray[np.int32]
    located: NDArray[np.bool_]
    barriers: dict[int, dict[str, str]]

    def degrees(self, nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return longitude and latitude of nodes, given by position, shape ``(k, 2)``."""
        return self.lonlat[nodes] / SCALE


def read_ways(
    source: OsmFile, done: Callable[[int], None] | None = None
) -> tuple[OsmWays, OsmNodes, NDArray[np.int64]]:
    """Return the roads and ferries of a file, their nodes, and which node each reference is.

    Parameters
    ----------
    source
        The file.
    done
        Called with the bytes read since the last call; in all twice the size of the file.

    Notes
    -----
    The file is read twice, so that it does not matter whether nodes or ways come first (Overpass
    writes ways first). The places of all nodes are kept outside Python meanwhile, 16 bytes each;
    of the roads 8 bytes for each reference and 25 for each node. pyosmium's filters by number
    would need 1.1 GB for the numbers in use today, however few are asked for.

    Raises
    ------
    RuntimeError
        When pyosmium cannot read it.
    InputError
        When it is cut off.
    """
    places, barriers = _places(source, done)
    ways = OsmWays()
    for item in _items(source, "WAY", ("highway", "route"), (), done):
        if not item.deleted:
            tags = {tag.k: tag.v for tag in item.tags}
            ways.add(item.id, tags, [node.ref for node in item.nodes])
    number, position = np.unique(np.frombuffer(ways.refs, dtype=np.int64), return_inverse=True)
    lonlat = _lonlat(source, places, number)
    located = np.all(np.abs(lonlat) <= np.array([180, 90]) * int(SCALE), axis=1)
    return ways, OsmNodes(number, lonlat, located, barriers), position


def _places(
    source: OsmFile, done: Callable[[int], None] | None
) -> tuple[Any, dict[int, dict[str, str]]]:
    """Return a table of the places of all nodes, and the tags of those that are barriers."""
    osmium = source.osmium
    kind = "sparse_mmap_array"
    # Grows in its place where the system can; 2 GB of nodes would be there twice otherwise.
    places = osmium.index.create_map(kind if kind in osmium.index.map_types() else "flex_mem")
    keep = osmium.NodeLocationsForWays(places)
    keep.ignore_errors()
    barriers: dict[int, dict[str, str]] = {}
    for item in _items(source, "NODE", ("barrier",), (keep,), done):
        barriers[item.id] = {tag.k: tag.v for tag in item.tags if tag.k in GATE_TAGS}
    # The table is put in order when the first way is met: where nodes were not, it must be.
    osmium.apply(osmium.io.Reader(osmium.io.FileBuffer(b"w1 v1 dV Nn1\n", "opl")), keep)
    return places, barriers


def _items(
    source: OsmFile,
    kind: str,
    keys: tuple[str, ...],
    before: tuple[Any, ...],
    done: Callable[[int], None] | None,
) -> Iterator[Any]:
    """Yield the objects of one kind that have one of some tags, piece by piece."""
    osmium = source.osmium
    # Held here: the iterator does not keep what it calls alive.
    chain = (*before, osmium.filter.KeyFilter(*keys))
    pool = osmium.io.ThreadPool()
    for piece, size in source.pieces():
        with osmium.io.Reader(piece, getattr(osmium.osm, kind), thread_pool=pool) as reader:
            yield from osmium.OsmFileIterator(reader, *chain)
        if done is not None:
            done(size)


def _lonlat(source: OsmFile, places: Any, number: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the places of nodes; beyond the earth where the file has none."""
    first = int(np.searchsorted(number, 0))
    flat = array("i", [_NOWHERE] * (2 * first))
    for begin in range(first, len(number), _AT_ONCE):
        for node in number[begin : begin + _AT_ONCE].tolist():
            try:
                place = places.get(node)
            except KeyError:
                flat.extend((_NOWHERE, _NOWHERE))
            else:
                flat.extend((place.x, place.y))
    lonlat = np.frombuffer(flat, dtype=np.int32).reshape(-1, 2)
    if first:
        # An editor numbers what is new below 0, and such numbers fit into no table.
        at = {int(node): i for i, node in enumerate(number[:first])}
        osmium = source.osmium
        with osmium.io.Reader(str(source.full), osmium.osm.NODE) as reader:
            for node in osmium.OsmFileIterator(reader):
                if node.id in at:
                    lonlat[at[node.id]] = node.location.x, node.location.y
    return lonlat
