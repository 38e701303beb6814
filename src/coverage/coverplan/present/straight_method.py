"""How the figures of a study without roads were made: the method box says it line by line."""

from ..core.text import Text
from ..domain.groups import group_label
from ..results import LayerResult, Study


def straight_method_lines(study: Study) -> list[Text]:
    """Return the rules behind the figures of a study without roads, one sentence each."""
    inputs = study.inputs
    crs = inputs.region.crs
    return [
        Text(
            "“可达”指：目标人群从居住地到最近一处运营设施的估算时间不超过时限（含恰好等于）；"
            "“有设施”指：单元内至少有一处运营设施。两者不可混用。",
            '"Reached": people of the target group whose estimated travel time to the nearest '
            'working facility is within the limit, inclusive. "Has one": a unit with at least one '
            "working facility. The two are never mixed.",
        ),
        *dict.fromkeys(_way(result) for result in study.layers.values()),
        Text(
            f"分母为各单元该人群总人数；{inputs.spread.zh}。",
            f"The denominator is all people of the group in the unit; {inputs.spread.en}.",
        ),
        *(_layer_line(result) for result in study.layers.values()),
        Text(
            f"工作坐标系 {crs.name}（EPSG:{crs.to_epsg()}）；设施状态截至 {inputs.date}。",
            f"Working system {crs.name} (EPSG:{crs.to_epsg()}); facilities as of {inputs.date}.",
        ),
    ]


def _way(result: LayerResult) -> Text:
    line = result.graph.straight
    by = "" if line is None else f"{line.detour:.10g}"
    return Text(
        f"没有道路数据：时间＝椭球面上的直线距离×绕行系数 {by}÷速度，四舍五入到整毫秒。"
        "河流、山岭、单行和坡度都不在其内，每个数都是估算。系数由研究者给定，不是默认值。",
        f"No road data: time is the straight-line distance on the ellipsoid × the detour factor "
        f"{by} ÷ the speed, rounded to whole milliseconds. Rivers, hills, oneway streets and "
        "slopes are no part of it, and every figure is an estimate. The factor is stated by "
        "whoever made the study, it is no default.",
    )


def _layer_line(result: LayerResult) -> Text:
    layer, profile = result.layer, result.profile
    group = group_label(layer.group)
    out = layer.direction == "from_site"
    zh = (
        f"{layer.label.zh}：{group.zh}，{profile.summary.zh}，{layer.minutes:g} 分钟"
        f"{'；由服务方上门' if out else ''}。速度来源：{profile.source.zh}。"
    )
    en = (
        f"{layer.label.en}: {group.en}, {profile.summary.en}, {layer.minutes:g} minutes"
        f"{'; the service goes out to people' if out else ''}. Speeds: {profile.source.en}."
    )
    if result.proposal is not None:
        model, status = result.proposal.model, result.proposal.status_text
        zh += f"选址：{model.zh}（{result.proposal.paper}），{status.zh}。"
        en += f" Siting: {model.en} ({result.proposal.paper}), {status.en}."
    return Text(zh, en)
