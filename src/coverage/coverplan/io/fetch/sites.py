"""The facilities of a place, by the tags that stand for each layer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...core.errors import Problem
from ...core.text import Language, Text
from ...domain.osm_tags import OsmLayer
from ..cells import as_number
from .faults import note
from .web import Servers, ask, from_kept

_HEADS = {
    "id": Text("编号", "id"),
    "name": Text("名称", "name"),
    "lon": Text("经度", "lon"),
    "lat": Text("纬度", "lat"),
    "capacity": Text("容量", "capacity"),
    "by": Text("依据标签", "by_tags"),
    "tags": Text("全部标签", "all_tags"),
}
_CAPACITY_KEYS = ("capacity:beds", "beds", "capacity:persons", "capacity")


@dataclass(frozen=True, slots=True)
class Sites:
    """The facilities of a layer.

    Parameters
    ----------
    table
        A row each; places in EPSG:4326, of an area a point within it.
    notes
        What a planner must know of them.
    answers
        As received.
    """

    table: pd.DataFrame
    notes: tuple[Problem, ...]
    answers: list[Any]


def fetch_sites(
    servers: Servers, folder: Path, area: shapely.Geometry, layer: OsmLayer, language: Language
) -> Sites:
    """Return the facilities of a layer within an area.

    Parameters
    ----------
    servers, folder
        Whom to ask, and where answers are kept.
    area
        Where, in EPSG:4326.
    layer
        What.
    language
        Of the heads of the table.

    Raises
    ------
    InputError
        When the server cannot be asked.
    """
    words = Text(f"下载设施 {layer.id}", f"fetching facilities: {layer.id}")

    def call(osmnx: Any) -> Any:
        return osmnx.features_from_polygon(area, layer.asked)

    answers = ask(servers, folder, call, words)
    found = from_kept(servers, folder, call)
    table = _table(found, layer, language)
    file = f"{layer.id}.csv"
    what = Text(
        f"图层 {layer.id}：OpenStreetMap 中有 {len(table)} 处。{layer.about.zh}",
        f"layer {layer.id}: OpenStreetMap knows {len(table)}. {layer.about.en}",
    )
    mend = Text(
        "志愿者数据不是登记台账：与本局台账核对后再用",
        "volunteers' data are no register: compare them with your own before use",
    )
    if not len(table):
        mend = Text("没有写该文件：用本局台账", "no file was written: use your own register")
    return Sites(table, (note("sites", what, mend, file=file),), answers)


def _table(found: gpd.GeoDataFrame | None, layer: OsmLayer, language: Language) -> pd.DataFrame:
    rows = []
    if found is not None:
        at = found.geometry.representative_point()
        plain = pd.DataFrame(found.drop(columns="geometry"))
        for (element, number), lon, lat, row in zip(
            plain.index, at.x, at.y, plain.to_dict("records"), strict=True
        ):
            tags = {str(k): v for k, v in row.items() if isinstance(v, str)}
            if layer.fits(tags):
                rows.append(_row(f"{element}/{number}", lon, lat, tags, layer))
    table = pd.DataFrame(rows, columns=list(_HEADS))
    if table["capacity"].isna().all():
        table = table.drop(columns="capacity")
    return table.rename(columns={key: head.of(language) for key, head in _HEADS.items()})


def _row(
    number: str, lon: float, lat: float, tags: dict[str, str], layer: OsmLayer
) -> dict[str, Any]:
    given = [as_number(tags[key]) for key in _CAPACITY_KEYS if key in tags]
    capacity = next((n for n in given if n is not None and n >= 0 and np.isfinite(n)), None)
    number_of = None if capacity is None else f"{capacity:g}"
    return {
        "id": number,
        "name": tags.get("name") or tags.get("name:zh") or f"未命名（{number}）",
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "capacity": number_of,
        "by": layer.said(tags),
        "tags": "; ".join(f"{key}={value}" for key, value in sorted(tags.items())),
    }
