"""The table every output reads: one row per fact."""

from dataclasses import dataclass

import pandas as pd

from ..core.errors import Problem, Problems
from ..core.nearest import meant
from ..core.text import Text

TOTAL = "total"
"""Unit code of the row for the whole study."""

COLUMNS = [
    "layer",
    "indicator",
    "coverage_kind",
    "phase",
    "unit_code",
    "unit_name",
    "minutes",
    "group",
    "profile",
    "value",
    "unit_of_measure",
    "denominator",
    "note_zh",
    "note_en",
]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Facts about units, layers and indicators.

    Parameters
    ----------
    frame
        One row per fact, columns `COLUMNS`: ``coverage_kind`` is ``has_one``, ``reached`` or
        empty where the fact is no coverage; ``phase`` is ``before`` or ``after`` the proposed
        sites; ``unit_code`` is `TOTAL` for the whole study; ``minutes`` is <NA> where no limit
        applies; ``value`` and ``denominator`` are whole numbers, <NA> where not known.

    Examples
    --------
    >>> import coverplan as cp
    >>> coverage = cp.assess(cp.small_county()).coverage
    >>> rows = coverage.select(
    ...     layer="elderly_care", indicator="people_reached", minutes=15, phase="before"
    ... )
    >>> rows[["unit_name", "value", "denominator", "share_percent"]]
      unit_name  value  denominator  share_percent
    0       柳溪镇    314          407          77.15
    1       石桥乡      0          333            0.0
    2       云岭乡      0          193            0.0
    3              314          933          33.65
    >>> coverage.value(
    ...     layer="elderly_care",
    ...     indicator="people_reached",
    ...     minutes=15,
    ...     phase="after",
    ...     unit_code="total",
    ... )
    757
    """

    frame: pd.DataFrame

    @property
    def shares(self) -> pd.DataFrame:
        """The facts with ``share_percent`` = value / denominator, <NA> for nobody or unknown."""
        frame = self.frame.copy()
        denominator = frame["denominator"].where(frame["denominator"] != 0)
        share = frame["value"].astype("Float64") / denominator.astype("Float64") * 100
        frame.insert(frame.columns.get_loc("denominator") + 1, "share_percent", share.round(2))
        return frame

    def __repr__(self) -> str:
        layers = ", ".join(self.frame["layer"].astype(str).unique())
        phases = ", ".join(self.frame["phase"].astype(str).unique())
        return f"<Coverage: {len(self.frame):,} facts of {layers}; {phases}>"

    def select(self, **where: object) -> pd.DataFrame:
        """Return the facts whose columns have the values given.

        Parameters
        ----------
        **where
            A value for each column that matters: see `COLUMNS`. No row where no fact fits.

        Raises
        ------
        InputError
            When there is no such column.

        Examples
        --------
        >>> import coverplan as cp
        >>> coverage = cp.assess(cp.small_county()).coverage
        >>> rows = coverage.select(layer="social_work", coverage_kind="has_one", phase="before")
        >>> rows[["indicator", "unit_name", "value"]]
          indicator unit_name  value
        0   has_one       柳溪镇      1
        1   has_one       石桥乡      1
        2   has_one       云岭乡      0
        3   has_one                2
        """
        frame = self.shares
        known = [str(column) for column in frame.columns]
        Problems([_no_column(name, known) for name in where if name not in known]).raise_if_any()
        for column, value in where.items():
            frame = frame[frame[column] == value]
        return frame.reset_index(drop=True)

    def value(self, **where: object) -> int:
        """Return the one value the conditions single out.

        Raises
        ------
        KeyError
            When they single out no fact, more than one, or one whose value is not known.
        """
        rows = self.select(**where)
        if len(rows) != 1:
            raise KeyError(f"{len(rows)} facts fit {where}{self._why(where, rows)}")
        if pd.isna(rows["value"].iloc[0]):
            raise KeyError(f"the value of {where} is not known")
        return int(rows["value"].iloc[0])

    def _why(self, where: dict[str, object], rows: pd.DataFrame) -> str:
        """Return why conditions single out no fact: a value nothing has, or what is left open."""
        for column, value in where.items():
            there = self.frame[column] if column in self.frame else rows[column]
            if len(rows) == 0 and not (there == value).fillna(value=False).any():
                known = ", ".join(str(one) for one in there.dropna().unique()[:_FEW])
                return f"; {column} {value!r} is in none: there are {known}"
        several = [c for c in COLUMNS if c not in _FIGURES and len(rows[c].unique()) > 1]
        return f"; they differ in {', '.join(several)}: say which" if several else ""


_FEW = 12
_FIGURES = frozenset({"value", "denominator"})


def _no_column(found: str, known: list[str]) -> Problem:
    return Problem(
        code="coverage.column",
        what=Text("结果表没有这一列", "the facts have no such column"),
        column=found,
        expected=Text("、".join(known), ", ".join(known)),
        mend=meant(found, known, Text("改用其中之一", "name one of these")),
    )
