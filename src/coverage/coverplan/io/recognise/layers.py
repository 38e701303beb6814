"""The layers of a drafted study: their files, whom they are for, and where new sites may stand."""

from collections.abc import Mapping
from typing import Any

from ...core.text import Text
from ...domain.layer import Layer, builtin_layers
from .choice import Choice
from .columns import MINORS, OLDER
from .draft import Draft, Offer, Where, in_file, source_of
from .roles import Claim, listed


def draft_layer(
    draft: Draft, choice: Choice, key: str, claim: Claim, groups: Mapping[str, object]
) -> None:
    """Set one layer of a study.

    Parameters
    ----------
    draft, choice
        Changed, and what each file is.
    key, claim
        Id of the layer, and its file.
    groups
        The groups of people of the study.
    """
    at = ("layers", key)
    draft.set((*at, "source"), *source_of(choice, claim, key))
    in_file(draft, at, claim)
    _group(draft, at, builtin_layers()[key], groups)
    _others(draft, choice, at, claim)
    _place_missing(draft, at, claim)
    siting: dict[str, Any] = {"sites": 3}
    if choice.several["candidates"]:
        siting["candidates"] = ["people", *(_candidates(c) for c in choice.several["candidates"])]
    land = choice.one.get("protected")
    if land is not None:
        siting["forbidden"] = [{"source": land.look.path.as_posix()}]
        if land.look.table:
            siting["forbidden"][0]["table"] = land.look.table
    draft.offers[at] = [Offer("siting", siting, _SITING)]


def _place_missing(draft: Draft, at: Where, claim: Claim) -> None:
    """Place facilities without coordinates at their village, where there are such."""
    if claim.look.form != "table" or not {"unit", "village"} & set(claim.shown):
        return
    if not {"lon", "lat"} <= set(claim.shown):
        draft.set((*at, "place_missing"), "village", _NO_COORDINATES)
        return
    at_all = claim.look.sample[[claim.shown["lon"], claim.shown["lat"]]].astype(str)
    blank = int((at_all == "").all(axis=1).sum())
    if blank:
        why = Text(
            f"{blank} 条记录没有坐标：放在所登记的村或乡镇，结果中注明；要算作错误，改为 refuse",
            f"{blank} records have no coordinates: placed at their village or township, and "
            "marked; refuse makes that a fault",
        )
        draft.set((*at, "place_missing"), "village", why)


def _others(draft: Draft, choice: Choice, at: Where, claim: Claim) -> None:
    """Say which kinds of a list of several are in no layer."""
    for column in claim.where:
        taken = {
            value
            for other in choice.layers.values()
            if other.look.name == claim.look.name
            for value in other.where.get(column, ())
        }
        rest = sorted(set(claim.look.cells(column)) - taken)
        if rest:
            said = listed(rest)
            draft.note(
                at,
                Text(
                    f"该列其余各类（{said.zh}）没有用；要用，另写一个图层",
                    f"other kinds in that column ({said.en}) are not used; each could be a layer",
                ),
            )


_NO_COORDINATES = Text(
    "没有坐标列：放在所登记的村或乡镇，结果中注明", "no coordinates: placed at village or township"
)
_SITING = Text("要提出新址时去掉行首的 #", "to propose new sites, take the # away")


def _candidates(claim: Claim) -> dict[str, Any]:
    table: dict[str, Any] = {"source": claim.look.path.as_posix()}
    if claim.look.table:
        table["table"] = claim.look.table
    table["kind"] = claim.layer
    return table | ({"columns": dict(claim.columns)} if claim.columns else {})


def _group(draft: Draft, at: Where, layer: Layer, groups: Mapping[str, object]) -> None:
    """Say whom a layer is measured for, where people have not the group it is made for."""
    if layer.group in groups:
        return
    other = {"elderly": OLDER, "children": MINORS}.get(layer.group, "")
    if other in groups:
        text = Text(f"人口数据中是{other}", f"the people known are those of {other}")
        draft.set((*at, "group"), other, text)
        return
    text = Text(
        f"！人口数据中没有“{layer.group}”一列：按全部人口计，请补上该列或确认",
        f'! no column of "{layer.group}" in the people data: measured for everybody; add the '
        "column, or confirm",
    )
    draft.set((*at, "group"), "all", text)
