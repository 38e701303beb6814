"""The block of numbers: what was put in comes out, aligned, and the same numbers give one text."""

import base64
import gzip
import hashlib
import json

import numpy as np
import pytest
from bulk_parts import parts_of
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coverplan.present.bulk import pack

ARRAYS = st.sampled_from(["u1", "u2", "u4", "i4"]).flatmap(
    lambda kind: hnp.arrays(np.dtype(kind), hnp.array_shapes(max_dims=2, min_side=0, max_side=7))
)


@given(st.lists(ARRAYS, max_size=6))
def test_every_part_comes_back(arrays):
    given_parts = {f"part.{i}": array for i, array in enumerate(arrays)}
    given_parts["words"] = {"名": ["</script>", None, 1.5]}
    packed = pack(given_parts)
    found = parts_of(packed)
    assert list(found) == list(given_parts)
    for name, array in given_parts.items():
        if name == "words":
            assert found[name] == array
        else:
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array.ravel())
    assert all(offset % 4 == 0 for _, _, offset, _ in packed["parts"])


def test_the_same_numbers_give_the_same_text():
    one = pack({"a": np.arange(100, dtype=np.uint16)})
    assert one == pack({"a": np.arange(200, dtype=np.uint16)[:100]})
    raw = base64.b64decode(one["data"], validate=True)
    assert raw[3:8] == bytes(5)  # neither a name nor a time in the header
    whole = gzip.decompress(raw)
    assert len(whole) == one["bytes"] == 200
    assert hashlib.sha256(whole).hexdigest() == one["sha256"]
    json.dumps(one)


def test_big_endian_and_strided_numbers_are_written_like_all_others():
    plain = np.arange(12, dtype=np.uint32).reshape(3, 4)
    turned = plain.T.astype(">u4").T
    assert pack({"a": turned}) == pack({"a": plain})
    np.testing.assert_array_equal(parts_of(pack({"a": plain[:, ::2]}))["a"], plain[:, ::2].ravel())


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.int8, bool])
def test_other_numbers_are_refused(dtype):
    with pytest.raises(ValueError, match="cannot be packed"):
        pack({"a": np.zeros(3, dtype=dtype)})
