"""Candidates of one's own, from a frame, in the place of those a study file names."""

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from .core.errors import InputError, Problem
from .core.text import Text
from .domain.frames import check_frame, check_kinds
from .results import Inputs, LayerInput
from .siting.request import SitingRequest


def with_candidates(inputs: Inputs, layers: Sequence[str], candidates: gpd.GeoDataFrame) -> Inputs:
    """Return inputs of which these layers ask for sites among other candidates.

    Parameters
    ----------
    inputs, layers
        The study, and the ids of the layers.
    candidates
        Points in any coordinate system; columns as in `SitingRequest`, all but ``geometry`` may
        be missing.

    Raises
    ------
    InputError
        When there is no such layer, or the candidates are no points with a coordinate system.
    """
    name = Text("候选点", "candidates")
    check_frame(name, candidates, [])
    check_kinds(name, candidates, ["Point"]).raise_if_any()
    if candidates.crs is None:
        raise InputError([_NO_CRS])
    moved = candidates.to_crs(inputs.region.crs)
    moved.index = moved.index.astype(str)
    for column in {"cost_yuan", "capacity"} & {*moved.columns}:
        moved[column] = pd.to_numeric(moved[column]).round().astype("Int64")
    wanted = {inputs.layer(key).layer.id for key in layers}
    asked = tuple(
        _asking(item, moved) if item.layer.id in wanted else item for item in inputs.layers
    )
    # The study file does not say what is asked here.
    return replace(inputs, layers=asked, config=None)


def _asking(item: LayerInput, candidates: gpd.GeoDataFrame) -> LayerInput:
    if item.siting is None:
        return replace(item, siting=SitingRequest(sites=None, candidates=candidates))
    # Ids that were required or excluded are those of other candidates.
    asked = replace(item.siting, candidates=candidates, required=(), excluded=())
    return replace(item, siting=asked)


_NO_CRS = Problem(
    code="inputs.crs",
    what=Text("候选点没有写明坐标系", "the candidates do not say their coordinate system"),
    column="candidates",
    found="",
    mend=Text("用 set_crs 写明", "say it with set_crs"),
)
