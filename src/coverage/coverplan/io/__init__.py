"""Floor 2: the only place that touches the disk. Files become domain types, or named faults."""

from .areas import read_areas
from .boundaries import read_region
from .facilities import read_facilities
from .points import read_places
from .population import PeopleTable, read_people
from .roads import read_network
from .studyfile import read_study

__all__ = [
    "PeopleTable",
    "read_areas",
    "read_facilities",
    "read_network",
    "read_people",
    "read_places",
    "read_region",
    "read_study",
]
