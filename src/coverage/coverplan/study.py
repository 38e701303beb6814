"""A whole study, from file or from notebook: the steps in their order."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .assessing import assess_inputs
from .clock import Clock, OnBounds, OnProgress, OnStep
from .domain import StudyConfig
from .io.dated import dated
from .io.dated import together as both
from .loading import load_inputs
from .results import Inputs, Study
from .siteoptions import SiteOptions, changes


def run(
    study: str | Path | StudyConfig,
    *,
    date: str | datetime.date | None = None,
    roads: object | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> Study:
    """Read a study file and everything it names, and compute the study.

    Parameters
    ----------
    study
        Path of a study file, or a configuration whose paths are absolute or relative to the
        working directory.
    date
        The day to answer for, where it is not the study's own: units, facilities and former
        units as of then.
    roads
        A road graph of osmnx in memory (a networkx ``MultiDiGraph``) that takes the place of the
        road file of the study, which need not name one; see `coverplan.io.graphs`.
    on_step, on_progress
        Called as each step begins, and within long ones with the parts done and all parts.

    Raises
    ------
    InputError
        With everything that is wrong with the files, before anything is computed.
    InternalError
        When two ways of computing one number disagree.

    Examples
    --------
    >>> study = run("data/geo/yunxi/study.toml")  # doctest: +SKIP
    >>> study.coverage.select(layer="elderly_care", minutes=15)  # doctest: +SKIP

    A notebook that has a graph of osmnx:

    >>> graph = osmnx.graph_from_place("云溪县", network_type="all")  # doctest: +SKIP
    >>> study = run("data/geo/yunxi/study.toml", roads=graph)  # doctest: +SKIP
    """
    clock = Clock(on_step, on_progress)
    return assess_inputs(load_inputs(study, clock, dated(date), roads), clock)


def load(
    study: str | Path | StudyConfig,
    *,
    date: str | datetime.date | None = None,
    roads: object | None = None,
) -> Inputs:
    """Read a study file and everything it names, without computing anything.

    Parameters
    ----------
    study, date, roads
        As in `run`.

    Raises
    ------
    InputError
        With everything that is wrong with the files.
    """
    return load_inputs(study, Clock(), dated(date), roads)


def assess(
    inputs: Inputs,
    *,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> Study:
    """Compute a study from its inputs, however they were made.

    Raises
    ------
    InputError
        When more sites are asked for than there are candidates.
    InternalError
        When two ways of computing one number disagree.
    """
    return assess_inputs(inputs, Clock(on_step, on_progress))


def propose(
    study: str | Path,
    layers: str | Sequence[str],
    *,
    model: str | None = None,
    together: bool = False,
    date: str | datetime.date | None = None,
    roads: object | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
    on_bounds: OnBounds | None = None,
    **numbers: Any,
) -> Study:
    """Propose sites for one layer of a study file, or for several at once.

    What is not given here is as the study file says; the numbers it gives for one model are not
    taken over by another.

    Parameters
    ----------
    study
        Path of a study file.
    layers
        Key of the layer, or of several that are sited together.
    model
        Name of the model, as in the study file: ``mclp``, ``fewest``, ``pmedian``, ...
    together
        With several layers: whether each new building hosts all of them.
    date, roads
        Another day, and a road graph in memory, as in `run`.
    on_step, on_progress, on_bounds
        Called as each step begins, within long ones with the parts done and all parts, and
        within a search with the value of the best plan so far and its bound.
    **numbers
        Keys of the layer's siting table: ``sites=5``, ``share_percent=80.0``,
        ``budget_yuan=10_000_000``, ``spacing_metres=800.0``, ...

    Returns
    -------
    Study
        Of these layers alone: ``study.layers[key].proposal`` holds plan and reasons,
        ``study.sites`` every site in metres, ready for a map.

    Raises
    ------
    InputError
        With everything that is wrong with what is asked and with the files.
    InternalError
        When two ways of computing one number disagree.

    Examples
    --------
    >>> found = propose(
    ...     "data/geo/yunxi/study.toml", "elderly_care", model="fewest", share_percent=30.0
    ... )  # doctest: +SKIP
    >>> found.layers["elderly_care"].plan.status  # doctest: +SKIP
    'optimal'
    """
    keys = (layers,) if isinstance(layers, str) else tuple(layers)
    options = SiteOptions(
        layers=keys, model=model, numbers=tuple(numbers.items()), together=together
    )
    clock = Clock(on_step, on_progress, on_bounds)
    return propose_asked(Path(study), options, clock, date=date, roads=roads)


def propose_asked(
    path: Path,
    options: SiteOptions,
    clock: Clock,
    *,
    date: str | datetime.date | None = None,
    roads: object | None = None,
) -> Study:
    """Propose what some options ask of a study file.

    Parameters
    ----------
    path, options
        The file, and what to ask beyond it.
    clock
        Told how far it is.
    date, roads
        Another day, and a road graph in memory, as in `run`.
    """
    inputs = load_inputs(path, clock, both(dated(date), changes(options)), roads)
    asked = tuple(item for item in inputs.layers if item.layer.id in options.layers)
    return assess_inputs(replace(inputs, layers=asked), clock)
