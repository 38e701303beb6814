"""Names of villages as two lists write them: with and without 村, 社区, 村委会 and the township."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..domain.unit_codes import full_code, level_of
from ..domain.unit_words import plain
from .studyunits import bare_village, full_names

_LEAST = 2
_WIDER = "县市区旗"


def village_code(text: str) -> str:
    """Return the code of a village written in a cell, 12 digits, "" where it is none.

    Examples
    --------
    >>> village_code(" 330824001201.0"), village_code("330824001"), village_code("V01")
    ('330824001201', '', '')
    """
    code = full_code(plain(text))
    return code if code is not None and level_of(code) == "village" else ""


def within_unit(text: str, unit: str) -> str:
    """Return the name of a village without the township written before it.

    Examples
    --------
    >>> within_unit("云溪县城关镇花园村", "城关镇"), within_unit("城关镇村", "城关镇")
    ('花园村', '城关镇村')
    """
    word = plain(text)
    before, found, rest = word.partition(plain(unit)) if unit else (word, "", "")
    wider = not before or before[-1] in _WIDER
    return rest if found and wider and len(rest) >= _LEAST else word


def same_village(one: str, other: str) -> int:
    """Return how well two names of villages agree: 3 as written, 2 in full, 1 in part, 0 not.

    Two names with different words for what the places are, 村 and 社区, are two places.

    Examples
    --------
    >>> same_village("花园村", "花园村"), same_village("花园村委会", "花园村")
    (3, 2)
    >>> same_village("花园", "花园村"), same_village("花园社区", "花园村")
    (1, 0)
    """
    if one == other:
        return 3
    full, its = full_names(one)[-1], full_names(other)[-1]
    if full == its:
        return 2
    short, bare = bare_village(full), bare_village(its)
    return int(short == bare and (full == short or its == bare))


@dataclass(slots=True)
class VillageIndex:
    """A list of places by code, and by name within their unit.

    Parameters
    ----------
    codes, units, names
        Code of the village ("" where none), code of its unit ("" where not known) and name of
        each place, the township before it left out.
    """

    codes: Sequence[str]
    units: Sequence[str]
    names: Sequence[str]
    _by_code: dict[str, list[int]] = field(init=False, default_factory=dict)
    _by_name: dict[tuple[str, str], list[int]] = field(init=False, default_factory=dict)
    _anywhere: dict[str, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the places by what they are looked for by."""
        for i, (code, unit, name) in enumerate(
            zip(self.codes, self.units, self.names, strict=True)
        ):
            if code:
                self._by_code.setdefault(code, []).append(i)
            if name:
                bare = bare_village(full_names(name)[-1])
                self._by_name.setdefault((unit, bare), []).append(i)
                self._anywhere.setdefault(bare, []).append(i)

    def of_code(self, code: str) -> list[int]:
        """Return the places with a code; of none where there is no code."""
        return self._by_code.get(code, []) if code else []

    def of_name(self, unit: str | None, name: str) -> tuple[list[int], int]:
        """Return the places a name fits best, and how well (see `same_village`).

        Parameters
        ----------
        unit, name
            Code of the unit they lie in, None for any; and the name.
        """
        if not name:
            return [], 0
        bare = bare_village(full_names(name)[-1])
        near = self._anywhere.get(bare, ()) if unit is None else self._by_name.get((unit, bare), ())
        fits = [(same_village(name, self.names[i]), i) for i in near]
        best = max((fit for fit, _ in fits), default=0)
        return [i for fit, i in fits if fit == best and best > 0], best

    def in_unit(self, unit: str) -> list[str]:
        """Return the names of the places of a unit."""
        return [self.names[i] for (u, _), rows in self._by_name.items() if u == unit for i in rows]
