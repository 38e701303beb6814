"""From the siting table of a layer to what is asked: files read, candidates made, faults gathered.

In two steps: `read_siting` reads the files a layer names, while the rest of the study is read;
`siting_request` makes the candidates and checks them against each other, once people and roads
are known.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .core.errors import Problem, Problems
from .core.text import Text
from .domain import Demand, Facilities, Network, Region, StudyConfig
from .domain.ground_rules import builtin_ground_rules, ground_kinds
from .domain.siting_config import OF_LAYER, Candidates, SitingConfig
from .io import read_areas, read_candidates, read_slopes
from .io.paths import Folder
from .io.points import unit_at
from .io.sitingchecks import distance_to_keep
from .io.unitnames import unit_finder
from .siting.classes import filled, with_classes
from .siting.ground import ForbiddenArea, RequiredArea
from .siting.request import SitingRequest, numbers_of
from .siting.requestchecks import KnownIds, check_request
from .siting.thinning import road_nodes, thinned
from .travel import mode_graph


@dataclass(frozen=True, slots=True)
class SitingFiles:
    """What the files of one siting table hold.

    Parameters
    ----------
    candidates
        Of each source in its order; None where it is no file, or cannot be read.
    forbidden, required
        Areas new sites keep away from, and areas they lie in.
    homes_metres
        Distance to keep from places with people.
    """

    candidates: tuple[gpd.GeoDataFrame | None, ...]
    forbidden: tuple[ForbiddenArea, ...]
    required: tuple[RequiredArea, ...]
    homes_metres: float | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What candidates are made of beside the files of their own siting table.

    Parameters
    ----------
    config, folder
        The study file, and the folder its paths are relative to.
    region, villages, demand, network
        Units, the places of the population table, where people live, and the roads.
    facilities
        Of each layer.
    """

    config: StudyConfig
    folder: Folder
    region: Region
    villages: gpd.GeoDataFrame
    demand: Demand
    network: Network
    facilities: Mapping[str, Facilities]


def siting_paths(key: str, siting: SitingConfig) -> list[tuple[str, Path]]:
    """Return every file a siting table names, with the key that names it.

    Parameters
    ----------
    key, siting
        The layer's key, and its siting table.
    """
    where = f"layers.{key}.siting"
    return [
        *((f"{where}.forbidden", a.source) for a in siting.forbidden if a.source and not a.homes),
        *((f"{where}.required_areas", a.source) for a in siting.required_areas),
        *((f"{where}.candidates.source", s.source) for s in siting.sources if s.word is None),
    ]


def read_siting(
    folder: Folder, key: str, siting: SitingConfig, region: Region, problems: Problems
) -> SitingFiles:
    """Return what the files of a siting table hold, every fault noted.

    Parameters
    ----------
    folder, key, siting, region
        The study's folder, the layer's key, its siting table, and the units.
    problems
        Where faults go.
    """
    where = f"layers.{key}.siting"
    forbidden: list[ForbiddenArea] = []
    homes: list[float] = []
    for area in siting.forbidden:
        metres = distance_to_keep(siting, area)
        if metres is None:
            continue  # refused with the study file
        if area.homes or area.source is None:
            homes.append(metres)
            continue
        frame = _areas(
            folder, area.source, area.table, region, f"{where}.forbidden", metres, problems
        )
        if frame is not None:
            label = ground_kinds()[area.kind] if area.kind else Text.same(area.source.stem)
            forbidden.append((frame, metres, label))
    required: list[RequiredArea] = []
    for wanted in siting.required_areas:
        key_of = f"{where}.required_areas"
        frame = _areas(folder, wanted.source, wanted.table, region, key_of, 0.0, problems)
        if frame is not None:
            required.append((frame, wanted.source.stem))
    problems.extend(_not_given(siting, where))
    candidates = tuple(
        _read_source(folder, source, region, f"{where}.candidates", problems)
        for source in siting.sources
    )
    return SitingFiles(candidates, tuple(forbidden), tuple(required), max(homes, default=None))


def _areas(
    folder: Folder,
    source: Path,
    table: str | None,
    region: Region,
    key: str,
    metres: float,
    problems: Problems,
) -> gpd.GeoDataFrame | None:
    return problems.attempt(
        lambda: read_areas(
            folder, source, region.crs, key=key, problems=problems, table=table, metres=metres
        )
    )


def _read_source(
    folder: Folder, source: Candidates, region: Region, key: str, problems: Problems
) -> gpd.GeoDataFrame | None:
    if source.word is not None:
        return None
    return problems.attempt(
        lambda: read_candidates(folder, source, region, key=key, problems=problems)
    )


def _not_given(siting: SitingConfig, where: str) -> list[Problem]:
    """Return a warning of what the ground rules also speak of and the study gives no areas of."""
    rules = builtin_ground_rules().get(siting.ground_rules or "")
    if rules is None:
        return []
    given = {area.kind or ("homes" if area.homes else "") for area in siting.forbidden}
    kinds = ground_kinds()
    missing = [kind for kind in rules.metres if kind not in given]
    if not missing:
        return []
    return [
        Problem(
            code="siting.ground_missing",
            what=Text(
                f"{rules.label.zh}还有要求，但没有给出这些区域，未作检查",
                f"{rules.label.en}: it also speaks of these, which were not given and not checked",
            ),
            column=f"{where}.forbidden",
            found=Text(
                "、".join(_demand(kinds[k].zh, rules.metres[k], "米", "距离未知") for k in missing),
                ", ".join(
                    _demand(kinds[k].en, rules.metres[k], "m", "distance unknown") for k in missing
                ),
            ),
            mend=Text(
                "在 forbidden 中补上这些区域，并写明 kind",
                "add them to forbidden, each with its kind",
            ),
            severity="warning",
        )
    ]


def _demand(kind: str, metres: float | None, unit: str, unknown: str) -> str:
    return f"{kind} {unknown}" if metres is None else f"{kind} {metres:g} {unit}"


def siting_request(
    key: str, siting: SitingConfig, files: SitingFiles, around: Surroundings, problems: Problems
) -> SitingRequest:
    """Return what is asked for a layer, its candidates made, every fault noted.

    Parameters
    ----------
    key, siting, files
        The layer's key, its siting table, and what its files hold.
    around
        Everything else candidates are made of.
    problems
        Where faults go.
    """
    places = _places(key, siting, files, around, problems)
    if siting.most_slope_percent is not None and around.config.roads.elevation is not None:
        xy = np.column_stack([places.geometry.x, places.geometry.y]).reshape(-1, 2)
        slopes = read_slopes(around.folder, around.config.roads.elevation, xy, around.region.crs)
        places = places.assign(slope_percent=slopes)
    standing = around.facilities[key]
    classes = tuple(size.name for size in siting.classes)
    closable = standing.working(around.config.date).sites.index if siting.closable else ()
    known = KnownIds(frozenset(map(str, places.index)), classes, frozenset(closable))
    required, keep = known.rows(key, "required", siting.required, problems)
    excluded, shut = known.rows(key, "excluded", siting.excluded, problems)
    request = SitingRequest(
        candidates=with_classes(places, siting.classes),
        forbidden=files.forbidden,
        keep_ids=keep,
        shut_ids=shut,
        required=required,
        excluded=excluded,
        required_areas=files.required,
        homes_metres=files.homes_metres,
        unit_weights=by_code(siting.unit_weights, around.region),
        **numbers_of(siting),
    )
    problems.extend(
        check_request(
            key,
            request,
            homes_xy=around.demand.homes_xy,
            kept_xy=request.kept(standing.working(around.config.date)).xy,
            codes=around.region.codes,
        )
    )
    return request


def _places(
    key: str, siting: SitingConfig, files: SitingFiles, around: Surroundings, problems: Problems
) -> gpd.GeoDataFrame:
    """Return the candidates of all sources, one row each, sorted by id."""
    frames = []
    for source, read in zip(siting.sources, files.candidates, strict=True):
        word = source.word
        if word is None:
            frame = read
        elif word.startswith(OF_LAYER):
            frame = _of_layer(word.removeprefix(OF_LAYER), around)
        elif word == "roads":
            frame = _of_roads(key, siting, around)
        else:
            frame = around.villages[["name", "unit", "geometry"]]
        if frame is not None:
            frames.append(_named(frame, source, siting))
    if not frames:
        return _EMPTY.set_crs(around.region.crs)
    places = gpd.GeoDataFrame(pd.concat(frames), crs=around.region.crs)
    times = Counter(places.index)
    for twice in sorted(str(i) for i, n in times.items() if n > 1):
        problems.add(_same_id(key, twice))
    return places[~places.index.duplicated()].sort_index()


def _named(frame: gpd.GeoDataFrame, source: Candidates, siting: SitingConfig) -> gpd.GeoDataFrame:
    """Return the candidates of one source with what the study says of all of them."""
    cost = siting.cost_yuan if source.cost_yuan is None else source.cost_yuan
    capacity = siting.capacity if source.capacity is None else source.capacity
    own = {
        "source": source.word or source.source.stem,
        "kind": source.kind,
        "cost_yuan": filled(frame, "cost_yuan", cost),
        "capacity": filled(frame, "capacity", capacity),
    }
    return frame.assign(**own)


def _of_layer(layer: str, around: Surroundings) -> gpd.GeoDataFrame:
    """Return the buildings of another layer that stand: at work on the day, or idle."""
    facilities = around.facilities[layer]
    working = facilities.working(around.config.date).sites.index
    stands = facilities.sites.index.isin(working) | (facilities.sites["status"] == "idle")
    sites = facilities.sites[stands]
    return gpd.GeoDataFrame(
        {
            "name": sites["name"].to_numpy(dtype=object),
            "unit": sites["unit"].to_numpy(dtype=object),
        },
        index=pd.Index([f"{layer}:{i}" for i in sites.index], dtype=object),
        geometry=sites.geometry.to_numpy(),
        crs=around.region.crs,
    )


def _of_roads(key: str, siting: SitingConfig, around: Surroundings) -> gpd.GeoDataFrame:
    """Return the nodes of the roads the layer's users travel on, in the study, thinned."""
    config = around.config
    profile = config.all_profiles()[config.layers[key].layer(key).profile]
    graph = mode_graph(
        around.network, profile, ignore_fragments_metres=config.roads.ignore_fragments_metres
    )
    nodes = road_nodes(graph)
    points = gpd.GeoSeries(
        gpd.points_from_xy(*around.network.node_xy[nodes].T), crs=around.region.crs
    )
    units = np.array([unit or "" for unit in unit_at(around.region, points)], dtype=object)
    inside = np.flatnonzero(units != "")
    some = inside[thinned(around.network.node_xy[nodes[inside]], siting.candidate_spacing_metres)]
    ids = [f"road:{node:07d}" for node in nodes[some]]
    return gpd.GeoDataFrame(
        {"name": _near(around.villages, points.iloc[some], nodes[some]), "unit": units[some]},
        index=pd.Index(ids, dtype=object),
        geometry=points.iloc[some].to_numpy(),
        crs=around.region.crs,
    )


def _near(places: gpd.GeoDataFrame, points: gpd.GeoSeries, nodes: NDArray[np.int64]) -> list[str]:
    """Return names for road nodes: the nearest village, and the number of the node."""
    if not len(places) or not len(points):
        return [str(node) for node in nodes]
    _, nearest = shapely.STRtree(places.geometry.to_numpy()).query_nearest(
        points.to_numpy(), all_matches=False
    )
    return [f"{places['name'].iloc[i]}·{node}" for i, node in zip(nearest, nodes, strict=True)]


_EMPTY = gpd.GeoDataFrame(
    {
        "name": pd.Series([], dtype=object),
        "unit": pd.Series([], dtype=object),
        "source": pd.Series([], dtype=object),
        "kind": pd.Series([], dtype=object),
        "cost_yuan": pd.array([], dtype="Int64"),
        "capacity": pd.array([], dtype="Int64"),
    },
    index=pd.Index([], dtype=object),
    geometry=gpd.GeoSeries([]),
)


def by_code(weights: Mapping[str, int], region: Region) -> dict[str, int]:
    """Return weights by the codes of units; a name no unit has stays, and is refused.

    Parameters
    ----------
    weights, region
        By code or name, and the units.
    """
    finder = unit_finder(region)
    return {finder.get(word, word): factor for word, factor in weights.items()}


def _same_id(key: str, twice: str) -> Problem:
    return Problem(
        code="candidate.id",
        what=Text("两处候选点来源用了同一编号", "two sources of candidates use one id"),
        column=f"layers.{key}.siting.candidates",
        found=twice,
        mend=Text("保证各来源的编号互不相同", "make ids unique over all sources"),
    )
