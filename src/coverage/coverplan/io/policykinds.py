"""What lists call the kinds of facilities that policy clauses speak of."""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.policy import PolicyLayer, policy_layers
from .factcells import folded, parts_of, unknown_word
from .tables import Table

LAYER_NAMES = ("类别", "图层", "设施类别", "服务类别", "layer")
"""What lists call the column of kinds."""

_SHOWN = 16


@cache
def layer_words() -> Mapping[str, str]:
    """Return how lists call a policy layer, folded -> its id."""
    words: dict[str, str] = {}
    for layer in policy_layers().values():
        for word in _called(layer):
            words.setdefault(folded(word), layer.id)
    return words


def _called(layer: PolicyLayer) -> Iterator[str]:
    yield from (layer.id, layer.label.zh, layer.label.en, *layer.words)
    if layer.study_layer:
        yield layer.study_layer


def policy_layer_of(study_layer: str) -> str:
    """Return the policy layer a layer of a study is, "" where it is none.

    Examples
    --------
    >>> policy_layer_of("elderly_care"), policy_layer_of("day_care"), policy_layer_of("library")
    ('elderly_care_home', 'day_care', '')
    """
    known = policy_layers()
    by_study = {layer.study_layer: key for key, layer in known.items() if layer.study_layer}
    if study_layer in known and not known[study_layer].members:
        return study_layer
    return by_study.get(study_layer, "")


def layers_named(
    table: Table, column: str, i: int, *, families: bool, problems: Problems
) -> list[str]:
    """Return the policy layers a cell names, each once; a word that is none is a warning.

    Parameters
    ----------
    table, column, i
        The table, its column of kinds, and the position of the record.
    families
        Whether a family of layers may be named too.
    problems
        Where faults go.
    """
    words, known = layer_words(), policy_layers()
    text = str(table.frame[column].iloc[i]).strip()
    found = []
    # A label may itself hold a comma.
    for part in [text] if folded(text) in words else parts_of(text) or [""]:
        layer = words.get(folded(part))
        if layer is None or (known[layer].members and not families):
            problems.add(_unknown_layer(table, column, i, part))
        else:
            found.append(layer)
    return list(dict.fromkeys(found))


def check_layer(key: str, layer: str) -> None:
    """Refuse a layer of a whole list that is no single policy layer.

    Parameters
    ----------
    key, layer
        Where in the study file the list is named, and the layer.

    Raises
    ------
    InputError
        With the nearest layer there is.
    """
    known = policy_layers()
    if layer in known and not known[layer].members:
        return
    single = [name for name, one in known.items() if not one.members]
    near = difflib.get_close_matches(layer, single, n=1, cutoff=0.4)
    hint_zh = f"是否指 {near[0]}？" if near else ""
    hint_en = f"did you mean {near[0]}? " if near else ""
    raise InputError(
        [
            Problem(
                code="targets.layer",
                what=Text(f"{key}.layer 不是政策图层", f"{key}.layer is no policy layer"),
                column=f"{key}.layer",
                found=layer,
                expected=Text("、".join(single), ", ".join(single)),
                mend=Text(f"{hint_zh}改正", f"{hint_en}correct it"),
            )
        ]
    )


def _unknown_layer(table: Table, column: str, i: int, text: str) -> Problem:
    single = [layer for layer in policy_layers().values() if not layer.members]
    words = [word for word, key in layer_words().items() if not policy_layers()[key].members]
    return Problem(
        code="facts.layer",
        what=Text("设施类别不认识，未计入", "the kind of facility is not known, and left out"),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=text,
        expected=Text(
            "、".join(layer.label.zh for layer in single),
            ", ".join(layer.label.en for layer in single[:_SHOWN]) + ", …",
        ),
        mend=unknown_word(table, column, i, text, words).mend,
        severity="warning",
    )
