"""Supply of a unit's own sites over its own people: the plain ratio that nobody leaves."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.text import Text
from .coverage import TOTAL
from .floating import COLUMNS, PER
from .residents import Residents

LABEL = Text("本单元比例", "ratio within the unit")


def own_unit_ratio(
    who: Residents, supply: NDArray[np.float64], site_units: NDArray[np.object_]
) -> pd.DataFrame:
    """Return supply per 1,000 people of each unit, columns as `access_table`'s.

    Parameters
    ----------
    who
        The people of one group.
    supply
        Supply of each site, NaN where not known, shape ``(n_sites,)``.
    site_units
        Code of each site's unit, "" outside the study, shape ``(n_sites,)``.

    Returns
    -------
    pandas.DataFrame
        ``places`` is <NA> where a site of the unit has supply nobody knows; ``placed`` and
        ``people_without`` count people of the census, the latter where the unit has no supply at
        all. The total sets the sites of the study's units whose people are known against them.
    """
    counted = np.isin(site_units, np.array(who.codes, dtype=object)[who.totals.notna().to_numpy()])
    rows: list[list[object]] = []
    for part in who.slices():
        mine = counted if part.code == TOTAL and part.known else site_units == part.code
        places, note = _places(supply[mine], part.note)
        if not part.known:
            none = [None, None, None, None if part.code == TOTAL else places, None, None]
            rows.append([part.code, part.name, *none, note.zh, note.en])
            continue
        people = part.people or 0
        per = PER * places / people if places is not None and people else None
        without = None if places is None else people * (places == 0)
        figures = [people, part.unplaced, people, places, per, without]
        rows.append([part.code, part.name, *figures, note.zh, note.en])
    frame = pd.DataFrame(rows, columns=COLUMNS)
    _add_up(frame)
    whole = dict.fromkeys(["people", "unplaced", "placed", "people_without"], "Int64")
    return frame.astype(whole | dict.fromkeys(["places", "per_1000"], "Float64"))


def _places(supply: NDArray[np.float64], note: Text) -> tuple[float | None, Text]:
    unknown = int(np.isnan(supply).sum())
    if not unknown:
        return float(supply.sum()), note
    sites = "1 site" if unknown == 1 else f"{unknown} sites"
    said = Text(f"{unknown} 处设施供给未知", f"supply of {sites} not known")
    return None, said if not note.zh else Text(f"{said.zh}；{note.zh}", f"{said.en}; {note.en}")


def _add_up(frame: pd.DataFrame) -> None:
    """Make people without a place those of the units that have none."""
    units, total = frame["unit_code"] != TOTAL, frame["unit_code"] == TOTAL
    if frame.loc[total, "people"].isna().all():
        return
    known = frame.loc[units, "people_without"].notna() | frame.loc[units, "people"].isna()
    without = frame.loc[units, "people_without"].sum()
    frame.loc[total, "people_without"] = without if known.all() else None
