"""Co-location: which services stand on one premises."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.text import Text
from ...domain.policy import Target
from .counted import facilities_of, layer_words, missing_lists, no_list, unit_parts
from .facts import people_of, special, without
from .filters import Chosen
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .places import points
from .registry import measures
from .threefold import decided

NO, UNKNOWN, YES = 0, 1, 2
"""Three answers in this order: "any of" is the largest of some, "all of" the smallest."""

METRES_KEY = "targets.settings.same_premises_metres"


def same_premises_metres(ledger: Ledger) -> float | None:
    """Return how near two services are one premises, None where the planner does not say."""
    return ledger.config.settings.same_premises_metres


def together(a: pd.DataFrame, b: pd.DataFrame, metres: float | None) -> NDArray[np.int8]:
    """Return whether facilities stand on one premises.

    Two with numbers of premises stand together where these are the same. Where one has none, those
    no farther apart than ``metres`` do; without metres, or a place, that is not known.

    Parameters
    ----------
    a, b
        Facilities.
    metres
        How near is one premises, None where nobody says.

    Returns
    -------
    ndarray
        `NO`, `UNKNOWN` or `YES`, shape ``(len(a), len(b))``.
    """
    result = np.full((len(a), len(b)), UNKNOWN, dtype=np.int8)
    if metres is not None:
        xy_a, xy_b = points(a), points(b)
        far = np.hypot(*(xy_a[:, None, :] - xy_b[None, :, :]).transpose(2, 0, 1))
        result[far <= metres] = YES
        result[far > metres] = NO
    id_a, id_b = (x["premises_id"].fillna("").to_numpy(dtype=object) for x in (a, b))
    both = (id_a != "")[:, None] & (id_b != "")[None, :]
    equal = id_a[:, None] == id_b[None, :]
    result[both] = np.where(equal, YES, NO)[both]
    return result


@dataclass(frozen=True, slots=True)
class _Answers:
    """Units by whether their services share one premises, and those of fewer than two services."""

    yes: list[str]
    no: list[tuple[str, tuple[str, ...]]]
    unknown: int
    fewer: int


@measures(
    "shared_premises_share",
    zh="合设一处的单元占比",
    en="share of units whose services share premises",
    formula=Text(
        "所列各类（单元内在运营的）设施同处一处场所的单元 ÷ 至少有其中两类的单元；同一场所编号，"
        "或相距不超过设定的米数",
        "units where all the layers present stand on one premises / units that have two of the "
        "layers or more; one number of premises, or within the metres set",
    ),
)
def shared_premises_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of units whose services stand on one premises (Z20-24, Z21-41/42, JJ-12).

    Of the clause's layers those that are present in a unit count; a unit with fewer than two has
    nothing to bring together. A unit shares where one premises holds a working facility of each.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    known = ledger.known_layers(target.layers)
    if len(known) == 1:
        return no_list(tuple(key for key in target.layers if key not in known))
    sites = facilities_of(target, ledger, target.condition)
    if isinstance(sites, Cannot):
        return sites
    units = unit_parts(target, ledger)
    if isinstance(units, Cannot):
        return units
    part, chosen = units[0]
    answers = _answers(sites.rows, part.level, chosen.rows, same_premises_metres(ledger))
    notes = (*chosen.notes, *sites.notes, *_fewer(answers.fewer))
    total = len(answers.yes) + len(answers.no)
    if not total:
        return _none(answers, ledger)
    figure = Measured(
        numerator=len(answers.yes),
        denominator=total,
        unit=_UNITS,
        of=Text("个至少有两类的单元", "units with two or more"),
        missing=_apart(answers, chosen, ledger),
        notes=notes,
    )
    return with_key(decided(target, figure, answers.unknown, _UNKNOWN, ledger.config), ledger)


def _answers(
    sites: pd.DataFrame, level: str, units: pd.DataFrame, metres: float | None
) -> _Answers:
    yes, no, unknown, fewer = [], [], 0, 0
    groups = dict(list(sites.groupby(sites[level].fillna("").astype(str))))
    for code in map(str, units.index):
        here = groups.get(code)
        layers = tuple(dict.fromkeys(here["layer"])) if here is not None else ()
        if here is None or len(layers) < 2:  # noqa: PLR2004 - a pair
            fewer += 1
            continue
        answer = _one_place(here, layers, metres)
        if answer == UNKNOWN:
            unknown += 1
        elif answer == YES:
            yes.append(code)
        else:
            no.append((code, layers))
    return _Answers(yes, no, unknown, fewer)


def _one_place(here: pd.DataFrame, layers: tuple[str, ...], metres: float | None) -> int:
    """Return whether beside some facility stands one of every layer."""
    pairs = together(here, here, metres)
    np.fill_diagonal(pairs, YES)
    of = here["layer"].to_numpy(dtype=object)
    beside = [pairs[:, of == key].max(axis=1) for key in layers]
    return int(np.minimum.reduce(beside).max())


def _none(answers: _Answers, ledger: Ledger) -> Cannot:
    if answers.unknown:
        found = Cannot(
            Text(
                f"{answers.unknown} {_UNKNOWN.zh}，无法判断",
                f"{answers.unknown} {_UNKNOWN.en}: cannot be judged",
            )
        )
        return _keyed(found, ledger)
    return Cannot(
        Text(
            "没有一个单元有其中两类以上的设施（分母为零），没有合设可言",
            "no unit has two of the services (the denominator is zero): nothing to bring together",
        )
    )


def with_key(found: Measured | Cannot, ledger: Ledger) -> Measured | Cannot:
    """Return a finding, naming the setting of metres where that would settle what is unknown."""
    return _keyed(found, ledger) if isinstance(found, Cannot) else found


def _keyed(found: Cannot, ledger: Ledger) -> Cannot:
    if same_premises_metres(ledger) is not None:
        return found
    return replace(found, settings=(*found.settings, METRES_KEY))


def _apart(answers: _Answers, chosen: Chosen, ledger: Ledger) -> tuple[Named, ...]:
    named = []
    for code, layers in answers.no:
        word = layer_words(layers)
        note = Text(f"{word.zh}不在一处", f"not on one premises: {word.en.replace(' or ', ', ')}")
        named.append(Named(code, ledger.name(code), note, people_of(chosen.rows, code)))
    return tuple(sorted(named, key=lambda one: (-(one.people or 0), one.code)))


def _fewer(number: int) -> tuple[Text, ...]:
    if not number:
        return ()
    return (
        Text(
            f"{number} 个单元不足两类设施，不在分母中",
            f"{number} units have fewer than two of the services and are not in the denominator",
        ),
    )


_UNITS = Text("个单元", "units")
_UNKNOWN = Text(
    "个单元的设施没有场所编号，也无从按距离判断是否同处一处",
    "units whose facilities give no premises, nor can distances tell",
)


@measures(
    "anchored_share",
    zh="与其他服务合用场所的占比",
    en="share that stand on premises of another service",
    formula=Text(
        "与另一类设施同处一处场所的设施 ÷ 该类在运营设施",
        "facilities on one premises with a facility of another layer / working facilities of the "
        "layer",
    ),
)
def anchored_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of facilities that share premises with another service (Z21-27, XC-21).

    Parameters
    ----------
    target, ledger
        The clause (``anchor=`` the other layer; any other without it), and what is known.
    """
    sites = facilities_of(target, ledger, without(target.condition, "anchor"))
    if isinstance(sites, Cannot):
        return sites
    anchor = special(target, "anchor")
    known = ledger.known_layers(target.layers)
    others = (anchor,) if anchor else tuple(sorted(ledger.layers - set(known)))
    if not others:
        return _ALONE
    wanting = missing_lists(others, ledger)
    if isinstance(wanting, Cannot):
        return wanting
    answers = _beside(sites.rows, ledger.working(others), same_premises_metres(ledger))
    yes, no = int((answers == YES).sum()), int((answers == NO).sum())
    unknown = int((answers == UNKNOWN).sum())
    label = layer_words(target.layers)
    if not yes + no:
        reason = (
            Text(f"{unknown} {_LOST.zh}", f"{unknown} {_LOST.en}")
            if unknown
            else Text(f"研究区没有在运营的{label.zh}", f"the study has no working {label.en}")
        )
        return _keyed(Cannot(reason), ledger) if unknown else Cannot(reason)
    apart = sites.rows[answers == NO]
    figure = Measured(
        numerator=yes,
        denominator=yes + no,
        unit=Text(f"处{label.zh}", label.en),
        of=Text("处", "facilities"),
        missing=tuple(
            Named(str(row.id), str(row.name_), _at(str(row.township), ledger))
            for row in apart.rename(columns={"name": "name_"}).itertuples()
        ),
        parts=_functions(sites.rows),
        notes=sites.notes,
    )
    return with_key(decided(target, figure, unknown, _LOST, ledger.config), ledger)


def _beside(sites: pd.DataFrame, others: pd.DataFrame, metres: float | None) -> NDArray[np.int8]:
    """Return whether each facility shares premises with one of the others in its township."""
    answers = np.full(len(sites), UNKNOWN, dtype=np.int8)
    at = sites["township"].fillna("").to_numpy(dtype=object)
    theirs = others["township"].fillna("").to_numpy(dtype=object)
    for code in sorted(set(at) - {""}):
        mine = np.flatnonzero(at == code)
        pairs = together(sites.iloc[mine], others[theirs == code], metres)
        answers[mine] = pairs.max(axis=1, initial=NO)
    ids = set(others["premises_id"].dropna())
    answers[sites["premises_id"].isin(ids).to_numpy(dtype=bool)] = YES
    return answers


def _at(code: str, ledger: Ledger) -> Text:
    return Text.same(ledger.name(code)) if code else Text("", "")


def _functions(sites: pd.DataFrame) -> tuple[Part, ...]:
    said = int(sites["functions"].notna().sum())
    if not said:
        return ()
    label = Text("写明功能的设施", "facilities whose functions are given")
    return (Part(label, said, len(sites), unit=Text("处", "facilities")),)


_LOST = Text(
    "处设施没有场所编号，也无从按距离判断是否与其他服务同处一处",
    "facilities give no premises, nor can distances tell whether they share one",
)
_ALONE = Cannot(
    Text(
        "研究区没有其他服务的名录，无从判断是否合用场所（可在 targets.facilities 中加入）",
        "the study has no list of another service to share premises with (add one under "
        "targets.facilities)",
    )
)
