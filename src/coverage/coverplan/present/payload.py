"""What the map page holds, as plain data: figures of the study, never figures of its own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..core.crs import LONLAT
from ..core.text import Language, Text
from ..domain.facilities import STATUS_LABELS
from ..domain.groups import group_label
from ..io.paths import InputFile
from ..results import LayerResult, Study
from ..siting.proposal import Proposal
from .bulk import pack
from .goals_table import goals_data
from .method import method_lines, warning_lines
from .pagepoints import page_points
from .pagetimes import MOST_MAX, page_times
from .plans import KINDS, plan_notes, plan_rows, plan_text
from .shapes import area_shapes, drawn_parts, line_shapes, unit_shapes

_RANKS = {
    1: ("motorway", "motorway_link", "trunk", "trunk_link", "primary"),
    2: ("primary_link", "secondary", "secondary_link", "tertiary"),
    3: ("tertiary_link", "unclassified", "residential", "living_street", "road"),
}
_MAX_LINES_RANK_3 = 20_000

REASONS = [
    Text("", ""),
    Text("附近没有可用道路", "no usable road near"),
    Text("与任何设施不连通", "no connection to any site"),
    Text("没有运营设施", "no working facility"),
]


def map_payload(study: Study, run_id: str, language: Language | None = None) -> dict[str, Any]:
    """Return the contents of the map page of a study.

    Parameters
    ----------
    study
        The computed study.
    run_id
        Identifier of the run, printed on the page.
    language
        Language the page opens in; the study's own where it is None.
    """
    groups = study.inputs.demand.groups
    points = page_points(study)
    times = page_times(study, points.order)
    return {
        "version": 2,
        "meta": _meta(study, run_id, language or study.inputs.language)
        | {"max_minutes": times.most, "limits": times.limits},
        "groups": {group: group_label(group).as_dict() for group in groups},
        "units": _units(study),
        "layers": [_layer(study, result) for result in study.layers.values()],
        "places": points.places,
        "reasons": [reason.as_dict() for reason in REASONS],
        "base": _base(study),
        "table": {key: _table(study, key) for key in study.layers},
        "bulk": pack({**points.parts, **times.parts, "geometry": _geometry(study)}),
    }


def _meta(study: Study, run_id: str, language: Language) -> dict[str, Any]:
    inputs = study.inputs
    left_out = drawn_parts(inputs.region.units)[1]
    return {
        **({"left_out": left_out} if left_out else {}),
        "title": inputs.title,
        "notice": inputs.notice,
        "date": inputs.date.isoformat(),
        "language": language,
        "crs": f"{inputs.region.crs.name} (EPSG:{inputs.region.crs.to_epsg()})",
        "run_id": run_id,
        "approval": inputs.approval_number,
        "sources": [
            {
                "label": f.label,
                "file": f.label,
                "rows": f.rows,
                "sha256": f.sha256,
                "crs": _crs_words(f),
            }
            for f in inputs.files
        ],
        "method": [line.as_dict() for line in method_lines(study)],
        "warnings": [line.as_dict() for line in warning_lines(study)],
        "thresholds": [t for t in inputs.thresholds if t <= MOST_MAX],
    }


_CRS_FROM = {
    "file": Text("文件声明", "stated in the file"),
    "study": Text("研究文件给定", "given in the study file"),
    "assumed": Text("假定", "assumed"),
}


def _crs_words(file: InputFile) -> dict[str, str] | None:
    """Return the coordinate system of a file and who says so, None where it has none."""
    if not file.crs:
        return None
    if not file.crs_from:
        return Text.same(file.crs).as_dict()
    who = _CRS_FROM[file.crs_from]
    return Text(f"{file.crs}（{who.zh}）", f"{file.crs} ({who.en})").as_dict()


def _units(study: Study) -> list[dict[str, Any]]:
    region, demand = study.inputs.region, study.inputs.demand
    units = []
    for code, row in region.units.iterrows():
        totals, unplaced = demand.totals.loc[code], demand.unplaced.loc[code]
        units.append(
            {
                "code": str(code),
                "name": row["name"],
                "kind": row["kind"],
                "people": {g: _whole(totals[g]) for g in demand.groups},
                "unplaced": {g: _whole(unplaced[g]) for g in demand.groups},
            }
        )
    return units


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _layer(study: Study, result: LayerResult) -> dict[str, Any]:
    layer, proposal = result.layer, result.proposal
    has_one = result.coverage[result.coverage["indicator"] == "has_one"]
    codes = study.inputs.region.codes

    def have(phase: str) -> list[int]:
        rows = has_one[has_one["phase"] == phase].set_index("unit_code")["value"]
        return [int(rows[code]) for code in codes]

    return {
        "id": layer.id,
        "label": layer.label.as_dict(),
        "group": layer.group,
        "profile": result.profile.summary.as_dict(),
        "minutes": layer.minutes,
        "colour": layer.colour,
        "shape": layer.shape,
        "has_one": {
            "before": have("before"),
            "after": have("after" if result.after is not None else "before"),
        },
        "sites": _sites(result, codes),
        "goals": goals_data(result),
        "plan": None if proposal is None else _plan(proposal, result),
    }


def _plan(proposal: Proposal, result: LayerResult) -> dict[str, Any]:
    return {
        "built": proposal.has_plan,
        "status": proposal.status_text.as_dict(),
        "model": proposal.model.as_dict(),
        "text": plan_text(result).as_dict(),
        "rows": [[k.as_dict(), v.as_dict()] for k, v in plan_rows(proposal)],
        "notes": [note.as_dict() for note in plan_notes(proposal)],
    }


_STANDS = {"existing", "closing"}
_SERVES = {"existing", "proposed"}


def _sites(result: LayerResult, codes: Sequence[str]) -> list[dict[str, Any]]:
    lonlat = result.sites.geometry.to_crs(LONLAT)
    home = {code: i for i, code in enumerate(codes)}
    planned = result.after is not None
    sites = []
    for row, point in zip(result.sites.itertuples(index=False), lonlat, strict=True):
        reason = Text(str(row.reason_zh), str(row.reason_en))
        sites.append(
            {
                "id": str(row.site_id),
                "name": str(row.name),
                "lon": round(point.x, 6),
                "lat": round(point.y, 6),
                "state": str(row.state),
                "status": str(row.status),
                "unit": str(row.unit_name),
                "home": home.get(row.unit),
                "before": row.state in _STANDS,
                "after": row.state in (_SERVES if planned else _STANDS),
                "reason": reason.as_dict() if reason.zh else None,
                "people": _whole(row.people_within),
                "newly": _whole(row.newly_reached),
                "details": _details(row),
            }
        )
    return sites


def _details(row: Any) -> list[list[Any]]:
    """Return what else is known of a site: pairs of a label and a value or a text."""
    status = None if row.status == "proposed" else STATUS_LABELS[row.status]
    pairs: list[tuple[Text, Any]] = [
        (Text("编号", "id"), row.site_id),
        (Text("状态", "status"), status),
        (Text("开业年份", "opened"), _whole(row.opened)),
        (Text("关闭年份", "closed"), _whole(row.closed)),
        (Text("容量", "capacity"), None if pd.isna(row.capacity) else f"{row.capacity:g}"),
        (Text("方式", "kind"), KINDS.get(row.kind) if row.kind else None),
        (Text("规模", "class"), row.class_name or None),
        (Text("造价（元）", "cost (yuan)"), _thousands(row.cost_yuan)),
        (Text("到路边（米）", "to the road (m)"), _number(row.road_metres)),
        (Text("单独建成时新可达", "newly reached if built alone"), _thousands(row.newly_alone)),
        (Text("放弃它会失去", "lost without it"), _thousands(row.lost_without)),
    ]
    return [
        [label.as_dict(), value.as_dict() if isinstance(value, Text) else str(value)]
        for label, value in pairs
        if value is not None
    ]


def _thousands(value: Any) -> str | None:
    return None if pd.isna(value) else f"{int(value):,}"


def _number(value: Any) -> str | None:
    return None if pd.isna(value) else f"{value:g}"


def _base(study: Study) -> dict[str, Any]:
    inputs = study.inputs
    names = [] if inputs.protected is None else [str(name) for name in inputs.protected["name"]]
    return {**({} if inputs.has_roads else {"no_roads": True}), "protected": names}


def _geometry(study: Study) -> dict[str, Any]:
    """Return what is drawn: units, roads, water and protected areas, no word among it."""
    inputs = study.inputs
    network = inputs.network
    roads = []
    for rank, classes in _RANKS.items() if inputs.has_roads else ():
        lines = network.lines[np.isin(network.road_class, classes)]
        if rank == 3 and len(lines) > _MAX_LINES_RANK_3:  # noqa: PLR2004 - the streets
            continue
        roads.append({"rank": rank, "lines": line_shapes(lines, network.crs)})
    water = [] if inputs.water is None else area_shapes(inputs.water)
    return {
        "units": unit_shapes(inputs.region.units),
        "roads": roads,
        "water": [polygon for shape in water for polygon in shape],
        "protected": [] if inputs.protected is None else area_shapes(inputs.protected),
    }


def _table(study: Study, key: str) -> dict[str, dict[str, list[int | None]]]:
    """Return Python's own figures, which the page compares with those it computes itself."""
    facts = study.layers[key].coverage
    facts = facts[facts["indicator"] == "people_reached"]
    codes = study.inputs.region.codes
    table: dict[str, dict[str, list[int | None]]] = {}
    for (minutes, phase), rows in facts.groupby(["minutes", "phase"]):
        values = rows.set_index("unit_code")["value"]
        if float(minutes).is_integer() and minutes <= MOST_MAX:
            by_phase = table.setdefault(f"{minutes:g}", {})
            by_phase[str(phase)] = [_whole(values[code]) for code in codes]
    for by_phase in table.values():
        by_phase.setdefault("after", by_phase["before"])
    return table
