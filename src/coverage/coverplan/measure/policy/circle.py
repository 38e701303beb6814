"""The 15-minute circle: people of a group within the minutes of a working facility."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.text import Text
from ...domain.groups import group_label
from ...domain.policy import Target, policy_layers
from ...domain.targets_config import CircleConfig
from .counted import layer_words
from .facts import exact, whole
from .figures import percent_words
from .filters import units_of
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger, Travel
from .places import NO_ROADS, Sites, sites_of
from .registry import measures


@dataclass(frozen=True, slots=True)
class _Circle:
    """What the circle is measured by."""

    profile: str
    minutes: float
    group: str
    share: Fraction
    also: tuple[str, ...]


@measures(
    "travel_time",
    zh="分钟圈内的人",
    en="people within minutes of a service",
    formula=Text(
        "限定分钟内能到达任一在用设施的人数 ÷ 该人群总数；出行方式和比例由规划者设定",
        "people within the minutes of any working facility / all people of the group; profile and "
        "share are the planner's",
    ),
    sites=True,
)
def travel_time(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of people within the minutes of a working facility (Z21-12).

    .. math:: \sum_t r_t / \sum_t p_t

    with the people :math:`r_t` of township :math:`t` within the minutes of any working facility
    of the clause's layers, wherever it stands, and all people :math:`p_t` of the group by the
    census. The clause names neither a mode nor a share: both are settings (``targets.circle``),
    and the target passes against these only.

    Parameters
    ----------
    target, ledger
        The clause, and what is known of the study.
    """
    circle = _circle(target, ledger.config.circle)
    if isinstance(circle, Cannot):
        return circle
    if ledger.travel is None:
        return NO_ROADS
    sites = sites_of(target, ledger, _layers(target, ledger.config.circle))
    if isinstance(sites, Cannot):
        return sites
    inside = _inside(target, ledger)
    if isinstance(inside, Cannot):
        return inside
    return _figure(_People(ledger.travel, circle, inside), sites, ledger)


@dataclass(frozen=True, slots=True)
class _People:
    """People of some townships within the circle of some sites."""

    travel: Travel
    circle: _Circle
    townships: pd.Index | None

    def of(self, xy: NDArray[np.float64], profile: str | None = None) -> pd.DataFrame:
        c = self.circle
        frame = self.travel.reached(xy, profile or c.profile, c.minutes, c.group)
        if self.townships is not None:
            frame = frame[frame.index.isin(self.townships)]
        return frame

    def part(self, label: Text, xy: NDArray[np.float64], profile: str | None = None) -> Part:
        known = self.of(xy, profile).dropna()
        people = int(known["people"].sum())
        return Part(label, int(known["reached"].sum()), people, unit=_people(self.circle.group))


def _circle(target: Target, config: CircleConfig | None) -> _Circle | Cannot:
    if config is None:
        return Cannot(
            Text(
                "条文没有写明出行方式和应覆盖的人口比例；在研究文件中写明 "
                "targets.circle（profile、share）之前无法判断",
                "the clause names neither how people travel nor the share of people; cannot be "
                "judged until you set targets.circle (profile, share)",
            ),
            settings=("targets.circle",),
        )
    minutes = config.minutes if config.minutes is not None else target.value
    if minutes is None:
        return Cannot(
            Text(
                "条文没有写明分钟数；设置 targets.circle.minutes 之前无法判断",
                "the clause names no minutes; cannot be judged until you set "
                "targets.circle.minutes",
            ),
            settings=("targets.circle.minutes",),
        )
    share = Fraction(str(config.share))
    also = tuple(p for p in dict.fromkeys(config.also) if p != config.profile)
    return _Circle(config.profile, float(minutes), config.group, share, also)


def _layers(target: Target, config: CircleConfig | None) -> tuple[str, ...]:
    """Return the layers that count: those of the clause, or the planner's in their place."""
    chosen = config.layers if config is not None else []
    of_study = {layer.study_layer: key for key, layer in policy_layers().items()}
    return tuple(of_study.get(key, key) for key in chosen) or target.layers


def _inside(target: Target, ledger: Ledger) -> pd.Index | Cannot | None:
    """Return the townships whose people count, None for all."""
    conditions = [c for part in target.denominator for c in part.conditions]
    if not conditions:
        return None
    level = tuple(
        replace(part, level="township") if part.level == "people" else part
        for part in target.denominator
    )
    chosen = units_of(ledger, level)
    return chosen if isinstance(chosen, Cannot) else chosen.rows.index


def _people(group: str) -> Text:
    label = group_label(group)
    return Text(f"人（{label.zh}）", f"people ({label.en})")


def _figure(reached: _People, sites: Sites, ledger: Ledger) -> Measured | Cannot:
    by_unit, notes = reached.of(sites.xy()), sites.notes
    known = by_unit.dropna()
    people, circle = int(known["people"].sum()), reached.circle
    label = group_label(circle.group)
    if not people:
        return Cannot(
            Text(
                f"没有一个乡镇的{label.zh}人数已知且大于零（分母为零）",
                f"no township is known to have people {label.en} (the denominator is zero)",
            )
        )
    lost = len(by_unit) - len(known)
    if lost:
        unknown = Text(
            f"{lost} 个乡镇的人数未知，分子分母都不含",
            f"{lost} townships whose people are not known are in neither figure",
        )
        notes = (*notes, unknown)
    return Measured(
        numerator=int(known["reached"].sum()),
        denominator=people,
        unit=_people(circle.group),
        of=_people(circle.group),
        kind="reached",
        against=(">=", circle.share),
        missing=_short(known, circle, ledger),
        parts=_parts(reached, sites, known, ledger),
        notes=(*notes, _by(circle)),
    )


def _short(known: pd.DataFrame, circle: _Circle, ledger: Ledger) -> tuple[Named, ...]:
    """Return the townships below the share, those with most people not reached first."""
    named = []
    for code, reached, people in known.itertuples():
        if people and Fraction(int(reached), int(people)) < circle.share:
            share = percent_words(Fraction(int(reached), int(people)))
            note = Text(
                f"{reached:,} / {people:,} 人在圈内（{share}）",
                f"{reached:,} of {people:,} people within ({share})",
            )
            named.append(Named(str(code), ledger.name(str(code)), note, int(people - reached)))
    return tuple(sorted(named, key=lambda one: (-(one.people or 0), one.code)))


def _parts(reached: _People, sites: Sites, known: pd.DataFrame, ledger: Ledger) -> tuple[Part, ...]:
    """Return the figure by other modes, by each layer alone, and for registered people."""
    parts = [
        reached.part(Text(f"出行方式：{key}", f"profile: {key}"), sites.xy(), key)
        for key in reached.circle.also
    ]
    if len(sites.layers) > 1:
        for key in sites.layers:
            label = layer_words((key,))
            only = Text(f"仅{label.zh}", f"{label.en} alone")
            parts.append(reached.part(only, sites.xy(key)))
    registered = _registered(reached.circle, known, ledger)
    return tuple(parts) if registered is None else (*parts, registered)


def _registered(circle: _Circle, known: pd.DataFrame, ledger: Ledger) -> Part | None:
    """Return the figure for registered people, each township's share being that of residents."""
    column = {"elderly": "elderly_registered", "all": "population_registered"}.get(circle.group)
    if column is None:
        return None
    registered = ledger.units[column].reindex(known.index)
    if registered.isna().any():
        return None
    total, within = Fraction(0), Fraction(0)
    for n, (_, reached, people) in zip(registered, known.itertuples(), strict=True):
        total += exact(n)
        within += exact(n) * Fraction(int(reached), int(people)) if people else 0
    if not total:
        return None
    label = Text("按户籍人口（各乡镇比例同常住）", "registered people (each township's share)")
    # An estimate: whole people, half a person counting as one.
    return Part(label, int(within + Fraction(1, 2)), whole(total), unit=_people(circle.group))


def _by(circle: _Circle) -> Text:
    share = percent_words(circle.share)
    return Text(
        f"条文未写明出行方式和比例；按设定：{circle.profile}、{circle.minutes:g} 分钟、{share}",
        "the clause names neither mode nor share; by the settings: "
        f"{circle.profile}, {circle.minutes:g} minutes, {share}",
    )
