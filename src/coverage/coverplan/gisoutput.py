"""The layers of a study for a GIS, and the GeoPackage that opens coloured and labelled."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.text import Language, Text
from .io.geofiles import Dress, write_dressed_gpkg
from .present.gisfields import Field, fields_of
from .present.gisstyles import styles_of
from .present.visible import visible
from .results import LayerResult, Study

TABLES = {
    "units": (
        Text("单元", "units"),
        Text("各单元的人数、可达人数和比例", "people of each unit, how many are reached"),
    ),
    "sites": (
        Text("设施", "sites"),
        Text("现有、拟建和未计入的设施", "sites there are, proposed, and not counted"),
    ),
    "people": (
        Text("人口点", "people"),
        Text("人口点、人数和到最近一处的分钟数", "where people live, minutes to the nearest site"),
    ),
    "candidates": (
        Text("候选点", "candidates"),
        Text("候选点，入选与否及原因", "candidates: chosen or not, and why"),
    ),
    "roads": (Text("道路", "roads"), Text("计算所用的路网", "the network times are computed on")),
}
"""Tables of a study's GeoPackage: what each is called, and what it holds."""


def gis_layers(study: Study) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of ``study.gpkg``: units, sites, people, candidates, roads; in metres.

    Minutes have five decimals: enough that a limit of whole minutes takes in who it should.
    """
    inputs = study.inputs
    network = inputs.network
    roads = gpd.GeoDataFrame(
        {
            "class": network.road_class,
            "direction": network.direction.astype(int),
            "metres": network.metres.round(2),
        },
        geometry=network.lines,
        crs=network.crs,
    )
    layers = {
        "units": _units_layer(study),
        "sites": study.sites.assign(study=study.inputs.title),
        "people": _people_layer(study),
        "candidates": _candidates_layer(study),
        "roads": roads,
    }
    return {name: inputs.marked(frame) for name, frame in layers.items() if len(frame)}


def gis_fields(study: Study, layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, list[Field]]:
    """Return what the fields of each layer are called, geometry left out."""
    return {
        name: fields_of(study, name, [c for c in frame.columns if c != frame.geometry.name])
        for name, frame in layers.items()
    }


def write_study_gpkg(study: Study, path: Path, *, language: Language | None = None) -> None:
    """Write the layers of a study as one GeoPackage with titles and styles inside.

    QGIS opens each table coloured as the page is and labelled; further styles, one for each layer
    and phase, stand in its list of styles.

    Parameters
    ----------
    study
        What was computed.
    path
        The file, which is not there yet.
    language
        Of titles, legends and names of fields; the study's own where it is None.
    """
    layers = gis_layers(study)
    write_dressed_gpkg(layers, dresses(study, layers, language or study.inputs.language), path)


def dresses(
    study: Study, layers: Mapping[str, gpd.GeoDataFrame], language: Language
) -> dict[str, Dress]:
    """Return titles, names of fields and styles of some layers of a study."""
    inputs = study.inputs
    head = f"{visible(inputs.title, 120)}，{inputs.date.isoformat()}"
    found = {}
    for name, fields in gis_fields(study, layers).items():
        title, about = TABLES[name]
        aliases = {field.name: field.alias.of(language) for field in fields}
        styles = styles_of(study, name, aliases, language)
        found[name] = Dress(
            title.of(language),
            f"{about.of(language)}。{head}" if language == "zh" else f"{about.en}. {head}",
            {f.name: (f.alias.of(language), f.unit.of(language)) for f in fields},
            tuple(styles),
        )
    return found


def _units_layer(study: Study) -> gpd.GeoDataFrame:
    units = study.inputs.region.units.reset_index()
    units.insert(0, "study", study.inputs.title)
    facts = study.coverage.shares.set_index("unit_code")
    for key, result in study.layers.items():
        own = facts[facts["layer"] == key]
        has = own[(own["indicator"] == "has_one") & (own["phase"] == "before")]
        units[f"{key}_has_one"] = units["code"].map(has["value"])
        reached = own[
            (own["indicator"] == "people_reached") & (own["minutes"] == result.layer.minutes)
        ]
        for phase, rows in reached.groupby("phase"):
            units[f"{key}_people"] = units["code"].map(rows["denominator"])
            units[f"{key}_reached_{phase}"] = units["code"].map(rows["value"])
            units[f"{key}_percent_{phase}"] = units["code"].map(rows["share_percent"])
    return units


def _people_layer(study: Study) -> gpd.GeoDataFrame:
    points = study.inputs.demand.points.reset_index()
    for key, result in study.layers.items():
        points[f"{key}_minutes"] = _minutes(result, "before")
        if result.after is not None:
            points[f"{key}_minutes_after"] = _minutes(result, "after")
    return points


def _minutes(result: LayerResult, phase: str) -> NDArray[np.float64]:
    """Return minutes fine enough to tell a millisecond beyond a limit from the limit."""
    return np.round(result.minutes(phase), 5)


def _candidates_layer(study: Study) -> gpd.GeoDataFrame:
    parts = []
    for key, result in study.layers.items():
        if result.candidates is None or result.proposal is None:
            continue
        frame = result.candidates.places.reset_index(names="candidate_id")
        chosen = set(result.proposal.chosen.index)
        frame.insert(0, "layer", key)
        frame["chosen"] = frame["candidate_id"].isin(chosen)
        frame["rejected_zh"] = [r.zh for r in result.candidates.reasons]
        frame["rejected_en"] = [r.en for r in result.candidates.reasons]
        parts.append(frame)
    if not parts:
        return gpd.GeoDataFrame(geometry=[], crs=study.inputs.region.crs)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=study.inputs.region.crs)
