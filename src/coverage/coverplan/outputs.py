"""From a study to its files: the map, the tables, the GeoPackage and the record of the run."""

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .clock import Clock, OnStep
from .core.text import Language, Text
from .gisoutput import write_study_gpkg
from .identity import config_record, run_id, version_of
from .io.runfaults import RUN_FORMAT
from .io.write import RECORD, hashes, whole_file, whole_folder, write_csv, write_text
from .measure import Coverage
from .present.curve import frontier_svg
from .present.fault_tables import faults_table
from .present.goals_table import goals_record, goals_table
from .present.not_reached_table import not_reached_table
from .present.notebook import map_html
from .present.people_table import people_table
from .present.plans import plan_tables
from .present.record import layers_record, plan_words
from .present.speaking import spoken
from .present.tables import coverage_table, facts_table, network_table, sites_table
from .results import Inputs, LayerResult, Study

_LIBRARIES = (
    "geopandas", "highspy", "numba", "numpy", "pandas", "pyogrio", "pyproj", "scipy", "shapely",
)  # fmt: skip


def write_run(
    study: Study,
    folder: str | Path,
    *,
    language: Language | None = None,
    on_step: OnStep | None = None,
) -> list[Path]:
    """Write ``map.html``, the tables, ``study.gpkg`` and ``run.json``.

    The tables are ``coverage.csv`` (every fact), ``sites.csv``, ``network.csv`` (how people
    stand to the roads), ``not_reached.csv`` (who is not reached, village by village),
    ``faults.csv`` (every warning: why it matters, whom it touches) and, where people were read
    from files, ``people.csv`` (given, read and placed by unit); with goals
    ``goals.csv`` (each by unit, today and with the plan); with proposals also ``plan.csv`` (each
    site with its reason) and ``candidates.csv`` (each candidate, and why it was rejected), and what
    the models add.

    The folder is complete or unchanged. Apart from times of day and seconds in ``run.json`` the
    same inputs give the same bytes.

    Parameters
    ----------
    study, folder
        What to write, and where.
    language
        Language of the tables; the study's own where it is None.
    on_step
        Called as each step begins.

    Raises
    ------
    InputError
        When the folder holds other things, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = cp.write_run(study, folder, language="en")
    >>> sorted(file.name for file in files)[:4]
    ['candidates.csv', 'coverage.csv', 'faults.csv', 'map.html']
    """
    speak = spoken(study, language)
    clock = Clock(on_step)
    target = Path(folder)
    with whole_folder(target) as draft:
        with clock.step(Text("写地图", "writing the map")):
            write_text(map_html(study, language=speak), draft / "map.html")
        with clock.step(Text("写表格", "writing tables")):
            write_csv(coverage_table(study, speak), draft / "coverage.csv")
            write_csv(sites_table(study, speak), draft / "sites.csv")
            write_csv(network_table(study, speak), draft / "network.csv")
            write_csv(not_reached_table(study, speak), draft / "not_reached.csv")
            if (people := people_table(study.inputs, speak)) is not None:
                write_csv(people, draft / "people.csv")
            write_csv(faults_table(study.problems, speak), draft / "faults.csv")
            if (goals := goals_table(study, speak)) is not None:
                write_csv(goals, draft / "goals.csv")
            for name, table in plan_tables(study, speak).items():
                write_csv(table, draft / name)
            for key, result in study.layers.items():
                if result.proposal is not None and result.proposal.frontier is not None:
                    curve = frontier_svg(result.proposal.frontier, result.layer.label, speak)
                    write_text(curve, draft / f"frontier-{key}.svg")
        with clock.step(Text("写 GeoPackage", "writing the GeoPackage")):
            write_study_gpkg(study, draft / "study.gpkg", language=speak)
        record = run_record(
            study, {**study.seconds, **_searches(study), **clock.seconds}, hashes(draft), speak
        )
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def write_coverage(
    inputs: Inputs, coverage: Coverage, path: str | Path, *, language: Language | None = None
) -> Path:
    """Write the facts of some inputs as the table ``coverage.csv`` is, whole or not at all.

    Parameters
    ----------
    inputs, coverage
        What was measured, and what was found.
    path
        The file.
    language
        Of the labels; the study's own where it is None.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    target = Path(path)
    with whole_file(target) as draft:
        write_csv(facts_table(inputs, coverage, language or inputs.language), draft)
    return target


def run_record(
    study: Study,
    seconds: dict[str, float],
    written: dict[str, str],
    language: Language | None = None,
) -> dict[str, Any]:
    """Return the record of a run: what went in, with which versions, what came out.

    Parameters
    ----------
    study, seconds
        The study, and the time of each step.
    written
        SHA-256 of each file written, by name.
    language
        Of what was written; the study's own where it is None.
    """
    return {
        "what": "run",
        "format": RUN_FORMAT,
        "run_id": run_id(study),
        "title": study.inputs.title,
        "notice": study.inputs.notice,
        "date": study.inputs.date.isoformat(),
        "language": language or study.inputs.language,
        "approval_number": study.inputs.approval_number,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "coverplan": version_of("coverplan"),
            "python": platform.python_version(),
            **{name: version_of(name) for name in _LIBRARIES},
        },
        "config": config_record(study),
        "crs": f"EPSG:{study.inputs.region.crs.to_epsg()}",
        "inputs": [
            {
                "file": f.label,
                "records": f.rows,
                "sha256": f.sha256,
                "crs": f.crs or None,
                "crs_from": f.crs_from or None,
            }
            for f in study.inputs.files
        ],
        "columns": [
            {"file": c.file, "part": c.part, "key": c.key, "column": c.column, "how": c.how}
            for c in study.inputs.columns
            if c.column is not None
        ],
        "people": _people_record(study),
        "roads_repaired": [asdict(report) for report in study.inputs.repairs],
        "layers": layers_record(study),
        "network": {key: _network_record(result) for key, result in study.layers.items()},
        "goals": goals_record(study),
        "plans": {key: _plan_record(result) for key, result in study.layers.items()},
        "warnings": [
            {
                "code": p.code,
                "file": p.file,
                "row": p.row,
                "people": p.people,
                "sites": p.sites,
                "zh": p.what.zh,
                "en": p.what.en,
            }
            for p in study.problems
        ],
        "outputs": written,
        "seconds": seconds,
    }


def _people_record(study: Study) -> list[dict[str, Any]]:
    table = study.inputs.reconciliation
    if table is None:
        return []
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _network_record(result: LayerResult) -> dict[str, Any]:
    found = result.joining
    line = result.graph.straight
    if line is not None:
        return {
            "profile": result.profile.id,
            "straight_line": {"detour": line.detour, "kmh": line.kmh, **line.statement.as_dict()},
            "people_reached": found.reached,
        }
    mean, most = found.mean_metres, found.most_metres
    return {
        "profile": result.profile.id,
        "pieces": found.pieces,
        "people_without_road": found.without_road,
        "people_off_largest_piece": found.off_largest,
        "people_by_piece": [
            {"kilometres": round(km, 3), "people": people} for km, people in found.people_by_piece
        ],
        "metres_to_road_mean": None if mean is None else round(mean, 1),
        "metres_to_road_max": None if most is None else round(most, 1),
        "people_reached": found.reached,
        "people_reached_without_way_to_road": found.reached_without_way,
    }


def _plan_record(result: LayerResult) -> dict[str, Any] | None:
    proposal = result.proposal
    if proposal is None:
        return None
    plan, facts = proposal.plan, proposal.plan.facts
    ids = proposal.problem.sites.ids
    return {
        "model": plan.model,
        "paper": proposal.paper,
        "status": plan.status,
        "objective": plan.objective.id,
        "value": plan.value,
        "bound": plan.bound,
        "gap_percent": None if plan.gap_percent is None else round(plan.gap_percent, 6),
        "sites_asked": plan.asked,
        "sites_opened": plan.chosen_ids(ids),
        "sites_closed": [str(ids[i]) for i in plan.closed],
        "people": facts.people,
        "people_reached_before": facts.reached_before,
        "people_reached_after": facts.reached_after if proposal.has_plan else None,
        "cost_yuan": facts.cost_yuan if proposal.has_plan else None,
        "proof": [text.as_dict() for text in plan.proof],
        "words": plan_words(result),
        "impossible": [
            {
                "constraint": reason.constraint.as_dict(),
                "who": reason.who.as_dict(),
                "people": reason.people,
                "relaxation": reason.relaxation.as_dict(),
            }
            for reason in plan.impossible
        ],
        "sizes": plan.sizes,
        "rejected_candidates": {why.en: n for why, n in proposal.candidates.counts.items()},
    }


def _searches(study: Study) -> dict[str, float]:
    """Return how long the search for each plan took."""
    plans = {result.layer.label.en: result.plan for result in study.layers.values()}
    return {f"search: {k}": round(p.seconds, 3) for k, p in plans.items() if p is not None}
