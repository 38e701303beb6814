"""What a study file says of roads, or of travel without any: one of the two, and all that needs it.

A detour factor has no default. Whoever states one finds values in the literature: for example 1.2
between random places of a city (Newell 1980), and 1.3, give or take 0.1, on motorway networks (Wang
et al. 2024).

References
----------
Newell, G. F. (1980): Traffic flow on transportation networks. MIT Press.
Wang, S., Bette, H. M., Schreckenberg, M. and Guhr, T. (2024): How much longer do you have to drive
than the crow has to fly? npj Complexity 1, 22.
"""

from collections.abc import Iterator
from dataclasses import replace

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import StudyConfig
from ..domain.siting_config import SitingConfig
from ..domain.straight import no_straight_speed
from .sitingchecks import fault
from .studyfaults import StudyText, Where, undefined

EXAMPLES = Text(
    "系数没有默认值，按当地情况取定；文献例：城市内随机两点约 1.2（Newell 1980），高速公路网 "
    "1.3±0.1（Wang 等 2024），山区更大",
    "there is no default: choose it for the place; examples: about 1.2 between random places of a "
    "city (Newell 1980), 1.3±0.1 on motorway networks (Wang et al. 2024), more in mountains",
)
"""Where to look for a detour factor. No example is a default."""

_STRAIGHT = frozenset({"source", "detour", "straight_kmh"})


def check_ways(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Note a study without roads and without a detour factor, with both, or that needs roads."""
    problems.extend(_one_of_two(config, study))
    if config.roads.detour is not None and config.roads.source is None:
        problems.extend(_of_a_road_file(config, study))
        problems.extend(_speeds(config, study))
        problems.extend(_needs_roads(config, study))


def _one_of_two(config: StudyConfig, study: StudyText) -> Iterator[Problem]:
    roads, where = config.roads, ("roads", "detour")
    either = Text("roads.source 与 roads.detour 二者取一", "either roads.source or roads.detour")
    if roads.source is None and roads.detour is None:
        yield fault(
            ("roads", "source"),
            study,
            Text(
                "既没有道路文件，也没有绕行系数", "there is neither a road file nor a detour factor"
            ),
            Text(
                f'写明 source = "道路文件"；没有道路文件则写 detour = 系数。{EXAMPLES.zh}',
                'give source = "ROAD FILE", or without one detour = FACTOR; ' + EXAMPLES.en,
            ),
            code="roads.neither",
            expected=either,
        )
    if roads.source is not None and roads.detour is not None:
        yield fault(
            where,
            study,
            Text("同时写了道路文件和绕行系数", "a road file and a detour factor are both given"),
            Text(
                "有道路文件就删去 detour：时间沿道路计算",
                "with a road file leave detour out: times follow the roads",
            ),
            code="roads.both",
            found=f"{roads.source.as_posix()}, {roads.detour:g}",
            expected=either,
        )
    if roads.straight_kmh and roads.detour is None:
        yield fault(
            ("roads", "straight_kmh"),
            study,
            Text("straight_kmh 只用于没有道路的研究", "straight_kmh is for a study without roads"),
            Text("删去它；车速写在 [profiles.…]", "leave it out; speeds go to [profiles....]"),
            code="roads.no_effect",
        )


def _of_a_road_file(config: StudyConfig, study: StudyText) -> Iterator[Problem]:
    """Return the faults of keys that speak of a file there is not."""
    why = {
        "barriers": Text(
            "直线不会绕过障碍", "a straight line does not lead round what is in the way"
        ),
        "elevation": Text(
            "直线上没有坡度可言", "a straight line says nothing of the hills along the way"
        ),
    }
    nothing = Text("没有道路文件可用它", "there is no road file it could speak of")
    for key in sorted(config.roads.model_fields_set - _STRAIGHT):
        value = getattr(config.roads, key)
        if value is None or value is False or value in ({}, []):
            continue
        reason = why.get(key, nothing)
        yield fault(
            ("roads", key),
            study,
            Text(f"roads.{key} 需要道路：{reason.zh}", f"roads.{key} needs roads: {reason.en}"),
            Text("删去它，或给出道路文件", "leave it out, or give a road file"),
            code="roads.no_roads",
        )


def _speeds(config: StudyConfig, study: StudyText) -> Iterator[Problem]:
    """Return the faults of speeds along straight lines: unknown profiles, and those without."""
    profiles = config.all_profiles()
    for key in config.roads.straight_kmh:
        if key not in profiles:
            yield undefined("study.reference", ("roads", "straight_kmh", key), key, profiles, study)
    used: dict[str, str] = {}
    for key, layer in config.layers.items():
        try:
            used.setdefault(layer.layer(key).profile, key)
        except ValueError:  # said where layers are checked
            continue
    for name, key in used.items():
        if name in profiles and profiles[name].straight is None:
            where = ("roads", "straight_kmh")
            problem = no_straight_speed(name)
            yield replace(
                problem,
                file=study.file,
                row=study.line(where),
                column=".".join(where),
                found=f"layers.{key}: {name}",
            )


def _needs_roads(config: StudyConfig, study: StudyText) -> Iterator[Problem]:
    """Return the faults of what is asked of roads in other tables."""
    if config.people.spread == "streets":
        yield _no_roads(
            ("people", "spread"),
            Text("人口沿街道分布", "spreading people along streets"),
            Text(
                '改为 spread = "points"；只有总数时用 "buildings" 或 "areas"',
                'give spread = "points", or for totals alone "buildings" or "areas"',
            ),
            study,
        )
    for key, layer in config.layers.items():
        if layer.siting is not None:
            yield from _sites_on_roads(layer.siting, ("layers", key, "siting"), study)


def _sites_on_roads(siting: SitingConfig, where: Where, study: StudyText) -> Iterator[Problem]:
    nothing = Text("删去它，或给出道路文件", "leave it out, or give a road file")
    if any(source.word == "roads" for source in siting.sources):
        yield _no_roads(
            (*where, "candidates"),
            Text("以道路节点为候选点", "candidates on roads"),
            Text(
                '改为 candidates = "people"（各村）、一个文件或 "layer:图层名"',
                'give candidates = "people", a file, or "layer:KEY"',
            ),
            study,
        )
    if siting.most_road_metres is not None:
        what = Text("限制到道路的距离", "a limit on metres to a road")
        yield _no_roads((*where, "most_road_metres"), what, nothing, study)
    if siting.uncertainty is not None and siting.uncertainty.missing_links_percent:
        what = Text("抽去部分路段", "leaving some roads out in draws")
        yield _no_roads((*where, "uncertainty", "missing_links_percent"), what, nothing, study)


def _no_roads(where: Where, what: Text, mend: Text, study: StudyText) -> Problem:
    return fault(
        where,
        study,
        Text(f"{what.zh}需要道路，本研究没有", f"{what.en} needs roads, and there are none"),
        mend,
        code="roads.no_roads",
    )
