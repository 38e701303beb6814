"""Candidate places in the sizes they may be built in, with what each costs and holds."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from ..domain.siting_config import SiteClass
from .request import CLASS_MARK


def with_classes(places: gpd.GeoDataFrame, classes: Sequence[SiteClass]) -> gpd.GeoDataFrame:
    """Return a row for each place and class, in the order of the places.

    Parameters
    ----------
    places
        Index ids; columns ``kind`` (``build`` or ``reuse``), ``cost_yuan`` and ``capacity``
        (nullable integers).
    classes
        Sizes to choose from; none: every place as it is.

    Returns
    -------
    GeoDataFrame
        With ``place``, the number of the place, which its rows share, and ``class_name``; ids are
        ``place#class``. What a place costs of its own (land, clearing) comes on top of its class,
        and no class holds more than its place does, where that is known.
    """
    places = places.assign(place=np.arange(len(places), dtype=np.int32), class_name="")
    if not classes:
        return places
    reused = (places["kind"] == "reuse").to_numpy()
    rows = []
    for size in classes:
        again = size.cost_yuan if size.reuse_cost_yuan is None else size.reuse_cost_yuan
        cost = places["cost_yuan"].fillna(0) + np.where(reused, again, size.cost_yuan)
        size_room = pd.Series(pd.array([size.capacity] * len(places), dtype="Int64"), places.index)
        room = pd.concat([places["capacity"], size_room], axis=1).min(axis=1)
        rows.append(
            places.assign(
                cost_yuan=cost.astype("Int64"),
                capacity=room.astype("Int64"),
                class_name=size.name,
            ).set_axis([f"{i}{CLASS_MARK}{size.name}" for i in places.index])
        )
    whole = gpd.GeoDataFrame(pd.concat(rows), crs=places.crs)
    return whole.iloc[np.argsort(whole["place"].to_numpy(), kind="stable")]


def filled(
    frame: pd.DataFrame, column: str, otherwise: int | None
) -> "pd.api.extensions.ExtensionArray":
    """Return a column as nullable integers, ``otherwise`` where it holds nothing.

    Parameters
    ----------
    frame, column
        The column may be missing.
    otherwise
        None: such a number stays unknown.
    """
    given = frame[column] if column in frame else [pd.NA] * len(frame)
    values = pd.Series(pd.array(given, dtype="Int64"))
    return (values if otherwise is None else values.fillna(otherwise)).array
