"""A study file in the making: its tables, and the reason for each entry."""

from dataclasses import dataclass, field
from typing import Any

from ...core.text import Text
from .choice import Choice
from .roles import Claim, listed

Where = tuple[str, ...]
"""Keys that lead to an entry or a table."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry somebody may want: commented out, with the reason.

    Parameters
    ----------
    key, value
        The entry.
    why
        When to take it.
    """

    key: str
    value: object
    why: Text


@dataclass(slots=True)
class Draft:
    """A study file in the making.

    Parameters
    ----------
    data
        Its tables, in the form of TOML.
    notes
        Comments above an entry or a table, by where it stands.
    offers
        Entries below a table that are commented out.
    """

    data: dict[str, Any]
    notes: dict[Where, list[Text]] = field(default_factory=dict)
    offers: dict[Where, list[Offer]] = field(default_factory=dict)

    def note(self, where: Where, text: Text) -> None:
        """Add a comment above an entry."""
        self.notes.setdefault(where, []).append(text)

    def set(self, where: Where, value: object, text: Text | None = None) -> None:
        """Set an entry, with its reason."""
        table = self.data
        for key in where[:-1]:
            table = table.setdefault(key, {})
        table[where[-1]] = value
        if text is not None:
            self.note(where, text)


def source_of(choice: Choice, claim: Claim, part: str) -> tuple[str, Text]:
    """Return a file as a study names it, and why it is taken.

    Parameters
    ----------
    choice, claim, part
        What each file is, the file, and what part of the study or which layer it was chosen for.
    """
    others = choice.beside.get(part, [])
    why = claim.why
    if others:
        names = listed([other.look.name for other in others])
        why = Text(f"{why.zh}；也可用 {names.zh}", f"{why.en}; {names.en} could be it too")
    if part in choice.guessed:
        why = Text(f"！没有问过，请核对用哪一个：{why.zh}",
                   f"! nobody was asked, check which one: {why.en}")  # fmt: skip
    return claim.look.path.as_posix(), why


def in_file(draft: Draft, where: Where, claim: Claim) -> None:
    """Set which table, columns and records of a file are read, and show the columns.

    Parameters
    ----------
    draft, where, claim
        Changed at a table of the study, the file it names.
    """
    if claim.look.table is not None:
        draft.set((*where, "table"), claim.look.table)
    if claim.columns:
        draft.set((*where, "columns"), dict(claim.columns), _UNUSUAL)
    if claim.where:
        chosen = {c: v[0] if len(v) == 1 else list(v) for c, v in claim.where.items()}
        draft.set((*where, "where"), chosen)
    shown = {k: c for k, c in claim.shown.items() if k not in claim.columns and k != "where"}
    if shown:
        pairs = [f"{key} = {column}" for key, column in shown.items()]
        zh, en = "，".join(pairs), ", ".join(pairs)
        draft.note(where, Text(f"按列名认出：{zh}", f"columns by their names: {en}"))


_UNUSUAL = Text("不是通常的列名，按内容认出，请核对", "no usual names: by what they hold; check")
