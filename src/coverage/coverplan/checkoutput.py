"""The fault report as files: HTML, CSV, and the record of what was looked at."""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .clock import Clock, OnStep
from .core.text import Language, Text
from .identity import version_of
from .io.write import RECORD, hashes, whole_folder, write_csv, write_text
from .present.fault_page import faults_html
from .present.fault_tables import faults_table, plain_table
from .present.faults import CheckReport, counted


def write_report(
    report: CheckReport,
    folder: str | Path,
    *,
    language: Language | None = None,
    on_step: OnStep | None = None,
) -> list[Path]:
    """Write ``faults.html``, ``faults.csv``, a CSV file for each table, and ``run.json``.

    The folder is complete or unchanged. Apart from times of day in ``run.json`` the same report
    gives the same bytes.

    Parameters
    ----------
    report, folder
        What to write, and where.
    language
        Of words; the study's own where it is None.
    on_step
        Called as the step begins.

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
    ...     report = cp.check_study(cp.write_small_county(folder))
    ...     files = cp.write_report(report, f"{folder}/check")
    >>> [file.name for file in files if file.name.startswith("faults")]
    ['faults.csv', 'faults.html']
    """
    speak = language or report.language
    clock, target = Clock(on_step), Path(folder)
    with clock.step(Text("写检查报告", "writing the fault report")), whole_folder(target) as draft:
        write_text(faults_html(report, speak), draft / "faults.html")
        write_csv(faults_table(report.problems, speak), draft / "faults.csv")
        for table in report.tables:
            write_csv(plain_table(table, speak), draft / f"{table.id}.csv")
        record = check_record(report, hashes(draft))
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def check_record(report: CheckReport, written: dict[str, str]) -> dict[str, Any]:
    """Return the record of a check: what was looked at, with which version, what came out.

    Parameters
    ----------
    report
        What was found.
    written
        SHA-256 of each file written, by name.
    """
    errors, warnings = counted(report.faults)
    return {
        "what": "check",
        "title": report.title,
        "notice": report.notice,
        "study": report.file,
        "date": report.date,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "coverplan": version_of("coverplan"),
            "python": platform.python_version(),
        },
        "stops": report.stops,
        "kinds_of_errors": errors,
        "kinds_of_warnings": warnings,
        "faults": len(report.problems),
        "inputs": [
            {
                "file": f.label,
                "records": f.rows,
                "sha256": f.sha256,
                "crs": f.crs or None,
                "crs_from": f.crs_from or None,
            }
            for f in report.files
        ],
        "outputs": written,
    }
