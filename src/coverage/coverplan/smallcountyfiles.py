"""The small county as the files a county would have: to read, to spoil, to send with a fault."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd

from .smallcounty import (
    CANDIDATES,
    CAP_METRES,
    DATE,
    MINUTES,
    NEW_SITES,
    NOTICE,
    ROADS,
    SITES,
    SMALL_CRS,
    TITLE,
    UNITS,
    VILLAGES,
    WALK,
    point,
    rectangle,
    road_lines,
)


def write_small_county(folder: str | Path) -> Path:
    """Write the small county as files a study reads, and return its study file.

    Boundaries and roads as GeoJSON, villages, facilities and candidates as CSV, and ``study.toml``
    that names them. `coverplan.run` of it gives the figures of `small_county`. A small thing to
    spoil: take it for a report of a fault.

    Parameters
    ----------
    folder
        Where to; made where it does not exist. Files of the same names are replaced.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = cp.write_small_county(folder)
    ...     files = sorted(file.name for file in study.parent.iterdir())
    ...     county = cp.load(study)
    >>> len(files), files[:3]
    (7, ['candidates.csv', 'elderly_care.csv', 'roads.geojson'])
    >>> len(county.demand), int(county.demand.people("all").sum())
    (9, 3560)
    """
    to = Path(folder)
    to.mkdir(parents=True, exist_ok=True)
    units = gpd.GeoDataFrame(
        {"乡镇代码": list(UNITS), "名称": [name for name, _ in UNITS.values()]},
        geometry=[rectangle(corners) for _, corners in UNITS.values()],
        crs=SMALL_CRS,
    )
    roads = gpd.GeoDataFrame(
        {"highway": ["residential"] * len(ROADS), "oneway": "no"},
        geometry=road_lines(),
        crs=SMALL_CRS,
    )
    for name, frame in (("townships", units), ("roads", roads)):
        text = frame.to_crs(4326).to_json(ensure_ascii=False, drop_id=True)
        _write(to / f"{name}.geojson", text + "\n")
    _write_tables(to)
    study = to / "study.toml"
    _write(study, _STUDY)
    return study


def _write_tables(to: Path) -> None:
    _write_table(
        to / "villages.csv",
        ("村编码", "村名", "乡镇代码", "常住人口", "60岁及以上"),
        [(i, name, unit, a, e, x, y) for i, name, unit, x, y, a, e in VILLAGES],
    )
    for key, sites in SITES.items():
        _write_table(
            to / f"{key}.csv",
            ("编号", "名称", "乡镇代码", "状态", "开业年份", "容量"),
            [
                (i, name, unit, _STATUS[status], year or "", n, x, y)
                for i, name, unit, x, y, status, year, n in sites
            ],
        )
    _write_table(
        to / "candidates.csv",
        ("编号", "名称", "造价元", "容量"),
        [(i, name, yuan, n, x, y) for i, name, x, y, yuan, n in CANDIDATES],
    )


def _write_table(path: Path, head: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    """Write records, whose last two values are x and y, with longitude and latitude instead."""
    points = gpd.GeoSeries([point(*row[-2:]) for row in rows], crs=SMALL_CRS).to_crs(4326)
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow([*head, "经度", "纬度"])
    for row, place in zip(rows, points, strict=True):
        table.writerow([*row[:-2], f"{place.x:.9f}", f"{place.y:.9f}"])
    _write(path, stream.getvalue())


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


_STATUS = {"operating": "运营", "planned": "规划"}

_STUDY = f"""\
# {NOTICE}

title = "{TITLE}"
notice = "{NOTICE}"
date = {DATE}

[region]
units = "townships.geojson"

[people]
source = "villages.csv"
groups = {{ all = "常住人口", elderly = "60岁及以上" }}
spread = "points"

[roads]
source = "roads.geojson"

[profiles.{WALK}]                 # 每秒一米 a metre a second
label = {{ zh = "每秒一米", en = "a metre a second" }}
kmh = 3.6
access_kmh = 3.6
access_cap_metres = {CAP_METRES:.0f}

[layers.elderly_care]
source = "elderly_care.csv"
profile = "{WALK}"

[layers.elderly_care.siting]
sites = {NEW_SITES}

[layers.elderly_care.siting.candidates]
source = "candidates.csv"
columns = {{ cost_yuan = "造价元", capacity = "容量" }}

[layers.social_work]
source = "social_work.csv"
profile = "{WALK}"
minutes = {MINUTES["social_work"]:.0f}

[targets]                          # 逐条核对政策目标 policy targets, clause by clause

[output]
folder = "result"
"""
