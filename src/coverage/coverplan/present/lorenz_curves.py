"""Lorenz curves of a layer, each with what it is of."""

import pandas as pd

from ..core.text import Text
from ..measure.measures import Measures
from .measure_tables import supply_words

__all__ = ["lorenz_curves"]

_DRAWN = {
    "access": Text("可及性（E2SFCA）", "access (E2SFCA), "),
    "places_per_1000": Text("本单元", "own unit, "),
}
"""What people have is drawn, not what they must do without."""


def lorenz_curves(found: Measures, layer: str, group: str) -> dict[str, tuple[Text, pd.DataFrame]]:
    """Return the curves of a layer and a group by subject; none where nothing is shared out.

    Parameters
    ----------
    found, layer, group
        What was measured, of which layer and group.
    """
    curves: dict[str, tuple[Text, pd.DataFrame]] = {}
    for subject, label in _DRAWN.items():
        rows, facts = _own(found.lorenz, layer, group, subject), found.inequality
        if not len(rows):
            continue
        own = _own(facts, layer, group, subject)
        fact = own[own["index"] == "gini"].iloc[0]
        unit, people = supply_words(found, layer), int(fact["people"])
        gini = f"{float(fact['value']):.3f}"
        said = Text(
            f"{label.zh}每千人{unit.zh}，基尼系数 {gini}（{people:,} 人）",
            f"{label.en}{unit.en} per 1,000, Gini {gini} ({people:,} people)",
        )
        curves[subject] = (said, rows)
    return curves


def _own(frame: pd.DataFrame, layer: str, group: str, subject: str) -> pd.DataFrame:
    if not len(frame):
        return frame
    here = (frame["layer"] == layer) & (frame["group"] == group) & (frame["subject"] == subject)
    return frame[here]
