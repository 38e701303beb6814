"""From judged targets to their files: tables, workbook, rows for a report, and the record."""

import hashlib
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pandas as pd

from .clock import Clock, OnStep
from .core.text import Language, Text
from .identity import version_of
from .io.workbook import write_xlsx
from .io.write import RECORD, hashes, whole_folder, write_csv, write_text
from .present.target_programme import programme_sheets
from .present.target_sheets import target_rows, target_sheets, verdict_fills
from .present.targets import missing_table, parts_table, targets_table
from .targeting import TargetReport

_LIBRARIES = ("geopandas", "highspy", "numpy", "openpyxl", "pandas", "pyproj", "scipy", "shapely")
_NONE: Mapping[str, pd.DataFrame] = MappingProxyType({})


class HasTables(Protocol):
    """What has tables of its own to write beside: a programme of sites."""

    def tables(self, language: Language) -> Mapping[str, pd.DataFrame]:
        """Return tables by the name of their file, without its ending."""


def report_rows(report: TargetReport, language: Language | None = None) -> list[dict[str, Any]]:
    """Return one dictionary per target with words ready to print, what is unmet first.

    Parameters
    ----------
    report
        What was found.
    language
        Of the words; the study's own where it is None.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    >>> rows = cp.report_rows(report, "en")
    >>> len(rows), rows[0]["id"], rows[0]["verdict_words"], rows[0]["gap"]
    (184, 'Z21-25', 'not met', '1 township or street')
    """
    speak = language or report.inputs.language
    return target_rows(report.findings, report.ledger, speak)


def write_targets(
    report: TargetReport,
    folder: str | Path,
    *,
    language: Language | None = None,
    programme: HasTables | None = None,
    breakdown: pd.DataFrame | None = None,
    seconds: Mapping[str, float] | None = None,
    on_step: OnStep | None = None,
) -> list[Path]:
    """Write the targets of a study as tables, workbook and rows for a report.

    The files are ``targets.csv`` (one row per target, what to do first in front),
    ``targets_missing.csv`` (each unit that is wanting), ``targets_parts.csv`` (figures beside
    those that are judged), ``targets.xlsx`` (all of them with headings in words),
    ``targets.json`` (rows for a report) and ``run.json``; with a programme its tables, and
    ``breakdown.csv`` where there is one.

    The folder is complete or unchanged. Apart from times of day and seconds in ``run.json`` the
    same inputs give the same bytes.

    Parameters
    ----------
    report, folder
        What to write, and where.
    language
        Of labels and words; the study's own where it is None.
    programme, breakdown
        The sites that close the gaps, and the parts of a number that falls to several units.
    seconds
        Of the steps before, for the record.
    on_step
        Called as each step begins.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        When the folder holds other things, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    ...     files = cp.write_targets(report, f"{folder}/targets")
    >>> len(files), [file.name for file in files if file.suffix != ".csv"]
    (6, ['run.json', 'targets.json', 'targets.xlsx'])
    """
    speak = language or report.inputs.language
    clock, target = Clock(on_step), Path(folder)
    further = dict(_NONE if programme is None else programme.tables(speak))
    if breakdown is not None:
        further["breakdown"] = breakdown
    with whole_folder(target) as draft:
        with clock.step(Text("写目标表", "writing the tables of targets")):
            table = targets_table(report.findings, report.ledger, speak)
            tables = {
                "targets": table,
                "targets_missing": missing_table(report.findings, report.ledger, speak),
                "targets_parts": parts_table(report.findings, report.ledger, speak),
                **further,
            }
            for name, frame in tables.items():
                write_csv(report.inputs.marked(frame), draft / f"{name}.csv")
        with clock.step(Text("写工作簿", "writing the workbook")):
            sheets = target_sheets(report.findings, report.ledger, speak)
            # The terms stay the last sheet.
            last = list(sheets)[-1]
            terms = sheets.pop(last)
            pages = {**sheets, **programme_sheets(further, speak), last: terms}
            note = Text("说明", "notice").of(speak)
            pages = {name: report.inputs.marked(page, note) for name, page in pages.items()}
            write_xlsx(pages, draft / "targets.xlsx", styles=verdict_fills(speak))
        rows = json.dumps(_rows_file(report, speak), ensure_ascii=False, indent=2)
        write_text(rows + "\n", draft / "targets.json")
        record = targets_record(report, table, {**(seconds or {}), **clock.seconds}, hashes(draft))
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def _rows_file(report: TargetReport, language: Language) -> dict[str, Any]:
    return {
        "title": report.inputs.title,
        "notice": report.inputs.notice,
        "date": report.ledger.date.isoformat(),
        "language": language,
        "counts": report.counts(None),
        "targets": report_rows(report, language),
    }


def targets_record(
    report: TargetReport, table: pd.DataFrame, seconds: dict[str, float], written: dict[str, str]
) -> dict[str, Any]:
    """Return the record of a run: what went in, with which settings and versions, what came out.

    Parameters
    ----------
    report, table
        What was found, and its table as it was written.
    seconds, written
        The time of each step, and the SHA-256 of each file by name.
    """
    inputs, config = report.inputs, report.ledger.config
    return {
        "run_id": _run_id(report, table),
        "what": "targets",
        "title": inputs.title,
        "notice": inputs.notice,
        "date": report.ledger.date.isoformat(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "coverplan": version_of("coverplan"),
            "python": platform.python_version(),
            **{name: version_of(name) for name in _LIBRARIES},
        },
        "home": report.ledger.home,
        "settings": config.model_dump(mode="json"),
        "inputs": [
            {"file": f.label, "records": f.rows, "sha256": f.sha256, "crs": f.crs or None}
            for f in inputs.files
        ],
        "targets": len(report.findings),
        "counts": report.counts(None),
        "counts_binding": report.counts("binding"),
        "counts_reference": report.counts("reference"),
        "settings_wanted": _settings_wanted(report),
        "warnings": [
            {"code": p.code, "file": p.file, "row": p.row, "zh": p.what.zh, "en": p.what.en}
            for p in report.problems
        ],
        "outputs": written,
        "seconds": seconds,
    }


def _settings_wanted(report: TargetReport) -> dict[str, list[str]]:
    """Return which targets each setting that is not set would help to judge."""
    wanted: dict[str, list[str]] = {}
    for finding in report.findings:
        for key in finding.settings:
            wanted.setdefault(key, []).append(finding.target.id)
    return wanted


def _run_id(report: TargetReport, table: pd.DataFrame) -> str:
    """Return twelve hexadecimal digits of version, settings, inputs and findings."""
    facts = {
        "version": version_of("coverplan"),
        "settings": report.ledger.config.model_dump(mode="json"),
        "inputs": [f.sha256 for f in report.inputs.files],
        "findings": hashlib.sha256(table.to_csv(index=False).encode("utf-8")).hexdigest(),
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
