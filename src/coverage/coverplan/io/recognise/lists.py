"""What lists of facilities could be: a layer of the study, several, candidates, or a ledger."""

from ...core.text import Text
from ...domain.layer import builtin_layers
from ...domain.policy import policy_layers
from ..columns import find_column
from ..factcells import folded
from ..policykinds import LAYER_NAMES
from .columns import kind_columns, usual_columns
from .roles import Claim, Look, holds, listed
from .words import (
    is_ledger,
    layers_of_kinds,
    most_named,
    policy_layer,
    stem_of,
    study_layer,
)

_IDLE = ("闲置", "空置", "改造", "idle", "vacant", "reuse")
_CANDIDATES = (*_IDLE, "候选", "备选", "选址", "candidate", "candidates", "options")
_COSTS = ("改造造价", "改造费用", "造价", "投资", "建设费用", "cost")
_PLACES = ("可设床位", "可设", "容纳", "capacity")
_USED = (
    "id", "name", "unit", "village", "status", "opened", "closed", "capacity", "lon", "lat",
)  # fmt: skip
_MOST_NAMES = 0.5
_WIDE = 15


def claims_of_list(look: Look, *, located: bool) -> list[Claim]:
    """Return what a list with names could be.

    Parameters
    ----------
    look
        The list.
    located
        Whether its records have coordinates; a list without must name a village or a township.
    """
    named = find_column(look.columns, "name", {})
    homes = [find_column(look.columns, key, {}) for key in ("unit", "village")]
    if named is None or not (located or any(homes)) or not look.rows:
        return []
    candidates = _candidates(look)
    if candidates:
        return candidates
    found = [*_whole(look, named, located=located), *_by_kind(look, located=located)]
    found += _ledger(look)
    if not any(claim.role == "layer" for claim in found) and located:
        why = Text(
            f"{look.count.zh}，有名称和坐标，看不出是哪一类设施",
            f"{look.count.en} with names and coordinates; of what kind is not known",
        )
        found.append(Claim(look, "list", 0.3, why, shown=usual_columns(look, _USED)))
    return found


def _candidates(look: Look) -> list[Claim]:
    word = holds(look.words, _CANDIDATES)
    if not word:
        return []
    columns: dict[str, str] = {}
    for key, names in (("cost_yuan", _COSTS), ("capacity", _PLACES)):
        usual = find_column(look.columns, key, {})
        hit = next((c for c in look.columns if holds(folded(c), names)), None)
        if usual is None and hit is not None and hit not in columns.values():
            columns[key] = hit
    kind = "reuse" if holds(look.words, _IDLE) else "build"
    why = Text(
        f"{look.count.zh}，名称含“{word}”：候选点", f'{look.count.en}; its name holds "{word}"'
    )
    return [Claim(look, "candidates", 0.7, why, layer=kind, columns=columns)]


def _whole(look: Look, named: str, *, located: bool) -> list[Claim]:
    """Return the built-in layer a whole list could be."""
    layer = study_layer(stem_of(look.words)) or study_layer(look.words)
    by_names, share = most_named(look.cells(named))
    if not layer and policy_layer(look.words):
        return []
    if not layer and share < _MOST_NAMES:
        return []
    layer = layer or by_names
    agrees = by_names == layer and share > 0
    exact = study_layer(stem_of(look.words)) == layer
    score = 0.3 + 0.3 * exact + 0.2 * agrees * share + 0.1 * located
    score -= 0.2 * is_ledger(look.words) + 0.05 * (len(look.columns) >= _WIDE)
    label = builtin_layers()[layer].label
    told = Text(f"{look.count.zh}", f"{look.count.en}")
    if exact:
        told = Text(f"{told.zh}，文件名说是“{label.zh}”", f'{told.en}; its name says "{label.en}"')
    if agrees and exact:
        told = Text(
            f"{told.zh}，名称中 {share:.0%} 是", f"{told.en}; so do {share:.0%} of the facilities"
        )
    elif agrees:
        told = Text(
            f"{told.zh}，名称中 {share:.0%} 是“{label.zh}”",
            f'{told.en}; {share:.0%} of the facilities are called "{label.en}"',
        )
    if not located:
        told = Text(f"{told.zh}，没有坐标", f"{told.en}; without coordinates")
    shown = usual_columns(look, _USED)
    return [Claim(look, "layer", score, told, layer=layer, shown=shown)]


def _by_kind(look: Look, *, located: bool) -> list[Claim]:
    """Return the built-in layers that a column of kinds chooses from a list of several."""
    for column in kind_columns(look):
        kinds = look.cells(column)
        layers = layers_of_kinds(kinds)
        if not layers or len(set(kinds)) == 1:
            continue
        claims = []
        for layer, values in layers.items():
            count = sum(kind in values for kind in kinds)
            said = listed(list(values), 5)
            why = Text(
                f"列“{column}”为 {said.zh} 的 {count} 条记录",
                f'{count} records with {said.en} in column "{column}"',
            )
            shown = {**usual_columns(look, _USED), "where": column}
            score = 0.4 + 0.1 * located - 0.1 * is_ledger(look.words)
            where = {column: values}
            claims.append(Claim(look, "layer", score, why, layer=layer, shown=shown, where=where))
        return claims
    return []


def _ledger(look: Look) -> list[Claim]:
    """Return the list of facilities policy targets could be checked by."""
    kinds = [c for c in kind_columns(look) if folded(c) in {folded(name) for name in LAYER_NAMES}]
    for column in kinds:
        known = {policy_layer(cell) for cell in look.cells(column)} - {""}
        if len(known) > 1:
            why = Text(
                f"列“{column}”中有 {len(known)} 类政策所说的设施",
                f'column "{column}" names {len(known)} kinds of facilities clauses speak of',
            )
            return [Claim(look, "ledger", 0.6, why)]
    layer = policy_layer(look.words)
    if not layer:
        return []
    label = policy_layers()[layer].label
    why = Text(
        f"{look.count.zh}，文件名说是“{label.zh}”", f'{look.count.en}; its name says "{label.en}"'
    )
    score = 0.4 + 0.2 * is_ledger(look.words) + 0.05 * (len(look.columns) >= _WIDE)
    return [Claim(look, "ledger", score, why, layer=layer)]
