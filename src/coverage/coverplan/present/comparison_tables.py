"""The tables of a comparison: the frames of `Comparison` with labels beside their ids."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..compared import Comparison
from ..core.text import Language, Text
from ..measure.coverage import TOTAL
from .tables import ALL_UNITS, STATES

DIFFERENCES = {
    "same": Text("两方案相同", "the same in both"),
    "state": Text("状态不同", "another state"),
    "moved": Text("位置不同", "another place"),
    "only_a": Text("只在 A", "only in A"),
    "only_b": Text("只在 B", "only in B"),
}
DIRECTIONS = {"gains": Text("B 得到", "gains in B"), "loses": Text("B 失去", "loses in B")}


def criterion_words(row: Mapping[Any, Any]) -> Text:
    """Return by what a township changes sides.

    Parameters
    ----------
    row
        Of `Comparison.changes`.
    """
    if row["criterion"] == "has_one":
        return Text("有设施", "has one")
    percent = f"{row['goal_percent']:g} %"
    return Text(f"可达率不低于 {percent}", f"share reached is {percent} or more")


def units_table(comparison: Comparison, language: Language) -> pd.DataFrame:
    """Return every unit at every limit both runs know: what ``compare_units.csv`` holds.

    Parameters
    ----------
    comparison, language
        What was found, and the language of labels.
    """
    table = comparison.units
    layers = comparison.compared
    table = _labelled(comparison, table, language)
    table.insert(
        table.columns.get_loc("minutes") + 1,
        "is_shown",
        [
            int(layers[k].minutes == m)
            for k, m in zip(table["layer"], table["minutes"], strict=True)
        ],
    )
    groups = {key: layer.group_label.of(language) for key, layer in layers.items()}
    table.insert(table.columns.get_loc("group") + 1, "group_label", table["layer"].map(groups))
    whole = (table["minutes"].dropna() % 1 == 0).all()
    return table.astype({"minutes": "Int64"}) if whole else table


def sites_table(comparison: Comparison, language: Language) -> pd.DataFrame:
    """Return every site of either run: what ``compare_sites.csv`` holds.

    Parameters
    ----------
    comparison, language
        What was found, and the language of labels.
    """
    table = _labelled(comparison, comparison.sites, language)
    table.insert(
        table.columns.get_loc("difference") + 1,
        "difference_label",
        [DIFFERENCES[key].of(language) for key in table["difference"]],
    )
    for side in ("a", "b"):
        labels = [STATES[key].of(language) if key else "" for key in table[f"state_{side}"]]
        table.insert(table.columns.get_loc(f"state_{side}") + 1, f"state_label_{side}", labels)
    return table


def changes_table(comparison: Comparison, language: Language) -> pd.DataFrame:
    """Return the townships that change sides: what ``compare_changes.csv`` holds.

    Parameters
    ----------
    comparison, language
        What was found, and the language of labels.
    """
    table = _labelled(comparison, comparison.changes, language)
    labels = {
        "criterion": [criterion_words(row).of(language) for row in table.to_dict("records")],
        "direction": [DIRECTIONS[key].of(language) for key in table["direction"]],
    }
    for name, words in labels.items():
        table.insert(table.columns.get_loc(name) + 1, f"{name}_label", words)
    return table.astype({"holds_a": int, "holds_b": int})


def plain_layers(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one row per layer as plain data, with the words of both plans.

    Parameters
    ----------
    comparison
        What was found.
    """
    table = comparison.layers
    plain = table.astype(object).where(table.notna(), None)
    rows = []
    for row in plain.to_dict("records"):
        key = str(row["layer"])
        plans = {
            f"plan_{side}": None if plan is None else plan.model_dump()
            for side, plan in (
                (side, run.record.plans.get(key))
                for side, run in (("a", comparison.a), ("b", comparison.b))
            )
        }
        label = comparison.compared[key].label.as_dict()
        rows.append({str(k): v for k, v in row.items()} | {"label": label} | plans)
    return rows


def _labelled(comparison: Comparison, table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return a table with the label of each layer, and the total called so."""
    labels = {key: layer.label.of(language) for key, layer in comparison.compared.items()}
    table = table.copy()
    table.insert(1, "layer_label", table["layer"].map(labels))
    total = table["unit_code"] == TOTAL
    table["unit_name"] = table["unit_name"].mask(total, ALL_UNITS.of(language))
    return table.assign(notice=_notice(comparison, language))


def _notice(comparison: Comparison, language: Language) -> str:
    """Return what both runs say of all their figures; of each run where they say other things."""
    said = [run.record.notice or "" for run in (comparison.a, comparison.b)]
    if said[0] == said[1]:
        return said[0]
    sides = [f"{side}: {words}" for side, words in zip("AB", said, strict=True) if words]
    return Text("；".join(sides), "; ".join(sides)).of(language)
