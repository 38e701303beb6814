"""Policy targets: met or not, by which figure and which clause, and what cannot be judged."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.text import Language, Text
from ..target_sheets import target_rows
from ..target_words import APPLIES, STANDINGS, VERDICTS, listed
from ..targets import summary_table, to_build_first
from .blocks import Block, Bullets, Cell, Column, Paragraph, Section, Table
from .pairs import paired_table
from .sources import Judged, Sources

__all__ = ["targets_section"]

_FIRST, _NAMED = 5, 12
_ASKING = ("not_met", "cannot_judge", "met")
"""Verdicts on clauses that ask for something."""
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
Row = Mapping[str, Any]
Pair = tuple[Row, Row]


def targets_section(sources: Sources) -> Section | None:
    """Return what becomes of each policy target; None where none were judged.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    judged = sources.judged
    if judged is None:
        return None
    zh, en = (target_rows(judged.findings, judged.ledger, lang) for lang in _LANGUAGES)
    places = _places(judged)
    rows = [
        (one | {"where": places[one["id"]].zh}, other | {"where": places[one["id"]].en})
        for one, other in zip(zh, en, strict=True)
    ]
    blocks: list[Block] = [Paragraph(_counted(judged)), _by_document(judged)]
    below = [
        section
        for section in (
            _first(judged, {one["id"]: (one, other) for one, other in rows}),
            _not_met(_of(rows, "not_met", "binding")),
            _met(_of(rows, "met", "binding")),
            _cannot(_of(rows, "cannot_judge", "binding")),
            _reference([p for verdict in _ASKING for p in _of(rows, verdict, "reference")]),
        )
        if section is not None
    ]
    title = Text("政策目标", "Policy targets")
    return Section("targets", title, tuple(blocks), tuple(below))


def _places(judged: Judged) -> dict[str, Text]:
    """Return the clause of each target, with the number of its document in the table of them."""
    documents = list(dict.fromkeys(finding.target.document for finding in judged.findings))
    draft, places = STANDINGS["draft"], {}
    for finding in judged.findings:
        target = finding.target
        place = f"[{documents.index(target.document) + 1}] {target.clause}"
        mark = (f"【{draft.zh}】", f" [{draft.en}]") if target.draft else ("", "")
        places[target.id] = Text(place + mark[0], place + mark[1])
    return places


def _of(rows: Sequence[Pair], verdict: str, applies: str) -> list[Pair]:
    return [p for p in rows if p[0]["verdict"] == verdict and p[0]["applies"] == applies]


def _counted(judged: Judged) -> Text:
    def told(kind: str, language: Language) -> str:
        counts, mark = judged.counts[kind], {"zh": "，", "en": ", "}[language]
        words = [
            f"{label.of(language)} {counts[key]} 条"
            if language == "zh"
            else f"{label.of(language)} {counts[key]}"
            for key, label in VERDICTS.items()
            if counts.get(key)
        ]
        return mark.join(words)  # fmt: skip

    n = sum(judged.counts["all"].values())
    zh = f"共核对条文 {n} 条。对本地有约束力的：{told('binding', 'zh')}。"
    en = f"{n} clauses were checked. Those that bind here: {told('binding', 'en')}."
    if any(judged.counts["reference"].values()):
        zh += f"外地文件只作参照：{told('reference', 'zh')}。"
        en += f" Yardsticks from elsewhere: {told('reference', 'en')}."
    return Text(zh, en)


def _by_document(judged: Judged) -> Table:
    zh, en = (summary_table(judged.findings, lang) for lang in _LANGUAGES)
    columns = (
        Column("number", Text("序号", "No."), "count"),
        Column("document", Text("文件", "Document")),
        Column("issuer", Text("发文单位", "Issued by")),
        Column("year", Text("年份", "Year"), "year"),
        Column("standing_label", Text("效力", "Standing")),
        *(Column(key, label, "count") for key, label in VERDICTS.items()),
        Column("total", Text("合计", "Total"), "count"),
    )
    numbers = [*range(1, len(zh)), ""]
    zh, en = (t.astype({"year": object}).assign(number=numbers) for t in (zh, en))
    for table in (zh, en):
        table.loc[table.index[-1], "year"] = ""
    title = Text("各文件目标的核对结果（条）", "Targets by document and verdict")
    note = Text(
        "以下各表以方括号内的序号指明文件，其后为条款。",
        "The tables that follow name a document by its number in brackets, then the clause.",
    )
    return paired_table("targets_documents", title, (zh, en), columns, totals=1, notes=(note,))


def _first(judged: Judged, rows: Mapping[str, Pair]) -> Section | None:
    first = to_build_first(judged.findings, judged.ledger, _FIRST)
    if not first:
        return None
    items = []
    for finding in first:
        zh, en = rows[finding.target.id]
        items.append(
            Text(
                f"{zh['layers']}：{zh['requirement']}。现为 {zh['have']}，缺 {zh['gap']}。"
                f"依据：{zh['citation']}。",
                f"{en['layers']}: {en['requirement']}. Now {en['have']}; wanting {en['gap']}. "
                f"By {en['citation']}.",
            )
        )
    lead = Text(
        "未达到且可以通过增设站点补上的目标，每类设施列最紧要的一条：",
        "Unmet targets that new sites can close, the most pressing of each kind of facility:",
    )
    title = Text("应先补建的", "What to build first")
    return Section("targets_first", title, (Paragraph(lead), Bullets(tuple(items), numbered=True)))


_HEADS = {
    "id": Text("编号", "Id"),
    "requirement": Text("条文要求", "What is asked"),
    "where": Text("文件与条款", "Document and clause"),
    "have": Text("现状", "Now"),
    "need": Text("应达到", "Asked for"),
    "gap": Text("缺口", "Wanting"),
    "deadline": Text("期限", "Due"),
    "course": Text("进度", "Course"),
    "reason": Text("原因", "Why"),
    "verdict_words": Text("结果", "Verdict"),
}


def _rows(pairs: Sequence[Pair], keys: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(_cell(zh[key], en[key]) for key in keys) for zh, en in pairs)


def _cell(zh: str, en: str) -> Cell:
    return zh if zh == en else Text(zh, en)


def _table(
    key: str,
    title: Text,
    pairs: Sequence[Pair],
    keys: Sequence[str],
    notes: tuple[Text, ...] = (),
) -> Table:
    columns = tuple(Column(k, _HEADS[k]) for k in keys)
    return Table(key, title, columns, _rows(pairs, keys), notes=notes)


_WIDER = Text(
    "条文针对更大范围的，按本研究区计算；给全省等更大范围规定总数的，按研究文件写明由本地承担的数"
    "（targets.quotas）计算。",
    "Clauses that speak of a wider place are applied to the area of this study; of a number set "
    "for a whole province it is the part that the study file says falls to this place "
    "(targets.quotas).",
)


def _not_met(pairs: list[Pair]) -> Section | None:
    if not pairs:
        return None
    keys = ("id", "requirement", "where", "have", "need", "gap", "deadline", "course")
    title = Text("未达到的目标", "Targets not met")
    named = Text("有约束力而未达到的目标", "Binding targets not met")
    table = _table("targets_not_met", named, pairs, keys, (_WIDER,))
    blocks: list[Block] = [table]
    missing = _missing(pairs)
    if missing is not None:
        blocks.append(missing)
    return Section("targets_not_met", title, tuple(blocks))


def _missing(pairs: list[Pair]) -> Table | None:
    """Return who is wanting, target by target: the most pressing by name, and how many in all."""
    some = [(zh, en) for zh, en in pairs if zh["missing"]]
    if not some:
        return None
    return Table(
        "targets_missing",
        Text("缺口所在", "Where they fall short"),
        (
            Column("id", _HEADS["id"]),
            Column("layers", Text("设施", "Facilities")),
            Column("number", Text("个数", "Number"), "count"),
            Column("names", Text("单元或设施（紧要的在前）", "Units or facilities, first to mend")),
        ),
        tuple(
            (
                str(zh["id"]),
                _cell(zh["layers"], en["layers"]),
                len(zh["missing"]),
                _cell(_names(zh, "zh"), _names(en, "en")),
            )
            for zh, en in some
        ),
        notes=(
            Text(
                "个数多的只列紧要的，全部名单见 coverplan targets 写出的 targets_missing.csv。",
                "Of many the first are named; targets_missing.csv of coverplan targets has all.",
            ),
        ),
    )


def _names(row: Row, language: Language) -> str:
    return listed([one["name"] or one["code"] for one in row["missing"]], language, _NAMED)


def _met(pairs: list[Pair]) -> Section | None:
    if not pairs:
        return None
    keys = ("id", "requirement", "where", "have", "need", "deadline")
    title = Text("已达到的目标", "Targets met")
    named = Text("有约束力且已达到的目标", "Binding targets met")
    table = _table("targets_met", named, pairs, keys, (_WIDER,))
    return Section("targets_met", title, (table,))


def _cannot(pairs: list[Pair]) -> Section | None:
    if not pairs:
        return None
    keys = ("id", "requirement", "where", "reason")
    title = Text("无法判断的目标", "Targets that cannot be judged")
    lead = Text(
        "以下目标缺数据或缺设置，既不算达到，也不算未达到；补齐所缺后可以重新判断。",
        "These want data or a setting. They count neither as met nor as missed, and can be judged "
        "when it is supplied.",
    )
    named = Text("有约束力而无法判断的目标", "Binding targets that cannot be judged")
    table = _table("targets_cannot_judge", named, pairs, keys)
    return Section("targets_cannot", title, (Paragraph(lead), table))


def _reference(pairs: list[Pair]) -> Section | None:
    if not pairs:
        return None
    lead = Text(
        f"以下条文出自外地文件，{APPLIES['reference'].zh}，对本地没有约束力；征求意见稿已注明。",
        "These clauses are of documents from elsewhere: yardsticks that bind nobody here; drafts "
        "are marked.",
    )
    keys = ("id", "requirement", "where", "verdict_words", "have", "need")
    title = Text("外地文件的比照", "Yardsticks from elsewhere")
    named = Text("按外地条文比照", "Measured by clauses of elsewhere")
    table = _table("targets_reference", named, pairs, keys)
    return Section("targets_reference", title, (Paragraph(lead), table))
