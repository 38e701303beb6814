"""What is not known of units and their facilities, and whether it decides a share of units."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition, UnitsOf
from ...domain.policy import Target
from .counted import confined, facilities_of, level_text
from .facts import condition_keys
from .figures import counted, percent_words
from .filters import column_label
from .found import Cannot, Measured
from .ledger import Ledger
from .threefold import differs, fulfils


@dataclass(frozen=True, slots=True)
class Doubts:
    """What might change a share of units of one level, were it known.

    Parameters
    ----------
    level
        The level.
    outside, outside_having
        Units of which it is not known whether the clause speaks of them: those that have too few,
        and those that have or may have as many as asked.
    perhaps
        Units of the clause with too few, that may have enough: facilities there lack a fact.
    astray
        Facilities that count, or may, of no known unit of the level.
    keys, unit_keys
        Facts the clause asks of facilities, and of units.
    """

    level: str
    outside: int
    outside_having: int
    perhaps: int
    astray: int
    keys: tuple[str, ...] = ()
    unit_keys: tuple[str, ...] = ()

    @property
    def words(self) -> Text:
        """What is not known, in words."""
        word, zh, en = level_text(self.level), list[str](), list[str]()
        either = self.outside + self.outside_having
        if either:
            label = _labels(self.unit_keys)
            zh.append(f"{either} 个{word.zh}是否属于条文范围未知（没有“{label.zh}”）")
            en.append(f"of {counted(either, word).en} it is not known whether the clause speaks of "
                      f"them (no “{label.en}”)")  # fmt: skip
        if self.perhaps:
            label = _labels(self.keys)
            zh.append(f"{self.perhaps} 个{word.zh}的设施是否符合条文未知（没有“{label.zh}”）")
            en.append(f"in {counted(self.perhaps, word).en} it is not known whether the facility "
                      f"counts (no “{label.en}”)")  # fmt: skip
        if self.astray:
            zh.append(f"{self.astray} 处设施不知属于哪个{word.zh}")
            sites = counted(self.astray, Text("处设施", "facilities"))
            en.append(f"of {sites.en} it is not known in which of the {word.en} they are")
        return Text("，".join(zh), ", ".join(en))


def of_level(rows: pd.DataFrame, target: Target, level: str) -> pd.DataFrame:
    """Return the facilities that are not another pooled level's: a county's is not the city's.

    Parameters
    ----------
    rows, target, level
        Facilities, the clause, and the level that is counted.
    """
    others = [part.level for part in target.denominator if part.level != level]
    return rows[~rows["at_level"].isin(others).to_numpy(dtype=bool)]


def doubts(
    target: Target,
    ledger: Ledger,
    part: UnitsOf,
    have: pd.Series,
    least: Fraction | int,
    layers: tuple[str, ...],
) -> Doubts:
    """Return what is not known of one level of a share of units.

    Parameters
    ----------
    target, ledger, part
        The clause, what is known, and the level with its conditions.
    have
        Facilities that count, by the code of each unit of the clause.
    least, layers
        How many a unit must have, of which layers.
    """
    asked = target.condition
    status = any(condition.key == "status" for condition in asked)
    sites = facilities_of(target, ledger, (), layers=layers, any_status=status)
    rows = sites.rows if not isinstance(sites, Cannot) else ledger.facilities.iloc[:0]
    rows = of_level(rows, target, part.level)
    flags = fulfils(rows, asked, ledger.config)
    units = confined(ledger.units_at(part.level), target, ledger)
    inside = fulfils(units, part.conditions, ledger.config)
    if isinstance(flags, Cannot) or isinstance(inside, Cannot):
        return Doubts(part.level, 0, 0, 0, 0)
    codes = rows[part.level].astype("string").fillna("")
    sure = flags.fillna(value=False).to_numpy(dtype=bool)
    maybe = flags.fillna(value=True).to_numpy(dtype=bool)
    counted, most = codes[sure].value_counts(), codes[maybe].value_counts()
    unsure = units.index[inside.isna().to_numpy(dtype=bool)]
    enough = (most.reindex(unsure, fill_value=0) >= least).to_numpy(dtype=bool)
    sure_enough = (counted.reindex(unsure, fill_value=0) >= least).to_numpy(dtype=bool)
    short = have.index[(have < least).to_numpy(dtype=bool)]
    return Doubts(
        part.level,
        outside=int((~sure_enough).sum()),
        outside_having=int(enough.sum()),
        perhaps=int((most.reindex(short, fill_value=0) >= least).sum()),
        astray=int((codes[maybe] == "").sum()),
        keys=_wanting(rows, asked),
        unit_keys=_wanting(units, part.conditions),
    )


def _wanting(rows: pd.DataFrame, conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the facts asked for that some records lack."""
    keys = condition_keys(tuple(conditions))
    return tuple(key for key in keys if key not in rows.columns or rows[key].isna().any())


def _labels(keys: tuple[str, ...]) -> Text:
    labels = [column_label(key) for key in keys]
    return Text("、".join(t.zh for t in labels), ", ".join(t.en for t in labels))


def settled(
    target: Target, figure: Measured, all_doubts: Iterable[Doubts], ledger: Ledger
) -> Measured | Cannot:
    """Return a share of units, or that what is not known decides whether the target is met.

    Parameters
    ----------
    target, figure
        The clause, and the share over what is known.
    all_doubts
        What is not known, level by level.
    ledger
        Where the planner may give the number the clause does not.
    """
    known = [one for one in all_doubts if one.words.zh]
    if not known or not figure.denominator:
        return figure
    have, of = Fraction(figure.numerator), Fraction(figure.denominator)
    low = have / (of + sum(one.outside for one in known))
    more = sum(one.outside_having for one in known)
    gained = sum(one.perhaps + one.astray for one in known)
    high = (min(have + gained, of) + more) / (of + more)
    if not differs(target, figure, (low, high), ledger.config):
        return figure
    zh, en = "；".join(one.words.zh for one in known), "; ".join(one.words.en for one in known)
    least, most = percent_words(low), percent_words(high)
    return Cannot(
        Text(
            f"{zh}：达到与否取决于它们，占比在 {least} 与 {most} 之间；补齐后可判断",
            f"{en}: whether it is met depends on them, the share lies between {least} and {most}; "
            "fill them in",
        ),
        figure=figure,
    )
