"""Which file is what: the best for each part of a study, and a question where two could be."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ...core.text import Text
from ...domain.layer import builtin_layers
from .raster import claims_of_raster
from .roles import Claim, Look, Role, Skipped, listed
from .shapes import claims_of_shapes
from .tables import Units, claims_of_table
from .villages import claims_of_places
from .words import is_ledger

_CLOSE = 0.15
"""Claims nearer to the best than this are asked about."""

_OF_PEOPLE = frozenset({"people_raster", "villages"})
_LEAST = 0.35
_LEAST_UNITS = 0.3

ROLE_NAMES: dict[Role, Text] = {
    "units": Text("边界", "boundaries"),
    "outline": Text("全县轮廓", "outline of the whole"),
    "people": Text("人口", "people"),
    "people_raster": Text("人口栅格", "raster of people"),
    "totals": Text("普查总数", "census totals"),
    "elevation": Text("高程", "elevation"),
    "roads": Text("道路", "roads"),
    "buildings": Text("建筑", "buildings"),
    "areas": Text("居民点范围", "settlements"),
    "water": Text("水域", "water"),
    "protected": Text("保护区", "protected areas"),
    "candidates": Text("候选点", "candidates"),
    "layer": Text("设施", "facilities"),
    "list": Text("看不出类别的设施", "facilities of a kind not known"),
    "ledger": Text("政策设施名录", "list for policy targets"),
    "unit_facts": Text("乡镇和村的情况", "facts on units"),
    "projects": Text("项目库", "register of projects"),
    "documents": Text("政策目标表", "table of targets"),
    "villages": Text("没有坐标的村表", "villages without coordinates"),
    "locations": Text("村的点位", "where villages stand"),
    "crosswalk": Text("原单元与现单元对照表", "table of former units"),
}
"""What the parts of a study are called."""


class Asker(Protocol):
    """Somebody who answers questions, or takes what is proposed."""

    def choose(self, question: Text, options: Sequence[Text]) -> int:
        """Return the number of the option chosen; the first is proposed."""
        ...

    def say(self, question: Text, proposed: str, wrong: Callable[[str], Text | None]) -> str:
        """Return some words; ``wrong`` says what is wrong with an answer, None where nothing is."""
        ...


@dataclass(slots=True)
class Choice:
    """What each file is in the study.

    Parameters
    ----------
    one
        The claim chosen for each part that has one file.
    layers
        The claim chosen for each layer of facilities.
    several
        Claims of the parts that have any number of files.
    beside
        Other claims that were about as good, by part or layer.
    asked
        Parts and layers somebody was asked about.
    guessed
        Those of which nobody could be asked, so that the first was taken.
    unused
        What is in no part, and why.
    """

    one: dict[Role, Claim] = field(default_factory=dict)
    layers: dict[str, Claim] = field(default_factory=dict)
    several: dict[Role, list[Claim]] = field(default_factory=dict)
    beside: dict[str, list[Claim]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    guessed: set[str] = field(default_factory=set)
    unused: list[Skipped] = field(default_factory=list)

    def looks(self) -> set[str]:
        """Return the names of everything that is used."""
        claims = [*self.one.values(), *self.layers.values()]
        claims += [claim for group in self.several.values() for claim in group]
        return {claim.look.name for claim in claims}


def choose(looks: Sequence[Look], asker: Asker) -> Choice:
    """Return what each file is.

    Parameters
    ----------
    looks
        What was looked at.
    asker
        Who is asked where two files could be one part, or a list is of a kind nobody knows.
    """
    choice = Choice()
    claims = [c for look in looks for c in [*claims_of_shapes(look), *_raster(look)]]
    _one(choice, "units", [c for c in claims if c.score >= _LEAST_UNITS], asker)
    units = _units_of(choice.one.get("units"))
    tables = [claims_of_table(look, units) for look in looks]
    claims += [claim for found in tables for claim in found]
    mine = _best_role(claims)
    where = [c for c in mine if c.role in {"people", "people_raster"}]
    _contest(choice, where, asker, "people")
    for role in ("totals", "roads", "elevation", "water", "protected", "buildings", "areas"):
        _one(choice, role, mine, asker)
    _one(choice, "crosswalk", mine, asker)
    _villages(choice, mine, looks, asker)
    for layer in builtin_layers():
        of_layer = [c for c in claims if c.role == "layer" and c.layer == layer]
        _layer(choice, layer, of_layer, asker)
    for role in ("candidates", "unit_facts", "projects", "documents"):
        choice.several[role] = [c for c in mine if c.role == role]  # type: ignore[index]
    _unknown_lists(choice, claims, asker)
    _ledgers(choice, claims)
    _name_unused(choice, looks, claims)
    return choice


def _raster(look: Look) -> list[Claim]:
    return claims_of_raster(look) if look.form == "raster" else []


def _units_of(claim: Claim | None) -> Units:
    if claim is None:
        return Units()
    look, at = claim.look, claim.shown
    codes = (code.removesuffix(".0") for code in look.cells(at["code"]))
    return Units(frozenset(codes), frozenset(look.cells(at["name"])))


def _best_role(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims of each file for the one part it fits best."""
    best: dict[str, Claim] = {}
    for claim in claims:
        now = best.get(claim.look.name)
        if now is None or claim.score > now.score:
            best[claim.look.name] = claim
    return [c for c in claims if c.role == best[c.look.name].role]


def _one(choice: Choice, role: Role, claims: Sequence[Claim], asker: Asker) -> None:
    _contest(choice, [c for c in claims if c.role == role], asker, role)


def _contest(choice: Choice, claims: Sequence[Claim], asker: Asker, part: Role) -> None:
    """Choose the file of one part; one that hardly fits is not taken in silence."""
    least = _LEAST_UNITS if part == "units" else _LEAST
    able = sorted((c for c in claims if c.score >= least), key=_best_first)
    if not able:
        return
    taken = _of_several(choice, part, ROLE_NAMES[part], able, asker)
    choice.one[taken.role] = taken


def _villages(choice: Choice, claims: Sequence[Claim], looks: Sequence[Look], asker: Asker) -> None:
    """Choose a table of villages without coordinates where no table of people has any.

    With a file that says where they stand it is that of the people; else its sums are totals.
    """
    able = [c for c in claims if c.role == "villages" and c.score >= _LEAST]
    if not able or "people" in choice.one:
        return
    able.sort(key=lambda c: (-c.score, c.look.name))
    taken = _of_several(choice, "people", ROLE_NAMES["villages"], able, asker)
    used = choice.looks()
    places = claims_of_places(taken, [look for look in looks if look.name not in used])
    if places:
        places.sort(key=lambda c: (-c.score, c.look.name))
        best = _of_several(choice, "locations", ROLE_NAMES["locations"], places, asker)
        choice.one |= {"people": replace(taken, role="people"), "locations": best}
        choice.one.pop("people_raster", None)
    elif "totals" not in choice.one and taken.look.table is None:
        choice.one["totals"] = replace(taken, role="totals")


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=(?:[01]\d)?(?:[0-3]\d)?(?!\d))")


def _best_first(claim: Claim) -> tuple[float, int, str]:
    """Return the place of a claim: of equals, a file without a year, then the newest year.

    Examples
    --------
    >>> _YEAR.findall("villages2015 20231231 330624100")
    ['2015', '2023']
    """
    years = [int(year) for year in _YEAR.findall(claim.look.name)]
    return round(-claim.score, 6), -max(years) if years else -9999, claim.look.name


def _layer(choice: Choice, layer: str, claims: Sequence[Claim], asker: Asker) -> None:
    used = {c.look.name for c in choice.one.values()}
    first: dict[str, Claim] = {}
    for claim in sorted(claims, key=_best_first):
        if claim.look.name not in used and claim.score >= _LEAST:
            first.setdefault(claim.look.name, claim)
    able = list(first.values())
    if able:
        label = builtin_layers()[layer].label
        choice.layers[layer] = _of_several(choice, layer, label, able, asker)


def _of_several(
    choice: Choice, part: str, label: Text, able: Sequence[Claim], asker: Asker
) -> Claim:
    """Return the best claim; asked where others are about as good, which are noted."""
    close = [c for c in able if c.score >= able[0].score - _CLOSE]
    if len(close) == 1:
        return able[0]
    question = Text(f"“{label.zh}”用哪一个？", f'Which one is "{label.en}"?')
    options = [Text(f"{c.look.name}（{c.why.zh}）", f"{c.look.name} ({c.why.en})") for c in close]
    taken = close[asker.choose(question, options)]
    (choice.guessed if getattr(asker, "silent", False) else choice.asked).add(part)
    choice.beside[part] = [c for c in close if c is not taken]
    return taken


def _unknown_lists(choice: Choice, claims: Sequence[Claim], asker: Asker) -> None:
    """Ask of which layer a list of facilities is, where nothing in it says so."""
    layers = builtin_layers()
    ledgers = {c.look.name for c in claims if c.role == "ledger"}
    for claim in [c for c in claims if c.role == "list"]:
        name = claim.look.name
        free = [key for key in layers if key not in choice.layers]
        if name in choice.looks() or name in ledgers or not free:
            continue
        question = Text(
            f"{name} 是哪一类设施？（{claim.why.zh}）", f"Of what kind is {name}? ({claim.why.en})"
        )
        none = Text("不用", "do not use it")
        picked = asker.choose(question, [none, *(layers[key].label for key in free)])
        if picked:
            key = free[picked - 1]
            choice.layers[key] = Claim(
                claim.look, "layer", claim.score, _SAID, layer=key, shown=claim.shown
            )
            choice.asked.add(key)


_SAID = Text("按您的回答", "as you said")


def _ledgers(choice: Choice, claims: Sequence[Claim]) -> None:
    """Choose the lists policy targets are checked by: one for each kind, and those of many.

    A list that could have been a layer is another list of that layer, such as that of an earlier
    year: what stands in both would count twice.
    """
    used = choice.looks() | {
        c.look.name
        for layer in choice.layers
        for c in choice.beside.get(layer, [])
        if not is_ledger(c.look.words)
    }
    best: dict[str, Claim] = {}
    for claim in [c for c in claims if c.role == "ledger" and c.look.name not in used]:
        key = claim.layer or claim.look.name
        if key not in best or claim.score > best[key].score:
            best[key] = claim
    choice.several["ledger"] = sorted(best.values(), key=lambda c: c.look.name)


def _name_unused(choice: Choice, looks: Sequence[Look], claims: Sequence[Claim]) -> None:
    used = choice.looks()
    for look in looks:
        if look.name in used:
            continue
        mine = sorted((c for c in claims if c.look.name == look.name), key=lambda c: -c.score)
        choice.unused.append(Skipped(look.name, _why_unused(choice, look, mine)))


def _why_unused(choice: Choice, look: Look, claims: Sequence[Claim]) -> Text:
    if not claims:
        columns = listed(list(look.columns), 6)
        return Text(
            f"看不出是什么（{look.count.zh}；列 {columns.zh}）",
            f"what it is, is not known ({look.count.en}; columns {columns.en})",
        )
    best = claims[0]
    if best.role == "villages" and "people" not in choice.one:
        return Text(
            f"没有文件说明各村在哪里（{best.why.zh}）",
            f"no file says where they are ({best.why.en})",
        )
    role: Role = "people" if best.role in _OF_PEOPLE else best.role
    taken = choice.layers.get(best.layer) if role == "layer" else choice.one.get(role)
    name = ROLE_NAMES[best.role]
    if taken is not None and taken.look.name != look.name:
        return Text(
            f"也可作{name.zh}，已用 {taken.look.name}（{best.why.zh}）",
            f"could be {name.en} too; {taken.look.name} is ({best.why.en})",
        )
    same = [c for c in choice.several["ledger"] if c.layer and c.layer == best.layer]
    if role == "ledger" and same:
        other = same[0].look.name
        return Text(
            f"与 {other} 是同一类设施，后者更适合（{best.why.zh}）",
            f"of the same kind as {other}, which is used ({best.why.en})",
        )
    if role in {"outline", "list", "ledger"}:
        return Text(f"{name.zh}（{best.why.zh}）", f"{name.en} ({best.why.en})")
    return Text(
        f"像是{name.zh}，但不够确定（{best.why.zh}）",
        f"perhaps {name.en}, but not surely ({best.why.en})",
    )
