"""Figures for paper and slides: maps and charts of a study as PNG, SVG and PDF.

Needs the extra ``figures`` (matplotlib).

Examples
--------
>>> import coverplan as cp
>>> from coverplan import figures
>>> study = cp.assess(cp.small_county())
>>> figure = figures.coverage_figure(study, "elderly_care", language="en")
>>> print(figure.texts[0].get_text())
Elderly care: share of people reached, today

Every kind of figure, as every kind of file, for every size of paper:

>>> figures.KINDS[:4]
('coverage', 'coverage_after', 'before_after', 'gap')
>>> figures.FORMATS, figures.PAPERS
(('png', 'svg', 'pdf'), ('a5', 'a4', 'a3'))
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from .clock import OnProgress
from .core.errors import InputError, MissingExtraError, Problem
from .core.text import Language, Text
from .identity import run_id, version_of
from .io.write import RECORD, hashes, whole_folder, write_text
from .measure.measures import Measures
from .present.lorenz_curves import lorenz_curves
from .results import LayerResult, Study

try:
    from matplotlib.figure import Figure

    from .present.figures import (
        Paper,
        before_after_figure,
        coverage_figure,
        equity_figure,
        find_font,
        frontier_figure,
        gap_figure,
        minutes_figure,
        plan_figure,
        plans_figure,
        save_figure,
        use_chinese_font,
    )
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "matplotlib":
        raise
    raise MissingExtraError("matplotlib", "figures", Text("画图", "drawing figures")) from error

__all__ = [
    "FORMATS",
    "KINDS",
    "PAPERS",
    "Asked",
    "before_after_figure",
    "coverage_figure",
    "equity_figure",
    "find_font",
    "frontier_figure",
    "gap_figure",
    "minutes_figure",
    "plan_figure",
    "plans_figure",
    "save_figure",
    "use_chinese_font",
    "write_figures",
]

KINDS = (
    "coverage", "coverage_after", "before_after", "gap", "gap_after", "minutes", "minutes_after",
    "plan", "frontier", "equity",
)  # fmt: skip
"""What can be drawn of a layer; ``equity`` needs measures, and is drawn only where they are."""

FORMATS = ("png", "svg", "pdf")
"""File formats a figure can have."""

PAPERS: tuple[Paper, ...] = get_args(Paper)
"""Sizes of paper, laid across: a5, a4, a3."""

Drawn = Callable[[], Figure]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures, and how.

    Parameters
    ----------
    layers, kinds
        Ids of layers and names of `KINDS`; empty is all the study has.
    formats, paper
        Of `FORMATS`, and ``a5``, ``a4`` or ``a3``, across.
    language
        Of the words; the study's own where it is None.
    font
        A font file, where the one found on this machine is not wanted.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.figures import Asked, write_figures
    >>> asked = Asked(layers=("elderly_care",), kinds=("coverage",), formats=("svg",), paper="a5")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_figures(cp.assess(cp.small_county()), folder, asked)
    >>> [file.name for file in files]
    ['elderly_care-coverage.svg', 'run.json']
    """

    layers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("png",)
    paper: Paper = "a4"
    language: Language | None = None
    font: Path | None = None


def write_figures(
    study: Study,
    folder: str | Path,
    asked: Asked | None = None,
    *,
    layers: Sequence[str] = (),
    kinds: Sequence[str] = (),
    formats: Sequence[str] = ("png",),
    paper: Paper = "a4",
    language: Language | None = None,
    font: Path | None = None,
    measures: Measures | None = None,
    on_progress: OnProgress | None = None,
) -> list[Path]:
    """Draw figures of a study into a folder, which is complete or unchanged.

    A figure is called after its layer and kind, as in ``elderly_care-coverage.png``; a kind that
    a layer has nothing of, as plans where none was asked, is left out. ``run.json`` says what the
    figures were made from. The same study gives the same bytes.

    Parameters
    ----------
    study, folder
        What is drawn, and where to.
    asked
        Which figures, and how, in one value; where it is None the next six say it.
    layers, kinds, formats, paper, language, font
        As in `Asked`: ids of layers and names of `KINDS`, all the study has where they are empty;
        what to write, how large, in which words and letters.
    measures
        Of `coverplan.measure_study`, for ``equity``.
    on_progress
        Called with the figures drawn and all of them.

    Raises
    ------
    InputError
        When there is nothing to draw, no font has a character of a name, or the folder holds other
        things or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.figures import Asked, write_figures
    >>> asked = Asked(layers=("social_work",), kinds=("coverage", "gap"), formats=("svg",))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_figures(cp.assess(cp.small_county()), folder, asked)
    >>> [file.name for file in files]
    ['run.json', 'social_work-coverage.svg', 'social_work-gap.svg']
    """
    how = asked or Asked(tuple(layers), tuple(kinds), tuple(formats), paper, language, font)
    font = find_font(how.font)
    drawings = _drawings(study, how, font, measures)
    if not drawings:
        raise InputError([_nothing(how)])
    target = Path(folder)
    with whole_folder(target) as draft:
        for done, (name, draw) in enumerate(drawings.items()):
            if on_progress is not None:
                on_progress(done, len(drawings))
            drawing = draw()
            for suffix in how.formats:
                save_figure(drawing, draft / f"{name}.{suffix}")
        record = _record(study, how, font, hashes(draft))
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def _drawings(study: Study, how: Asked, font: Path, measures: Measures | None) -> dict[str, Drawn]:
    """Return what is drawn, by the name of its file."""
    keys = how.layers or tuple(study.layers)
    found = {}
    for key in keys:
        for kind, draw in _of_layer(study, study.layers[key], how, font, measures).items():
            if not how.kinds or kind in how.kinds:
                found[f"{key}-{kind}"] = draw
    return found


def _of_layer(
    study: Study, result: LayerResult, how: Asked, font: Path, measures: Measures | None
) -> dict[str, Drawn]:
    """Return how each kind a layer has is drawn."""
    key, language = result.layer.id, how.language or study.inputs.language
    said: dict[str, Any] = {"language": language, "font": font, "paper": how.paper}
    found: dict[str, Drawn] = {
        "coverage": lambda: coverage_figure(study, key, **said),
        "gap": lambda: gap_figure(study, key, **said),
        "minutes": lambda: minutes_figure(study, key, **said),
    }
    if result.after is not None:
        found |= {
            "coverage_after": lambda: coverage_figure(study, key, phase="after", **said),
            "before_after": lambda: before_after_figure(study, key, **said),
            "gap_after": lambda: gap_figure(study, key, phase="after", **said),
            "minutes_after": lambda: minutes_figure(study, key, phase="after", **said),
            "plan": lambda: plan_figure(study, key, **said),
        }
    frontier = None if result.proposal is None else result.proposal.frontier
    if frontier is not None:
        found["frontier"] = lambda: frontier_figure(study, key, frontier, **said)
    curves = {} if measures is None else _curves(study, key, measures)
    if curves:
        label = result.layer.label
        title = Text(f"{label.zh}：分布是否均等", f"{label.en}: how evenly it is shared")
        found["equity"] = lambda: equity_figure(study, curves, title, **said)
    return found


def _curves(study: Study, layer: str, measures: Measures) -> dict[str, Any]:
    return dict(lorenz_curves(measures, layer, study.layers[layer].layer.group))


def _record(study: Study, how: Asked, font: Path, written: dict[str, str]) -> dict[str, Any]:
    inputs = study.inputs
    return {
        "run_id": run_id(study),
        "title": inputs.title,
        "date": inputs.date.isoformat(),
        "notice": inputs.notice,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {name: version_of(name) for name in ("coverplan", "matplotlib")},
        "paper": how.paper,
        "font": font.name,
        "inputs": [{"file": f.label, "sha256": f.sha256} for f in inputs.files],
        "outputs": written,
    }


def _nothing(how: Asked) -> Problem:
    return Problem(
        code="figures.nothing",
        what=Text("这些图层没有所要的图", "these layers have none of the figures asked for"),
        column="--kind",
        found=", ".join(how.kinds),
        mend=Text(
            "plan、before_after 等要有选址方案，frontier 要有 frontier 设置，equity 要有容量数据",
            "plan, before_after and the like need a plan, frontier its key in the siting table, "
            "equity the capacity of sites",
        ),
    )
