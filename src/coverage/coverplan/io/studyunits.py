"""The units of a study as tables call them: codes, names, and villages within their township."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ..core.errors import Problems
from ..domain.policy import LEVELS
from ..domain.region import Region
from ..domain.unit_codes import above, full_code, home_of, level_by_name, level_of, stem
from ..domain.unit_words import plain
from .factcells import softened
from .unitcolumn import UnitColumn, named_units
from .unitnames import UnitNames

_WIDE = ("province", "prefecture", "county")
_PSEUDO = ("farm", "zone")


@dataclass(frozen=True, slots=True)
class StudyUnits:
    """What rows of a table can be about: the units of the study and what they lie in.

    Parameters
    ----------
    names
        Code of 12 digits (or as the boundaries have it, where it is none) -> name.
    called
        How a unit of the boundaries, or a former one that went whole into it, may be called in a
        table -> its code here.
    home
        Code of the smallest unit all of them lie in, "" where there is none.
    words
        Everything they may be called, former units with it.
    """

    names: dict[str, str]
    called: dict[str, str]
    home: str
    words: UnitNames

    def level(self, code: str) -> str:
        """Return the level of a unit by its code; a unit of the boundaries by its name first."""
        if code not in self.names:
            return level_of(code)
        return level_by_name(self.names[code]) or level_of(code) or "township"

    def holds(self, code: str, level: str, parent: str, kind: str | None) -> bool:
        """Return whether a unit is one of the study's, lies in one or holds them all.

        A farm or zone at the level of townships that has no boundary of its own does, where its
        code lies in the study's home.
        """
        over = {above(code, up) for up in LEVELS} | {code, parent}
        if not over.isdisjoint(self.names):
            return True
        inside = stem(code).startswith(stem(self.home))
        if level == "township":
            return bool(self.home) and inside and kind in _PSEUDO
        return level in _WIDE and (inside or self.home.startswith(stem(code)))


def study_units(region: Region) -> StudyUnits:
    """Return the units of a region by the codes facts are kept under."""
    codes = {code: full_code(code) or code for code in region.codes}
    words = UnitNames.of(region)
    called = {word: codes[code] for word, code in words.words().items()}
    former = {word: codes[code] for word, code in words.former_words().items()}
    return StudyUnits(
        names={codes[code]: str(name) for code, name in region.names.items()},
        called=former | called | {code: code for code in codes.values()},
        home=home_of(codes.values()),
        words=words,
    )


def named_here(
    study: StudyUnits,
    given: UnitColumn,
    problems: Problems,
    *,
    above: Mapping[str, str] | None = None,
) -> list[str]:
    """Return the code facts are kept under of the unit each row names, "" where none.

    Parameters
    ----------
    study, given
        The units, and the column that names them.
    problems
        Where translations of former units and doubts are noted.
    above
        How wider units may be called -> their code, for rows that name none of the study's.
    """
    noted = Problems()
    codes = named_units(study.words, given, noted).codes
    problems.extend(softened(noted))
    wider = above or {}
    return [
        study.called[code] if code else wider.get(text) or wider.get(plain(text), "")
        for code, text in zip(codes, given.texts, strict=True)
    ]


def village_finder(units: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return (township, how a village may be called there) -> code; a name two share names none.

    Parameters
    ----------
    units
        As `read_unit_facts` returns them. A village may be called with or without the word for
        what it is: 花园 for 花园社区.
    """
    villages = units[units["level"] == "village"]
    exact = _once(
        ((str(parent), str(name)), str(code))
        for code, name, parent in zip(
            villages.index, villages["name"], villages["parent"], strict=True
        )
    )
    short = _once(((parent, bare_village(name)), code) for (parent, name), code in exact.items())
    return short | exact


def _once(pairs: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], str]:
    listed = list(pairs)
    times = Counter(key for key, _ in listed)
    return {key: code for key, code in listed if times[key] == 1}


_COMMITTEES = {
    "村民委员会": "村", "村委会": "村", "行政村": "村", "居民委员会": "社区", "居委会": "社区",
}  # fmt: skip
_ENDINGS = ("社区", "村")


def bare_village(name: str) -> str:
    """Return the name of a village without the word for what it is.

    Examples
    --------
    >>> bare_village("花园社区"), bare_village("花园"), bare_village("村")
    ('花园', '花园', '村')
    """
    return next(
        (name.removesuffix(end) for end in _ENDINGS if name.endswith(end) and len(name) > len(end)),
        name,
    )


def full_names(text: str) -> list[str]:
    """Return what a village may be called in full; one word for what it is stays what it is.

    Examples
    --------
    >>> full_names("花园村委会"), full_names("花园社区居委会"), full_names("花园")
    (['花园村委会', '花园村'], ['花园社区居委会', '花园社区'], ['花园'])
    """
    for ending, word in _COMMITTEES.items():
        if text.endswith(ending):
            base = text.removesuffix(ending)
            return [text, base if base.endswith(_ENDINGS) else base + word]
    return [text]


def called_village(
    finder: dict[tuple[str, str], str], codes: set[str], township: str, text: str
) -> str:
    """Return the code of the village a cell names, "" where it names none.

    Parameters
    ----------
    finder, codes
        As `village_finder` returns it, and all codes of villages.
    township, text
        Code of the township ("" where not known), and the cell: code or name.
    """
    code = full_code(text)
    if code in codes:
        return str(code)
    found = (finder.get((township, name)) for name in full_names(text))
    return next((village for village in found if village), "")
