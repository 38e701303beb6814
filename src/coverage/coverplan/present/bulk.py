"""The long lists of numbers of a page: one compressed block, and what lies where in it."""

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["pack", "weight"]

_TYPES = {"u1": np.uint8, "u2": np.uint16, "u4": np.uint32, "i4": np.int32}
_ROWS = 2
_HARDEST, _QUICK = 9, 6
_ALIGNED = 4
"""Bytes at which every part begins: a browser views 32-bit numbers only there."""


def pack(parts: Mapping[str, NDArray[Any] | list[Any] | dict[str, Any]]) -> dict[str, Any]:
    """Return parts as one block of base64 text.

    Parameters
    ----------
    parts
        By name: arrays of unsigned numbers of 8, 16 or 32 bits or signed ones of 32, of any shape,
        written row by row; or lists and dictionaries, written as JSON. Of an array of rows of
        8-bit numbers each is written as its step from the one before, modulo 256 (type ``d1``):
        neighbours differ little.

    Returns
    -------
    dict
        ``parts``: ``[name, type, offset, length]`` of each (length in numbers; of JSON in bytes),
        ``bytes`` and ``sha256``: length and hash of the whole, ``data``: gzip in base64. Same
        parts, same text.

    Raises
    ------
    ValueError
        When an array is of another type.
    """
    block, index = _block(parts)
    data = base64.b64encode(_gzip(block, _HARDEST)).decode("ascii")
    digest = hashlib.sha256(block).hexdigest()
    return {"parts": index, "bytes": len(block), "sha256": digest, "data": data}


def weight(parts: Mapping[str, NDArray[Any] | list[Any] | dict[str, Any]]) -> int:
    """Return about how many characters parts will be, a little too many rather than too few.

    Parameters
    ----------
    parts
        As in `pack`, which takes several times as long.
    """
    return -(-len(_gzip(_block(parts)[0], _QUICK)) // 3) * 4


def _block(
    parts: Mapping[str, NDArray[Any] | list[Any] | dict[str, Any]],
) -> tuple[bytearray, list[list[Any]]]:
    """Return the parts one behind the other, and what lies where."""
    block = bytearray()
    index: list[list[Any]] = []
    for name, part in parts.items():
        block += bytes(-len(block) % _ALIGNED)
        kind, count, written = _written(name, part)
        index.append([name, kind, len(block), count])
        block += written
    return block, index


_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 0xFF])
"""Of gzip (RFC 1952): deflate, no name, no time, packed hard, on a system nobody names."""


def _gzip(block: bytearray, level: int) -> bytes:
    """Return a block as gzip: nothing but its bytes decides those written."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(block) + deflate.flush()
    return _HEADER + body + struct.pack("<II", zlib.crc32(block), len(block) & 0xFFFFFFFF)


def _written(name: str, part: Any) -> tuple[str, int, bytes]:
    if not isinstance(part, np.ndarray):
        text = json.dumps(part, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        written = text.encode("utf-8")
        return "json", len(written), written
    if part.dtype == np.uint8 and part.ndim == _ROWS:
        steps = np.diff(part.ravel(), prepend=part.dtype.type(0))
        return "d1", part.size, steps.tobytes()
    for kind, dtype in _TYPES.items():
        if part.dtype.newbyteorder("=") == dtype:
            little = np.ascontiguousarray(part).astype(f"<{kind}", copy=False)
            return kind, part.size, little.tobytes()
    raise ValueError(f"{name}: numbers of type {part.dtype} cannot be packed")
