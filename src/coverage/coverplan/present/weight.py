"""How heavy a map page is, and what makes it so."""

import base64
import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

from ..core.errors import InputError, Problem
from ..core.text import Text

__all__ = ["MOST_BYTES", "WARN_BYTES", "check_weight", "heaviest_part"]

MEGABYTE = 1_000_000
WARN_BYTES = 10 * MEGABYTE
MOST_BYTES = 50 * MEGABYTE
"""Above the first a page is slow to mail and to open, above the second it is not written."""

_BASE64 = 4 / 3

_TIMES = Text("各设施到各人口点的分钟数", "the minutes from people to sites")
_PEOPLE = Text("人口点", "the people's points")
_GROUND = Text("界线、道路和水域", "borders, roads and water")
_ADDED = Text("附加图层", "the layers that were added")
_SITES = Text("设施清单", "the lists of sites")
_WORDS = Text("方法、提示和表格", "method, warnings and tables")

_MENDS = {
    _TIMES: Text(
        "从研究文件中去掉不需要的图层，或把人口点合并得粗一些",
        "leave layers out of the study file, or gather people into fewer points",
    ),
    _PEOPLE: Text("把人口点合并得粗一些", "gather people into fewer points"),
    _GROUND: Text(
        "先简化界线和水域（约 10 米），或只保留主要道路",
        "simplify borders and water first (about 10 m), or keep main roads only",
    ),
    _ADDED: Text("简化或少加附加图层", "simplify the layers added, or add fewer"),
    _SITES: Text("从研究文件中去掉不需要的图层", "leave layers out of the study file"),
    _WORDS: Text("先按提示改正数据", "mend the data the warnings are about"),
}


def check_weight(page: str, payload: Mapping[str, Any], *, force: bool = False) -> Problem | None:
    """Return a warning where a page is heavy, None where it is not.

    Parameters
    ----------
    page
        The page.
    payload
        What it was made of.
    force
        Whether a page above `MOST_BYTES` is written all the same.

    Raises
    ------
    InputError
        When it is above `MOST_BYTES` and not forced, with what weighs most and what to do.
    """
    weight = len(page.encode("utf-8", errors="replace"))
    if weight <= WARN_BYTES:
        return None
    part, its = heaviest_part(payload)
    stops = weight > MOST_BYTES and not force
    mend = _MENDS[part]
    also = (
        Text(
            "；确要写出请加 --force（force=True）", "; --force (force=True) writes it all the same"
        )
        if stops
        else Text("", "")
    )
    problem = Problem(
        code="map.weight",
        what=Text(
            f"地图网页太大，打开和传递都慢；其中最重的是{part.zh}（约 {its / MEGABYTE:.1f} MB）",
            f"the map page is so heavy that it opens and travels slowly; what weighs most is "
            f"{part.en} (about {its / MEGABYTE:.1f} MB)",
        ),
        found=f"{weight / MEGABYTE:.1f} MB",
        expected=Text(
            f"{WARN_BYTES // MEGABYTE} MB 以内，最多 {MOST_BYTES // MEGABYTE} MB",
            f"up to {WARN_BYTES // MEGABYTE} MB, {MOST_BYTES // MEGABYTE} MB at most",
        ),
        mend=Text(mend.zh + also.zh, mend.en + also.en),
        severity="error" if stops else "warning",
    )
    if stops:
        raise InputError([problem])
    return problem


def heaviest_part(payload: Mapping[str, Any]) -> tuple[Text, int]:
    """Return which part of a payload weighs most in the page, and its bytes there."""
    weights = dict.fromkeys(_MENDS, 0)
    bulk = payload["bulk"]
    block = gzip.decompress(base64.b64decode(bulk["data"]))
    starts = [offset for _, _, offset, _ in bulk["parts"]]
    for (name, *_), start, end in zip(
        bulk["parts"], starts, [*starts[1:], len(block)], strict=True
    ):
        weights[_part_of(name)] += round(len(zlib.compress(block[start:end])) * _BASE64)
    for name, value in payload.items():
        if name != "bulk":
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            weights[_WORDS_OF.get(name, _WORDS)] += len(text.encode("utf-8", errors="replace"))
    heaviest = max(weights, key=lambda part: weights[part])
    return heaviest, weights[heaviest]


def _part_of(name: str) -> Text:
    if name.startswith("minutes."):
        return _TIMES
    return _GROUND if name == "geometry" else _PEOPLE


_WORDS_OF = {"overlays": _ADDED, "layers": _SITES, "base": _GROUND}
