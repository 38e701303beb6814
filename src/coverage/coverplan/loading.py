"""From a study file to inputs: every file read, every fault gathered, people placed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd

from .clock import Clock
from .core.errors import Problem, Problems
from .core.text import Text
from .domain import Facilities, Network, Region, StudyConfig
from .domain.database import DatabaseUrl
from .domain.goal import Goal
from .domain.straight import without_roads
from .identity import version_of
from .io import (
    PeopleTable,
    check_datums,
    kept_network,
    read_areas,
    read_facilities,
    read_network,
    read_people,
    read_region,
    read_relief,
    read_study,
)
from .io.datumcheck import FileVerdict
from .io.echoes import without_echoes
from .io.goalchecks import check_goals, read_goals
from .io.graphs.study import graph_roads, with_graph
from .io.leavingout import leave_out, within
from .io.paths import Folder
from .io.sitingchecks import check_siting
from .io.straightchecks import check_ways
from .io.studyfaults import StudyText
from .io.studyfile import Change
from .io.touches import Touches
from .measure.policy import INDICATOR_TYPES
from .people import Placement, place_people, spread_text
from .results import Inputs, LayerInput
from .siting_inputs import SitingFiles, Surroundings, read_siting, siting_paths, siting_request


@dataclass(slots=True)
class Gathered:
    """What a study file names, as far as it could be read, and everything found wrong with it.

    Parameters
    ----------
    config, folder
        The study, and its folder with a record of what was read.
    problems
        Every fault and warning.
    region, people, network
        Units, people and roads; None where they could not be read.
    facilities
        Facilities by layer, of the layers that could be read.
    placement
        People at their places; None where something they need is missing.
    inputs
        Everything together; None where an error stands in the way.
    datums
        What is known of the datum of each file of points.
    """

    config: StudyConfig
    folder: Folder
    problems: Problems
    region: Region | None = None
    people: PeopleTable | None = None
    network: Network | None = None
    facilities: dict[str, Facilities] = field(default_factory=dict)
    placement: Placement | None = None
    inputs: Inputs | None = None
    datums: tuple[FileVerdict, ...] = ()

    def touched(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return faults with how many people and facilities each touches, where that is known."""
        known = Touches.of_study(
            self.folder, self.config, self.region, self.people, self.facilities
        )
        return known.fill(problems)

    def say_touched(self) -> None:
        """Fill in whom each fault found so far touches."""
        self.problems.items[:] = self.touched(self.problems)


def load_inputs(
    study: str | Path | StudyConfig,
    clock: Clock,
    change: Change | None = None,
    roads: object | None = None,
) -> Inputs:
    """Return the inputs a study file names, people placed; ``change`` alters what it asks first.

    One file's fatal fault does not hide what is wrong with the others: all are read, and
    everything found is raised together.
    """
    gathered = gather(study, clock, change, roads)
    gathered.problems.raise_if_any()
    if gathered.inputs is None:
        raise AssertionError
    return gathered.inputs


def gather(
    study: str | Path | StudyConfig,
    clock: Clock,
    change: Change | None = None,
    roads: object | None = None,
) -> Gathered:
    """Return everything a study file names as far as it can be read, and every fault met.

    Parameters
    ----------
    study, clock, change
        As in `load_inputs`.
    roads
        A road graph of osmnx that takes the place of the road file.

    Raises
    ------
    InputError
        When the study file itself cannot be used: nothing else can be looked at then.
    """
    problems = Problems()
    with clock.step(Text("读取研究文件", "reading the study file")):
        config, folder = _study(study, change, problems, roads)
    found = Gathered(config, folder, problems)
    _check_files(config, folder, problems)
    goals = problems.attempt(lambda: _goals(config, folder, study, problems)) or {}
    with clock.step(Text("读取边界", "reading boundaries")):
        found.region = problems.attempt(
            lambda: read_region(
                folder, config.region, config.crs, date=config.date, problems=problems
            )
        )
    # Nothing else can be placed without units.
    if found.region is not None:
        sited = _read_files(found, found.region, clock)
        problems.items[:] = without_echoes(problems)
        if not problems.errors:
            problems.attempt(lambda: _put_together(found, sited, goals, clock))
    found.say_touched()
    return found


def _read_files(
    found: Gathered, whole: Region, clock: Clock
) -> tuple[dict[str, SitingFiles], gpd.GeoDataFrame | None, gpd.GeoDataFrame | None]:
    """Read people, roads and facilities; return files of siting, water and protected areas."""
    config, folder, problems = found.config, found.folder, found.problems
    with clock.step(Text("读取人口", "reading people")):
        people = problems.attempt(
            lambda: read_people(folder, config.people, whole, problems, progress=clock.progress)
        )
    # Who and what lies in units left out is known by their boundaries: these go last.
    region, found.people = leave_out(whole, people, config.region.leave_out, problems)
    found.region = region
    with clock.step(Text("读取道路", "reading roads")):
        found.network = problems.attempt(lambda: _roads(folder, config, whole, problems, clock))
    with clock.step(Text("读取设施和底图", "reading facilities and base map")):
        facilities = _facilities(folder, config, whole, people, problems)
        found.facilities = {key: within(region, some) for key, some in facilities.items()}
        sited = {
            key: read_siting(folder, key, layer.siting, region, problems)
            for key, layer in config.layers.items()
            if layer.siting is not None
        }
        water = _areas(folder, config.map.water, region, "map.water", problems)
        protected = _areas(folder, config.map.protected, region, "map.protected", problems)
    found.datums = check_datums(folder, config, whole, found.network, problems)
    return sited, water, protected


def _put_together(
    found: Gathered,
    read: tuple[dict[str, SitingFiles], gpd.GeoDataFrame | None, gpd.GeoDataFrame | None],
    goals: dict[str, tuple[Goal, ...]],
    clock: Clock,
) -> None:
    """Place people, make candidates, and set the inputs."""
    sited, water, protected = read
    config, folder, problems = found.config, found.folder, found.problems
    region, people, network = found.region, found.people, found.network
    if region is None or people is None or network is None:
        raise AssertionError
    with clock.step(Text("人口落点", "placing people")):
        placement = _place(config, region, people, network, problems)
    found.placement = placement
    with clock.step(Text("候选点", "candidates")):
        around = Surroundings(
            config, folder, region, people.places, placement.demand, network, found.facilities
        )
        layers = _layers(around, sited, goals, problems)
    found.say_touched()
    found.inputs = Inputs(
        title=config.title,
        date=config.date,
        region=region,
        demand=placement.demand,
        network=network,
        layers=layers,
        profiles=config.all_profiles(),
        notice=config.notice,
        thresholds=tuple(config.thresholds),
        ignore_fragments_metres=config.roads.ignore_fragments_metres,
        language=config.output.language,
        approval_number=config.map.approval_number,
        reconciliation=placement.reconciliation,
        water=water,
        protected=protected,
        spread=spread_text(config.people),
        problems=tuple(problems),
        files=tuple(folder.read),
        columns=tuple(folder.columns),
        repairs=tuple(folder.repairs),
        config=config,
        joint=config.joint,
        folder=folder.root,
    )


def _study(
    study: str | Path | StudyConfig, change: Change | None, problems: Problems, roads: object | None
) -> tuple[StudyConfig, Folder]:
    """Return a study and its folder; that of a study made in code is where one works."""
    if not isinstance(study, StudyConfig):
        change = change if roads is None else with_graph(change)
        folder = Folder(Path(study).resolve().parent, graph=roads)
        return read_study(Path(study), change), folder
    study = _changed(study, change)
    check_siting(study, StudyText("study"), problems)
    check_ways(study, StudyText("study"), problems)
    check_goals(study, StudyText("study"), problems)
    problems.raise_if_any()
    config = study if roads is None else graph_roads(study)
    return config, Folder(Path.cwd(), graph=roads)


def _goals(
    config: StudyConfig, folder: Folder, study: str | Path | StudyConfig, problems: Problems
) -> dict[str, tuple[Goal, ...]]:
    """Return what is aimed at, layer by layer."""
    words = StudyText("study")
    if not isinstance(study, StudyConfig):
        path = Path(study)
        words = StudyText(path.name, path.read_text(encoding="utf-8-sig"))
    labels = {key: kind.label for key, kind in INDICATOR_TYPES.items()}
    return read_goals(folder, config, words, problems, indicators=labels)


def _changed(study: StudyConfig, change: Change | None) -> StudyConfig:
    """Return a study made in code as a change to its tables makes it."""
    if change is None:
        return study
    data = study.model_dump(exclude_unset=True)
    change(data)
    return StudyConfig.model_validate(data)


def _roads(
    folder: Folder, config: StudyConfig, region: Region, problems: Problems, clock: Clock
) -> Network:
    """Return the roads, with heights where the study has them; kept ones where it keeps them."""
    roads = config.roads
    if roads.detour is not None:
        problems.add(without_roads(roads.detour))
        return Network.without_roads(region.crs)

    def make(notes: Problems) -> Network:
        network = read_network(folder, roads, region, notes, progress=clock.progress)
        if roads.elevation is None:
            return network
        return network.with_relief(read_relief(folder, roads.elevation, network, notes))

    if roads.cache is None or folder.graph is not None:
        return make(problems)
    files = [roads.file, *(b.source for b in roads.barriers)]
    if any(isinstance(file, DatabaseUrl) for file in files):
        # Whether a table has changed is known when it has been read.
        return make(problems)
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
    located = config.people.located_by
    sources: list[tuple[str, Path | None]] = [
        ("region.units", config.region.units),
        ("region.crosswalk", None if config.region.former is None else config.region.former.source),
        ("people.source", None if config.people.totals_alone else config.people.source),
        ("people.totals", config.people.totals),
        ("people.locations.source", located.source if located is not None else None),
        ("roads.source", None if folder.graph is not None else config.roads.source),
        ("roads.elevation", config.roads.elevation),
        *(("roads.barriers", barrier.source) for barrier in config.roads.barriers),
        *((f"layers.{key}.source", layer.source) for key, layer in config.layers.items()),
        ("map.water", config.map.water),
        ("map.protected", config.map.protected),
    ]
    for key, layer in config.layers.items():
        if layer.siting is not None:
            sources += siting_paths(key, layer.siting)
    for key, path in sources:
        if path is not None:
            problems.attempt(lambda p=path, k=key: folder.find(p, k))  # type: ignore[misc]
    problems.extend(folder.notes)


def _facilities(
    folder: Folder,
    config: StudyConfig,
    region: Region,
    people: PeopleTable | None,
    problems: Problems,
) -> dict[str, Facilities]:
    villages = None if people is None else people.places
    read = {
        key: problems.attempt(
            lambda k=key, layer=layer: read_facilities(  # type: ignore[misc]
                folder, k, layer, region, problems, villages
            )
        )
        for key, layer in config.layers.items()
    }
    return {key: facilities for key, facilities in read.items() if facilities is not None}


def _layers(
    around: Surroundings,
    sited: dict[str, SitingFiles],
    goals: dict[str, tuple[Goal, ...]],
    problems: Problems,
) -> tuple[LayerInput, ...]:
    """Return the layers with what is asked for each, candidates made now that all is known."""
    layers = []
    for key, config in around.config.layers.items():
        request = None
        if config.siting is not None:
            siting, files = config.siting, sited[key]
            request = problems.attempt(
                lambda k=key, s=siting, f=files: siting_request(k, s, f, around, problems)  # type: ignore[misc]
            )
        facilities = around.facilities[key]
        layers.append(LayerInput(config.layer(key), facilities, request, goals.get(key, ())))
    problems.raise_if_any()
    return tuple(layers)


def _areas(
    folder: Folder, source: Path | None, region: Region, key: str, problems: Problems
) -> gpd.GeoDataFrame | None:
    if source is None:
        return None
    return problems.attempt(
        lambda: read_areas(folder, source, region.crs, key=key, problems=problems)
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
        beyond_all=config.people.registered,
        problems=problems,
    )
