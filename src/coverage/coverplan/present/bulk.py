"""The long lists of numbers of a page: one compressed block, and what lies where in it."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["pack"]

_TYPES = {"u1": np.uint8, "u2": np.uint16, "u4": np.uint32, "i4": np.int32}
_ALIGNED = 4
"""Bytes at which every part begins: a browser views 32-bit numbers only there."""


def pack(parts: Mapping[str, NDArray[Any] | list[Any] | dict[str, Any]]) -> dict[str, Any]:
    """Return parts as one block of base64 text.

    Parameters
    ----------
    parts
        By name: arrays of unsigned numbers of 8, 16 or 32 bits or signed ones of 32, of any shape,
        written row by row; or lists and dictionaries, written as JSON.

    Returns
    -------
    dict
        ``parts``: ``[name, type, offset, length]`` of each (length in numbers; of JSON in bytes),
        ``bytes``: length of the whole, ``data``: gzip in base64. Same parts, same text.

    Raises
    ------
    ValueError
        When an array is of another type.
    """
    block = bytearray()
    index: list[list[Any]] = []
    for name, part in parts.items():
        block += bytes(-len(block) % _ALIGNED)
        kind, count, written = _written(name, part)
        index.append([name, kind, len(block), count])
        block += written
    # No file name and no time in the gzip header: nothing but the numbers decides the bytes.
    packed = gzip.compress(bytes(block), compresslevel=9, mtime=0)
    return {
        "parts": index,
        "bytes": len(block),
        "data": base64.b64encode(packed).decode("ascii"),
    }


def _written(name: str, part: Any) -> tuple[str, int, bytes]:
    if not isinstance(part, np.ndarray):
        text = json.dumps(part, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        written = text.encode("utf-8")
        return "json", len(written), written
    for kind, dtype in _TYPES.items():
        if part.dtype == dtype:
            little = np.ascontiguousarray(part).astype(f"<{kind}", copy=False)
            return kind, part.size, little.tobytes()
    raise ValueError(f"{name}: numbers of type {part.dtype} cannot be packed")
