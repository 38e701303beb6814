"""What the siting tables of a study say of each other and of the rest of the study."""

from collections import Counter
from collections.abc import Iterator

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import StudyConfig
from ..domain.ground_rules import builtin_ground_rules, ground_kinds
from ..domain.siting_config import OF_LAYER, Forbidden, SitingConfig
from .studyfaults import StudyText, Where, undefined


def check_siting(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Note everything in the siting tables that is well written and still means nothing."""
    for key, layer in config.layers.items():
        siting = layer.siting
        if siting is not None:
            where = ("layers", key, "siting")
            problems.extend(_layers_named(config, key, siting, study))
            problems.extend(_without_effect(siting, where, study))
            problems.extend(_ground(siting, where, study))
            problems.extend(_contradictions(config, siting, where, study))
            problems.extend(_weights(config, siting, where, study))
    problems.extend(_joint(config, study))


def distance_to_keep(siting: SitingConfig, area: Forbidden) -> float | None:
    """Return the metres to keep from an area, None where nobody says how many.

    Parameters
    ----------
    siting, area
        The siting table, and one of its forbidden areas: its own metres, else those of the
        ground rules for its kind, else 0 where it has no kind and is not of homes.
    """
    if area.metres is not None:
        return area.metres
    kind = area.kind or ("homes" if area.homes else None)
    if kind is None:
        return 0.0
    rules = builtin_ground_rules().get(siting.ground_rules or "")
    return rules.metres.get(kind) if rules is not None else None


def fault(where: Where, study: StudyText, what: Text, mend: Text, **more: object) -> Problem:
    """Return a fault of one key of a study's siting table; ``more`` as in `Problem`."""
    code = str(more.pop("code", f"siting.{where[-1]}"))
    return Problem(
        code=code,
        what=what,
        mend=mend,
        file=study.file,
        row=study.line(where),
        column=".".join(where),
        **more,  # type: ignore[arg-type]
    )


def _layers_named(
    config: StudyConfig, key: str, siting: SitingConfig, study: StudyText
) -> Iterator[Problem]:
    where = ("layers", key, "siting", "candidates")
    for source in siting.sources:
        word = source.word
        if word is None or not word.startswith(OF_LAYER):
            continue
        other = word.removeprefix(OF_LAYER)
        others = [name for name in config.layers if name != key]
        if other not in others:
            known = [OF_LAYER + name for name in others]
            yield undefined("siting.layer", where, word, known, study)


def _without_effect(siting: SitingConfig, where: Where, study: StudyText) -> Iterator[Problem]:
    """Return the faults of keys that would change nothing as the candidates are."""
    nothing = Text("删去它", "leave it out")
    words = [source for source in siting.sources if source.word is not None]
    spacing = "candidate_spacing_metres"
    if spacing in siting.model_fields_set and all(source.word != "roads" for source in words):
        yield fault(
            (*where, spacing),
            study,
            Text("候选点中没有道路节点", "no candidates are road nodes"),
            nothing,
            code="siting.no_effect",
        )
    for source in words:
        given = sorted({"table", "crs", "columns", "where"} & source.model_fields_set)
        if given:
            yield fault(
                (*where, "candidates"),
                study,
                Text(
                    f"候选点 {source.word} 不是文件，{'、'.join(given)} 不起作用",
                    f"candidates {source.word} are no file: {', '.join(given)} has no effect",
                ),
                nothing,
                code="siting.no_effect",
            )


def _ground(siting: SitingConfig, where: Where, study: StudyText) -> Iterator[Problem]:
    sets, kinds = builtin_ground_rules(), ground_kinds()
    name = siting.ground_rules
    if name is not None and name not in sets:
        yield undefined("siting.ground_rules", (*where, "ground_rules"), name, sets, study)
        return
    for i, area in enumerate(siting.forbidden):
        here = (*where, "forbidden", str(i))
        if area.kind is not None and area.kind not in kinds:
            yield undefined("siting.kind", (*here, "kind"), area.kind, kinds, study)
        elif distance_to_keep(siting, area) is None:
            yield _distance_unknown(siting, area, here, study)


def _distance_unknown(
    siting: SitingConfig, area: Forbidden, where: Where, study: StudyText
) -> Problem:
    kind = ground_kinds()[area.kind or "homes"]
    rules = builtin_ground_rules().get(siting.ground_rules or "")
    found = Text("没有写明距离，也没有 ground_rules", "no metres, and no ground_rules")
    if rules is not None:
        found = Text(f"{rules.label.zh}：距离未知", f"{rules.label.en}: the distance is not known")
    return fault(
        where,
        study,
        Text(f"不知道要离{kind.zh}多远", f"how far to keep from {kind.en} is not known"),
        Text(
            "查当地规定，写明 metres；只禁止在其内则写 metres = 0",
            "look up the local rule and give metres; metres = 0 forbids the area itself alone",
        ),
        code="siting.distance_unknown",
        found=found,
        expected=Text("metres = 米数；未知不等于 0", "metres = a number; unknown is not 0"),
    )


def _contradictions(
    config: StudyConfig, siting: SitingConfig, where: Where, study: StudyText
) -> Iterator[Problem]:
    one_of = Text("二者取一", "keep one of the two")
    both = sorted(set(siting.required) & set(siting.excluded))
    if both:
        yield fault(
            (*where, "required"),
            study,
            Text("同一地点既必选又排除", "a site is both required and excluded"),
            one_of,
            code="siting.required_excluded",
            found="、".join(both[:5]),
        )
    if siting.existing == "keep" and (
        siting.close is not None or siting.moves is not None or siting.model == "consolidate"
    ):
        yield fault(
            (*where, "existing"),
            study,
            Text("现有站点既要保留又要关闭", "existing sites are both kept and closed"),
            Text('改为 existing = "close"，或删去 close、moves', 'give existing = "close"'),
            found="keep",
        )
    if siting.classes and (siting.cost_yuan is not None or siting.capacity is not None):
        yield fault(
            (*where, "classes"),
            study,
            Text("规模类别与统一造价或容量并存", "classes stand beside one cost or capacity"),
            Text("造价和容量写在各类别里", "give cost and capacity in the classes"),
            code="siting.classes_cost",
        )
    yield from _numbers(config, siting, where, study)


def _numbers(
    config: StudyConfig, siting: SitingConfig, where: Where, study: StudyText
) -> Iterator[Problem]:
    noise = siting.uncertainty
    if noise is not None and not (
        noise.speed_percent or noise.people_percent or noise.missing_links_percent
    ):
        yield fault(
            (*where, "uncertainty"),
            study,
            Text("抽样里没有任何变动", "nothing varies in the draws"),
            Text(
                "写明 speed_percent、people_percent 或 missing_links_percent",
                "give speed_percent, people_percent or missing_links_percent",
            ),
            found=Text(f"{noise.draws} 次抽样", f"{noise.draws} draws"),
        )
    twice = [name for name, n in Counter(c.name for c in siting.classes).items() if n > 1]
    if twice:
        yield fault(
            (*where, "classes"),
            study,
            Text("规模类别重名", "two classes have one name"),
            Text("每个类别一个名称", "give each class a name of its own"),
            found="、".join(twice),
        )
    if siting.most_slope_percent is not None and config.roads.elevation is None:
        yield fault(
            (*where, "most_slope_percent"),
            study,
            Text("限制坡度需要高程", "a limit on slope needs heights"),
            Text("在 [roads] 写明 elevation", "give elevation in [roads]"),
        )
    if siting.unit_most == 0:
        yield fault(
            (*where, "unit_most"),
            study,
            Text("哪个单元都不许新增", "no unit may get a new site"),
            Text("改为正数，或删去", "give a positive number, or leave it out"),
            found="0",
        )
    if siting.model == "consolidate" and siting.close == 0:
        yield fault(
            (*where, "close"),
            study,
            Text("撤并模型要关闭的站点数为 0", "consolidation is asked to close no site"),
            Text("改为正数", "give a positive number"),
            found="0",
        )
    if siting.model == "undesirable" and not any(area.homes for area in siting.forbidden):
        yield fault(
            (*where, "forbidden"),
            study,
            Text("邻避模型缺少与居民点的距离", "the model needs the distance to keep from homes"),
            Text(
                '写 forbidden = [{ source = "homes", metres = 300 }]',
                'give forbidden = [{ source = "homes", metres = 300 }]',
            ),
            code="siting.no_homes",
        )


def _weights(
    config: StudyConfig, siting: SitingConfig, where: Where, study: StudyText
) -> Iterator[Problem]:
    groups = list(config.people.groups)
    for group in siting.group_weights:
        if group not in groups:
            here = (*where, "group_weights")
            yield undefined("siting.group_weights", here, group, groups, study)
    if siting.group_weights and not any(siting.group_weights.values()):
        yield no_weight((*where, "group_weights"), study)


def no_weight(where: Where, study: StudyText) -> Problem:
    """Return the fault of weights that are all zero."""
    return fault(
        where,
        study,
        Text("权重全为零，无从比较", "all weights are zero: nothing tells plans apart"),
        Text("至少一个权重为正", "give at least one a positive weight"),
        code="siting.no_weight",
        found="0",
    )


def _joint(config: StudyConfig, study: StudyText) -> Iterator[Problem]:
    if config.joint is None:
        return
    where = ("joint", "layers")
    sited = [key for key, layer in config.layers.items() if layer.siting is not None]
    for key in config.joint.layers:
        if key not in sited:
            yield undefined("siting.joint", where, key, sited, study)
    if len(set(config.joint.layers)) < len(config.joint.layers):
        yield fault(
            where,
            study,
            Text("同一图层写了两次", "a layer is named twice"),
            Text("每个图层只写一次", "name each layer once"),
            code="siting.joint",
        )
