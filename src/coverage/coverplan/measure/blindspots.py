"""Blind spots: who has none, one, ... or all of several services out of reach, and which.

A service is missing for a place when no working site of its layer lies within the layer's own
minutes by the layer's own profile: the layers' limits are not mixed, and the counts of people with
0, 1, ... n services missing, with the people no place is known for, add up to the census.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.arrays import frozen
from .residents import Residents, Slice

JOINED = "+"
"""What stands between the names of services missing together."""

UNPLACED = "unplaced"
"""The combination of people no place is known for: what they miss cannot be judged."""

_MOST_SERVICES = 62
"""Combinations are bits of one whole number."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Which services each place misses.

    Parameters
    ----------
    layers
        Ids of the services, in the order they are named in.
    missing
        Whether each is out of reach, shape ``(n_layers, n)``.

    Raises
    ------
    ValueError
        When there is no service, or there are more than can be told apart.
    """

    layers: tuple[str, ...]
    missing: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not 0 < len(self.layers) <= _MOST_SERVICES or len(self.layers) != len(self.missing):
            raise ValueError(f"{len(self.layers)} services, {len(self.missing)} rows")
        object.__setattr__(self, "missing", frozen(self.missing, np.bool_))

    @classmethod
    def of(cls, reached: Mapping[str, NDArray[np.bool_]]) -> "Missing":
        """Return what is missing where each layer reaches the places of a mask."""
        return cls(tuple(reached), ~np.array(list(reached.values()), dtype=bool))

    def only(self, layers: tuple[str, ...]) -> "Missing":
        """Return the same for some of the services."""
        rows = [self.layers.index(key) for key in layers]
        return Missing(layers, self.missing[rows])

    @property
    def count(self) -> NDArray[np.int64]:
        """Services missing at each place, shape ``(n,)``."""
        return np.asarray(self.missing.sum(axis=0), dtype=np.int64)

    @property
    def names(self) -> NDArray[np.object_]:
        """The services missing at each place, joined by `JOINED`, shape ``(n,)``."""
        codes, place = np.unique(self._bits, return_inverse=True)
        words = np.array([self._words(int(code)) for code in codes], dtype=object)
        named: NDArray[np.object_] = words[place] if len(words) else words
        return named

    @property
    def _bits(self) -> NDArray[np.int64]:
        weights = np.int64(1) << np.arange(len(self.layers), dtype=np.int64)
        return np.asarray(weights @ self.missing.astype(np.int64), dtype=np.int64)

    def _words(self, bits: int) -> str:
        return JOINED.join(key for i, key in enumerate(self.layers) if bits >> i & 1)


def missing_counts(found: Missing, who: Residents) -> pd.DataFrame:
    """Return people by how many services they miss, by unit and in total.

    Parameters
    ----------
    found
        What each place misses.
    who
        The people of one group at the same places.

    Returns
    -------
    pandas.DataFrame
        Rows ``missing`` = 0 to n for every unit, the total last, and one with ``missing`` <NA>
        for people no place is known for: ``unit_code``, ``unit_name``, ``group``, ``missing``,
        ``services`` (n), ``value`` (people), ``denominator`` (the census), ``note_zh``,
        ``note_en``. Unknown people stay <NA>.
    """
    n, count = len(found.layers), found.count
    rows: list[list[object]] = []
    for part in who.slices():
        people = np.zeros(n + 1, dtype=np.int64)
        np.add.at(people, count[part.at], who.people[part.at])
        rows += [_row(part, who.group, k, n, int(people[k])) for k in range(n + 1)]
        rows.append(_row(part, who.group, None, n, part.unplaced))
    frame = pd.DataFrame(rows, columns=COUNT_COLUMNS)
    return frame.astype(dict.fromkeys(["missing", "services", "value", "denominator"], "Int64"))


def missing_combinations(found: Missing, who: Residents) -> pd.DataFrame:
    """Return people by which services they miss together, by unit and in total.

    Parameters
    ----------
    found, who
        As in `missing_counts`.

    Returns
    -------
    pandas.DataFrame
        Combinations somebody has, most people first: ``unit_code``, ``unit_name``, ``group``,
        ``combination`` (ids joined by `JOINED`, "" for nothing missing, `UNPLACED`), ``missing``,
        ``services``, ``value``, ``denominator``, ``note_zh``, ``note_en``. A unit of nobody, or
        of unknown people, has no row.
    """
    bits, rows = found._bits, []  # noqa: SLF001 - the same module
    for part in who.slices():
        codes, place = np.unique(bits[part.at], return_inverse=True)
        people = np.zeros(len(codes), dtype=np.int64)
        np.add.at(people, place, who.people[part.at])
        counted = [
            (found._words(int(code)), int(code).bit_count(), int(number))  # noqa: SLF001
            for code, number in zip(codes, people, strict=True)
            if number
        ]
        if part.unplaced:
            counted.append((UNPLACED, None, part.unplaced))  # type: ignore[arg-type]
        for words, missing, number in sorted(counted, key=lambda one: (-one[2], one[0])):
            base = _row(part, who.group, missing, len(found.layers), number)
            rows.append([*base[:3], words, *base[3:]])
    columns = [*COUNT_COLUMNS[:3], "combination", *COUNT_COLUMNS[3:]]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(["missing", "services", "value", "denominator"], "Int64"))


COUNT_COLUMNS = [
    "unit_code",
    "unit_name",
    "group",
    "missing",
    "services",
    "value",
    "denominator",
    "note_zh",
    "note_en",
]


def _row(part: Slice, group: str, missing: int | None, services: int, value: int) -> list[object]:
    known = value if part.known else None
    return [
        part.code,
        part.name,
        group,
        missing,
        services,
        known,
        part.people,
        part.note.zh,
        part.note.en,
    ]
