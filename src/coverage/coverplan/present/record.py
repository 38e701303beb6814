"""What the record of a run says in words: its layers and its plans, in both languages."""

from typing import Any

from ..domain.goal import Goal
from ..results import LayerResult, Study
from .plans import plan_rows, plan_text


def layers_record(study: Study) -> dict[str, dict[str, Any]]:
    """Return what was asked of each layer: label, people, way of travel, limit.

    Parameters
    ----------
    study
        The computed study.
    """
    goals = {item.layer.id: item.goals for item in study.inputs.layers}
    return {
        key: {
            "label": result.layer.label.as_dict(),
            "group": result.layer.group,
            "profile": result.profile.id,
            "travel": result.profile.summary.as_dict(),
            "minutes": result.layer.minutes,
            "direction": result.layer.direction,
            "colour": result.layer.colour,
            "goals": [_goal(goal.of_layer(result.layer)) for goal in goals[key]],
        }
        for key, result in study.layers.items()
    }


def plan_words(result: LayerResult) -> dict[str, Any] | None:
    """Return a plan as people read it: model, status, what it brings, how good it is.

    Parameters
    ----------
    result
        One layer of a study; None is returned where nothing was asked.
    """
    proposal = result.proposal
    if proposal is None:
        return None
    return {
        "model": proposal.model.as_dict(),
        "status": proposal.status_text.as_dict(),
        "text": plan_text(result).as_dict(),
        "rows": [[label.as_dict(), words.as_dict()] for label, words in plan_rows(proposal)],
    }


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "measure": goal.measure,
        "percent": goal.percent_text,
        "minutes": goal.minutes,
        "group": goal.group,
        "target": goal.target,
        "words": goal.words.as_dict(),
    }
