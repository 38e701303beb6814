"""The tables planners open: tidy rows with labels, in Chinese or English, safe in a spreadsheet."""

import pandas as pd

from ..core.crs import LONLAT
from ..core.text import Language, Text
from ..domain.facilities import STATUS_LABELS
from ..domain.groups import group_label
from ..measure import INDICATORS, Coverage
from ..results import Inputs, Study

PHASES = {"before": Text("现状", "before"), "after": Text("建成后", "after")}
MEASURES = {
    "people": Text("人", "people"),
    "units": Text("个单元", "units"),
    "sites": Text("处", "sites"),
}
KINDS = {"reached": Text("可达（人）", "reached"), "has_one": Text("有设施（单元）", "has one")}
STATES = {
    "existing": Text("现有", "existing"),
    "proposed": Text("建议新增", "proposed"),
    "closing": Text("建议关闭", "to be closed"),
    "not_counted": Text("未计入", "not counted"),
}
ALL_UNITS = Text("合计", "total")

_STATUS = {**STATUS_LABELS, "proposed": STATES["proposed"]}


def coverage_table(study: Study, language: Language) -> pd.DataFrame:
    """Return every fact with its labels, ids beside them: what ``coverage.csv`` holds."""
    return facts_table(study.inputs, study.coverage, language)


def facts_table(inputs: Inputs, coverage: Coverage, language: Language) -> pd.DataFrame:
    """Return facts of some inputs with their labels, ids beside them."""
    facts = coverage.shares
    known = {item.layer.id: item.layer for item in inputs.layers}
    layers = {key: layer.label.of(language) for key, layer in known.items()}
    profiles = {
        key: inputs.profiles[layer.profile].summary.of(language) for key, layer in known.items()
    }
    columns = {
        "study": inputs.title,
        "notice": inputs.notice or "",
        "date": inputs.date.isoformat(),
        "layer": facts["layer"],
        "layer_label": facts["layer"].map(layers),
        "indicator": facts["indicator"],
        "indicator_label": [INDICATORS[i].label.of(language) for i in facts["indicator"]],
        "coverage_kind": [KINDS[k].of(language) if k else "" for k in facts["coverage_kind"]],
        "phase": facts["phase"],
        "phase_label": [PHASES[p].of(language) for p in facts["phase"]],
        "unit_code": facts["unit_code"],
        "unit_name": facts["unit_name"].where(facts["unit_name"] != "", ALL_UNITS.of(language)),
        "minutes": _whole_if_whole(facts["minutes"]),
        "group": facts["group"],
        "group_label": [group_label(g).of(language) for g in facts["group"]],
        "travel": facts["layer"].map(profiles),
        "value": facts["value"],
        "unit_of_measure": [MEASURES[m].of(language) for m in facts["unit_of_measure"]],
        "denominator": facts["denominator"],
        "share_percent": facts["share_percent"],
        "note": facts[f"note_{language}"],
    }
    return pd.DataFrame(columns, index=facts.index)


def _whole_if_whole(minutes: pd.Series) -> pd.Series:
    """Return minutes without a decimal point where none of them needs one."""
    whole = (minutes.dropna() % 1 == 0).all()
    return minutes.astype("Int64") if whole else minutes


def sites_table(study: Study, language: Language) -> pd.DataFrame:
    """Return every site with state, place and people: what ``sites.csv`` holds."""
    sites = study.sites
    lonlat = sites.geometry.to_crs(LONLAT)
    layers = {key: result.layer for key, result in study.layers.items()}
    columns = {
        "study": study.inputs.title,
        "notice": study.inputs.notice or "",
        "date": study.inputs.date.isoformat(),
        "layer": sites["layer"],
        "layer_label": [layers[k].label.of(language) for k in sites["layer"]],
        "state": sites["state"],
        "state_label": [STATES[s].of(language) for s in sites["state"]],
        "site_id": sites["site_id"],
        "name": sites["name"],
        "unit_code": sites["unit"],
        "unit_name": sites["unit_name"],
        "status": [_STATUS[s].of(language) for s in sites["status"]],
        "opened": sites["opened"],
        "closed": sites["closed"],
        "capacity": sites["capacity"],
        "cost_yuan": sites["cost_yuan"],
        "lon": lonlat.x.round(6),
        "lat": lonlat.y.round(6),
        "road_metres": sites["road_metres"],
        "group": [group_label(layers[k].group).of(language) for k in sites["layer"]],
        "minutes": [int(layers[k].minutes) for k in sites["layer"]],
        "people_within": sites["people_within"],
        "newly_reached": sites["newly_reached"],
        "newly_alone": sites["newly_alone"],
        "lost_without": sites["lost_without"],
        "reason": sites[f"reason_{language}"],
    }
    if "precision" in sites:
        # Only where some facility had no coordinates: all others stand at their own point.
        columns["precision"] = sites["precision"].fillna("point")
    return pd.DataFrame(columns)


_NETWORK_ROWS = {
    "piece": Text("连通路网", "connected piece"),
    "other_pieces": Text("其余各片路网", "all other pieces"),
    "distance": Text("到路边的距离", "way to the road"),
    "no_road": Text("附近没有道路", "no road near"),
    "straight": Text("直线估算，没有道路数据", "straight lines, no road data"),
    "unplaced": Text("没有点位", "no place known"),
}


def network_table(study: Study, language: Language) -> pd.DataFrame:
    """Return how people stand to the network of each layer: what ``network.csv`` holds.

    Each layer counts everybody twice: by connected piece of its network, and by distance to the
    road. ``reached_without_way`` is who would be reached if that way took no time. Where there
    are no roads everybody is counted once.
    """
    parts = []
    for key, result in study.layers.items():
        rows = result.joining.rows
        parts.append(
            pd.DataFrame(
                {
                    "study": study.inputs.title,
                    "layer": key,
                    "layer_label": result.layer.label.of(language),
                    "travel": result.profile.summary.of(language),
                    "group_label": group_label(result.layer.group).of(language),
                    "minutes": int(result.layer.minutes),
                    "by": rows["by"],
                    "kind": rows["kind"],
                    "kind_label": [_NETWORK_ROWS[kind].of(language) for kind in rows["kind"]],
                    **{name: rows[name] for name in rows.columns[2:]},
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return study.inputs.marked(table.round({"kilometres": 3}))


def _share(facts: pd.DataFrame) -> pd.Series:
    """Return shares to a tenth, from the people: those of the facts are rounded already."""
    people = facts["denominator"].where(facts["denominator"] != 0)
    return (facts["value"].astype("Float64") / people.astype("Float64") * 100).round(1)


def unit_table(study: Study, layer: str, language: Language = "zh") -> pd.DataFrame:
    """Return one layer by unit at its own minutes: people, reached before and after, has one.

    A table to read, made of the facts of `Study.coverage`; the last row is the total.
    """
    result = study.layer(layer)
    names = {
        "people": Text("人数", "people"),
        "reached": Text("可达", "reached"),
        "share": Text("可达 %", "reached %"),
        "after": Text("建成后可达", "reached after"),
        "share_after": Text("建成后 %", "after %"),
        "has_one": Text("有设施", "has one"),
    }
    facts = study.coverage.shares
    facts = facts[facts["layer"] == layer]
    reached = facts[
        (facts["indicator"] == "people_reached") & (facts["minutes"] == result.layer.minutes)
    ]
    before = reached[reached["phase"] == "before"].set_index("unit_code")
    has = facts[(facts["indicator"] == "has_one") & (facts["phase"] == "before")]
    table = pd.DataFrame(
        {
            names["people"].of(language): before["denominator"],
            names["reached"].of(language): before["value"],
            names["share"].of(language): _share(before),
        }
    )
    if result.after is not None:
        after = reached[reached["phase"] == "after"].set_index("unit_code")
        table[names["after"].of(language)] = after["value"]
        table[names["share_after"].of(language)] = _share(after)
    table[names["has_one"].of(language)] = has.set_index("unit_code")["value"]
    unit = before["unit_name"].where(before["unit_name"] != "", ALL_UNITS.of(language))
    table.index = pd.Index(unit, name=Text("乡镇", "unit").of(language))
    return table
