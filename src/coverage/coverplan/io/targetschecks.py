"""What the targets table of a study says of the rest of the study and of the register."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..core.errors import Problem, Problems
from ..domain.config import StudyConfig
from ..domain.policy import Target, policy_layers
from ..domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS
from ..domain.targets_config import FacilityList, PlaceTable, TargetsConfig
from .studyfaults import StudyText, Where, undefined, unknown_key
from .targetwords import COLUMNS

UNIT_COLUMNS = ("code", "name", "unit", *(fact.key for fact in UNIT_FACTS))
PROJECT_COLUMNS = ("id", "name", "layer", *(fact.key for fact in PROJECT_FACTS))
FACILITY_COLUMNS = (
    "id", "name", "lon", "lat", "unit", "status", "opened", "closed", "layer",
    *(fact.key for fact in FACILITY_FACTS),
)  # fmt: skip
"""Columns that can be named for the lists of a targets table."""


def check_targets_table(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Note everything in the targets table that is well written and still means nothing.

    Parameters
    ----------
    config, study
        The study, and its file as it was written.
    problems
        Where faults go.
    """
    if config.targets is None:
        return
    problems.extend(_circle(config, config.targets, study))
    profile = config.targets.settings.service_profile
    if profile is not None and profile not in config.profile_tables():
        known = list(config.profile_tables())
        key = ("targets", "settings", "service_profile")
        problems.add(undefined("study.reference", key, profile, known, study))
    problems.extend(_columns(config.targets, study))
    for i, source in enumerate(config.targets.facilities):
        if source.layer is not None and source.layer not in policy_layers():
            where = ("targets", "facilities", str(i), "layer")
            problems.add(_undefined("targets.layer", where, source.layer, policy_layers(), study))


def check_target_ids(
    config: TargetsConfig, targets: Iterable[Target], study: StudyText, problems: Problems
) -> None:
    """Note every target a study speaks of that no table of targets has.

    Parameters
    ----------
    config, study
        The targets table of the study, and its file as it was written.
    targets
        All targets that were read.
    problems
        Where faults go.
    """
    known = [target.id for target in targets]
    for where, name in _named(config):
        if name not in known:
            problems.add(_undefined("targets.id", where, name, known, study))


def _undefined(
    code: str, where: Where, found: str, known: Iterable[str], study: StudyText
) -> Problem:
    """Return the fault of a name out of a long list, with those of it that are most like it."""
    some = difflib.get_close_matches(found, known, n=_SHOWN, cutoff=0.2)
    return undefined(code, where, found, some or list(known)[:_SHOWN], study)


_SHOWN = 8


def _named(config: TargetsConfig) -> Iterator[tuple[Where, str]]:
    tables: dict[str, Mapping[str, object]] = {
        "thresholds": config.thresholds,
        "baselines": config.baselines,
        "quotas": config.quotas,
        "weights": config.weights,
    }
    for table, names in tables.items():
        for name in names:
            yield ("targets", table, name), name
    if config.programme is not None:
        for name in config.programme.targets:
            yield ("targets", "programme", "targets"), name


def _circle(config: StudyConfig, targets: TargetsConfig, study: StudyText) -> Iterator[Problem]:
    circle = targets.circle
    if circle is None:
        return
    profiles = list(config.profile_tables())
    named = [
        ("profile", [circle.profile], profiles),
        ("also", circle.also, profiles),
        ("group", [circle.group], list(config.people.groups)),
        ("layers", circle.layers, list(config.layers)),
    ]
    for key, names, known in named:
        for name in names:
            if name not in known:
                where = ("targets", "circle", key)
                yield undefined("study.reference", where, name, known, study)


def _columns(targets: TargetsConfig, study: StudyText) -> Iterator[Problem]:
    lists: tuple[tuple[str, Sequence[PlaceTable | FacilityList], tuple[str, ...]], ...] = (
        ("documents", targets.documents, tuple(COLUMNS)),
        ("units", targets.units, UNIT_COLUMNS),
        ("facilities", targets.facilities, FACILITY_COLUMNS),
        ("projects", targets.projects, PROJECT_COLUMNS),
    )
    for name, tables, known in lists:
        for i, table in enumerate(tables):
            for key in table.columns:
                if key not in known:
                    where = ("targets", name, str(i), "columns", key)
                    yield unknown_key(where, sorted(set(known)), study)
