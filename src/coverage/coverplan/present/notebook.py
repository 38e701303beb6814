"""Results that show themselves in a notebook, without the data types knowing how to draw."""

import html
import sys
from dataclasses import dataclass

import pandas as pd

from ..core.text import Language, Text
from ..identity import run_id
from ..results import Study
from .page import render_page
from .payload import map_payload
from .tables import unit_table


@dataclass(frozen=True, slots=True)
class MapView:
    """The map page of a study, for a notebook or a file.

    Parameters
    ----------
    page
        The self-contained HTML.
    height
        Height of the frame in a notebook, in pixels.
    """

    page: str
    height: int = 720

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own: its styles and scripts stay inside."""
        inside = html.escape(self.page, quote=True)
        return (
            f'<iframe srcdoc="{inside}" width="100%" height="{self.height}" '
            'style="border:1px solid #ccc" title="coverplan"></iframe>'
        )


def show_map(study: Study, *, height: int = 720) -> MapView:
    """Return the map of a study as something a notebook displays.

    Parameters
    ----------
    study
        The computed study.
    height
        Height of the frame in pixels.
    """
    return MapView(map_html(study), height)


def map_html(study: Study, *, language: Language | None = None) -> str:
    """Return the map of a study as one self-contained page that calls no host.

    Parameters
    ----------
    study
        The computed study.
    language
        Language the page opens in; the study's own where it is None.
    """
    return render_page(map_payload(study, run_id(study), language))


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
    """
    speak = language or study.inputs.language
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


def register_display() -> bool:
    """Teach a running IPython to show studies; return whether there was one.

    The study types stay plain data: the notebook's formatter is told about them from here.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    shell.display_formatter.formatters["text/html"].for_type(Study, study_html)
    return True
