"""The same question under other speeds, other numbers of people and other roads, drawn by seed.

What is drawn, and why no more:

- **speeds**: one factor for all of a draw. Times are lengths over speeds, so that every time is
  divided by it. How fast a group of people walks is known badly, and badly for all of them alike;
  noise of each way by itself would average out and promise too much.
- **people**: one factor for each unit, around 1, lognormal or uniform. A census is wrong, or has
  aged, by townships. Within a unit people stay where they are, in proportion, in whole numbers.
- **missing links**: roads that are closed, or drawn but not there, change every time. That takes
  another network, which whoever made the first one draws (`TimesOfDraw`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, InternalError, Problem, Problems
from ..core.text import Text, said_of
from ..travel import Reach, TravelTimes
from .problem import SitingProblem
from .scaling import faster, scaled

Shape = Literal["uniform", "triangular"]
PeopleShape = Literal["lognormal", "uniform"]


@dataclass(frozen=True, slots=True)
class Noise:
    """How far off speeds and people may be.

    Parameters
    ----------
    speed_percent
        Slowest and fastest speeds against those of the profile, such as (-20, 10).
    shape
        ``uniform`` between the two, or ``triangular`` with its top at 0.
    people_percent
        Standard deviation of the people of a unit, in per cent (of a lognormal factor whose
        median is 1); of a uniform one, how many fewer or more there may be at most.
    people_shape
        ``lognormal``, or ``uniform`` up to as many fewer or more.

    Raises
    ------
    InputError
        When a number is out of range: all of them at once.

    Examples
    --------
    >>> from coverplan.siting import Noise
    >>> Noise.up_to(20, 5)
    Noise(speed_percent=(-20, 20), shape='uniform', people_percent=5, people_shape='uniform')
    >>> Noise(speed_percent=(-20, 10)).fastest
    1.1
    """

    speed_percent: tuple[float, float] = (-20.0, 10.0)
    shape: Shape = "uniform"
    people_percent: float = 10.0
    people_shape: PeopleShape = "lognormal"

    @classmethod
    def up_to(cls, speed_percent: float, people_percent: float) -> "Noise":
        """Return noise that is uniform up to so many per cent less or more.

        Parameters
        ----------
        speed_percent, people_percent
            0 for none.

        Raises
        ------
        InputError
            As on making it.
        """
        return cls((-speed_percent, speed_percent), "uniform", people_percent, "uniform")

    def __post_init__(self) -> None:
        problems = Problems()
        low, high = self.speed_percent
        if not _LEAST_PERCENT < low <= 0 <= high < _MOST_PERCENT:
            expected = Text(
                "-100 < 最慢 ≤ 0 ≤ 最快 < 1000", "-100 < slowest <= 0 <= fastest < 1000"
            )
            problems.add(_fault("speed_percent", f"{low}, {high}", expected))
        if not 0 <= self.people_percent <= 100:  # noqa: PLR2004 - per cent
            expected = Text("0 至 100", "0 to 100")
            problems.add(_fault("people_percent", str(self.people_percent), expected))
        if self.shape not in {"uniform", "triangular"}:
            expected = Text("uniform 或 triangular", "uniform or triangular")
            problems.add(_fault("shape", str(self.shape), expected))
        if self.people_shape not in {"lognormal", "uniform"}:
            expected = Text("lognormal 或 uniform", "lognormal or uniform")
            problems.add(_fault("people_shape", str(self.people_shape), expected))
        problems.raise_if_any()

    @property
    def fastest(self) -> float:
        """The largest speed factor there can be."""
        return 1 + self.speed_percent[1] / 100


_LEAST_PERCENT, _MOST_PERCENT = -100, 1000


def _fault(key: str, found: str, expected: Text) -> Problem:
    return Problem(
        code=f"siting.{key}",
        what=Text("不确定性设置超出范围", "a setting of the uncertainty is out of range"),
        column=f"siting.uncertainty.{key}",
        found=found,
        expected=expected,
        mend=Text("改正这个设置", "correct it"),
    )


class TimesOfDraw(Protocol):
    """Whoever can make other travel times: a network with some links missing, or added."""

    def __call__(self, rng: np.random.Generator) -> TravelTimes:
        """Return times for the same people and sites, in the same order, to the same cutoff.

        Parameters
        ----------
        rng
            What chance there is comes from here; it is used for nothing else.
        """


@dataclass(frozen=True, slots=True)
class Draw:
    """One way things may turn out to be.

    Parameters
    ----------
    times
        Travel times, or who is within the limit where the model weighs no time; sites and places
        in the order of the problem.
    people
        People at each place, shape ``(n_demand,)``.
    unit_people
        People of each unit, those without a place among them; default: the problem's, changed by
        as many as ``people`` of the unit differ from the problem's.
    weights
        What each place counts; default: its people.
    speed_factor
        By how much all are faster, for the record.

    Examples
    --------
    V3 is 1,000 m from the home, 16.7 minutes. If everybody were a sixth faster it would be reached:

    >>> import coverplan as cp
    >>> from coverplan.siting import Draw
    >>> problem = cp.small_problem()
    >>> draw = Draw(problem.times.within(17), problem.people, speed_factor=17 / 15)
    >>> int(problem.reach.people(problem.people)[0])
    314
    >>> int(draw.of(problem).reach.people(problem.people)[0])
    407
    """

    times: TravelTimes | Reach
    people: NDArray[np.int64]
    unit_people: NDArray[np.int64] | None = None
    weights: NDArray[np.int64] | None = None
    speed_factor: float = 1.0

    def of(self, problem: SitingProblem) -> SitingProblem:
        """Return the problem as it is in this draw, under the same rules.

        Parameters
        ----------
        problem
            The nominal one.

        Raises
        ------
        InternalError
            When the draw has other sites or places.
        """
        times = self.times
        shape = (len(times.sites), len(times.demand), len(self.people))
        if shape != (len(problem.sites), len(problem.people), len(problem.people)):
            raise InternalError("siting: a draw does not fit its problem")
        if self.weights is None and problem.weighted:
            raise InternalError("siting: a draw of a weighted problem needs weights")
        totals = self.unit_people
        if totals is None:
            more = np.zeros(len(problem.unit_codes), dtype=np.int64)
            np.add.at(more, problem.of_unit, self.people - problem.people)
            totals = problem.totals + more
        reach = problem.reach
        if isinstance(times, Reach):
            reach = times
        elif times is not problem.times:
            reach = times.within(reach.minutes)
        return replace(
            problem,
            reach=reach,
            times=None if isinstance(times, Reach) else times,
            people=self.people,
            weights=self.weights,
            unit_people=totals,
        )


@dataclass(frozen=True, slots=True)
class Draws(Sequence[Draw]):
    """Draws of a problem, each made anew when it is asked for: many do not fit into memory.

    Draw k has random numbers of its own, whatever was drawn before it: ``numpy`` generators of
    the seed sequence ``(seed, k)``, the first for speed, the second for people (one number for each
    unit, in their order), the third for `TimesOfDraw`. Without noise of one kind the
    others stay the same.

    Parameters
    ----------
    problem
        The nominal question.
    noise
        How far off speeds and people may be.
    number, seed
        How many draws, and what they all come from.
    times_of_draw
        Who makes the times where links are drawn too; the speed of the draw comes on top.

    Raises
    ------
    InputError
        When there are no draws, or the times do not go far enough for the fastest speed.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise
    >>> problem = cp.small_problem()
    >>> draws = Draws(problem, Noise(speed_percent=(-20, 10), people_percent=10), number=5, seed=1)
    >>> len(draws)
    5
    >>> [round(draw.speed_factor, 2) for draw in draws]
    [1.01, 0.84, 0.98, 0.89, 0.8]

    The same seed gives the same draws, on every machine.
    """

    problem: SitingProblem
    noise: Noise
    number: int = 100
    seed: int = 0
    times_of_draw: TimesOfDraw | None = None

    def __post_init__(self) -> None:
        problems = Problems()
        if self.number < 1:
            problems.add(_fault("draws", str(self.number), Text("1 或更多", "1 or more")))
        if self.seed < 0:
            problems.add(_fault("seed", str(self.seed), Text("0 或更大", "0 or more")))
        problems.extend(_too_short(self.problem, self.noise))
        problems.raise_if_any()

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, index: int) -> Draw: ...

    @overload
    def __getitem__(self, index: slice) -> list[Draw]: ...

    def __getitem__(self, index: int | slice) -> Draw | list[Draw]:
        if isinstance(index, slice):
            return [self._draw(k) for k in range(*index.indices(self.number))]
        if not -self.number <= index < self.number:
            raise IndexError(index)
        return self._draw(index % self.number)

    def __iter__(self) -> Iterator[Draw]:
        return (self._draw(k) for k in range(self.number))

    def _draw(self, k: int) -> Draw:
        chances = np.random.SeedSequence((self.seed, k)).spawn(3)
        speed, of_units, links = (np.random.default_rng(chance) for chance in chances)
        problem, factor = self.problem, _speed(self.noise, speed)
        times: TravelTimes | Reach | None = problem.times
        if self.times_of_draw is not None:
            times = self.times_of_draw(links)
        if times is None:
            times = problem.reach
        if isinstance(times, TravelTimes):
            times = faster(times, factor)
        factors = _factors(self.noise, of_units, len(problem.unit_codes))
        people = scaled(problem.people, problem.of_unit, factors)
        without = problem.totals - _sums(problem.people, problem)
        return Draw(
            times=times,
            people=people,
            # Who has no place is as uncertain as who has one.
            unit_people=_sums(people, problem) + np.rint(without * factors).astype(np.int64),
            weights=scaled(problem.weight, problem.of_unit, factors) if problem.weighted else None,
            speed_factor=factor,
        )


def _sums(people: NDArray[np.int64], problem: SitingProblem) -> NDArray[np.int64]:
    sums = np.zeros(len(problem.unit_codes), dtype=np.int64)
    np.add.at(sums, problem.of_unit, people)
    return sums


def _speed(noise: Noise, rng: np.random.Generator) -> float:
    low, high = noise.speed_percent
    if low == high:
        return 1.0
    percent = rng.uniform(low, high) if noise.shape == "uniform" else rng.triangular(low, 0.0, high)
    return 1 + float(percent) / 100


def _factors(noise: Noise, rng: np.random.Generator, n_units: int) -> NDArray[np.float64]:
    most = noise.people_percent / 100
    if noise.people_shape == "uniform":
        return 1 + most * rng.uniform(-1, 1, n_units)
    factors: NDArray[np.float64] = np.exp(np.log1p(most) * rng.standard_normal(n_units))
    return factors


def _too_short(problem: SitingProblem, noise: Noise) -> list[Problem]:
    if noise.speed_percent == (0, 0):
        return []
    if problem.times is None or len(problem.times.ms) != len(problem.times.who):
        raise InternalError("siting: draws of speeds need times")
    # Decimals as they were written: 15 minutes 10 per cent faster take 16.5 minutes exactly.
    minutes = _exact(problem.reach.minutes) * (1 + _exact(noise.speed_percent[1]) / 100)
    if minutes <= _exact(problem.times.cutoff_minutes):
        return []
    needed = float(minutes)
    return [
        Problem(
            code="siting.cutoff",
            what=Text(
                "出行时间算得不够远，无法判断速度更快时谁可达",
                "travel times do not go far enough to tell who is in reach at the fastest speed",
            ),
            column="siting.cutoff_minutes",
            found=f"{problem.times.cutoff_minutes:g}",
            expected=Text(f"不小于 {needed:g}", f"{needed:g} or more"),
            mend=Text("增大 cutoff_minutes", "raise cutoff_minutes"),
        )
    ]


def _exact(number: float) -> Fraction:
    return Fraction(Decimal(str(number)))


def check_percent(name: Text, percent: float) -> Fraction:
    """Return a target as an exact number.

    Parameters
    ----------
    name, percent
        The layer, and a share in per cent, 0 to 100.

    Raises
    ------
    InputError
        When it is out of range.
    """
    if not 0 <= percent <= 100:  # noqa: PLR2004 - per cent
        expected = Text("0 至 100", "0 to 100")
        fault = _fault("target_percent", str(percent), expected)
        what = said_of(name, Text("目标超出范围", "the target is out of range"))
        raise InputError([replace(fault, what=what)])
    return _exact(percent)
