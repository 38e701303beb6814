"""What the data of a study do not tell: its edge, its people, its roads, its facilities."""

from ...core.text import Text
from ...domain.groups import group_label
from ...measure.beyond import roads_beyond_metres
from .overview import unknown_units
from .sentences import colon, listed, named, people_words, run_together
from .sources import LayerStory, Sources

__all__ = [
    "edge_of_study",
    "facility_facts",
    "labels_words",
    "no_roads",
    "places_of_people",
    "stated_systems",
    "travel_facts",
]


def labels_words(stories: list[LayerStory]) -> Text:
    """Return the names of layers in a row."""
    return Text("、".join(s.label.zh for s in stories), ", ".join(s.label.en for s in stories))


_KILOMETRE = 1000.0
_NEAR_METRES = 100.0


def no_roads(sources: Sources) -> list[Text]:
    """Return that times are estimates, where there are no roads."""
    if sources.study.inputs.has_roads:
        return []
    ways = [s.result.profile.straight for s in sources.layers]
    factors = ", ".join(dict.fromkeys(f"{way.detour:g}" for way in ways if way is not None))
    return [
        Text(
            f"没有道路数据：出行时间按直线距离乘以绕行系数 {factors} 估算，河流、山岭和断头路"
            "都没有计入。数字只能用于初步判断，不能作为达标与否的依据。",
            f"There are no roads: times are straight lines times {factors}, and no river, hill or "
            "dead end is in them. The figures are a first look; nothing can be called met or "
            "missed by them.",
        )
    ]


def edge_of_study(sources: Sources) -> list[Text]:
    """Return what lies across the boundary and is in no figure."""
    inputs = sources.study.inputs
    outside = {
        s.label: int(
            ((s.result.sites["state"] == "existing") & (s.result.sites["unit"] == "")).sum()
        )
        for s in sources.layers
    }
    with_some = [(label, n) for label, n in outside.items() if n]
    told = []
    beyond = roads_beyond_metres(inputs.region, inputs.network)
    if beyond is not None and beyond < _NEAR_METRES:
        told.append(
            Text(
                "道路数据止于研究区边界，须借道界外才能走通的路线没有计入，边界附近的用时可能偏长。",
                "The roads end at the boundary of the study. Ways that lead through the outside "
                "are not in the figures, and near the boundary times may be too long.",
            )
        )
    elif beyond is not None:
        km = f"{beyond / _KILOMETRE:.1f}"
        told.append(
            Text(
                f"道路数据在研究区外最远延伸 {km} 公里，更远的界外道路没有计入。",
                f"The roads go {km} km beyond the boundary of the study at most; what lies farther "
                "is not in the figures.",
            )
        )
    if not with_some:
        told.append(
            Text(
                "设施名录中没有研究区外的运营设施，界外设施对边界附近居民的服务没有计入，"
                "边界附近的可达人数可能偏低。",
                "The lists hold no working facility outside the study. What those across the "
                "boundary do for people near it is not counted, so that too few may be reached "
                "there.",
            )
        )
    else:
        zh = "、".join(f"{label.zh} {n} 处" for label, n in with_some)
        en = ", ".join(f"{label.en}: {n}" for label, n in with_some)
        told.append(
            Text(
                f"研究区外的运营设施只计入名录列出的（{zh}）；名录以外的没有计入。",
                f"Of facilities outside the study those in the lists are counted ({en}), and no "
                "others.",
            )
        )
    return [run_together(told)]


def places_of_people(sources: Sources) -> list[Text]:
    """Return of whom nothing is known, and how sure places are."""
    inputs, told = sources.study.inputs, list[Text]()
    seen: set[str] = set()
    for story in sources.layers:
        group = story.result.layer.group
        if group in seen:
            continue
        seen.add(group)
        unknown = unknown_units(sources, story)
        if unknown.zh:
            told.append(
                Text(
                    f"{unknown.zh}，这些地方覆盖如何不得而知，也不等于无人。",
                    f"Unknown: {unknown.en}. How they are covered is not known; it does not mean "
                    "that nobody lives there.",
                )
            )
        unplaced = story.whole.why("not_reached_unplaced")
        if unplaced:
            few, label = people_words(unplaced), group_label(group)
            told.append(
                Text(
                    f"{label.zh}中 {few.zh}没有点位，计在分母里但无法判断是否可达，"
                    "可达率因此可能偏低。",
                    f"{few.en} ({label.en}) have no place. They are in the denominator, and "
                    "whether they are reached is not known: shares may be too low.",
                )
            )
    spread = inputs.spread
    told.append(
        Text(
            f"居住位置以所给数据为准（{spread.zh}），没有逐户核实，村内个别住户的情况不能据此判断。",
            f"Where people live is taken from the data ({spread.en}); single households were not "
            "looked at, and nothing follows for one of them.",
        )
    )
    return told


def travel_facts(sources: Sources) -> list[Text]:
    """Return what travel times leave out."""
    told: list[Text] = []
    level = [
        s for s in sources.layers
        if s.result.graph.pace is None and s.result.profile.straight is None
    ]  # fmt: skip
    told += _flat([s for s in level if s.result.profile.slope == "none"], _NO_RULE)
    told += _flat([s for s in level if s.result.profile.slope != "none"], _NO_HEIGHTS)
    if sources.study.inputs.has_roads:
        told.append(
            Text(
                "速度是分道路等级的设定值，没有计入拥堵、天气、等候红灯和昼夜差别。",
                "Speeds are settings by class of road: jams, weather, lights and the time of day "
                "are no part of them.",
            )
        )
        cut = [s for s in sources.layers if s.result.joining.off_largest]
        if cut:
            parts = [colon(s.label, people_words(s.result.joining.off_largest)) for s in cut]
            zh, en = "，".join(p.zh for p in parts), ", ".join(p.en for p in parts)
            told.append(
                Text(
                    f"有人住在与主路网不相连的道路上（{zh}）。若现场其实相连，是道路数据有缺，"
                    "可达人数因此偏低。",
                    f"Some live on roads that are not joined to the main network ({en}). Where "
                    "they are joined in truth the data are at fault, and too few are reached.",
                )
            )
    return told


_NO_RULE = Text("该出行方式设定为不计坡度", "their mode of travel is set to mind no slope")
_NO_HEIGHTS = Text("没有高程数据", "there are no heights")


def _flat(stories: list[LayerStory], why: Text) -> list[Text]:
    if not stories:
        return []
    names = labels_words(stories)
    return [
        Text(
            f"{names.zh}没有考虑坡度（{why.zh}），山区用时可能偏短。",
            f"Hills are not considered for {names.en} ({why.en}): in the hills times may be too "
            "short.",
        )
    ]


def facility_facts(sources: Sources) -> list[Text]:
    """Return what is not known of facilities."""
    told: list[Text] = []
    years, states, rough = list[str](), list[str](), list[str]()
    for story in sources.layers:
        sites = story.result.sites
        standing = sites[sites["state"].isin(["existing", "closing"])]
        years += list(standing.loc[standing["opened"].isna(), "name"].astype(str))
        states += list(sites.loc[sites["status"] == "unknown", "name"].astype(str))
        if "precision" in sites:
            known = sites["precision"].fillna("point")
            rough += list(sites.loc[known != "point", "name"].astype(str))
    if years:
        names = named(years)
        told.append(
            Text(
                f"{len(years)} 处运营设施的开业年份未知（{names.zh}），按已经开业计算。",
                f"Working facilities of which the year of opening is not known: {len(years)} "
                f"({names.en}). They count as open.",
            )
        )
    if states:
        names, n = named(states), _facilities_words(len(states))
        told.append(
            Text(
                f"{n.zh}设施状态未知（{names.zh}），没有计入；若在运营，可达人数偏低。",
                f"The status is not known of {n.en} ({names.en}). What is not known to work is not "
                "counted: if it does, too few are reached.",
            )
        )
    if rough:
        names, n = named(rough), _facilities_words(len(rough))
        told.append(
            Text(
                f"{n.zh}设施没有坐标，放在所属村或乡镇的点位上（{names.zh}），附近的用时不准。",
                f"No coordinates were given of {n.en} ({names.en}), put at the point of the "
                "village or township: times around it are rough.",
            )
        )
    return told


def _facilities_words(number: int) -> Text:
    return Text(f"{number} 处", "1 facility" if number == 1 else f"{number} facilities")


def stated_systems(sources: Sources) -> list[Text]:
    """Return which files do not say what system they are in."""
    assumed = [f.label for f in sources.files if f.crs_from == "assumed"]
    if not assumed:
        return []
    names = listed(assumed)
    return [
        Text(
            f"以下文件没有说明坐标系，按 WGS 84 或坐标带号处理：{names.zh}。"
            "若实为火星坐标（GCJ-02）或百度坐标，位置会偏几百米，结果须重算。",
            f"No system of coordinates is stated for {names.en}; they were taken as WGS 84, or by "
            "the number of their zone. If they are GCJ-02 or BD-09 in truth, places are off by "
            "some hundred metres and all has to be computed again.",
        )
    ]
