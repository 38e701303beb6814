"""Maps inside other pages: a frame that shows a file, and several maps that share their parts."""

import html
import urllib.parse
from collections.abc import Mapping
from typing import Any

from ..core.text import Language, Text
from .page import (
    asset,
    check_payload,
    csp_hash,
    data_blocks,
    escape,
    image_hosts,
    json_text,
    leaflet_script,
    page_parts,
    page_script,
    page_style,
    skeleton,
)
from .visible import escaped

__all__ = ["SANDBOX", "MapFrames", "iframe_snippet"]

SANDBOX = "allow-scripts allow-downloads allow-modals"
"""What a framed map may do: run its own scripts, save the table, print. It has no origin."""

_TITLE = Text("覆盖地图", "Coverage map")


def iframe_snippet(filename: str, title: str, height: int = 720) -> str:
    """Return the lines that show a map file inside another page.

    Parameters
    ----------
    filename
        Path of the file as seen from that page, never an address with a host: a colon is part
        of a name.
    title
        What a screen reader says of the frame.
    height
        Height of the frame in pixels.

    Examples
    --------
    >>> iframe_snippet("地图.html", "A & B").split(" title=")[0]
    '<iframe src="./%E5%9C%B0%E5%9B%BE.html"'
    """
    path = filename.replace("\\", "/").lstrip("/")
    address = "./" + urllib.parse.quote(path, safe="/", errors="replace")
    return (
        f'<iframe src="{html.escape(address)}" title="{escaped(title)}" width="100%" '
        f'height="{int(height)}" sandbox="{SANDBOX}" loading="lazy" '
        'referrerpolicy="no-referrer"></iframe>'
    )


class MapFrames:
    """All living maps of one page: one copy of Leaflet, script, style, and each study's data.

    The page carries the shared parts and the data as blocks that nothing runs. A small constant
    script puts each map together in a sandboxed frame when the reader comes near it. A frame
    lives under the policy of the page around it as well as its own, so that page must allow
    `script_hashes` and `style_hashes`, and ``img-src data: blob:`` with `image_hosts`.

    Parameters
    ----------
    language
        Of the frames' own titles.

    Examples
    --------
    >>> frames = MapFrames("zh")
    >>> frames.tail()
    ''
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._studies: dict[str, int] = {}
        self._blocks: list[str] = []
        self._maps = 0
        self._hosts: dict[str, None] = {}

    def add(
        self,
        payload: Mapping[str, Any],
        *,
        layer: str | None = None,
        minutes: int | None = None,
        phase: str | None = None,
        title: str | None = None,
        height: int = 720,
    ) -> str:
        """Take a map in, and return the place it stands in: hidden as long as no script runs.

        Parameters
        ----------
        payload
            What the map holds, as `render_page` takes it. Maps of one study may share it.
        layer, minutes, phase
            What the map opens with: the id of a layer, whole minutes, ``"before"``, ``"after"`` or
            ``"difference"``; what its page opens with where None.
        title
            What a screen reader says of the frame.
        height
            Height of the frame in pixels.

        Returns
        -------
        str
            A ``div`` of class ``living-map``.

        Raises
        ------
        ValueError
            When the payload cannot be a page, or has no such layer.
        """
        check_payload(payload)
        known = {one["id"]: one for one in payload["layers"]}
        if layer is not None and layer not in known:
            raise ValueError(f"layer {layer!r}, expected one of {', '.join(known)}")
        asked = {"layer": layer, "minutes": minutes, "phase": phase}
        opening = {key: value for key, value in asked.items() if value is not None}
        self._maps += 1
        words = _TITLE.of(self._language)
        if title is None:
            shown = known[layer or payload["layers"][0]["id"]]
            title = f"{words} · {shown['label'][self._language]}"
        return (
            f'<div class="living-map" id="living-map-{self._maps}" '
            f'data-study="{self._study(payload)}" data-height="{int(height)}" '
            f'data-title="{escape(title)}" data-open="{escape(json_text(opening))}" hidden></div>'
        )

    def _study(self, payload: Mapping[str, Any]) -> int:
        """Return the number of a study's data, which is taken in once."""
        data, bulk = data_blocks(payload)
        key = data + bulk
        if key not in self._studies:
            number = self._studies[key] = len(self._studies) + 1
            parts = {**page_parts(payload), "PAGE": skeleton(payload)}
            self._hosts |= dict.fromkeys(image_hosts(payload))
            self._blocks += [
                _block("application/json", f"coverplan-parts-{number}", json_text(parts)),
                _block("application/json", f"coverplan-data-{number}", data),
                _block("text/plain", f"coverplan-bulk-{number}", bulk),
            ]
        return self._studies[key]

    def tail(self) -> str:
        """Return what stands at the end of the page: shared parts, data, and the script."""
        if not self._maps:
            return ""
        shared = {"STYLE": page_style(), "LEAFLET": leaflet_script(), "SCRIPT": page_script()}
        assets = _block("application/json", "coverplan-assets", json_text(shared))
        return "\n".join((assets, *self._blocks, f"<script>{asset('embed.js')}</script>"))

    @property
    def script_hashes(self) -> tuple[str, ...]:
        """The scripts that the page around must allow, as its policy names them."""
        scripts = (asset("embed.js"), leaflet_script(), page_script()) if self._maps else ()
        return tuple(csp_hash(script) for script in scripts)

    @property
    def image_hosts(self) -> tuple[str, ...]:
        """Hosts of tiles that the page around must allow images of: none unless asked for."""
        return tuple(self._hosts)

    @property
    def style_hashes(self) -> tuple[str, ...]:
        """The styles that the page around must allow, as its policy names them."""
        return (csp_hash(page_style()),) if self._maps else ()


def _block(kind: str, name: str, text: str) -> str:
    """Return a block of data; its text holds no ``<``."""
    return f'<script type="{kind}" id="{name}">{text}</script>'
