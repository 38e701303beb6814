"""A package depends on its members alone: not on the hour, the system or the effort of packing."""

import io
import zipfile

from coverplan.io.zipped import restamped


def packed(date, system, kind):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in ("b.xml", "a/甲.xml"):
            member = zipfile.ZipInfo(name, date)
            member.create_system, member.compress_type = system, kind
            archive.writestr(member, name * 50)
    return kept.getvalue()


def test_the_same_members_give_the_same_bytes():
    one = packed((2020, 1, 2, 3, 4, 6), 0, zipfile.ZIP_STORED)
    other = packed((2026, 5, 6, 7, 8, 10), 3, zipfile.ZIP_DEFLATED)
    assert one != other
    assert restamped(one) == restamped(other)
    with zipfile.ZipFile(io.BytesIO(restamped(one))) as archive:
        assert archive.namelist() == ["b.xml", "a/甲.xml"]
        assert archive.read("a/甲.xml").decode() == "a/甲.xml" * 50
