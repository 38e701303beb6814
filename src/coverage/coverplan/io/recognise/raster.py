"""Looking at a raster: heights of the ground, or people in cells."""

import warnings
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetReader
from rasterio.windows import Window

from ...core.errors import InputError
from ...core.text import Text
from ..content import unreadable
from .roles import Claim, Look, holds

RASTERS = frozenset({".tif", ".tiff", ".img", ".asc"})
_DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".img": "HFA", ".asc": "AAIGrid"}

_WINDOW = 256
_ACROSS = 4

_HEIGHT_WORDS = (
    "高程", "海拔", "dem", "dtm", "elevation", "srtm", "aster", "alos", "gdem", "nasadem", "height",
)  # fmt: skip
_PEOPLE_WORDS = ("人口", "人数", "pop", "population", "worldpop", "ghs", "ghsl", "landscan", "ppp")
_LOWEST, _HIGHEST = -500.0, 9000.0
_MANY_ZEROS = 0.2
_SMOOTH = 0.25


def look_at_raster(full: Path, name: Path) -> Look:
    """Return what a raster holds, by sixteen windows of its cells at most.

    Raises
    ------
    InputError
        When it is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(full, driver=_DRIVERS[full.suffix.lower()]) as raster:
                return Look(name, "raster", rows=raster.height, facts=_facts(raster), whole=False)
    except InputError:
        raise
    except Exception as error:
        why = Text("不是能读取的栅格", "no raster that can be read")
        raise InputError([unreadable(full, name.as_posix(), "vector", why)]) from error


def _facts(raster: DatasetReader) -> dict[str, float]:
    blocks = [
        raster.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
        for window in _windows(raster.width, raster.height)
    ]
    # Values nobody stated to be none.
    blocks = [np.where(block < _LOWEST, np.nan, block) for block in blocks]
    cells = np.concatenate([block[np.isfinite(block)] for block in blocks])
    facts = {"bands": float(raster.count), "width": float(raster.width), "cells": float(len(cells))}
    if len(cells):
        steps = np.concatenate([_steps(block) for block in blocks])
        spread = float(cells.std())
        facts |= {
            "low": float(cells.min()),
            "high": float(cells.max()),
            "zeros": float((cells == 0).mean()),
            "rough": float(steps.mean()) / spread if len(steps) and spread else 1.0,
        }
    return facts


def _windows(width: int, height: int) -> list[Window]:
    """Return windows spread evenly over a raster."""
    rows = {max(0, round(k * max(height - _WINDOW, 0) / (_ACROSS - 1))) for k in range(_ACROSS)}
    columns = {max(0, round(k * max(width - _WINDOW, 0) / (_ACROSS - 1))) for k in range(_ACROSS)}
    return [
        Window(c, r, min(_WINDOW, width - c), min(_WINDOW, height - r))
        for r in sorted(rows)
        for c in sorted(columns)
    ]


def _steps(block: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much neighbouring cells differ."""
    steps = np.abs(np.diff(block, axis=1)).ravel()
    return np.asarray(steps[np.isfinite(steps)], dtype=np.float64)


def claims_of_raster(look: Look) -> list[Claim]:
    """Return what a raster could be: the heights of the ground, the people of its cells, neither.

    By its name and its cells: heights are smooth and seldom 0; people are not, and mostly 0.
    """
    facts = look.facts
    if facts.get("bands") != 1 or not facts.get("cells"):
        return []
    named_height = holds(look.words, _HEIGHT_WORDS)
    named_people = holds(look.words, _PEOPLE_WORDS)
    low, high = facts["low"], facts["high"]
    height = 0.5 * bool(named_height) + 0.2 * (facts["rough"] < _SMOOTH)
    height += 0.1 * (facts["zeros"] < _MANY_ZEROS) + 0.1 * (high - low > 1)
    people = 0.5 * bool(named_people) + 0.2 * (facts["zeros"] >= _MANY_ZEROS)
    people += 0.2 * (facts["rough"] >= _SMOOTH)
    cells = f"{low:g} … {high:g}"
    zeros = f"{facts['zeros']:.0%}"
    why = Text(f"栅格，抽看的值 {cells}，0 占 {zeros}", f"cells seen {cells}, {zeros} are 0")
    claims = []
    if low >= _LOWEST and high <= _HIGHEST and not named_people:
        claims.append(Claim(look, "elevation", height, _named(why, named_height)))
    if low >= 0 and not named_height:
        claims.append(Claim(look, "people_raster", people, _named(why, named_people)))
    return claims


def _named(why: Text, word: str) -> Text:
    if not word:
        return why
    return Text(f"文件名含“{word}”；{why.zh}", f'its name holds "{word}"; {why.en}')
