"""What counts towards a clause: its layers, its places, its years, and facts of the study."""

import numpy as np
import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition, UnitsOf, parse_denominator
from ...domain.policy import LEVELS, Target, layer_members, policy_layers
from .filters import Chosen, choose
from .found import Cannot
from .ledger import LEVEL_WIDTH, Ledger, trimmed

STEADY = frozenset({"at_level", "ownership", "is_rural"})
"""Facts of a facility that hardly change: a figure that asks for these alone can be told for an
earlier day."""

_OUT_OF_SERVICE = ("closed", "idle")


def layer_words(layers: tuple[str, ...]) -> Text:
    """Return what some policy layers are called."""
    known = policy_layers()
    labels = [known[key].label if key in known else Text.same(key) for key in layers]
    return Text("、".join(t.zh for t in labels), " or ".join(t.en for t in labels))


def no_list(layers: tuple[str, ...]) -> Cannot:
    """Return that nothing can be judged for want of a list of facilities."""
    word = layer_words(layers)
    return Cannot(
        Text(
            f"研究中没有{word.zh}的名录（在 targets.facilities 中加入）",
            f"the study has no list of {word.en} (add it under targets.facilities)",
        )
    )


def no_projects() -> Cannot:
    """Return that nothing can be judged for want of a register of projects."""
    return Cannot(
        Text(
            "研究中没有项目和规划的登记表（在 targets.projects 中加入）",
            "the study has no register of projects and plans (add it under targets.projects)",
        )
    )


def no_denominator() -> Cannot:
    """Return that there is nothing a share could be of."""
    return Cannot(
        Text(
            "研究区内没有一处设施属于这一条文的范围（分母为零）",
            "no facility of the study falls under this clause (the denominator is zero)",
        )
    )


def missing_lists(layers: tuple[str, ...], ledger: Ledger) -> tuple[Text, ...] | Cannot:
    """Return a note on the layers the study has no list of; `Cannot` where it has none at all.

    Parameters
    ----------
    layers, ledger
        Policy layers, and what is known.
    """
    members = layer_members(layers)
    wanting = tuple(key for key in members if key not in ledger.layers)
    if len(wanting) == len(members):
        return no_list(layers)
    if not wanting:
        return ()
    word = layer_words(wanting)
    return (
        Text(
            f"没有{word.zh}的名录，未计入",
            f"no list of {word.en.replace(' or ', ', ')}: not counted",
        ),
    )


def as_of_day(ledger: Ledger, layers: tuple[str, ...]) -> pd.DataFrame:
    """Return the facilities of some layers in any status, their status that of the day.

    One that opens after the day is planned, one that closed by then is closed; the status
    ``unknown`` becomes <NA>.

    Parameters
    ----------
    ledger, layers
        What is known, and policy layers.
    """
    rows = ledger.all_of(layers).copy()
    status, year = rows["status"].astype("string"), ledger.date.year
    later = (rows["opened"] > year).fillna(value=False).to_numpy(dtype=bool)
    gone = (rows["closed"] <= year).fillna(value=False).to_numpy(dtype=bool)
    status = status.mask((status == "operating").fillna(value=False) & later, "planned")
    rows["status"] = status.mask(gone, "closed").mask(status == "unknown", pd.NA)
    return rows


def home_level(ledger: Ledger) -> str:
    """Return the level of the unit the study is about."""
    width = len(trimmed(ledger.home))
    return next(level for level in LEVELS if LEVEL_WIDTH[level] >= width)


def stems(target: Target, ledger: Ledger) -> tuple[str, ...]:
    """Return the codes within the study a clause is confined to, () where it is the whole study.

    Parameters
    ----------
    target, ledger
        The clause with its regions, and the study.
    """
    home = trimmed(ledger.home)
    places = tuple(trimmed(code) for code in target.regions)
    inside = tuple(place for place in places if place.startswith(home) and place != home)
    around = any(home.startswith(place) for place in places)
    return () if around else inside


def confined(units: pd.DataFrame, target: Target, ledger: Ledger) -> pd.DataFrame:
    """Return the units of a frame that lie in the places a clause names within the study."""
    places = stems(target, ledger)
    if not places:
        return units
    return units[units.index.to_series().str.startswith(places).to_numpy(dtype=bool)]


def lies_in(rows: pd.DataFrame, stem: str) -> np.ndarray:
    """Return which facilities lie in the place of a code, shape ``(n,)``."""
    inside = np.zeros(len(rows), dtype=bool)
    for level in LEVELS:
        codes = rows[level].astype("string").fillna("")
        inside |= codes.str.startswith(stem).to_numpy(dtype=bool)
    return inside


def own(rows: pd.DataFrame, target: Target, ledger: Ledger) -> Chosen | Cannot:
    """Return the facilities that belong to the study, and to the places a clause names in it.

    Parameters
    ----------
    rows, target, ledger
        Facilities, the clause, and the study.

    Returns
    -------
    Chosen or Cannot
        A facility outside, or of no known unit, is left out and counted in a note; `Cannot` where
        that leaves none of some.
    """
    if not len(rows):
        return Chosen(rows)
    inside = lies_in(rows, trimmed(ledger.home))
    if not inside.any():
        return Cannot(
            Text(
                f"{len(rows)} 处设施都没有写明属于研究区的哪个单元",
                f"none of the {len(rows)} facilities says which unit of the study it belongs to",
            )
        )
    outside = int((~inside).sum())
    notes = (
        Text(
            f"{outside} 处设施在研究区外或没有写明所属单元，未计入",
            f"outside the study or of no known unit, and not counted: {outside} facilities",
        ),
    )
    places = stems(target, ledger)
    if places:
        inside &= np.logical_or.reduce([lies_in(rows, stem) for stem in places])
    return Chosen(rows[inside], notes if outside else ())


def facilities_of(
    target: Target,
    ledger: Ledger,
    conditions: tuple[Condition, ...],
    *,
    layers: tuple[str, ...] | None = None,
    any_status: bool = False,
) -> Chosen | Cannot:
    """Return the facilities of the study that a clause speaks of.

    Parameters
    ----------
    target, ledger
        The clause with its layers and places, and what is known.
    conditions
        All must hold; where one of them names ``status``, facilities of that status on the day
        are looked at, else working ones.
    layers
        Layers in place of the clause's.
    any_status
        Look at facilities of any status on the day.

    Returns
    -------
    Chosen or Cannot
        `Cannot` where there is no list of any of the layers, a fact is known of none, or a
        setting is unset.
    """
    layers = target.layers if layers is None else layers
    wanting = missing_lists(layers, ledger)
    if isinstance(wanting, Cannot):
        return wanting
    every = any_status or any(condition.key == "status" for condition in conditions)
    rows = own(as_of_day(ledger, layers) if every else ledger.working(layers), target, ledger)
    if isinstance(rows, Cannot):
        return rows
    chosen = choose(rows.rows, conditions, ledger.config)
    if isinstance(chosen, Cannot):
        return chosen
    return Chosen(chosen.rows, (*wanting, *rows.notes, *chosen.notes))


def denominator_of(target: Target) -> tuple[UnitsOf, ...]:
    """Return the units a clause is about: of its denominator, else the real units of its level.

    Parameters
    ----------
    target
        The clause, with its level.
    """
    return target.denominator or parse_denominator(_REAL.get(target.level, ""))


_REAL = {
    "province": "province",
    "prefecture": "prefecture",
    "county": "county",
    "township": "township: type=street|town|township",
    "village": "village: type=village|community",
    "community": "village: type=community",
}
"""Units of a level without pseudo-units, as zones and farms."""


def unit_parts(target: Target, ledger: Ledger) -> tuple[tuple[UnitsOf, Chosen], ...] | Cannot:
    """Return the units of each level a clause pools, a level wider than the study left out.

    "Each prefecture and each county" asks of a county that it has one itself: what its prefecture
    has, a county's tables cannot say, and a note says that.

    Parameters
    ----------
    target, ledger
        The clause with its denominator, and what is known.

    Returns
    -------
    tuple or Cannot
        `Cannot` where no unit is left, or the study has no units of a level that is not wider.
    """
    parts: list[tuple[UnitsOf, Chosen]] = []
    left: list[Text] = []
    width = len(trimmed(ledger.home))
    asked = denominator_of(target)
    for part in asked:
        rows = ledger.units_at(part.level)
        chosen = choose(confined(rows, target, ledger), part.conditions, ledger.config)
        if isinstance(chosen, Cannot):
            return chosen
        if not len(rows) and len(asked) > 1 and LEVEL_WIDTH[part.level] < width:
            left.append(_wider(part.level))
        else:
            parts.append((part, chosen))
    if not parts or not any(len(chosen.rows) for _, chosen in parts):
        return _no_unit(target, ledger)
    bare = [part.level for part, _ in parts if not len(ledger.units_at(part.level))]
    if bare:
        return _no_level(bare[0])
    part, first = parts[0]
    return ((part, Chosen(first.rows, (*left, *first.notes))), *parts[1:])


def level_text(level: str) -> Text:
    """Return what units of a level are called, many of them."""
    return _LEVELS.get(level, Text.same(level))


_LEVELS = {
    "province": Text("省", "provinces"),
    "prefecture": Text("设区市", "prefectures"),
    "county": Text("县（市、区）", "counties and districts"),
    "township": Text("乡镇（街道）", "townships and streets"),
    "village": Text("村（社区）", "villages and communities"),
}


def _wider(level: str) -> Text:
    word = level_text(level)
    return Text(
        f"{word.zh}一级超出研究区，未计入", f"{word.en} are wider than the study: not counted"
    )


def _no_level(level: str) -> Cannot:
    word = level_text(level)
    return Cannot(
        Text(
            f"单元表中没有{word.zh}，无法判断",
            f"the tables of units hold no {word.en}: the study cannot say",
        )
    )


def _no_unit(target: Target, ledger: Ledger) -> Cannot:
    for part in denominator_of(target):
        if not len(ledger.units_at(part.level)):
            return _no_level(part.level)
    return Cannot(
        Text(
            "研究区内没有一个单元属于这一条文的范围（分母为零）",
            "no unit of the study falls under this clause (the denominator is zero)",
        )
    )


def period(target: Target, ledger: Ledger) -> tuple[int, int]:
    """Return the first and the last year whose additions count towards a clause.

    From the year after the baseline, or the document's own, to the deadline or the day, whichever
    is first; a result a document reports for an earlier year is counted in that year.

    Parameters
    ----------
    target, ledger
        The clause, and the day.
    """
    start = target.year if target.baseline_year is None else target.baseline_year + 1
    if target.deadline is None:
        return start, ledger.date.year
    return min(start, target.deadline), min(target.deadline, ledger.date.year)


def period_text(target: Target, ledger: Ledger) -> Text:
    """Return the years that count, in words."""
    start, end = period(target, ledger)
    if end < start:
        return Text(f"统计期自 {start} 年起，尚未开始", f"counted from {start}, not begun yet")
    years = f"{start}" if start == end else f"{start}-{end}"
    return Text(f"统计期 {years} 年", f"counted over {years}")


def is_dated(
    target: Target,
    ledger: Ledger,
    counted: pd.DataFrame,
    conditions: tuple[Condition, ...],
    layers: tuple[str, ...] | None = None,
) -> bool:
    """Return whether the same figure can be told for an earlier day from the same lists.

    All that count have an opening year, none left service since the document (the lists do not
    say that it once worked), and nothing that changes over the years is asked.

    Parameters
    ----------
    target, ledger, counted, conditions
        The clause, what is known, the facilities that count, and what was asked of them.
    layers
        Layers in place of the clause's.
    """
    if not {condition.key for condition in conditions} <= STEADY:
        return False
    if counted["opened"].isna().any():
        return False
    rows = as_of_day(ledger, target.layers if layers is None else layers)
    out = rows[rows["status"].isin(_OUT_OF_SERVICE)]
    since = target.year if target.baseline_year is None else target.baseline_year
    before = (out["closed"] < since).fillna(value=False)
    return bool(before.all())
