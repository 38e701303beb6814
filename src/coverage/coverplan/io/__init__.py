"""Floor 2: the only place that touches the disk. Files become domain types, or named faults."""

from .areas import read_areas
from .boundaries import read_region
from .candidates import read_candidates
from .datumcheck import check_datums
from .elevation import read_relief
from .facilities import read_facilities
from .netcache import keep, kept_network, read_kept
from .peopletable import PeopleTable
from .points import read_places
from .population import read_people
from .register import read_register, read_targets
from .roadfiles import read_roads
from .roads import read_network
from .slopes import read_slopes
from .studyfile import read_study

__all__ = [
    "PeopleTable",
    "check_datums",
    "keep",
    "kept_network",
    "read_areas",
    "read_candidates",
    "read_facilities",
    "read_kept",
    "read_network",
    "read_people",
    "read_places",
    "read_region",
    "read_register",
    "read_relief",
    "read_roads",
    "read_slopes",
    "read_study",
    "read_targets",
]
