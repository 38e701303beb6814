"""What the study file says of mending a road file whose lines are not cut at junctions."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from .settings import Settings

MOST_JOIN_METRES = 20.0
"""Ends farther apart than this are never joined: two streets may well lie that close."""


class RepairConfig(Settings):
    """How roads are mended on reading; ``repair = true`` is all of the defaults."""

    split: bool = Field(
        default=True,
        strict=True,
        description="cut roads where they cross or touch at the same level, and where another ends",
    )
    join_metres: Annotated[float, Field(ge=0, le=MOST_JOIN_METRES, strict=True)] = Field(
        1.0, description="ends this close to one another, or to a road, are joined"
    )
    drop_doubles: bool = Field(
        default=True, strict=True, description="keep one of roads drawn twice with the same facts"
    )


def _long_form(given: Any) -> Any:
    """Return the table that ``true`` or ``false`` stands for."""
    return {} if given is True else None if given is False else given


Repair = Annotated[RepairConfig | None, BeforeValidator(_long_form)]
"""A table, or ``true`` for its defaults; ``false`` and nothing said are the same."""
