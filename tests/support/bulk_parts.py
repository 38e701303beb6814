"""The block of numbers of a page, unpacked by code of its own."""

import base64
import gzip
import json

import numpy as np


def parts_of(packed):
    """Return the parts by name: arrays as they lie, lists and dictionaries from JSON."""
    block = gzip.decompress(base64.b64decode(packed["data"], validate=True))
    assert len(block) == packed["bytes"]
    parts = {}
    for name, kind, offset, length in packed["parts"]:
        if kind == "json":
            parts[name] = json.loads(block[offset : offset + length])
        elif kind == "d1":
            steps = np.frombuffer(block, dtype=np.uint8, count=length, offset=offset)
            parts[name] = np.add.accumulate(steps, dtype=np.uint8)
        else:
            parts[name] = np.frombuffer(block, dtype=f"<{kind}", count=length, offset=offset)
    return parts
