"""Roads of one file, without a study: for a notebook."""

import warnings
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..core.errors import InputError, Problems, render_problems
from ..domain.config import RoadsConfig
from ..domain.network import Network
from ..domain.region import Region
from .paths import Folder
from .roads import read_network
from .studyfaults import StudyText, schema_faults


def read_roads(path: str | Path, region: Region, **settings: Any) -> Network:
    """Return the roads of a file: lines, an OpenStreetMap extract, or a graph as GraphML.

    Parameters
    ----------
    path
        The file.
    region
        The units; the network is in their coordinate system.
    **settings
        Keys of the table ``[roads]`` of a study file: ``columns={"class": "fclass"}``,
        ``classes={...}``, ``repair=True``, ``clip_metres=5_000.0``, ...

    Raises
    ------
    InputError
        When the file cannot be used, or there is no such setting.

    Warns
    -----
    UserWarning
        What was left out or taken otherwise than it stands in the file.

    Examples
    --------
    >>> import warnings
    >>> import coverplan as cp
    >>> config = cp.read_study("data/geo/yunxi/study.toml")
    >>> region = cp.io.read_region("data/geo/yunxi", config.region)
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one end lies in another road
    ...     roads = cp.read_roads("data/geo/yunxi/roads.gpkg", region, clip_metres=3_000.0)
    >>> roads.has_roads
    True
    """
    file = Path(path)
    data = {"source": file.name, **settings}
    try:
        config = RoadsConfig.model_validate(data)
    except ValidationError as error:
        faults = [detail | {"loc": ("roads", *detail["loc"])} for detail in error.errors()]
        raise InputError(schema_faults(faults, {"roads": data}, StudyText("roads"))) from error
    problems = Problems()
    network = read_network(Folder(file.parent), config, region, problems)
    problems.raise_if_any()
    for said in render_problems(problems, "en"):
        warnings.warn(said, stacklevel=2)
    return network
