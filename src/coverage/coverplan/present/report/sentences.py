"""Figures and names inside sentences: in both languages, what is not known said to be so."""

import datetime
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ...core.text import Text
from ...domain.region import Region
from .wording import UNKNOWN, long_date, share_words

__all__ = [
    "EMPTY",
    "NOBODY",
    "are",
    "colon",
    "day_words",
    "joined",
    "listed",
    "named",
    "people_words",
    "percent_words",
    "run_together",
    "unit_word",
    "units_words",
]

EMPTY = Text("", "")
NOBODY = Text("无此人群", "nobody of this group")
"""Of a unit in which nobody of the group lives: no share can be told, and none is wanting."""

_TOWNSHIPS = ("街道", "镇", "乡")
_MOST = 6


def people_words(people: int | None) -> Text:
    """Return a number of people.

    Examples
    --------
    >>> people_words(1).en, people_words(12345).zh, people_words(None).zh
    ('1 person', '12,345 人', '人数未知')
    """
    if people is None:
        return Text("人数未知", "an unknown number of people")
    return Text(f"{people:,} 人", "1 person" if people == 1 else f"{people:,} people")


def are(people: int | None) -> str:
    """Return the English verb that follows a number of people.

    Examples
    --------
    >>> are(1), are(2), are(0)
    ('is', 'are', 'are')
    """
    return "is" if people == 1 else "are"


def percent_words(share: Fraction | None) -> Text:
    """Return a percentage as tables print it."""
    return UNKNOWN if share is None else Text.same(share_words(share))


def day_words(day: datetime.date) -> Text:
    """Return a day as running text has it in each language."""
    return Text(long_date(day, "zh"), long_date(day, "en"))


def unit_word(region: Region) -> Text:
    """Return what the units of a study are called, one of them.

    They are townships where every one is of such a kind or, where no kind is told, by its name.
    """
    told = zip(region.units["kind"].astype(str), region.units["name"].astype(str), strict=True)
    words = [kind or name for kind, name in told]
    if words and all(word.endswith(_TOWNSHIPS) for word in words):
        return Text("乡镇（街道）", "township")
    return Text("单元", "unit")


def units_words(region: Region, number: int) -> Text:
    """Return so many units."""
    word = unit_word(region)
    return Text(f"{number:,} 个{word.zh}", f"{number:,} {word.en}{'' if number == 1 else 's'}")


def listed(names: Sequence[str], most: int = _MOST) -> Text:
    """Return names in a row, the first of them where there are many.

    Examples
    --------
    >>> listed(["甲镇", "乙乡", "丙村"], most=2)
    Text(zh='甲镇、乙乡等 3 处', en='甲镇, 乙乡 and others, 3 in all')
    """
    shown = names[:most]
    if len(names) <= most:
        return Text("、".join(shown), ", ".join(shown))
    return Text(
        f"{'、'.join(shown)}等 {len(names)} 处",
        f"{', '.join(shown)} and others, {len(names)} in all",
    )


def named(names: Sequence[str], most: int = _MOST) -> Text:
    """Return names in a row where their number is told already.

    Examples
    --------
    >>> named(["甲镇", "乙乡", "丙村"], most=2)
    Text(zh='甲镇、乙乡等', en='甲镇, 乙乡 and others')
    """
    shown, more = names[:most], len(names) > most
    return Text(
        "、".join(shown) + ("等" if more else ""),
        ", ".join(shown) + (" and others" if more else ""),
    )


def joined(texts: Iterable[Text]) -> Text:
    """Return clauses of one sentence, parted by semicolons."""
    told = [text for text in texts if text.zh]
    return Text("；".join(t.zh for t in told), "; ".join(t.en for t in told))


def run_together(texts: Iterable[Text]) -> Text:
    """Return whole sentences as one paragraph."""
    told = [text for text in texts if text.zh]
    return Text("".join(t.zh for t in told), " ".join(t.en for t in told))


def colon(head: Text, words: Text) -> Text:
    """Return a head and what is said of it."""
    return Text(f"{head.zh}：{words.zh}", f"{head.en}: {words.en}")
