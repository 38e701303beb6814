"""Which unit a word of a table means: codes, names as people write them, former units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..domain.former import Former, Naming
from ..domain.region import Region
from ..domain.unit_codes import full_code, stem
from ..domain.unit_words import bare, plain, prefixes, same_but_ending, settled


@dataclass(frozen=True, slots=True)
class Called:
    """What a word may mean.

    Parameters
    ----------
    units
        Codes of units of the study: none, the one it means, or several it could mean.
    former
        Id of the former unit it names, "" where it names a unit of today. A former unit means
        every unit it went into; where one of those is no unit of the study, ``beyond`` is true.
    county
        The wider unit named before the name (新昌县 in 新昌县南明街道), "" where there is none.
    several
        Former units the word could name, where it is not known which.
    beyond
        Whether it may (also) mean a unit that is none of the study's.
    """

    units: tuple[str, ...] = ()
    former: str = ""
    county: str = ""
    several: tuple[str, ...] = ()
    beyond: bool = False


_NOTHING = Called()


class UnitNames:
    """How the units of a study, and those they came from, may be called.

    Parameters
    ----------
    units, naming
        Code -> name of the units, and what else is known of them.

    Notes
    -----
    A code (6, 9 or 12 digits) comes before a name, a unit of today before a former one, a name in
    full before one without its last word (镇, 乡, 街道), and a name before one that has its county
    in front of it. Where a county is given, in front or in a column, only units that lie there or
    of which it is not known are meant.
    """

    def __init__(self, units: Mapping[str, str], naming: Naming) -> None:
        self.units, self.naming = dict(units), naming
        names = {**naming.others, **self.units}
        self._raw = {code: code for code in names}
        self._full = {full_code(code) or code: code for code in names}
        self._names = _Index.of((code, name) for code, name in names.items())
        former = naming.former.by_id.values()
        self._former_codes: dict[str, list[str]] = {}
        for one in former:
            self._former_codes.setdefault(full_code(one.code) or one.code, []).append(one.id)
        self._former = _Index.of((one.id, one.name) for one in former if one.name)

    @classmethod
    def of(cls, region: Region) -> "UnitNames":
        """Return how the units of a region may be called."""
        return cls({str(code): str(name) for code, name in region.names.items()}, region.naming)

    @property
    def county_known(self) -> bool:
        """Whether the boundaries name what their units lie in."""
        return any(_names(words) for words in self.naming.parents.values())

    def called(self, text: str, county: str = "") -> Called:
        """Return what a word means.

        Parameters
        ----------
        text, county
            The word, and what a column of the same row says the unit lies in.
        """
        word = plain(text)
        if not word:
            return _NOTHING
        code = full_code(word)
        known = self._raw.get(text) or self._raw.get(word) or (code and self._full.get(code))
        if known:
            return self._meant([known])
        if code is not None:
            return self._gone(self._former_codes.get(code, []))
        found = self._named(word, county)
        if found is not _NOTHING:
            return found
        for wider, rest in prefixes(word):
            found = self._named(rest, wider)
            if found is not _NOTHING:
                return Called(found.units, found.former, wider, found.several, found.beyond)
        return _NOTHING

    def former(self, key: str) -> Former:
        """Return a former unit by its id."""
        return self.naming.former.by_id[key]

    def near(self) -> list[str]:
        """Return the names and codes of the units, to look for one a word resembles."""
        return [*self.units.values(), *self.units]

    def words(self) -> dict[str, str]:
        """Return every word that means one unit of today and nothing else -> its code."""
        names = list(self.units.values())
        words = {*names, *map(settled, names), *map(bare, names)}
        for code in self.units:
            full = full_code(code) or code
            words |= {code, full} | {full[:n] for n in (9, 6) if not full[n:].strip("0")}
        found = {word: self.called(word) for word in words}
        return {w: c.units[0] for w, c in found.items() if _is_one(c)}

    def former_words(self) -> dict[str, str]:
        """Return every word for a former unit that went whole into one unit -> that unit's code."""
        words = set()
        for one in self.naming.former.by_id.values():
            full = full_code(one.code) or ""
            words |= {one.code, full, full[:9] if not full[9:].strip("0") else full, one.name}
            words |= {settled(one.name), bare(one.name)}
        found = {word: self.called(word) for word in words if word}
        return {w: c.units[0] for w, c in found.items() if c.former and _is_one(c)}

    def _named(self, word: str, county: str) -> Called:
        units = self._lying(self._names.matching(word), county)
        if units:
            return self._meant(units)
        return self._gone(self._former.matching(word))

    def _meant(self, units: list[str]) -> Called:
        mine = tuple(unit for unit in units if unit in self.units)
        return Called(mine, beyond=len(mine) < len(units))

    def _gone(self, keys: list[str]) -> Called:
        if not keys:
            return _NOTHING
        parts = [self.naming.former.parts(key) for key in keys]
        units = dict.fromkeys(code for one in parts for code in one)
        found = self._meant(list(units))
        if len(keys) > 1:
            return Called(found.units, several=tuple(keys), beyond=found.beyond)
        return Called(found.units, keys[0], beyond=found.beyond)

    def _lying(self, units: list[str], county: str) -> list[str]:
        if not county:
            return units
        return [unit for unit in units if self.lies_in(unit, county) is not False]

    def lies_in(self, unit: str, county: str) -> bool | None:
        """Return whether a unit lies in a wider one, None where that is not known.

        Parameters
        ----------
        unit, county
            Code of the unit, and name or code of the wider one.
        """
        wanted, full = plain(county), full_code(unit)
        code = full_code(wanted)
        words = self.naming.parents.get(unit, ())
        if code is not None:
            if full is not None:
                return full.startswith(stem(code))
            return any(w == wanted for w in words) if words else None
        names = _names(words)
        if not names:
            return None
        return any(wanted.endswith(name) or name[:-1] == wanted for name in names)


def _is_one(called: Called) -> bool:
    return len(called.units) == 1 and not called.beyond


def _names(words: Iterable[str]) -> list[str]:
    return [word for word in words if not word.isdigit()]


@dataclass(frozen=True, slots=True)
class _Index:
    """Names in full -> keys, and without their last word -> keys with the name in full."""

    full: Mapping[str, list[str]]
    short: Mapping[str, list[tuple[str, str]]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "_Index":
        full: dict[str, list[str]] = {}
        short: dict[str, list[tuple[str, str]]] = {}
        for key, name in pairs:
            full.setdefault(settled(name), []).append(key)
            short.setdefault(bare(name), []).append((key, name))
        return cls(full, short)

    def matching(self, word: str) -> list[str]:
        exact = self.full.get(settled(word))
        if exact:
            return exact
        alike = self.short.get(bare(word), ())
        return [key for key, name in alike if same_but_ending(word, name)]


def unit_finder(region: Region) -> dict[str, str]:
    """Return how a unit of today may be called in a table -> its code; ambiguous words: none."""
    return UnitNames.of(region).words()


def told_units(
    region: Region, texts: Sequence[str], counties: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the code of the unit each of some words means, "" where none or more than one.

    Parameters
    ----------
    region, texts
        The units, and the words: any spelling, former units that went whole into one as well.
    counties
        What the same rows say each unit lies in; empty where they do not say.
    """
    names = UnitNames.of(region)
    known: dict[tuple[str, str], str] = {}
    pairs = list(zip(texts, counties or [""] * len(texts), strict=True))
    for pair in pairs:
        if pair not in known:
            called = names.called(*pair)
            known[pair] = called.units[0] if _is_one(called) else ""
    return tuple(known[pair] for pair in pairs)
