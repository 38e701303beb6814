"""Where facilities stand, and by what people come to them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.text import Text
from ...domain.policy import Target
from .counted import layer_words, missing_lists
from .filters import choose
from .found import Cannot
from .ledger import LayerReach, Ledger


@dataclass(frozen=True, slots=True)
class Sites:
    """Working facilities people can travel to, those outside the study too.

    Parameters
    ----------
    rows
        The facilities, those without a place too.
    layers
        Layers the study has a list of, families taken apart.
    notes
        Layers there is no list of, facilities that could not be told or have no place.
    """

    rows: pd.DataFrame
    layers: tuple[str, ...]
    notes: tuple[Text, ...]

    def xy(self, layer: str | None = None) -> NDArray[np.float64]:
        """Return the places of the facilities, of one layer or all, metres, shape ``(n, 2)``."""
        rows = self.rows if layer is None else self.rows[self.rows["layer"] == layer]
        return points(rows)[has_point(rows)]


def sites_of(target: Target, ledger: Ledger, layers: tuple[str, ...]) -> Sites | Cannot:
    """Return the working facilities of some layers that fulfil a clause's condition.

    Parameters
    ----------
    target, ledger, layers
        The clause, what is known, and layers.

    Returns
    -------
    Sites or Cannot
        `Cannot` where there is no list of any of the layers, a condition cannot be told of any
        facility, or there are facilities but none has a place.
    """
    wanting = missing_lists(layers, ledger)
    if isinstance(wanting, Cannot):
        return wanting
    known = ledger.known_layers(layers)
    chosen = choose(ledger.working(known), target.condition, ledger.config)
    if isinstance(chosen, Cannot):
        return chosen
    there = has_point(chosen.rows)
    if len(there) and not there.any():
        word = layer_words(layers)
        return Cannot(
            Text(
                f"{word.zh}没有一处有坐标，无法计算出行时间",
                f"{word.en}: none has coordinates, no travel time can be computed",
            )
        )
    return Sites(chosen.rows, known, (*wanting, *chosen.notes, *_pointless(there)))


def has_point(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which facilities have a place, shape ``(n,)``."""
    return np.asarray((rows["x"].notna() & rows["y"].notna()).to_numpy(dtype=bool))


def points(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the places of facilities in metres, shape ``(n, 2)``, NaN where not known."""
    xy: NDArray[np.float64] = rows[["x", "y"]].to_numpy(dtype=np.float64)
    return xy


def _pointless(there: NDArray[np.bool_]) -> tuple[Text, ...]:
    lost = int((~there).sum())
    if not lost:
        return ()
    return (
        Text(
            f"{len(there)} 处中有 {lost} 处没有坐标，未计入出行",
            f"{lost} of {len(there)} facilities have no coordinates and reach nobody here",
        ),
    )


NO_ROADS = Cannot(
    Text("没有路网，无法计算出行时间", "there is no road network to compute travel times on")
)


def reach_of(ledger: Ledger, layers: Iterable[str]) -> dict[str, LayerReach] | Cannot:
    """Return how people travel to those layers that are layers of the study.

    Parameters
    ----------
    ledger, layers
        What is known, and layers.

    Returns
    -------
    dict or Cannot
        `Cannot` where none of them is.
    """
    wanted = tuple(layers)
    found = {key: ledger.reach_of[key] for key in wanted if key in ledger.reach_of}
    if found:
        return found
    word = layer_words(wanted)
    return Cannot(
        Text(
            f"{word.zh}不是本研究的图层，没有出行方式和分钟数（可在 layers 中加入）",
            f"{word.en}: no layer of the study, so no profile and minutes are given "
            "(add one under layers)",
        )
    )


def walker(ledger: Ledger) -> str | None:
    """Return the travel profile older people are measured by; None where none is named.

    That of the study's first layer for the elderly, else the circle's, else the first layer's.
    """
    for reach in ledger.reach_of.values():
        if reach.group == "elderly":
            return reach.profile
    if ledger.config.circle is not None:
        return ledger.config.circle.profile
    return next((reach.profile for reach in ledger.reach_of.values()), None)
