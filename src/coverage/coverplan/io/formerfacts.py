"""Facts of units that are no more: those of the present unit where it came of them whole."""

from dataclasses import dataclass, field
from typing import Any

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.policy_columns import NEVER_SUMMED, UNIT_FACTS
from .studyunits import StudyUnits

_SUMMED = {fact.key for fact in UNIT_FACTS if fact.kind == "number"} - NEVER_SUMMED
_OF_ITS_TIME = frozenset({"name", "parent", "level", "type", "valid_from", "valid_to"})


@dataclass(slots=True)
class FormerFacts:
    """What tables say of former units.

    Parameters
    ----------
    facts, places
        Id of a former unit -> what is said of it, and -> file and row where.
    """

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, key: str, facts: dict[str, Any], file: str, row: int) -> None:
        """Note what a row says of a former unit; what was said first holds."""
        self.facts[key] = facts | self.facts.get(key, {})
        self.places.setdefault(key, []).append((file, row))

    def settled(
        self, units: StudyUnits, own: set[str], problems: Problems
    ) -> dict[str, dict[str, Any]]:
        """Return code of a unit -> the facts it has from the former units it came of.

        A unit that came of one former unit has its facts; one that came of several has the sums of
        what all of them state in numbers. A former unit that was divided leaves no facts, and a
        unit with a row of its own needs none.

        Parameters
        ----------
        units, own
            The units of the study, and the codes of those that have rows of their own.
        problems
            Where what was done, and rows that are of no use, are noted.
        """
        former = units.words.naming.former
        used: dict[str, str] = {}
        found = {}
        for region_code in units.words.units:
            code = units.called[region_code]
            before = former.before(region_code)
            whole = all(len(former.by_id[key].to) == 1 for key in before)
            if not before or not whole or code in own or not set(before) <= set(self.facts):
                continue
            found[code] = self._joined(before)
            used |= dict.fromkeys(before, code)
        for key, places in self.places.items():
            old = former.by_id[key].called
            new = units.names.get(used.get(key, ""), "")
            for file, row in places:
                problems.add(_used(file, row, old, new) if new else _unused(file, row, old))
        return found

    def _joined(self, keys: list[str]) -> dict[str, Any]:
        rows = [self.facts[key] for key in keys]
        if len(rows) == 1:
            return {key: value for key, value in rows[0].items() if key not in _OF_ITS_TIME}
        shared = set.intersection(*(set(row) for row in rows)) & _SUMMED
        return {key: sum(row[key] for row in rows) for key in sorted(shared)}


def _used(file: str, row: int, old: str, new: str) -> Problem:
    return Problem(
        code="unit.former_facts",
        what=Text(
            "原单元的情况按对照表计入现单元（几个合并的，数字相加）",
            "facts of a former unit count for the present one (numbers added where units merged)",
        ),
        file=file,
        row=row,
        found=Text(f"{old}→{new}", f"{old} → {new}"),
        mend=Text("有现单元的数时改用它们", "give those of the present unit where there are any"),
        severity="warning",
    )


def _unused(file: str, row: int, old: str) -> Problem:
    return Problem(
        code="unit.former_unused",
        what=Text(
            "原单元的这一行用不上：它被拆分，或现单元另有一行，或其他原单元的数不全",
            "the row of a former unit is of no use: it was divided, the present unit has a row of "
            "its own, or other former units lack theirs",
        ),
        file=file,
        row=row,
        found=old,
        expected=Text("现单元的情况", "facts of the present unit"),
        mend=Text("给出现单元的情况", "give the facts of the present unit"),
        severity="warning",
    )
