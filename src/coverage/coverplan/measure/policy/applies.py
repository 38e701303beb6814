"""Whether a clause binds a study: by where the study lies, or is taken to lie."""

from dataclasses import dataclass
from typing import Literal

from ...core.text import Text
from ...domain.policy import Target, unit_sets
from .found import Applies
from .ledger import Ledger, trimmed

Scope = Literal["same", "wider", "other"]


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a clause bears on a study.

    Parameters
    ----------
    applies
        Whether it binds, is a yardstick, or speaks of another place.
    scope
        Whether its place is the study's (or lies in it), a wider one, or another.
    why
        In words.
    """

    applies: Applies
    scope: Scope
    why: Text


def bearing(target: Target, ledger: Ledger) -> Bearing:
    """Return how a clause bears on a study.

    It binds the places it names and all within them; ``targets.as_if`` puts the study into
    further places, ``targets.reference`` measures their documents as a yardstick.

    Parameters
    ----------
    target, ledger
        The clause, and the study.
    """
    home, config = trimmed(ledger.home), ledger.config
    scope = _scope(target, (home,) if home else ())
    if scope is None and _in_set(target, ledger):
        scope = "same"
    if scope is not None:
        return Bearing("binding", scope, _BINDS)
    scope = _scope(target, tuple(trimmed(code) for code in config.as_if))
    if scope is not None:
        return Bearing("binding", scope, _AS_IF)
    if _scope(target, tuple(trimmed(code) for code in config.reference)) is not None:
        return Bearing("reference", "other", _REFERENCE)
    return Bearing("elsewhere", "other", _elsewhere(target, ledger))


def _scope(target: Target, homes: tuple[str, ...]) -> Scope | None:
    """Return how the places of a clause stand to some places the study lies in."""
    places = [trimmed(code) for code in target.regions]
    if any(place.startswith(home) for place in places for home in homes):
        return "same"
    if any(home.startswith(place) for place in places for home in homes):
        return "wider"
    return None


def _in_set(target: Target, ledger: Ledger) -> bool:
    """Return whether the clause names a set of units the study says it belongs to."""
    if ledger.home not in ledger.units.index:
        return False
    mine = ledger.units.at[ledger.home, "set"]
    if not isinstance(mine, frozenset):
        return False
    return any(unit_sets()[k].codes == set(target.regions) for k in mine if k in unit_sets())


def _elsewhere(target: Target, ledger: Ledger) -> Text:
    here = trimmed(ledger.home)
    if not here:
        return _NOWHERE
    places = sorted({trimmed(code) for code in target.regions})
    shown = "、".join(places[:3]) + ("…" if len(places) > 3 else "")  # noqa: PLR2004 - a line
    for group in unit_sets().values():
        if group.codes == set(target.regions):
            return Text(
                f"只适用于{group.label.zh}，本研究区（{here}）不在其中",
                f"holds for {group.label.en} only; the study ({here}) is not one of them",
            )
    return Text(
        f"适用于 {shown}，不适用于本研究区（{here}）",
        f"speaks of {shown.replace('、', ', ')}, not of the study ({here})",
    )


_NOWHERE = Text(
    "研究区的行政区划代码未知，不知是否适用（可在 targets.as_if 中写明视同哪里）",
    "the code of the study's place is not known, so neither is whether it binds (targets.as_if may "
    "say where to take it to lie)",
)
_BINDS = Text("适用于本研究区", "binds the study")
_AS_IF = Text("按研究文件 targets.as_if 视同适用", "binds as targets.as_if says")
_REFERENCE = Text(
    "外地文件，仅作参照，不约束本研究区", "a document of another place: a yardstick, not binding"
)
