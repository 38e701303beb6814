"""Several living maps in one page that calls no host, their shared parts in it once."""

import html
from collections.abc import Sequence

from ..core.text import Language
from .embedding import MapFrames
from .mapview import MapView
from .page import csp_hash

__all__ = ["maps_html"]

_STYLE = """
body { margin: 0 auto; max-width: 80rem; padding: 1rem; font-family: system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
"""


def maps_html(
    views: Sequence[MapView], *, title: str | None = None, language: Language | None = None
) -> str:
    """Return one self-contained page with several living maps, one below the other.

    Maps of one study share its data, so that two maps weigh hardly more than one.

    Parameters
    ----------
    views
        Maps of `coverplan.show_map`, each of which opens as it was told.
    title
        Of the page; that of the first study where it is None.
    language
        In which the layers are named; that of the first study where it is None.

    Raises
    ------
    ValueError
        When there is no map.

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> views = [cp.show_map(study, layer=layer) for layer in study.layers]
    >>> page = cp.maps_html(views)
    >>> page.count('class="living-map"')
    2
    >>> len(page) < 1.5 * len(views[0].page)
    True
    """
    if not views:
        raise ValueError("give at least one map")
    inputs = views[0].study.inputs
    speak = language or inputs.language
    frames = MapFrames(speak)
    parts = []
    for view in views:
        opening = view.opening
        layer = str(opening.get("layer") or next(iter(view.study.layers)))
        head = html.escape(view.study.layers[layer].layer.label.of(speak))
        payload = view.payload
        # Maps that only open otherwise share their data.
        meta = {key: value for key, value in payload["meta"].items() if key != "open"}
        plain = payload | {"meta": meta}
        parts.append(f"<h2>{head}</h2>\n{frames.add(plain, height=view.height, **opening)}")
    tail = frames.tail()
    name = html.escape(title or inputs.title)
    head = "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{"zh-CN" if speak == "zh" else "en"}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(frames)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>",
        )
    )
    return "\n".join((head, *parts, tail, "</body>\n</html>\n"))


def _policy(frames: MapFrames) -> str:
    """Return what the page may do: its own scripts and styles, pictures it holds, nothing else."""
    hosts = " ".join(frames.image_hosts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(frames.script_hashes)}",
            f"style-src {' '.join((csp_hash(_STYLE), *frames.style_hashes))}",
            f"img-src data: blob: {hosts}".rstrip(),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
