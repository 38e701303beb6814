"""From a study file to inputs: every file read, every fault gathered, people placed."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import geopandas as gpd

from .clock import Clock
from .core.errors import InputError, MissingExtraError, Problem, Problems
from .core.text import Text
from .domain import Network, Region, StudyConfig
from .domain.config import Candidates, LayerConfig, SitingConfig
from .io import (
    PeopleTable,
    read_areas,
    read_facilities,
    read_network,
    read_people,
    read_places,
    read_region,
    read_study,
)
from .io.paths import Folder
from .io.points import unit_at
from .people import Placement, place_people
from .results import Inputs, LayerInput, SitingRequest

_T = TypeVar("_T")


def load_inputs(study: str | Path | StudyConfig, clock: Clock) -> Inputs:
    """Return the inputs a study file names, people placed.

    One file's fatal fault does not hide what is wrong with the others: all are read, and
    everything found is raised together.
    """
    with clock.step(Text("读取研究文件", "reading the study file")):
        if isinstance(study, StudyConfig):
            config, folder = study, Folder(Path.cwd())
        else:
            config, folder = read_study(Path(study)), Folder(Path(study).resolve().parent)
    problems = Problems()
    with clock.step(Text("读取边界", "reading boundaries")):
        region = _attempt(lambda: read_region(folder, config.region, config.crs), problems)
    if region is None:
        # Nothing else can be placed without units; say at least which other files are missing.
        _check_files(config, folder, problems)
        problems.raise_if_any()
        raise AssertionError
    with clock.step(Text("读取人口", "reading people")):
        people = _attempt(lambda: read_people(folder, config.people, region, problems), problems)
    with clock.step(Text("读取道路", "reading roads")):
        network = _attempt(lambda: read_network(folder, config.roads, region, problems), problems)
    with clock.step(Text("读取设施和底图", "reading facilities and base map")):
        layers = [
            layer
            for key, layer_config in config.layers.items()
            if (layer := _layer(folder, key, layer_config, region, people, problems)) is not None
        ]
        water = _areas(folder, config.map.water, region, "map.water", problems)
        protected = _areas(folder, config.map.protected, region, "map.protected", problems)
    problems.raise_if_any()
    if people is None or network is None:
        raise AssertionError
    with clock.step(Text("人口落点", "placing people")):
        placement = _place(config, region, people, network, problems)
    return Inputs(
        title=config.title,
        date=config.date,
        region=region,
        demand=placement.demand,
        network=network,
        layers=tuple(layers),
        profiles=config.all_profiles(),
        notice=config.notice,
        thresholds=tuple(config.thresholds),
        ignore_fragments_metres=config.roads.ignore_fragments_metres,
        language=config.output.language,
        approval_number=config.map.approval_number,
        reconciliation=placement.reconciliation,
        water=water,
        protected=protected,
        spread=_spread_text(config),
        problems=tuple(problems),
        files=tuple(folder.read),
        config=config,
    )


def _attempt(read: Callable[[], _T], problems: Problems) -> _T | None:
    """Return what ``read`` reads, or note why it could not and return None."""
    try:
        return read()
    except InputError as error:
        problems.extend(error.problems)
    except MissingExtraError as error:
        problems.add(
            Problem(
                code="extra.missing",
                what=error.text,
                mend=Text("安装后重试", "install it and try again"),
            )
        )
    return None


def _check_files(config: StudyConfig, folder: Folder, problems: Problems) -> None:
    sources: list[tuple[str, Path | None]] = [
        ("people.source", config.people.source),
        ("people.totals", config.people.totals),
        ("roads.source", config.roads.source),
        *((f"layers.{key}.source", layer.source) for key, layer in config.layers.items()),
        ("map.water", config.map.water),
        ("map.protected", config.map.protected),
    ]
    for key, path in sources:
        if path is not None:
            _attempt(lambda p=path, k=key: folder.find(p, k), problems)  # type: ignore[misc]


def _layer(
    folder: Folder,
    key: str,
    config: LayerConfig,
    region: Region,
    people: PeopleTable | None,
    problems: Problems,
) -> LayerInput | None:
    def read() -> LayerInput:
        facilities = read_facilities(folder, key, config, region, problems)
        siting = None
        if config.siting is not None and people is not None:
            siting = _siting(folder, key, config.siting, region, people, problems)
        return LayerInput(config.layer(key), facilities, siting)

    return _attempt(read, problems)


def _siting(
    folder: Folder,
    key: str,
    config: SitingConfig,
    region: Region,
    people: PeopleTable,
    problems: Problems,
) -> SitingRequest:
    forbidden = []
    for area in config.forbidden:
        where = f"layers.{key}.siting.forbidden"
        frame = read_areas(folder, area.source, region.crs, key=where, table=area.table)
        forbidden.append((frame, area.metres, area.source.stem))
    if isinstance(config.candidates, Candidates):
        candidates = _candidates(folder, key, config.candidates, region, problems)
    else:
        candidates = people.places[["name", "unit", "geometry"]]
    return SitingRequest(
        sites=config.sites,
        candidates=candidates.sort_index(),
        forbidden=tuple(forbidden),
        time_limit_seconds=config.time_limit_seconds,
        gap_percent=config.gap_percent,
    )


def _candidates(
    folder: Folder, key: str, source: Candidates, region: Region, problems: Problems
) -> gpd.GeoDataFrame:
    where = f"layers.{key}.siting.candidates"
    read = read_places(
        folder, source, region, key=where, optional=("id", "name"), problems=problems
    )
    rows = [f"{row:06d}" for row in read.table.rows]
    ids = read.text("id") if "id" in read.columns else rows
    names = read.text("name") if "name" in read.columns else ids
    frame = gpd.GeoDataFrame(
        {"name": names, "unit": [unit or "" for unit in unit_at(region, read.points)]},
        index=gpd.pd.Index(ids, name="place_id", dtype=object),
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )
    return frame[read.points.notna().to_numpy() & ~frame.index.duplicated()]


def _areas(
    folder: Folder, source: Path | None, region: Region, key: str, problems: Problems
) -> gpd.GeoDataFrame | None:
    if source is None:
        return None
    return _attempt(lambda: read_areas(folder, source, region.crs, key=key), problems)


def _place(
    config: StudyConfig,
    region: Region,
    people: PeopleTable,
    network: Network,
    problems: Problems,
) -> Placement:
    streets = config.people.spread == "streets"
    return place_people(
        region,
        people.places,
        people.groups,
        people.totals,
        network=network if streets else None,
        spread_classes=config.people.spread_classes,
        spread_metres=config.people.spread_metres,
        problems=problems,
    )


def _spread_text(config: StudyConfig) -> Text:
    people = config.people
    raked_zh = (
        f"，并按 {people.totals.name} 的各单元总数调整（整数，合计不差一人）"
        if people.totals
        else ""
    )
    raked_en = f", raked to the unit totals of {people.totals.name}" if people.totals else ""
    if people.spread == "points":
        return Text(
            f"人口位于 {people.source.name} 给出的点位{raked_zh}",
            f"people stand at the points of {people.source.name}{raked_en}",
        )
    classes = "、".join(people.spread_classes)
    return Text(
        f"{people.source.name} 各地点的人口按长度分摊到 {people.spread_metres:g} 米内的街道"
        f"（{classes}）{raked_zh}",
        f"the people of each place of {people.source.name} are spread by length along streets "
        f"within {people.spread_metres:g} m ({', '.join(people.spread_classes)}){raked_en}",
    )
