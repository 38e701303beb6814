"""What a planner asks from the map page: checked, and turned into what is asked of a layer."""

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .core.errors import InputError, Problem, Problems
from .core.text import Text
from .domain import StudyConfig
from .domain.siting_config import SitingConfig
from .questions import NEW
from .results import Inputs, LayerInput
from .siting.models import MODELS
from .siting.request import CLASS_MARK, SitingRequest
from .siting.requestchecks import check_request

AS_STUDY = "as_study"
"""Model of an ask: the one the study file asks for, with its own numbers."""

SiteId = str
Ask = TypeVar("Ask", bound="_Ask")

_MOST_IDS, _MOST_SITES, _MOST_SECONDS, _LONGEST = 2000, 10_000, 600, 300
_FAULTS_TOLD = 12


class _Ask(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SolveAsk(_Ask):
    """Which sites to propose for a layer.

    Parameters
    ----------
    layer, model
        Id of the layer; ``mclp`` (with ``sites``), ``fewest`` (with ``share_percent``), or
        `AS_STUDY`.
    sites, share_percent
        Numbers of the model; those of the study file where None.
    keep, bar
        Ids of candidates, as sites have them, that are in every plan, and in none.
    seconds
        When the search stops without a proof.
    """

    layer: str = Field(max_length=_LONGEST)
    model: Literal["as_study", "mclp", "fewest"] = "as_study"
    sites: int | None = Field(None, ge=1, le=_MOST_SITES)
    share_percent: float | None = Field(None, gt=0, le=100)
    keep: list[SiteId] = Field(default_factory=list, max_length=_MOST_IDS)
    bar: list[SiteId] = Field(default_factory=list, max_length=_MOST_IDS)
    seconds: float = Field(60.0, ge=1, le=_MOST_SECONDS)


class NearAsk(_Ask):
    """Which candidate is nearest to a place on the map, in degrees."""

    layer: str = Field(max_length=_LONGEST)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class SaveAsk(_Ask):
    """Which plan to write as a folder of results."""

    plan: int = Field(ge=0)


class NoAsk(_Ask):
    """Nothing beside the wish itself."""


def asked(kind: type[Ask], data: Any) -> Ask:
    """Return what a page asks for, checked.

    Parameters
    ----------
    kind, data
        What it is to be, and what came.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False)[:_FAULTS_TOLD]
        raise InputError(
            [
                _wrong(".".join(map(str, fault["loc"])), _given(fault), _expected(fault))
                for fault in faults
            ]
        ) from error


@dataclass(frozen=True, slots=True)
class Offer:
    """A model the page offers for a layer.

    Parameters
    ----------
    id, label
        `AS_STUDY`, or the model's name; what it is called.
    sites, share_percent
        The number to begin with where the model takes it, else None.
    """

    id: str
    label: Text
    sites: int | None = None
    share_percent: float | None = None


def offers(request: SitingRequest) -> tuple[Offer, ...]:
    """Return the models a page offers: the study's own first, then the two that need one number.

    Parameters
    ----------
    request
        What the study asks of the layer.
    """
    own = MODELS[request.model].label
    share = request.share_percent
    found = [
        Offer(
            AS_STUDY,
            Text(f"{own.zh}（研究文件的设定）", f"{own.en} (as the study file asks)"),
            request.sites,
            share,
        )
    ]
    if request.model != "mclp":
        found.append(Offer("mclp", MODELS["mclp"].label, request.sites or 1))
    if request.model != "fewest":
        found.append(Offer("fewest", MODELS["fewest"].label, None, share or 50.0))
    return tuple(found)


def changed_request(
    inputs: Inputs, item: LayerInput, base: SitingRequest, ask: SolveAsk
) -> SitingRequest:
    """Return what is asked of a layer when a page asks for something else than the study.

    Parameters
    ----------
    inputs, item
        The study, and the layer.
    base
        What the study asks of it.
    ask
        What the page asks.

    Raises
    ------
    InputError
        When it cannot be meant: numbers missing, unknown candidates, contradictions.
    """
    problems = Problems()
    problems.extend(_numbers(base, ask))
    known = {str(row) for row in base.candidates.index}
    keep = _rows("keep", ask.keep, known, problems)
    bar = _rows("bar", ask.bar, known, problems)
    places = {row.split(CLASS_MARK)[0] for row in bar} | set(bar)
    both = [row for row in keep if row in places or row.split(CLASS_MARK)[0] in places]
    if both:
        problems.add(_both(both[0]))
    problems.raise_if_any()
    request = _of_model(base, ask)
    sites = request.sites if ask.sites is None else ask.sites
    share = request.share_percent if ask.share_percent is None else ask.share_percent
    required = [row for row in base.required if row not in places]
    request = replace(
        request,
        sites=sites,
        share_percent=share,
        required=tuple(dict.fromkeys([*required, *keep])),
        excluded=tuple(dict.fromkeys([*(x for x in base.excluded if x not in keep), *places])),
        time_limit_seconds=ask.seconds,
        frontier=None,
        frontier_yuan=(),
        uncertainty=None,
    )
    working = item.facilities.working(inputs.date)
    problems.extend(
        check_request(
            item.layer.id,
            request,
            homes_xy=inputs.demand.homes_xy,
            kept_xy=request.kept(working).xy,
            codes=inputs.region.codes,
        )
    )
    problems.raise_if_any()
    return request


def changed_config(
    config: StudyConfig | None, request: SitingRequest, layer: str
) -> StudyConfig | None:
    """Return a study file that asks what a request asks of one layer, for the record of a run.

    Parameters
    ----------
    config
        The study file; None for a study made in code.
    request, layer
        What is asked, and of which layer.
    """
    if config is None:
        return None
    table = config.layers[layer]
    before = table.siting if table.siting is not None else SitingConfig(sites=1)
    same = before.model == request.model
    of_model = {} if same else dict.fromkeys(_OF_A_MODEL)
    siting = before.model_copy(
        update=of_model
        | {
            "model": request.model,
            "sites": request.sites,
            "share_percent": request.share_percent,
            "required": list(request.required),
            "excluded": list(request.excluded),
            "time_limit_seconds": request.time_limit_seconds,
            "frontier": None,
            "frontier_yuan": None,
            "uncertainty": None,
        }
    )
    layers = {**config.layers, layer: table.model_copy(update={"siting": siting})}
    # A layer that was solved alone is in no plan of several any more.
    shared = config.joint if config.joint and layer not in config.joint.layers else None
    return config.model_copy(update={"layers": layers, "joint": shared})


_OF_A_MODEL = (
    "existing", "close", "moves", "budget_yuan", "within", "years", "theta", "every",
    "unreachable", "use_capacity", "otherwise",
)  # fmt: skip
"""Keys of a siting table that say nothing of another model."""


def _of_model(base: SitingRequest, ask: SolveAsk) -> SitingRequest:
    """Return a request for another model: what the file asks of its own says nothing of it."""
    if ask.model in {AS_STUDY, base.model}:
        return base
    return replace(
        base,
        model=ask.model,
        sites=None if ask.model == "fewest" else base.sites,
        share_percent=base.share_percent if ask.model == "fewest" else None,
        within="all",
        theta=None,
        every="once",
        unreachable="leave",
        use_capacity=True,
        otherwise="refuse",
        close=None,
        moves=0,
        years=(),
        budget_yuan=None,
        closable=False,
        keep_ids=(),
        shut_ids=(),
    )


def _numbers(base: SitingRequest, ask: SolveAsk) -> list[Problem]:
    """Return what is missing of the numbers a model needs, or given to one that takes none."""
    model = base.model if ask.model == AS_STUDY else ask.model
    found = []
    if model == "mclp" and ask.sites is None and base.sites is None and base.budget_yuan is None:
        found.append(_missing("sites", Text("新增几处", "how many new sites")))
    if model == "fewest" and ask.share_percent is None and base.share_percent is None:
        found.append(_missing("share_percent", Text("要达到的可达率", "the share to reach")))
    if model != "fewest" and ask.share_percent is not None and base.share_percent is None:
        found.append(_wrong("share_percent", str(ask.share_percent), _NOT_ITS_NUMBER))
    return found


_NOT_ITS_NUMBER = Text("不填：这个模型不用它", "nothing: this model takes no share")


def _rows(key: str, ids: list[str], known: set[str], problems: Problems) -> list[str]:
    """Return the rows of candidates by the ids sites have on the page."""
    rows = [i.removeprefix(NEW) for i in ids]
    for row in rows:
        if row not in known:
            problems.add(_unknown(key, row))
    return [row for row in rows if row in known]


_KINDS = {
    "greater_than_equal": ("不小于 {ge} 的数", "a number, {ge} or more"),
    "greater_than": ("大于 {gt} 的数", "a number above {gt}"),
    "less_than_equal": ("不大于 {le} 的数", "a number, {le} or less"),
    "int_type": ("整数", "a whole number"),
    "float_type": ("数", "a number"),
    "list_type": ("编号列表", "a list of ids"),
    "string_type": ("文字", "text"),
    "string_too_long": ("短一些的文字", "shorter text"),
    "too_long": ("短一些的列表", "a shorter list"),
    "missing": ("必填", "something: it cannot be left out"),
    "extra_forbidden": ("不写：没有这一项", "nothing: there is no such key"),
    "literal_error": ("{expected}", "{expected}"),
}


def _given(fault: Any) -> str:
    """Return what came, "" for what did not: its fault holds all else that came."""
    return "" if fault["type"] == "missing" else str(fault["input"])[:60]


def _expected(fault: Any) -> Text:
    """Return what would have been right, in both languages."""
    zh, en = _KINDS.get(fault["type"], ("可以理解的值", "a value that can be understood"))
    numbers = {
        key: f"{value:g}" if isinstance(value, float) else str(value)
        for key, value in fault.get("ctx", {}).items()
    }
    return Text(zh.format_map(numbers), en.format_map(numbers))


def _wrong(key: str, found: str, expected: Text) -> Problem:
    return Problem(
        code="serve.ask",
        what=Text("页面发来的要求不能使用", "what the page asks for cannot be used"),
        column=key or None,
        found=found,
        expected=expected,
        mend=Text("改正这一项再试", "correct it and try again"),
    )


def _missing(key: str, wanted: Text) -> Problem:
    return Problem(
        code="serve.number",
        what=Text(f"请填写{wanted.zh}", f"please say {wanted.en}"),
        column=key,
        mend=Text("填写后再求解", "fill it in and solve again"),
    )


def _unknown(key: str, row: str) -> Problem:
    return Problem(
        code="serve.candidate",
        what=Text("没有这个候选点", "there is no such candidate"),
        column=key,
        found=row,
        mend=Text("在地图上重新点选", "pick it on the map again"),
    )


def _both(row: str) -> Problem:
    return Problem(
        code="serve.both",
        what=Text("同一候选点既要必建又要不建", "one candidate is to be in every plan and in none"),
        found=row,
        mend=Text("去掉其中一项", "take one of the two away"),
    )
