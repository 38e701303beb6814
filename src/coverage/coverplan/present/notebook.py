"""Results that show themselves in a notebook, without the data types knowing how to draw."""

import html
import io
import sys
from typing import Any

import pandas as pd

from ..core.text import Language, Text
from ..identity import run_id
from ..results import Study, computed
from .mapview import MapView, View, map_png
from .page import render_page
from .payload import map_payload
from .speaking import spoken
from .tables import unit_table
from .tiles import tile_source

__all__ = [
    "MapView",
    "map_html",
    "register_display",
    "show_map",
    "show_table",
    "study_html",
    "study_png",
]


def show_map(
    study: Study,
    *,
    layer: str | None = None,
    minutes: int | None = None,
    phase: View | None = None,
    language: Language | None = None,
    height: int = 720,
    tiles: str | None = None,
    tiles_credit: str = "",
) -> MapView:
    """Return the map of a study: a notebook displays it, ``save`` writes it, ``add`` adds layers.

    Parameters
    ----------
    study
        The computed study.
    layer, minutes
        What it opens with; the first layer at its own minutes where None.
    phase
        And how: ``"before"`` (today, also where None), ``"after"`` (with the sites proposed) or
        ``"difference"`` (what changes).
    language
        Language the page opens in; the study's own where None.
    height
        Height of the frame in pixels.
    tiles
        Address of tiles to draw under the map, ``https://host/{z}/{x}/{y}.png``, in CGCS 2000 or
        WGS 84. The page then calls that host, and says so; it calls nobody where None.
    tiles_credit
        Whose tiles they are.

    Raises
    ------
    InputError
        When the study has no such layer, the page no such limit, or the layer no plan to open
        with; when the address of the tiles is none, holds a key, or is of a service in GCJ-02 or
        BD-09.

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> view = cp.show_map(study, layer="social_work", minutes=10, language="en")
    >>> view.page[:15]
    '<!DOCTYPE html>'
    """
    source = None if tiles is None else tile_source(tiles, tiles_credit, study)
    return MapView(
        study,
        language=language,
        layer=layer,
        minutes=minutes,
        phase=phase,
        height=height,
        tiles=source,
    )


def map_html(study: Study, *, language: Language | None = None) -> str:
    """Return the map of a study as one self-contained page that calls no host.

    Parameters
    ----------
    study
        The computed study.
    language
        Language the page opens in; the study's own where it is None.

    Examples
    --------
    >>> import coverplan as cp
    >>> page = cp.map_html(cp.assess(cp.small_county()), language="en")
    >>> page[:15], "小溪县" in page
    ('<!DOCTYPE html>', True)
    """
    return render_page(map_payload(computed(study), run_id(study), language))


def show_table(study: Study, layer: str, *, language: Language | None = None) -> pd.DataFrame:
    """Return one layer by unit at its own minutes, to read in a notebook.

    Parameters
    ----------
    study
        The computed study.
    layer
        Id of a layer.
    language
        Language of the headings; the study's own where it is None.

    Returns
    -------
    DataFrame
        One row per unit and one for all; without roads a last column says that times are
        estimates.

    Examples
    --------
    >>> import coverplan as cp
    >>> table = cp.show_table(cp.assess(cp.small_county()), "elderly_care", language="en")
    >>> table.iloc[:, :4]
           people  reached  reached %  reached after
    unit
    柳溪镇       407      314       77.1            314
    石桥乡       333        0        0.0            333
    云岭乡       193        0        0.0            110
    total     933      314       33.7            757
    """
    speak = spoken(study, language)
    column = Text("说明", "notice").of(speak)
    return study.inputs.marked(unit_table(study, layer, speak), column)


def study_html(study: Study) -> str:
    """Return what a notebook shows for a study: title, a table for each layer, the map."""
    language = study.inputs.language
    title = html.escape(study.inputs.title)
    parts = [f"<h3>{title}</h3>"]
    if study.inputs.notice:
        parts.append(f"<p><em>{html.escape(study.inputs.notice)}</em></p>")
    for key, result in study.layers.items():
        label = html.escape(result.layer.label.of(language))
        parts.append(f"<h4>{label}</h4>")
        parts.append(unit_table(study, key, language).tail(1).to_html(escape=True))
    parts.append(show_map(study)._repr_html_())
    return "".join(parts)


def study_png(study: Study) -> bytes | None:
    """Return the picture of a study for what shows no pages: the coverage of its first layer."""
    return map_png(study)


def figure_png(figure: Any) -> bytes:
    """Return the picture of a figure of matplotlib for a notebook."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=_SHOWN_DPI)
    return drawn.getvalue()


_SHOWN_DPI = 100
"""On a page; files for paper are written by `coverplan.figures.save_figure`."""


def register_display() -> bool:
    """Teach a running IPython to show studies and figures; return whether there was one.

    The study types stay plain data: the notebook's formatter is told about them from here.
    Figures of `coverplan.figures` belong to no window and to no ``%matplotlib``; without this a
    notebook would show their names in place of the pictures.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    formatters = shell.display_formatter.formatters
    formatters["text/html"].for_type(Study, study_html)
    formatters["image/png"].for_type(Study, study_png)
    # By name: matplotlib, an extra, is not loaded for it; where it is set up already that holds.
    formatters["image/png"].for_type_by_name("matplotlib.figure", "Figure", figure_png)
    return True
