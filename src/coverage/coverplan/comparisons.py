"""Comparing two runs, folders of results or studies in memory, and writing what was found."""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from .clock import Clock, OnStep
from .compared import Comparison
from .comparing import compare_sides
from .core.errors import InputError, Problem, Problems
from .core.text import Language, Text
from .identity import version_of
from .io.runfolder import RunTables, read_run, typed_facts, typed_sites
from .io.runrecord import checked_record
from .io.write import RECORD, hashes, whole_folder, write_csv, write_text
from .outputs import run_record
from .present.comparison_page import comparison_html
from .present.comparison_tables import changes_table, plain_layers, sites_table, units_table
from .present.tables import coverage_table
from .present.tables import sites_table as run_sites
from .results import Study, computed

COMPARISON_FORMAT = 1
"""Of ``compare.json``."""


def compare_runs(a: str | Path | Study, b: str | Path | Study) -> Comparison:
    """Return two runs side by side: people reached, sites, cost, townships that change sides.

    Parameters
    ----------
    a, b
        Folders that `write_run` wrote, or studies in memory.

    Raises
    ------
    InputError
        When one is no run, is damaged or of another format; when they have other units, other
        people, or no layer in common: with everything that is wrong.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> care = county.layers[0]
    >>> more = replace(county, layers=(replace(care, siting=replace(care.siting, sites=3)),))
    >>> found = cp.compare_runs(cp.assess(county), cp.assess(more))
    >>> found.layers[["layer", "reached_a", "reached_b", "change"]]
              layer  reached_a  reached_b  change
    0  elderly_care        757        850      93
    """
    problems = Problems()
    sides = [problems.attempt(lambda run=run: _side(run)) for run in (a, b)]  # type: ignore[misc]
    ours, theirs = sides
    if ours is None or theirs is None:
        raise InputError(problems.items)
    return compare_sides(ours, theirs)


def write_comparison(
    comparison: Comparison,
    folder: str | Path,
    *,
    language: Language | None = None,
    on_step: OnStep | None = None,
) -> list[Path]:
    """Write ``compare.html``, three tables, ``compare.json`` and ``run.json``.

    The tables are ``compare_units.csv``, ``compare_sites.csv`` and ``compare_changes.csv``: those
    of `Comparison` with labels. The folder is complete or unchanged. Apart from times of day in
    ``run.json`` the same comparison gives the same bytes.

    Parameters
    ----------
    comparison, folder
        What to write, and where.
    language
        Of words; the first run's own where it is None.
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
    >>> from dataclasses import replace
    >>> import tempfile
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> today = cp.assess(replace(county, layers=(replace(county.layers[0], siting=None),)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     comparison = cp.compare_runs(today, cp.assess(county))
    ...     files = cp.write_comparison(comparison, folder)
    >>> [file.name for file in files][:3]
    ['compare.html', 'compare.json', 'compare_changes.csv']
    """
    speak = language or comparison.language
    clock, target = Clock(on_step), Path(folder)
    check_out(target)
    with clock.step(Text("写对比", "writing the comparison")), whole_folder(target) as draft:
        write_text(comparison_html(comparison, speak), draft / "compare.html")
        write_csv(units_table(comparison, speak), draft / "compare_units.csv")
        write_csv(sites_table(comparison, speak), draft / "compare_sites.csv")
        write_csv(changes_table(comparison, speak), draft / "compare_changes.csv")
        write_text(_json(comparison_record(comparison)), draft / "compare.json")
        record = {
            "what": "compare",
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": {
                "coverplan": version_of("coverplan"),
                "python": platform.python_version(),
            },
            "outputs": hashes(draft),
        }
        write_text(_json(record), draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data: what ``compare.json`` holds.

    Parameters
    ----------
    comparison
        What was found.
    """
    return {
        "what": "compare",
        "format": COMPARISON_FORMAT,
        "same": comparison.same,
        "a": _named(comparison.a),
        "b": _named(comparison.b),
        "question": [
            {
                "part": d.part.as_dict(),
                "key": d.key,
                "a": None if d.a is None else d.a.as_dict(),
                "b": None if d.b is None else d.b.as_dict(),
            }
            for d in comparison.question
        ],
        "layers": plain_layers(comparison),
        "changes": _plain(comparison.changes),
        "warnings": [
            {"code": p.code, "file": p.file, "zh": p.render("zh"), "en": p.render("en")}
            for p in comparison.problems
        ],
    }


def check_out(folder: Path) -> None:
    """Raise `InputError` when a folder holds results of another command.

    Parameters
    ----------
    folder
        Where a comparison is to be written.
    """
    record = folder / RECORD
    try:
        data = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else None
    except (OSError, ValueError, RecursionError):
        data = {}
    if data is not None and (not isinstance(data, dict) or data.get("what") != "compare"):
        raise InputError(
            [
                Problem(
                    code="compare.out",
                    what=Text(
                        "输出文件夹里是另一次计算的结果，对比不能写在一起",
                        "the output folder holds other results: a comparison is not put there",
                    ),
                    file=str(folder),
                    mend=Text("用 --out 指定另一个文件夹", "name another folder with --out"),
                )
            ]
        )


def _side(run: str | Path | Study) -> RunTables:
    """Return a run as its tables hold it, wherever it is."""
    if isinstance(run, str | Path):
        return read_run(Path(run))
    run = computed(run)
    name = run.inputs.title
    data = json.loads(json.dumps(run_record(run, {}, {}), default=str))
    language = run.inputs.language
    units = run.inputs.region.units
    return RunTables(
        name=name,
        record=checked_record(data, name),
        facts=typed_facts(_text(coverage_table(run, language)), name),
        sites=typed_sites(_text(run_sites(run, language)), name),
        units=gpd.GeoDataFrame({"code": units.index.astype(str)}, geometry=units.geometry.array),
    )


def _text(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as a file of it is read: all text, what is not known empty."""
    return table.astype(object).where(table.notna(), "").astype(str)


def _named(run: RunTables) -> dict[str, Any]:
    record = run.record
    return {
        "name": run.name,
        "run_id": record.run_id,
        "title": record.title,
        "date": record.date,
        "written": record.written,
        "versions": record.versions,
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n"
