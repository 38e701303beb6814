"""One clause of a study taken out: what it asks, what there is, who is wanting, what to do."""

import difflib
import html
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from .core.errors import InputError, Problem
from .core.text import Language, Text
from .measure.policy.found import Applies, Finding, Verdict
from .present import target_words as words
from .present.target_clause import clause_lines
from .programmefound import Programme
from .programmeneeds import what_instead
from .programmetables import target_rows


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """All that was found of one clause, in one language; printed it is a page of its own.

    Parameters
    ----------
    id, wording, document
        Its name, what it asks in our own words, and what is cited: title, issuer, year, clause.
    verdict, applies
        What is concluded, and whether it binds this study.
    reason
        Why, in a sentence.
    numerator, denominator
        What there is, and of how many; None where not known, or for a count.
    need, gap, gap_unit
        What the numerator must come to, how much is wanting (0 where met), and in what.
    missing
        Who is wanting, the most pressing first: ``code``, ``name``, ``people`` (not known: empty)
        and ``note``, what it lacks.
    settings
        Settings of the study file that would settle a clause which cannot be judged.
    to_do
        What closes the gap or settles the clause; "" where there is nothing to be done.
    lines, short
        All of it in words, a line each; and its figures as they follow id and verdict.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    >>> clause = report.clause("Z21-25", "en")
    >>> clause
    <Clause Z21-25 not_met: 2 / 3, 1 township or street short>
    >>> clause.missing[["code", "name", "people"]]
               code name people
    0  330999203000  云岭乡    560
    >>> print(clause.lines[2].strip())
    have 66.67 % (2 / 3 townships and streets); need 3 townships and streets; 1 township or street
    short
    """

    id: str
    wording: str
    document: str
    verdict: Verdict
    applies: Applies
    reason: str
    numerator: Fraction | int | None
    denominator: Fraction | int | None
    need: Fraction | None
    gap: Fraction | None
    gap_unit: str
    missing: pd.DataFrame
    settings: tuple[str, ...]
    to_do: str
    lines: tuple[str, ...]
    short: str

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __repr__(self) -> str:
        return f"<Clause {self.id} {self.verdict}{self.short}>"

    def _repr_html_(self) -> str:
        text = html.escape(str(self))
        return f'<pre style="white-space: pre-wrap">{text}</pre>'


def clause_of(finding: Finding, language: Language, programme: Programme | None = None) -> Clause:
    """Return one clause in full.

    Parameters
    ----------
    finding, language
        What was found, and in which words.
    programme
        The sites that close the gaps, where they are known.
    """
    figure = finding.figure
    named = () if figure is None else figure.missing or ()
    rows = [(one.code, one.name, one.people, one.note.of(language)) for one in named]
    to_do = _to_do(finding, programme, language)
    judged = finding.verdict in {"met", "not_met"}
    return Clause(
        id=finding.target.id,
        wording=finding.target.words.of(language),
        document=words.citation(finding.target).of(language),
        verdict=finding.verdict,
        applies=finding.applies,
        reason=finding.reason.of(language),
        numerator=None if figure is None else figure.numerator,
        denominator=None if figure is None else figure.denominator,
        need=finding.need if judged else None,
        gap=finding.gap if judged else None,
        gap_unit=finding.gap_unit.of(language),
        missing=pd.DataFrame(rows, columns=["code", "name", "people", "note"], dtype=object),
        settings=finding.settings,
        to_do=to_do,
        lines=tuple(clause_lines(finding, to_do, language)),
        short=_short(finding, language),
    )


def _short(finding: Finding, language: Language) -> str:
    """Return the figures of a clause for one line, "" where there are none."""
    row = words.fraction_words(finding)
    if not row or finding.verdict not in {"met", "not_met"}:
        return f": {row}" if row else ""
    if finding.verdict == "met":
        return f": {row}"
    return f": {row}, {words.gap_words(finding).of(language)}"


def _to_do(finding: Finding, programme: Programme | None, language: Language) -> str:
    if finding.verdict == "cannot_judge" and finding.settings:
        keys = finding.settings
        wanted = Text(
            f"在研究文件中写明 {'、'.join(keys)}，再算一次",
            f"set {', '.join(keys)} in the study file, and judge again",
        )
        return wanted.of(language)
    if finding.verdict != "not_met":
        return ""
    if programme is not None:
        told = _by_programme(finding, programme, language)
        if told:
            return told
    if not words.sites_help(finding.target):
        return what_instead(finding).of(language)
    if finding.applies != "binding":
        only = Text(
            "只作参照，没有求站点；要求，把编号写进 [targets.programme] 的 targets",
            "for reference only: no sites were sought; name it under targets of "
            "[targets.programme] to have them",
        )
        return only.of(language)
    return Text(
        "增设站点可以补上：最少几处、建在哪里，由 programme() 求出",
        "new sites close it: programme() says how few, and where",
    ).of(language)


def _by_programme(finding: Finding, programme: Programme, language: Language) -> str:
    """Return what a programme says of a target, "" where it says nothing."""
    for need in programme.targets:
        if need.finding.target.id == finding.target.id:
            row = target_rows(programme, language).set_index("target_id").loc[finding.target.id]
            break
    else:
        return ""
    if pd.isna(row["sites"]):
        return str(
            row["proof"] if isinstance(row["proof"], str) and row["proof"] else row["what_instead"]
        )
    cost = row["cost_yuan"]
    yuan = Text("", "") if pd.isna(cost) else Text(f"；{cost:,} 元", f"; {cost:,} yuan")
    where = str(row["where"] or "")
    text = Text(
        f"需要站点 {row['sites']} 处（{row['proof']}{yuan.zh}）：{where}",
        f"sites needed: {row['sites']} ({row['proof']}{yuan.en}): {where}",
    )
    return text.of(language)


def named_findings(findings: Sequence[Finding], asked: Sequence[str]) -> list[Finding]:
    """Return the findings some words name: an id, the beginning of ids, or part of a title.

    Parameters
    ----------
    findings, asked
        What was found, and words such as ``Z21-11``, ``Z21`` (all of one document) or ``共同富裕``;
        large and small letters are one.

    Returns
    -------
    list of Finding
        Each once, in the order of the findings.

    Raises
    ------
    InputError
        With every word that names none, and the ids nearest to it.
    """
    words = {word: _named(findings, word.strip().casefold()) for word in asked}
    wrong = [word for word, found in words.items() if not found]
    if wrong:
        near = tuple(dict.fromkeys(key for word in wrong for key in nearest_ids(findings, word)))
        raise InputError([_no_clause(word, near, "--clause") for word in wrong])
    named = {key for found in words.values() for key in found}
    return [finding for finding in findings if finding.target.id in named]


def _named(findings: Sequence[Finding], word: str) -> list[str]:
    if not word:
        return []
    ids = [(finding.target.id, finding.target.id.casefold()) for finding in findings]
    exact = [key for key, folded in ids if folded == word]
    return (
        exact
        or [key for key, folded in ids if folded.startswith(word)]
        or [f.target.id for f in findings if word in f.target.document.casefold()]
    )


_NEAR = 5


def nearest_ids(findings: Sequence[Finding], word: str) -> list[str]:
    """Return the ids nearest to a word; how ids begin where none is like it."""
    known = [finding.target.id for finding in findings]
    near = difflib.get_close_matches(word.strip().upper(), known, n=_NEAR, cutoff=0.5)
    return near or list(dict.fromkeys(key.partition("-")[0] for key in known))[:_NEAR]


def _no_clause(asked: str, near: Sequence[str], column: str | None = None) -> Problem:
    return Problem(
        code="targets.clause",
        what=Text("没有这一条", "there is no such clause"),
        column=column,
        found=asked,
        expected=Text("、".join(near), ", ".join(near)),
        mend=Text(
            "改成目标编号、编号的开头（整份文件）或文件名中的字；全部编号见 targets.csv",
            "give an id, the beginning of ids (a whole document) or part of a title; targets.csv "
            "has all ids",
        ),
    )


def the_finding(findings: Sequence[Finding], target_id: str) -> Finding:
    """Return the finding of one id.

    Raises
    ------
    InputError
        When no clause has it: with the ids nearest to it.
    """
    word = target_id.strip().casefold()
    for finding in findings:
        if finding.target.id.casefold() == word:
            return finding
    raise InputError([_no_clause(target_id, nearest_ids(findings, target_id))])
