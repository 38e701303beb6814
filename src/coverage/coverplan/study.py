"""A whole study, from file or from notebook: the steps in their order."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from .asking import asked_of
from .assessing import assess_inputs
from .clock import Clock, OnBounds, OnProgress, OnStep
from .core.errors import InputError, Problem
from .core.text import Text
from .domain import StudyConfig
from .domain.siting_config import MODELS
from .io.dated import dated
from .io.dated import together as both
from .io.studyfile import file_of
from .loading import load_inputs
from .owncandidates import with_candidates
from .results import Inputs, Study, inputs_of
from .siteoptions import SiteOptions, changes
from .siting.request import no_model


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
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = cp.run(cp.write_small_county(folder))
    >>> rows = study.coverage.select(
    ...     layer="elderly_care", indicator="people_reached", minutes=15, unit_code="total"
    ... )
    >>> rows[["phase", "value", "denominator"]]
        phase  value  denominator
    0  before    314          933
    1   after    757          933

    The sample county, and a notebook that has a graph of osmnx:

    >>> study = cp.run("data/geo/yunxi/study.toml")  # doctest: +SKIP
    >>> graph = osmnx.graph_from_place("云溪县", network_type="all")  # doctest: +SKIP
    >>> study = cp.run("data/geo/yunxi/study.toml", roads=graph)  # doctest: +SKIP
    """
    clock = Clock(on_step, on_progress)
    return assess_inputs(load_inputs(file_of(study), clock, dated(date), roads), clock)


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

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inputs = cp.load(cp.write_small_county(folder))
    >>> len(inputs.region), len(inputs.demand), inputs.network.n_edges
    (3, 9, 6)
    >>> inputs.reconciliation.columns.tolist()[:4]
    ['unit', 'group', 'given', 'read']
    """
    return load_inputs(file_of(study), Clock(), dated(date), roads)


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

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> study.layers["elderly_care"].plan.chosen_ids(
    ...     study.layers["elderly_care"].proposal.problem.sites.ids
    ... )
    ['new:C2', 'new:C4']
    >>> study.coverage.value(
    ...     layer="social_work", indicator="people_reached", minutes=10, unit_code="total"
    ... )
    2330
    """
    return assess_inputs(inputs_of(inputs), Clock(on_step, on_progress))


def propose(
    study: str | Path | Inputs | Study,
    layers: str | Sequence[str],
    *,
    model: str | None = None,
    together: bool = False,
    date: str | datetime.date | None = None,
    roads: object | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
    on_bounds: OnBounds | None = None,
    candidates: object | None = None,
    **numbers: Any,
) -> Study:
    """Propose sites for one layer of a study file, or for several at once.

    What is not given here is as the study file says; the numbers it gives for one model are not
    taken over by another.

    Parameters
    ----------
    study
        Path of a study file; or what was read from one, or computed: another question is asked
        of the candidates that are there, and no file is read again.
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
    candidates
        Where the sites may stand: points of one's own, in any coordinate system, with columns
        ``name``, ``cost_yuan`` and others of `SitingRequest` as far as they are known; or what
        a study file may say. None: those of the study.
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
        With everything that is wrong with what is asked and with the files; when what is asked
        of inputs that are read needs other files, or another day or road graph.
    InternalError
        When two ways of computing one number disagree.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = cp.write_small_county(folder)
    ...     found = cp.propose(study, "elderly_care", model="fewest", share_percent=90.0)
    >>> proposal = found.layers["elderly_care"].proposal
    >>> list(proposal.chosen["name"]), proposal.plan.status
    (['石桥桥头', '云岭集市', '上湾路口'], 'optimal')
    >>> proposal.plan.facts.reached_after, proposal.plan.facts.people
    (850, 933)

    Asked again of what is read: one site, two, three.

    >>> county = cp.small_county()
    >>> answers = [cp.propose(county, "elderly_care", sites=n) for n in (1, 2, 3)]
    >>> [answer.layers["elderly_care"].plan.value for answer in answers]
    [333, 443, 536]

    Or among places of one's own, here every village, each at its cost:

    >>> villages = county.demand.points[["geometry"]].assign(cost_yuan=400_000)
    >>> found = cp.propose(county, "elderly_care", candidates=villages, sites=2)
    >>> chosen = found.layer("elderly_care").proposal.chosen
    >>> chosen["name"].to_list(), int(chosen["cost_yuan"].sum())
    (['V4', 'V7'], 800000)
    """
    keys = (layers,) if isinstance(layers, str) else tuple(layers)
    if model is not None and model not in MODELS:
        raise InputError([no_model(model)])
    own = candidates if isinstance(candidates, pd.DataFrame) else None
    if own is None and candidates is not None:
        numbers["candidates"] = candidates
    options = SiteOptions(
        layers=keys, model=model, numbers=tuple(numbers.items()), together=together
    )
    clock = Clock(on_step, on_progress, on_bounds)
    if isinstance(study, Inputs | Study):
        if date is not None or roads is not None:
            raise InputError([_READ_ALREADY])
        inputs = inputs_of(study)
        for key in keys:
            inputs.layer(key)
    elif own is None:
        return propose_asked(Path(study), options, clock, date=date, roads=roads)
    else:
        inputs = load_inputs(Path(study), clock, dated(date), roads)
    if own is not None:
        inputs = with_candidates(inputs, keys, own)
    return assess_inputs(asked_of(inputs, options), clock)


_READ_ALREADY = Problem(
    code="site.read_already",
    what=Text("数据已经读入，日期和道路不能再改", "files are read already: day and roads stay"),
    column="date, roads",
    mend=Text(
        "改为给出研究文件的路径，或用 coverplan.load 另读一次",
        "give the path of the study file, or read it anew with coverplan.load",
    ),
)


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
