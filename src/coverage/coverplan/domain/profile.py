"""How somebody travels: a speed for each class of road, and a speed for the way to the road."""

import tomllib
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Literal, cast, get_args

from ..core.arguments import expect, real_number, refused
from ..core.errors import InputError
from ..core.text import Text
from .edges import BICYCLE, FOOT, MOTOR
from .straight import StraightLine, no_straight_speed

KNOWN_CLASSES: frozenset[str] = frozenset(
    [
        "motorway",
        "motorway_link",
        "trunk",
        "trunk_link",
        "primary",
        "primary_link",
        "secondary",
        "secondary_link",
        "tertiary",
        "tertiary_link",
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
        "track",
        "busway",
        "bus_guideway",
        "pedestrian",
        "footway",
        "path",
        "steps",
        "cycleway",
        "bridleway",
        "corridor",
        "platform",
        "elevator",
        "ferry",
        "construction",
        "proposed",
        "raceway",
        "escape",
        "rest_area",
        "services",
    ]
)
"""Road classes coverplan knows: the values of OpenStreetMap's ``highway``, and ``ferry``."""


_FASTEST_KMH = 300.0

Mode = Literal["foot", "bicycle", "motor"]
"""What a traveller counts as where a road says who may use it, and in which direction."""

MODE_BITS: dict[Mode, int] = {"foot": FOOT, "bicycle": BICYCLE, "motor": MOTOR}

Slope = Literal["none", "tobler", "cycling", "ebike"]
"""Rules of `coverplan.travel.slope`: how ups and downs change the time along an edge."""

FERRY = "ferry"

LONGEST_HEADWAY_MINUTES = 7 * 24 * 60

_SPEEDS = Text(
    "一个速度给各级道路：{c: 4.0 for c in profile.speeds_kmh}；按比例快慢：profile.scaled(1.2)",
    "one speed for every class: {c: 4.0 for c in profile.speeds_kmh}; all of them faster by a "
    "factor: profile.scaled(1.2)",
)

_STATED_SPEED = Text(
    "研究者给定的直线速度", "along straight lines, as whoever made the study states it"
)


@dataclass(frozen=True, slots=True)
class Ferry:
    """How a traveller crosses by ferry; a profile without one never does.

    Parameters
    ----------
    kmh
        Speed on the water, where the road file does not say how long a crossing takes.
    headway_minutes
        Minutes between two departures, where the road file does not say.
    wait_share
        Share of the headway waited at boarding: 0.5 on the average, 1 at worst.
    """

    kmh: float
    headway_minutes: float = 0.0
    wait_share: float = 0.5

    def __post_init__(self) -> None:
        headway = 0 <= self.headway_minutes <= LONGEST_HEADWAY_MINUTES
        if not (0 < self.kmh < _FASTEST_KMH and headway and 0 <= self.wait_share <= 1):
            raise ValueError(
                "ferry: the speed must lie between 0 and 300 km/h, the headway between 0 minutes "
                "and a week, the share of it that is waited between 0 and 1; found "
                f"{self.kmh}, {self.headway_minutes}, {self.wait_share}"
            )


@dataclass(frozen=True, slots=True)
class Profile:
    """A way of travelling. Speeds are settings with a source, never constants of the program.

    Parameters
    ----------
    id, label
        Name in the study file, and for people.
    speeds_kmh
        Speed in km/h for each class of road that may be used; a class that is absent is closed.
    access_kmh
        Walking speed in km/h between a place and the road, in a straight line.
    access_cap_metres
        Who lives farther than this from every usable road is reported as having no road.
    no_access
        Classes that are travelled but cannot be entered from a house (an expressway).
    oneway
        Whether oneway streets bind this traveller.
    source
        Where the speeds come from, and how sure that is.
    mode
        What the traveller counts as where a road bars somebody.
    slope
        How ups and downs change the time, where the network has heights.
    surface_factors
        What the speed is multiplied by on a surface; 1 on any other, and where it is unknown.
    posted_limits
        Whether a posted limit below the speed of the class caps it.
    access_detour
        How much longer the way to the road is than the straight line.
    ferry
        How ferries are taken; None: never.
    straight
        How it travels where there are no roads; None: it needs roads.

    Examples
    --------
    >>> import coverplan as cp
    >>> older = cp.builtin_profiles()["walking_older"]
    >>> older.speeds_kmh["residential"], older.speeds_kmh["steps"]
    (3.2, 1.6)
    >>> "motorway" in older.speeds_kmh
    False
    >>> older.source.en[:46]
    '0.89 m/s: the speed implied by 800 m in GB 501'

    Who walks more slowly is another profile, not another program:

    >>> from dataclasses import replace
    >>> slow = replace(older, id="slow", speeds_kmh={c: 2.5 for c in older.speeds_kmh})
    >>> print(slow.summary.en)
    older person walking 2.5 km/h
    """

    id: str
    label: Text
    speeds_kmh: dict[str, float]
    access_kmh: float
    access_cap_metres: float
    no_access: frozenset[str] = field(default_factory=frozenset)
    oneway: bool = False
    source: Text = Text("", "")
    mode: Mode = "foot"
    slope: Slope = "none"
    surface_factors: dict[str, float] = field(default_factory=dict)
    posted_limits: bool = False
    access_detour: float = 1.0
    ferry: Ferry | None = None
    straight: StraightLine | None = None

    def __post_init__(self) -> None:
        self._check_speeds()
        if self.mode not in MODE_BITS or self.slope not in get_args(Slope):
            raise ValueError(
                f"profile {self.id!r}: mode must be foot, bicycle or motor and slope none, "
                f"tobler, cycling or ebike; found {self.mode!r}, {self.slope!r}"
            )
        factors = [self.access_detour - 1, *self.surface_factors.values()]
        if not all(0 <= f < _FASTEST_KMH for f in factors) or 0 in factors[1:]:
            raise ValueError(
                f"profile {self.id!r}: access_detour must be 1 or more and every surface factor "
                f"above 0; found {self.access_detour}, {self.surface_factors}"
            )

    def _check_speeds(self) -> None:
        expect("speeds_kmh", self.speeds_kmh, dict, mend=_SPEEDS)
        wrong = {c: v for c, v in self.speeds_kmh.items() if not 0 < v < _FASTEST_KMH}
        if not self.speeds_kmh:
            raise ValueError(f"profile {self.id!r} has no speed: give kmh or kmh_by_class")
        if wrong or not self.access_kmh > 0 or not self.access_cap_metres >= 0:
            raise ValueError(
                f"profile {self.id!r}: speeds must lie between 0 and 300 km/h, the access speed "
                f"above 0 and the cap at 0 or above; found {wrong or self.access_kmh}"
            )

    @property
    def summary(self) -> Text:
        """Name and speeds in a few words, as printed beside every figure."""
        if self.straight is not None:
            each, line = f"{self.straight.kmh:g} km/h", self.straight.words
            return Text(f"{self.label.zh} {each}，{line.zh}", f"{self.label.en} {each}, {line.en}")
        speeds = self._usual_kmh
        if len(speeds) == 1:
            each = f"{speeds[0]:g} km/h"
            return Text(f"{self.label.zh} {each}", f"{self.label.en} {each}")
        span = f"{speeds[0]:g}–{speeds[-1]:g} km/h"
        return Text(
            f"{self.label.zh}（按道路等级 {span}）", f"{self.label.en} ({span} by road class)"
        )

    def __repr__(self) -> str:
        return f"<Profile {self.id}: {self.summary.en}>"

    @property
    def one_kmh(self) -> float | None:
        """The speed on every class but steps, None where classes differ."""
        speeds = self._usual_kmh
        return speeds[0] if len(speeds) == 1 else None

    @property
    def _usual_kmh(self) -> list[float]:
        usual = {v for c, v in self.speeds_kmh.items() if c != "steps"}
        return sorted(usual or set(self.speeds_kmh.values()))

    def scaled(self, factor: float) -> "Profile":
        """Return somebody who is faster or slower throughout: every time is divided by a factor.

        Parameters
        ----------
        factor
            What the speeds on all roads, to the road, on the water and along straight lines are
            multiplied by, above 0: 0.8 is a fifth slower.

        Raises
        ------
        InputError
            When it is no number above 0.

        Notes
        -----
        Where posted limits or the timetable of a ferry bind, they bind the faster one as well.

        Examples
        --------
        >>> import coverplan as cp
        >>> county = cp.small_county()
        >>> own = county.profiles["metre_a_second"]
        >>> for factor in (0.8, 1.0, 1.25):
        ...     walkers = cp.travellers(county, "social_work", profile=own.scaled(factor))
        ...     print(factor, walkers.reached(8), walkers.reached(10))
        0.8 1460 2020
        1.0 2020 2330
        1.25 2330 2330
        """
        real_number("factor", factor)
        if not factor > 0:
            raise refused("number", "factor", f"{factor:g}", expected=Text("大于 0", "above 0"))
        ferry, line = self.ferry, self.straight
        return replace(
            self,
            speeds_kmh={road: factor * kmh for road, kmh in self.speeds_kmh.items()},
            access_kmh=factor * self.access_kmh,
            ferry=None if ferry is None else replace(ferry, kmh=factor * ferry.kmh),
            straight=None if line is None else replace(line, kmh=factor * line.kmh),
        )

    def straight_line(self, detour: float, kmh: float | None = None) -> "Profile":
        """Return the same traveller where there are no roads.

        Parameters
        ----------
        detour
            What straight lines are multiplied by, at least 1.
        kmh
            Speed along them; left out, the one speed of the profile.

        Raises
        ------
        InputError
            When its classes of road differ and no speed is given.

        Examples
        --------
        >>> import coverplan as cp
        >>> walking = cp.builtin_profiles()["walking"]
        >>> print(walking.straight_line(1.3).summary.en)
        adult walking 4 km/h, straight line × 1.3
        >>> print(walking.straight_line(1.3, kmh=3.0).summary.en)
        adult walking 3 km/h, straight line × 1.3
        """
        speed = self.one_kmh if kmh is None else kmh
        if speed is None:
            raise InputError([no_straight_speed(self.id)])
        source = self.source if kmh is None else _STATED_SPEED
        return replace(self, straight=StraightLine(detour, speed), source=source)


def builtin_profiles() -> dict[str, Profile]:
    """Return the profiles that come with coverplan, by id.

    Examples
    --------
    >>> import coverplan as cp
    >>> for profile in cp.builtin_profiles().values():
    ...     print(profile.summary.en)
    older person walking 3.2 km/h
    adult walking 4 km/h
    child walking 3.6 km/h
    cycling (bicycle) (5–12 km/h by road class)
    cycling (e-bike) (5–15 km/h by road class)
    driving (10–80 km/h by road class)
    """
    return {key: profile_from_table(key, table) for key, table in builtin_profile_tables().items()}


def builtin_profile_tables() -> dict[str, dict[str, object]]:
    """Return the tables of ``profiles.toml``, so that a study can change a part of one."""
    text = resources.files(__package__).joinpath("profiles.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def profile_from_table(key: str, table: dict[str, object]) -> Profile:
    """Return the profile one TOML table describes (the form of ``profiles.toml``)."""
    speeds: dict[str, float] = {}
    if "kmh" in table:
        closed = set(_words(table.get("closed", [])))
        speeds = {c: _number(table["kmh"]) for c in KNOWN_CLASSES - closed}
    given = table.get("kmh_by_class", {})
    if isinstance(given, dict):
        speeds.update({str(c): _number(v) for c, v in given.items()})
    for road_class, factor in _numbers(table.get("class_factors", {})).items():
        if road_class in speeds:
            speeds[road_class] *= factor
    return Profile(
        id=key,
        label=_text(table.get("label", key)),
        speeds_kmh=dict(sorted(speeds.items())),
        access_kmh=_number(table.get("access_kmh", 2.4)),
        access_cap_metres=_number(table.get("access_cap_metres", 1000)),
        no_access=frozenset(_words(table.get("no_access", []))),
        oneway=bool(table.get("oneway", False)),
        source=_text(table.get("source", "")),
        mode=cast("Mode", str(table.get("mode", "foot"))),
        slope=cast("Slope", str(table.get("slope", "none"))),
        surface_factors=_numbers(table.get("surface_factors", {})),
        posted_limits=bool(table.get("posted_limits", False)),
        access_detour=_number(table.get("access_detour", 1)),
        ferry=_ferry(table.get("ferry")),
    )


def _ferry(table: object) -> Ferry | None:
    return Ferry(**_numbers(table)) if isinstance(table, dict) else None


def _numbers(table: object) -> dict[str, float]:
    if not isinstance(table, dict):
        return {}
    return {str(key): _number(value) for key, value in sorted(table.items())}


def _number(value: object) -> float:
    return float(str(value))


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _text(value: object) -> Text:
    if isinstance(value, dict):
        return Text(str(value["zh"]), str(value["en"]))
    return Text.same(str(value))
