"""What the supply of a layer is counted in: beds, graves and other places, or something else.

A list of facilities says how much each has to offer in one column: beds, places for children,
social workers. All of it can be set against people; only places can be given to one person each.
"""

import re
import unicodedata
from dataclasses import dataclass

from ..core.text import Text


@dataclass(frozen=True, slots=True)
class SupplyUnit:
    """In what the supply of a layer is counted.

    Parameters
    ----------
    column
        The column it was read from, "" where supply came from no file.
    label
        What is counted.
    places
        Whether one is for one person: then people can be shared out to them.
    """

    column: str
    label: Text
    places: bool


_USUAL = {
    "床位数": SupplyUnit("床位数", Text("床位", "beds"), places=True),
    "beds": SupplyUnit("beds", Text("床位", "beds"), places=True),
    "容量": SupplyUnit("容量", Text("名额", "places"), places=True),
    "capacity": SupplyUnit("capacity", Text("名额", "places"), places=True),
    "可容纳人数": SupplyUnit("可容纳人数", Text("名额", "places"), places=True),
    "可容纳儿童数": SupplyUnit("可容纳儿童数", Text("儿童名额", "children's places"), places=True),
    "规划穴位数": SupplyUnit("规划穴位数", Text("规划穴位", "planned graves"), places=True),
    "社工人数": SupplyUnit("社工人数", Text("社工", "social workers"), places=False),
}  # fmt: skip

_PLACES = re.compile(
    "床位|容量|容纳|名额|席位|座位|学位|穴位|墓位|格位|capacity|beds|places|seats|graves",
    re.IGNORECASE,
)


def supply_unit(column: str) -> SupplyUnit:
    """Return what a column of supply counts.

    Parameters
    ----------
    column
        Its name in the list; "" for supply from no file, which counts places as
        `coverplan.Facilities` has them. A column whose name says nothing of places is not taken
        to count any.

    Examples
    --------
    >>> supply_unit("社工人数").places, supply_unit("护理 床位").places, supply_unit("").label.en
    (False, True, 'places')
    """
    name = unicodedata.normalize("NFKC", column).strip()
    found = _USUAL.get(name.casefold())
    if found is not None:
        return SupplyUnit(column, found.label, found.places)
    if not name:
        return SupplyUnit("", Text("名额", "places"), places=True)
    return SupplyUnit(column, Text.same(name), places=_PLACES.search(name) is not None)
