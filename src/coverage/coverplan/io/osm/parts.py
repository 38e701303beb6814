"""Taking an OpenStreetMap file apart: pieces that can be read one after another."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ...core.errors import InputError, Problem
from ...core.text import Text
from ..content import unreadable

_PIECE_BYTES = 4_000_000
"""Of a compressed file: a fraction of a second of reading, and 40 to 80 MB while it is read."""

_MOST_HEADER = 64 * 1024
_MOST_BLOB = 32 * 1024 * 1024
_LENGTH = 4
_DATASIZE = 3
_LOW_BITS = 0x7F
_VARINT, _WIDE, _BYTES, _NARROW = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class OsmFile:
    """An OpenStreetMap file, read in pieces.

    Parameters
    ----------
    osmium
        The module pyosmium.
    full, file
        Where it is, and its name for messages.
    """

    osmium: Any
    full: Path
    file: str

    def pieces(self) -> Iterator[tuple[Any, int]]:
        """Yield what pyosmium reads one after another, and how many bytes of the file each is.

        A ``.pbf`` file consists of blobs that stand alone (OpenStreetMap wiki, "PBF Format"):
        some are put together, the header before them, so that a reading knows how far it is and
        can be stopped. XML is one piece.

        Raises
        ------
        InputError
            When the file ends within a blob, or does not consist of blobs.
        """
        size = self.full.stat().st_size
        if self.full.suffix.lower() != ".pbf" or not size:
            yield str(self.full), size
            return
        with self.full.open("rb") as stream:
            begin = header = self._blob_end(stream, 0, size)
            head = _part(stream, 0, header)
            end, told = begin, 0
            while end < size:
                end = self._blob_end(stream, end, size)
                if end - begin >= _PIECE_BYTES or end == size:
                    piece = head + _part(stream, begin, end)
                    yield self.osmium.io.FileBuffer(piece, "pbf"), end - told
                    begin = told = end

    def check_present(self) -> None:
        """Refuse a file of every version of each object: what stands there now is not known.

        Raises
        ------
        InputError
            When it is a history or a change file.
        """
        if (
            self.osmium.io.Reader(str(self.full), self.osmium.osm.NOTHING)
            .header()
            .has_multiple_object_versions
        ):
            raise InputError([_history(self.file)])

    def holds_anything(self) -> bool:
        """Return whether there is any object in the file."""
        with self.osmium.io.Reader(str(self.full)) as reader:
            return next(iter(self.osmium.OsmFileIterator(reader)), None) is not None

    def _blob_end(self, stream: BinaryIO, begin: int, size: int) -> int:
        """Return where the blob ends that begins here."""
        here = begin + _LENGTH
        length = int.from_bytes(_part(stream, begin, here), "big")
        header = _part(stream, here, here + length) if length <= _MOST_HEADER else b""
        data = _datasize(header) if len(header) == length else None
        end = here + length + (data or 0)
        if data is None or data > _MOST_BLOB or end > size:
            cut = begin > 0 and (here + length > size or (data is not None and end > size))
            raise InputError(
                [_cut(self, begin) if cut else unreadable(self.full, self.file, "roads")]
            )
        return end


def _part(stream: BinaryIO, begin: int, end: int) -> bytes:
    stream.seek(begin)
    return stream.read(end - begin)


def _datasize(header: bytes) -> int | None:
    """Return how long the blob after a header is; None where the header says nothing."""
    at = 0
    try:
        while at < len(header):
            key, at = _varint(header, at)
            kind = key & 7
            if kind == _VARINT:
                value, at = _varint(header, at)
                if key >> 3 == _DATASIZE:
                    return value
            elif kind == _BYTES:
                length, at = _varint(header, at)
                at += length
            elif kind in {_WIDE, _NARROW}:
                at += 8 if kind == _WIDE else 4
            else:
                return None
    except IndexError:
        return None
    return None


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """Return a whole number in seven bits per byte, low ones first, and where it ends."""
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & _LOW_BITS) << shift
        at, shift = at + 1, shift + 7
        if byte <= _LOW_BITS:
            return value, at


def _cut(source: OsmFile, at: int) -> Problem:
    size = source.full.stat().st_size
    return Problem(
        code="roads.osm_cut",
        what=Text("文件不完整：末尾被截断", "the file is not whole: its end is missing"),
        file=source.file,
        found=Text(
            f"{size:,} 字节，最后完整的一段到 {at:,}", f"{size:,} bytes, whole up to {at:,}"
        ),
        expected=Text("完整的 .osm.pbf 文件", "a whole .osm.pbf file"),
        mend=Text("重新下载或重新复制该文件", "download or copy it again"),
    )


def _history(file: str) -> Problem:
    return Problem(
        code="roads.osm_history",
        what=Text(
            "这是历史或变更文件：同一条路有几个版本，不知道现在是哪一个",
            "this is a history or change file: several versions of a road, the present one unknown",
        ),
        file=file,
        expected=Text("某一时刻的 .osm.pbf 或 .osm", ".osm.pbf or .osm of one moment"),
        mend=Text(
            "先取出所需时刻的状态，例如 osmium time-filter",
            "take out the state of one moment first, for example with osmium time-filter",
        ),
    )
