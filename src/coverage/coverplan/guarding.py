"""What every command does when something goes wrong: a clear message and an exit code."""

import sys
import tempfile
import traceback
from collections.abc import Callable

from rich.console import Console
from rich.text import Text as Styled

from .core.errors import InputError, MissingExtraError, Problems, render_problems
from .core.text import Language, Text
from .domain.database import redacted
from .identity import version_of
from .present.terminal import plain

EXIT_OK, EXIT_INTERNAL, EXIT_INPUT, EXIT_INTERRUPTED = 0, 1, 2, 130


def print_problems(error: InputError, language: Language, err: Console) -> None:
    """Print what stops the run, and apart from it what would not have stopped it."""
    faults = Problems(list(error.problems))
    wrong = render_problems(faults.errors, language)
    notes = render_problems(faults.warnings, language)
    head = Text(
        f"输入有 {len(wrong)} 类错误，没有写出任何结果：",
        f"{_kinds(len(wrong))} of errors in the input; nothing was written:",
    )
    also = Text(
        f"另有 {len(notes)} 类提醒，不妨碍运行：",
        f"Also {_kinds(len(notes))} of warnings, which stop nothing:",
    )
    for title, style, paragraphs in ((head, "red bold", wrong), (also, "yellow bold", notes)):
        if paragraphs:
            err.print(Styled(title.of(language), style=style))
        for paragraph in paragraphs:
            err.print(plain(paragraph), soft_wrap=True)


def _kinds(number: int) -> str:
    return "1 kind" if number == 1 else f"{number} kinds"


def guarded(work: Callable[[], int], language: Language, err: Console) -> int:
    """Run a command; turn whatever goes wrong into a message and an exit code."""
    try:
        return work()
    except InputError as error:
        print_problems(error, language, err)
        return EXIT_INPUT
    except MissingExtraError as error:
        err.print(Styled(error.text.of(language), style="red bold"), soft_wrap=True)
        return EXIT_INPUT
    except KeyboardInterrupt:
        err.print(Text("已中断，没有写出任何结果", "stopped; nothing was written").of(language))
        return EXIT_INTERRUPTED
    except Exception:  # noqa: BLE001 - the last guard: a planner never sees a traceback
        _report_internal(language, err)
        return EXIT_INTERNAL


def _report_internal(language: Language, err: Console) -> None:
    with tempfile.NamedTemporaryFile(
        "w", prefix="coverplan-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"coverplan {version_of('coverplan')}\n{redacted(' '.join(sys.argv))}\n")
        log.write(traceback.format_exc())
    message = Text(
        f"coverplan 内部错误，没有写出任何结果。详情已记录在 {log.name}，请连同研究文件一并反馈。",
        f"An error inside coverplan; nothing was written. Details stand in {log.name}: please "
        "report it with the study file.",
    )
    err.print(Styled(message.of(language), style="red bold"), soft_wrap=True)
