"""What encoding the words of a file were read in, to be shown."""

import codecs
from pathlib import Path

from ..core.errors import InputError
from .csvtext import csv_text
from .encodings import writing_of

_TEXT = frozenset({".csv", ".txt", ".tsv"})
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}


def encoding_of(full: Path, stated: str | None = None) -> str:
    """Return the encoding a table of text or a shapefile's words are read in.

    Parameters
    ----------
    full
        Where the file is.
    stated
        The encoding the study states for it; None: recognised.

    Returns
    -------
    str
        Such as ``"GB18030"``, which any GBK file is; "" for a file whose words have none of their
        own, and where nothing goes beyond ASCII in a shapefile.
    """
    try:
        if full.suffix.lower() in _TEXT:
            return _of_text(full, stated)
        if full.suffix.lower() == ".shp":
            if stated is not None:
                return _called(stated)
            writing = writing_of(full, full.name)
            return "" if writing is None else _called(writing.encoding)
    except (InputError, OSError):
        return ""
    return ""


def _of_text(full: Path, stated: str | None) -> str:
    with full.open("rb") as stream:
        mark = stream.read(3)
    called = _called(csv_text(full, full.name, stated).encoding)
    return f"{called} (BOM)" if mark == codecs.BOM_UTF8 and called == "UTF-8" else called


def _called(encoding: str) -> str:
    return _NAMES.get(encoding.lower(), encoding.upper())
