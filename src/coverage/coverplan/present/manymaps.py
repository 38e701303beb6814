"""Several living maps in one page that calls no host, their shared parts in it once."""

import html
from collections.abc import Mapping, Sequence

from ..core.arguments import expect, refused
from ..core.text import Language, Text
from .embedding import MapFrames
from .mapview import MapView
from .page import csp_hash

__all__ = ["maps_html"]

_VIEW = Text(
    "用 coverplan.show_map(study, layer=...) 生成", "make it: coverplan.show_map(study, layer=...)"
)
_STYLE = """
body { margin: 0 auto; max-width: 80rem; padding: 1rem; font-family: system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.beside { max-width: none; }
.beside main { display: grid; gap: 0 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
"""


def maps_html(
    views: Sequence[MapView] | Mapping[str, MapView],
    *,
    title: str | None = None,
    language: Language | None = None,
    side_by_side: bool = False,
) -> str:
    """Return one self-contained page with several living maps, below or beside each other.

    Maps of one study share its data, so that two maps weigh hardly more than one.

    Parameters
    ----------
    views
        Maps of `coverplan.show_map`, each of which opens as it was told; by their headings, where
        these are not to be the names of their layers.
    title
        Of the page; that of the first study where it is None.
    language
        In which the layers are named; that of the first study where it is None.
    side_by_side
        Whether they stand beside each other where the window has room for it.

    Raises
    ------
    InputError
        When there is no map, or something else among them.

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

    One layer twice, today and with the plan, each under its own heading:

    >>> both = {
    ...     "Today": cp.show_map(study, layer="elderly_care"),
    ...     "With two homes": cp.show_map(study, layer="elderly_care", phase="after"),
    ... }
    >>> page = cp.maps_html(both, title="Two homes", language="en", side_by_side=True)
    >>> "<h2>With two homes</h2>" in page
    True
    """
    if isinstance(views, MapView) or not views:
        found = type(views).__name__
        expected = Text("若干张地图，如 [a, b]", "several maps, such as [a, b]")
        raise refused("kind", "views", found, expected=expected, mend=_VIEW)
    named = views if isinstance(views, Mapping) else dict(enumerate(views))
    maps = list(named.values())
    for view in maps:
        expect("views", view, MapView, mend=_VIEW)
    inputs = maps[0].study.inputs
    speak = language or inputs.language
    frames = MapFrames(speak)
    parts = []
    for key, view in named.items():
        opening = view.opening
        layer = str(opening.get("layer") or next(iter(view.study.layers)))
        label = view.study.layers[layer].layer.label.of(speak)
        head = html.escape(key if isinstance(key, str) else label)
        payload = view.payload
        # Maps that only open otherwise share their data.
        meta = {key: value for key, value in payload["meta"].items() if key != "open"}
        plain = payload | {"meta": meta}
        frame = frames.add(plain, height=view.height, **opening)
        parts.append(f"<section>\n<h2>{head}</h2>\n{frame}\n</section>")
    tail = frames.tail()
    wide = ' class="beside"' if side_by_side else ""
    name = html.escape(title or inputs.title)
    head = "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{"zh-CN" if speak == "zh" else "en"}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(frames)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n<body{wide}>\n<h1>{name}</h1>",
        )
    )
    return "\n".join((head, "<main>", *parts, "</main>", tail, "</body>\n</html>\n"))


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
