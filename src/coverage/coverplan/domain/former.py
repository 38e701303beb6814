"""Units that are no more, and which units of today they went into."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Step = tuple[str, float | None]
"""Where a former unit went (code of a unit, or id of another former one), and what share of it."""


@dataclass(frozen=True, slots=True)
class Former:
    """A unit as it was before a change.

    Parameters
    ----------
    id
        Its own; never the code of a unit.
    code, name
        As tables call it; empty where the crosswalk does not say.
    to
        Where it went: one step where it went as a whole, several where it was divided. The shares
        of its people are all known or none is; they add up to 1.
    """

    id: str
    code: str
    name: str
    to: tuple[Step, ...]

    @property
    def called(self) -> str:
        """Its name for people."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class FormerUnits:
    """All former units a study knows of; no former unit comes out of itself again.

    Parameters
    ----------
    by_id
        Id -> former unit.
    file
        The crosswalk they come from, for messages.
    """

    by_id: Mapping[str, Former] = field(default_factory=dict)
    file: str = ""

    def __len__(self) -> int:
        return len(self.by_id)

    def parts(self, key: str) -> dict[str, float | None]:
        """Return code of a unit -> share of the former unit in it, None where not known.

        Parameters
        ----------
        key
            Id of a former unit. Changes that follow one another are followed to their end.
        """
        found: dict[str, float | None] = {}
        for target, share in self.by_id[key].to:
            whole = share if share is not None or len(self.by_id[key].to) > 1 else 1.0
            ends = self.parts(target) if target in self.by_id else {target: 1.0}
            for code, part in ends.items():
                old = found.get(code, 0.0)
                known = whole is not None and part is not None and old is not None
                found[code] = old + whole * part if known else None  # type: ignore[operator]
        return dict.fromkeys(found, 1.0) if len(found) == 1 else found

    def ends(self, node: str) -> list[str]:
        """Return the codes a former unit went into in the end, or the node itself if it is none."""
        return list(self.parts(node)) if node in self.by_id else [node]

    def before(self, node: str) -> list[str]:
        """Return ids of the former units that went straight into a unit or a former one."""
        return [key for key, one in self.by_id.items() if node in {to for to, _ in one.to}]

    def all_before(self, node: str) -> set[str]:
        """Return ids of all former units that went into a unit, straight or by way of others."""
        found: set[str] = set()
        todo = self.before(node)
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += self.before(key)
        return found

    def together(self, nodes: Iterable[str]) -> set[str]:
        """Return every unit and former unit that a chain of changes links to one of some."""
        links: dict[str, set[str]] = {}
        for key, one in self.by_id.items():
            for target, _ in one.to:
                links.setdefault(key, set()).add(target)
                links.setdefault(target, set()).add(key)
        found: set[str] = set()
        todo = list(nodes)
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += links.get(node, ())
        return found


@dataclass(frozen=True, slots=True)
class OtherTime:
    """A unit of the boundary file that is not in force on the day of the study.

    Parameters
    ----------
    code, name, period
        What it is called, and when it is in force, such as ``"2001-01-01 - 2019"``.
    """

    code: str
    name: str
    period: str


@dataclass(frozen=True, slots=True)
class Naming:
    """What is known of the units of a study beside their own code and name.

    Parameters
    ----------
    date
        The day the boundaries are those of, None where they do not say when they hold.
    parents
        Code of a unit -> words (names, codes) for what it lies in, as far as they are known.
    others
        Units of the file that are no part of the study: code -> name.
    former
        Units that are no more.
    elsewhen
        Units of the file that are not in force on that day.
    """

    date: datetime.date | None = None
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    former: FormerUnits = field(default_factory=FormerUnits)
    elsewhen: tuple[OtherTime, ...] = ()
