"""Constants shared by all steps: place, seed, codes, targets."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

SEED = 330999
OUT = Path(__file__).resolve().parent.parent / "yunxi"
COUNTY = "云溪县"
COUNTY_CODE = "330999"
DATE = "2025-12-31"

METRIC = "EPSG:4549"
DEGREES = "EPSG:4490"

CENTRE = (485_000.0, 3_176_000.0)  # metres, EPSG:4549: near 119.85 E, 28.70 N
CELL = 100.0  # metres: the DEM and the routing grid
COUNTY_AREA = 1_200.0  # square kilometres
MARGIN = 4_000.0  # metres of terrain kept around the county
ROADS_BEYOND = 3_000.0  # metres that main roads run on past the county line

RESIDENTS = 420_000
SHARE_60 = 0.26


class Township(NamedTuple):
    """What is decided by hand about a township; the ground decides the rest."""

    code: str
    name: str
    kind: str
    residents: int
    share60: float
    share14: float
    villages: int


TOWNSHIPS = (
    Township("330999001000", "澄江街道", "街道", 70_812, 0.189, 0.147, 17),
    Township("330999002000", "东屏街道", "街道", 56_437, 0.196, 0.144, 14),
    Township("330999003000", "溪南街道", "街道", 41_156, 0.208, 0.138, 11),
    Township("330999100000", "桐口镇", "镇", 58_264, 0.248, 0.126, 33),
    Township("330999101000", "白石渡镇", "镇", 46_093, 0.262, 0.123, 30),
    Township("330999102000", "枫桥岭镇", "镇", 39_418, 0.279, 0.117, 27),
    Township("330999103000", "青坞镇", "镇", 32_705, 0.296, 0.112, 26),
    Township("330999104000", "龙潭镇", "镇", 26_615, 0.318, 0.106, 23),
    Township("330999200000", "岱源乡", "乡", 14_972, 0.386, 0.085, 26),
    Township("330999201000", "云峰乡", "乡", 9_124, 0.407, 0.079, 13),
    Township("330999202000", "竹坪乡", "乡", 13_986, 0.424, 0.074, 22),
    Township("330999203000", "箬岭乡", "乡", 10_418, 0.446, 0.068, 18),
)


def rng(stage: str) -> np.random.Generator:
    """Return the random stream of one stage, so that stages do not disturb each other."""
    return np.random.default_rng([SEED, *stage.encode()])
