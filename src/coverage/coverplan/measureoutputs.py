"""From what is measured beside coverage to its files."""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd

from .clock import Clock, OnStep
from .core.text import Language, Text
from .identity import version_of
from .io.write import RECORD, hashes, whole_folder, write_csv, write_gpkg, write_text
from .measure.measures import Measures
from .present.blindmap import blind_spot_svg
from .present.lorenz import lorenz_svg
from .present.lorenz_curves import lorenz_curves
from .present.measure_tables import measure_files, measured_group
from .results import Inputs

_LIBRARIES = ("geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj", "scipy", "shapely")


def write_measures(
    inputs: Inputs,
    found: Measures,
    folder: str | Path,
    *,
    language: Language | None = None,
    on_step: OnStep | None = None,
) -> list[Path]:
    """Write tables, ``measures.gpkg``, pictures and ``run.json``.

    ``minutes.csv`` (nearest and second nearest), ``blind_spots.csv`` (how many services are
    missing, and which), ``access.csv`` and ``supply.csv`` (floating catchments; sites left out by
    name), ``assignment.csv`` (who gets a place by unit, and loads by site), ``inequality.csv``,
    ``lorenz-<layer>.svg`` where there is something to share, and ``blind_spots.svg``.

    The folder is complete or unchanged; but for times of day and seconds in ``run.json`` the same
    inputs give the same bytes.

    Parameters
    ----------
    inputs, found
        The study, and what was measured.
    folder
        Where to.
    language
        Of labels, notes and pictures; the study's own where it is None.
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
    >>> county = cp.small_county()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = cp.write_measures(county, cp.measure_study(county), folder)
    >>> [file.name for file in files][:4]
    ['access.csv', 'assignment.csv', 'blind_spots.csv', 'blind_spots.svg']
    """
    speak = language or inputs.language
    clock, target = Clock(on_step), Path(folder)
    with whole_folder(target) as draft:
        with clock.step(Text("写表格", "writing tables")):
            for name, table in measure_files(inputs, found, speak).items():
                write_csv(table, draft / name)
        with clock.step(Text("画图", "drawing")):
            for name, picture in _pictures(inputs, found, speak).items():
                write_text(picture, draft / name)
        with clock.step(Text("写 GeoPackage", "writing the GeoPackage")):
            layers = {name: inputs.marked(layer) for name, layer in _gis(inputs, found).items()}
            write_gpkg(layers, draft / "measures.gpkg")
        record = _record(inputs, found, clock.seconds, hashes(draft))
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def _pictures(inputs: Inputs, found: Measures, language: Language) -> dict[str, str]:
    pictures = {"blind_spots.svg": _blind_spots(inputs, found, language)}
    for item in inputs.layers:
        key, label = item.layer.id, item.layer.label
        curves = lorenz_curves(found, key, item.layer.group)
        if curves:
            words = measured_group(item.layer.group)
            title = Text(f"{label.zh}：{words.zh}", f"{label.en}: {words.en}")
            notes = (Text.same(inputs.title), *_imprint(inputs))
            pictures[f"lorenz-{key}.svg"] = lorenz_svg(curves, title, language, notes=notes)
    return pictures


def _imprint(inputs: Inputs) -> tuple[Text, ...]:
    """Return what stands under every picture of a study."""
    return tuple(Text.same(words) for words in (inputs.notice, inputs.approval_number) if words)


def _blind_spots(inputs: Inputs, found: Measures, language: Language) -> str:
    demand = inputs.demand
    group = "all" if "all" in demand.groups else demand.groups[0]
    label = measured_group(group)
    unplaced = int(demand.unplaced[group].sum())
    services = [
        Text(
            f"{item.layer.label.zh} {item.layer.minutes:g} 分钟"
            f"（{inputs.profiles[item.layer.profile].label.zh}）",
            f"{item.layer.label.en} {item.layer.minutes:g} min "
            f"({inputs.profiles[item.layer.profile].label.en})",
        )
        for item in inputs.layers
    ]
    listed = Text("、".join(s.zh for s in services), ", ".join(s.en for s in services))
    notes = [
        Text(
            f"缺：时限内没有一处运营设施。服务：{listed.zh}",
            f"Missing: no working site within the minutes. Services: {listed.en}",
        ),
        Text(f"人口：{label.zh}，每点为其住地", f"People: {label.en}; each dot is where they live"),
    ]
    if unplaced:
        notes.append(
            Text(
                f"另有 {unplaced:,} 人没有点位，不在图上，也不在图例中",
                f"{unplaced:,} more people have no point: neither drawn nor in the legend",
            )
        )
    notes += _imprint(inputs)
    return blind_spot_svg(
        found.units,
        found.points,
        people=demand.people(group),
        services=len(inputs.layers),
        title=Text(f"{inputs.title}：盲区", f"{inputs.title}: blind spots"),
        notes=tuple(notes),
        language=language,
    )


def _gis(inputs: Inputs, found: Measures) -> dict[str, gpd.GeoDataFrame]:
    units = found.units.reset_index()
    units.insert(0, "study", inputs.title)
    return {"units": units, "people": found.points.reset_index()}


def _record(
    inputs: Inputs, found: Measures, seconds: dict[str, float], written: dict[str, str]
) -> dict[str, Any]:
    config = inputs.config
    return {
        "title": inputs.title,
        "notice": inputs.notice,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "coverplan": version_of("coverplan"),
            "python": platform.python_version(),
            **{name: version_of(name) for name in _LIBRARIES},
        },
        "config": None if config is None else config.model_dump(mode="json"),
        "measures": found.settings.record,
        "supply": {
            key: {"column": unit.column, "places": unit.places}
            for key, unit in found.supply_units.items()
        },
        "crs": f"EPSG:{inputs.region.crs.to_epsg()}",
        "inputs": [
            {"file": f.label, "records": f.rows, "sha256": f.sha256, "crs": f.crs or None}
            for f in inputs.files
        ],
        "warnings": [
            {"code": p.code, "file": p.file, "row": p.row, "zh": p.what.zh, "en": p.what.en}
            for p in (*inputs.problems, *found.problems)
        ],
        "outputs": written,
        "seconds": seconds,
    }
