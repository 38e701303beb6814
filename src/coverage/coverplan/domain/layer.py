"""What a kind of service is: for whom, how they travel, and within how many minutes."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from ..core.text import Text

Shape = Literal["circle", "square", "triangle", "diamond"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A kind of service.

    Parameters
    ----------
    id, label
        Name in files, and for people.
    group
        The people it is for, a key of the study's population groups.
    profile
        Id of the travel profile its users come by.
    minutes
        The travel time within which somebody counts as reached.
    colour, shape
        How its sites are drawn: colour as ``#rrggbb``, and a shape of its own so that colour is
        never the only sign.

    Examples
    --------
    >>> builtin_layers()["elderly_care"].label.zh
    '养老服务'
    """

    id: str
    label: Text
    group: str
    profile: str
    minutes: float
    colour: str = "#4b4b4b"
    shape: Shape = "circle"

    def __post_init__(self) -> None:
        if not self.minutes > 0:
            raise ValueError(f"layer {self.id!r}: minutes must be above 0, found {self.minutes}")


def builtin_layers() -> dict[str, Layer]:
    """Return the layers that come with coverplan, by id."""
    text = resources.files(__package__).joinpath("layers.toml").read_text(encoding="utf-8")
    return {
        key: Layer(
            id=key,
            label=Text(table["label"]["zh"], table["label"]["en"]),
            group=table["group"],
            profile=table["profile"],
            minutes=float(table["minutes"]),
            colour=table["colour"],
            shape=table["shape"],
        )
        for key, table in tomllib.loads(text).items()
    }
