"""From what each file is to the tables of a study file, each entry with its reason."""

import datetime
from collections.abc import Mapping
from typing import Any

from ...core.text import Language, Text
from ...domain.config import RoadsConfig
from ...domain.layer import builtin_layers
from ...domain.profile import KNOWN_CLASSES, builtin_profiles
from ..columns import match
from .choice import Choice
from .columns import group_columns
from .draft import Draft, Offer, in_file, source_of
from .layers import draft_layer
from .roles import Claim
from .shapes import CLASS_MEANINGS

ASSUMED_DETOUR = 1.4
"""Proposed where there is no road file, as an assumption somebody must confirm."""

_ASSUMED_CLASS = "tertiary"
_HOMES = frozenset({"residential", "living_street"})


def draft_study(choice: Choice, *, title: str, date: datetime.date, language: Language) -> Draft:
    """Return the tables of a study of the files chosen.

    Parameters
    ----------
    choice
        What each file is: boundaries, people and one layer at least.
    title, date, language
        Of the study.
    """
    draft = Draft({"title": title, "date": date})
    units = choice.one["units"]
    draft.set(("region", "units"), *source_of(choice, units, "units"))
    in_file(draft, ("region",), units)
    former = choice.one.get("crosswalk")
    if former is not None:
        file, why = source_of(choice, former, "crosswalk")
        sheet = former.look.table
        table = {"source": file, "table": sheet} if sheet else file
        draft.set(("region", "crosswalk"), table, why)
    groups = _people(draft, choice)
    _roads(draft, choice)
    for key, claim in choice.layers.items():
        draft_layer(draft, choice, key, claim, groups)
    _targets(draft, choice)
    for role in ("water", "protected"):
        area = choice.one.get(role)
        if area is not None and area.look.table is None:
            draft.set(("map", role), *source_of(choice, area, role))
        elif area is not None:
            draft.note(("map",), _several(area.look.name))
    draft.set(("output", "folder"), "result")
    draft.set(("output", "language"), language)
    return draft


def _several(name: str) -> Text:
    return Text(
        f"{name}：文件有几个图层，[map] 不能指明，请另存为单独的文件",
        f"{name}: one layer of several, which [map] cannot name; save it as a file of its own",
    )


def _people(draft: Draft, choice: Choice) -> Mapping[str, object]:
    """Set the people of the study; return its groups."""
    points, raster = choice.one.get("people"), choice.one.get("people_raster")
    totals = choice.one.get("totals")
    if points is not None:
        draft.set(("people", "source"), *source_of(choice, points, "people"))
        in_file(draft, ("people",), points)
        _locations(draft, choice)
        groups: dict[str, Any] = dict(points.groups)
        draft.set(("people", "groups"), groups)
        found = group_columns(points.look)
        for group, note in found.notes.items():
            draft.note(("people", "groups"), Text(f"{group}：{note.zh}", f"{group}: {note.en}"))
        if totals is not None:
            _totals(draft, choice, totals, groups)
        if found.registered:
            offer = {**groups, "registered": {"column": found.registered, "registered": True}}
            draft.offers[("people",)] = [Offer("groups", offer, _BOTH)]
        if "name" in points.shown and _has_streets(choice):
            draft.set(("people", "spread"), "streets", _STREETS)
        return groups
    groups = dict(totals.groups) if totals is not None else {"all": "人口"}
    if raster is not None:
        draft.set(("people", "source"), *source_of(choice, raster, "people"))
    elif totals is not None:
        _spread_totals(draft, choice)
    draft.set(("people", "groups"), groups)
    if totals is not None:
        _totals(draft, choice, totals, groups)
    return groups


def _locations(draft: Draft, choice: Choice) -> None:
    """Set where the villages of a table without coordinates stand."""
    places = choice.one.get("locations")
    if places is None:
        return
    file, why = source_of(choice, places, "locations")
    table: dict[str, Any] = {"source": file}
    table |= {"table": places.look.table} if places.look.table else {}
    table |= {"columns": dict(places.columns)} if places.columns else {}
    why = Text(f"各村的点位：{why.zh}", f"where the villages stand: {why.en}")
    draft.set(("people", "locations"), table, why)


_BOTH = Text("连同户籍人口一起统计时改用", "to count registered people beside residents")
_STREETS = Text(
    "各村的人分摊到附近街巷；要留在村的点位，改为 points",
    "people of a village along the streets nearby; points leaves them at its point",
)


def _totals(draft: Draft, choice: Choice, totals: Claim, groups: dict[str, Any]) -> None:
    """Set the census totals, where they have the groups; else say why they are not used."""
    columns: dict[str, str] = dict(totals.columns)
    for group, column in groups.items():
        own = match(totals.look.columns, column) or totals.groups.get(group)
        if own is None:
            lost = Text(
                f"没有用 {totals.look.name}：缺少人群 {group} 的总数",
                f"{totals.look.name} is not used: it has no totals of {group}",
            )
            draft.note(("people",), lost)
            return
        if match(totals.look.columns, column) is None:
            columns[group] = own
    draft.set(("people", "totals"), *source_of(choice, totals, "totals"))
    if "name" in totals.shown:
        draft.note(("people", "totals"), _SUMS)
    if columns:
        draft.set(("people", "totals_columns"), columns)


def _spread_totals(draft: Draft, choice: Choice) -> None:
    for role in ("buildings", "areas"):
        shapes = choice.one.get(role)
        if shapes is not None:
            draft.set(("people", "spread"), role, _ALONE)
            table = {"source": shapes.look.path.as_posix()}
            table |= {"table": shapes.look.table} if shapes.look.table else {}
            draft.set(("people", role), table, shapes.why)
            return
    draft.set(("people", "spread"), "streets", _ALONE)


_SUMS = Text(
    "！村表没有坐标，文件夹里也没有各村的点位：各村人口按单元相加，再在单元内分摊，住处是估计的；"
    "有了点位文件，改为 source = 本表，locations = 点位文件",
    "! villages without coordinates, and no file of their points: their people are ADDED UP by "
    "unit and spread over it, which is an estimate; with such a file say source = this table and "
    "locations = that file",
)
_ALONE = Text(
    "只有各单元的总数：住在哪里是估计的，各项结果都会注明",
    "totals of units alone: where people live is estimated, and every result says so",
)


def _has_streets(choice: Choice) -> bool:
    roads = choice.one.get("roads")
    if roads is None:
        return False
    if roads.look.form in {"osm", "graph"}:
        return True
    return bool(_HOMES & set(roads.look.cells(roads.shown["class"])))


def _roads(draft: Draft, choice: Choice) -> None:
    roads = choice.one.get("roads")
    if roads is None:
        _no_roads(draft, choice)
        return
    draft.set(("roads", "source"), *source_of(choice, roads, "roads"))
    in_file(draft, ("roads",), roads)
    if "class" in roads.shown:
        _classes(draft, roads)
    heights = choice.one.get("elevation")
    if heights is not None:
        draft.set(("roads", "elevation"), *source_of(choice, heights, "elevation"))


def _classes(draft: Draft, roads: Claim) -> None:
    """Say what words of a road file that are no classes here most likely mean."""
    words = set(roads.look.cells(roads.shown["class"])) - KNOWN_CLASSES
    meant = {word: CLASS_MEANINGS[word] for word in sorted(words) if word in CLASS_MEANINGS}
    if meant:
        draft.set(("roads", "classes"), meant, _CLASSES)


_CLASSES = Text(
    "假定的对应关系，速度由此而来，请核对", "assumed meanings, speeds follow from them: check"
)


def _no_roads(draft: Draft, choice: Choice) -> None:
    if "detour" not in RoadsConfig.model_fields:
        return
    draft.set(("roads", "detour"), ASSUMED_DETOUR, _DETOUR)
    layers = builtin_layers()
    profiles = builtin_profiles()
    speeds: dict[str, float] = {}
    for key in choice.layers:
        profile = layers[key].profile
        if profiles[profile].one_kmh is None:
            speeds[profile] = profiles[profile].speeds_kmh[_ASSUMED_CLASS]
    if speeds:
        draft.set(("roads", "straight_kmh"), speeds, _SPEEDS)


_DETOUR = Text(
    "！没有道路文件：这是假定值，按直线距离乘以它估计路程，请确认或改正",
    "! no road file: an ASSUMED factor, ways are straight lines times it; confirm or correct it",
)
_SPEEDS = Text(
    "！假定的直线速度（取三级道路的车速），请确认或改正",
    "! ASSUMED speeds along straight lines (of tertiary roads); confirm or correct them",
)


def _targets(draft: Draft, choice: Choice) -> None:
    """Set the tables policy targets are checked by."""
    people = choice.one.get("people")
    facts = choice.several["unit_facts"]
    for key, claims in (
        ("units", facts),
        ("projects", choice.several["projects"]),
        ("documents", choice.several["documents"]),
        ("facilities", choice.several["ledger"]),
    ):
        tables = [_listed(claim) for claim in claims]
        for claim in claims:
            told = Text(f"{claim.look.name}：{claim.why.zh}", f"{claim.look.name}: {claim.why.en}")
            draft.note(("targets", key), told)
        if key == "units" and tables and people is not None and people.look.form == "table":
            tables.insert(0, _listed(people))
        if tables:
            draft.set(("targets", key), tables)


def _listed(claim: Claim) -> dict[str, str]:
    table = {"source": claim.look.path.as_posix()}
    table |= {"table": claim.look.table} if claim.look.table else {}
    return table | ({"layer": claim.layer} if claim.role == "ledger" and claim.layer else {})


def needs(choice: Choice) -> list[str]:
    """Return what a study cannot do without and was not found: units, people, layers."""
    people = {"people", "people_raster"} & set(choice.one)
    alone = "totals" in choice.one and {"roads", "buildings", "areas"} & set(choice.one)
    lost = [] if "units" in choice.one else ["units"]
    lost += [] if people or alone else ["people"]
    return lost + ([] if choice.layers else ["layer"])
