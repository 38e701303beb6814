"""A report as a document of Word, with the styles a Chinese office uses (extra ``report``)."""

import io
from collections.abc import Mapping
from typing import Any, Literal

from ...core.errors import MissingExtraError
from ...core.text import Language, Text
from ...io.zipped import restamped
from .blocks import Report
from .picture import Picture

__all__ = ["render_docx", "require_docx"]

_PURPOSE = Text("生成 Word 报告", "writing the report as a Word document")


def require_docx() -> Any:
    """Return the library underneath.

    Raises
    ------
    MissingExtraError
        When python-docx is not installed.
    """
    try:
        import docx  # noqa: PLC0415 - optional extra
    except ImportError as error:
        raise MissingExtraError("python-docx", "report", _PURPOSE) from error
    return docx


def render_docx(
    report: Report,
    pictures: Mapping[str, Picture],
    language: Language,
    *,
    paper: Literal["a4", "a3"] = "a4",
) -> bytes:
    """Return a report as the bytes of a .docx file; the same report gives the same bytes.

    Page layout, faces and the numbers of headings follow GB/T 9704-2012 as far as a report goes.
    Tables too wide for a page lie across on pages of their own. Words are cut and cleaned as in
    the page; no word of a file becomes a field, a link or markup.

    Parameters
    ----------
    report
        The content.
    pictures
        Id of a figure -> its picture; of a figure that has none its description is printed.
    language
        Of all words but those of the planner's own.
    paper
        Its size.

    Raises
    ------
    MissingExtraError
        When python-docx is not installed.
    """
    library = require_docx()
    from .docx_body import Body  # noqa: PLC0415 - built on the optional extra
    from .docx_package import dressed, listed, signed  # noqa: PLC0415 - likewise

    document = library.Document()
    dressed(document, language, paper)
    signed(document, report, language)
    body = Body(document, pictures, language, paper)
    body.write(report)
    listed(document, body.lists)
    package = io.BytesIO()
    document.save(package)
    return restamped(package.getvalue())
