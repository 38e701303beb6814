"""Village tables without coordinates, and which file of a folder says where villages stand."""

from collections.abc import Sequence

from ...core.text import Text
from ...domain.unit_words import plain
from ..columns import find_column
from ..studyunits import bare_village, full_names
from ..villagenames import village_code
from ..villagetotals import listed_by_village, village_column
from .columns import coordinate_columns
from .roles import Claim, Look

_MOSTLY = 0.5


def by_village(look: Look, unit: str) -> str | None:
    """Return the column of villages of a table of people that has a row for each of them.

    Parameters
    ----------
    look, unit
        The table, and its column of units.
    """
    column = village_column(look.columns, unit)
    if column is None:
        return None
    units = look.sample[unit].astype(str).tolist()
    several = listed_by_village(units, look.sample[column].astype(str).tolist())
    listed = sum(one in several for one in units)
    return column if listed > _MOSTLY * len(units) else None


def claims_of_places(villages: Claim, looks: Sequence[Look]) -> list[Claim]:
    """Return the files that could say where the villages of a table stand.

    Parameters
    ----------
    villages
        The table, with its column of villages shown as ``name``.
    looks
        Points, polygons and tables with coordinates that are nothing else yet.
    """
    found = []
    names = _called(villages.look.cells(villages.shown["name"]))
    codes = _codes(villages.look)
    for look in looks:
        located = look.form in {"points", "polygons", "mixed"} or bool(coordinate_columns(look))
        if look.name == villages.look.name or not located:
            continue
        claim = _claim(look, names, codes)
        if claim is not None:
            found.append(claim)
    return found


def _claim(look: Look, names: set[str], codes: set[str]) -> Claim | None:
    column, named = _naming(look, names)
    coded = len(codes & _codes(look))
    share = max(named / max(len(names), 1), coded / max(len(codes), 1))
    if share < _MOSTLY:
        return None
    if coded >= named:
        why = Text(
            f"有 {len(codes)} 个村中 {coded} 个村的代码",
            f"codes of {coded} of {len(codes)} villages",
        )
    else:
        why = Text(
            f"列“{column}”有 {len(names)} 个村名中的 {named} 个",
            f'column "{column}" holds {named} of {len(names)} names of villages',
        )
    usual = find_column(look.columns, "name", {})
    written = {"name": column} if column and column != usual else {}
    shown = {"name": column} if column else {}
    return Claim(look, "locations", 0.3 + 0.6 * share, why, columns=written, shown=shown)


def _naming(look: Look, names: set[str]) -> tuple[str, int]:
    """Return the column that names most villages, and how many; a usual one comes first."""
    usual = [find_column(look.columns, key, {}) for key in ("name", "village")]
    for column in [c for c in usual if c is not None][:1] or list(look.columns):
        named = len(names & _called(look.cells(column)))
        if named > _MOSTLY * len(names):
            return column, named
    return "", 0


def _called(cells: Sequence[str]) -> set[str]:
    """Return names of villages as they are compared: without what the places are."""
    return {bare_village(full_names(plain(cell))[-1]) for cell in cells}


def _codes(look: Look) -> set[str]:
    return {code for c in look.columns for cell in look.cells(c) if (code := village_code(cell))}
