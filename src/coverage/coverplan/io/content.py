"""What a file really is, whatever its name says, and the faults of a file as a whole."""

from pathlib import Path

from ..core.errors import Problem
from ..core.text import Text

MOST_VECTOR_BYTES = 2 << 30
"""A geometry file is not larger: what a county needs of a larger one can be cut out of it."""

MOST_VECTOR_ROWS = 20_000_000
"""A geometry file has no more records."""

_MARKS: tuple[tuple[bytes, str, Text], ...] = (
    (
        b"PK\x03\x04",
        "zip",
        Text("Excel 工作簿（.xlsx）或压缩包", "an Excel workbook (.xlsx) or zip"),
    ),
    (b"\xd0\xcf\x11\xe0", "xls", Text("旧式 Excel 文件（.xls）", "an old Excel file (.xls)")),
    (b"SQLite format 3", "sqlite", Text("GeoPackage 或其他数据库", "a GeoPackage or database")),
    (b"PAR1", "parquet", Text("Parquet 文件", "a Parquet file")),
    (b"%PDF", "pdf", Text("PDF 文件", "a PDF file")),
    (b"\x00\x00\x27\x0a", "shp", Text("Shapefile", "a shapefile")),
    (b"fgb\x03", "fgb", Text("FlatGeobuf 文件", "a FlatGeobuf file")),
    (b"\x1e{", "json", Text("JSON 文字", "JSON text")),
    (b"{", "json", Text("JSON 文字", "JSON text")),
    (b"<", "xml", Text("XML 或 HTML 文字", "XML or HTML text")),
)

_TABLES = Text(".csv 或 .xlsx 表格", "a .csv or .xlsx table")
_VECTORS = Text(
    ".gpkg、.geojson、.shp、.parquet、.fgb、.gdb、.gml、.kml、.tab 或 .mif（可打包为 .zip）",
    "a vector file: .gpkg, .geojson, .shp, .parquet, .fgb, .gdb, .gml, .kml, .tab or .mif, "
    "zipped or not",
)
FORMATS = {
    "table": _TABLES,
    "vector": _VECTORS,
    "roads": Text(f"{_VECTORS.zh}，或 .osm.pbf", f"{_VECTORS.en}, or .osm.pbf"),
    "places": Text(f"{_TABLES.zh}，或 {_VECTORS.zh}", f"{_TABLES.en}, or {_VECTORS.en}"),
}


def kind_of(full: Path) -> tuple[str, Text]:
    """Return what a file holds by its first bytes: a short word, and words for people."""
    try:
        with full.open("rb") as stream:
            head = stream.read(4096)
    except OSError:
        return "closed", Text("无法打开", "cannot be opened")
    if not head:
        return "empty", Text("0 字节", "0 bytes")
    for mark, kind, text in _MARKS:
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(mark):
            return kind, text
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary", Text("不是文字，也不是认识的格式", "neither text nor a known format")
    return "text", Text("文字", "text")


_OTHER_NAME = {
    "zip": Text("若是 Excel 工作簿，把扩展名改为 .xlsx", "if it is a workbook, name it .xlsx"),
    "xls": Text("在 Excel 中另存为 .xlsx", "save it as .xlsx in Excel"),
    "pdf": Text("PDF 不能作为数据，请取得原始表格", "a PDF is no data: ask for the table itself"),
}


def unreadable(full: Path, file: str, formats: str, why: Text | None = None) -> Problem:
    """Return the fault of a file that cannot be read as what its name says.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    formats
        What could have been read there: a key of `FORMATS`.
    why
        What reading it met, where that says more than the kind of content.
    """
    kind, content = kind_of(full)
    if kind == "empty":
        return empty(file, "0")
    found = why or Text(f"内容是：{content.zh}", f"the content is {content.en}")
    again = Text(
        "检查扩展名与内容是否一致；用生成它的软件重新打开并另存",
        "check that name and content agree; open it in its own program and save it again",
    )
    fits = {"zip": (".xlsx", ".xlsm"), "xls": ()}.get(kind, (full.suffix.lower(),))
    renamed = kind in _OTHER_NAME and full.suffix.lower() not in fits
    return Problem(
        code="file.unreadable",
        what=Text("文件无法读取", "the file cannot be read"),
        file=file,
        found=found,
        expected=FORMATS[formats],
        mend=_OTHER_NAME[kind] if renamed else again,
    )


def empty(file: str, size: str | None = None) -> Problem:
    """Return the fault of a file that holds no record."""
    return Problem(
        code="file.empty",
        what=Text("文件中没有任何记录", "there is no record in the file"),
        file=file,
        found=Text("0 字节", "0 bytes") if size == "0" else None,
        mend=Text(
            "检查是否拿错文件；数据应在第一张工作表，表头在第一行",
            "check that it is the right file; data on the first sheet, header in its first row",
        ),
    )


def other_encoding(file: str, stated: str | None) -> Problem:
    """Return the fault of text that is not in the encoding the study, or the file, states."""
    return Problem(
        code="file.encoding",
        what=Text("文字不是这种编码", "the text is not in this encoding"),
        file=file,
        found=stated or Text("文件声明的编码", "the encoding the file states"),
        mend=Text(
            '改正研究文件中的 encoding，例如 encoding = "GBK"；或删去，由程序识别',
            'correct encoding in the study file, for example encoding = "GBK"; or leave it out',
        ),
    )


def too_many(file: str, rows: int, size: int) -> Problem:
    """Return the fault of geometry with more records or bytes than are read."""
    return Problem(
        code="file.too_large",
        what=Text("矢量数据太大，没有读取", "the vector data are too large; they were not read"),
        file=file,
        found=Text(f"{rows:,} 条、{size / 1e9:.1f} GB", f"{rows:,} records, {size / 1e9:.1f} GB")
        if rows
        else Text(f"{size / 1e9:.1f} GB", f"{size / 1e9:.1f} GB"),
        expected=Text(
            f"不超过 {MOST_VECTOR_ROWS:,} 条、{MOST_VECTOR_BYTES / 1e9:.1f} GB",
            f"at most {MOST_VECTOR_ROWS:,} records and {MOST_VECTOR_BYTES / 1e9:.1f} GB",
        ),
        mend=Text(
            "核对文件；在 GIS 中裁剪到研究区及周边后另存",
            "check the file; in a GIS cut it to the county and its surroundings, and save that",
        ),
    )


def no_table(file: str, wanted: str, there: list[str]) -> Problem:
    """Return the fault of a sheet or layer that does not exist."""
    listed_zh, listed_en = "、".join(there[:12]), ", ".join(there[:12])
    return Problem(
        code="file.no_table",
        what=Text("文件里没有这个图层或工作表", "the file has no such layer or sheet"),
        file=file,
        found=wanted,
        expected=Text(f"其中之一：{listed_zh}", f"one of {listed_en}"),
        mend=Text("改正研究文件中的 table", "correct table in the study file"),
    )
