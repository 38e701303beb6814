"""``coverplan fetch``: boundaries, roads and facilities of a named place."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Argument, Option

from .core.errors import render_problems
from .core.text import Language, Text
from .domain.osm_tags import NETWORKS, osm_layers
from .guarding import EXIT_OK, guarded
from .identity import version_of
from .io.fetch.fetching import TOWNSHIP_LEVEL, Fetched, Order, fetch_place
from .io.fetch.files import ATTRIBUTION, KEPT
from .io.fetch.web import NOMINATIM, OVERPASS, Servers
from .present.terminal import plain
from .progressbars import shown_steps
from .siteflags import LangGiven

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

PlaceName = Annotated[
    str, Argument(help="地名全称或 OSM 关系编号 / full name, or number of the relation: R3287345")
]
OutFolder = Annotated[Path, Option("--out", "-o", help="输出文件夹 / output folder")]
Layers = Annotated[
    str | None,
    Option("--layers", help="图层，逗号分隔 / layers, by commas; default: all"),
]
Network = Annotated[
    str, Option("--network", metavar="|".join(NETWORKS), help="取哪些道路 / which roads")
]
UnitLevel = Annotated[
    int, Option("--unit-level", help="单元的 admin_level；中国乡镇为 8 / of units; 8 in China")
]
Margin = Annotated[
    float, Option("--margin", help="界外多取多少米 / metres beyond the outline to fetch")
]
MapDate = Annotated[
    str, Option("--date", help="那一天的地图，年-月-日 / the map as of a day, YYYY-MM-DD")
]
Overpass = Annotated[
    str, Option("--overpass", envvar="COVERPLAN_OVERPASS", help="Overpass 服务器 / server")
]
Nominatim = Annotated[
    str, Option("--nominatim", envvar="COVERPLAN_NOMINATIM", help="Nominatim 服务器 / server")
]
Refresh = Annotated[
    bool, Option("--refresh", help="不用一周内保留的应答 / ask anew for what was kept for a week")
]
Force = Annotated[bool, Option("--force", help="覆盖同名文件 / overwrite files in the way")]
Quiet = Annotated[bool, Option("--quiet", "-q", help="只报错 / errors only")]


def fetch(
    place: PlaceName,
    out: OutFolder,
    layers: Layers = None,
    network: Network = "all",
    unit_level: UnitLevel = TOWNSHIP_LEVEL,
    margin: Margin = 2000.0,
    date: MapDate = "",
    overpass: Overpass = OVERPASS,
    nominatim: Nominatim = NOMINATIM,
    lang: LangGiven = "zh",
    *,
    refresh: Refresh = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """从 OpenStreetMap 下载一地的边界、道路、设施 / boundaries, roads, facilities of a place."""
    language: Language = "en" if lang == "en" else "zh"
    asked = [key.strip() for key in layers.split(",")] if layers is not None else list(osm_layers())
    order = Order(
        place=place,
        layers=tuple(key for key in asked if key),
        network=network,
        unit_level=unit_level,
        margin_metres=margin,
        refresh=refresh,
        force=force,
    )
    servers = Servers(
        overpass=overpass, nominatim=nominatim, agent=_agent(), language=language, date=date
    )
    work = partial(fetch_and_say, order, out, servers, language, quiet=quiet)
    raise SystemExit(guarded(work, language, _err))


def fetch_and_say(
    order: Order, folder: Path, servers: Servers, language: Language, *, quiet: bool
) -> int:
    """Fetch, show how far it is, and say what was written and what it is worth.

    Parameters
    ----------
    order, folder, servers, language
        As for `coverplan.io.fetch.fetching.fetch_place`.
    quiet
        Whether to say nothing.

    Raises
    ------
    InputError
        As `coverplan.io.fetch.fetching.fetch_place`.
    """
    with shown_steps(_err, language, quiet=quiet) as (announce, _):
        servers.announce = announce
        fetched = fetch_place(order, folder, servers, language)
    if not quiet:
        _say(fetched, folder, language)
    return EXIT_OK


def _say(fetched: Fetched, folder: Path, language: Language) -> None:
    _out.print(plain(fetched.place), soft_wrap=True)
    for name, what in fetched.files.items():
        _out.print(plain(f"  {name}  {what.of(language)}"), soft_wrap=True)
    for paragraph in render_problems(fetched.notes, language):
        _out.print(plain(paragraph), soft_wrap=True)
    _out.print(plain(ATTRIBUTION.of(language)), soft_wrap=True)
    shown = _shown(folder)
    written = Text(f"已写入：{shown}", f"written: {shown}")
    _out.print(plain(written.of(language), "green"), soft_wrap=True)
    after = Text(
        f"接下来：放入人口表，运行 coverplan init {shown}（{KEPT} 保留服务器应答，可删）",
        f"next: add a table of people, then coverplan init {shown} ({KEPT} keeps the answers of "
        "the servers and may be deleted)",
    )
    _out.print(plain(after.of(language)), soft_wrap=True)


def _shown(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:
        return str(folder)


def _agent() -> str:
    """Return how to introduce ourselves, as the rules of the servers ask."""
    return f"coverplan/{version_of('coverplan')} osmnx/{version_of('osmnx')}"
