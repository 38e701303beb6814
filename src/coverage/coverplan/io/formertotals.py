"""Totals of units that are no more: added up, or divided, to those of the units of today."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.rounding import largest_remainder
from ..core.text import Text
from ..domain.former import FormerUnits
from ..domain.unit_codes import full_code
from ..domain.unit_words import settled

FORMER = "_former"
"""Column of the former unit each place names, while places are read."""

Counts = dict[str, float]
"""Group -> people."""


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """People as read place by place, before totals are known.

    Parameters
    ----------
    by_unit
        Sums by unit and group, NaN where a group is not known by place; index codes.
    by_former
        Former unit (id) -> unit of today -> everybody at the places that name the former unit.
    """

    by_unit: pd.DataFrame
    by_former: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, places: pd.DataFrame, groups: Sequence[str]) -> "PeopleRead":
        """Return the sums over some places.

        Parameters
        ----------
        places, groups
            Places with ``unit``, the groups and, where they name one, a former unit (`FORMER`).
        """
        sums = places.groupby("unit")[list(groups)].sum(min_count=1)
        by_former: dict[str, dict[str, float]] = {}
        if FORMER in places and (places[FORMER] != "").any():
            for former, unit, people in zip(
                places[FORMER], places["unit"], places["all"].fillna(0), strict=True
            ):
                if former:
                    here = by_former.setdefault(str(former), {})
                    here[str(unit)] = here.get(str(unit), 0.0) + float(people)
        return cls(sums, by_former)


@dataclass(frozen=True, slots=True)
class GivenTotal:
    """One row of a table of totals.

    Parameters
    ----------
    node
        Code of the unit, or id of the former one.
    row, text
        Where it stands, and how it names its unit.
    people
        Its people by group.
    """

    node: str
    row: int
    text: str
    people: Counts


@dataclass(slots=True)
class FormerTotals:
    """Adds and divides the totals of former units.

    Parameters
    ----------
    former, names
        The former units, and code -> name of the units of the study.
    file, column
        The table, for messages.
    read
        What places say, to divide by where no share is given; None where there are no places.
    beyond_all
        Groups that are no part of everybody.
    problems
        Where faults go.
    """

    former: FormerUnits
    names: Mapping[str, str]
    file: str
    column: str
    read: PeopleRead | None
    beyond_all: Collection[str]
    problems: Problems

    def totals(self, rows: Sequence[GivenTotal]) -> dict[str, Counts]:
        """Return the people of every unit whose total is known.

        A unit has the total that is given for it, or else the sum of what came from every former
        unit that went into it. A name that is both a unit's and a former one's (listed in the
        crosswalk as gone into itself) means the former one where another former unit of the same
        change is given too.

        Parameters
        ----------
        rows
            Every row once; no two of one node.
        """
        given = self._as_before({row.node: row for row in rows})
        self._check_both(given)
        shares: dict[str, dict[str, Counts]] = {}
        found = {}
        for code in self.names:
            people = self._of(code, given, shares)
            if people is not None:
                found[code] = people
        self._say_divided(shares, given)
        return found

    def _as_before(self, given: dict[str, GivenTotal]) -> dict[str, GivenTotal]:
        """Take a row for the unit as it was before, where rows beside it show that it is."""
        result = dict(given)
        gone = {node for node in given if node in self.former.by_id}
        for code, row in given.items():
            before = self._itself(code)
            if before and before not in given and gone & self.former.together([code]):
                del result[code]
                result[before] = row
        taken = [self.names[code] for code in given if code not in result]
        if taken:
            self.problems.add(self._itself_before(taken))
        return result

    def _itself(self, code: str) -> str:
        """Return the id of the former unit a unit of today was, under the same code or name."""
        for key in self.former.before(code) if code in self.names else ():
            one = self.former.by_id[key]
            same_code = bool(one.code) and full_code(one.code) == (full_code(code) or code)
            if same_code or (one.name and settled(one.name) == settled(self.names[code])):
                return key
        return ""

    def _check_both(self, given: Mapping[str, GivenTotal]) -> None:
        for node, row in given.items():
            for key in sorted(self.former.all_before(node) & set(given)):
                self.problems.add(self._both(row, given[key]))

    def _of(
        self, node: str, given: Mapping[str, GivenTotal], shares: dict[str, dict[str, Counts]]
    ) -> Counts | None:
        """Return the people of a unit or former unit, None where they are not known."""
        if node in given:
            return given[node].people
        before = self.former.before(node)
        parts = [self._part(key, node, given, shares) for key in before]
        if not before or all(part is None for part in parts):
            return None
        missing = [key for key, part in zip(before, parts, strict=True) if part is None]
        if missing:
            fault = self._incomplete(node, missing)
            if fault not in self.problems.items:
                self.problems.add(fault)
            return None
        known = [part for part in parts if part is not None]
        return {group: sum(part[group] for part in known) for group in known[0]}

    def _part(
        self,
        key: str,
        node: str,
        given: Mapping[str, GivenTotal],
        shares: dict[str, dict[str, Counts]],
    ) -> Counts | None:
        """Return what of a former unit's people went to one of the units it went into."""
        if key not in shares:
            people = self._of(key, given, shares)
            if people is None:
                return None
            shares[key] = self._divided(key, people)
        return shares[key].get(node)

    def _divided(self, key: str, people: Counts) -> dict[str, Counts]:
        """Return former unit's people by the units it went into; to the person where whole."""
        steps = self.former.by_id[key].to
        if len(steps) == 1:
            return {steps[0][0]: people}
        weights = self._weights(key)
        if weights is None:
            self.problems.add(self._no_share(key))
            # Said once; what is not known is not given out.
            return {target: dict.fromkeys(people, np.nan) for target, _ in steps}
        targets = [target for target, _ in steps]
        result: dict[str, Counts] = {target: {} for target in targets}
        most: np.ndarray | None = None
        for group in sorted(people, key=lambda g: (g != "all", g)):
            cap = None if group in self.beyond_all else most
            counts = divide(people[group], weights, cap)
            if group == "all" and float(people[group]).is_integer():
                most = counts.astype(np.int64)
            for target, count in zip(targets, counts.tolist(), strict=True):
                result[target][group] = count
        return result

    def _weights(self, key: str) -> np.ndarray | None:
        steps = self.former.by_id[key].to
        given = [share for _, share in steps if share is not None]
        if given:
            return np.array(given)
        here = self.read.by_former.get(key, {}) if self.read is not None else {}
        # Of a part that lies outside the study no place is known.
        if not here or any(target not in self.names for target, _ in steps):
            return None
        weights = np.array([here.get(target, 0.0) for target, _ in steps])
        return weights if weights.sum() > 0 else None

    def _called(self, node: str) -> str:
        one = self.former.by_id.get(node)
        return self.names.get(node, node) if one is None else one.called

    def _itself_before(self, units: Sequence[str]) -> Problem:
        return Problem(
            code="census.former_itself",
            what=Text(
                "这些单元变更后沿用原名；表中另有并入它们的原单元，所以这几行按变更前的单元计",
                "these units kept their names; former units that went into them are given beside, "
                "so their rows are taken for the units as they were before",
            ),
            file=self.file,
            column=self.column,
            found=Text("、".join(units), ", ".join(units)),
            mend=Text(
                "若是变更后的数，删去并入它们的原单元",
                "if they are of the units as they are, remove the former units",
            ),
            severity="warning",
        )

    def _both(self, row: GivenTotal, older: GivenTotal) -> Problem:
        return Problem(
            code="census.former_and_present",
            what=Text(
                f"{self._called(row.node)}和并入它的原单元{self._called(older.node)}都有总数："
                "会重复计算",
                f"totals are given for {self._called(row.node)} and for the former unit "
                f"{self._called(older.node)} that went into it: people would count twice",
            ),
            file=self.file,
            row=older.row,
            column=self.column,
            found=older.text,
            expected=Text("现单元或各原单元，只给一种", "the present unit or the former ones"),
            mend=Text(
                f"删去其中一种；若第 {row.row} 行是变更前的数，在对照表加一行"
                f"“{self._called(row.node)}→{self._called(row.node)}”",
                f"remove one of them; if row {row.row} is of the unit before the change, add a row "
                f"from {self._called(row.node)} to itself to the crosswalk",
            ),
        )

    def _incomplete(self, node: str, missing: list[str]) -> Problem:
        names = [self._called(key) for key in missing]
        return Problem(
            code="census.former_incomplete",
            what=Text(
                f"{self._called(node)}由几个原单元合成，总数只给了其中一部分",
                f"{self._called(node)} came from several former units, and totals are given for "
                "some of them only",
            ),
            file=self.file,
            column=self.column,
            found=Text("缺 " + "、".join(names), "missing: " + ", ".join(names)),
            expected=Text("每个原单元的总数", "the totals of every one of them"),
            mend=Text(
                "补上缺的行，或改给现单元的总数，或改正对照表",
                "add the missing rows, or give the total of the present unit, or correct the "
                "crosswalk",
            ),
        )

    def _no_share(self, key: str) -> Problem:
        return Problem(
            code="census.former_divided",
            what=Text(
                f"原{self._called(key)}已拆分，没有比例，也没有写明属于它的村：总数无法分开",
                f"the former {self._called(key)} was divided, and neither shares nor places that "
                "name it tell how its total is",
            ),
            file=self.file,
            column=self.column,
            found=self._called(key),
            expected=Text("对照表里的比例", "shares in the crosswalk"),
            mend=Text(
                "在对照表写比例，或给各现单元的总数",
                "give shares in the crosswalk, or totals of the present units",
            ),
        )

    def _say_divided(
        self, shares: Mapping[str, Mapping[str, Counts]], given: Mapping[str, GivenTotal]
    ) -> None:
        for key, parts in sorted(shares.items()):
            if len(parts) < 2 or any(np.isnan(p.get("all", np.nan)) for p in parts.values()):  # noqa: PLR2004
                continue
            by_share = self.former.by_id[key].to[0][1] is not None
            counts = [f"{self._called(code)} {part['all']:,.10g}" for code, part in parts.items()]
            self.problems.add(
                Problem(
                    code="census.former_shared",
                    what=Text(
                        f"原{self._called(key)}的总数按"
                        + ("对照表的比例" if by_share else "写明属于它的村的人口")
                        + "分给现单元",
                        f"the total of the former {self._called(key)} was divided by "
                        + (
                            "the shares of the crosswalk"
                            if by_share
                            else "the people of places that name it"
                        ),
                    ),
                    file=self.file,
                    row=given[key].row if key in given else None,
                    column=self.column,
                    found=Text("，".join(counts), "; ".join(counts)),
                    mend=Text("核对比例", "check the shares"),
                    severity="warning",
                )
            )


def divide(total: float, weights: np.ndarray, most: np.ndarray | None = None) -> np.ndarray:
    """Return a total divided by weights: whole people where the total is whole.

    Parameters
    ----------
    total, weights
        People, and what each part weighs, at least one above 0.
    most
        No part may exceed this, where the total allows.

    Examples
    --------
    >>> divide(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4.0, 3.0, 3.0]
    """
    if np.isnan(total) or not float(total).is_integer():
        return np.asarray(weights / weights.sum() * total, dtype=float)
    return largest_remainder(weights, int(total), most=most).astype(float)
