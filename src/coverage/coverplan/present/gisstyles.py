"""How the layers of a study look in QGIS: the classes, colours and signs of the page."""

from collections.abc import Mapping, Sequence

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..domain.layer import Layer
from ..io.geofiles import Style
from ..results import LayerResult, Study
from .looks import (
    INK,
    NEVER,
    NEVER_FILL,
    NOBODY,
    NOBODY_FILL,
    SOFT,
    UNKNOWN,
    UNKNOWN_FILL,
    ShareClass,
    minute_classes,
    share_classes,
)
from .qml import (
    Label,
    Looks,
    Rule,
    Symbol,
    column,
    fill,
    hatch,
    line,
    marker,
    qml_text,
    quoted,
)
from .tables import PHASES, STATES
from .visible import visible

_HATCH, _EDGE, _NAME = "#544a2899", "#5b6670", 40
_STATE_ORDER = ("proposed", "existing", "closing", "not_counted")
_ROADS = (
    (Text("高速、国省道", "motorways and trunk roads"), ("motorway", "trunk"), "#6d6257", 0.7),
    (Text("主要道路", "primary roads"), ("primary",), "#8b8177", 0.55),
    (Text("次要道路", "secondary roads"), ("secondary", "tertiary"), "#8b8177", 0.4),
)
_FOOT = ("footway", "path", "steps", "pedestrian", "track", "bridleway", "cycleway", "corridor")
_FULL_SCALE = 150_000
"""From this scale on every site is named: 1 to so many."""


def styles_of(
    study: Study, table: str, aliases: Mapping[str, str], language: Language
) -> list[Style]:
    """Return the styles of a table, the one it opens with first.

    Parameters
    ----------
    study
        What was computed.
    table
        ``units``, ``sites``, ``people``, ``candidates`` or ``roads``.
    aliases
        What its fields are called.
    language
        Of legends and labels.
    """
    made: list[tuple[Text, Sequence[Rule], Label | None]]
    results = list(study.layers.values())
    if table == "roads":
        made = [(Text("道路等级", "road classes"), _road_rules(language), None)]
    elif table == "sites":
        layers = [result.layer for result in results]
        made = [(Text("全部图层", "all layers"), _sites(layers, language), _site_label())]
        made += [(layer.label, _sites([layer], language), _site_label()) for layer in layers]
    elif table == "candidates":
        asked = [result.layer for result in results if result.proposal is not None]
        made = [(layer.label, _candidates(layer, language), None) for layer in asked]
    else:
        made = [
            (
                _styled(result.layer, phase),
                *(_units if table == "units" else _people)(study, result, phase, language),
            )
            for result in results
            for phase in (("before",) if result.after is None else ("before", "after"))
        ]
    return _named(made, aliases, language)


def _named(
    made: Sequence[tuple[Text, Sequence[Rule], Label | None]],
    aliases: Mapping[str, str],
    language: Language,
) -> list[Style]:
    """Give every style a name of its own: QGIS finds them by it."""
    names: list[str] = []
    for number, (words, _, _) in enumerate(made, 1):
        name = visible(words.of(language), _NAME)
        names.append(f"{name} ({number})" if name in names else name)
    about = Text("coverplan 生成", "made by coverplan").of(language)
    return [
        Style(name, about, qml_text(Looks(rules, label, aliases)))
        for name, (_, rules, label) in zip(names, made, strict=True)
    ]


def _styled(layer: Layer, phase: str) -> Text:
    label, when = layer.label, PHASES[phase]
    return Text(f"{visible(label.zh, 30)} {when.zh}", f"{visible(label.en, 30)}, {when.en}")


def _units(
    study: Study,  # noqa: ARG001 - one signature with people
    result: LayerResult,
    phase: str,
    language: Language,
) -> tuple[list[Rule], Label]:
    key = result.layer.id
    people, reached = column(f"{key}_people"), column(f"{key}_reached_{phase}")
    classes = share_classes()
    rules = [
        Rule(c.words.of(language), _in_class(people, reached, c), _share_symbol(c))
        for c in reversed(classes)
    ]
    nobody = fill(NOBODY_FILL, _EDGE, hatch(135, "#8d8d8899"))
    unknown = fill(UNKNOWN_FILL, _EDGE, hatch(90, "#8d8d8899", 1.6))
    rules += [
        Rule(NOBODY.of(language), f"{people} = 0", nobody),
        Rule(UNKNOWN.of(language), f"{people} IS NULL", unknown),
    ]
    share = (
        f"CASE WHEN {people} IS NULL THEN {quoted(UNKNOWN.of(language))} "
        f"WHEN {people} = 0 THEN {quoted(NOBODY.of(language))} "
        f"WHEN {reached} > 0 AND 2000 * {reached} < {people} THEN '<0.1 %' "
        f"WHEN {reached} < {people} AND 2000 * ({people} - {reached}) <= {people} THEN '>99.9 %' "
        f"ELSE format_number(100.0 * {reached} / {people}, 1, 'en') || ' %' END"
    )
    return rules, Label(f"{_short_name()} || char(10) || {share}", 8, within=True)


def _short_name() -> str:
    name = column("name")
    cut = f"substr({name}, 1, {_NAME}) || '…'"
    return f"CASE WHEN length({name}) > {_NAME} THEN {cut} ELSE {name} END"


def _in_class(people: str, reached: str, share: ShareClass) -> str:
    """Decide the class in whole numbers, as every other drawing does."""
    low = f"100 * {reached} >= {share.low} * {people}"
    high = "" if share.last else f" AND 100 * {reached} < {share.high} * {people}"
    return f"{people} > 0 AND {low}{high}"


def _share_symbol(share: ShareClass) -> Symbol:
    return fill(share.fill, _EDGE, hatch(45, _HATCH) if share.hatched else None)


def _sites(layers: Sequence[Layer], language: Language) -> list[Rule]:
    rules = []
    for state in _STATE_ORDER:
        for layer in layers:
            where = f"{column('layer')} = {quoted(layer.id)} AND {column('state')} = '{state}'"
            said = f"{visible(layer.label.of(language), _NAME)}：{STATES[state].of(language)}"
            rules.append(Rule(said, where, _site_symbol(layer, state)))
    return rules


def _site_symbol(layer: Layer, state: str) -> Symbol:
    if state == "proposed":
        below = marker(layer.shape, "#ffffff", layer.colour, 5.2, 0.8)
        star = marker("star", layer.colour, layer.colour, 2.8, 0.1)
        return Symbol("marker", (*below.layers, *star.layers))
    if state == "closing":
        below = marker(layer.shape, "#ffffff", layer.colour, 3.4, 0.4)
        cross = marker("cross2", INK, INK, 3.4, 0.5)
        return Symbol("marker", (*below.layers, *cross.layers))
    if state == "not_counted":
        return marker(layer.shape, "#ffffff", "#7d8790", 2.6, 0.4)
    return marker(layer.shape, layer.colour, "#ffffff", 3.4, 0.35)


def _site_label() -> Label:
    """Name the sites proposed, and every site where the map is large."""
    where = f"{column('state')} = 'proposed' OR @map_scale <= {_FULL_SCALE}"
    return Label(f"CASE WHEN {where} THEN {_short_name()} END", 7.5)


def _people(
    study: Study, result: LayerResult, phase: str, language: Language
) -> tuple[list[Rule], None]:
    layer = result.layer
    minutes = column(f"{layer.id}_minutes" + ("_after" if phase == "after" else ""))
    group = column(layer.group)
    rules = []
    for c in minute_classes(study.inputs.thresholds, int(layer.minutes)):
        limits = [f"{group} > 0"]
        limits += [] if c.over is None else [f"{minutes} > {c.over}"]
        limits += [] if c.to is None else [f"{minutes} <= {c.to}"]
        rules.append(Rule(c.words.of(language), " AND ".join(limits), _dot(c.fill)))
    never = f"{group} > 0 AND {minutes} IS NULL"
    rules.append(Rule(NEVER.of(language), never, _dot(NEVER_FILL)))
    words = group_label(layer.group)
    none = Text(f"没有{visible(words.zh, _NAME)}", f"nobody {visible(words.en, _NAME)}")
    rules.append(Rule(none.of(language), f"{group} = 0", _dot("#b7bfc6", 0.5)))
    return rules, None


def _dot(colour: str, size: float = 1.1) -> Symbol:
    return marker("circle", colour, colour, size, 0)


def _candidates(layer: Layer, language: Language) -> list[Rule]:
    mine = f"{column('layer')} = {quoted(layer.id)}"
    why = column("rejected_zh")
    allowed = f"{mine} AND NOT {column('chosen')} AND coalesce({why}, '') = ''"
    return [
        Rule(
            Text("入选", "chosen").of(language),
            f"{mine} AND {column('chosen')}",
            _site_symbol(layer, "proposed"),
        ),
        Rule(
            Text("可用，未选", "could be used, not chosen").of(language),
            allowed,
            marker("circle", "#ffffff", layer.colour, 1.8, 0.4),
        ),
        Rule(
            Text("不可用", "cannot be used").of(language),
            f"{mine} AND coalesce({why}, '') <> ''",
            marker("cross2", SOFT, SOFT, 1.6, 0.3),
        ),
    ]


def _road_rules(language: Language) -> list[Rule]:
    name = column("class")
    rules = []
    for words, classes, colour, width in _ROADS:
        listed = ", ".join(quoted(c) for kind in classes for c in (kind, f"{kind}_link"))
        rules.append(Rule(words.of(language), f"{name} IN ({listed})", line(colour, width)))
    foot = ", ".join(quoted(kind) for kind in _FOOT)
    rules += [
        Rule(
            Text("轮渡", "ferries").of(language),
            f"{name} = 'ferry'",
            line("#3a78a8", 0.4, dashed=True),
        ),
        Rule(
            Text("步行道、小路", "footways and paths").of(language),
            f"{name} IN ({foot})",
            line("#a39a90", 0.15, dashed=True),
        ),
        Rule(Text("其他道路", "other roads").of(language), "ELSE", line("#a39a90", 0.2)),
    ]
    return rules
