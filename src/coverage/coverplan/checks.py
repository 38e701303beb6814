"""Whether the parts of a study fit together: one coordinate system, known units, known groups."""

from collections.abc import Iterable
from numbers import Real

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from .core.errors import Problem, Problems
from .core.text import Text
from .domain import Demand, Facilities, Layer, Network, Profile, Region
from .domain.goal import Goal
from .domain.layer import MOST_MINUTES


def check_ground(
    region: Region, demand: Demand, network: Network, thresholds: Iterable[int]
) -> Problems:
    """Return what does not fit among units, people, roads and the minutes reported."""
    problems = Problems()
    for minutes in thresholds:
        whole = isinstance(minutes, Real) and minutes in range(1, MOST_MINUTES + 1)
        if isinstance(minutes, bool) or not whole:
            problems.add(
                Problem(
                    code="inputs.thresholds",
                    what=Text("时限必须是整分钟", "a threshold must be whole minutes"),
                    found=str(minutes),
                    expected=Text(f"1 至 {MOST_MINUTES}", f"1 to {MOST_MINUTES}"),
                    mend=Text("改正 thresholds", "correct the thresholds"),
                )
            )
    for name, crs in (("demand", demand.crs), ("network", network.crs)):
        _check_crs(name, crs, region, problems)
    if list(demand.totals.index) != region.codes:
        problems.add(
            Problem(
                code="inputs.units",
                what=Text(
                    "人口的单元与区域的单元不一致", "the units of the people are not the region's"
                ),
                found=_few(set(demand.totals.index) ^ set(region.codes)),
                mend=Text("用同一个区域生成人口", "make the demand from this region"),
            )
        )
    return problems


def check_layer(
    layer: Layer,
    facilities: Facilities,
    candidates: gpd.GeoDataFrame | None,
    region: Region,
    demand: Demand,
    profiles: dict[str, Profile],
    goals: Iterable[Goal] = (),
) -> Problems:
    """Return what does not fit between a layer and the rest of the study."""
    problems = Problems()
    name = f"layers.{layer.id}"
    _check_crs(f"{name}.facilities", facilities.crs, region, problems)
    _check_units(f"{name}.facilities", facilities.sites["unit"], region, problems)
    if layer.group not in demand.groups:
        problems.add(_unknown(f"{name}.group", layer.group, demand.groups))
    if layer.profile not in profiles:
        problems.add(_unknown(f"{name}.profile", layer.profile, profiles))
    for number, goal in enumerate(goals):
        if goal.group is not None and goal.group not in demand.groups:
            problems.add(_unknown(f"{name}.goals.{number}.group", goal.group, demand.groups))
    if candidates is not None:
        _check_crs(f"{name}.candidates", candidates.crs, region, problems)
        _check_units(f"{name}.candidates", candidates["unit"], region, problems)
        for site in candidates.index[candidates.index.duplicated()].unique():
            problems.add(
                Problem(
                    code="inputs.duplicate_id",
                    what=Text("候选点编号重复", "a candidate id comes more than once"),
                    column=f"{name}.candidates",
                    found=str(site),
                    mend=Text("保证编号唯一", "make ids unique"),
                )
            )
    return problems


def _check_crs(name: str, crs: CRS | None, region: Region, problems: Problems) -> None:
    if crs is None or CRS.from_user_input(crs) != region.crs:
        problems.add(
            Problem(
                code="inputs.crs",
                what=Text(
                    f"{name} 的坐标系与区域不同", f"{name} is not in the region's coordinate system"
                ),
                found=str(crs.to_string()) if crs is not None else "none",
                expected=Text.same(region.crs.to_string()),
                mend=Text("先转换：frame.to_crs(region.crs)", "convert: frame.to_crs(region.crs)"),
            )
        )


def _check_units(name: str, units: pd.Series, region: Region, problems: Problems) -> None:
    strange = set(units) - set(region.codes) - {""}
    if strange:
        problems.add(
            Problem(
                code="inputs.unit",
                what=Text(
                    f"{name} 的 unit 不是区域的单元代码", f"{name}: unit is no code of the region"
                ),
                found=_few(strange),
                expected=Text(
                    f"代码之一，或空（研究区外）：{_few(region.codes)}",
                    f'a code, or "" outside the study: {_few(region.codes)}',
                ),
                mend=Text("把名称换成代码", "give codes, not names"),
            )
        )


def _unknown(name: str, found: str, known: Iterable[str]) -> Problem:
    return Problem(
        code="inputs.unknown",
        what=Text(f"{name} 未定义", f"{name} is not defined"),
        found=found,
        expected=Text.same(", ".join(known)),
        mend=Text("改用其中之一，或先定义它", "use one of these, or define it"),
    )


def _few(values: Iterable[object]) -> str:
    words = sorted(str(value) for value in values)
    return ", ".join(words[:6]) + (" …" if len(words) > 6 else "")  # noqa: PLR2004 - a line's worth
