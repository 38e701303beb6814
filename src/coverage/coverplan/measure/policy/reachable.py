"""Whether places have every service within its minutes: sites of resettlement among them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .counted import facilities_of, layer_words
from .found import Cannot, Found, Measured, Named, Part
from .ledger import LayerReach, Ledger
from .places import NO_ROADS, has_point, points, reach_of
from .registry import measures
from .threefold import decided


@measures(
    "access_of_places",
    zh="各处能及时到达各类服务的占比",
    en="share of places within reach of every service",
    formula=Text(
        "在各研究图层自身分钟数内都能到达设施的地点 ÷ 有坐标的地点",
        "places within every study layer's own minutes of a working facility / places with "
        "coordinates",
    ),
)
def access_of_places(target: Target, ledger: Ledger) -> Found:
    """Return the share of places from which every service is within its minutes (Z21-39).

    Parameters
    ----------
    target, ledger
        The clause, its layer the places (planned ones too), and what is known.
    """
    sites = facilities_of(target, ledger, target.condition, any_status=True)
    if isinstance(sites, Cannot):
        return sites
    reach = reach_of(ledger, sorted(set(ledger.reach_of) - set(target.layers)))
    if isinstance(reach, Cannot):
        return reach
    if ledger.travel is None:
        return NO_ROADS
    rows = sites.rows[(sites.rows["status"] != "closed").fillna(value=True).to_numpy(dtype=bool)]
    placed = rows[has_point(rows)]
    if not len(placed):
        return Cannot(
            Text("没有一个地点有坐标（分母为零）", "no place has coordinates (denominator zero)")
        )
    ways = {key: _minutes(placed, key, way, ledger) for key, way in reach.items()}
    within = {key: ways[key] <= way.minutes for key, way in reach.items()}
    every = np.logical_and.reduce(list(within.values()))
    unit = Text("处地点", "places")
    figure = Measured(
        numerator=int(every.sum()),
        denominator=len(placed),
        unit=unit,
        of=unit,
        missing=_beyond(placed, ways, within, reach),
        parts=tuple(
            Part(layer_words((key,)), int(inside.sum()), len(placed), unit=unit)
            for key, inside in within.items()
        ),
        notes=sites.notes,
    )
    lost = Text("处地点没有坐标", "places have no coordinates")
    return decided(target, figure, len(rows) - len(placed), lost, ledger.config)


def _minutes(placed: pd.DataFrame, key: str, way: LayerReach, ledger: Ledger) -> np.ndarray:
    sites = ledger.working((key,))
    ends = points(sites)[has_point(sites)]
    if ledger.travel is None or not len(ends):
        return np.full(len(placed), np.nan)
    return ledger.travel.minutes(points(placed), ends, way.profile)


def _beyond(
    placed: pd.DataFrame,
    ways: Mapping[str, np.ndarray],
    within: Mapping[str, np.ndarray],
    reach: Mapping[str, LayerReach],
) -> tuple[Named, ...]:
    named = []
    for i, (code, name) in enumerate(zip(placed["id"], placed["name"], strict=True)):
        far = [key for key in within if not within[key][i]]
        if not far:
            continue
        zh = "；".join(_way(key, ways[key][i], reach[key]).zh for key in far)
        en = "; ".join(_way(key, ways[key][i], reach[key]).en for key in far)
        named.append((-len(far), Named(str(code), str(name), Text(zh, en))))
    return tuple(one for _, one in sorted(named, key=lambda pair: (pair[0], pair[1].code)))


def _way(key: str, minutes: float, reach: LayerReach) -> Text:
    word = layer_words((key,))
    if np.isnan(minutes):
        return Text(f"{word.zh}无法到达", f"{word.en}: none reached")
    return Text(
        f"{word.zh} {minutes:.1f} 分钟（应在 {reach.minutes:g} 以内）",
        f"{word.en} {minutes:.1f} minutes ({reach.minutes:g} allowed)",
    )
