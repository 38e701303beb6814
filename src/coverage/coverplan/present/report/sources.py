"""What a report is read from: the study, its targets and measures, and their facts by unit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ...core.errors import Problem
from ...core.text import Language, Text
from ...domain.groups import group_label
from ...io.paths import InputFile
from ...measure.measures import Measures
from ...measure.policy.found import Finding, Verdict
from ...measure.policy.ledger import Ledger
from ...measure.unit_facts import UnitFacts, layer_facts
from ...results import LayerResult, Study

__all__ = ["Judged", "LayerStory", "Sources", "table_id"]

Tables = Mapping[Language, Mapping[str, pd.DataFrame]]


@dataclass(frozen=True, slots=True)
class Judged:
    """The policy targets of a study, judged.

    Parameters
    ----------
    findings, ledger
        One for each clause, and what they were judged by.
    counts
        How many have each verdict: of ``all``, of those that are ``binding`` and of those that
        are a yardstick only (``reference``).
    programme
        In each language the tables of the sites that close the gaps, by name; empty where nobody
        asked for them.
    """

    findings: tuple[Finding, ...]
    ledger: Ledger
    counts: Mapping[str, Mapping[Verdict, int]]
    programme: Tables


@dataclass(frozen=True, slots=True)
class LayerStory:
    """One layer, with what is read of it most.

    Parameters
    ----------
    number
        Its place among the layers, from 1.
    result
        What was found for it.
    units, whole
        Its facts unit by unit in the order of the region, and those of all together.
    """

    number: int
    result: LayerResult
    units: tuple[UnitFacts, ...]
    whole: UnitFacts

    @property
    def label(self) -> Text:
        """What the layer is called."""
        return self.result.layer.label

    @property
    def group(self) -> Text:
        """The people it is for."""
        return group_label(self.result.layer.group)

    @property
    def minutes(self) -> int:
        """Its own limit."""
        return int(self.result.layer.minutes)

    @property
    def planned(self) -> bool:
        """Whether there is a plan: figures of afterwards."""
        return self.result.after is not None


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a report may read.

    Parameters
    ----------
    study, run_id
        The computed study, and the identifier of its run.
    layers
        Its layers in order.
    judged, measures
        Policy targets and measures beside coverage, where there are some.
    problems
        All warnings met, of the study and of what was judged and measured.
    files
        Everything that was read.
    figures
        Whether figures stand in the report.
    """

    study: Study
    run_id: str
    layers: tuple[LayerStory, ...]
    problems: tuple[Problem, ...] = ()
    files: tuple[InputFile, ...] = ()
    judged: Judged | None = None
    measures: Measures | None = None
    figures: bool = True

    @classmethod
    def of(
        cls,
        study: Study,
        run_id: str,
        *,
        judged: Judged | None = None,
        measures: Measures | None = None,
        problems: Iterable[Problem] = (),
        files: Iterable[InputFile] = (),
        figures: bool = True,
    ) -> "Sources":
        """Return the sources with the facts of each layer read once.

        Parameters
        ----------
        study, run_id, judged, measures, figures
            As in the class.
        problems, files
            Warnings and files beyond those of the study.
        """
        stories = []
        for number, (key, result) in enumerate(study.layers.items(), 1):
            facts = layer_facts(study.coverage.frame, key, result.layer.minutes)
            units = tuple(unit for unit in facts if not unit.whole)
            whole = next(unit for unit in facts if unit.whole)
            stories.append(LayerStory(number, result, units, whole))
        # What is told twice is one fault.
        told = tuple(dict.fromkeys((*study.problems, *problems)))
        # One file may be read for several layers, other rows each time.
        read = tuple(dict.fromkeys((*study.inputs.files, *files)))
        return cls(study, run_id, tuple(stories), told, read, judged, measures, figures)

    @property
    def proposing(self) -> tuple[LayerStory, ...]:
        """The layers of which new sites were asked."""
        return tuple(story for story in self.layers if story.result.proposal is not None)


_PLAIN = re.compile(r"[A-Za-z0-9_]{1,40}")


def table_id(what: str, story: LayerStory) -> str:
    """Return the id of a table or figure of a layer: no words of a planner but a plain layer id.

    Parameters
    ----------
    what
        What it shows.
    story
        The layer.
    """
    key = story.result.layer.id
    tail = f"_{key}" if _PLAIN.fullmatch(key) else ""
    return f"{what}_{story.number}{tail}"
