"""Writing a study file: TOML with every key of the schema, those not given commented out."""

import datetime
import json
import tomllib
import types
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ..core.text import Language, Text
from ..domain.config import StudyConfig
from ..domain.settings import Settings
from .recognise.draft import Draft, Where

_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_MOST_WHOLE = 1e15
_TWO_BYTES = 0xFFFF
_FAMILY = {"zh": "名称", "en": "NAME"}


def toml_string(text: str) -> str:
    r"""Return a string as TOML writes it; characters nobody sees are written by their numbers.

    Examples
    --------
    >>> print(toml_string('the "old" list'))
    "the \"old\" list"
    """
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(c: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c == " " or c.isprintable():
        return c
    return f"\\u{ord(c):04X}" if ord(c) <= _TWO_BYTES else f"\\U{ord(c):08X}"


def toml_key(key: str) -> str:
    """Return a key as TOML writes it, in quotes where it needs them."""
    plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if plain else toml_string(key)


def toml_value(value: object) -> str:
    """Return a value as TOML writes it, tables on one line.

    Raises
    ------
    TypeError
        When it is of no kind TOML has.
    """
    if isinstance(value, Settings):
        value = value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(str(k))} = {toml_value(v)}" for k, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return _plain_value(value)


def _plain_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | Path):
        return toml_string(value if isinstance(value, str) else value.as_posix())
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_WHOLE:
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def comment(text: str) -> str:
    """Return text as a comment of TOML, on one line, without characters that could end it."""
    plain = "".join(c if c == " " or c.isprintable() else " " for c in text)
    return f"# {plain}".rstrip()


def study_text(draft: Draft, language: Language, *, head: list[Text], foot: list[Text]) -> str:
    """Return the study file of a draft.

    Parameters
    ----------
    draft
        Its tables, with the reason for each entry.
    language
        Of the comments.
    head, foot
        Comments at the beginning and at the end.
    """
    writer = _Writer(draft, language)
    lines = [comment(text.of(language)) for text in head]
    lines += ["", *writer.whole()]
    lines += ["", *(comment(text.of(language)) for text in foot)]
    return "\n".join(lines) + "\n"


class _Writer:
    """Walks the schema and the draft side by side."""

    def __init__(self, draft: Draft, language: Language) -> None:
        self.draft = draft
        self.language = language

    def whole(self) -> Iterator[str]:
        """Yield the lines of the file: plain keys, then table after table."""
        fields = StudyConfig.model_fields
        for key, info in fields.items():
            if _table_of(info) is None and _family_of(info) is None:
                yield from self._entry((), StudyConfig, key, info)
        for key, info in fields.items():
            table, family = _table_of(info), _family_of(info)
            if table is not None:
                yield from self._table((key,), table, self._said(StudyConfig, key, info))
            elif family is not None:
                yield from self._family((key,), family, self._said(StudyConfig, key, info))

    def _family(self, where: Where, model: type[Settings], said: str) -> Iterator[str]:
        """Yield the tables given, and one more that shows every key."""
        given = self._given(where)
        for name in given if isinstance(given, Mapping) else ():
            yield from self._filled((*where, name), model)
        every = Text("可写的键", "every key there is").of(self.language)
        mark = Text("：", ": ").of(self.language) if said else ""
        yield from ("", comment(f"{said}{mark}{every}"))
        yield from self._table((*where, _FAMILY[self.language]), model, "")

    def _filled(self, where: Where, model: type[Settings]) -> Iterator[str]:
        """Yield a table with the keys given alone."""
        yield from ("", f"[{'.'.join(map(toml_key, where))}]")
        yield from self._notes(where)
        given = self._given(where)
        for key, info in model.model_fields.items():
            if key in given:
                yield from self._entry(where, model, key, info)
        yield from self._offers(where)

    def _table(self, where: Where, model: type[Settings], said: str) -> Iterator[str]:
        """Yield a table with every key; commented out as a whole where nothing is given."""
        given = self._given(where)
        line = f"[{'.'.join(map(toml_key, where))}]"
        yield ""
        if said:
            yield comment(said)
        yield line if given is not None else comment(line)
        yield from self._notes(where)
        tables = []
        for key, info in model.model_fields.items():
            if _table_of(info) is None or not self._is_table((*where, key)):
                yield from self._entry(where, model, key, info)
            else:
                tables.append((key, info))
        yield from self._offers(where)
        for key, info in tables:
            inner = _table_of(info)
            if inner is not None:
                yield from self._table((*where, key), inner, self._said(model, key, info))

    def _is_table(self, where: Where) -> bool:
        """Return whether an entry that may be a table is one: repair = true is none."""
        given = self._given(where)
        return given is None or isinstance(given, Mapping)

    def _entry(
        self, where: Where, model: type[Settings], key: str, info: FieldInfo
    ) -> Iterator[str]:
        given, said = self._given((*where, key)), self._said(model, key, info)
        if given is None:
            line = f"{key} = {_proposed(info)}"
            yield comment(f"{line}  # {said}" if said else line)
            return
        yield from self._notes((*where, key))
        if isinstance(given, list) and given and isinstance(given[0], Mapping):
            yield f"{key} = ["
            yield from (f"  {toml_value(one)}," for one in given)
            yield "]"
            return
        yield f"{key} = {toml_value(given)}"

    def _notes(self, where: Where) -> Iterator[str]:
        for text in self.draft.notes.get(where, []):
            yield comment(text.of(self.language))

    def _offers(self, where: Where) -> Iterator[str]:
        for offer in self.draft.offers.get(where, []):
            yield comment(offer.why.of(self.language) + Text("：", ":").of(self.language))
            yield comment(f"{offer.key} = {toml_value(offer.value)}")

    def _given(self, where: Where) -> Any:
        value: Any = self.draft.data
        for key in where:
            if not isinstance(value, Mapping) or key not in value:
                return None
            value = value[key]
        return value

    def _said(self, model: type[Settings], key: str, info: FieldInfo) -> str:
        """Return what a key is for."""
        return key_words(model, key, info).of(self.language)


def key_words(model: type[Settings], key: str, info: FieldInfo) -> Text:
    """Return what a key of a table is for; without Chinese words, the English ones.

    Parameters
    ----------
    model, key, info
        The table's type, the key, and the field as pydantic holds it.

    Examples
    --------
    >>> key_words(StudyConfig, "title", StudyConfig.model_fields["title"]).zh
    '研究的标题'
    """
    english = info.description or ""
    found = (chinese_words().get(one.__name__, {}).get(key) for one in model.__mro__)
    return Text(next((words for words in found if words is not None), english), english)


@cache
def chinese_words() -> Mapping[str, Mapping[str, str]]:
    """Return what each key of the study file is for, in Chinese, by table and key."""
    text = resources.files(__package__).joinpath("study_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def schema_text() -> str:
    """Return the JSON Schema of the study file, for editors."""
    schema = StudyConfig.model_json_schema()
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=False) + "\n"


def _members(annotation: Any) -> tuple[Any, ...]:
    """Return the types a value may be of, without None and without what restricts them."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return tuple(m for a in get_args(annotation) for m in _members(a) if m is not type(None))
    if hasattr(annotation, "__metadata__"):
        return _members(get_args(annotation)[0])
    return (annotation,)


def _table_of(info: FieldInfo) -> type[Settings] | None:
    """Return the table an entry is, None where it may be written on one line."""
    members = _members(info.annotation)
    alone = members[0] if len(members) == 1 else None
    return alone if isinstance(alone, type) and issubclass(alone, Settings) else None


def _family_of(info: FieldInfo) -> type[Settings] | None:
    """Return the table each of several named ones is."""
    if get_origin(info.annotation) is not dict:
        return None
    inner = get_args(info.annotation)[1]
    is_table = isinstance(inner, type) and issubclass(inner, Settings)
    return inner if is_table else None


def _proposed(info: FieldInfo) -> str:
    """Return the default of an entry, or what a value looks like where it has none."""
    default = info.get_default(call_default_factory=True)
    if default is not None and default is not PydanticUndefined:
        return toml_value(default)
    one = _members(info.annotation)[0]
    if get_origin(one) is Literal:
        return " | ".join(map(toml_value, get_args(one)))
    shapes: dict[object, str] = {dict: "{ … }", list: "[…]", str: '"…"', Path: '"…"'}
    return shapes.get(get_origin(one) or one, "…")
