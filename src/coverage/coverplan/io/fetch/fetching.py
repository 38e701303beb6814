"""Boundaries, roads and facilities of a named place, from OpenStreetMap to files of a study."""

import contextlib
import hashlib
import json
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd

from ...core.crs import LONLAT
from ...core.errors import InputError, Problem
from ...core.text import Language, Text
from ...domain.osm_tags import NETWORKS, OsmLayer, osm_layers, road_filters
from ..write import write_csv, write_gpkg
from .areas import Units, fetch_units
from .faults import no_such_option, note
from .files import KEPT, MANIFEST, SOURCE, all_or_nothing, check_free, check_writable, describe
from .place import Place, find_place
from .roads import fetch_roads, write_extract
from .sites import Sites, fetch_sites
from .web import Servers, check_address, osmnx_module

TOWNSHIP_LEVEL = 8
"""``admin_level`` of townships in China (OpenStreetMap wiki, "Tag:boundary=administrative")."""

MOST_DAYS = 7.0
"""Answers kept longer than this are asked for again: parts of different dates do not mix."""

ROADS, UNITS, COUNTY = "roads.osm.pbf", "townships.gpkg", "county.gpkg"
_MOST_MARGIN = 100_000.0
_LOWEST_LEVEL = 12


@dataclass(frozen=True, slots=True)
class Order:
    """What to fetch.

    Parameters
    ----------
    place
        A name, or the number of an object in OpenStreetMap (``R3287345``).
    layers
        Built-in layers whose facilities are fetched.
    network
        ``all``, ``walk`` or ``drive``.
    unit_level
        ``admin_level`` of the units.
    margin_metres
        How far beyond the outline roads and facilities are fetched.
    refresh
        Whether answers kept from before are asked for again.
    force
        Whether files in the way are overwritten.
    """

    place: str
    layers: tuple[str, ...] = field(default_factory=lambda: tuple(osm_layers()))
    network: str = "all"
    unit_level: int = TOWNSHIP_LEVEL
    margin_metres: float = 2000.0
    refresh: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch wrote.

    Parameters
    ----------
    place
        Its full name and number.
    files
        What each file written holds, by name.
    notes
        What a planner must know of them.
    """

    place: str
    files: dict[str, Text]
    notes: tuple[Problem, ...]


def fetch_place(order: Order, folder: Path, servers: Servers, language: Language) -> Fetched:
    """Write boundaries, roads and facilities of a place into a folder.

    Parameters
    ----------
    order
        What to fetch.
    folder
        Where: all files are written, or none. Answers received are kept in a folder of it
        (`coverplan.io.fetch.files.KEPT`) for a week, and asked for only once in that time: what
        broke off goes on from there.
    servers
        Whom to ask.
    language
        Of heads of tables.

    Raises
    ------
    MissingExtraError
        When osmnx is not installed.
    InputError
        When options are wrong, the place is not found or not one, files are in the way, or a
        server cannot be asked. No file is written then.
    """
    layers = _check(order, servers)
    osmnx_module()
    names = [COUNTY, UNITS, ROADS, *(f"{key}.csv" for key in order.layers), SOURCE]
    if not order.force:
        check_free(folder, names)
    check_writable(folder)
    kept = folder / KEPT
    if order.refresh:
        shutil.rmtree(kept, ignore_errors=True)
    try:
        found = _ask_all(order, layers, _Stages(kept, servers), language)
        servers.announce(Text("写文件", "writing files"))
        return _write(folder, order, servers, found)
    finally:
        _drop_empty(kept)


def _ask_all(
    order: Order, layers: list[OsmLayer], stage: "_Stages", language: Language
) -> "_Found":
    servers, margin = stage.servers, order.margin_metres
    where = stage.at("place", servers.nominatim, order.place)
    place = find_place(servers, where, order.place)
    area, key = place.around(margin), (place.number, margin, _digest(place.outline.wkb))
    where = stage.at("units", *key, order.unit_level)
    units = fetch_units(servers, where, place, area, order.unit_level)
    where = stage.at("roads", *key, *road_filters(order.network))
    roads = fetch_roads(servers, where, area, order.network)
    sites = {}
    for layer in layers:
        where = stage.at(layer.id, *key, layer.asked)
        sites[layer.id] = fetch_sites(servers, where, area, layer, language)
    return _Found(place, units, roads, sites)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _drop_empty(kept: Path) -> None:
    """Remove folders in which no answer was kept, and the output folder if it was made for them."""
    for path in [*kept.glob("*"), kept, kept.parent]:
        with contextlib.suppress(OSError):
            path.rmdir()


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    units: Units
    roads: list[Any]
    sites: dict[str, Sites]

    @property
    def answers(self) -> list[Any]:
        return [
            *self.units.answers,
            *self.roads,
            *(answer for sites in self.sites.values() for answer in sites.answers),
        ]


@dataclass(frozen=True, slots=True)
class _Stages:
    """Folders of answers, one for each thing asked for; old ones are emptied."""

    kept: Path
    servers: Servers

    def at(self, name: str, *asked: object) -> Path:
        """Return the folder for what is asked for, made and without old answers."""
        servers = self.servers
        key = json.dumps([servers.overpass, servers.date, servers.language, *map(str, asked)])
        folder = self.kept / f"{name}-{_digest(key.encode())}"
        folder.mkdir(parents=True, exist_ok=True)
        old = time.time() - MOST_DAYS * 86400
        if any(path.stat().st_mtime < old for path in folder.glob("*.json")):
            shutil.rmtree(folder)
            folder.mkdir()
        return folder


def _check(order: Order, servers: Servers) -> list[OsmLayer]:
    known = osm_layers()
    faults: list[Problem] = []
    faults += [
        no_such_option("--layers", key, list(known)) for key in order.layers if key not in known
    ]
    if order.network not in NETWORKS:
        faults.append(no_such_option("--network", order.network, NETWORKS))
    if not 1 <= order.unit_level <= _LOWEST_LEVEL:
        faults.append(no_such_option("--unit-level", str(order.unit_level), ["1–12"]))
    if not 0 <= order.margin_metres <= _MOST_MARGIN:
        faults.append(no_such_option("--margin", str(order.margin_metres), ["0–100000"]))
    if servers.date and not _is_date(servers.date):
        faults.append(no_such_option("--date", servers.date, ["YYYY-MM-DD"]))
    for option, address in (("--overpass", servers.overpass), ("--nominatim", servers.nominatim)):
        try:
            check_address(option, address)
        except InputError as error:
            faults += error.problems
    if faults:
        raise InputError(faults)
    return [known[key] for key in dict.fromkeys(order.layers)]


def _is_date(given: str) -> bool:
    try:
        return datetime.strptime(given, "%Y-%m-%d").date().isoformat() == given  # noqa: DTZ007
    except ValueError:
        return False


def _write(folder: Path, order: Order, servers: Servers, found: _Found) -> Fetched:
    what: dict[str, Text] = {}
    notes = [*found.units.notes]
    with all_or_nothing(folder) as draft:
        write_gpkg({"county": _county(found.place)}, draft / COUNTY)
        what[COUNTY] = Text("全境轮廓", "outline of the place")
        units = found.units.frame
        if len(units):
            write_gpkg({"townships": units}, draft / UNITS)
            what[UNITS] = Text(f"{len(units)} 个单元的边界", f"boundaries of {len(units)} units")
        servers.announce(Text("写道路", "writing roads"))
        ways = write_extract(found.roads, draft / ROADS)
        what[ROADS] = Text(f"{ways} 条道路和航线", f"{ways} roads and ferries")
        if not ways:
            (draft / ROADS).unlink()
            del what[ROADS]
            notes.append(_no_roads(found.place))
        for key, sites in found.sites.items():
            notes += sites.notes
            n = len(sites.table)
            if n:
                write_csv(sites.table, draft / f"{key}.csv")
                what[f"{key}.csv"] = Text(f"图层 {key}：{n} 处设施", f"layer {key}: {n} facilities")
        describe(draft, what, _facts(order, servers, found))
    what[SOURCE] = Text("来源和许可", "source and licence")
    what[MANIFEST] = Text("下载记录", "record of the fetch")
    return Fetched(f"{found.place.name} [{found.place.number}]", what, tuple(notes))


def _county(place: Place) -> gpd.GeoDataFrame:
    name = place.name.split(",")[0].strip()
    columns = {"code": [place.number], "name": [name], "osm": [place.number]}
    return gpd.GeoDataFrame(columns, geometry=[place.outline], crs=LONLAT)


def _facts(order: Order, servers: Servers, found: _Found) -> dict[str, Any]:
    stamps = sorted(
        str(answer["osm3s"]["timestamp_osm_base"])
        for answer in found.answers
        if isinstance(answer, dict) and "timestamp_osm_base" in answer.get("osm3s", {})
    )
    return {
        "place": {
            "asked": order.place,
            "name": found.place.name,
            "osm": found.place.number,
        },
        "fetched": datetime.now(UTC).date().isoformat(),
        "map_as_of": servers.date or None,
        "data_from": stamps[0] if stamps else None,
        "data_to": stamps[-1] if stamps else None,
        "overpass": servers.overpass,
        "nominatim": servers.nominatim,
        "agent": servers.agent,
        "network": order.network,
        "road_filters": road_filters(order.network),
        "unit_level": order.unit_level,
        "margin_metres": order.margin_metres,
        "layer_tags": {key: osm_layers()[key].asked for key in found.sites},
    }


def _no_roads(place: Place) -> Problem:
    return note(
        "no_roads",
        Text(
            "OpenStreetMap 在该地没有道路，没有写道路文件",
            "OpenStreetMap has no roads there: no road file",
        ),
        Text(
            "自备道路文件；或在研究文件 [roads] 写 detour，按直线计算",
            "bring a road file, or say detour under [roads] to compute by straight lines",
        ),
        found=place.name,
    )
