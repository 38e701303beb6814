"""`coverplan compare`: two folders of results side by side."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from . import siteflags as flags
from .compared import Comparison
from .comparisons import check_out, compare_runs, write_comparison
from .core.text import Language, Text
from .guarding import EXIT_OK, guarded
from .io.runfolder import stated_run_language
from .io.write import check_folder
from .present.comparison_terminal import print_comparison
from .present.terminal import plain
from .progressbars import shown_steps

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def compare(
    run_a: Annotated[Path, typer.Argument(help="方案 A 的结果文件夹 / results of run A")],
    run_b: Annotated[Path, typer.Argument(help="方案 B 的结果文件夹 / results of run B")],
    out: Annotated[Path, typer.Option("--out", "-o", help="输出文件夹 / output folder")] = Path(
        "compare"
    ),
    lang: flags.Lang = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """两次计算并排对比：人数、站点、造价、结果改变的乡镇 / two runs side by side."""
    given: Language | None = "en" if lang == "en" else "zh" if lang == "zh" else None
    language = given or stated_run_language(run_a)
    work = partial(_compare, run_a, run_b, out, language, quiet=quiet)
    raise SystemExit(guarded(work, language, _err))


def _compare(a: Path, b: Path, out: Path, language: Language, *, quiet: bool) -> int:
    check_out(out)
    check_folder(out)
    with shown_steps(_err, language, quiet=quiet) as (announce, _):
        announce(Text("读取两次计算", "reading both runs"))
        found = compare_runs(a, b)
        written = write_comparison(found, out, language=language, on_step=announce)
    if not quiet:
        show_comparison(_out, found, out, written, language)
    return EXIT_OK


def show_comparison(
    console: Console, found: Comparison, folder: Path, written: list[Path], language: Language
) -> None:
    """Print what was found, and what was written.

    Parameters
    ----------
    console, found, folder, written, language
        Where, what was found, the folder and its files, and in which words.
    """
    print_comparison(console, found, language)
    names = ", ".join(path.name for path in written)
    done = Text("已写入：", "written: ").of(language)
    console.print(plain(f"{done}{folder}  ({names})", "green"), soft_wrap=True)
