"""The report of a study: computed with its targets and measures, and written as documents."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from .clock import Clock, OnProgress, OnStep
from .core.errors import MissingExtraError, Problem, Problems
from .core.text import Language, Text
from .identity import run_id
from .io.write import RECORD, hashes, whole_folder, write_text
from .measure.measures import Measures
from .outputs import run_record
from .present.payload import map_payload
from .present.report.blocks import Figure, Report
from .present.report.build import build_report
from .present.report.docx import render_docx, require_docx
from .present.report.html import render_html
from .present.report.living import place_maps
from .present.report.picture import Picture
from .present.report.sources import Judged
from .present.report.xlsx import render_xlsx
from .present.speaking import spoken
from .programmefound import Programme
from .reportcontents import ReportContents, report_contents
from .results import Inputs, Study, computed
from .targeting import TargetReport

__all__ = [
    "FORMATS",
    "Paper",
    "ReportContents",
    "report_contents",
    "study_report",
    "write_documents",
]

DocumentFormat = Literal["html", "docx", "xlsx"]
FORMATS: tuple[DocumentFormat, ...] = get_args(DocumentFormat)
"""What a report is written as."""

Paper = Literal["a4", "a3"]
FIGURES = "figures"
"""Folder of the figures within that of the report."""

_FIGURES_OF_REPORT = Text(
    "报告中的图（可用 --no-figures 省去）", "Figures in the report (--no-figures leaves them out)"
)


def study_report(
    study: Study,
    *,
    targets: TargetReport | None = None,
    programme: Programme | None = None,
    measures: Measures | None = None,
    figures: bool = True,
) -> Report:
    """Return the report of a study as a tree of plain blocks, in both languages.

    Parameters
    ----------
    study
        The computed study.
    targets, programme
        Its judged targets (`coverplan.check_targets`) and the sites that close their gaps
        (``targets.programme()``), for sections of their own.
    measures
        What `coverplan.measure_study` found, likewise.
    figures
        Whether figures stand in it.

    Examples
    --------
    >>> import coverplan as cp
    >>> report = cp.study_report(cp.assess(cp.small_county()), figures=False)
    >>> [section.title.en for section in report.sections][:3]
    ['Overview', 'Coverage by kind of facility and township', 'Gaps']
    """
    told: list[Problem] = []
    if targets is not None:
        told += targets.problems
    if programme is not None:
        told += programme.problems
    if measures is not None:
        told += measures.problems
    return build_report(
        computed(study),
        judged=None if targets is None else _judged(targets, programme),
        measures=measures,
        problems=told,
        files=() if targets is None else targets.inputs.files,
        figures=figures,
    )


def _judged(targets: TargetReport, programme: Programme | None) -> Judged:
    languages: tuple[Language, ...] = get_args(Language)
    return Judged(
        findings=targets.findings,
        ledger=targets.ledger,
        counts={
            "all": targets.counts(None),
            "binding": targets.counts("binding"),
            "reference": targets.counts("reference"),
        },
        programme=(
            {} if programme is None else {lang: programme.tables(lang) for lang in languages}
        ),
    )


def check_extras(formats: Sequence[str], *, figures: bool, font: Path | None = None) -> None:
    """Raise what would stop the writing of a report, before anything is computed.

    Parameters
    ----------
    formats, figures, font
        As in `write_documents`.

    Raises
    ------
    MissingExtraError
        When python-docx or matplotlib is needed and not installed.
    InputError
        When no font with Chinese characters is found, or the one named cannot be read.
    """
    if "docx" in formats:
        require_docx()
    if figures:
        try:
            from .present.figures import find_font  # noqa: PLC0415 - optional extra
        except ImportError as error:
            raise MissingExtraError("matplotlib", "figures", _FIGURES_OF_REPORT) from error
        find_font(font)


def check_names(inputs: Inputs, language: Language, font: Path | None = None) -> None:
    """Raise where a font lacks a character of the names in figures, before anything is computed.

    Parameters
    ----------
    inputs
        Its layers and units are looked at.
    language, font
        Of the figures.

    Raises
    ------
    InputError
        With the characters that cannot be drawn.
    """
    from .present.figures import check_names as drawable  # noqa: PLC0415 - optional extra
    from .present.figures import find_font  # noqa: PLC0415 - optional extra

    labels = [given.layer.label.of(language) for given in inputs.layers]
    drawable([*labels, *map(str, inputs.region.names)], find_font(font))


def write_documents(
    study: Study,
    folder: str | Path,
    *,
    targets: TargetReport | None = None,
    programme: Programme | None = None,
    measures: Measures | None = None,
    formats: DocumentFormat | Sequence[DocumentFormat] = FORMATS,
    language: Language | None = None,
    paper: Paper = "a4",
    figures: bool = True,
    font: Path | None = None,
    seconds: dict[str, float] | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> list[Path]:
    """Write the report of a study: ``report.html``, ``report.docx``, ``report.xlsx``, figures.

    The folder is complete or unchanged. ``figures/`` holds each figure as PNG, SVG and PDF, and
    ``run.json`` the record of the run. Apart from times of day and seconds in ``run.json`` the
    same inputs give the same bytes.

    Parameters
    ----------
    study, targets, programme, measures
        As in `study_report`.
    folder
        Where to.
    formats
        Of ``html``, ``docx`` and ``xlsx`` those wanted.
    language
        Of every word but those of the planner's own; the study's own where it is None.
    paper
        Size of the Word document and of printed sheets.
    figures, font
        Whether figures are drawn, and with which font file where the one found is not wanted.
    seconds
        Of the steps before, for the record.
    on_step, on_progress
        Called as each step begins, and with the figures drawn and all figures.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        When the folder holds other things or cannot be written, or the font lacks a character.
    MissingExtraError
        When python-docx or matplotlib is needed and not installed.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = cp.write_documents(study, folder, formats=["html", "xlsx"], figures=False)
    >>> [file.name for file in files]
    ['report.html', 'report.xlsx', 'run.json']
    """
    wanted = (formats,) if isinstance(formats, str) else tuple(formats)
    Problems([_no_format(word) for word in wanted if word not in FORMATS]).raise_if_any()
    check_extras(wanted, figures=figures, font=font)
    speak, clock, target = (
        spoken(study, language),
        Clock(on_step, on_progress),
        Path(folder),
    )
    report = study_report(
        study, targets=targets, programme=programme, measures=measures, figures=figures
    )
    with whole_folder(target) as draft:
        with clock.step(Text("画图", "drawing figures")):
            pictures = _draw(study, report, measures, (speak, font), draft, clock)
        for name in FORMATS:
            if name in wanted:
                with clock.step(Text(f"写 report.{name}", f"writing report.{name}")):
                    _write(name, study, report, pictures, (speak, paper), draft)
        written = {**hashes(draft), **_hashes_below(draft)}
        taken = {**(seconds or study.seconds), **clock.seconds}
        record = run_record(study, taken, written, speak)
        whole = {**record, "what": "report", **_told(targets, wanted, speak, paper)}
        text = json.dumps(whole, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*written, RECORD])]


def _draw(
    study: Study,
    report: Report,
    measures: Measures | None,
    looks: tuple[Language, Path | None],
    draft: Path,
    clock: Clock,
) -> dict[str, Picture]:
    wanted = sum(isinstance(block, Figure) for block in report.blocks())
    if not wanted:
        return {}
    from .present.report.pictures import draw_pictures  # noqa: PLC0415 - optional extra

    language, font = looks
    place = draft / FIGURES
    place.mkdir()
    return draw_pictures(
        study,
        report,
        measures=measures,
        language=language,
        font=font,
        folder=place,
        on_figure=clock.progress(wanted),
    )


def _write(
    name: DocumentFormat,
    study: Study,
    report: Report,
    pictures: dict[str, Picture],
    looks: tuple[Language, Paper],
    draft: Path,
) -> None:
    language, paper = looks
    path = draft / f"report.{name}"
    if name == "html":
        maps = place_maps(report, map_payload(study, run_id(study), language), language)
        write_text(render_html(report, pictures, maps, language), path)
    elif name == "docx":
        path.write_bytes(render_docx(report, pictures, language, paper=paper))
    else:
        path.write_bytes(render_xlsx(report, language, paper=paper))


def _hashes_below(draft: Path) -> dict[str, str]:
    place = draft / FIGURES
    files = sorted(place.iterdir()) if place.is_dir() else []
    return {
        f"{FIGURES}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def _told(
    targets: TargetReport | None, formats: Sequence[str], language: Language, paper: Paper
) -> dict[str, Any]:
    """Return what the record of a report has beyond that of a run."""
    found: dict[str, Any] = {"formats": list(formats), "language": language, "paper": paper}
    if targets is not None:
        found["targets"] = {
            "counts": targets.counts(None),
            "counts_binding": targets.counts("binding"),
            "inputs": [
                {"file": f.label, "records": f.rows, "sha256": f.sha256, "crs": f.crs or None}
                for f in targets.inputs.files
            ],
        }
    return found


def _no_format(found: str) -> Problem:
    return Problem(
        code="report.format",
        what=Text("报告不能写成这种文件", "a report cannot be written as this"),
        column="formats",
        found=found,
        expected=Text("、".join(FORMATS), ", ".join(FORMATS)),
        mend=Text("改用其中之一", "name one of these"),
    )
