"""What an indicator finds, and what becomes of it when it is judged against a target."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ...core.text import Text
from ...domain.policy import Operator, Target

Verdict = Literal["met", "not_met", "cannot_judge", "no_target", "elsewhere"]
"""``no_target``: a definition, a reported result or a context, which asks nothing; ``elsewhere``:
the clause speaks of another place."""

Applies = Literal["binding", "reference", "elsewhere"]
Kind = Literal["has_one", "reached", "served", ""]
"""Which of the three meanings of coverage a share is; "" for what is no coverage."""

Course = Literal["reached", "overdue", "on_course", "behind", "unknown", ""]


@dataclass(frozen=True, slots=True)
class Named:
    """A unit, or a facility, that is wanting.

    Parameters
    ----------
    code, name
        Its code (or id) and name.
    note
        What it lacks, where that is not the same for all.
    people
        People it is about, None where not known.
    """

    code: str
    name: str
    note: Text = Text("", "")
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A figure beside the one that is judged: another mode, one of two levels, a group.

    Parameters
    ----------
    label
        What it is.
    numerator, denominator
        Its figures; ``denominator`` None for a count.
    scale
        As in `Measured`.
    unit
        What the numerator counts.
    """

    label: Text
    numerator: Fraction | int | None
    denominator: Fraction | int | None = None
    scale: int = 1
    unit: Text = Text("", "")


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure that can be compared with what a clause asks.

    Parameters
    ----------
    numerator
        What there is: units that have one, nursing beds, sites, people.
    denominator
        Of how many; None for a count or an amount.
    scale
        The value is ``numerator * scale / denominator``: 1 for a share, 1000 for beds per 1,000.
    unit
        What the numerator counts, in words: it is the unit of the gap.
    of
        What the denominator counts.
    kind
        Which meaning of coverage it is.
    better
        Whether more is better; used where the clause has no operator of its own.
    against
        Operator and value to judge by in place of the row's own: a rule on each unit asks that
        all units (a share of 1) fulfil it.
    missing
        Who is wanting, the most pressing first; None where nobody can be named.
    shortfall, shortfall_unit
        The gap where it is not counted in ``unit``: posts, not townships.
    parts
        Figures beside it.
    notes
        What to know of the figure.
    dated
        Whether the same figure can be told for an earlier day from the same lists.
    """

    numerator: Fraction | int
    denominator: Fraction | int | None
    unit: Text
    of: Text = Text("", "")
    scale: int = 1
    kind: Kind = ""
    better: Literal["high", "low"] = "high"
    against: tuple[Operator, Fraction] | None = None
    missing: tuple[Named, ...] | None = None
    shortfall: Fraction | int | None = None
    shortfall_unit: Text = Text("", "")
    parts: tuple[Part, ...] = ()
    notes: tuple[Text, ...] = ()
    dated: bool = False

    @property
    def value(self) -> Fraction:
        """The figure that is compared."""
        if self.denominator is None:
            return Fraction(self.numerator)
        return Fraction(self.numerator) * self.scale / Fraction(self.denominator)


@dataclass(frozen=True, slots=True)
class Cannot:
    """Why a target cannot be judged.

    Parameters
    ----------
    reason
        In words a planner can act on.
    settings
        Settings of the study file that would settle it, as written there
        (``targets.settings.basically``).
    figure
        What can be told all the same.
    """

    reason: Text
    settings: tuple[str, ...] = ()
    figure: Measured | None = None


@dataclass(frozen=True, slots=True)
class NoTarget:
    """What a definition, a context or a reported result comes to here.

    Parameters
    ----------
    reason
        Why nothing is asked.
    figure
        The figure here, None where there is none.
    """

    reason: Text
    figure: Measured | None = None


Found = Measured | Cannot | NoTarget


@dataclass(frozen=True, slots=True)
class Finding:
    """One target and what is known of it here.

    Parameters
    ----------
    target
        The row of the register.
    applies
        Whether it binds this study, is measured as a yardstick, or speaks of another place.
    verdict, reason
        What is concluded, and why.
    figure
        The figure, None where there is none.
    asked
        Operator and value it was judged by, None where it was not.
    need, gap, gap_unit
        What the numerator must come to, how much is wanting (0 where met), in what.
    course, course_text
        Whether the figure is on its way to the deadline, and from what that is seen.
    settings
        Settings that would settle it.
    rank
        Among the targets of one indicator, layers and denominator: 1 for the strictest, 0 where
        there is no other.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    >>> finding = report["Z21-25"]
    >>> finding
    <Finding Z21-25 not_met: 2 of 3 townships and streets, 1 wanting>
    >>> finding.verdict, finding.figure.numerator, finding.figure.denominator
    ('not_met', 2, 3)
    >>> [unit.name for unit in finding.figure.missing]
    ['云岭乡']
    >>> finding.gap, finding.gap_unit.en
    (Fraction(1, 1), 'townships and streets')
    """

    target: Target
    applies: Applies
    verdict: Verdict
    reason: Text
    figure: Measured | None = None
    asked: tuple[Operator, Fraction] | None = None
    need: Fraction | None = None
    gap: Fraction | None = None
    gap_unit: Text = Text("", "")
    course: Course = ""
    course_text: Text = Text("", "")
    settings: tuple[str, ...] = ()
    rank: int = 0

    def __repr__(self) -> str:
        figure, gap = "", ""
        if self.figure is not None:
            of = self.figure.denominator
            whole = "" if of is None else f" of {float(of):,.10g}"
            unit = self.figure.unit.en
            figure = f": {float(self.figure.numerator):,.10g}{whole} {unit}".rstrip()
        if self.gap:
            gap = f", {float(self.gap):,.10g} wanting"
        return f"<Finding {self.target.id} {self.verdict}{figure}{gap}>"
