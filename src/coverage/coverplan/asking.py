"""Another question to inputs that are read already: no file is read again."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

import pandas as pd
from pydantic import ValidationError

from .core.errors import InputError, Problem, Problems
from .core.text import Text
from .domain import StudyConfig
from .domain.siting_config import JointConfig, SitingConfig
from .io.studyfaults import StudyText, schema_faults
from .io.studyfile import study_from_dict
from .results import Inputs, LayerInput
from .siteoptions import SiteOptions, changes
from .siting.request import CLASS_MARK, SitingRequest, numbers_of
from .siting.requestchecks import KnownIds, check_request
from .siting_inputs import by_code

_READ = (
    "candidates", "candidate_spacing_metres", "cost_yuan", "capacity", "classes", "ground_rules",
    "forbidden", "required_areas", "most_slope_percent",
)  # fmt: skip
"""Keys of a siting table that are settled where candidates are read and made."""


def asked_of(inputs: Inputs, options: SiteOptions) -> Inputs:
    """Return inputs of which another question is asked, of the layers it is about alone.

    Parameters
    ----------
    inputs
        What was read, with candidates for these layers.
    options
        What to ask; what they leave out is as the inputs ask it.

    Raises
    ------
    InputError
        When it cannot be meant, when a layer has no candidates, or what is asked needs files.
    """
    given = {item.layer.id: _table_of(inputs, item) for item in inputs.layers}
    data = _data(inputs, given)
    changes(options)(data)
    _check_candidates(inputs, options)
    config = None if inputs.config is None else study_from_dict(data)
    tables = _tables(data, options) if config is None else _siting_of(config, options)
    _check_read(inputs, options, tables)
    problems = Problems()
    layers = tuple(
        replace(item, siting=_request(inputs, item, tables[item.layer.id], problems))
        for item in inputs.layers
        if item.layer.id in tables
    )
    problems.raise_if_any()
    joint = data.get("joint")
    together = JointConfig.model_validate(joint) if isinstance(joint, dict) else None
    return replace(
        inputs,
        layers=layers,
        config=config,
        joint=together if config is None else config.joint,
    )


def _data(inputs: Inputs, given: Mapping[str, dict[str, Any] | None]) -> dict[str, Any]:
    """Return the inputs' question as the tables of a study file."""
    if inputs.config is not None:
        return inputs.config.model_dump(exclude_unset=True)
    data: dict[str, Any] = {
        "layers": {key: {} if table is None else {"siting": table} for key, table in given.items()}
    }
    if inputs.joint is not None:
        data["joint"] = inputs.joint.model_dump(exclude_unset=True)
    return data


def _table_of(inputs: Inputs, item: LayerInput) -> dict[str, Any] | None:
    """Return what is asked of a layer now as a siting table; None where nothing is."""
    request = item.siting
    if request is None:
        return None
    if inputs.config is not None:
        siting = inputs.config.layers[item.layer.id].siting
        return None if siting is None else siting.model_dump(exclude_unset=True)
    plain = {
        field.name: getattr(request, field.name)
        for field in fields(SitingRequest)
        if field.name in SitingConfig.model_fields
        and field.name not in _READ
        and (field.default is MISSING or getattr(request, field.name) != field.default)
    }
    plain |= {"required": [*request.required, *request.keep_ids]}
    plain |= {"excluded": [*request.excluded, *request.shut_ids]}
    if request.closable:
        plain["existing"] = "close"
    return {key: list(v) if isinstance(v, tuple) else v for key, v in plain.items() if v or v == 0}


def _check_candidates(inputs: Inputs, options: SiteOptions) -> None:
    bare = {item.layer.id for item in inputs.layers if item.siting is None}
    faults = [_no_candidates(inputs, key) for key in options.layers if key in bare]
    Problems(faults).raise_if_any()


def _check_read(inputs: Inputs, options: SiteOptions, tables: Mapping[str, SitingConfig]) -> None:
    """Raise where what is asked speaks of candidates otherwise than what was read."""
    before = {} if inputs.config is None else _siting_of(inputs.config, options)
    Problems(
        [
            _is_read(key, name, value)
            for key in options.layers
            for name, value in options.numbers
            if name in _READ
            and (key not in before or getattr(before[key], name) != getattr(tables[key], name))
        ]
    ).raise_if_any()


def _siting_of(config: StudyConfig, options: SiteOptions) -> dict[str, SitingConfig]:
    tables = {key: config.layers[key].siting for key in options.layers}
    return {key: table for key, table in tables.items() if table is not None}


def _tables(data: dict[str, Any], options: SiteOptions) -> dict[str, SitingConfig]:
    """Return the siting tables of a study made in code, checked, every fault at once."""
    faults: list[Any] = []
    tables: dict[str, SitingConfig] = {}
    for key in options.layers:
        try:
            tables[key] = SitingConfig.model_validate(data["layers"][key]["siting"])
        except ValidationError as error:
            where = ("layers", key, "siting")
            faults += [detail | {"loc": (*where, *detail["loc"])} for detail in error.errors()]
    if faults:
        raise InputError(schema_faults(faults, data, StudyText("study")))
    return tables


def _request(
    inputs: Inputs, item: LayerInput, siting: SitingConfig, problems: Problems
) -> SitingRequest:
    """Return what a siting table asks of the candidates that are read."""
    key, base = item.layer.id, item.siting
    if base is None:
        raise AssertionError
    working = item.facilities.working(inputs.date)
    rows = pd.Index(base.candidates.index.astype(str))
    sizes = base.candidates["class_name"].astype(str)
    classes = tuple(dict.fromkeys(size for size in sizes if size))
    places = frozenset(row.rpartition(CLASS_MARK)[0] for row in rows) if classes else rows
    closable = working.sites.index if siting.closable else ()
    known = KnownIds(frozenset(places), classes, frozenset(closable))
    required, keep = known.rows(key, "required", siting.required, problems)
    excluded, shut = known.rows(key, "excluded", siting.excluded, problems)
    request = replace(
        base,
        **numbers_of(siting) | {"most_slope_percent": base.most_slope_percent},
        keep_ids=keep,
        shut_ids=shut,
        required=required,
        excluded=excluded,
        unit_weights=by_code(siting.unit_weights, inputs.region),
    )
    problems.extend(
        check_request(
            key,
            request,
            homes_xy=inputs.demand.homes_xy,
            kept_xy=request.kept(working).xy,
            codes=inputs.region.codes,
        )
    )
    return request


def _no_candidates(inputs: Inputs, key: str) -> Problem:
    known = [item.layer.id for item in inputs.layers if item.siting is not None]
    return Problem(
        code="site.no_candidates",
        what=Text(
            "读入的数据里，这个图层没有候选点", "what was read has no candidates for this layer"
        ),
        column="layers",
        found=key,
        expected=Text("、".join(known), ", ".join(known)) if known else None,
        mend=Text(
            f"给出 candidates=自己的候选点；或在研究文件的 [layers.{key}] 下加 siting，"
            "再给出研究文件的路径",
            f"give candidates=points of your own, or [layers.{key}] a siting table and the path of "
            "the study file",
        ),
    )


def _is_read(key: str, name: str, value: object) -> Problem:
    return Problem(
        code="site.read_already",
        what=Text(
            "候选点和避让区已经读入，这一项不能再改",
            "candidates and forbidden ground are read already: this cannot be changed now",
        ),
        column=f"layers.{key}.siting.{name}",
        found=str(value),
        mend=Text(
            "改为给出研究文件的路径，由它重新读取",
            "give the path of the study file in place of what was read",
        ),
    )
