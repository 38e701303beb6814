"""The goals of a layer as they stand in the study file."""

from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from .goal import MOST_DENOMINATOR, WHOLE, GoalMeasure
from .settings import Label, Minutes, Settings


def exact_percent(number: float) -> Fraction:
    """Return a percentage of a study file as it was written: 66.7 is 667/10.

    Parameters
    ----------
    number
        Read from decimal digits; the shortest digits that read the same are taken for them.
    """
    return Fraction(repr(number))


def _four_decimals(number: float) -> float:
    if MOST_DENOMINATOR % exact_percent(number).denominator:
        raise PydanticCustomError("percent_digits", "at most four decimals")
    return number


class GoalConfig(Settings):
    """A goal of a layer: a line on the map and in the tables, beside the policy targets."""

    measure: GoalMeasure = Field(
        description="reached: people within the minutes; has_one: units with a site of their own"
    )
    percent: Annotated[
        float, Field(gt=0, le=WHOLE, strict=True), AfterValidator(_four_decimals)
    ] = Field(description="the share aimed at, in per cent")
    minutes: Minutes | None = Field(
        None, description="reached: within how many minutes; the layer's own where not given"
    )
    group: str | None = Field(
        None, description="reached: of which people; the layer's own where not given"
    )
    target: str | None = Field(
        None, description="id of the policy target it is taken from, cited beside it"
    )
    label: Label | None = Field(None, description="what it is called")
