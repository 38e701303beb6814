"""Who is not reached, village by village, as the table planners open."""

import numpy as np
import pandas as pd

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..measure.not_reached import PLACE, UNKNOWN, UNNAMED, UNPLACED
from ..results import LayerResult, Study
from .tables import PHASES

__all__ = ["not_reached_table"]

_KINDS = {
    PLACE: Text("", ""),
    UNNAMED: Text("点位没有地名", "points without a name"),
    UNPLACED: Text("没有点位，无法判断", "no place known, cannot be judged"),
    UNKNOWN: Text("人口未知", "people not known"),
}


_SLACK = 1e-6
"""Of a thousandth of a minute: what a product of floats may be too large by."""


def not_reached_table(study: Study, language: Language) -> pd.DataFrame:
    """Return who is not reached at each layer's own limit: what ``not_reached.csv`` holds.

    Parameters
    ----------
    study, language
        The study, and the language of the labels.

    Returns
    -------
    DataFrame
        The rows of `Study.not_reached` for each layer, today and, where there is a plan, with it,
        behind the labels of what they are of. Minutes are rounded up to thousandths, so that
        nobody beyond the limit seems to be on it.
    """
    parts = [
        _rows(study, result, phase, language)
        for result in study.layers.values()
        for phase, nearest in (("before", result.before), ("after", result.after))
        if nearest is not None
    ]
    return pd.concat(parts, ignore_index=True)


def _rows(study: Study, result: LayerResult, phase: str, language: Language) -> pd.DataFrame:
    layer = result.layer
    rows = study.not_reached(layer.id, phase="after" if phase == "after" else "before")
    minutes = [name for name in rows.columns if name.endswith("_minutes")]
    head = {
        "study": study.inputs.title,
        "notice": study.inputs.notice or "",
        "date": study.inputs.date.isoformat(),
        "layer": layer.id,
        "layer_label": layer.label.of(language),
        "phase": phase,
        "phase_label": PHASES[phase].of(language),
        "minutes": int(layer.minutes),
        "group": layer.group,
        "group_label": group_label(layer.group).of(language),
    }
    front = pd.DataFrame(head, index=rows.index)
    notes = pd.Series([_KINDS[kind].of(language) for kind in rows["kind"]], index=rows.index)
    up = {name: np.ceil(rows[name] * 1000 - _SLACK) / 1000 for name in minutes}
    return pd.concat([front, rows.assign(**up, note=notes.astype("str"))], axis=1)
