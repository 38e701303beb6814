"""Plans made of several plans: their time shared out, their proof, their faults."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..core.errors import InputError, Problem
from ..core.text import Text
from .plan import Bounds, Limits, Status, gap_of, status_words


@dataclass(frozen=True, slots=True)
class Proof:
    """How good a plan made of several plans is known to be.

    Parameters
    ----------
    value, bound
        Of the whole, recounted from the sites, and of the best there can be; None where there is
        no plan, or no proof of anything.
    status, seconds
        As in `SitingPlan`.
    """

    value: int | None
    bound: int | None
    status: Status
    seconds: float

    @property
    def gap_percent(self) -> float | None:
        """How far it may be from the best, in per cent of the bound; None if nobody knows."""
        return gap_of(self.value, self.bound)

    @property
    def status_text(self) -> Text:
        """The status in words."""
        return status_words(self.status, self.gap_percent)

    @classmethod
    def of(cls, value: int, bound: int | None, begin: float, *, nothing: bool) -> "Proof":
        """Return the proof of a value that counts up.

        Parameters
        ----------
        value, bound, begin
            The value, its bound, and when the search began (`time.perf_counter`).
        nothing
            Whether the plan changes nothing.
        """
        status: Status = "feasible"
        if value == bound:
            status = "nothing_to_gain" if nothing and value == 0 else "optimal"
        return cls(value, bound, status, time.perf_counter() - begin)


def seconds_left(limits: Limits, begin: float) -> float:
    """Return how much of the time limit is left, 0 when it is over."""
    return max(0.0, limits.time_limit_seconds - (time.perf_counter() - begin))


def part_of(limits: Limits, begin: float, share: float) -> Limits:
    """Return limits for one search of several: a share of the whole time, as far as it is left.

    Parameters
    ----------
    limits, begin
        Of the whole, and when it began (`time.perf_counter`).
    share
        From 0 to 1. The search counts its time from its own beginning, and tells nobody.
    """
    seconds = min(limits.time_limit_seconds * share, seconds_left(limits, begin))
    return replace(limits, time_limit_seconds=seconds, on_bounds=None)


def less_before(limits: Limits, before: int) -> Limits:
    """Return limits whose listener is told what is reached newly, not what is reached in all.

    Parameters
    ----------
    limits, before
        The limits, and what is reached today in the units of the objective.
    """
    tell = limits.on_bounds
    if tell is None:
        return limits

    def told(bounds: Bounds) -> bool | None:
        value = None if bounds.value is None else bounds.value - before
        bound = None if bounds.bound is None else bounds.bound - before
        return tell(Bounds(value, bound, bounds.seconds))

    return replace(limits, on_bounds=told)


def listed(names: Sequence[object], most: int = 5) -> Text:
    """Return a few of many names, and how many they are.

    Examples
    --------
    >>> listed(["a", "b", "c"], 2).en
    'a, b … 3 in all'
    """
    some = [str(name) for name in names[:most]]
    more = len(names) > most
    zh = "、".join(some) + (f" 等共 {len(names)} 个" if more else "")
    en = ", ".join(some) + (f" … {len(names)} in all" if more else "")
    return Text(zh, en)


def fault(code: str, what: Text, found: str, mend: Text) -> Problem:
    """Return one fault of the settings of such a plan.

    Parameters
    ----------
    code, what, found, mend
        As in `Problem`; the code without its prefix.
    """
    return Problem(
        code=f"siting.{code}", what=what, found=found, mend=mend, column=f"siting.{code}"
    )


def refuse(faults: Sequence[Problem]) -> None:
    """Raise all faults at once, if there are any.

    Raises
    ------
    InputError
        When there is a fault.
    """
    if faults:
        raise InputError(faults)
