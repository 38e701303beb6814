"""From a study to its report: one tree of plain blocks that every rendering reads."""

from collections.abc import Iterable

from ...core.errors import Problem
from ...core.text import Text
from ...identity import run_id
from ...io.paths import InputFile
from ...measure.measures import Measures
from ...results import Study
from .blocks import Cell, Report, Section
from .equitypart import equity_section
from .faultpart import faults_section
from .gaps import gaps_section
from .layers import layers_section
from .limits import limits_section
from .methodpart import method_section, people_section
from .overview import overview_section
from .programmepart import programme_section
from .proposals import proposals_section
from .sentences import units_words
from .sitespart import sites_section
from .sources import Judged, Sources
from .targetpart import targets_section

__all__ = ["build_report"]

_NOT_APPROVED = Text(
    "内部工作用图，未经审核不得公开", "Internal working maps, not approved for publication"
)


def build_report(
    study: Study,
    *,
    judged: Judged | None = None,
    measures: Measures | None = None,
    problems: Iterable[Problem] = (),
    files: Iterable[InputFile] = (),
    figures: bool = True,
) -> Report:
    """Return the report of a study: every number is read from it, none is computed here.

    Parameters
    ----------
    study
        The computed study.
    judged, measures
        Its policy targets, and what was measured beside coverage, where there are some.
    problems, files
        Warnings and files beyond those of the study.
    figures
        Whether figures stand in the report.

    Returns
    -------
    Report
        Overview, coverage, gaps, proposals, targets and programme where some were judged, equity
        where it was measured, method, faults, what cannot be concluded, and the appendices.
    """
    sources = Sources.of(
        study,
        run_id(study),
        judged=judged,
        measures=measures,
        problems=problems,
        files=files,
        figures=figures,
    )
    inputs = study.inputs
    return Report(
        title=inputs.title,
        subtitle=Text("设施覆盖分析报告", "Report on the coverage of facilities"),
        date=inputs.date,
        run_id=sources.run_id,
        notice=inputs.notice,
        approval=_approval(inputs.approval_number),
        front=_front(sources),
        sections=tuple(_sections(sources)),
    )


def _sections(sources: Sources) -> list[Section]:
    found = [
        overview_section(sources),
        layers_section(sources),
        gaps_section(sources),
        proposals_section(sources),
        targets_section(sources),
        programme_section(sources),
        equity_section(sources),
        method_section(sources),
        faults_section(sources),
        limits_section(sources),
        sites_section(sources),
        people_section(sources),
    ]
    return [section for section in found if section is not None]


def _approval(number: str | None) -> Text:
    if not number:
        return _NOT_APPROVED
    return Text(f"审图号：{number}", f"Map approval number: {number}")


def _front(sources: Sources) -> tuple[tuple[Text, Cell], ...]:
    region = sources.study.inputs.region
    labels = [story.label for story in sources.layers]
    return (
        (Text("数据截至", "Data as of"), sources.study.inputs.date),
        (Text("研究范围", "Area"), units_words(region, len(region))),
        (
            Text("设施类别", "Kinds of facilities"),
            Text("、".join(t.zh for t in labels), ", ".join(t.en for t in labels)),
        ),
        (Text("运行编号", "Run"), sources.run_id),
    )
