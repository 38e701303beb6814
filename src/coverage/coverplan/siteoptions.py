"""What `coverplan site` asks beyond the study file: options turned into the tables of the file."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .core.errors import InputError, Problem, Problems
from .core.nearest import meant
from .core.text import Text
from .domain.siting_config import MODELS, NEEDS, USERS


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """Options of the command, None where the study file decides.

    Parameters
    ----------
    layers
        Keys of the layers to site.
    model
        Name of the model.
    numbers
        Keys of the siting table with the values given.
    years
        ``YEAR:SITES`` or ``YEAR:SITES:YUAN``, several parted by commas.
    forbidden
        ``FILE=METRES`` or ``homes=METRES``, on top of what the file forbids.
    required, excluded
        Ids of candidates that are in every plan, and in none, on top of the file's.
    uncertainty
        Keys of the uncertainty table with the values given.
    together
        Whether each new building hosts all the layers.
    """

    layers: tuple[str, ...]
    model: str | None = None
    numbers: tuple[tuple[str, Any], ...] = ()
    years: str | None = None
    forbidden: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    uncertainty: tuple[tuple[str, Any], ...] = ()
    together: bool = False


def given(numbers: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return the keys that have a value.

    Parameters
    ----------
    numbers
        Values by key, None where nobody gave one.
    """
    return tuple((key, value) for key, value in numbers.items() if value is not None)


def changes(options: SiteOptions) -> Callable[[dict[str, Any]], None]:
    """Return what alters the tables of a study file so that it asks what the options ask.

    Raises
    ------
    InputError
        When an option cannot be read: all of them at once.
    """
    problems = Problems()
    if options.together and len(options.layers) < _SEVERAL:
        problems.add(_fault("--together", "1 --layer", "两个以上 --layer", "two --layer or more"))
    if options.model is not None and options.model not in MODELS:
        problems.add(_unknown("--model", options.model, MODELS))
    years = _years(options.years, problems)
    forbidden = [_area(word, problems) for word in options.forbidden]
    problems.raise_if_any()

    def change(data: dict[str, Any]) -> None:
        layers = data.get("layers")
        if not isinstance(layers, dict):
            return
        _check_layers(options, list(layers))
        joint = data.pop("joint", None)
        each = _of_each(options)
        for key, table in layers.items():
            if not isinstance(table, dict):
                continue
            if key not in options.layers:
                table.pop("siting", None)
                continue
            table["siting"] = _siting(table.get("siting"), each, years, forbidden)
        if len(options.layers) >= _SEVERAL:
            data["joint"] = _joint(joint, options)

    return change


def as_options(problems: Iterable[Problem], options: SiteOptions) -> tuple[Problem, ...]:
    """Return faults, told of the option that was typed and not of the file, which lacks it.

    Parameters
    ----------
    problems
        Faults of the study as the options altered it.
    options
        What was asked.
    """
    typed = {key: _OPTION_OF.get(key, "--" + key.replace("_", "-")) for key, _ in options.numbers}
    if options.years is not None:
        typed["years"] = "--years"
    typed |= {f"uncertainty.{key}": f"--{key.replace('_', '-')}" for key, _ in options.uncertainty}
    ids = {"required": options.required, "excluded": options.excluded}
    metres = {str(_area(word, Problems()).get("metres")) for word in options.forbidden}

    def told(problem: Problem) -> Problem:
        _, _, key = (problem.column or "").rpartition(".siting.")
        if key in typed:
            option = typed[key]
        elif str(problem.found) in ids.get(key, ()):
            option = _OPTION_OF[key]
        elif key.startswith("forbidden.") and str(problem.found) in metres:
            option = "--forbid"
        else:
            return problem
        return replace(problem, file=None, row=None, column=option)

    return tuple(told(problem) for problem in problems)


_OPTION_OF = {
    "share_percent": "--share",
    "budget_yuan": "--budget",
    "spacing_metres": "--spacing",
    "unit_most": "--per-unit",
    "time_limit_seconds": "--time-limit",
    "gap_percent": "--gap",
    "required": "--require",
    "excluded": "--exclude",
}
"""Options that are not called as their keys."""

_SEVERAL = 2


def _of_each(options: SiteOptions) -> SiteOptions:
    """Return the options each layer takes: one budget for several layers is for all of them."""
    if len(options.layers) < _SEVERAL:
        return options
    numbers = tuple((key, value) for key, value in options.numbers if key != "budget_yuan")
    model = None if options.model == "budget" else options.model
    return replace(options, numbers=numbers, model=model)


def _siting(
    given: Any,
    options: SiteOptions,
    years: list[dict[str, Any]] | None,
    forbidden: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the siting table of a layer: the file's, with what the options say instead."""
    table = dict(given) if isinstance(given, dict) else {}
    if options.model is not None and options.model != table.get("model", "mclp"):
        # What the file asks of its own model says nothing of another.
        needed = {key for group in NEEDS.get(options.model, ()) for key in group}
        table = {k: v for k, v in table.items() if k not in USERS or k in needed}
        table["model"] = options.model
        noise = table.get("uncertainty")
        if isinstance(noise, dict):
            table["uncertainty"] = {k: v for k, v in noise.items() if k != "robust"}
    table.update(options.numbers)
    if years is not None:
        table["years"] = years
    if forbidden:
        table["forbidden"] = [*table.get("forbidden", []), *forbidden]
    for key, ids in (("required", options.required), ("excluded", options.excluded)):
        if ids:
            table[key] = [*table.get(key, []), *ids]
    if options.uncertainty:
        table["uncertainty"] = {**table.get("uncertainty", {}), **dict(options.uncertainty)}
    return table


def _joint(given: Any, options: SiteOptions) -> dict[str, Any]:
    table = dict(given) if isinstance(given, dict) else {}
    table["layers"] = list(options.layers)
    # One search answers all layers: its time and gap are what was asked for.
    table.update((key, value) for key, value in options.numbers if key in _OF_THE_SEARCH)
    if options.together:
        table["together"] = True
    return table


_OF_THE_SEARCH = ("time_limit_seconds", "gap_percent")


def _check_layers(options: SiteOptions, known: list[str]) -> None:
    faults = [_unknown("--layer", key, known) for key in options.layers if key not in known]
    if not options.layers:
        faults = [_fault("--layer", "", "、".join(known), ", ".join(known))]
    if faults:
        raise InputError(faults)


_YEAR = re.compile(r"(\d{4}):(\d*)(?::(\d+))?")


def _years(words: str | None, problems: Problems) -> list[dict[str, Any]] | None:
    if words is None:
        return None
    years = []
    for word in words.split(","):
        found = _YEAR.fullmatch(word.strip())
        if found is None or not (found[2] or found[3]):
            example = "2026:2 / 2026:2:3000000 / 2026::3000000"
            problems.add(_fault("--years", word, example, example))
            continue
        names = ("year", "sites", "budget_yuan")
        years.append({n: int(p) for n, p in zip(names, found.groups(), strict=True) if p})
    return years


def _area(word: str, problems: Problems) -> dict[str, Any]:
    source, _, metres = word.rpartition("=")
    try:
        return {"source": source, "metres": float(metres)} if source else {"source": word}
    except ValueError:
        example = "homes=300 / protected.gpkg=100"
        problems.add(_fault("--forbid", word, example, example))
        return {"source": word}


def _unknown(option: str, found: str, known: Sequence[str]) -> Problem:
    fault = _fault(option, found, "、".join(known), ", ".join(known))
    return replace(fault, mend=meant(found, known, fault.mend))


def _fault(option: str, found: str, zh: str, en: str) -> Problem:
    return Problem(
        code="site.option",
        what=Text("命令选项不能使用", "an option of the command cannot be used"),
        column=option,
        found=found,
        expected=Text(zh, en),
        mend=Text("改正这个选项", "correct the option"),
    )
