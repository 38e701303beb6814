"""Several layers sited at once: from their questions to one search, and back to proposals."""

from .clock import Clock
from .proposing import Question
from .results import Inputs
from .siting.proposal import Proposal


def answer_jointly(
    inputs: Inputs, joint: object, questions: dict[str, Question], clock: Clock
) -> tuple[dict[str, Proposal], None]:
    """Return the proposals of all layers, found together."""
    raise NotImplementedError
