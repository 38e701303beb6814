"""What is said of people who could not be placed as asked."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.groups import group_label
from ..domain.region import Region

_SHOWN = 8
_SHOWN_CHARACTERS = 40


def few(names: list[str]) -> Text:
    """Return the first of some names, each short and on one line."""
    shown = [" ".join(name.split())[:_SHOWN_CHARACTERS] for name in names[:_SHOWN]]
    shown += ["…"] * (len(names) > _SHOWN)
    return Text("、".join(shown), ", ".join(shown))


def note_bare(bare: gpd.GeoDataFrame, notes: Problems) -> None:
    """Say how many people stay at their point for want of a street."""
    people = bare["all"].sum()
    if len(bare) and people > 0:
        notes.add(
            Problem(
                code="people.no_street",
                what=Text(
                    f"{len(bare)} 个地点（{people:,.0f} 人）附近没有可以分摊人口的街巷，"
                    "人口留在原点位",
                    f"{len(bare)} places ({people:,.0f} people) have no street nearby; their "
                    "people stay at the point",
                ),
                found=few([str(n) for n in bare["name"]]),
                mend=Text("补充道路，或接受点位", "add the missing roads, or accept the point"),
                severity="warning",
                people=round(people),
            )
        )


def note_moved(spread: gpd.GeoDataFrame, places: gpd.GeoDataFrame, notes: Problems) -> None:
    """Say how many people streets put in another unit than their place's point lies in.

    Only a place whose unit no column names: its streets may lie on both sides of a border.
    """
    own = places["unit"].to_numpy()[spread["place"]]
    moved = (spread["unit"].to_numpy() != own) & ~places["declared"].to_numpy()[spread["place"]]
    everybody = places["all"].fillna(0).to_numpy()[spread["place"]] * spread["share"].to_numpy()
    people = round(float(everybody[moved].sum()))
    if people == 0:
        return
    who = np.unique(spread["place"].to_numpy()[moved])
    notes.add(
        Problem(
            code="people.other_unit",
            what=Text(
                f"{len(who)} 个地点没有写明所属单元，分摊到街巷后有 {people:,} 人"
                "落在与点位不同的单元，按街巷所在的单元统计",
                f"{len(who)} places name no unit; along their streets {people:,} people came to "
                "lie in another unit than the point, and are counted there",
            ),
            found=few([str(n) for n in places["name"].iloc[who]]),
            mend=Text(
                '在人口表中加一列所属乡镇，或把 spread 改为 "points"',
                'add a column with the township to the table, or set spread = "points"',
            ),
            severity="warning",
            people=people,
        )
    )


def note_more_than_all(
    unit: NDArray[np.object_],
    people: dict[str, NDArray[np.int64]],
    region: Region,
    notes: Problems,
) -> None:
    """Say where a group's total and its places put more of it at a point than there are people."""
    for group, counts in people.items():
        excess = np.maximum(counts - people["all"], 0)
        for code in sorted(set(unit[excess > 0])):
            label, n = group_label(group), int(excess[unit == code].sum())
            notes.add(
                Problem(
                    code="people.more_than_placed",
                    what=Text(
                        f"{region.names[code]}：{label.zh}有 {n:,} 人超出其所在点位的总人口"
                        "（该人群总数按各村分摊，点位容不下）",
                        f"{region.names[code]}: {n:,} people ({label.en}) are more than everybody "
                        "at their points; their total does not fit the places they are read at",
                    ),
                    mend=Text(
                        "核对各村该人群人数与单元总数",
                        "check this group's numbers by place, and its total",
                    ),
                    severity="warning",
                )
            )


MORE_PLACES = Text("补充该单元的村或点位", "add its villages or points")
"""What to do about a unit without places."""

MORE_SHAPES = Text(
    "补充该单元的居住道路、房屋或居民点范围，或给出村的点位",
    "add its residential roads, buildings or settlements, or give its villages",
)


def note_unplaced(unplaced: pd.DataFrame, region: Region, mend: Text, notes: Problems) -> None:
    """Say which units have people and no place to put them at."""
    for unit in region.codes:
        left = {g: int(n) for g, n in unplaced.loc[unit].items() if n > 0}
        if left:
            zh = "，".join(f"{group_label(g).zh} {n:,} 人" for g, n in left.items())
            en = ", ".join(f"{group_label(g).en}: {n:,}" for g, n in left.items())
            notes.add(
                Problem(
                    code="people.unplaced",
                    what=Text(
                        f"{region.names[unit]}有总数但没有相应人口的点位（{zh}）：计入分母，"
                        "无法判断是否可达",
                        f"{region.names[unit]} has totals but no places with such people ({en}): "
                        "they stay in the denominator and cannot be judged",
                    ),
                    mend=mend,
                    severity="warning",
                    people=left.get("all"),
                )
            )
