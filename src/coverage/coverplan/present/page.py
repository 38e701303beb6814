"""Render the interactive map as one HTML text that asks nobody for anything.

The page is made of constant parts (skeleton, style, Leaflet, our script) and of one JSON block.
Whatever a planner's file says stands in that block, or escaped in the static tables; it is never
part of a script, a style or a template. The scripts are constant, so a content security policy
names them by hash and forbids everything else, the network included.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["render_page"]

PAYLOAD_VERSION = 2
_WHOLE = 1000  # of a share in tenths of a percent

# What JSON leaves alone and an HTML parser, an old script engine or UTF-8 does not.
_UNSAFE_IN_JSON = re.compile("[<>&\u2028\u2029\ufeff\ud800-\udfff]")
_UNSAFE_IN_HTML = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}")
_MARKER = re.compile("@@([A-Z]+)@@")
_CSS_URL = re.compile(r"[^;{}]*\burl\([^)]*\)[^;{}]*;?")
_ROADS_SWITCH = re.compile(r'\s*<label><input type="checkbox" name="roads">.*</label>')
_ATTRIBUTION_LINK = ' href="https://leafletjs.com"'
_SOURCE_MAP = "//# sourceMappingURL=leaflet.js.map"

_WORDS: dict[str, dict[str, str]] = {
    "intro": {
        "zh": "以下为静态表格。交互地图需要浏览器启用 JavaScript。",
        "en": "These are the static tables. The interactive map needs JavaScript.",
    },
    "date": {"zh": "数据截至", "en": "Data as of"},
    "caption": {
        "zh": "{layer} · {minutes} 分钟内可达（{profile}）· 人群：{group}",
        "en": "{layer} · reached within {minutes} min ({profile}) · people: {group}",
    },
    "absent": {
        "zh": "{layer}：没有可显示的数字。",
        "en": "{layer}: there are no figures to show.",
    },
    "unit": {"zh": "乡镇", "en": "Township"},
    "people": {"zh": "人数", "en": "People"},
    "before": {"zh": "现状可达（人）", "en": "Reached now (people)"},
    "before_share": {"zh": "现状可达率", "en": "Reached now (share)"},
    "after": {"zh": "建成后可达（人）", "en": "Reached with the plan (people)"},
    "after_share": {"zh": "建成后可达率", "en": "Reached with the plan (share)"},
    "before_has": {"zh": "现状有设施", "en": "Has one now"},
    "after_has": {"zh": "建成后有设施", "en": "Has one with the plan"},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "total": {"zh": "合计", "en": "Total"},
    "unknown": {"zh": "未知", "en": "unknown"},
    "method": {"zh": "方法", "en": "Method"},
    "warnings": {"zh": "提示", "en": "Warnings"},
    "sources": {"zh": "数据来源", "en": "Sources"},
    "rows": {"zh": "{rows} 行", "en": "{rows} rows"},
    "run": {"zh": "运行编号", "en": "Run"},
    "crs": {"zh": "坐标系", "en": "Coordinate system"},
    "unapproved": {
        "zh": "内部工作用图，未经审核不得公开",
        "en": "Internal working map, not approved for publication",
    },
    "approval": {"zh": "审图号：{number}", "en": "Map approval number: {number}"},
}


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
        "STATIC": _static(payload, payload["meta"]["language"]),
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
        "POLICY": _policy((leaflet_script(), page_script()), (page_style(),)),
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
    return _CSS_URL.sub("", asset("leaflet.css")) + asset("map.css")


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
    "state", "speech", "figures", "geometry", "ground", "sites", "labels", "legend", "table",
    "card", "method", "download", "controls", "change", "print", "main",
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


def _policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(csp_hash, scripts))}",
            f"style-src {' '.join(map(csp_hash, styles))}",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def csp_hash(text: str) -> str:
    """Return how a content security policy names a script or style."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def json_text(payload: Mapping[str, Any]) -> str:
    """Return JSON that holds no character an HTML parser acts upon."""
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escape(text: object) -> str:
    """Return text as it stands between tags or in a quoted attribute."""
    return html.escape(_UNSAFE_IN_HTML.sub("\ufffd", str(text)))


def _static(payload: Mapping[str, Any], language: str) -> str:
    """Tables for a reader without JavaScript; the script hides them once the map stands."""
    words = {key: forms[language] for key, forms in _WORDS.items()}
    meta = payload["meta"]
    approval = meta.get("approval")
    footer = words["approval"].format(number=approval) if approval else words["unapproved"]
    return "\n".join(
        (
            f"<h1>{escape(meta['title'])}</h1>",
            f'<p class="notice">{escape(meta["notice"])}</p>' if meta.get("notice") else "",
            f"<p>{escape(words['intro'])}</p>",
            f"<p>{escape(words['date'])} {escape(meta['date'])}</p>",
            *(_static_layer(payload, layer, words, language) for layer in payload["layers"]),
            _static_list(words["method"], [text[language] for text in meta["method"]]),
            _static_list(words["warnings"], [text[language] for text in meta["warnings"]]),
            _static_list(
                words["sources"],
                [
                    f"{source['label']} · {source['file']} · "
                    f"{words['rows'].format(rows=source['rows'])} · "
                    + (f"{source['crs'][language]} · " if source.get("crs") else "")
                    + f"sha256 {source['sha256']}"
                    for source in meta["sources"]
                ],
            ),
            f"<p>{escape(words['crs'])} {escape(meta['crs'])}</p>",
            f"<p>{escape(words['run'])} {escape(meta['run_id'])}</p>",
            f"<p><strong>{escape(footer)}</strong></p>",
        )
    )


def _static_list(heading: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(heading)}</h2><ul>{items}</ul>" if items else ""


def _static_layer(
    payload: Mapping[str, Any], layer: Mapping[str, Any], words: Mapping[str, str], language: str
) -> str:
    """One table a layer, at the layer's own minutes; at the others only if those are missing."""
    figures = payload["table"].get(layer["id"], {})
    own = f"{layer['minutes']:g}"
    limits = [own] if own in figures else list(figures)
    if not limits:
        return f"<p>{escape(words['absent'].format(layer=layer['label'][language]))}</p>"
    return "\n".join(
        _static_table(payload, layer, limit, words=words, language=language) for limit in limits
    )


def _static_table(
    payload: Mapping[str, Any],
    layer: Mapping[str, Any],
    limit: str,
    *,
    words: Mapping[str, str],
    language: str,
) -> str:
    group = layer["group"]
    caption = words["caption"].format(
        layer=layer["label"][language],
        minutes=limit,
        profile=layer["profile"][language],
        group=payload["groups"][group][language],
    )
    reached = payload["table"][layer["id"]][limit]
    people = [unit["people"][group] for unit in payload["units"]]
    columns = (
        "unit",
        "people",
        "before",
        "before_share",
        "after",
        "after_share",
        "before_has",
        "after_has",
    )
    head = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in columns)
    rows = [
        _static_row(
            unit["name"],
            people[i],
            (reached["before"][i], reached["after"][i]),
            [
                words["yes"] if layer["has_one"][phase][i] else words["no"]
                for phase in ("before", "after")
            ],
            unknown=words["unknown"],
        )
        for i, unit in enumerate(payload["units"])
    ]
    known = [i for i, count in enumerate(people) if count is not None]
    total = _static_row(
        words["total"],
        sum(people[i] for i in known),
        tuple(sum(reached[phase][i] or 0 for i in known) for phase in ("before", "after")),
        [f"{sum(layer['has_one'][phase])} / {len(people)}" for phase in ("before", "after")],
        unknown=words["unknown"],
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody><tfoot>{total}</tfoot></table>"
    )


def _static_row(
    name: str,
    people: int | None,
    reached: Iterable[int | None],
    has: Iterable[str],
    *,
    unknown: str,
) -> str:
    cells = [unknown if people is None else f"{people:,}"]
    for count in reached:
        if count is None or people is None:
            cells += [unknown, unknown]
        else:
            cells += [f"{count:,}", _percent(count, people)]
    cells += has
    body = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{body}</tr>'


def _percent(part: int, whole: int) -> str:
    """Write a share to one decimal; neither 0 nor 100 unless it is so."""
    if whole == 0:
        return "—"
    tenths = (2000 * part + whole) // (2 * whole)  # half up, in integers
    if tenths == 0 and part > 0:
        return "<0.1\u00a0%"
    if tenths == _WHOLE and part < whole:
        return ">99.9\u00a0%"
    return f"{tenths // 10}.{tenths % 10}\u00a0%"
