"""The reasons for a site in words, and as a table."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..core.text import Text
from ..travel.graph import MS_PER_MINUTE
from .reasons import NEAR_PERCENT, SiteReason

_VILLAGES_TOLD = 3
_UNITS_TOLD = 2


def reason_text(
    card: SiteReason, labels: Mapping[str, Text] | None = None, *, rivals: bool = True
) -> Text:
    """Return the reasons for a site in a few plain sentences.

    Parameters
    ----------
    card
        The reasons.
    labels
        Names of the groups by key; a group without one is called by its key.
    rivals
        Whether to speak of what could stand in its place.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> card = siting.site_reasons(problem, cp.solve_mclp(problem))[1]
    >>> import textwrap
    >>> print(textwrap.fill(siting.reason_text(card, rivals=False).en, 80))
    new:C4 newly reaches 110 people in 云岭乡 (110); 110 people get a nearer site and
    save 33.3 minutes on average. Without it 110 people have no site within reach.
    """
    told = [_gain_text(card, labels or {}), _lost_text(card)]
    if rivals:
        told.append(_rival_text(card))
    return Text("".join(t.zh for t in told), " ".join(t.en for t in told if t.en))


def _gain_text(card: SiteReason, labels: Mapping[str, Text]) -> Text:
    if card.newly == 0:
        zh, en = f"{card.name}：没有新增可达的人", f"{card.name} reaches nobody new"
    else:
        zh = f"{card.name}：新增可达 {card.newly:,} 人"
        en = f"{card.name} newly reaches {card.newly:,} people"
        zh, en = _with_groups(card, labels, zh, en)
    units = [u for u in card.units if u.newly]
    if units:
        listed = units[:_UNITS_TOLD]
        zh += "，" + ("主要" if len(units) > len(listed) else "") + "在"
        zh += "、".join(f"{u.name}（{u.newly:,} 人）" for u in listed)
        en += ", most of them" if len(units) > len(listed) else ""
        en += " in " + " and ".join(f"{u.name} ({u.newly:,})" for u in listed)
    named = [v for v in card.villages if v.name]
    if named:
        first = named[:_VILLAGES_TOLD]
        zh += "，包括" + "、".join(v.name for v in first)
        en += ", among them " + ", ".join(v.name for v in first)
        if len(named) > len(first):
            zh += f"等 {len(named)} 个村（居）"
            en += f" ({len(named)} villages in all)"
    minutes = card.minutes
    if minutes is not None and minutes.mean_minutes is not None:
        least = ("至少", "at least ") if minutes.first else ("", "")
        zh += f"；{minutes.nearer:,} 人有了更近的站点，"
        zh += f"平均{least[0]}省 {minutes.mean_minutes:.1f} 分钟"
        en += f"; {minutes.nearer:,} people get a nearer site and save {least[1]}"
        en += f"{minutes.mean_minutes:.1f} minutes on average"
    return Text(zh + "。", en + ".")


def _with_groups(card: SiteReason, labels: Mapping[str, Text], zh: str, en: str) -> tuple[str, str]:
    groups = [(labels.get(g.key, Text.same(g.name)), g.newly) for g in card.groups]
    if not groups:
        return zh, en
    listed = "、".join(f"{label.zh} {n:,} 人" for label, n in groups)
    zh += "（其中" + (" " if listed[:1].isdigit() else "") + listed + "）"
    en += " (" + ", ".join(f"{label.en}: {n:,}" for label, n in groups) + ")"
    return zh, en


def _lost_text(card: SiteReason) -> Text:
    zh = (
        f"若不建，{card.lost:,} 人在时限内无站点可去"
        if card.lost
        else "若不建，其余站点仍能覆盖这些人"
    )
    en = (
        f"Without it {card.lost:,} people have no site within reach"
        if card.lost
        else "Without it the other sites still reach everybody it reaches"
    )
    if card.backs_up:
        zh += f"；另有 {card.backs_up:,} 人因它多一处可去"
        en += f"; {card.backs_up:,} more have it as a second choice"
    return Text(zh + "。", en + ".")


def _rival_text(card: SiteReason) -> Text:
    rival = card.rival
    if rival is None:
        return Text(
            "没有别的候选点能按规则代替它。",
            "No other candidate can take its place under the rules.",
        )
    loss = card.objective.words(abs(rival.loss))
    # Chinese sets a space only beside figures and letters.
    before, after = (" " if end.isascii() else "" for end in (rival.name[:1], rival.name[-1:]))
    if rival.loss < 0:
        zh = f"换成{before}{rival.name}{after}反而更好（{loss.zh}）"
        en = f"With {rival.name} instead the plan would even be better, by {loss.en}"
    elif rival.loss == 0:
        more = card.n_alternatives - 1
        zh = f"换成{before}{rival.name}"
        zh += (f"{after}或另外 {more} 处" if more else "") + "，目标值不变"
        others = " or another one" if more == 1 else f" or one of {more} others" if more else ""
        en = f"With {rival.name}{others} instead the value stays the same"
    else:
        zh = f"最好的替代点是{before}{rival.name}，换成它差 {loss.zh}"
        en = f"Its best rival, {rival.name}, is worse by {loss.en}"
        if card.n_near_ties > 1:
            zh += f"；相差不超过 {NEAR_PERCENT} % 的替代点有 {card.n_near_ties} 处"
            en += f"; {card.n_near_ties} candidates are within {NEAR_PERCENT} %"
    return Text(zh + "。", en + ".")


def as_frame(cards: Sequence[SiteReason]) -> pd.DataFrame:
    """Return the reasons as a tidy table: one row per fact.

    Parameters
    ----------
    cards
        The reasons, as `site_reasons` gives them.

    Returns
    -------
    DataFrame
        Columns ``rank``, ``site_id``, ``fact``, ``about`` (the group, unit, place or rival it
        speaks of, "" where it is the site itself), ``name`` and ``value``: people, except for
        ``minutes_saved`` and ``minutes_lost`` (person-minutes) and what rivals lose (in the
        objective, scaled for people).

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=1)
    >>> frame = siting.as_frame(siting.site_reasons(problem, cp.solve_mclp(problem)))
    >>> frame.loc[:4, ["site_id", "fact", "name", "value"]]
      site_id           fact name  value
    0  new:C2          newly       333.0
    1  new:C2    newly_alone       333.0
    2  new:C2       backs_up         0.0
    3  new:C2   lost_without       333.0
    4  new:C2  newly_in_unit  石桥乡  333.0
    """
    columns = ["rank", "site_id", "fact", "about", "name", "value"]
    rows = [(card.rank, card.id, *fact) for card in cards for fact in _facts(card)]
    return pd.DataFrame(rows, columns=columns).astype({"value": float})


def _facts(card: SiteReason) -> list[tuple[str, str, str, float]]:
    facts: list[tuple[str, str, str, float]] = [
        ("newly", "", "", card.newly),
        ("newly_alone", "", "", card.alone),
        ("backs_up", "", "", card.backs_up),
        ("lost_without", "", "", card.lost),
    ]
    for what, gains in (("group", card.groups), ("unit", card.units)):
        facts += [(f"newly_in_{what}", g.key, g.name, g.newly) for g in gains]
        facts += [(f"newly_alone_in_{what}", g.key, g.name, g.alone) for g in gains]
    facts += [("village", str(v.place), v.name, v.people) for v in card.villages]
    if card.minutes is not None:
        facts += [
            ("minutes_saved", "", "", card.minutes.saved_person_minutes),
            ("people_nearer", "", "", card.minutes.nearer),
            ("minutes_lost", "", "", card.minutes.lost_person_ms / MS_PER_MINUTE),
        ]
    scale = card.objective.scale
    if card.rival is not None:
        facts.append(("rival_loss", card.rival.id, card.rival.name, card.rival.loss / scale))
    facts += [("near_tie_loss", r.id, r.name, r.loss / scale) for r in card.near_ties]
    return facts
