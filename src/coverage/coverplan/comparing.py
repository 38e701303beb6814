"""The differences of two runs: of what was asked, of people reached, of townships, of sites.

Nothing is computed here but differences: every figure is one of the runs' own.
"""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from .compared import Comparison, LayerCompared
from .comparingquestions import check_comparable, differences, layers_compared
from .comparingsites import compare_sites
from .core.errors import Problems
from .io.runfolder import RunTables
from .measure.coverage import TOTAL

_SIDES = ("a", "b")
_OF_A_UNIT = ["reached_now", "reached", "share_percent", "has_one_now", "has_one"]


def compare_sides(a: RunTables, b: RunTables) -> Comparison:
    """Return two runs side by side.

    Parameters
    ----------
    a, b
        The runs, of one county and one census.

    Raises
    ------
    InputError
        When they cannot be compared: other units, other people, no layer in common.
    """
    problems = Problems([*a.problems, *(p for p in b.problems if p not in a.problems)])
    check_comparable(a, b, problems)
    compared = layers_compared(a, b, problems)
    problems.raise_if_any()
    units = pd.concat([_units(a, b, key) for key in compared], ignore_index=True)
    sites = compare_sites(a, b, tuple(compared))
    shown = [_shown(units, layer) for layer in compared.values()]
    return Comparison(
        a=a,
        b=b,
        question=differences(a, b, tuple(compared)),
        compared=compared,
        layers=pd.DataFrame(
            [
                _layer(layer, rows, sites)
                for layer, rows in zip(compared.values(), shown, strict=True)
            ]
        ),
        units=units,
        sites=sites,
        changes=_changes(list(zip(compared.values(), shown, strict=True))),
        problems=tuple(problems),
    )


def _shown(units: pd.DataFrame, layer: LayerCompared) -> pd.DataFrame:
    """Return the rows of a layer at the limit both runs are shown at."""
    return units[(units["layer"] == layer.id) & (units["minutes"] == layer.minutes)]


def _units(a: RunTables, b: RunTables, layer: str) -> pd.DataFrame:
    """Return every unit of a layer at every limit both runs know."""
    sides = {side: _reached(run, layer) for side, run in zip(_SIDES, (a, b), strict=True)}
    both = sides["a"].add_suffix("_a").join(sides["b"].add_suffix("_b"), how="inner")
    table = both.reset_index()
    table.insert(0, "layer", layer)
    table = table.rename(columns={"people_a": "people", "unit_name_a": "unit_name"})
    table["group"] = a.record.layers[layer].group
    table["change"] = table["reached_b"] - table["reached_a"]
    for side in _SIDES:
        table[f"share_percent_{side}"] = _share(table[f"reached_{side}"], table["people"])
    table["change_points"] = _share(table["change"], table["people"])
    order = {code: i for i, code in enumerate(dict.fromkeys(a.facts["unit_code"]))}
    columns = ["layer", "unit_code", "unit_name", "minutes", "group", "people"]
    columns += [f"{name}_{side}" for name in _OF_A_UNIT for side in _SIDES]
    columns += ["change", "change_points"]
    table["order"] = [order[code] + (code == TOTAL) * len(order) for code in table["unit_code"]]
    table = table.sort_values(["minutes", "order"], kind="stable")
    return table[columns]


def _reached(run: RunTables, layer: str) -> pd.DataFrame:
    """Return who is reached and who has one, today and at the end; by unit and minutes."""
    facts = run.facts[run.facts["layer"] == layer]
    reached = facts[facts["indicator"] == "people_reached"]
    now = reached[reached["phase"] == "before"].set_index(["unit_code", "minutes"])
    then = reached[reached["phase"] == "after"].set_index(["unit_code", "minutes"])["value"]
    has = facts[facts["indicator"] == "has_one"]
    has_now = has[has["phase"] == "before"].set_index("unit_code")["value"]
    has_then = has[has["phase"] == "after"].set_index("unit_code")["value"]
    codes = now.index.get_level_values("unit_code")
    return pd.DataFrame(
        {
            "unit_name": now["unit_name"],
            "people": now["denominator"],
            "reached_now": now["value"],
            # A run that proposes nothing ends where it begins.
            "reached": then.reindex(now.index) if len(then) else now["value"],
            "has_one_now": pd.array(has_now.reindex(codes), dtype="Int64"),
            "has_one": pd.array(
                (has_then if len(has_then) else has_now).reindex(codes), dtype="Int64"
            ),
        },
        index=now.index,
    )


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return parts of a whole in per cent to two decimals, <NA> where nobody is, or unknown."""
    return (part.astype("Float64") / whole.where(whole != 0).astype("Float64") * 100).round(2)


def _layer(layer: LayerCompared, rows: pd.DataFrame, sites: pd.DataFrame) -> dict[str, Any]:
    """Return one layer in one row."""
    total = rows[rows["unit_code"] == TOTAL].iloc[0]
    found: dict[str, Any] = {
        "layer": layer.id,
        "minutes": layer.minutes,
        "group": layer.group,
        "goal_percent": float(layer.goal_percent) if layer.has_goal else None,
        "units": int((rows["unit_code"] != TOTAL).sum()),
        "people": total["people"],
    }
    for name in _OF_A_UNIT:
        found |= {f"{name}_{side}": total[f"{name}_{side}"] for side in _SIDES}
    own = sites[sites["layer"] == layer.id]
    for side in _SIDES:
        found |= {f"{name}_{side}": value for name, value in _sites(own, side).items()}
    return found | {"change": total["change"], "change_points": total["change_points"]}


def _sites(sites: pd.DataFrame, side: str) -> dict[str, Any]:
    """Count the sites of a layer in one run, and add up what its new ones cost."""
    state = sites[f"state_{side}"]
    cost = sites.loc[state == "proposed", f"cost_yuan_{side}"]
    count = {name: int((state == name).sum()) for name in ("existing", "proposed", "closing")}
    return {
        "sites_now": count["existing"] + count["closing"],
        "proposed": count["proposed"],
        "closing": count["closing"],
        "sites": count["existing"] + count["proposed"],
        "cost_yuan": None if len(cost) and cost.isna().all() else int(cost.sum()),
        "cost_unknown": int(cost.isna().sum()),
    }


_CHANGE_COLUMNS = [
    "layer", "unit_code", "unit_name", "criterion", "direction", "minutes", "goal_percent",
    "people", "holds_a", "holds_b", "reached_a", "reached_b", "share_percent_a", "share_percent_b",
]  # fmt: skip


def _changes(shown: list[tuple[LayerCompared, pd.DataFrame]]) -> pd.DataFrame:
    """Return the townships that change sides: what they have, and the share they are above."""
    found = []
    for layer, rows in shown:
        units = rows[rows["unit_code"] != TOTAL]
        for row in units.to_dict("records"):
            has = tuple(_truth(row[f"has_one_{side}"]) for side in _SIDES)
            goal = tuple(
                _at_least(row[f"reached_{side}"], row["people"], layer.goal_percent)
                for side in _SIDES
            )
            for criterion, holds in (("has_one", has), ("goal", goal)):
                if None not in holds and holds[0] != holds[1]:
                    found.append(_change(layer, row, criterion, holds))
    table = pd.DataFrame(found, columns=_CHANGE_COLUMNS)
    whole = dict.fromkeys(("people", "reached_a", "reached_b"), "Int64")
    return table.astype({**whole, "share_percent_a": "Float64", "share_percent_b": "Float64"})


def _change(
    layer: LayerCompared, row: dict[Any, Any], criterion: str, holds: tuple[bool | None, ...]
) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _CHANGE_COLUMNS if name in row},
        "criterion": criterion,
        "direction": "gains" if holds[1] else "loses",
        "minutes": layer.minutes if criterion == "goal" else np.nan,
        "goal_percent": float(layer.goal_percent) if criterion == "goal" else np.nan,
        "holds_a": holds[0],
        "holds_b": holds[1],
    }


def _truth(value: Any) -> bool | None:
    return None if pd.isna(value) else bool(value)


def _at_least(reached: Any, people: Any, percent: Decimal) -> bool | None:
    """Return whether a share is reached, exactly; None where nobody is, or nobody knows."""
    if pd.isna(reached) or pd.isna(people) or not people:
        return None
    return Decimal(int(reached)) * 100 >= percent * int(people)
