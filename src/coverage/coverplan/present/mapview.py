"""The map of a study as an object: it takes layers, shows itself in a notebook, goes to a file."""

import base64
import html
import re
import tempfile
import warnings
from collections.abc import Container
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

from ..core.arguments import expect_choice
from ..core.errors import InputError, Problem
from ..core.text import Language, Text
from ..identity import run_id
from ..io.write import whole_file, write_text
from ..measure.indicators import Phase
from ..results import Study
from .overlays import Overlay, has_tiles, is_tiles, merged, overlays_of
from .page import render_page
from .payload import map_payload
from .speaking import spoken
from .tiles import TileSource, tile_source
from .weight import check_weight

__all__ = ["MapView", "View", "map_png"]

View = Literal["before", "after", "difference"]
"""How a map opens: today, with the sites proposed, or what changes."""

_NO_TILES = Text(
    "folium 地图的在线底图没有加入：除非用 show_map(study, tiles=…, tiles_credit=…) 要求，"
    "本图不联网",
    "the tiles of the folium map were left out: the map of a study calls no host unless "
    "show_map(study, tiles=..., tiles_credit=...) asks for it",
)
_LINK = re.compile(r"<a [^<>]*>([^<>]*)</a>")

_HTML, _PNG = "text/html", "image/png"
_LEAST_TOP = 30


class MapView:
    """The map page of a study, for a notebook or a file.

    Layers of folium can be put on it, with `add` or with folium's own ``add_to``. They are read,
    never rendered: whatever a popup, tooltip, label or name holds - HTML too - is shown as text,
    as it was written. No script of a layer runs, no image or tile is fetched.

    Unlike the results it shows, a view changes: `add` puts a layer on this view and returns it,
    as a notebook expects; a layer that is added again is there once. What is added to a layer
    afterwards is shown as well: a layer is read when the page is made.

    Parameters
    ----------
    study
        The computed study.
    language
        Language the page opens in; the study's own where None.
    layer, minutes, phase
        What it opens with; the first layer at its own minutes, as things are now, where None.
    height
        Height of the frame in a notebook, in pixels.
    tiles
        Tiles of a host, which the page then calls; none where None, and the page calls nobody.

    Raises
    ------
    InputError
        When the study has no such layer, or the page no such limit, or the layer no plan to open
        with.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> import coverplan as cp
    >>> view = cp.show_map(cp.assess(cp.small_county()), language="en")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = view.save(Path(folder) / "map.html")
    ...     path.name, path.stat().st_size > 100_000
    ('map.html', True)
    >>> sorted(view.payload)[:3]
    ['base', 'bulk', 'groups']
    """

    def __init__(
        self,
        study: Study,
        *,
        language: Language | None = None,
        layer: str | None = None,
        minutes: int | None = None,
        phase: View | None = None,
        height: int = 720,
        tiles: TileSource | None = None,
    ) -> None:
        speak = spoken(study, language)
        if phase is not None:
            expect_choice("phase", phase, get_args(View))
        if layer is not None and layer not in study.layers:
            raise InputError([_no_layer(layer, list(study.layers))])
        if minutes is not None and minutes not in range(1, _top_minutes(study) + 1):
            raise InputError([_no_limit(minutes, _top_minutes(study))])
        shown = layer or next(iter(study.layers))
        if phase in {"after", "difference"} and study.layers[shown].after is None:
            raise InputError([_no_plan(shown)])
        self.study = study
        self.height = height
        self._language: Language = speak
        self._layer, self._minutes, self._phase = layer, minutes, phase
        self._tiles = tiles
        self._added: list[tuple[Any, str | None]] = []
        self._base: dict[str, Any] | None = None

    def __repr__(self) -> str:
        """Return one line, without drawing anything."""
        return f"<MapView of {self.study.inputs.title!r}, {len(self._added)} layers added>"

    def add(self, layer: Any, name: str | None = None) -> "MapView":
        """Put a layer of folium on this map.

        Parameters
        ----------
        layer
            A layer, a group, or a whole `folium.Map`, whose layers are taken and whose tiles are
            not. A `folium.TileLayer` is taken as `coverplan.show_map` takes ``tiles``.
        name
            Name of its switch; the layer's own where None.

        Returns
        -------
        MapView
            This view.

        Raises
        ------
        TypeError
            When it is nothing that can be shown; the message says what can. The view is unchanged.
        ValueError, InputError
            When a place is no place, or it would make the page call a host it may not.
        """
        return self.add_child(layer, name)

    def add_child(self, child: Any, name: str | None = None, index: int | None = None) -> "MapView":
        """Put a layer on this map: what folium's own ``add_to`` calls.

        Parameters
        ----------
        child, name
            As in `add`.
        index
            Which of those added it is to be; the last where None.
        """
        if is_tiles(child):
            credit = _plain_credit(str(child.options.get("attribution", "")))
            self._tiles = tile_source(str(child.tiles), credit, self.study)
            return self
        if has_tiles(child):
            warnings.warn(_NO_TILES.of(self._language), stacklevel=2)
        overlays_of(child, name)  # what cannot be shown is said here, not when the map is shown
        # A cell that is run again does not draw its layer twice.
        self._added = [(layer, given) for layer, given in self._added if layer is not child]
        where = len(self._added) if index is None else index
        self._added.insert(where, (child, name))
        return self

    @property
    def opening(self) -> dict[str, Any]:
        """What it opens with: ``layer``, ``minutes`` and ``phase`` as far as they were given."""
        asked = {"layer": self._layer, "minutes": self._minutes, "phase": self._phase}
        return {key: value for key, value in asked.items() if value is not None}

    @property
    def payload(self) -> dict[str, Any]:
        """What the page holds, as plain data."""
        if self._base is None:
            self._base = map_payload(self.study, run_id(self.study), self._language)
        payload = dict(self._base)
        if self.opening:
            payload["meta"] = payload["meta"] | {"open": self.opening}
        if self._tiles is not None:
            payload["tiles"] = self._tiles.as_dict()
        found: list[Overlay] = []
        for layer, name in self._added:
            found = merged([*found, *overlays_of(layer, name)])
        if found:
            payload["overlays"] = found
        return payload

    @property
    def page(self) -> str:
        """The page: one self-contained HTML text."""
        return render_page(self.payload)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the page, whole or not at all.

        Parameters
        ----------
        path
            The file.
        force
            Whether a page above 50 MB is written all the same.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            When it cannot be written, or is above 50 MB; what was there is unchanged.
        """
        written, heavy = self.write(Path(path), force=force)
        if heavy is not None:
            warnings.warn(heavy.render(self._language), stacklevel=2)
        return written

    def write(self, path: Path, *, force: bool = False) -> tuple[Path, Problem | None]:
        """Write the page as `save` does; a heavy page is returned as a fault, not warned of."""
        payload = self.payload
        page = render_page(payload)
        heavy = check_weight(page, payload, force=force)
        with whole_file(path) as draft:
            write_text(page, draft)
        return path, heavy

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own: its styles and scripts stay inside."""
        inside = html.escape(self.page, quote=True)
        title = html.escape(self.study.inputs.title, quote=True)
        return (
            f'<iframe srcdoc="{inside}" width="100%" height="{int(self.height)}" '
            f'style="border:1px solid #ccc" title="{title}"></iframe>'
        )

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Return the living page, and a picture for what shows no pages: Word, PDF.

        The picture is the coverage of the layer the map opens with, without layers added; it is
        left out where matplotlib (extra ``figures``) or a font for it is missing.
        """

        def wanted(kind: str) -> bool:
            return (include is None or kind in include) and (exclude is None or kind not in exclude)

        bundle = {_HTML: self._repr_html_()} if wanted(_HTML) else {}
        if wanted(_PNG):
            phase: Phase = "before" if self._phase in {None, "before"} else "after"
            picture = map_png(self.study, self._layer, self._language, phase)
            if picture is not None:
                bundle[_PNG] = base64.b64encode(picture).decode("ascii")
        return bundle


def map_png(
    study: Study,
    layer: str | None = None,
    language: Language | None = None,
    phase: Phase = "before",
) -> bytes | None:
    """Return the picture of a study's coverage, None where it cannot be drawn here.

    Parameters
    ----------
    study
        The computed study.
    layer
        Its layer; the first where None.
    language
        Of the words; the study's own where None.
    phase
        Today, or with the sites proposed.
    """
    if find_spec("matplotlib") is None:
        return None
    from .figures import coverage_figure, save_figure  # noqa: PLC0415 - optional extra

    shown = layer or next(iter(study.layers))
    speak = language or study.inputs.language
    try:
        figure = coverage_figure(study, shown, phase=phase, language=speak)
        with tempfile.TemporaryDirectory(prefix="coverplan-") as folder:
            return bytes(save_figure(figure, Path(folder) / "map.png").read_bytes())
    except InputError as error:  # no font: the living map is shown all the same
        warnings.warn(error.render(speak), stacklevel=2)
        return None


def _plain_credit(credit: str) -> str:
    """Return the words of a credit that folium knows as links."""
    return html.unescape(_LINK.sub(r"\1", credit))


def _top_minutes(study: Study) -> int:
    """Return the longest limit that can be chosen on the page."""
    own = [result.layer.minutes for result in study.layers.values()]
    return int(max(_LEAST_TOP, *study.inputs.thresholds, *own))


def _no_limit(minutes: object, top: int) -> Problem:
    return Problem(
        code="map.minutes",
        what=Text("地图上没有这个时限", "the map has no such limit"),
        column="minutes",
        found=str(minutes),
        expected=Text(f"1 至 {top} 的整分钟", f"whole minutes, 1 to {top}"),
        mend=Text("改为整分钟", "give whole minutes"),
    )


def _no_plan(layer: str) -> Problem:
    return Problem(
        code="map.phase",
        what=Text(
            "这个图层没有方案，只能看现状", "this layer has no plan: only today can be shown"
        ),
        column="phase",
        found=layer,
        mend=Text(
            "不写 phase，或先用 coverplan.propose 选址", "leave it out, or propose sites first"
        ),
    )


def _no_layer(layer: str, known: list[str]) -> Problem:
    return Problem(
        code="map.layer",
        what=Text("研究里没有这个图层", "the study has no such layer"),
        column="layer",
        found=layer,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一", "name one of these"),
    )
