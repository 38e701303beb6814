"""Everything a study's tables say of units, facilities and projects, for its policy targets."""

from dataclasses import dataclass

import pandas as pd

from ..core.errors import Problems
from ..domain.config import StudyConfig
from ..domain.region import Region
from ..domain.targets_config import TargetsConfig
from .facilityfacts import read_facility_facts
from .paths import Folder
from .projectfacts import read_projects
from .unitfacts import read_unit_facts


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What planners' tables say, as read; nothing is derived yet.

    Parameters
    ----------
    units
        As `coverplan.io.unitfacts.read_unit_facts` returns them.
    facilities, layers
        As `coverplan.io.facilityfacts.FacilityFacts` holds them.
    projects
        As `coverplan.io.projectfacts.read_projects` returns them.
    """

    units: pd.DataFrame
    facilities: pd.DataFrame
    projects: pd.DataFrame
    layers: frozenset[str]


def read_policy_facts(
    folder: Folder, config: StudyConfig, region: Region, problems: Problems
) -> PolicyFacts:
    """Return the facts of the tables a study names under ``[targets]``, and of its own layers.

    Parameters
    ----------
    folder, config, region
        The study's folder, the study, and its units.
    problems
        Where faults go: a row or cell that cannot be used is a warning, and not known.

    Raises
    ------
    InputError
        When a file cannot be read at all; with everything else that is wrong.
    """
    targets = config.targets or TargetsConfig()
    units = read_unit_facts(folder, targets.units, region, problems)
    facilities = problems.attempt(
        lambda: read_facility_facts(
            folder, targets.facilities, config.layers, region, units, problems
        )
    )
    projects = problems.attempt(
        lambda: read_projects(folder, targets.projects, region, units, problems)
    )
    problems.raise_if_any()
    if facilities is None or projects is None:
        raise AssertionError
    return PolicyFacts(units, facilities.rows, projects, facilities.layers)
