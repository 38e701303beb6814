"""Villages served: by a site they can reach, wherever it stands."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .counted import unit_parts
from .figures import percent_words
from .filters import setting
from .found import Cannot, Found, Measured, Named
from .ledger import LayerReach, Ledger, Travel
from .places import NO_ROADS, Sites, reach_of, sites_of
from .registry import measures
from .threefold import decided


@measures(
    "served_share",
    zh="被服务的村的比例",
    en="share of villages served",
    formula=Text(
        "至少有设定比例的人在该类设施自身分钟数之内的村 ÷ 范围内的村（被服务，不要求设在村内）",
        "villages of which the set share of people is within the layer's own minutes / villages "
        "(served, not sited in)",
    ),
    sites=True,
)
def served_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of villages served by a working facility anywhere (XC-28).

    A village is served when at least ``settings.served_share`` of its people are within the
    layer's own minutes by the layer's own profile of a working facility, one of any of the
    clause's layers.

    Parameters
    ----------
    target, ledger
        The clause, and what is known of the study.

    Notes
    -----
    Villages without people of the group have nobody to serve, and those whose people are not
    known cannot be told: both are in neither figure, and counted.
    """
    share = setting(ledger.config, "served_share")
    if isinstance(share, Cannot):
        return share
    known = ledger.known_layers(target.layers)
    reach = reach_of(ledger, known) if known else {}
    if isinstance(reach, Cannot):
        return reach
    sites = sites_of(target, ledger, tuple(reach) or target.layers)
    if isinstance(sites, Cannot):
        return sites
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    villages = parts[0][1]
    if ledger.travel is None:
        return NO_ROADS
    counted = _count(_best(ledger.travel, reach, sites, villages.rows.index), share)
    return _figure(target, ledger, counted, reach, share, (*villages.notes, *sites.notes))


def _best(
    travel: Travel, reach: dict[str, LayerReach], sites: Sites, codes: pd.Index
) -> pd.DataFrame:
    """Return for each village the people reached of the layer that reaches the largest share."""
    best = pd.DataFrame({"reached": pd.NA, "people": pd.NA}, index=codes, dtype="Int64")
    for key, way in reach.items():
        found = travel.villages(
            sites.xy(key), way.profile, way.minutes, way.group, way.direction
        ).reindex(codes)
        more = found["reached"] * best["people"] > best["reached"] * found["people"]
        first = best["people"].isna() | (best["people"] == 0)
        take = found["people"].notna() & (first | more).fillna(value=True)
        best = found.where(take, best)
    return best


@dataclass(frozen=True, slots=True)
class _Counted:
    """Villages served, not served (people not reached, and of how many), empty, not known."""

    served: int
    wanting: tuple[tuple[str, int, int], ...]
    empty: int
    unknown: int


def _count(best: pd.DataFrame, share: Fraction) -> _Counted:
    known = best.dropna()
    lived_in = known[known["people"] > 0]
    wanting = tuple(
        (str(code), int(reached), int(people))
        for code, reached, people in lived_in.itertuples()
        if Fraction(int(reached), int(people)) < share
    )
    served = len(lived_in) - len(wanting)
    return _Counted(served, wanting, len(known) - len(lived_in), len(best) - len(known))


def _figure(
    target: Target,
    ledger: Ledger,
    counted: _Counted,
    reach: dict[str, LayerReach],
    share: Fraction,
    notes: tuple[Text, ...],
) -> Measured | Cannot:
    total = counted.served + len(counted.wanting)
    if not total:
        return _NOBODY
    if counted.empty:
        notes = (*notes, _empty(counted.empty))
    ways = "；".join(f"{way.profile} {way.minutes:g}" for way in dict.fromkeys(reach.values()))
    within = percent_words(share)
    by = Text(
        f"被服务：不少于 {within} 的人在 {ways} 分钟内，设施不必在本村",
        f"served: at least {within} of the people within minutes ({ways}), the site wherever",
    )
    figure = Measured(
        numerator=counted.served,
        denominator=total,
        unit=_VILLAGES,
        of=_VILLAGES,
        kind="served",
        missing=_named(counted, ledger),
        notes=(*notes, by),
    )
    return decided(target, figure, counted.unknown, _UNKNOWN, ledger.config)


def _named(counted: _Counted, ledger: Ledger) -> tuple[Named, ...]:
    named = []
    for code, reached, people in counted.wanting:
        parent = str(ledger.units.loc[code, "parent"]) if code in ledger.units.index else ""
        town = ledger.name(parent) if parent else ""
        part = percent_words(Fraction(reached, people))
        note = Text(
            f"{town} {reached:,} / {people:,} 人（{part}）".strip(),
            f"{town} {reached:,} of {people:,} people ({part})".strip(),
        )
        named.append(Named(code, ledger.name(code), note, people - reached))
    return tuple(sorted(named, key=lambda one: (-(one.people or 0), one.code)))


_VILLAGES = Text("个村", "villages")
_UNKNOWN = Text(
    "个村的人口位置未知（无人口点，或同一乡镇有同名村）",
    "villages whose people cannot be placed (no point, or two of one name in a township)",
)
_NOBODY = Cannot(
    Text(
        "没有一个村的人口位置已知，无法判断谁被服务",
        "of no village is it known where its people live: nobody can be told to be served",
    )
)


def _empty(number: int) -> Text:
    return Text(
        f"{number} 个村没有该人群，分子分母都不含",
        f"{number} villages without people of the group are in neither figure",
    )
