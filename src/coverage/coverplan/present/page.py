"""Render the interactive map as one HTML text that asks nobody for anything.

The page is made of constant parts (skeleton, style, Leaflet, our script) and of one JSON block.
Whatever a planner's file says stands in that block, or escaped in the static tables; it is never
part of a script, a style or a template. The scripts are constant, so a content security policy
names them by hash and forbids everything else, the network included.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from .markup import escape
from .page_static import static_part

__all__ = ["escape", "render_page"]

PAYLOAD_VERSION = 2

# What JSON leaves alone and an HTML parser, an old script engine or UTF-8 does not.
_UNSAFE_IN_JSON = re.compile("[<>&\u2028\u2029\ufeff\ud800-\udfff]")
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
_TILE_HOST = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")
_MARKER = re.compile("@@([A-Z]+)@@")
_CSS_URL = re.compile(r"[^;{}]*\burl\([^)]*\)[^;{}]*;?")
_ROADS_SWITCH = re.compile(r'\s*<label><input type="checkbox" name="roads">.*</label>')
_ATTRIBUTION_LINK = ' href="https://leafletjs.com"'
_SOURCE_MAP = "//# sourceMappingURL=leaflet.js.map"


def render_page(payload: Mapping[str, Any]) -> str:
    """Write the map page.

    Parameters
    ----------
    payload : Mapping[str, Any]
        Plain JSON-able data: ``version``, ``meta``, ``groups``, ``units``, ``layers``, ``places``,
        ``reasons``, ``base``, ``table`` and ``bulk``. Its texts are not trusted and need no
        escaping.

    Returns
    -------
    str
        A whole HTML document that loads nothing. The same payload gives the same text.

    Raises
    ------
    ValueError
        The payload is of another version, has no unit or no layer, names an unknown language, or
        holds a number that JSON cannot hold.
    """
    check_payload(payload)
    data, bulk = data_blocks(payload)
    parts = {
        **page_parts(payload),
        "STYLE": page_style(),
        "STATIC": static_part(payload, payload["meta"]["language"]),
        "DATA": data,
        "BULK": bulk,
        "LEAFLET": leaflet_script(),
        "SCRIPT": page_script(),
    }
    # One pass over our own skeleton: what is put in is never looked at again.
    return _MARKER.sub(lambda found: parts[found[1]], skeleton(payload))


def check_payload(payload: Mapping[str, Any]) -> None:
    """Raise `ValueError` if a payload cannot be a page."""
    if payload.get("version") != PAYLOAD_VERSION:
        raise ValueError(f"payload version {payload.get('version')!r}, expected {PAYLOAD_VERSION}")
    if not payload["units"] or not payload["layers"]:
        raise ValueError("a map page needs at least one unit and one layer")
    language = payload["meta"]["language"]
    if language not in {"zh", "en"}:
        raise ValueError(f"language {language!r}, expected 'zh' or 'en'")


def data_blocks(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return the two blocks of data: JSON without a character of markup, and base64."""
    words = json_text({**payload, "bulk": {**payload["bulk"], "data": ""}})
    return words, _base64_only(payload["bulk"]["data"])


def page_parts(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return the short parts of a page that are its own: language, policy, title; no table."""
    return {
        "LANG": "zh-CN" if payload["meta"]["language"] == "zh" else "en",
        "POLICY": _policy((leaflet_script(), page_script()), (page_style(),), image_hosts(payload)),
        "TITLE": escape(payload["meta"]["title"]),
        "STATIC": "",
    }


def skeleton(payload: Mapping[str, Any]) -> str:
    """Return our own page; without the switch for roads where the study has none."""
    page = asset("page.html")
    return _ROADS_SWITCH.sub("", page) if payload["base"].get("no_roads") else page


@cache
def asset(name: str) -> str:
    """Return a file of ours as a browser sees it."""
    text = (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")  # an HTML parser does so too, and the hashes must agree


@cache
def page_style() -> str:
    """Leaflet's style without its pictures (we use none), then ours."""
    return _CSS_URL.sub("", asset("leaflet.css")) + asset("map.css") + asset("overlays.css")


@cache
def leaflet_script() -> str:
    """Leaflet under its licence, without its source map and without its link home."""
    script = asset("leaflet.js")
    for unwanted in (_SOURCE_MAP, _ATTRIBUTION_LINK):
        if script.count(unwanted) != 1:
            raise RuntimeError(f"leaflet.js has changed: {unwanted!r} is not there exactly once")
        script = script.replace(unwanted, "")
    return f"/*\n{asset('LEAFLET-LICENSE.txt')}*/\n{script}"


_OPENING = """"use strict";
/* The map page. Every text of the data reaches the document as a text node or an attribute, never
   as markup. Figures are recounted here from the people's points and compared with the run's. */
(function () {
"""
_BEFORE_START = ("words", "looks")
_STARTED = (
    "state", "speech", "figures", "goals", "check", "geometry", "ground", "raster", "isochrone",
    "sites", "switches", "labels", "legend", "table", "card", "method", "download", "controls",
    "change", "address", "print", "main", "tiles", "overlays",
)  # fmt: skip
"""Parts of one function: each sees what the others declare."""


@cache
def page_script() -> str:
    """Return our script: parts that share one closure, in their order."""
    outer = "".join(asset(f"map/{name}.js") for name in _BEFORE_START)
    inner = "".join(asset(f"map/{name}.js") for name in _STARTED)
    start = f"function start(data, bulk) {{\n{inner}}}\n"
    return f"{_OPENING}{outer}{start}{asset('map/boot.js')}}})();\n"


def _base64_only(text: str) -> str:
    """Return text that is base64 and nothing else.

    Raises
    ------
    ValueError
        When there is another character in it.
    """
    if not _BASE64.fullmatch(text):
        raise ValueError("the block of numbers is not base64")
    return text


def _policy(scripts: Iterable[str], styles: Iterable[str], hosts: Iterable[str]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(csp_hash, scripts))}",
            f"style-src {' '.join(map(csp_hash, styles))}",
            " ".join(("img-src data: blob:", *map(_checked_host, hosts))),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def image_hosts(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the hosts a page loads tiles from: none unless somebody asked for tiles."""
    tiles = payload.get("tiles")
    return tuple(tiles["hosts"]) if tiles else ()


def _checked_host(host: str) -> str:
    """Return a host that can be nothing but a host in a policy."""
    if not _TILE_HOST.fullmatch(host):
        raise ValueError(f"{host[:80]!r} is not the scheme and name of a host")
    return host


def csp_hash(text: str) -> str:
    """Return how a content security policy names a script or style."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def json_text(payload: Mapping[str, Any]) -> str:
    """Return JSON that holds no character an HTML parser acts upon."""
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
