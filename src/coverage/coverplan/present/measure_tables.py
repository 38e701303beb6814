"""The tables of what is measured beside coverage, with labels, in Chinese or English."""

import pandas as pd

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..measure.blindspots import JOINED, UNPLACED
from ..measure.floating import METHODS
from ..measure.inequality_table import SUBJECTS
from ..measure.measures import (
    REGISTERED,
    REGISTERED_ELDERLY,
    RURAL,
    TOWNSHIP,
    URBAN,
    URBAN_RURAL,
    Measures,
)
from ..measure.own_unit import LABEL
from ..results import Inputs
from .tables import ALL_UNITS, KINDS

METHOD_LABELS = {"own_unit": LABEL, **METHODS}
INDEX_LABELS = {
    "gini": Text("基尼系数", "Gini"),
    "theil": Text("泰尔指数", "Theil's T"),
    "palma": Text("帕尔玛比（最多 10% / 最少 40%）", "Palma ratio (most 10 % / least 40 %)"),
    "ratio_20_20": Text("20:20 比（最多 20% / 最少 20%）", "20:20 ratio (fifths)"),
    "theil_between": Text("泰尔指数：组间", "Theil's T: between groups"),
    "theil_within": Text("泰尔指数：组内", "Theil's T: within groups"),
    "between_percent": Text("组间占泰尔指数 %", "between groups, % of Theil's T"),
    "mean": Text("均值", "mean"),
    "difference": Text("均值之差", "difference of means"),
}  # fmt: skip
PARTITION_LABELS = {
    "": Text("", ""),
    URBAN_RURAL: Text("城乡（街道为城，其余为乡）", "urban and rural (streets are urban)"),
    TOWNSHIP: Text("乡镇（街道）", "units"),
    "priority": Text("重点单元与其余", "priority units and the others"),
}
_PARTS = {
    "priority": Text("重点单元", "priority units"),
    "other": Text("其余单元", "other units"),
    "other - priority": Text("其余 − 重点", "other - priority"),
    URBAN: Text("城", "urban"),
    RURAL: Text("乡", "rural"),
    f"{URBAN} - {RURAL}": Text("城 − 乡", "urban - rural"),
}
_OVER = {"people": Text("按人", "over people"), "units": Text("按单元（人口加权）", "over units")}
_SCOPES = {
    "every": Text("全部服务", "every service"),
    "own": Text("面向该人群的服务", "services meant for the group"),
}
_STATES = {
    "counted": Text("计入", "counted"),
    "unknown_supply": Text("供给未知，未计入", "supply not known, left out"),
    "nobody_in_reach": Text("搜索半径内无人", "nobody within the catchment"),
}
_UNPLACED = Text("没有点位，无法判断", "no point known: cannot be judged")
_GOES_OUT = Text("；由服务方上门", "; the service goes out to people")
_GIVEN = Text("分到名额（人）", "given a place")
_NONE_MISSING = Text("都不缺", "none missing")

_DIGITS = {
    "mean_minutes": 3,
    "median_minutes": 3,
    "p90_minutes": 3,
    "max_minutes": 3,
    "minutes": 3,
    "places": 4,
    "per_1000": 4,
    "supply": 4,
    "competing": 4,
    "ratio": 6,
    "value": 6,
}


def measure_files(inputs: Inputs, found: Measures, language: Language) -> dict[str, pd.DataFrame]:
    """Return the tables by file name.

    Parameters
    ----------
    inputs, found, language
        The study, what was measured, and the language of labels and notes.
    """
    return {
        "minutes.csv": _minutes(inputs, found, language),
        "blind_spots.csv": _blind_spots(inputs, found, language),
        "access.csv": _access(inputs, found, language),
        "supply.csv": _supply(inputs, found, language),
        "assignment.csv": _assignment(inputs, found, language),
        "inequality.csv": _inequality(inputs, found, language),
    }


def missing_words(combination: str, inputs: Inputs, language: Language) -> str:
    """Return the services of a combination in words."""
    if combination == UNPLACED:
        return _UNPLACED.of(language)
    if not combination:
        return _NONE_MISSING.of(language)
    labels = {item.layer.id: item.layer.label.of(language) for item in inputs.layers}
    return (JOINED if language == "zh" else " + ").join(
        labels.get(key, key) for key in combination.split(JOINED)
    )


def measured_group(group: str) -> Text:
    """Return what a group of people is called, registered people included."""
    return _GROUPS.get(group) or group_label(group)


def _minutes(inputs: Inputs, found: Measures, language: Language) -> pd.DataFrame:
    frame = found.nearest.copy()
    outward = {item.layer.id for item in inputs.layers if item.layer.direction == "from_site"}
    going = _GOES_OUT.of(language)
    frame["travel"] = [
        inputs.profiles[profile].summary.of(language) + (going if layer in outward else "")
        for layer, profile in zip(frame["layer"], frame["profile"], strict=True)
    ]
    return _finished(inputs, frame, language)


def _blind_spots(inputs: Inputs, found: Measures, language: Language) -> pd.DataFrame:
    counts = found.blind_spots.assign(by="count", combination="")
    which = found.combinations.assign(by="which")
    frame = pd.concat([counts, which], ignore_index=True)
    names = [
        missing_words(key, inputs, language) if by == "which" else ""
        for key, by in zip(frame["combination"], frame["by"], strict=True)
    ]
    frame.insert(
        frame.columns.get_loc("group") + 1, "scope_label", _said(frame["scope"], _SCOPES, language)
    )
    frame["missing_services"] = names
    denominator = frame["denominator"].where(frame["denominator"] != 0).astype("Float64")
    frame["share_percent"] = (frame["value"].astype("Float64") / denominator * 100).round(2)
    first = ["by", "scope", "scope_label", "group", "unit_code", "unit_name", "services", "missing"]
    last = ["combination", "missing_services", "value", "denominator", "share_percent"]
    return _finished(inputs, frame[[*first, *last, *_NOTES]], language, kind=KINDS["reached"])


def _access(inputs: Inputs, found: Measures, language: Language) -> pd.DataFrame:
    frame = found.access.drop(columns=["decay_zh", "decay_en"])
    frame.insert(3, "method_label", _said(frame["method"], METHOD_LABELS, language))
    frame.insert(4, "decay", found.access[f"decay_{language}"])
    return _finished(inputs, _with_units(frame, found, language), language)


def _supply(inputs: Inputs, found: Measures, language: Language) -> pd.DataFrame:
    frame = found.supply.copy()
    frame["state_label"] = _said(frame["state"], _STATES, language) if len(frame) else ""
    frame.insert(3, "method_label", _said(frame["method"], METHOD_LABELS, language))
    noted = _with_units(frame.assign(note_zh="", note_en=""), found, language)
    return _finished(inputs, noted, language)


def _assignment(inputs: Inputs, found: Measures, language: Language) -> pd.DataFrame:
    units = found.assignment.assign(by="unit")
    sites = found.loads.assign(by="site", note_zh="", note_en="")
    frame = pd.concat([units, sites], ignore_index=True)
    first = ["by", "layer", "group", "unit_code", "unit_name", "site_id", "name", "supply"]
    rest = [name for name in frame.columns if name not in {*first, *_NOTES}]
    named = frame.astype({"site_id": "string", "name": "string", "unit_name": "string"})
    texts = dict.fromkeys(["site_id", "name", "unit_name"], "")
    table = _with_units(named.fillna(texts)[[*first, *rest, *_NOTES]], found, language)
    return _finished(inputs, table, language, kind=_GIVEN)


def _inequality(inputs: Inputs, found: Measures, language: Language) -> pd.DataFrame:
    frame = found.inequality.copy()
    for name, labels in (
        ("subject", SUBJECTS),
        ("over", _OVER),
        ("index", INDEX_LABELS),
        ("partition", PARTITION_LABELS),
        ("part", _PARTS),
    ):
        place = frame.columns.get_loc(name) + 1
        frame.insert(place, f"{name}_label", _said(frame[name], labels, language))
    shown = _finished(inputs, _with_units(frame, found, language), language)
    reached = shown["subject"] == "reached_share"
    shown.loc[reached, "coverage_kind"] = KINDS["reached"].of(language)
    return shown


_GROUPS = {
    REGISTERED: Text("户籍人口", "registered people"),
    REGISTERED_ELDERLY: Text("户籍 60 岁及以上", "registered, aged 60 and over"),
}

_NOTES = ["note_zh", "note_en"]


def _said(keys: pd.Series, labels: dict[str, Text], language: Language) -> list[str]:
    return [labels[key].of(language) if key in labels else str(key) for key in keys]


def supply_words(found: Measures, layer: str) -> Text:
    """Return what the supply of a layer is counted in."""
    return found.supply_units[layer].label


def _with_units(frame: pd.DataFrame, found: Measures, language: Language) -> pd.DataFrame:
    """Return a table that says behind its group what supply is counted in."""
    units = [found.supply_units[str(key)] for key in frame["layer"]]
    place = frame.columns.get_loc("group") + 1
    frame = frame.copy()
    frame.insert(place, "supply_column", [unit.column for unit in units])
    frame.insert(place + 1, "supply_label", [unit.label.of(language) for unit in units])
    return frame


def _finished(
    inputs: Inputs, frame: pd.DataFrame, language: Language, *, kind: Text | None = None
) -> pd.DataFrame:
    """Return a table with study, labels, kind of coverage and its note in one language."""
    labels = {item.layer.id: item.layer.label.of(language) for item in inputs.layers}
    result = frame.drop(columns=_NOTES).reset_index(drop=True)
    if "layer" in result:
        place = result.columns.get_loc("layer") + 1
        result.insert(place, "layer_label", result["layer"].map(labels))
    groups = [measured_group(str(group)).of(language) for group in result["group"]]
    result.insert(result.columns.get_loc("group") + 1, "group_label", groups)
    for place, (name, value) in enumerate(
        {
            "study": inputs.title,
            "notice": inputs.notice or "",
            "date": inputs.date.isoformat(),
            "coverage_kind": kind.of(language) if kind else "",
        }.items()
    ):
        result.insert(place, name, value)
    if "unit_name" in result:
        total = result["unit_code"] == "total"
        result["unit_name"] = result["unit_name"].mask(total, ALL_UNITS.of(language))
    result["note"] = frame[f"note_{language}"].to_numpy()
    return result.round({name: n for name, n in _DIGITS.items() if name in result})
