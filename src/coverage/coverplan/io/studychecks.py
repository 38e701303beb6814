"""What one part of a study file says of another: groups, profiles, classes, names of columns."""

import difflib
import re
from collections.abc import Mapping

from ..core.crs import is_metric, system
from ..core.datum import datum_named
from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import LayerConfig, StudyConfig
from ..domain.facilities import STATUSES
from ..domain.layer import builtin_layers
from ..domain.profile import KNOWN_CLASSES, profile_from_table
from ..domain.settings import FileSource
from .goalchecks import check_goals
from .roadfacts import FACT_KEYS
from .sitingchecks import check_siting
from .straightchecks import check_ways
from .studyfaults import StudyText, Where, undefined, unknown_key
from .targetschecks import check_targets_table

_COORDINATES = ("lon", "lat")
_PLACE = ("id", "name", *_COORDINATES)
CANDIDATE_COLUMNS = (*_PLACE, "cost_yuan", "capacity")
REGION_COLUMNS = ("code", "name", "kind", "parent", "parent_code", "valid_from", "valid_to")
ROAD_COLUMNS = ("class", "oneway", "u", "v", *FACT_KEYS)

_TAKEN = frozenset(
    {"unit", "place", "name", "declared", "metres", "geometry", "share", "rank", "index", "weight"}
    | {"demand_id", "place_id"}
)
"""Columns of the tables people are kept in: no group may have one of these names."""

_NAME = re.compile(r"\w[\w-]{0,59}")


def check_study(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Note everything in a study that is well written and still means nothing."""
    _check_names(config, study, problems)
    _check_profiles(config, study, problems)
    _check_layers(config, study, problems)
    _check_columns(config, study, problems)
    _check_classes(config, study, problems)
    _check_systems(config, study, problems)
    check_siting(config, study, problems)
    check_ways(config, study, problems)
    check_targets_table(config, study, problems)
    check_goals(config, study, problems)


def _check_names(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Names become columns of the results: letters, digits, _ and -, and no two alike."""
    for table, names in (
        (("layers",), list(config.layers)),
        (("profiles",), list(config.profiles)),
        (("people", "groups"), list(config.people.groups)),
    ):
        folded = [name.casefold() for name in names]
        for name in names:
            alike = folded.count(name.casefold()) > 1
            taken = table[0] == "people" and name in _TAKEN
            if alike or taken or not _NAME.fullmatch(name):
                problems.add(_bad_name((*table, name), study))


def _bad_name(where: Where, study: StudyText) -> Problem:
    return Problem(
        code="study.name",
        what=Text("这个名字不能使用", "this name cannot be used"),
        file=study.file,
        row=study.line(where),
        column=".".join(where[:-1]),
        found=where[-1],
        expected=Text(
            "文字、数字、_ 和 -，不超过 60 个字，不只差大小写，不是 unit、name 等保留字",
            "letters, digits, _ and -, at most 60, not differing in case only, and none of the "
            "words kept for other things (unit, name, ...)",
        ),
        mend=Text(
            "换一个名字；显示的名称写在 label", "choose another; words for people go to label"
        ),
    )


def _check_profiles(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    for key, table in config.profile_tables().items():
        try:
            profile_from_table(key, table)
        except ValueError as error:
            none = "no speed" in str(error)
            problems.add(
                Problem(
                    code="study.profile",
                    what=Text(f"出行方式 {key} 没有速度", f"the travel profile {key} has no speed")
                    if none
                    else Text(f"出行方式 {key} 不能使用", f"the travel profile {key} is no use"),
                    file=study.file,
                    row=study.line(("profiles", key)),
                    column=f"profiles.{key}",
                    found="" if none else str(error),
                    mend=Text("给出 kmh 或 kmh_by_class", "give kmh or kmh_by_class")
                    if none
                    else Text("改正速度和系数", "correct its speeds and factors"),
                )
            )


def _check_layers(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    profiles, groups = list(config.profile_tables()), list(config.people.groups)
    for key, layer_config in config.layers.items():
        try:
            layer = layer_config.layer(key)
        except ValueError as error:
            problems.add(_incomplete_layer(key, str(error), study))
            continue
        for name, value, known in (
            ("group", layer.group, groups),
            ("profile", layer.profile, profiles),
        ):
            if value not in known:
                where = ("layers", key, name)
                problems.add(undefined("study.reference", where, value, known, study))


def _incomplete_layer(key: str, missing: str, study: StudyText) -> Problem:
    near = difflib.get_close_matches(key, builtin_layers(), n=1, cutoff=0.5)
    hint_zh = f"是否指内置图层 {near[0]}？否则" if near else ""
    hint_en = f"did you mean the built-in layer {near[0]}? Otherwise " if near else ""
    return Problem(
        code="study.layer",
        what=Text(
            f"图层 {key} 不是内置图层，缺少 {missing}",
            f"layer {key} is not built in and lacks {missing}",
        ),
        file=study.file,
        row=study.line(("layers", key)),
        expected=Text("内置图层：" + "、".join(builtin_layers()), ", ".join(builtin_layers())),
        mend=Text(f"{hint_zh}补上 {missing}", f"{hint_en}add {missing}"),
    )


def _sources(config: StudyConfig) -> list[tuple[Where, FileSource, tuple[str, ...]]]:
    """Return every source with the columns that can be named for it."""
    found: list[tuple[Where, FileSource, tuple[str, ...]]] = [
        (("people",), config.people, (*_PLACE, "unit", "parent", "metres", "year")),
        (("roads",), config.roads, ROAD_COLUMNS),
    ]
    for key, layer in config.layers.items():
        known = (*_PLACE, "unit", "parent", "status", "opened", "closed", "capacity")
        found.append((("layers", key), layer, known))
        if layer.siting is not None:
            found += [
                (("layers", key, "siting", "candidates"), one, CANDIDATE_COLUMNS)
                for one in layer.siting.sources
                if one.word is None
            ]
    return found


def _check_columns(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    tables: list[tuple[Where, Mapping[str, str], tuple[str, ...]]] = [
        ((*where, "columns"), source.columns, known) for where, source, known in _sources(config)
    ]
    tables.append((("region", "columns"), config.region.columns, REGION_COLUMNS))
    totals = ("unit", "parent", "year", *config.people.groups)
    tables.append((("people", "totals_columns"), config.people.totals_columns, totals))
    for where, given, known in tables:
        for key in given:
            if key not in known:
                problems.add(unknown_key((*where, key), sorted(known), study))


def _check_classes(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Every road class named in the study is one the program knows; a slip would close roads."""
    named: list[tuple[Where, str]] = [
        (("roads", "classes", word), name) for word, name in config.roads.classes.items()
    ]
    named += [(("people", "spread_classes"), name) for name in config.people.spread_classes]
    for key, profile in config.profiles.items():
        for part in ("closed", "no_access", "kmh_by_class", "class_factors"):
            classes = getattr(profile, part) or ()
            named += [(("profiles", key, part), name) for name in classes]
    for where, name in named:
        if name not in KNOWN_CLASSES:
            known = difflib.get_close_matches(name, KNOWN_CLASSES, n=5, cutoff=0.3) or [
                "primary", "secondary", "tertiary", "residential",
            ]  # fmt: skip
            problems.add(undefined("study.road_class", where, name, known, study))
    for key, layer in config.layers.items():
        problems.extend(_status_words(key, layer, study))


def _status_words(key: str, layer: LayerConfig, study: StudyText) -> list[Problem]:
    where = ("layers", key, "status_words")
    return [
        undefined("study.status_word", where, status, STATUSES, study)
        for status in layer.status_words.values()
        if status not in STATUSES
    ]


def _check_systems(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    if config.crs is not None and not is_metric(system(config.crs)):
        problems.add(
            Problem(
                code="crs.not_metric",
                what=Text(
                    "研究文件的 crs 必须是以米为单位的投影坐标系",
                    "crs in the study file must be a projected system in metres",
                ),
                file=study.file,
                row=study.line(("crs",)),
                column="crs",
                found=config.crs,
                expected=Text("例如 EPSG:4549", "for example EPSG:4549"),
                mend=Text("改正，或删去这一行由程序选择", "correct it, or leave it out"),
            )
        )
    stated: list[tuple[Where, str | None]] = [(w, source.crs) for w, source, _ in _sources(config)]
    stated += [(("roads", "barriers"), barrier.crs) for barrier in config.roads.barriers]
    stated.append((("region",), config.region.crs))
    for where, crs in stated:
        if crs is not None and datum_named(crs) is None and system(crs) is None:
            problems.add(
                Problem(
                    code="crs.unknown",
                    what=Text("不认识的坐标系", "the coordinate system is not known"),
                    file=study.file,
                    row=study.line((*where, "crs")),
                    column=".".join((*where, "crs")),
                    found=crs,
                    expected=Text(
                        "例如 EPSG:4490（CGCS2000）、GCJ-02（高德、腾讯）、BD-09（百度）",
                        "for example EPSG:4490 (CGCS2000), GCJ-02 or BD-09 (Chinese web maps)",
                    ),
                    mend=Text("改用 EPSG 代码或上述名称", "use an EPSG code or one of these names"),
                )
            )
