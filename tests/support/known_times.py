"""Travel times stated by hand, and the people who travel."""

import numpy as np
import pandas as pd

from coverplan import TravelTimes
from coverplan.measure.residents import Residents


def times_of(minutes, cutoff=60.0):
    """Times from a table places x sites in minutes, None for never; beyond the cutoff left out."""
    table = [[np.inf if t is None else float(t) for t in row] for row in minutes]
    sites = np.array(table, dtype=float).reshape(len(minutes), -1).T
    kept = [np.flatnonzero(row <= cutoff) for row in sites]
    ms = [np.rint(row[k] * 60_000) for row, k in zip(sites, kept, strict=True)]
    none = [np.empty(0)]
    return TravelTimes(
        pd.RangeIndex(len(minutes)),
        pd.RangeIndex(len(sites)),
        np.concatenate([[0], np.cumsum([len(k) for k in kept])]).astype(np.int64),
        np.concatenate(kept or none).astype(np.int32),
        np.concatenate(ms or none).astype(np.int32),
        cutoff,
    )


def people_of(units, counts, *, codes=None, unplaced=None, totals=None):
    """People at places: the code of each place's unit, and how many live there."""
    names = sorted(set(units)) if codes is None else codes
    unit = np.array([names.index(u) for u in units], dtype=np.intp)
    placed = np.zeros(len(names), dtype=np.int64)
    np.add.at(placed, unit, np.array(counts, dtype=np.int64))
    gone = np.zeros(len(names), dtype=np.int64) if unplaced is None else np.array(unplaced)
    known = pd.Series(placed + gone if totals is None else totals, dtype="Int64")
    return Residents(
        group="all",
        codes=tuple(names),
        names=tuple(f"{code}镇" for code in names),
        unit=unit,
        people=np.array(counts, dtype=np.int64),
        totals=known,
        unplaced=gone,
    )
