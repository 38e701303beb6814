"""Zip packages whose bytes depend on their members alone."""

import io
import zipfile

__all__ = ["restamped"]

_STAMP = (2000, 1, 1, 0, 0, 0)


def restamped(package: bytes) -> bytes:
    """Return a zip file with the same members, all of one date.

    Parameters
    ----------
    package
        The zip file: a workbook, a document.
    """
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as given,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            member = zipfile.ZipInfo(name, _STAMP)
            member.compress_type = zipfile.ZIP_DEFLATED
            # The bytes must not tell on which system they were written.
            member.create_system = 3
            member.external_attr = 0o644 << 16
            made.writestr(member, given.read(name))
    return kept.getvalue()
