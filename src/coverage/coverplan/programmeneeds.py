"""From an unmet target to what sites must bring: units, people, villages or sites."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from .core.text import Text
from .domain.policy import Target, layer_members, policy_layers
from .measure.policy.figures import counted, number_words
from .measure.policy.filters import setting
from .measure.policy.found import Cannot, Finding
from .measure.policy.ledger import LayerReach
from .measure.policy.places import sites_of
from .measure.policy.registry import INDICATOR_TYPES
from .programmecandidates import FINISH, UPGRADE
from .programmesites import Grounds, SiteList, Way
from .siting.programme import ProgrammeNeed
from .travel import Reach

UNITS = frozenset(
    {
        "unit_coverage_share",
        "at_least_one_per_unit",
        "population_threshold_rule",
        "units_with_one",
    }
)
COUNTS = frozenset({"new_count", "total_count", "new_or_upgraded_count"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Why a target is no need of sites, or the need and what to know of it.

    Parameters
    ----------
    need
        None where sites cannot close the gap. Sites of every layer that counts bring it.
    build
        The layers sites would be built of for this target alone.
    reason
        Why not, or what else would have to be added.
    notes
        What to know of the need.
    """

    need: ProgrammeNeed | None
    reason: Text = Text("", "")
    notes: tuple[Text, ...] = ()
    build: tuple[str, ...] = ()

    @property
    def alone(self) -> ProgrammeNeed | None:
        """The need by the sites of the layers built for it alone."""
        if self.need is None:
            return None
        return replace(self.need, reach={key: self.need.reach[key] for key in self.build})


def layers_to_build(target: Target, grounds: Grounds) -> tuple[str, ...]:
    """Return the policy layers of which new sites would be built for a target.

    Where a clause pools as many levels as it has layers, each level builds its own. Where any of
    several layers counts, it is the first the study has a siting table for, else the first it has
    a list of, else the first.

    Parameters
    ----------
    target, grounds
        The clause, and the study.
    """
    if _by_level(target):
        return target.layers
    members = layer_members(_circle_layers(target, grounds) or target.layers)
    sited = [key for key in members if _siting(key, grounds)]
    known = [key for key in members if key in grounds.ledger.layers]
    return tuple([*sited, *known, *members][:1])


def _siting(key: str, grounds: Grounds) -> bool:
    item = grounds.item(key)
    return item is not None and item.siting is not None


def _by_level(target: Target) -> bool:
    parts = target.denominator
    return len(parts) > 1 and len(parts) == len(target.layers)


def _circle_layers(target: Target, grounds: Grounds) -> tuple[str, ...]:
    circle = grounds.ledger.config.circle
    if target.indicator != "travel_time" or circle is None:
        return ()
    of_study = {layer.study_layer: key for key, layer in policy_layers().items()}
    return tuple(of_study.get(key, key) for key in circle.layers)


def _counting(target: Target, lists: Mapping[str, SiteList], grounds: Grounds) -> tuple[str, ...]:
    """Return the layers whose sites count: those built for the target, and others that do too."""
    build = layers_to_build(target, grounds)
    if _by_level(target):
        return build
    members = layer_members(_circle_layers(target, grounds) or target.layers)
    return (*build, *(key for key in lists if key in members and key not in build))


def asks_grade(target: Target) -> bool:
    """Return whether a clause counts only facilities of a grade: others may be upgraded."""
    return any(condition.key == "grade" for condition in target.condition)


def need_of(finding: Finding, lists: Mapping[str, SiteList], grounds: Grounds) -> Wanted:
    """Return what sites must bring so that a target is met.

    Parameters
    ----------
    finding
        An unmet target.
    lists
        Sites by policy layer, those of `layers_to_build` among them.
    grounds
        The study.
    """
    target = finding.target
    kind = INDICATOR_TYPES[target.indicator]
    if finding.gap is None or finding.need is None or finding.figure is None:
        return Wanted(None, finding.reason)
    if not kind.sites:
        return Wanted(None, what_instead(finding))
    if target.indicator in UNITS:
        return _units(finding, lists, grounds)
    special: dict[str, Callable[..., Wanted]] = {"served_share": _villages, "travel_time": _people}
    if target.indicator in special:
        return special[target.indicator](finding, lists, grounds)
    if target.indicator in COUNTS:
        return _sites(finding, lists, grounds)
    return Wanted(None, Text("这类指标没有选址模型", "no siting model closes a gap of this type"))


def _name(finding: Finding, what: Text) -> Text:
    target = finding.target
    return Text(f"{target.id} {what.zh}", f"{target.id} {what.en}")


def _units(finding: Finding, lists: Mapping[str, SiteList], grounds: Grounds) -> Wanted:
    target, figure = finding.target, finding.figure
    if figure is None or finding.gap is None or figure.missing is None:
        return Wanted(None, Text("没有缺设施单元的名单", "nobody can name the units without one"))
    if target.value is not None and target.value > 1 and target.indicator != "units_with_one":
        return Wanted(
            None,
            Text(
                f"每个单元要求 {number_words(target.value)} 处，没有选址模型",
                f"{number_words(target.value)} in each unit: no siting model for that",
            ),
        )
    codes = [named.code for named in figure.missing]
    keys, build = _counting(target, lists, grounds), layers_to_build(target, grounds)
    inside = {}
    for key in keys:
        sites = lists[key]
        mine = [i for i, code in enumerate(codes) if _layer_for(target, code, grounds) in {key, ""}]
        new = sites.kinds != ""
        pairs = [
            (int(site), i) for i in mine for site in np.flatnonzero(sites.inside(codes[i]) & new)
        ]
        inside[key] = (sites.problem.sites.ids, pairs)
    amount = int(finding.gap)
    labels = "、".join(lists[key].label.zh for key in build)
    english = ", ".join(lists[key].label.en for key in build)
    name = _name(
        finding,
        Text(f"再有 {amount} 个单元有{labels}", f"{amount} more units with {english}"),
    )
    need = ProgrammeNeed.of_units(
        target.id,
        name,
        [named.name for named in figure.missing],
        inside,
        amount=amount,
        deadline=target.deadline,
    )
    return Wanted(need, notes=_notes(target, [lists[key] for key in build]), build=build)


def _layer_for(target: Target, code: str, grounds: Grounds) -> str:
    """Return the layer a unit asks for where each level has its own, else ""."""
    if not _by_level(target):
        return ""
    level = str(grounds.ledger.units["level"].get(code, ""))
    of_level = {
        part.level: layer for part, layer in zip(target.denominator, target.layers, strict=True)
    }
    return of_level.get(level, "none")


def _villages(finding: Finding, lists: Mapping[str, SiteList], grounds: Grounds) -> Wanted:
    target, figure, ledger = finding.target, finding.figure, grounds.ledger
    share = setting(ledger.config, "served_share")
    if isinstance(share, Cannot):
        return Wanted(None, share.reason)
    (key,) = layers_to_build(target, grounds)
    sites = lists[key]
    if figure is None or figure.missing is None or finding.gap is None:
        return Wanted(None, Text("没有未被服务的村的名单", "nobody can name the villages"))
    codes = {named.code: i for i, named in enumerate(figure.missing)}
    points = grounds.inputs.demand.points
    places = zip(points["unit"].astype(str), points["place"].astype(str), strict=True)
    group = np.array([codes.get(grounds.village(*place), -1) for place in places], dtype=np.int64)
    people = grounds.inputs.demand.people(sites.way.reach.group)
    inside = group >= 0
    totals = np.bincount(group[inside], people[inside], minlength=len(codes)).astype(np.int64)
    amount = int(finding.gap)
    name = _name(
        finding,
        Text(f"再有 {amount} 个村被{sites.label.zh}服务", f"{amount} more villages served"),
    )
    already = _reached_today(target, sites.way, grounds)
    need = ProgrammeNeed.of_places(
        target.id,
        name,
        {key: of_new(sites.problem.reach, sites)},
        people,
        group=group,
        totals=totals,
        share=share,
        amount=amount,
        deadline=target.deadline,
        names=[named.name for named in figure.missing],
        already=already,
    )
    return Wanted(need, notes=_notes(target, [sites]), build=(key,))


def _people(finding: Finding, lists: Mapping[str, SiteList], grounds: Grounds) -> Wanted:
    target, figure = finding.target, finding.figure
    circle = grounds.ledger.config.circle
    if circle is None or figure is None or finding.need is None:
        return Wanted(None, finding.reason)
    minutes = float(circle.minutes if circle.minutes is not None else target.value or 0)
    if any(part.conditions for part in target.denominator):
        return Wanted(
            None,
            Text("只算部分乡镇的人，没有选址模型", "only some townships' people count: no model"),
        )
    build = layers_to_build(target, grounds)
    own = LayerReach(circle.profile, minutes, circle.group)
    way = Way(own, lists[build[0]].way.direction, borrowed=False)
    reach = {
        key: of_new(_reach_by(lists[key], way, grounds), lists[key])
        for key in _counting(target, lists, grounds)
    }
    amount = int(-(-finding.need // 1))
    name = _name(
        finding,
        Text(
            f"{amount:,} 人在 {minutes:g} 分钟（{circle.profile}）内",
            f"{amount:,} people within {minutes:g} minutes ({circle.profile})",
        ),
    )
    need = ProgrammeNeed.of_people(
        target.id,
        name,
        reach,
        grounds.inputs.demand.people(circle.group),
        amount=amount,
        deadline=target.deadline,
        already=_reached_today(target, way, grounds),
    )
    return Wanted(need, notes=_notes(target, [lists[key] for key in build]), build=build)


def _reach_by(sites: SiteList, way: Way, grounds: Grounds) -> Reach:
    """Return who is within the limit of each site, by another way than its own where it is one."""
    if way.reach == sites.way.reach and way.direction == sites.way.direction:
        return sites.problem.reach
    return grounds.reach(sites.problem.sites, way)


def of_new(reach: Reach, sites: SiteList) -> Reach:
    """Return the reach of new sites alone: what counts today is told by the clause, not by them.

    Parameters
    ----------
    reach, sites
        Who is within the limit of each site, and which sites are new.
    """
    new = (sites.kinds != "").astype(np.int64)
    number = np.diff(reach.ptr) * new
    ptr = np.concatenate([[0], np.cumsum(number)])
    keep = np.repeat(new.astype(bool), np.diff(reach.ptr))
    return replace(reach, ptr=ptr, who=reach.who[keep])


def _reached_today(target: Target, way: Way, grounds: Grounds) -> "np.typing.NDArray[np.bool_]":
    """Return whether a facility that counts today reaches each place."""
    layers = _circle_layers(target, grounds) or target.layers
    found = sites_of(target, grounds.ledger, layers)
    xy = np.zeros((0, 2)) if isinstance(found, Cannot) else found.xy()
    return grounds.reached(xy, way)


def _sites(finding: Finding, lists: Mapping[str, SiteList], grounds: Grounds) -> Wanted:
    target = finding.target
    if finding.gap is None:
        return Wanted(None, finding.reason)
    mine, build = _counting(target, lists, grounds), layers_to_build(target, grounds)
    # Upgrading is nothing new, unless the clause counts that too.
    upgraded = target.indicator == "new_or_upgraded_count"
    usable = {key: np.asarray((lists[key].kinds != UPGRADE) | upgraded, dtype=bool) for key in mine}
    amount = int(-(-finding.gap // 1))
    labels = [lists[key].label for key in build]
    name = _name(
        finding,
        Text(
            f"再增 {amount} 处{'、'.join(x.zh for x in labels)}",
            f"{amount} more {', '.join(x.en for x in labels)}",
        ),
    )
    need = ProgrammeNeed.of_sites(
        target.id,
        name,
        {key: lists[key].problem for key in mine},
        amount=amount,
        deadline=target.deadline,
        only=usable,
    )
    return Wanted(need, notes=_notes(target, [lists[key] for key in build]), build=build)


def _notes(target: Target, lists: Sequence[SiteList]) -> tuple[Text, ...]:
    notes = list(dict.fromkeys(note for sites in lists for note in sites.notes))
    if target.condition:
        notes.append(
            Text("新址都按条文要求的条件建", "every new site is built to what the clause asks")
        )
    if any((sites.kinds == FINISH).any() for sites in lists):
        notes.append(
            Text("在建或计划中的设施也算候选", "facilities planned or being built are candidates")
        )
    return tuple(notes)


_INSTEAD: dict[str, Text] = {
    "capacity_ratio": Text("增加 {gap}（先盘活闲置床位）", "add {gap} (idle ones first)"),
    "plan_exists": Text("编制并批准规划（差 {gap}）", "draw up and adopt the plan: {gap} short"),
    "plans_per_unit": Text("编制并批准规划（差 {gap}）", "draw up and adopt plans: {gap} short"),
    "staff_per_unit": Text("增配人员：{gap}", "add staff: {gap}"),
    "population_tiered_staffing": Text("增配人员：{gap}", "add staff: {gap}"),
    "staff_ratio": Text("增配人员：{gap}", "add staff: {gap}"),
    "budget_share": Text("调整资金安排：{gap}", "shift money: {gap}"),
    "operation_share": Text("转为社会力量运营：{gap}", "change who runs them: {gap}"),
    "shared_premises_share": Text("合并办公场所：{gap}", "bring them to one premises: {gap}"),
    "supply_demand_mismatch": Text(
        "在乡镇之间调整 {gap}", "move {gap} from townships with more to those with fewer"
    ),
    "attribute_share": Text("在现有设施内增设：{gap}", "add it in the places there are: {gap}"),
    "grade_share": Text("提升等级：{gap}", "raise their grade: {gap}"),
    "sum_share": Text("改造：{gap}", "mend {gap}"),
    "staffed_share": Text("增配人员，使 {gap}增至达标", "add staff until {gap} more reach it"),
    "map_layers": Text(
        "把未上图的图层加入研究文件的 layers", "add the layers that are not shown to the study"
    ),
    "stand_alone": Text("并入社会工作站：{gap}", "move them into the stations: {gap}"),
}
"""What closes a gap that sites do not, with the number and what it counts."""


def what_instead(finding: Finding) -> Text:
    """Return what closes the gap of a target that sites do not close.

    Parameters
    ----------
    finding
        An unmet target.
    """
    if finding.target.indicator == "bed_share":
        return _beds(finding)
    words = _INSTEAD.get(finding.target.indicator)
    words = words or Text("不是选址问题：差 {gap}", "not a question of sites: {gap} short")
    gap = counted(finding.gap if finding.gap is not None else Fraction(0), finding.gap_unit)
    return Text(words.zh.format(gap=gap.zh), words.en.format(gap=gap.en))


def _beds(finding: Finding) -> Text:
    """Return how many beds to convert, or to add: a new bed adds to the denominator too."""
    figure, unit = finding.figure, finding.gap_unit
    convert = counted(finding.gap or Fraction(0), unit)
    zh, en = f"把现有床位改造 {convert.zh}", f"convert existing beds: {convert.en}"
    if figure is None or figure.denominator is None or finding.asked is None:
        return Text(zh, en)
    share = finding.asked[1]
    if share >= 1:
        return Text(zh, en)
    wanting = share * Fraction(figure.denominator) - Fraction(figure.numerator)
    add = counted(Fraction(math.ceil(wanting / (1 - share))), unit)
    return Text(f"{zh}，或新增 {add.zh}", f"{en}; or add {add.en}")
