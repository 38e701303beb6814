"""A drawn figure on its way into a document: its bytes and its size on paper."""

from dataclasses import dataclass

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure as raster and as outlines.

    Parameters
    ----------
    png, svg
        Bytes of the two files; documents of an office take the first, a page whichever is lighter.
    width_mm, height_mm
        Size on paper, in millimetres; narrower paper takes it smaller.
    """

    png: bytes
    svg: bytes
    width_mm: float
    height_mm: float
