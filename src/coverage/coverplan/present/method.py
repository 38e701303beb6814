"""How the figures were made, in sentences: the method box of every output."""

from ..core.errors import render_problems
from ..core.text import Text
from ..domain.groups import group_label
from ..domain.profile import Profile
from ..measure.joining import Joining
from ..results import LayerResult, Study
from ..travel.slope import SLOPE_RULES
from .straight_method import straight_method_lines


def method_lines(study: Study) -> list[Text]:
    """Return the rules behind the figures of a study, one sentence each."""
    inputs = study.inputs
    crs = inputs.region.crs
    if not inputs.has_roads:
        return straight_method_lines(study)
    return [
        Text(
            "“可达”指：目标人群从居住地沿路网到最近一处运营设施的时间不超过时限（含恰好等于）；"
            "“有设施”指：单元内至少有一处运营设施。两者不可混用。",
            '"Reached": people of the target group whose travel time on the road network to the '
            'nearest working facility is within the limit, inclusive. "Has one": a unit with at '
            "least one working facility. The two are never mixed.",
        ),
        Text(
            "人和设施都接在道路中间的实际位置；到路边的一段按步行速度另计，超过上限者单列为"
            "“附近没有道路”。时间以整毫秒累加。",
            "People and facilities are joined to the road where they stand, in the middle of an "
            "edge; the way to the road is walked at its own speed, and who is beyond its cap is "
            "listed as having no road. Times are added in whole milliseconds.",
        ),
        Text(
            f"分母为各单元该人群总人数；{inputs.spread.zh}。",
            f"The denominator is all people of the group in the unit; {inputs.spread.en}.",
        ),
        *(_layer_line(result) for result in study.layers.values()),
        Text(
            f"路网 {inputs.network.n_edges:,} 条路段，长度按椭球面计算；{_slope(study).zh}；"
            f"工作坐标系 {crs.name}（EPSG:{crs.to_epsg()}）；设施状态截至 {inputs.date}。",
            f"{inputs.network.n_edges:,} road edges, lengths on the ellipsoid, "
            f"{_slope(study).en}; working system {crs.name} (EPSG:{crs.to_epsg()}); facilities "
            f"as of {inputs.date}.",
        ),
    ]


def _slope(study: Study) -> Text:
    if all(result.graph.pace is None for result in study.layers.values()):
        return Text("未考虑坡度", "slope not considered")
    return Text(
        "沿线高程取自高程栅格，上坡下坡分别计时（注明坡度的图层）",
        "heights along them from the elevation raster, uphill and downhill timed apart (layers "
        "that say so)",
    )


def _layer_line(result: LayerResult) -> Text:
    layer, profile = result.layer, result.profile
    group = group_label(layer.group)
    access = f"{profile.access_kmh:g} km/h"
    rules = _travel_rules(result)
    zh = (
        f"{layer.label.zh}：{group.zh}，{profile.summary.zh}，{layer.minutes:g} 分钟；"
        f"到路边 {access}，上限 {profile.access_cap_metres:g} 米{rules.zh}。"
        + (f"速度来源：{profile.source.zh}。" if profile.source.zh else "速度来源未注明。")
    )
    en = (
        f"{layer.label.en}: {group.en}, {profile.summary.en}, {layer.minutes:g} minutes; way to "
        f"the road {access}, at most {profile.access_cap_metres:g} m{rules.en}. "
        + (
            f"Speeds: {profile.source.en}."
            if profile.source.en
            else "No source of speeds is given."
        )
    )
    joined = _joining_words(result.joining)
    zh, en = zh + joined.zh, f"{en} {joined.en}"
    if result.proposal is not None:
        model, status = result.proposal.model, result.proposal.status_text
        zh += f"选址：{model.zh}（{result.proposal.paper}），{status.zh}。"
        en += f" Siting: {model.en} ({result.proposal.paper}), {status.en}."
    return Text(zh, en)


def _travel_rules(result: LayerResult) -> Text:
    """Return what else decides the times of a layer, each part said only where it applies."""
    profile = result.profile
    said: list[Text] = []
    if profile.access_detour > 1:
        by = f"{profile.access_detour:g}"
        said.append(Text(f"绕行系数 {by}", f"times {by} for detours"))
    if result.layer.direction == "from_site":
        said.append(Text("由服务方上门", "the service goes out to people"))
    if result.graph.pace is not None:
        rule = SLOPE_RULES[profile.slope]
        said.append(
            Text(
                f"坡度：{rule.label.zh}（{rule.source.zh}）",
                f"hills: {rule.label.en} ({rule.source.en})",
            )
        )
    if profile.oneway:
        said.append(Text("遵守单行", "oneway streets bind"))
    if profile.posted_limits:
        said.append(Text("不超过道路限速（如有）", "not above posted limits where known"))
    if profile.surface_factors:
        said.append(Text("按路面折减（如有路面数据）", "slower on rough surfaces where known"))
    said.append(_ferry_rule(profile))
    return Text("".join(f"；{part.zh}" for part in said), "".join(f"; {part.en}" for part in said))


def _ferry_rule(profile: Profile) -> Text:
    ferry = profile.ferry
    if ferry is None:
        return Text("不乘渡船", "no ferries")
    wait = f"{ferry.headway_minutes * ferry.wait_share:g}"
    return Text(
        f"渡船 {ferry.kmh:g} km/h，候船 {wait} 分钟（数据未注明时）",
        f"ferries {ferry.kmh:g} km/h, {wait} minutes of waiting (where the data do not say)",
    )


def _joining_words(found: Joining) -> Text:
    if found.mean_metres is None or found.most_metres is None:
        return Text("没有人接到路上。", "Nobody is joined to a road.")
    mean, most, off = f"{found.mean_metres:.1f}", f"{found.most_metres:.0f}", found.off_largest
    lost, bare = found.reached_without_way - found.reached, found.without_road
    return Text(
        f"接到路上的人到路边平均 {mean} 米、最远 {most} 米；若这一段不计时间，可达人数会多 "
        f"{lost:,} 人。附近没有道路的有 {bare:,} 人，不在最大的连通路网上的有 {off:,} 人。",
        f"Those joined to a road live {mean} m from it on average, {most} m at most; if that way "
        f"took no time, {lost:,} more would be reached. {bare:,} people have no road near, "
        f"{off:,} are off the largest connected piece of the network.",
    )


def warning_lines(study: Study) -> list[Text]:
    """Return the warnings of a study, one paragraph for each kind, in both languages."""
    zh = render_problems(study.problems, "zh")
    en = render_problems(study.problems, "en")
    # Grouping does not depend on the language but for the wording it groups by.
    if len(zh) == len(en):
        return [Text(a, b) for a, b in zip(zh, en, strict=True)]
    return [Text(p.render("zh"), p.render("en")) for p in study.problems]
