"""A study file drafted from what lies in a folder, tried before it is handed over."""

import datetime
import os
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .clock import Clock
from .core.errors import InputError, Problem, Problems, render_problems
from .core.text import Language, Text
from .domain.layer import builtin_layers
from .io.cells import as_year
from .io.fetch.files import attribution_of
from .io.recognise.choice import ROLE_NAMES, Asker, Choice, choose
from .io.recognise.draft import Draft
from .io.recognise.folder import Seen
from .io.recognise.mends import Trial, mend
from .io.recognise.roles import Claim, Skipped, is_text, listed
from .io.recognise.study import draft_study, needs
from .io.studyfile import study_from_dict
from .io.studytext import study_text
from .loading import Gathered, gather

MOST_TRIED_BYTES = 300_000_000
"""A study of larger files is not tried here: that is for a check."""

_ROUNDS = 6
_FILES = frozenset(
    {"source", "units", "totals", "elevation", "water", "protected", "crosswalk", "buildings"}
    | {"areas"}
)
"""Keys whose text names a file."""

_NOT_OURS = frozenset({"file.outside"})


@dataclass(slots=True)
class Drafted:
    """A draft and what is known of it.

    Parameters
    ----------
    folder, out
        Where the data lie, and the study file to be written.
    draft, choice
        The tables, and which file is what.
    seen
        Everything in the folder.
    problems
        What reading the study met; None where it was not tried.
    """

    folder: Path
    out: Path
    draft: Draft
    choice: Choice
    seen: Seen
    problems: list[Problem] | None = None
    skipped: list[Skipped] = field(default_factory=list)


def make_draft(
    folder: Path,
    out: Path,
    seen: Seen,
    asker: Asker,
    *,
    language: Language,
    today: datetime.date,
) -> Drafted:
    """Return the draft of a study of the files of a folder.

    Parameters
    ----------
    folder, out
        Where the data lie, and the study file to be written: paths are relative to it.
    seen
        What lies there.
    asker
        Who is asked what files cannot say.
    language
        Of the study's results.
    today
        The study is as of the end of the year before, unless the asker says otherwise.

    Raises
    ------
    InputError
        When there are no boundaries, no people, or no facilities among the files; everything
        that was recognised, and what could not be read, is said.
    """
    choice = choose(seen.looks, asker)
    lost = needs(choice)
    if lost:
        raise InputError(_incomplete(folder, seen, choice, lost))
    title = asker.say(Text("研究的标题", "Title of the study"), _title(folder, language), _no_title)
    proposed = datetime.date(today.year - 1, 12, 31)
    question = Text("设施和边界截至哪一天", "Facilities and boundaries as of which day")
    said = asker.say(question, proposed.isoformat(), _no_date)
    date = datetime.date.fromisoformat(said)
    draft = draft_study(choice, title=title, date=date, language=language)
    draft.note(("date",), _about_date(choice, date, proposed, today.year))
    damaged = [each.name for each in seen.skipped if each.damaged]
    if damaged and "roads" not in choice.one:
        draft.note(("roads", "detour"), _perhaps_roads(damaged))
    source = attribution_of(folder)
    if source is not None:
        draft.set(("notice",), source.of(language), _FETCHED)
    skipped = [*choice.unused, *(s for s in seen.skipped if not _is(folder / s.name, out))]
    return Drafted(folder, out, draft, choice, seen, skipped=skipped)


_FETCHED = Text(
    "数据取自 OpenStreetMap，图表上须写明来源",
    "the data are from OpenStreetMap: maps and tables must name it",
)


def _perhaps_roads(damaged: list[str]) -> Text:
    names = listed(damaged)
    return Text(
        f"！有读不了的文件：{names.zh}。若其中有道路，先修好，再运行一次 init",
        f"! not readable: {names.en}. If roads are among them, mend them and run init again",
    )


def _is(path: Path, out: Path) -> bool:
    """Return whether a path is the study file about to be written."""
    return path.resolve() == out.resolve()


def try_draft(drafted: Drafted, clock: Clock) -> None:
    """Read the study as drafted, and set in it what its files turn out to need.

    What readers find is the evidence: coordinates in a shifted datum, boundaries or roads that
    need repair, facilities without coordinates. What is left is kept in ``problems``.
    """
    files = {drafted.folder / claim.look.path for claim in _claims(drafted.choice)}
    if sum(path.stat().st_size for path in files if path.is_file()) > MOST_TRIED_BYTES:
        return
    for _ in range(_ROUNDS):
        found = _gathered(drafted, clock)
        if isinstance(found, InputError):
            drafted.problems = _named(drafted, found.problems)
            return
        drafted.problems = _named(drafted, found.problems)
        trial = Trial(
            problems=drafted.problems,
            datums=found.datums,
            looks={c.look.path.as_posix(): c.look for c in _claims(drafted.choice)},
        )
        if not mend(drafted.draft, trial):
            return


def _gathered(drafted: Drafted, clock: Clock) -> Gathered | InputError:
    try:
        data = _relocated(drafted.draft.data, lambda file: (drafted.folder / file).as_posix())
        return gather(study_from_dict(data), clock)
    except InputError as error:
        return error


def _named(drafted: Drafted, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with files named as the folder has them."""
    start = drafted.folder.as_posix().rstrip("/") + "/"
    return [
        replace(problem, file=problem.file.removeprefix(start) if problem.file else None)
        for problem in problems
        if problem.code not in _NOT_OURS
    ]


def _relocated(data: Any, move: Callable[[str], str], key: str = "") -> Any:
    """Return tables with every file named otherwise."""
    if isinstance(data, dict):
        return {k: _relocated(value, move, k) for k, value in data.items()}
    if isinstance(data, list):
        return [_relocated(value, move, "") for value in data]
    return move(data) if isinstance(data, str) and key in _FILES else data


def text_of(drafted: Drafted, language: Language) -> str:
    """Return the text of the study file.

    Raises
    ------
    InputError
        When what was drafted breaks the schema.
    """
    draft = drafted.draft
    here = drafted.out.resolve().parent
    if here != drafted.folder.resolve():
        way = _way(here, drafted.folder.resolve())
        draft = Draft(
            _relocated(draft.data, way),
            draft.notes,
            {
                where: [replace(o, value=_relocated(o.value, way)) for o in offers]
                for where, offers in draft.offers.items()
            },
        )
    text = study_text(draft, language, head=_HEAD, foot=_foot(drafted, language))
    study_from_dict(tomllib.loads(text), file=drafted.out.name, text=text)
    return text


def _way(here: Path, folder: Path) -> Callable[[str], str]:
    def way(file: str) -> str:
        full = folder / file
        try:
            return Path(os.path.relpath(full, here)).as_posix()
        except ValueError:  # another drive
            return full.as_posix()

    return way


_HEAD = [
    Text(
        "研究文件，由 coverplan init 按文件夹中的数据起草。每一项上方是选用的依据，请逐项核对。",
        "A study file, drafted by coverplan init. Above each entry stands why: please check each.",
    ),
    Text(
        "以 # 开头的键没有启用，等号后是默认值（… 表示没有默认值）。路径相对于本文件。",
        "Keys behind a # are not in use and show their defaults (… is none). Paths are relative "
        "to this file.",
    ),
    Text(
        "核对后运行：coverplan check 本文件，再 coverplan run 本文件。",
        "Then run: coverplan check THIS FILE, and coverplan run THIS FILE.",
    ),
]


def _foot(drafted: Drafted, language: Language) -> list[Text]:
    lines: list[Text] = []
    if drafted.skipped:
        lines.append(Text("没有使用的文件：", "Files that are not used:"))
        lines += [
            Text(f"  {each.name}：{each.why.zh}", f"  {each.name}: {each.why.en}")
            for each in drafted.skipped
        ]
    if drafted.problems is None:
        lines.append(_NOT_TRIED)
        return lines
    faults = Problems(drafted.problems)
    if faults.errors:
        lines.append(Text("试读时的错误，改正后才能运行：", "Errors met on reading, to be mended:"))
        for paragraph in render_problems(faults.errors, language):
            lines += [Text.same(f"  {line}") for line in paragraph.split("\n")]
        lines.append(_AGAIN)
    kinds = len({(p.code, p.file, p.column) for p in faults.warnings})
    if kinds:
        lines.append(
            Text(f"另有 {kinds} 类提醒，见 coverplan check", f"Warnings ({kinds}): coverplan check")
        )
    return lines


_AGAIN = Text(
    "改正后再运行一次 coverplan init --force：这些文件还需要什么，要读通了才看得出",
    "Then run coverplan init --force once more: what else these files need shows once they can be "
    "read",
)


_NOT_TRIED = Text(
    "文件较大，没有试读：请运行 coverplan check",
    "The files are large and were not tried: run coverplan check",
)


def _claims(choice: Choice) -> list[Claim]:
    several = [claim for group in choice.several.values() for claim in group]
    return [*choice.one.values(), *choice.layers.values(), *several]


def _title(folder: Path, language: Language) -> str:
    name = folder.resolve().name.strip()
    if not is_text(name):
        name = ""
    return name or ("研究" if language == "zh" else "Study")


def _no_title(text: str) -> Text | None:
    return None if text.strip() else Text("标题不能为空", "a title cannot be empty")


def _no_date(text: str) -> Text | None:
    try:
        datetime.date.fromisoformat(text.strip())
    except ValueError:
        return Text("写成 2025-12-31 的样子", "write it like 2025-12-31")
    return None


def _about_date(choice: Choice, date: datetime.date, proposed: datetime.date, now: int) -> Text:
    years = [
        year
        for claim in choice.layers.values()
        for key in ("opened", "closed")
        if key in claim.shown
        for cell in claim.look.cells(claim.shown[key])
        if (year := as_year(cell)) is not None and year <= now
    ]
    newest = f"{max(years):.0f}" if years else ""
    zh = "设施与边界截至此日；" + ("默认取上一年末，请核对" if date == proposed else "按您的回答")
    en = "facilities and boundaries as of this day; " + (
        "the end of last year by default, please check" if date == proposed else "as you said"
    )
    if newest:
        zh += f"；数据中今年以前最晚的年份是 {newest}"
        en += f"; the latest year in the data up to now is {newest}"
    return Text(zh, en)


_NEEDED = {
    "units": Text("乡镇边界（面，有代码和名称列）", "boundaries: polygons with code and name"),
    "people": Text(
        "人口（有坐标和人口列的村表、人口栅格，或按单元的总数加道路）",
        "people: a table of villages with coordinates and people, a raster of people, or totals "
        "by unit with roads",
    ),
    "layer": Text(
        "设施名单（养老、社工站、儿童之家或生态安葬，有名称和坐标）",
        "a list of facilities (elderly care, social work, children's homes or eco-burial) with "
        "names and coordinates",
    ),
}


def _incomplete(folder: Path, seen: Seen, choice: Choice, lost: list[str]) -> list[Problem]:
    """Return what is missing in a folder, and what became of every file."""
    there = _recognised(choice)
    problems = [
        Problem(
            code=f"init.no_{part}",
            what=Text(
                f"文件夹里没有找到{_NEEDED[part].zh}", f"the folder holds no {_NEEDED[part].en}"
            ),
            file=str(folder),
            found=there if seen.looks else Text("没有数据文件", "no file of data"),
            mend=_PUT_THERE,
        )
        for part in lost
    ]
    return problems + [
        Problem(
            code="init.not_used",
            what=Text(f"没有使用：{each.why.zh}", f"not used: {each.why.en}"),
            file=each.name,
            mend=_SAY,
            severity="warning",
        )
        for each in [*choice.unused, *seen.skipped]
    ]


_PUT_THERE = Text("把文件放进来再试", "put such a file there and try again")
_SAY = Text(
    "若应当使用，核对文件和列名",
    "if it should be used, check the file and the names of its columns",
)


def _recognised(choice: Choice) -> Text:
    pairs = [(ROLE_NAMES[claim.role], claim.look.name) for claim in _claims(choice)]
    if not pairs:
        return Text("没有认出任何文件", "no file was recognised")
    return Text(
        "；".join(f"{role.zh} {name}" for role, name in pairs),
        "; ".join(f"{role.en} {name}" for role, name in pairs),
    )


def assumed_lines(drafted: Drafted) -> list[Text]:
    """Return what was assumed and is to be confirmed, as the study file says it."""
    return [
        Text(f"{'.'.join(where)}：{text.zh[1:]}", f"{'.'.join(where)}: {text.en[1:].strip()}")
        for where, texts in drafted.draft.notes.items()
        for text in texts
        if text.zh.startswith("！")
    ]


def lines_of(drafted: Drafted) -> list[Text]:
    """Return what each file was taken for, one line each, for the terminal."""
    layers = builtin_layers()
    named = [
        (layers[c.layer].label if c.role == "layer" else ROLE_NAMES[c.role], c)
        for c in _claims(drafted.choice)
    ]
    return [
        Text(f"{name.zh}：{c.look.name}（{c.why.zh}）", f"{name.en}: {c.look.name} ({c.why.en})")
        for name, c in named
    ]
