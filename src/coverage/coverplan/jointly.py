"""Several layers sited at once: from their questions to one search, and back to proposals."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from .clock import Clock
from .core.errors import Problem, Problems
from .core.text import Text
from .domain.siting_config import JointConfig
from .proposing import proposal_of, telling
from .questions import Question
from .results import Inputs, JointFound
from .siting.joint import JointPlan, JointProblem, JointRules, solve_joint
from .siting.models import Answer
from .siting.plan import Limits, Objective
from .siting.proposal import Proposal

MODEL = Text("联合选址", "several layers sited together")
SCOPE = Text("各图层合计", "over all layers")
PAPER = "Church, ReVelle 1974; Balinski 1965"

_TIMES = Objective(
    "newly_reached_joint",
    "max",
    Text("各图层新增可达合计", "newly reached, summed over layers"),
    Text("人次（一人在两个图层各计一次）", "counts (a person counts once in each layer)"),
)

_COVERING = frozenset({"mclp", "budget"})
"""Models that ask what joint siting asks: to reach as many as the rules allow."""


def answer_jointly(
    inputs: Inputs, joint: JointConfig, questions: dict[str, Question], clock: Clock
) -> tuple[dict[str, Proposal], JointFound]:
    """Return the proposals of some layers, found together, and what they share.

    Parameters
    ----------
    inputs, joint
        The study, and what is asked of the layers together.
    questions
        What is asked for each layer.
    clock
        Told how far the search is.

    Raises
    ------
    InputError
        When what is asked of the layers together cannot be meant.
    """
    _check_layers(joint, questions)
    mine = {key: questions[key] for key in joint.layers}
    _check_models(mine)
    problem = joint_problem(joint, mine)
    limits = Limits(joint.time_limit_seconds, joint.gap_percent, telling(clock))
    found = solve_joint(problem, limits)
    proposals = {
        key: proposal_of(
            inputs,
            asked,
            Answer(
                found.plans[key],
                rivals=False,
                overall=found.proof,
                scope=SCOPE,
                counted=_TIMES,
                notes=(_bill_text(found), *found.notes),
            ),
            called=(MODEL, PAPER),
        )
        for key, asked in mine.items()
    }
    return proposals, JointFound(problem, found)


def _check_layers(joint: JointConfig, questions: dict[str, Question]) -> None:
    """Refuse layers that are to be sited together, but of which nothing is asked."""
    known = Text("、".join(questions), ", ".join(questions))
    problems = Problems(
        [
            Problem(
                code="joint.layers",
                what=Text(
                    "联合选址的图层没有选址要求", "nothing is asked of a layer sited together"
                ),
                column="joint.layers",
                found=key,
                expected=known,
                mend=Text("为它写明选址要求，或从 layers 中去掉", "ask for sites, or leave it out"),
            )
            for key in joint.layers
            if key not in questions
        ]
    )
    problems.raise_if_any()


def _check_models(questions: dict[str, Question]) -> None:
    """Refuse models whose question joint siting would not answer: it would seem answered."""
    problems = Problems()
    for key, asked in questions.items():
        if asked.model.id in _COVERING:
            continue
        label = asked.item.layer.label
        problems.add(
            Problem(
                code="joint.model",
                what=Text(
                    f"{label.zh}：联合选址只求覆盖最多的人，不用模型“{asked.model.label.zh}”",
                    f"{label.en}: layers sited together reach as many people as they can; the "
                    f"model “{asked.model.label.en}” is not used",
                ),
                column=f"layers.{key}.siting.model",
                found=asked.model.id,
                expected=Text("mclp、budget", "mclp, budget"),
                mend=Text(
                    "改用其中之一，或单独为这个图层选址", "use one, or site this layer alone"
                ),
            )
        )
    for key, asked in questions.items():
        request = asked.request
        for name, given in (("uncertainty", request.uncertainty), ("frontier", request.frontier)):
            if given is not None:
                problems.add(_not_together(key, name))
    problems.raise_if_any()


def _not_together(key: str, name: str) -> Problem:
    return Problem(
        code="joint.unused",
        what=Text("联合选址不用这一设置", "layers sited together do not use this setting"),
        column=f"layers.{key}.siting.{name}",
        mend=Text("去掉它，或单独为这个图层选址", "leave it out, or site this layer alone"),
    )


def _bill_text(found: JointPlan) -> Text:
    """Return what the plan costs, and what sharing buildings saves."""
    bill = found.bill
    new, shared = len(bill.buildings), len(bill.shared)
    return Text(
        f"新建建筑 {new} 处，{shared} 处由两个以上图层共用；建筑和站点共 {found.cost_yuan:,} 元，"
        f"比各自建楼省 {found.saved_yuan:,} 元",
        f"{new} new buildings, {shared} shared by two layers or more; buildings and sites cost "
        f"{found.cost_yuan:,} yuan, {found.saved_yuan:,} less than a building for each service",
    )


def joint_problem(joint: JointConfig, questions: dict[str, Question]) -> JointProblem:
    """Return the question of several layers that may share buildings.

    Parameters
    ----------
    joint, questions
        What is asked of the layers together, and of each.
    """
    layers = list(questions)
    problems = {key: asked.problem for key, asked in questions.items()}
    points = np.vstack([problems[key].sites.xy for key in layers])
    number = same_building(points, joint.building_metres)
    cuts = np.cumsum([len(problems[key].sites) for key in layers])[:-1]
    parts = np.split(number, cuts)
    names = np.concatenate([questions[key].site_names for key in layers])
    first = np.unique(number, return_index=True)[1]
    pairs = tuple(pairwise(layers)) if joint.together else ()
    return JointProblem(
        problems=problems,
        building=dict(zip(layers, parts, strict=True)),
        building_cost_yuan=np.full(len(first), joint.building_cost_yuan, dtype=np.int64),
        rules=JointRules(joint.buildings_most, joint.budget_yuan, pairs),
        building_names=tuple(str(names[i]) for i in first),
    )


def same_building(xy: NDArray[np.float64], metres: float) -> NDArray[np.int32]:
    """Return the number of the building of each point, shape ``(n,)``.

    Parameters
    ----------
    xy
        Points in metres, shape ``(n, 2)``.
    metres
        Points as near as this to the first one of a building, in their order, are in it.
    """
    number = np.full(len(xy), -1, dtype=np.int32)
    near = KDTree(xy).query_ball_point(xy, max(metres, _SAME_METRES))
    count = 0
    for i, around in enumerate(near):
        if number[i] >= 0:
            continue
        for j in around:
            if number[j] < 0:
                number[j] = count
        count += 1
    return number


_SAME_METRES = 0.01
"""Points this near are one: coordinates have no more digits."""
