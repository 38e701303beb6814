"""Every indicator of one layer at one time, as rows of the table of facts."""

import pandas as pd

from ..core.errors import InternalError
from ..core.text import Text
from .coverage import COLUMNS, TOTAL
from .indicators import INDICATORS, Indicator, LayerView

_OF_ROADS = frozenset({"not_reached_no_way", "not_reached_no_road"})
"""Why somebody is not reached, where there are roads: over straight lines no one is cut off."""


def measure_layer(view: LayerView, thresholds: list[int]) -> pd.DataFrame:
    """Return every indicator of a layer at one time: a row per unit, and one for the total.

    Raises
    ------
    InternalError
        When reached and not reached people do not add up to a unit's total.

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> found = study.layers["elderly_care"]
    >>> view = cp.LayerView(
    ...     layer=found.layer,
    ...     profile=found.profile,
    ...     region=study.inputs.region,
    ...     demand=study.inputs.demand,
    ...     places=found.places,
    ...     nearest=found.before,
    ...     site_units=found.sites.loc[found.sites["state"] == "existing", "unit"].to_numpy(),
    ...     phase="before",
    ... )
    >>> facts = cp.measure_layer(view, [15, 30])
    >>> total = facts[(facts["unit_code"] == "total") & (facts["indicator"] == "people_reached")]
    >>> total[["minutes", "value"]].values.tolist()
    [[15.0, 314], [30.0, 547]]
    """
    limits: dict[str, list[float | None]] = {
        "thresholds": [*sorted({*map(float, thresholds), view.layer.minutes})],
        "layer": [view.layer.minutes],
        "none": [None],
    }
    straight = view.profile.straight is not None
    parts = [
        _rows(view, item, minutes)
        for item in INDICATORS.values()
        if not (straight and item.id in _OF_ROADS)
        for minutes in limits[item.limits]
    ]
    columns = {name: [cell for part in parts for cell in part[name]] for name in COLUMNS}
    frame = pd.DataFrame(
        {name: pd.array(cells, dtype=_DTYPES[name]) for name, cells in columns.items()}
    )
    _check_sums(view, frame)
    return frame


_DTYPES = dict.fromkeys(COLUMNS, "str") | {
    "minutes": "Float64",
    "value": "Int64",
    "denominator": "Int64",
}


def _rows(view: LayerView, item: Indicator, minutes: float | None) -> dict[str, list[object]]:
    """Return an indicator as columns: a cell for each unit, and one for the total."""
    people = _whole(view.demand.totals[view.layer.group])
    counted = _whole(item.compute(view, minutes or 0.0).reindex(view.region.codes))
    about_people, sites = item.measure == "people", item.measure == "sites"
    values: list[int | None] = counted
    denominators: list[int | None] = [None if sites else 1] * len(people)
    notes, total_note = [Text("", "")] * len(people), Text("", "")
    if about_people:
        values = [v if n is not None else None for v, n in zip(counted, people, strict=True)]
        denominators, notes = people, [_note(total) for total in people]
        unknown = sum(total is None for total in people)
        if unknown:
            total_note = Text(
                f"{unknown} 个单元人口未知，未计入", f"{unknown} units of unknown people left out"
            )
    total = _sum(values)
    if sites:
        total, total_note = len(view.site_units), _outside_sites(view)
    rows = len(people) + 1
    return {
        "layer": [view.layer.id] * rows,
        "indicator": [item.id] * rows,
        "coverage_kind": [item.kind] * rows,
        "phase": [view.phase] * rows,
        "unit_code": [*view.region.codes, TOTAL],
        "unit_name": [*view.region.names, ""],
        "minutes": [minutes] * rows,
        "group": [view.layer.group] * rows,
        "profile": [view.profile.id] * rows,
        "value": [*values, total],
        "unit_of_measure": [item.measure] * rows,
        "denominator": [*denominators, _sum(denominators)],
        "note_zh": [*(note.zh for note in notes), total_note.zh],
        "note_en": [*(note.en for note in notes), total_note.en],
    }


def _whole(numbers: pd.Series) -> list[int | None]:
    """Return whole numbers as they are, None for those nobody knows."""
    return [None if pd.isna(number) else int(number) for number in numbers.tolist()]


def _sum(numbers: list[int | None]) -> int | None:
    """Return the sum of those that are known, None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _note(total: int | None) -> Text:
    if total is None:
        return Text("人口未知", "people not known")
    if total == 0:
        return Text("没有这类人口", "nobody of this group")
    return Text("", "")


def _outside_sites(view: LayerView) -> Text:
    outside = int((view.site_units == "").sum())
    if not outside:
        return Text("", "")
    return Text(f"其中 {outside} 处在研究区外", f"{outside} of them outside the study")


def _check_sums(view: LayerView, frame: pd.DataFrame) -> None:
    own = frame[frame["minutes"] == view.layer.minutes]
    reached = own[own["indicator"] == "people_reached"].set_index("unit_code")["value"]
    missed = own[own["indicator"].str.startswith("not_reached")].groupby("unit_code")["value"].sum()
    total = own[own["indicator"] == "people_reached"].set_index("unit_code")["denominator"]
    wrong = (reached + missed.reindex(reached.index) != total).fillna(value=False)
    if wrong.any():
        raise InternalError(f"{view.layer.id}: people do not add up in {list(wrong[wrong].index)}")
