"""What stands beside a map: the key, every sign with its words, and lists of sites."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from matplotlib.patches import Rectangle

from ...core.text import Text
from ...domain.groups import group_label
from ...results import LayerResult
from .ground import BREAKS, HALF, NOBODY_FILL, SHARE_FILLS
from .sheet import INK, SOFT, Sheet

MARKS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D"}
"""Signs of matplotlib for the shapes of layers."""

_KEY_X, _KEY_TOP, _KEY_STEP = 0.745, 0.86, 0.034
_LISTED, _MOST = 18, 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One sign of a key and its words."""

    fill: str
    words: Text
    mark: str = ""
    hatch: str = ""
    edge: str = INK


def site_entry(result: LayerResult) -> Entry:
    """Return the sign of the sites of a layer that count."""
    label = result.layer.label
    words = Text(f"{label.zh}：计入的设施", f"{label.en}: those that count")
    return Entry(result.layer.colour, words, MARKS[result.layer.shape])


def share_key(sheet: Sheet, result: LayerResult, *, proposed: bool, left: float = _KEY_X) -> None:
    """Draw the key of a map of shares beside it."""
    edges = (0, *BREAKS, 100)
    entries = [
        Entry(
            fill,
            Text.same(f"{low}–{'<' if high < edges[-1] else ''}{high} %"),
            hatch="///" if high <= HALF else "",
        )
        for fill, low, high in zip(SHARE_FILLS, edges, edges[1:], strict=False)
    ]
    entries += [
        Entry("#ffffff", Text("斜线：不足 50 %", "hatched: below 50 %"), hatch="///"),
        Entry(NOBODY_FILL, Text("没有这类人", "nobody of the group")),
        site_entry(result),
    ]
    if proposed:
        entries.append(Entry("#ffffff", Text("拟建站点", "site proposed"), "*"))
    group = group_label(result.layer.group)
    key(
        sheet,
        Text(f"可达的人占{group.zh}的比例", f"reached, share of {group.en}"),
        entries,
        left=left,
    )


def key(sheet: Sheet, title: Text, entries: list[Entry], *, left: float = _KEY_X) -> None:
    """Draw the key beside the map, every sign with its words."""
    sheet.write(left, _KEY_TOP, title.of(sheet.language), 9.5)
    axes = sheet.axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for i, entry in enumerate(entries, 1):
        y = _KEY_TOP - _KEY_STEP * i
        if entry.mark:
            size = 13 if entry.mark == "*" else 7
            axes.plot(
                left + 0.014,
                y + 0.006,
                entry.mark,
                ms=size,
                mfc=entry.fill,
                mec=entry.edge,
                mew=0.8,
            )
        else:
            box = (left, y - 0.004)
            axes.add_patch(
                Rectangle(box, 0.028, 0.02, fc=entry.fill, ec=SOFT, lw=0.6, hatch=entry.hatch)
            )
        sheet.write(left + 0.036, y, entry.words.of(sheet.language), 9)


def site_list(sheet: Sheet, sites: gpd.GeoDataFrame) -> None:
    """Write the sites proposed beside a map, in the order of their numbers on it."""
    head = Text("序号 站点（新增可达人数）", "no. site (people newly reached)")
    sheet.write(_KEY_X, _KEY_TOP, head.of(sheet.language), 9.5)
    for number, (_, site) in enumerate(sites.head(_LISTED).iterrows(), 1):
        new = site["newly_reached"]
        people = "—" if pd.isna(new) else f"{int(new):,}"
        words = f"{number}  {_short(str(site['name']))}（{people}）"
        sheet.write(_KEY_X, _KEY_TOP - _KEY_STEP * number, words, 9)
    more = len(sites) - _LISTED
    if more > 0:
        rest = Text(f"另有 {more} 处，见 plan.csv", f"and {more} more: see plan.csv")
        sheet.write(_KEY_X, _KEY_TOP - _KEY_STEP * (_LISTED + 1), rest.of(sheet.language), 9)


def _short(name: str) -> str:
    return name if len(name) <= _MOST else name[: _MOST - 1] + "…"
