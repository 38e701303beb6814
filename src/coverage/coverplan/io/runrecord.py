"""The record of a run, ``run.json``, as far as two runs are compared by it."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.errors import InputError
from ..core.text import Language, Text
from .runfaults import RUN_FORMAT, damaged, other_format, other_record

_MOST_LOOKED_INTO = 20


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Words(_Part):
    """Words in both languages, as a record holds them."""

    zh: str
    en: str

    @property
    def text(self) -> Text:
        """The words as a text."""
        return Text(self.zh, self.en)


class GoalRecord(_Part):
    """A share aimed at; its percentage is decimal text."""

    measure: str
    percent: str = Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")
    minutes: float | None = None
    group: str | None = None


class LayerRecord(_Part):
    """What a record says of one layer: the question that was asked of it."""

    label: Words
    group: str
    profile: str
    travel: Words
    minutes: float = Field(gt=0, allow_inf_nan=False)
    direction: str = "to_site"
    colour: str = "#4b4b4b"
    goals: list[GoalRecord] = []

    @property
    def goal_percent(self) -> str | None:
        """The share of its own people to be reached within its own minutes, the first such goal."""
        for goal in self.goals:
            own = goal.group == self.group and goal.minutes == self.minutes
            if goal.measure == "reached" and own:
                return goal.percent
        return None


class PlanWords(_Part):
    """A plan as people read it."""

    model: Words
    status: Words
    text: Words
    rows: list[tuple[Words, Words]] = []


class PlanRecord(_Part):
    """What a record says of one plan."""

    model: str
    status: str
    value: float | None = None
    bound: float | None = None
    gap_percent: float | None = None
    sites_asked: int | None = None
    cost_yuan: float | None = None
    proof: list[Words] = []
    words: PlanWords


class InputRecord(_Part):
    """One file that went into a run."""

    file: str
    sha256: str


class RunRecord(_Part):
    """What ``run.json`` says of a run, as far as two runs are compared by it."""

    what: Literal["run"]
    format: int
    run_id: str
    title: str
    notice: str | None = None
    date: str
    language: Language
    approval_number: str | None = None
    written: str = ""
    versions: dict[str, str]
    config: dict[str, Any] | None = None
    inputs: list[InputRecord]
    layers: dict[str, LayerRecord] = Field(min_length=1)
    plans: dict[str, PlanRecord | None]
    outputs: dict[str, str]


def checked_record(data: Mapping[str, Any], file: str) -> RunRecord:
    """Return what a record says, checked.

    Parameters
    ----------
    data, file
        What ``run.json`` holds, and its name for messages.

    Raises
    ------
    InputError
        When it is the record of something else, of another format, or damaged.
    """
    what = data.get("what")
    if what != "run" and ("what" in data or "run_id" not in data):
        raise InputError([other_record(file, str(what))])
    if data.get("format") != RUN_FORMAT:
        raise InputError([other_format(file, data)])
    try:
        return RunRecord.model_validate(data)
    except ValidationError as error:
        faults = [
            damaged(file, ".".join(map(str, fault["loc"])), fault["msg"])
            for fault in error.errors(include_url=False)[:_MOST_LOOKED_INTO]
        ]
        raise InputError(faults) from error
