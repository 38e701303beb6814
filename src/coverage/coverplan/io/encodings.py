"""In which encoding the words of a shapefile or a MapInfo file are: by their bytes, not by hearsay.

A ``.dbf`` states its encoding in a ``.cpg`` beside it or in one byte of its header, both often
missing and sometimes wrong: GDAL then reads Chinese as Latin letters without a word. MapInfo writes
"Neutral" for whatever the machine had.
"""

import codecs
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import Problem
from ..core.text import Text

_SAMPLE_BYTES = 4 << 20
_MOST_VALUES = 5000
_HEADER = 32
_FIELD = 32
_END = 0x0D
_CANDIDATES = ("utf-8", "gb18030", "big5")
_LATIN = "iso8859-1"
_LABELS = {"utf-8": "UTF-8", "gb18030": "GBK", "big5": "Big5", _LATIN: "ISO-8859-1"}
_FEW_LETTERS, _SURELY_UTF8 = 3, 1.0
_IS_UTF8, _STATED, _STATED_UNLESS_UTF8 = 0.3, 0.5, 0.2
_OF_HEADER = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
_WORDS_BESIDE = {".tab": ".dat", ".mif": ".mid"}
_CHARSET = re.compile(rb'charset\s+"?(\w+)', re.IGNORECASE)
_CHINESE = frozenset(
    char
    for high in range(0xB0, 0xD8)
    for char in bytes(b for low in range(0xA1, 0xFF) for b in (high, low)).decode(
        "gb2312", "ignore"
    )
)
"""The 3,755 characters of the first level of GB 2312: what names are written with."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How the text of a file was read.

    Parameters
    ----------
    encoding
        As Python calls it.
    note
        A warning where the file did not say so, or said otherwise.
    """

    encoding: str
    note: Problem | None = None


def is_recoded(full: Path) -> bool:
    """Return whether GDAL itself turns the words of a MapInfo file into UTF-8: it says how."""
    found = _CHARSET.search(_sample(full))
    return found is not None and found.group(1).lower() != b"neutral"


def writing_of(full: Path, file: str) -> Writing | None:
    """Return the encoding of the words of a file; None where they are ASCII, or GDAL knows.

    Parameters
    ----------
    full, file
        The ``.shp``, ``.tab`` or ``.mif``, and its name for messages.
    """
    values, stated = _words(full)
    if not values:
        return None
    scores = {name: _score(values, name) for name in _CANDIDATES if _fits(values, name)}
    if stated is not None and stated not in scores and _fits(values, stated):
        # Latin letters fit any bytes: they are believed unless the bytes are plainly another's.
        scores[stated] = _STATED_UNLESS_UTF8 if "utf-8" in scores else _STATED
    scores.setdefault(_LATIN, 0.0)
    best = max(scores, key=lambda name: (scores[name], name == stated))
    if best == stated:
        return Writing(best)
    return Writing(best, _taken_as(file, best, _said(full), _example(values, best)))


def _words(full: Path) -> tuple[list[bytes], str | None]:
    """Return the words of a file that are not ASCII, and the encoding it states."""
    suffix = full.suffix.lower()
    mapinfo = suffix in _WORDS_BESIDE
    table = _beside(full, _WORDS_BESIDE.get(suffix, ".dbf"))
    if table is None or (mapinfo and is_recoded(full)):
        return [], None
    raw = _sample(table)
    if not mapinfo:
        return _values(raw), _stated(full, raw)
    values = _plain_values(raw) if suffix == ".mif" else _values(raw)
    return values + _plain_values(_sample(full)), None


def _sample(full: Path) -> bytes:
    with full.open("rb") as stream:
        return stream.read(_SAMPLE_BYTES)


def _plain_values(raw: bytes) -> list[bytes]:
    """Return the words of a text that are not ASCII."""
    return [word for word in re.split(rb'[\s,;"]+', raw) if not word.isascii()][:_MOST_VALUES]


def _beside(shapefile: Path, suffix: str) -> Path | None:
    for name in (suffix, suffix.upper()):
        path = shapefile.with_suffix(name)
        if path.is_file():
            return path
    return None


def _values(raw: bytes) -> list[bytes]:
    """Return the texts of a ``.dbf`` that are not ASCII: names of columns and values."""
    if len(raw) < _HEADER:
        return []
    begin, size = struct.unpack_from("<HH", raw, 8)
    fields, at, offset = list[tuple[int, int]](), _HEADER, 1
    found = list[bytes]()
    while at + _FIELD <= min(begin, len(raw)) and raw[at] != _END:
        name, kind, width = raw[at : at + 11].split(b"\0")[0], raw[at + 11 : at + 12], raw[at + 16]
        found.append(name)
        if kind == b"C":
            width += raw[at + 17] << 8
            fields.append((offset, width))
        offset += width
        at += _FIELD
    for start in range(begin, len(raw) - size + 1, size) if size and fields else ():
        record = raw[start : start + size]
        found += [record[o : o + w].rstrip(b" \0") for o, w in fields]
        if len(found) > _MOST_VALUES:
            found = [value for value in found if not value.isascii()]
            if len(found) > _MOST_VALUES:
                break
    return [value for value in found if not value.isascii()]


def _stated(shapefile: Path, raw: bytes) -> str | None:
    """Return the encoding the files state, as far as it is one we know."""
    page = _said(shapefile)
    if page:
        name = page.replace("ANSI ", "cp").replace("OEM ", "cp")
        name = {"936": "gb18030", "950": "big5", "65001": "utf-8"}.get(
            name.removeprefix("cp"), name
        )
        try:
            found = codecs.lookup(f"cp{name}" if name.isdigit() else name).name
        except (LookupError, ValueError):
            return None
        return "gb18030" if found in {"gbk", "gb2312"} else found
    return _OF_HEADER.get(raw[29])


def _said(shapefile: Path) -> str:
    path = _beside(shapefile, ".cpg")
    if path is None:
        return ""
    return path.read_bytes()[:40].decode("ascii", "replace").strip()


def _fits(values: list[bytes], encoding: str) -> bool:
    return all(_decoded(value, encoding) is not None for value in values)


def _decoded(value: bytes, encoding: str) -> str | None:
    """Return a text; one that fills its field may have been cut within its last character."""
    for cut in range(4):
        try:
            return value[: len(value) - cut].decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _score(values: list[bytes], encoding: str) -> float:
    share = _share(values, encoding)
    if encoding != "utf-8":
        return share
    # Two or three characters of GBK may happen to be UTF-8; a few more hardly ever.
    text = "".join(_decoded(value, encoding) or "" for value in values)
    letters = sum(not char.isascii() for char in text)
    return share + (_SURELY_UTF8 if letters > _FEW_LETTERS else _IS_UTF8)


def _share(values: list[bytes], encoding: str) -> float:
    """Return the share of characters beyond ASCII that names are usually written with."""
    text = "".join(_decoded(value, encoding) or "" for value in values)
    beyond = [char for char in text if not char.isascii()]
    return sum(char in _CHINESE for char in beyond) / len(beyond) if beyond else 0.0


def _example(values: list[bytes], encoding: str) -> str:
    texts = [(_decoded(value, encoding) or "").strip() for value in values]
    return next((text for text in texts if sum(c in _CHINESE for c in text) > 1), texts[0])


def _taken_as(file: str, encoding: str, said: str, example: str) -> Problem:
    label = _LABELS.get(encoding, encoding)
    missing = Text("没有说明文字编码", "does not state the encoding of its text")
    wrong = Text(
        f"声明的编码（{said[:20]}）与内容不符",
        f"states an encoding ({said[:20]}) its content contradicts",
    )
    why = wrong if said else missing
    return Problem(
        code="vector.encoding",
        what=Text(
            f"文件{why.zh}，其中的文字按 {label} 读取",
            f"the file {why.en}; its text was read as {label}",
        ),
        file=file,
        found=example,
        expected=Text("能读通的名称", "names that can be read"),
        mend=Text(
            f'若名称有乱码，在研究文件中写明 encoding = "…"；无误则可写 encoding = "{label}"',
            f'if the name is garbled, say in the study file encoding = "..."; if it is right, '
            f'encoding = "{label}" stops this warning',
        ),
        severity="warning",
    )
