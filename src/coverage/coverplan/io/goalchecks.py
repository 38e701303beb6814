"""The goals of a study's layers: checked, and each with the policy target it cites."""

import difflib
from collections.abc import Iterable, Iterator

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import StudyConfig
from ..domain.goal import UNUSED, Goal
from ..domain.goal_config import GoalConfig, exact_percent
from ..domain.policy import Target
from ..domain.settings import label_text
from .paths import Folder
from .register import read_register, read_targets
from .studyfaults import StudyText, Where, undefined
from .targetwords import Indicators

_SHOWN = 8


def check_goals(config: StudyConfig, study: StudyText, problems: Problems) -> None:
    """Note every goal that is well written and still means nothing.

    Parameters
    ----------
    config, study
        The study, and its file as it was written.
    problems
        Where faults go.
    """
    groups = list(config.people.groups)
    for where, goal in _goals(config):
        if goal.group is not None and goal.group not in groups:
            key = (*where, "group")
            problems.add(undefined("study.reference", key, goal.group, groups, study))
        if goal.measure == "has_one":
            if goal.minutes is not None:
                problems.add(_unused((*where, "minutes"), f"{goal.minutes:g}", study))
            if goal.group is not None:
                problems.add(_unused((*where, "group"), goal.group, study))
    own = config.targets is not None and config.targets.documents
    if not own:
        # What a study's own documents hold is known once they are read.
        _check_targets(config, read_register() if _cites(config) else (), study, problems)


def read_goals(
    folder: Folder,
    config: StudyConfig,
    study: StudyText,
    problems: Problems,
    *,
    indicators: Indicators,
) -> dict[str, tuple[Goal, ...]]:
    """Return the goals of each layer that has some, with what they cite.

    Parameters
    ----------
    folder, config
        The study's folder, and the study, checked by `check_goals`.
    study
        Its file as it was written.
    problems
        Where a target that is in no document goes.
    indicators
        As in `coverplan.io.register.read_targets`, for a study's own documents: these are read
        only where a goal cites what the built-in register does not have.
    """
    cited = _cites(config)
    if not any(layer.goals for layer in config.layers.values()):
        return {}
    targets = list(read_register()) if cited else []
    tables = config.targets.documents if config.targets is not None else []
    if cited - {target.id for target in targets}:
        for number, table in enumerate(tables):
            key = f"targets.documents[{number}]"
            # A faulty row is the matter of who judges targets; here ids are looked up.
            targets += read_targets(
                folder, table, key, Problems(), indicators=indicators, taken=targets
            )
        _check_targets(config, targets, study, problems)
    known = {target.id: target for target in targets}
    return {
        key: tuple(_goal(one, known) for one in layer.goals)
        for key, layer in config.layers.items()
        if layer.goals
    }


def _goal(config: GoalConfig, known: dict[str, Target]) -> Goal:
    target = known.get(config.target or "")
    has_one = config.measure == "has_one"
    return Goal(
        measure=config.measure,
        percent=exact_percent(config.percent),
        minutes=None if has_one else config.minutes,
        group=None if has_one else config.group,
        label=None if config.label is None else label_text(config.label),
        target=config.target or "",
        source=None if target is None else _citation(target),
    )


def _citation(target: Target) -> Text:
    draft = Text("，征求意见稿", ", draft") if target.draft else Text("", "")
    return Text(
        f"{target.id}：{target.document}（{target.issuer}，{target.year}{draft.zh}）"
        f"条款 {target.clause}",
        f"{target.id}: {target.document} ({target.issuer}, {target.year}{draft.en}), "
        f"clause {target.clause}",
    )


def _goals(config: StudyConfig) -> Iterator[tuple[Where, GoalConfig]]:
    for key, layer in config.layers.items():
        for number, goal in enumerate(layer.goals or ()):
            yield ("layers", key, "goals", str(number)), goal


def _cites(config: StudyConfig) -> set[str]:
    return {goal.target for _, goal in _goals(config) if goal.target is not None}


def _check_targets(
    config: StudyConfig, targets: Iterable[Target], study: StudyText, problems: Problems
) -> None:
    known = [target.id for target in targets]
    for where, goal in _goals(config):
        if goal.target is not None and goal.target not in known:
            near = difflib.get_close_matches(goal.target, known, n=_SHOWN, cutoff=0.2)
            key = (*where, "target")
            some = near or known[:_SHOWN]
            problems.add(undefined("targets.id", key, goal.target, some, study))


def _unused(where: Where, found: str, study: StudyText) -> Problem:
    path = ".".join(where)
    return Problem(
        code="goal.unused",
        what=Text(f"{path} 用不上", f"{path} means nothing here"),
        file=study.file,
        row=study.line(where),
        column=path,
        found=found,
        expected=UNUSED,
        mend=Text("删去这一行", "remove it"),
    )
