"""What lies within some minutes of the working sites: roads cut at the minute, and isochrones."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from .clock import Clock, OnStep
from .core.errors import InputError, Problem, Problems
from .core.text import Text
from .domain.layer import MOST_MINUTES
from .io.write import whole_file, write_gpkg
from .results import Inputs, LayerInput
from .travel import isochrones, service_area, snap
from .travelling import traveller


def reach_areas(
    inputs: Inputs,
    *,
    layers: Sequence[str] | None = None,
    minutes: Sequence[float] | None = None,
    on_step: OnStep | None = None,
) -> dict[str, gpd.GeoDataFrame]:
    """Return the roads and the areas within some minutes of the working sites of each layer.

    Parameters
    ----------
    inputs
        Of the study.
    layers
        Ids of layers; all where left out.
    minutes
        Limits; those of the study where left out.
    on_step
        Called as each step begins.

    Returns
    -------
    dict
        ``roads``: pieces of road cut at the exact minute (see `coverplan.service_area`);
        ``isochrones``: areas for drawing only, never counted (see `coverplan.isochrones`). Both
        with the columns ``layer`` and ``layer_label`` first, in metres.

    Raises
    ------
    ValueError
        When a layer is not one of the study's, or a limit is no number of minutes.
    """
    known = {item.layer.id: item for item in inputs.layers}
    wanted = list(known) if layers is None else list(layers)
    if unknown := [key for key in wanted if key not in known]:
        raise ValueError(f"no layer {unknown[0]!r}: the study has {', '.join(known)}")
    limits = list(inputs.thresholds if minutes is None else minutes)
    clock = Clock(on_step)
    parts = [_areas(inputs, known[key], limits, clock) for key in wanted]
    return {
        name: gpd.GeoDataFrame(
            pd.concat([part[name] for part in parts], ignore_index=True), crs=inputs.region.crs
        )
        for name in ("roads", "isochrones")
    }


def write_areas(areas: dict[str, gpd.GeoDataFrame], path: str | Path) -> Path:
    """Write the result of `reach_areas` into one GeoPackage, which is whole or unchanged.

    Raises
    ------
    InputError
        When nothing is reached, or the file cannot be written.
    """
    target = Path(path)
    check_path(target)
    if not any(len(frame) for frame in areas.values()):
        raise InputError([_nothing(target)])
    with whole_file(target) as draft:
        write_gpkg({name: frame for name, frame in areas.items() if len(frame)}, draft)
    return target


def check_path(path: Path) -> None:
    """Raise `InputError` if areas cannot go to this path, before any work is done."""
    if path.suffix.lower() != ".gpkg":
        raise InputError(
            [
                Problem(
                    code="areas.suffix",
                    what=Text("服务范围写成 GeoPackage", "areas are written as a GeoPackage"),
                    file=str(path),
                    found=path.suffix,
                    expected=Text.same(".gpkg"),
                    mend=Text("把文件名改为 .gpkg 结尾", "give a file name that ends in .gpkg"),
                )
            ]
        )


def _nothing(path: Path) -> Problem:
    return Problem(
        code="areas.nothing",
        what=Text(
            "没有任何范围可写：图层没有运营设施，或设施都不在路上",
            "there is no area to write: no working site, or none near a road",
        ),
        file=str(path),
        mend=Text(
            "核对设施状态、研究日期和坐标", "check the sites' status, the study's date and places"
        ),
    )


def _areas(
    inputs: Inputs, item: LayerInput, limits: list[float], clock: Clock
) -> dict[str, gpd.GeoDataFrame]:
    layer = item.layer
    with clock.step(Text(f"服务范围：{layer.label.zh}", f"areas: {layer.label.en}")):
        graph = traveller(inputs, layer.profile).graph
        sites = snap(graph, item.facilities.working(inputs.date).xy)
        water = None if inputs.water is None else inputs.water.geometry.to_numpy()
        found = {
            "roads": service_area(graph, sites, limits, direction=layer.direction),
            "isochrones": isochrones(graph, sites, limits, direction=layer.direction, water=water),
        }
    for frame in found.values():
        frame.insert(0, "layer", layer.id)
        frame.insert(1, "layer_label", layer.label.of(inputs.language))
    return found


def check_asked(layers: list[str] | None, known: list[str], minutes: list[int] | None) -> None:
    """Refuse layers the study does not have, and minutes no limit can be.

    Parameters
    ----------
    layers, known
        Layers asked for on the command line, and those of the study.
    minutes
        Limits asked for.

    Raises
    ------
    InputError
        With each that cannot be.
    """
    problems = Problems()
    for key in layers or []:
        if key not in known:
            problems.add(
                Problem(
                    code="areas.layer",
                    what=Text("研究里没有这个图层", "the study has no such layer"),
                    column="--layer",
                    found=key,
                    expected=Text("、".join(known), ", ".join(known)),
                    mend=Text("改用其中之一", "name one of these"),
                )
            )
    for limit in minutes or []:
        if not 1 <= limit <= MOST_MINUTES:
            problems.add(
                Problem(
                    code="areas.minutes",
                    what=Text("时限不能使用", "the minutes cannot be used"),
                    column="--minutes",
                    found=str(limit),
                    expected=Text(f"1 至 {MOST_MINUTES}", f"1 to {MOST_MINUTES}"),
                    mend=Text("改为整分钟", "give whole minutes"),
                )
            )
    problems.raise_if_any()
