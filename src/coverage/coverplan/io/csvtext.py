"""The text of a CSV file, line by line: never all of it in memory."""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from ..core.text import Text
from .content import other_encoding, unreadable

_BLOCK_BYTES = 1 << 20
_LINES = 4096
_MARKS = {b"\xff\xfe", b"\xfe\xff"}


@dataclass(frozen=True, slots=True)
class CsvText:
    """A text file and its encoding.

    Parameters
    ----------
    full, encoding
        Where it is, and what it is written in.
    """

    full: Path
    encoding: str

    def lines(self, done: Callable[[int], None] | None = None) -> Iterator[str]:
        """Yield its lines with their ends, as `str.splitlines` parts a text.

        Parameters
        ----------
        done
            Called now and then with the bytes read since the last call.
        """
        told = 0
        with self.full.open("rb") as raw:
            stream = io.TextIOWrapper(raw, encoding=self.encoding, newline="")
            for number, line in enumerate(stream, 1):
                # A file is parted at \n and \r alone.
                yield from line.splitlines(keepends=True)
                if done is not None and number % _LINES == 0:
                    here = raw.tell()
                    done(here - told)
                    told = here
        if done is not None:
            done(self.full.stat().st_size - told)


def csv_text(full: Path, file: str, stated: str | None = None) -> CsvText:
    """Return a file as text: UTF-8 or UTF-16 by their marks, UTF-8 without, or GB18030.

    Any GBK file is GB18030.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    stated
        The encoding the study states; None: recognised.

    Raises
    ------
    InputError
        When it is none of them, or not the one that is stated.
    """
    if stated is not None:
        if not _fits(full, stated):
            raise InputError([other_encoding(file, stated)])
        return CsvText(full, stated)
    with full.open("rb") as stream:
        mark = stream.read(2)
    encodings = ("utf-16",) if mark in _MARKS else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        if _fits(full, encoding):
            return CsvText(full, encoding)
    why = Text("既不是 UTF-8，也不是 GBK 文字", "neither UTF-8 nor GBK text")
    raise InputError([unreadable(full, file, "table", why)])


def _fits(full: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with full.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                if "\x00" in decoder.decode(block):
                    return False
        return "\x00" not in decoder.decode(b"", final=True)
    except UnicodeError:
        return False
