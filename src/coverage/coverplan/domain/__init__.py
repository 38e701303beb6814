"""Floor 1: the frozen types a study is made of. No files, no algorithms, no drawing."""

from .config import StudyConfig
from .demand import Demand
from .facilities import Facilities
from .layer import Layer, builtin_layers
from .network import Network
from .profile import Profile, builtin_profiles
from .region import Region

__all__ = [
    "Demand",
    "Facilities",
    "Layer",
    "Network",
    "Profile",
    "Region",
    "StudyConfig",
    "builtin_layers",
    "builtin_profiles",
]
