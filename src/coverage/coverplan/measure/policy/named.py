"""Projects a clause names by place: whether they are done there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .counted import facilities_of, layer_words, lies_in, stems
from .filters import Chosen
from .found import Cannot, Found, Measured, Named
from .ledger import Ledger, trimmed
from .projects import ids_in
from .registry import measures


@dataclass(frozen=True, slots=True)
class _Place:
    """What is known of a named project at one place: done ones, and ones that may be it."""

    stem: str
    done: int
    doubtful: tuple[str, ...]


@measures(
    "named_project",
    zh="点名项目建成数",
    en="named projects done",
    formula=Text(
        "登记表中该条已完成的项目数；没有登记的，按点名地方在文件之后建成的设施（点名多地的，按地方数）",
        "finished projects registered for the clause; where none is, facilities at the places "
        "named that are newer than the document (places, where several are named)",
    ),
    transfer="named",
)
def named_project(target: Target, ledger: Ledger) -> Found:
    """Return how many of the projects a clause names are done (JJ-13..16, JJ-29, XA-17, Z21-02).

    The register of projects decides wherever it names the clause. Else the working facilities of
    the layers at the places named that fulfil the condition; without a condition only those opened
    or upgraded since the document, for a home that was there before is not the one to be built,
    and one of unknown year may or may not be. Where several places are named, places count.

    Parameters
    ----------
    target, ledger
        The clause with its regions, and what is known.
    """
    stems_named = _places(target, ledger)
    if isinstance(stems_named, Cannot):
        return stems_named
    register = _registered_for(target, ledger)
    sites = facilities_of(target, ledger, target.condition)
    if isinstance(sites, Cannot) and not len(register):
        return Cannot(
            Text(
                f"项目登记表没有列出这一条（在“对应目标”中写 {target.id}）；{sites.reason.zh}",
                f"no register of projects names the clause (write {target.id} as its target); "
                f"{sites.reason.en}",
            ),
            sites.settings,
        )
    listed = Chosen(ledger.facilities.iloc[:0]) if isinstance(sites, Cannot) else sites
    found = [_at(stem, register, listed.rows, target, ledger) for stem in stems_named]
    return _figure(target, ledger, found, _source(register, listed))


def _places(target: Target, ledger: Ledger) -> tuple[str, ...] | Cannot:
    """Return the places a clause names in the study; "" is the whole study."""
    inside = stems(target, ledger)
    if inside:
        return inside
    homes = (trimmed(ledger.home), *(trimmed(code) for code in ledger.config.as_if))
    around = any(home.startswith(trimmed(code)) for code in target.regions for home in homes)
    if around and len(target.regions) == 1:
        return ("",)
    codes = "、".join(trimmed(code) for code in target.regions)
    return Cannot(
        Text(
            f"条文点名的地方（{codes}）不在研究区内",
            f"the clause names places ({codes}) that the study does not hold",
        )
    )


def _registered_for(target: Target, ledger: Ledger) -> pd.DataFrame:
    rows = ledger.projects
    mine = np.array([target.id in ids_in(cell) for cell in rows["target"]], dtype=bool)
    return rows[mine]


def _at(
    stem: str, register: pd.DataFrame, sites: pd.DataFrame, target: Target, ledger: Ledger
) -> _Place:
    """Return what is known at one place, the register before the lists."""
    here = register
    if stem and len(target.regions) > 1:
        units = register["unit"].fillna("").astype("string")
        here = register[units.str.startswith(stem).to_numpy(dtype=bool)]
    if len(here):
        late = (here["year"] > ledger.date.year).fillna(value=False).to_numpy(dtype=bool)
        done = here["status"].eq("done").fillna(value=False).to_numpy(dtype=bool)
        return _Place(stem, int((done & ~late).sum()), ())
    rows = sites[lies_in(sites, stem)] if stem else sites
    if target.condition:
        return _Place(stem, len(rows), ())
    since = target.year if target.baseline_year is None else target.baseline_year + 1
    new = _since(rows["opened"], since) | _since(rows["upgraded"], since)
    doubtful = rows["opened"].isna().to_numpy(dtype=bool) & ~new
    return _Place(stem, int(new.sum()), tuple(str(name) for name in rows["name"][doubtful]))


def _since(years: pd.Series, year: int) -> np.ndarray:
    return np.asarray((years >= year).fillna(value=False).to_numpy(dtype=bool))


def _figure(
    target: Target, ledger: Ledger, places: Sequence[_Place], notes: tuple[Text, ...]
) -> Found:
    several = len(target.regions) > 1
    unit = Text("个点名的地方", "places named") if several else layer_words(target.layers)
    bare = [place for place in places if not place.done]
    figure = Measured(
        sum(min(place.done, 1) if several else place.done for place in places),
        None,
        unit,
        missing=tuple(_named(place.stem, ledger) for place in bare if place.stem) or None,
        notes=notes,
    )
    doubtful = [name for place in bare for name in place.doubtful]
    if not doubtful:
        return figure
    names = "、".join(doubtful[:5])
    return Cannot(
        Text(
            f"{names} 没有开业年份，不知是不是条文所指；写明年份，或在项目登记表的“对应目标”中写 "
            f"{target.id}",
            f"{names}: no opening year, so it may or may not be the one; give the year, or a "
            f"project with {target.id} as its target",
        ),
        figure=figure,
    )


def _named(stem: str, ledger: Ledger) -> Named:
    code = stem.ljust(12, "0")
    return Named(code, ledger.name(code))


def _source(register: pd.DataFrame, sites: Chosen) -> tuple[Text, ...]:
    if len(register):
        return (Text("依据项目登记表", "as the register of projects says"),)
    return (
        Text(
            "项目登记表没有列出这一条，按设施名录判断",
            "no project names the clause: told from the lists of facilities",
        ),
        *sites.notes,
    )
