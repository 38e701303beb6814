"""One clause in full: what it asks, what there is, who is wanting, and what to do."""

from ..core.text import Language, Text
from ..measure.policy.figures import counted, figure_text, number_words
from ..measure.policy.found import Finding, Measured, Part
from . import target_words as words

_PARTS_SHOWN = 24
_LONGEST = 600


def heading(finding: Finding) -> Text:
    """Return id and wording of a clause, drafts and the meaning of coverage marked."""
    target, figure = finding.target, finding.figure
    draft = words.STANDINGS["draft"]
    mark = Text(f"【{draft.zh}】", f" [{draft.en}]") if target.draft else Text("", "")
    kind = words.KINDS["" if figure is None else figure.kind]
    return Text(
        f"{target.id}{mark.zh} {target.words.zh}" + (f"（{kind.zh}）" if kind.zh else ""),
        f"{target.id}{mark.en} {target.words.en}" + (f" ({kind.en})" if kind.en else ""),
    )


def have_need_gap(finding: Finding) -> Text:
    """Return what there is, what it must come to, and how much is wanting or too much."""
    have, figure = words.figure_words(finding), finding.figure
    unit = Text("", "") if figure is None else figure.unit
    need, gap = counted(finding.need or 0, unit), words.gap_words(finding)
    if words.at_most(finding):
        return Text(
            f"现有 {have.zh}；至多 {need.zh}；{gap.zh}",
            f"have {have.en}; at most {need.en}; {gap.en}",
        )
    return Text(
        f"现有 {have.zh}；应达 {need.zh}；{gap.zh}", f"have {have.en}; need {need.en}; {gap.en}"
    )


def missing_head(finding: Finding) -> Text:
    """Return what the list of those that are wanting is called."""
    kind = "" if finding.figure is None else finding.figure.kind
    wanting = kind in {"has_one", "served"}
    return Text("尚缺", "missing") if wanting else Text("涉及", "where")


def due_text(finding: Finding) -> Text:
    """Return the deadline and how the figure stands to it."""
    due, course = words.deadline_text(finding.target), words.COURSES[finding.course]
    return Text(
        f"期限：{due.zh}" + (f"；{course.zh}" if course.zh else ""),
        f"due: {due.en}" + (f"; {course.en}" if course.en else ""),
    )


def clause_lines(finding: Finding, to_do: str, language: Language) -> list[str]:
    """Return all there is to say of one clause, a line each.

    Parameters
    ----------
    finding, to_do, language
        What was found, what to do about it ("" where nothing is), and in which words.
    """
    target, figure = finding.target, finding.figure
    verdict, applies = words.VERDICTS[finding.verdict], words.APPLIES[finding.applies]
    strength, cited = words.STRENGTHS[target.strength], words.citation(target)
    formula, notes = words.formula_text(target), _notes(finding, language)
    said = [
        Text(
            f"结论：{verdict.zh}（{applies.zh}，{strength.zh}）",
            f"verdict: {verdict.en} ({applies.en}, {strength.en})",
        ),
        _figures(finding),
        _missing(finding, language),
        _of("涉及人数", "people concerned", _people(finding)),
        due_text(finding) if finding.verdict in {"met", "not_met"} else Text("", ""),
        _of("依据", "clause", cited),
        _of("算法", "measured as", formula),
        *(_part(part) for part in (() if figure is None else figure.parts)[:_PARTS_SHOWN]),
        _of("说明", "notes", Text.same(notes)),
        _of("怎么办", "to do", Text.same(to_do)),
    ]
    lines = [heading(finding).of(language), *(text.of(language) for text in said)]
    return [
        words.one_line(line, _LONGEST) if n == 0 else f"  {words.one_line(line, _LONGEST)}"
        for n, line in enumerate(lines)
        if line
    ]


def _of(zh: str, en: str, what: Text) -> Text:
    return Text(f"{zh}：{what.zh}", f"{en}: {what.en}") if what.zh else Text("", "")


def _figures(finding: Finding) -> Text:
    if finding.verdict in {"met", "not_met"}:
        both = have_need_gap(finding)
        if finding.verdict == "not_met":
            return both
        return Text(both.zh.rpartition("；")[0], both.en.rpartition("; ")[0])
    return _of("理由", "reason", finding.reason)


def _missing(finding: Finding, language: Language) -> Text:
    names = words.missing_names(finding.figure, language)
    head = missing_head(finding)
    return _of(head.zh, head.en, Text.same(names)) if names else Text("", "")


def _people(finding: Finding) -> Text:
    people = words.people_wanting(finding) if _names_anybody(finding.figure) else None
    return Text("", "") if people is None else Text.same(f"{people:,}")


def _names_anybody(figure: Measured | None) -> bool:
    return figure is not None and bool(figure.missing)


def _part(part: Part) -> Text:
    if part.numerator is None:
        return _of("其中", "of it", Text(f"{part.label.zh}：未知", f"{part.label.en}: not known"))
    if part.denominator == 0:
        value = Text.same(f"{number_words(part.numerator)} / 0")
    else:
        value = figure_text(Measured(part.numerator, part.denominator, part.unit, scale=part.scale))
    return Text(f"附带：{part.label.zh} {value.zh}", f"beside: {part.label.en} {value.en}")


def _notes(finding: Finding, language: Language) -> str:
    figure = finding.figure
    said = (*(() if figure is None else figure.notes), finding.target.note)
    return words.joined(said, language)
