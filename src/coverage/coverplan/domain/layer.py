"""What a kind of service is: for whom, how they travel, and within how many minutes."""

import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from numbers import Real
from typing import Literal, get_args

from ..core.errors import Problem, Problems
from ..core.text import Text

MOST_MINUTES = 254
"""The longest limit; limits are whole minutes, so that every output can hold the same ones."""

Shape = Literal["circle", "square", "triangle", "diamond"]

Direction = Literal["to_site", "from_site"]
"""Who travels: people come to the site, or the service goes out to them."""


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
        The travel time within which somebody counts as reached: a whole number, 1 to 254.
    colour, shape
        How its sites are drawn: colour as ``#rrggbb``, and a shape of its own so that colour is
        never the only sign.
    direction
        Whether people come to the site, or the service goes out to them, as home visits and meals
        do: on oneway streets and hills the two take different times.

    Raises
    ------
    InputError
        When ``minutes`` is no whole number from 1 to 254, ``label`` no `Text`, ``direction`` or
        ``shape`` none of those there are, or ``colour`` not written ``#rrggbb``.

    Examples
    --------
    >>> import coverplan as cp
    >>> layer = cp.builtin_layers()["elderly_care"]
    >>> layer.label.zh, layer.group, layer.minutes
    ('养老服务', 'elderly', 15.0)
    >>> meals = cp.Layer(
    ...     id="meals",
    ...     label=cp.Text("老年食堂", "canteens"),
    ...     group="elderly",
    ...     profile="walking",
    ...     minutes=10,
    ... )
    >>> try:
    ...     cp.Layer("meals", meals.label, "elderly", "walking", minutes=7.5)
    ... except cp.InputError as error:
    ...     print(error.render("en"))
    the minutes of layer meals cannot be used
      found: "7.5"
      expected: a whole number of minutes, 1 to 254
      to mend: give whole minutes
    """

    id: str
    label: Text
    group: str
    profile: str
    minutes: float
    colour: str = "#4b4b4b"
    shape: Shape = "circle"
    direction: Direction = "to_site"

    def __post_init__(self) -> None:
        problems = Problems()
        number = isinstance(self.minutes, Real) and not isinstance(self.minutes, bool)
        if not (number and 1 <= self.minutes <= MOST_MINUTES and float(self.minutes).is_integer()):
            problems.add(_wrong_minutes(self))
        if not isinstance(self.label, Text):
            said = Text.same('coverplan.Text("老年食堂", "canteens")')
            problems.add(_wrong_field(self, "label", said))
        for field, known in (("shape", get_args(Shape)), ("direction", get_args(Direction))):
            if getattr(self, field) not in known:
                problems.add(_wrong_field(self, field, Text.same(", ".join(known))))
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(self.colour)):
            problems.add(_wrong_field(self, "colour", Text("如 #4b4b4b", "such as #4b4b4b")))
        problems.raise_if_any()


def _wrong_field(layer: Layer, field: str, expected: Text) -> Problem:
    return Problem(
        code="layer.field",
        what=Text(
            f"图层 {layer.id} 的 {field} 不能使用", f"{field} of layer {layer.id} cannot be used"
        ),
        found=str(getattr(layer, field)),
        expected=expected,
        mend=Text("改为应有的写法", "write it as expected"),
    )


def _wrong_minutes(layer: Layer) -> Problem:
    return Problem(
        code="layer.minutes",
        what=Text(
            f"图层 {layer.id} 的时限不能使用", f"the minutes of layer {layer.id} cannot be used"
        ),
        found=f"{layer.minutes}",
        expected=Text(
            f"1 到 {MOST_MINUTES} 的整数（分钟）",
            f"a whole number of minutes, 1 to {MOST_MINUTES}",
        ),
        mend=Text("改为整分钟", "give whole minutes"),
    )


def builtin_layers() -> dict[str, Layer]:
    """Return the layers that come with coverplan, by id.

    Examples
    --------
    >>> import coverplan as cp
    >>> for layer in cp.builtin_layers().values():
    ...     print(f"{layer.id}: {layer.group}, {layer.profile}, {layer.minutes:.0f} min")
    elderly_care: elderly, walking_older, 15 min
    social_work: all, ebike, 15 min
    childrens_home: children, walking_child, 15 min
    eco_burial: all, driving, 30 min
    """
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
            direction=table.get("direction", "to_site"),
        )
        for key, table in tomllib.loads(text).items()
    }
