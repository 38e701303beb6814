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
from .identity import version_of
from .io import (
    PeopleTable,
    kept_network,
    read_areas,
    read_facilities,
    read_network,
    read_people,
    read_places,
    read_region,
    read_relief,
    read_study,
)
from .io.paths import Folder
from .io.points import unit_at
from .people import Placement, place_people
from .results import ForbiddenArea, Inputs, LayerInput, SitingRequest
from .siting.candidates import ALLOWED, OUTSIDE, ground_reasons

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
    _check_files(config, folder, problems)
    with clock.step(Text("读取边界", "reading boundaries")):
        region = _attempt(lambda: read_region(folder, config.region, config.crs), problems)
    if region is None:
        # Nothing else can be placed without units.
        problems.raise_if_any()
        raise AssertionError
    with clock.step(Text("读取人口", "reading people")):
        people = _attempt(lambda: read_people(folder, config.people, region, problems), problems)
    with clock.step(Text("读取道路", "reading roads")):
        network = _attempt(lambda: _roads(folder, config, region, problems), problems)
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
        problems.extend(p for p in error.problems if p not in problems.items)
    except MissingExtraError as error:
        problems.add(
            Problem(
                code="extra.missing",
                what=error.text,
                mend=Text("安装后重试", "install it and try again"),
            )
        )
    return None


def _roads(folder: Folder, config: StudyConfig, region: Region, problems: Problems) -> Network:
    """Return the roads, with heights where the study has them; kept ones where it keeps them."""
    roads = config.roads

    def make(notes: Problems) -> Network:
        network = read_network(folder, roads, region, notes)
        if roads.elevation is None:
            return network
        return network.with_relief(read_relief(folder, roads.elevation, network, notes))

    if roads.cache is None:
        return make(problems)
    files = [roads.source, *(b.source for b in roads.barriers)]
    files += [roads.elevation] if roads.elevation is not None else []
    settings = "\n".join(
        [
            version_of("coverplan"),
            roads.model_dump_json(exclude={"cache"}),
            region.crs.to_wkt(),
            str([round(x) for x in region.units.total_bounds]),
        ]
    )
    return kept_network(roads.cache, folder, files, settings, problems, make)


def _check_files(config: StudyConfig, folder: Folder, problems: Problems) -> None:
    sources: list[tuple[str, Path | None]] = [
        ("people.source", config.people.source),
        ("people.totals", config.people.totals),
        ("roads.source", config.roads.source),
        ("roads.elevation", config.roads.elevation),
        *(("roads.barriers", barrier.source) for barrier in config.roads.barriers),
        *((f"layers.{key}.source", layer.source) for key, layer in config.layers.items()),
        ("map.water", config.map.water),
        ("map.protected", config.map.protected),
    ]
    for key, layer in config.layers.items():
        if layer.siting is not None:
            where = f"layers.{key}.siting"
            sources += [(f"{where}.forbidden", area.source) for area in layer.siting.forbidden]
            if isinstance(layer.siting.candidates, Candidates):
                sources.append((f"{where}.candidates.source", layer.siting.candidates.source))
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
    where = f"layers.{key}.siting.forbidden"
    forbidden = []
    for area in config.forbidden:
        frame = _attempt(
            lambda a=area: read_areas(  # type: ignore[misc]
                folder,
                a.source,
                region.crs,
                key=where,
                problems=problems,
                table=a.table,
                metres=a.metres,
            ),
            problems,
        )
        if frame is not None:
            forbidden.append((frame, area.metres, area.source.stem))
    if isinstance(config.candidates, Candidates):
        candidates = _candidates(folder, key, config.candidates, region, problems)
    else:
        candidates = people.places[["name", "unit", "geometry"]]
    if all(p.code.startswith("siting.") for p in problems.errors):
        _check_enough(key, config, candidates, forbidden, problems)
    return SitingRequest(
        sites=config.sites,
        candidates=candidates.sort_index(),
        forbidden=tuple(forbidden),
        time_limit_seconds=config.time_limit_seconds,
        gap_percent=config.gap_percent,
    )


def _check_enough(
    key: str,
    config: SitingConfig,
    candidates: gpd.GeoDataFrame,
    forbidden: list[ForbiddenArea],
    problems: Problems,
) -> None:
    """Note a layer that asks for more sites than there are candidates that may be used."""
    reasons = ground_reasons(candidates, forbidden)
    free, outside = reasons.count(ALLOWED), reasons.count(OUTSIDE)
    if free >= config.sites:
        return
    problems.add(
        Problem(
            code="siting.too_many" if free else "siting.no_candidate",
            what=Text(
                f"图层 {key} 要新增 {config.sites} 处，可用的候选点只有 {free} 个",
                f"layer {key} asks for {config.sites} new sites of {free} usable candidates",
            ),
            column=f"layers.{key}.siting",
            found=Text(
                f"候选点 {len(candidates)} 个，研究区外 {outside} 个，"
                f"禁建区内 {len(candidates) - outside - free} 个",
                f"{len(candidates)} candidates, {outside} outside the study, "
                f"{len(candidates) - outside - free} where none may stand",
            ),
            expected=Text(f"至少 {config.sites} 个可用", f"at least {config.sites} usable"),
            mend=Text(
                "减少 sites，增加候选点，或核对 forbidden",
                "ask for fewer sites, give more candidates, or check forbidden",
            ),
        )
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
    for row, value in zip(read.table.rows, ids, strict=True):
        if not value or ids.count(value) > 1:
            problems.add(_candidate_id(read.table.file, int(row), read.columns["id"], value))
    names = read.text("name") if "name" in read.columns else ids
    frame = gpd.GeoDataFrame(
        {"name": names, "unit": [unit or "" for unit in unit_at(region, read.points)]},
        index=gpd.pd.Index(ids, name="place_id", dtype=object),
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )
    return frame[read.points.notna().to_numpy() & ~frame.index.duplicated()]


def _candidate_id(file: str, row: int, column: str, value: str) -> Problem:
    return Problem(
        code="candidate.id",
        what=Text("候选点编号为空或重复", "a candidate's id is empty or comes twice"),
        file=file,
        row=row,
        column=column,
        found=value,
        mend=Text("保证编号唯一", "make ids unique"),
    )


def _areas(
    folder: Folder, source: Path | None, region: Region, key: str, problems: Problems
) -> gpd.GeoDataFrame | None:
    if source is None:
        return None
    return _attempt(
        lambda: read_areas(folder, source, region.crs, key=key, problems=problems), problems
    )


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
