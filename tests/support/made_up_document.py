"""A made-up report that has every block, and what planners' files may hold in every place."""

import datetime
import struct
import zlib
from fractions import Fraction

from coverplan.core.text import Text
from coverplan.present.report.blocks import (
    Bullets,
    Column,
    Facts,
    Figure,
    LivingMap,
    Paragraph,
    Report,
    Section,
    Table,
)
from coverplan.present.report.picture import Picture

MARKUP = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}",
    "`${alert(4)}`",
    r"C:\xampp\new",
    "{{7777*3}}",
    "{% raw %}",
    "{# note",
    "javascript:alert(5)",
    "\" onload='alert(6)' x=\"",
    "</title></style><svg onload=alert(7)>",
    "https://example.org/?a=1&b=2",
    "]]><!-- ",
    "&lt;b&gt;&#65;",
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.org")', "#N/A")
UNSEEN = {
    "\t=1": " =1",
    "a\rb": "a b",
    "a\nb": "a b",
    "a\x00\x0b\x1bb": "a���b",
    "a\u202eb": "a�b",
    "\ud800x": "�x",
    "x\uffff": "x�",
}
PLAIN = ("云溪县", "👵🏠养老", "مركز الرعاية", "مركز ABC 12", "A" * 40, "𠮷野")
LONG = "长" * 10_000
DAY = datetime.date(2025, 12, 31)


def same(words):
    """Return words that read the same in both languages."""
    return Text(words, words)


def both(number, zh="第{}行", en="row {}"):
    return Text(zh.format(number), en.format(number))


KINDS = (
    ("name", "text", "名称", "Name"),
    ("people", "people", "人数", "People"),
    ("share", "percent", "可达率", "Share reached"),
    ("gap", "points", "差（百分点）", "Gap (points)"),
    ("minutes", "minutes", "分钟", "Minutes"),
    ("metres", "metres", "距离（米）", "Distance (m)"),
    ("cost", "yuan", "造价（元）", "Cost (yuan)"),
    ("year", "year", "年份", "Year"),
    ("day", "date", "日期", "Day"),
    ("gini", "number", "基尼系数", "Gini"),
    ("has", "text", "有设施", "Has one"),
)
COLUMNS = tuple(Column(key, Text(zh, en), kind) for key, kind, zh, en in KINDS)
KNOWN = (
    "青石镇", 12345, Fraction(473, 10), -3.25, Fraction(25, 2), 1234, 1_250_000, 2025, DAY, 0.3127,
    True,
)  # fmt: skip


def every_kind():
    """Return a table with a column of every kind: known, unknown, next to nothing, nearly all."""
    rows = (
        KNOWN,
        ("白鹤乡", *[None] * 10),
        (
            "柳河乡",
            0,
            Fraction(1, 1000),
            Fraction(1, 1000),
            0,
            0.4,
            Fraction(5, 2),
            1999,
            DAY,
            0,
            False,
        ),
        (
            "九里乡",
            Text("无此人群", "none live here"),
            99.96,
            0.0,
            15,
            999.5,
            0,
            2026,
            DAY,
            1,
            None,
        ),
        (
            "合计",
            12345,
            Fraction(100),
            Fraction(-1, 1000),
            None,
            None,
            1_250_002,
            None,
            None,
            None,
            None,
        ),
    )
    title = Text("各类数值一览（分母：常住人口）", "Values of every kind (denominator: residents)")
    notes = (
        Text("可达指 15 分钟内可达。", "Reached means within 15 minutes."),
        Text("未知不等于零。", "Unknown is not nought."),
    )
    return Table("every_kind", title, COLUMNS, rows, totals=1, notes=notes)


def names():
    """Return a table of names as files may hold them, in both its columns."""
    words = (*MARKUP, *FORMULAS, *UNSEEN, *PLAIN, LONG)
    rows = tuple((word, number, word) for number, word in enumerate(words, 1))
    columns = (
        Column("name", Text("名称", "Name")),
        Column("people", Text("人数", "People"), "people"),
        Column("reason", Text("理由", "Reason")),
    )
    return Table("names", Text("文件中的名称", "Names of files"), columns, rows)


def long_table(rows=300):
    """Return a table of many rows with a total."""
    lines = [
        (f"第{i}村", i * 37, Fraction(i, 3), f"理由{i}" * (1 + i % 9)) for i in range(1, rows + 1)
    ]
    total = ("合计", sum(line[1] for line in lines), Fraction(50), "")
    columns = (
        Column("village", Text("村（社区）", "Village")),
        Column("people", Text("未覆盖人数", "People not reached"), "people"),
        Column("share", Text("占比", "Share"), "percent"),
        Column("reason", Text("原因", "Why")),
    )
    title = Text("未覆盖人数最多的村（社区）", "Villages with most people not reached")
    return Table("long", title, columns, (*lines, total), totals=1)


def empty():
    """Return a table without a row."""
    columns = (Column("site", Text("点位", "Site")), Column("cost", Text("造价", "Cost"), "yuan"))
    return Table("empty", Text("未纳入的点位", "Sites left out"), columns, ())


def picture(width=40, height=20, *, grey=200):
    """Return a picture of one grey, made without a library."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = (b"\x00" + bytes([grey]) * width) * height
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"/>'
    return Picture(png + chunk(b"IEND", b""), svg.encode(), 297.0, 210.0)


PICTURES = {"drawn": picture()}


def made_up_report():
    """Return a report with every block, three levels deep."""
    hostile = Paragraph(Text("；".join(MARKUP), "; ".join(MARKUP)))
    alt = Text("图的说明", "what it shows")
    note = Text("见网页版。", "See the page.")
    figures = (
        Figure("drawn", "coverage", Text("养老服务覆盖", "Elderly care"), alt),
        Figure("undrawn", "gap", Text("缺口", "Gaps"), Text("未画之图的说明", "not drawn")),
        LivingMap("living", Text("可操作的地图", "The living map"), "elderly_care", note),
    )
    facts = (
        (Text("模型", "Model"), same("MCLP")),
        (Text("上界", "Bound"), 12345),
        (Text("名称", "Name"), PLAIN[2]),
        (Text("日期", "Day"), DAY),
        (Text("差距", "Gap"), None),
    )
    lists = (
        Bullets((Text("其一", "one"), Text("其二", "two"))),
        Bullets((Text("先建", "first"), Text("后建", "then")), numbered=True),
        Bullets((Text("再建", "again"), same(MARKUP[0])), numbered=True),
        Facts(facts),
    )
    said = Text("全县 15 分钟内可达 12,345 人。", "12,345 people are within 15 minutes. ")
    unknown = Text("三个乡镇的人口未知。", "The people of three townships are unknown.")
    words = (
        Paragraph(Text(said.zh * 6, said.en * 6)),
        hostile,
        Paragraph(Text("资料来自县民政局。", "From the county bureau."), "note"),
        Paragraph(unknown, "warning"),
    )
    deep = Section("deep", Text("分乡镇", "By township"), (names(),))
    return Report(
        title=f"云溪县{MARKUP[0]}",
        subtitle=Text("民政设施覆盖分析报告", "Coverage of civil-affairs facilities"),
        date=DAY,
        run_id="0123456789ab",
        notice=f"仅供内部使用 {MARKUP[1]}",
        approval=Text(
            "内部工作用图，未经审核不得公开", "Internal working map, not for publication"
        ),
        front=(
            (Text("区域", "Area"), "云溪县"),
            (Text("乡镇", "Townships"), 12),
            (Text("截至", "As of"), DAY),
        ),
        sections=(
            Section("overview", Text("总体情况", "Overview"), (*words, *lists)),
            Section(
                "layers",
                Text("分项覆盖情况", "Coverage by layer"),
                (every_kind(),),
                (Section("one", Text("养老服务", "Elderly care"), figures, (deep,)),),
            ),
            Section("gaps", Text("短板", "Gaps"), (long_table(), empty())),
            Section("nothing", Text("其他", "Else")),
        ),
    )
