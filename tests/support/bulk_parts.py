"""The block of numbers of a page, unpacked by code of its own."""

import base64
import gzip
import json

import numpy as np

from coverplan.present.pagepoints import page_points


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


def nearest_minutes(study, payload, phase, number=0):
    """Return everybody's whole minutes to the nearest open site of a layer, in the demand's order.

    255 is beyond what the page holds.
    """
    layer = payload["layers"][number]
    minutes = parts_of(payload["bulk"])[f"minutes.{number}"].reshape(len(layer["sites"]), -1)
    least = minutes[[site[phase] for site in layer["sites"]]].min(axis=0, initial=255)
    return least[np.argsort(page_points(study).order)].astype(int)
