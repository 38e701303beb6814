"""People as given, before they are placed and raked."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """People as given, before they are placed and raked.

    Parameters
    ----------
    places
        Index ``place_id`` (str, unique); columns ``name``, ``unit`` (code of the unit),
        ``declared`` (whether the file names the unit; otherwise the polygon does), ``metres``
        (how far the place's own streets may lie, NaN: the default), one float column for each
        group, and ``geometry`` (Point, metres). With a column ``weight`` a group may be NaN
        throughout a unit: how many of it live at each place is not known, and its total is
        spread in proportion to the weights.
    groups
        Names of the groups.
    totals
        Census totals by unit and group, NaN where none was given; index all codes.
    outside
        People by group in records that belong to no unit of the study; of a raster, in the parts
        outside of cells that lie partly in it.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_people, read_region
    >>> from coverplan.io.paths import Folder
    >>> with tempfile.TemporaryDirectory() as place:
    ...     config, files = cp.read_study(cp.write_small_county(place)), Folder(Path(place))
    ...     region = read_region(files, config.region)
    ...     table = read_people(files, config.people, region, Problems())
    >>> table.groups, len(table.places)
    (('all', 'elderly'), 9)
    >>> table.places["name"].tolist()[:3]
    ['柳溪街', '桥头', '上湾']
    """

    places: gpd.GeoDataFrame
    groups: tuple[str, ...]
    totals: pd.DataFrame
    outside: dict[str, float]
