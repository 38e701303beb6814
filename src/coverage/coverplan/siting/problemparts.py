"""Whether the parts of a siting problem are of one size."""

import numpy as np
from numpy.typing import NDArray

from ..core.arguments import expect
from ..core.errors import Problem, Problems
from ..core.text import Text
from ..travel import Reach, TravelTimes
from .sites import Sites

REACH = Text("由出行时间得到：times.within(15)", "it comes from travel times: times.within(15)")
"""How one comes by a `Reach`."""

_SITES = Text("用 coverplan.Sites.make(编号) 生成", "make them: coverplan.Sites.make(ids)")
_TIMES = Text(
    "用 coverplan.travel_times(...) 或 coverplan.TravelTimes.from_minutes(表) 生成",
    "coverplan.travel_times(...), or coverplan.TravelTimes.from_minutes(table)",
)


def check_parts(
    sites: Sites, reach: Reach, times: TravelTimes | None, people: NDArray[np.generic]
) -> Problems:
    """Return which parts of a siting problem do not fit, with their sizes.

    Parameters
    ----------
    sites, reach, times, people
        As in `SitingProblem`.

    Raises
    ------
    InputError
        When one is of another type.
    """
    expect("sites", sites, Sites, mend=_SITES)
    expect("reach", reach, Reach, mend=REACH)
    if times is not None:
        expect("times", times, TravelTimes, mend=_TIMES)
    n_sites, n = len(sites), len(people)
    problems = Problems()
    if people.dtype.kind not in "iu" or (n and people.min() < 0):
        problems.add(
            Problem(
                code="siting.people",
                what=Text("人数不是整数", "people are whole numbers"),
                column="people",
                found=str(people.dtype),
                expected=Text("0 或以上的整数", "whole numbers, 0 or more"),
                mend=Text(
                    "先取整：coverplan.largest_remainder",
                    "round them first: coverplan.largest_remainder",
                ),
            )
        )
    sizes = [
        ("reach.sites", len(reach.sites), "sites", n_sites),
        ("reach.demand", len(reach.demand), "people", n),
    ]
    if times is not None:
        sizes.append(("times.sites", len(times.sites), "sites", n_sites))
    for part, size, other, expected in sizes:
        if size != expected:
            problems.add(_misfit(part, size, other, expected))
    for site in sites.ids[sites.ids.duplicated()].unique():
        problems.add(
            Problem(
                code="siting.duplicate_id",
                what=Text("站点编号重复", "an id comes more than once among the sites"),
                column="sites",
                found=str(site),
                mend=Text("保证编号唯一", "make ids unique"),
            )
        )
    return problems


def _misfit(part: str, size: int, other: str, expected: int) -> Problem:
    return Problem(
        code="siting.sizes",
        what=Text(f"{part} 与 {other} 的个数不同", f"{part} and {other} are not of one size"),
        column=part,
        found=str(size),
        expected=Text(f"{expected}（同 {other}）", f"{expected}, as in {other}"),
        mend=Text(
            "用同一批站点和人口点生成，次序相同",
            "make all of them of the same sites and places, in one order",
        ),
    )


NEEDS_TIMES = Problem(
    code="siting.no_times",
    what=Text("这个模型要用出行时间", "this model needs travel times"),
    column="times",
    found=Text("没有给", "none were given"),
    mend=Text(
        "给出时间：SitingProblem(..., times=times)，时间要保留（keep_ms=True）",
        "give them: SitingProblem(..., times=times), with the times kept (keep_ms=True)",
    ),
)
