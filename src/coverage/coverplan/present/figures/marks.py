"""The sites of a layer on a map: each state has a sign of its own."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from ...core.text import Text
from ...results import LayerResult
from ..looks import INK
from .frame import Frame
from .keys import MARKS, STAR, Entry

_ORDER = 10
_GREY = "#7d8790"


@dataclass(frozen=True, slots=True)
class _Look:
    mark: str
    size: float
    fill: str
    edge: str


def _look(result: LayerResult, state: str) -> _Look:
    layer = result.layer
    looks = {
        "existing": _Look(MARKS[layer.shape], 6.5, layer.colour, "#ffffff"),
        "proposed": _Look(STAR, 15.0, "#ffffff", INK),
        "closing": _Look("X", 8.0, "#ffffff", layer.colour),
        "not_counted": _Look(MARKS[layer.shape], 5.0, "#ffffff", _GREY),
    }
    return looks[state]


_WORDS = {
    "existing": Text("计入的设施", "sites that count"),
    "proposed": Text("拟建站点", "sites proposed"),
    "closing": Text("拟关闭的设施", "sites to be closed"),
    "not_counted": Text("未计入的设施", "sites not counted"),
}


def _shown(result: LayerResult, phase: str) -> dict[str, str]:
    """Return which states a map of a phase shows, and as what: today a closing site counts."""
    order = {"not_counted": "not_counted", "existing": "existing", "closing": "closing"}
    shown = order | ({"closing": "existing"} if phase == "before" else {"proposed": "proposed"})
    there = set(result.sites["state"])
    return {state: look for state, look in shown.items() if state in there}


def draw_sites(
    frame: Frame, result: LayerResult, phase: str, *, leave: str | None = None
) -> NDArray[np.float64]:
    """Draw the sites of a layer and return the boxes they take, metres, shape ``(s, 4)``.

    Parameters
    ----------
    frame, result
        The map, and the layer.
    phase
        ``before`` or ``after``: what is to be closed still counts before.
    leave
        A state that is not drawn here.
    """
    boxes = [np.empty((0, 4))]
    for state, look in _shown(result, phase).items():
        if state != leave:
            sites = result.sites[result.sites["state"] == state]
            boxes.append(_draw(frame, sites, _look(result, look)))
    return np.vstack(boxes)


def _draw(frame: Frame, sites: gpd.GeoDataFrame, look: _Look) -> NDArray[np.float64]:
    xy = np.column_stack([sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()])
    size = look.size * frame.sheet.larger
    frame.axes.plot(
        *xy.T, look.mark, ms=size, mfc=look.fill, mec=look.edge, mew=1.1, ls="none",
        zorder=_ORDER, clip_on=True,
    )  # fmt: skip
    return boxes_around(frame, xy, size)


def boxes_around(frame: Frame, xy: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    """Return boxes of so many points around places, metres, shape ``(n, 4)``."""
    half = 0.5 * size * frame.metres
    return np.hstack([xy - half, xy + half])


def site_entries(result: LayerResult, phase: str) -> list[Entry]:
    """Return the signs of the sites a map of a phase shows, with their words."""
    entries = []
    for name in dict.fromkeys(reversed(_shown(result, phase).values())):
        look = _look(result, name)
        # A white rim would not be seen on white paper.
        edge = look.fill if look.edge == "#ffffff" else look.edge
        size = min(look.size, 12.0)
        entries.append(Entry(look.fill, _WORDS[name], look.mark, edge=edge, size=size))
    return entries or [
        Entry("#ffffff", Text("没有设施", "no site at all"), MARKS[result.layer.shape], edge=_GREY)
    ]
