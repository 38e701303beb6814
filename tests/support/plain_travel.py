"""People on a plane: travel in a straight line, so that every expected figure follows by hand."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd


class PlainTravel:
    """A `Travel` without roads.

    Parameters
    ----------
    people
        Rows ``(x, township, village, {group: people})`` on a straight line, x in metres.
    speeds
        Metres a minute by profile.
    totals
        People of townships by group where they are not the sum of the rows; None: not known.
    """

    def __init__(
        self,
        people: Iterable[tuple[float, str, str, Mapping[str, int]]],
        speeds: Mapping[str, float],
        totals: Mapping[str, Mapping[str, int | None]] | None = None,
    ) -> None:
        self.rows = list(people)
        self.speeds = dict(speeds)
        self.totals = dict(totals or {})

    def _minutes(self, starts, ends, profile):
        ends = [x for x, y in ends if not np.isnan(x)]
        if not ends:
            return np.full(len(starts), np.nan)
        far = np.abs(np.subtract.outer(np.asarray(starts, dtype=float), ends)).min(axis=1)
        return far / self.speeds[profile]

    def _frame(self, xy, profile, minutes, group, place):
        found = self._minutes([row[0] for row in self.rows], xy, profile)
        counts = {}
        for row, m in zip(self.rows, found, strict=True):
            have = counts.setdefault(row[place], [0, 0])
            have[0] += row[3].get(group, 0) * int(m <= minutes)
            have[1] += row[3].get(group, 0)
        frame = pd.DataFrame.from_dict(counts, orient="index", columns=["reached", "people"])
        return frame[frame.index != ""].astype("Int64")

    def reached(self, xy, profile, minutes, group, direction="to_site"):
        """Return people within the minutes by township."""
        frame = self._frame(xy, profile, minutes, group, 1)
        for code, given in self.totals.items():
            total = given.get(group)
            frame.loc[code, "people"] = pd.NA if total is None else total
            if total is None:
                frame.loc[code, "reached"] = pd.NA
        return frame

    def villages(self, xy, profile, minutes, group, direction="to_site"):
        """Return people within the minutes by village."""
        return self._frame(xy, profile, minutes, group, 2)

    def minutes(self, start, end, profile):
        """Return minutes from each start to the nearest end."""
        return self._minutes([x for x, y in start], end, profile)

    def person_minutes(self, xy, profile, group):
        """Return people and their milliseconds in all by township."""
        found = self._minutes([row[0] for row in self.rows], xy, profile)
        rows = [
            (row[1], row[3].get(group, 0), row[3].get(group, 0) * round(m * 60_000))
            for row, m in zip(self.rows, found, strict=True)
            if not np.isnan(m)
        ]
        frame = pd.DataFrame(rows, columns=["unit", "people", "milliseconds"])
        return frame.groupby("unit").sum()
