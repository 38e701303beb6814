"""Zones, farms and other units that are no townships: kept, or left out with their people."""

from collections.abc import Sequence
from dataclasses import replace

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.facilities import Facilities
from ..domain.policy_columns import UNIT_TYPES
from ..domain.region import Region
from ..domain.unit_codes import full_code, level_by_name, level_of, type_of
from .peopletable import PeopleTable

_PSEUDO = ("zone", "farm")
_ZONES = ("开发区", "园区", "工业区", "保税区", "管委会")
_LABELS = {
    "street": Text("街道", "streets"),
    "town": Text("镇", "towns"),
    "township": Text("乡", "townships"),
    "farm": Text("农林场", "farms"),
    "zone": Text("开发区等功能区", "zones"),
}


def kinds_of(region: Region) -> dict[str, str]:
    """Return code -> kind of each unit, "" where neither its kind, code nor name says.

    Parameters
    ----------
    region
        The units. The column of kinds comes first, then what the code and the name say of a unit
        at the level of townships.
    """
    kinds = {}
    for code in region.codes:
        name, full = str(region.names[code]), full_code(code) or code
        stated = UNIT_TYPES.get(str(region.units["kind"][code]).strip(), "")
        level = level_by_name(name) or level_of(full)
        told = type_of(full, level or "township", name) or ""
        # Where no code says its level, a name with 区 may be that of a whole district.
        unsure = not level and told == "zone" and not any(word in name for word in _ZONES)
        kinds[code] = stated or ("" if unsure else told)
    return kinds


def leave_out(
    region: Region, people: PeopleTable | None, kinds: Sequence[str], problems: Problems
) -> tuple[Region, PeopleTable | None]:
    """Return a study without the units of some kinds, and without their people.

    What is left out is no part of any share: neither of the units nor of the people a share is of.
    Its facilities stay, and serve whoever reaches them; its people are counted in
    `PeopleTable.outside` and said.

    Parameters
    ----------
    region, people
        All units, and all people as read; None where they could not be read.
    kinds
        Kinds to leave out. Where it is empty all units stay, and that zones and farms count as
        townships do is said.
    problems
        Where that is noted; that nothing would be left is an error.
    """
    found = kinds_of(region)
    left = [code for code, kind in found.items() if kind in (kinds or _PSEUDO)]
    if not kinds:
        if left:
            problems.add(_kept(region, found, left))
        return region, people
    if len(left) == len(region):
        problems.add(_nothing_left(region, kinds))
        return region, people
    if not left:
        problems.add(_none_of_kind(kinds, found))
        return region, people
    names = {code: str(region.names[code]) for code in left}
    naming = replace(region.naming, others={**region.naming.others, **names})
    rest = Region(region.units.drop(index=left), naming)
    if people is None:
        problems.add(_left(region, found, left, len(rest), None))
        return rest, None
    mine = people.places["unit"].isin(left).to_numpy()
    sums = people.places[mine].groupby("unit")[list(people.groups)].sum(min_count=1)
    known = people.totals.loc[left].fillna(sums.reindex(left))
    gone = known.fillna(0.0).sum()
    everybody = None if known["all"].isna().all() else float(gone["all"])
    problems.add(_left(region, found, left, len(rest), everybody))
    return rest, replace(
        people,
        places=people.places[~mine],
        totals=people.totals.drop(index=left),
        outside={g: n + float(gone.get(g, 0.0)) for g, n in people.outside.items()},
    )


def within(region: Region, facilities: Facilities) -> Facilities:
    """Return facilities that belong to no unit where their unit is none of the region's.

    Parameters
    ----------
    region, facilities
        The units that are left, and the facilities as they were read with all units.
    """
    sites = facilities.sites
    gone = ~sites["unit"].isin(["", *region.codes])
    if not gone.any():
        return facilities
    return Facilities(facilities.layer, sites.assign(unit=sites["unit"].mask(gone, "")))


def _listed(region: Region, found: dict[str, str], codes: Sequence[str]) -> Text:
    def of(language: str) -> list[str]:
        mark = "（{}）" if language == "zh" else " ({})"
        return [
            f"{region.names[code]}{mark.format(_LABELS[found[code]].of(language))}"  # type: ignore[arg-type]
            for code in codes
        ]

    return Text("、".join(of("zh")), ", ".join(of("en")))


def _kept(region: Region, found: dict[str, str], codes: Sequence[str]) -> Problem:
    return Problem(
        code="region.pseudo_units",
        what=Text(
            f"{len(codes)} 个单元是开发区、农林场一类，与乡镇街道一样计入单元数和人口",
            f"{len(codes)} units are zones or farms; they count as townships do, in units and in "
            "people",
        ),
        found=_listed(region, found, codes),
        mend=Text(
            '不计入时在 [region] 写 leave_out = ["zone", "farm"]',
            'to leave them out say under [region]: leave_out = ["zone", "farm"]',
        ),
        severity="warning",
    )


def _left(
    region: Region, found: dict[str, str], codes: Sequence[str], rest: int, people: float | None
) -> Problem:
    zh = "人数不详" if people is None else f"{people:,.0f} 人"
    en = "people not known" if people is None else f"{people:,.0f} people"
    return Problem(
        code="region.left_out",
        what=Text(
            f"{len(codes)} 个单元连同其人口（{zh}）不计入：各项比例以其余 {rest} 个单元及其人口为"
            "分母；区内的设施仍可为别处服务",
            f"{len(codes)} units are left out with their people ({en}): every share is of the "
            f"other {rest} units and their people; facilities there still serve others",
        ),
        found=_listed(region, found, codes),
        mend=Text("要计入时，改 leave_out", "to count them, change leave_out"),
        severity="warning",
        people=None if people is None else round(people),
    )


def _nothing_left(region: Region, kinds: Sequence[str]) -> Problem:
    return Problem(
        code="region.all_left_out",
        what=Text("leave_out 把所有单元都排除了", "leave_out leaves no unit"),
        column="region.leave_out",
        found=", ".join(kinds),
        expected=Text(f"{len(region)} 个单元的一部分", f"some of the {len(region)} units"),
        mend=Text("改正 leave_out 或单元的类型", "correct leave_out or the kinds of units"),
    )


def _none_of_kind(kinds: Sequence[str], found: dict[str, str]) -> Problem:
    there = sorted({kind for kind in found.values() if kind})
    return Problem(
        code="region.none_left_out",
        what=Text("没有 leave_out 所说类型的单元", "no unit is of a kind leave_out names"),
        column="region.leave_out",
        found=", ".join(kinds),
        expected=Text("、".join(there), ", ".join(there)) if there else None,
        mend=Text("改正 leave_out 或单元的类型", "correct leave_out or the kinds of units"),
        severity="warning",
    )
