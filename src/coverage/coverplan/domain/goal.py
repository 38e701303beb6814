"""What is aimed at on a layer: how much of its people reached, or of its units with a site."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ..core.errors import InputError, Problem
from ..core.text import Text
from .groups import group_label
from .layer import MOST_MINUTES, Layer

GoalMeasure = Literal["reached", "has_one"]
"""Which meaning of coverage a goal is of: people reached, or units that have a site."""

WHOLE = 100
"""Per cent of everything."""

_DECIMALS = 4
MOST_DENOMINATOR = 10**_DECIMALS
"""A percentage has at most four decimals: need and people multiplied stay exact everywhere."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A share of a layer aimed at, shown on the map as a line.

    Parameters
    ----------
    measure
        ``reached``: people within some minutes of a working site, wherever it stands; ``has_one``:
        units with a working site of their own.
    percent
        The share aimed at, above 0 to 100, exact: ``Fraction(80)``, ``Fraction("66.7")``.
    minutes, group
        For ``reached``, where they are not the layer's own.
    label
        Words for people; made of the rest where None.
    target
        Id of a row of the register of policy targets this goal is taken from, "" without one.
    source
        What that row cites: document, issuer, year, clause.

    Raises
    ------
    InputError
        When the share or the minutes cannot be used, or a goal of ``has_one`` names minutes or a
        group.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import coverplan as cp
    >>> cp.Goal("has_one", Fraction(100)).words.en
    'units that have one: 100 %'
    >>> goal = cp.Goal("reached", Fraction("66.7"))
    >>> goal.percent_text, goal.percent
    ('66.7', Fraction(667, 10))
    >>> goal.of_layer(cp.builtin_layers()["elderly_care"]).words.en
    'reached within 15 min, aged 60 and over: 66.7 %'

    As a part of a study it is judged for today and for the plan (see `GoalResult`).
    """

    measure: GoalMeasure
    percent: Fraction
    minutes: float | None = None
    group: str | None = None
    label: Text | None = None
    target: str = ""
    source: Text | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "percent", Fraction(self.percent))
        if not 0 < self.percent <= WHOLE or MOST_DENOMINATOR % self.percent.denominator:
            raise InputError([_wrong("percent", str(self.percent), _PERCENT)])
        if self.measure == "has_one":
            for key in ("minutes", "group"):
                if getattr(self, key) is not None:
                    raise InputError([_wrong(key, str(getattr(self, key)), UNUSED)])
            return
        minutes = self.minutes
        if minutes is not None and not (
            1 <= minutes <= MOST_MINUTES and float(minutes).is_integer()
        ):
            raise InputError([_wrong("minutes", str(minutes), _MINUTES)])

    def of_layer(self, layer: Layer) -> "Goal":
        """Return the goal with the layer's own minutes and group where it names none.

        Parameters
        ----------
        layer
            The layer it is of.
        """
        if self.measure == "has_one":
            return self
        return replace(
            self,
            minutes=float(layer.minutes if self.minutes is None else self.minutes),
            group=self.group or layer.group,
        )

    @property
    def percent_text(self) -> str:
        """The share as a decimal number without superfluous zeros."""
        digits = int(self.percent * MOST_DENOMINATOR)
        whole, rest = divmod(digits, MOST_DENOMINATOR)
        decimals = f"{rest:0{_DECIMALS}d}".rstrip("0")
        return f"{whole}.{decimals}" if decimals else str(whole)

    @property
    def words(self) -> Text:
        """What is aimed at, with its kind of coverage: the label, or what the rest comes to."""
        if self.label is not None:
            return self.label
        if self.measure == "has_one":
            return Text(
                f"有设施的单元达到 {self.percent_text}%",
                f"units that have one: {self.percent_text} %",
            )
        who = Text("", "") if self.group is None else group_label(self.group)
        limit = "" if self.minutes is None else f"{self.minutes:g}"
        return Text(
            f"{limit} 分钟可达率达到 {self.percent_text}%（{who.zh}）",
            f"reached within {limit} min, {who.en}: {self.percent_text} %",
        )


_PERCENT = Text(
    "大于 0、不超过 100 的数，最多四位小数", "above 0, at most 100, four decimals at most"
)
_MINUTES = Text(f"1 到 {MOST_MINUTES} 的整数", f"a whole number, 1 to {MOST_MINUTES}")
UNUSED = Text(
    '不写：measure = "has_one" 数的是单元，不用它',
    'nothing: measure = "has_one" counts units and does not use it',
)


def _wrong(key: str, found: str, expected: Text) -> Problem:
    return Problem(
        code="goal.value",
        what=Text(f"目标的 {key} 不能使用", f"the {key} of a goal cannot be used"),
        column=key,
        found=found,
        expected=expected,
        mend=Text("改正这个值", "correct the value"),
    )
