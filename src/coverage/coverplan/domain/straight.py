"""Travel where no roads are known: the straight line, times a stated detour factor."""

from dataclasses import dataclass

from ..core.errors import Problem
from ..core.text import Text


@dataclass(frozen=True, slots=True)
class StraightLine:
    """How a profile travels a county without roads.

    Parameters
    ----------
    detour
        What the straight line on the ellipsoid is multiplied by, at least 1. It is stated by
        whoever makes the study: there is no default.
    kmh
        Speed along it.

    Raises
    ------
    ValueError
        When the factor is below 1 or not finite, or the speed is not above 0.
    """

    detour: float
    kmh: float

    def __post_init__(self) -> None:
        if not (1 <= self.detour < float("inf") and 0 < self.kmh < float("inf")):
            raise ValueError(
                "a detour factor is 1 or more and a speed above 0, "
                f"found {self.detour} and {self.kmh}"
            )

    @property
    def words(self) -> Text:
        """What must stand beside every speed of the profile."""
        return Text(f"直线距离×{self.detour:.10g}", f"straight line × {self.detour:.10g}")

    @property
    def statement(self) -> Text:
        """What must stand on every table and map."""
        by = f"{self.detour:.10g}"
        return Text(
            f"没有道路数据：时间由直线距离×{by}（绕行系数）估算",
            f"no road data: times are estimates, straight-line distance × {by} (detour factor)",
        )


def without_roads(detour: float) -> Problem:
    """Return the warning that times are estimates, as no road is known."""
    line = StraightLine(detour, 1.0)
    return Problem(
        code="roads.straight",
        what=line.statement,
        column="roads.detour",
        found=f"{detour:.10g}",
        mend=Text(
            "得到道路文件后写明 source，删去 detour；河流、山岭和单行都不在直线里，设施附近要核对",
            "as soon as there is a road file, give source and leave detour out; rivers, hills and "
            "oneway streets are no part of a straight line: check what lies around the sites",
        ),
        severity="warning",
    )


def no_straight_speed(profile: str) -> Problem:
    """Return the fault of a profile that has several speeds, and none for straight lines."""
    return Problem(
        code="roads.straight_kmh",
        what=Text(
            f"出行方式 {profile} 按道路等级有不同速度，没有道路时不知道用哪一个",
            f"profile {profile} has a speed for each class of road: which one holds where there "
            "are no roads is not known",
        ),
        found=profile,
        expected=Text("直线上的一个速度（km/h）", "one speed along straight lines, in km/h"),
        mend=Text(
            f"在 [roads] 写明 straight_kmh = {{ {profile} = 速度 }}，如 30，或给出道路文件；"
            "在 Python 中：profile.straight_line(1.4, kmh=速度)",
            f"give straight_kmh = {{ {profile} = SPEED }} in [roads], such as 30, or a road file; "
            "in Python: profile.straight_line(1.4, kmh=SPEED)",
        ),
    )
