"""What in a request contradicts its own candidates: all of it, before anything is solved."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.nearest import meant
from ..core.text import Text
from .ground import ALLOWED, ground_reasons
from .request import CLASS_MARK, SitingRequest

_SHOWN = 5
_WITH_CAPACITY = frozenset({"cap_mclp", "cap_pmedian"})


@dataclass(frozen=True, slots=True)
class KnownIds:
    """Which ids a study may require or exclude.

    Parameters
    ----------
    places
        Ids of candidate places.
    classes
        Names of the classes each of them has a row for; none: one row, called as the place.
    closable
        Ids of existing sites that may be closed.
    """

    places: frozenset[str]
    classes: tuple[str, ...] = ()
    closable: frozenset[str] = frozenset()

    def rows(
        self,
        key: str,
        which: Literal["required", "excluded"],
        ids: Sequence[str],
        problems: Problems,
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the candidate rows and the existing sites some ids speak of.

        Parameters
        ----------
        key, which, ids
            The layer's key, the list, and what it holds: ids of places, of rows
            (``place#class``), or of existing sites that may be closed. A place has the first
            claim on an id.
        problems
            Where unknown ids go, and required places that do not say in which class.
        """
        new: dict[str, None] = {}
        existing: dict[str, None] = {}
        for word in dict.fromkeys(ids):
            rows = self._rows_of(word)
            if rows and which == "required" and len(rows) > 1:
                problems.add(_which_class(key, word, rows))
            elif rows:
                new.update(dict.fromkeys(rows))
            elif word in self.closable:
                existing[word] = None
            else:
                problems.add(self._unknown(key, which, word))
        return tuple(new), tuple(existing)

    def _rows_of(self, word: str) -> list[str]:
        if word in self.places:
            return [f"{word}{CLASS_MARK}{c}" for c in self.classes] or [word]
        place, mark, name = word.rpartition(CLASS_MARK)
        return [word] if mark and place in self.places and name in self.classes else []

    def _unknown(self, key: str, which: str, word: str) -> Problem:
        known = sorted(self.places | self.closable)
        return Problem(
            code="siting.unknown_id",
            what=Text("没有这个编号的候选点", "no candidate has this id"),
            column=f"layers.{key}.siting.{which}",
            found=word,
            expected=Text(
                "候选点的编号" + ("，或可关闭的现有站点的编号" if self.closable else ""),
                "the id of a candidate"
                + (", or of an existing site that may be closed" if self.closable else ""),
            ),
            mend=meant(word, known, Text("核对编号", "check the id"), cutoff=0.5),
        )


def check_request(
    key: str,
    request: SitingRequest,
    *,
    homes_xy: NDArray[np.float64],
    kept_xy: NDArray[np.float64],
    codes: Sequence[str],
) -> Problems:
    """Return what is wrong with a request, all at once.

    Parameters
    ----------
    key, request
        The layer's key, and what is asked for it.
    homes_xy, kept_xy
        Places with people, and existing sites that stay, metres, shape ``(n, 2)``.
    codes
        Codes of the units.
    """
    problems = Problems()
    limits = request.limits(homes_xy=homes_xy, kept_xy=kept_xy)
    reasons = ground_reasons(request.candidates, request.forbidden, limits)
    free = request.candidates[np.array([r == ALLOWED for r in reasons], dtype=bool)]
    problems.extend(required_refused(key, request, request.candidates, reasons))
    problems.extend(_required(key, request))
    problems.extend(_weights(key, request, codes))
    if request.model == "consolidate":
        return problems
    enough = _enough(key, request, reasons, free)
    problems.extend(enough)
    if not enough:
        problems.extend(_money(key, request, free))
        problems.extend(_capacity(key, request, free))
    return problems


def _enough(
    key: str, request: SitingRequest, reasons: list[Text], free: gpd.GeoDataFrame
) -> list[Problem]:
    """Return the fault of asking for more sites than there are places that may be used."""
    wanted, places = request.sites or 1, free["place"].nunique()
    if places >= wanted:
        return []
    per_place = dict(zip(request.candidates["place"], reasons, strict=True))
    counts = Counter(r for r in per_place.values() if r != ALLOWED).most_common(_SHOWN)
    n = len(per_place)
    ask_zh = f"要新增 {wanted} 处" if request.sites else "要选址"
    ask_en = f"asks for {wanted} new sites" if request.sites else "asks for sites"
    return [
        Problem(
            code="siting.too_many" if places else "siting.no_candidate",
            what=Text(
                f"图层 {key} {ask_zh}，可用的候选点只有 {places} 个",
                f"layer {key} {ask_en} of {places} usable candidates",
            ),
            column=f"layers.{key}.siting",
            found=Text(
                f"候选点 {n} 个" + "".join(f"，{r.zh} {k} 个" for r, k in counts),
                f"{n} candidates" + "".join(f", {k} {r.en}" for r, k in counts),
            ),
            expected=Text(f"至少 {wanted} 个可用", f"at least {wanted} usable"),
            mend=Text(
                "减少 sites，增加候选点，或核对 forbidden",
                "ask for fewer sites, give more candidates, or check forbidden",
            ),
        )
    ]


def required_refused(
    key: str, request: SitingRequest, candidates: gpd.GeoDataFrame, reasons: Sequence[Text]
) -> Iterator[Problem]:
    """Return a fault for each required site that may not be used, with the reason.

    Parameters
    ----------
    key, request
        The layer's key, and what is asked for it.
    candidates, reasons
        The request's candidates, and why each may not be used, roads among the reasons or not
        (`coverplan.siting.candidates.CandidateSet` has both).
    """
    by_id = dict(zip(map(str, candidates.index), reasons, strict=True))
    for row in request.required:
        reason = by_id[row]
        if reason != ALLOWED:
            yield Problem(
                code="siting.required_forbidden",
                what=Text("必选新址不能使用", "a required site may not be used"),
                column=f"layers.{key}.siting.required",
                found=Text(f"{row}：{reason.zh}", f"{row}: {reason.en}"),
                mend=Text(
                    "从 required 中去掉它，或放宽这条限制",
                    "take it out of required, or relax that limit",
                ),
            )


def _required(key: str, request: SitingRequest) -> Iterator[Problem]:
    where = f"layers.{key}.siting.required"
    places = request.candidates["place"].reindex(list(request.required))
    twice = [row for row, again in zip(request.required, places.duplicated(), strict=True) if again]
    if twice:
        yield Problem(
            code="siting.required_place",
            what=Text("同一地点必选两个类别", "two classes are required at one place"),
            column=where,
            found="、".join(twice[:_SHOWN]),
            mend=Text("每处只选一个类别", "require one class at each place"),
        )
    most = None if request.sites is None else request.sites + request.moves
    if most is not None and len(request.required) > most:
        yield Problem(
            code="siting.required",
            what=Text("必选新址多于允许的新增数", "more new sites are required than may be opened"),
            column=where,
            found=f"{len(request.required)} > {most}",
            mend=Text("增大 sites 或减少 required", "raise sites, or require fewer"),
        )


def _weights(key: str, request: SitingRequest, codes: Sequence[str]) -> Iterator[Problem]:
    where = f"layers.{key}.siting.unit_weights"
    known = list(codes)
    for word in request.unit_weights:
        if word not in known:
            yield Problem(
                code="siting.unknown_unit",
                what=Text("没有这个代码或名称的单元", "no unit has this code or name"),
                column=where,
                found=word,
                mend=meant(word, known, Text("核对单元代码", "check the code"), cutoff=0.5),
            )
    if request.unit_weights and not any(request.unit_weights.get(code, 1) for code in known):
        yield Problem(
            code="siting.no_weight",
            what=Text("权重全为零，无从比较", "all weights are zero: nothing tells plans apart"),
            column=where,
            found="0",
            mend=Text("至少一个权重为正", "give at least one a positive weight"),
        )


def _money(key: str, request: SitingRequest, free: gpd.GeoDataFrame) -> Iterator[Problem]:
    where = f"layers.{key}.siting"
    budgets = [year.budget_yuan for year in request.years if year.budget_yuan is not None]
    budget = request.budget_yuan
    if budget is None and budgets:
        budget = sum(budgets)
    if budget is None:
        return
    unknown = free.index[free["cost_yuan"].isna()]
    if len(unknown):
        yield Problem(
            code="siting.cost_unknown",
            what=Text(
                f"有预算，但 {len(unknown)} 个候选点没有造价",
                f"there is a budget, but {len(unknown)} candidates have no cost",
            ),
            column=where,
            found="、".join(map(str, unknown[:_SHOWN])),
            expected=Text("每个候选点的造价；未知不等于 0", "a cost for each; unknown is not 0"),
            mend=Text(
                "写明 cost_yuan、classes，或在候选点文件中加造价列",
                "give cost_yuan or classes, or a column of costs in the file of candidates",
            ),
        )
        return
    cheapest = int(free["cost_yuan"].min())
    needed = int(request.candidates["cost_yuan"].reindex(list(request.required)).fillna(0).sum())
    if budget < max(cheapest, needed):
        what = Text("预算不够建最便宜的一处", "the budget does not pay for the cheapest site")
        if needed > budget:
            what = Text("预算不够建必选新址", "the budget does not pay for the required sites")
        yield Problem(
            code="siting.budget",
            what=what,
            column=f"{where}.budget_yuan",
            found=f"{budget:,} < {max(cheapest, needed):,}",
            mend=Text("增加预算或降低造价", "raise budget_yuan, or give cheaper classes"),
        )


def _capacity(key: str, request: SitingRequest, free: gpd.GeoDataFrame) -> Iterator[Problem]:
    unlimited = int(free["capacity"].isna().sum())
    if request.model in _WITH_CAPACITY and unlimited:
        yield Problem(
            code="siting.no_capacity",
            what=Text(
                f"{unlimited} 个候选点没有容量，按无限计",
                f"{unlimited} candidates have no capacity: taken as without a limit",
            ),
            column=f"layers.{key}.siting",
            mend=Text(
                "写明 capacity、classes，或在候选点文件中加容量列",
                "give capacity or classes, or a column of capacities in the file",
            ),
            severity="warning",
        )


def _which_class(key: str, word: str, rows: list[str]) -> Problem:
    return Problem(
        code="siting.required_class",
        what=Text("必选地点没有写明类别", "a required place does not say in which class"),
        column=f"layers.{key}.siting.required",
        found=word,
        expected=Text(" 或 ".join(rows), " or ".join(rows)),
        mend=Text(f"写成 {rows[0]} 这样", f"write it as {rows[0]}"),
    )
