"""The study file as text: every key of the schema, and nothing a file is called can break it."""

import datetime
import re
import tomllib
import typing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.core.text import Text
from coverplan.domain.config import StudyConfig
from coverplan.domain.settings import Settings
from coverplan.io.recognise.draft import Draft, Offer
from coverplan.io.studyfile import study_from_dict
from coverplan.io.studytext import (
    chinese_words,
    comment,
    schema_text,
    study_text,
    toml_key,
    toml_string,
    toml_value,
)

HEAD, FOOT = [Text("头", "head")], [Text("尾", "foot")]


def small() -> Draft:
    draft = Draft({"title": "小县", "date": datetime.date(2025, 12, 31)})
    draft.set(("region", "units"), "a.gpkg", Text("依据", "why"))
    draft.set(("people", "source"), "b.csv")
    draft.set(("people", "groups"), {"all": "人"})
    draft.set(("roads", "source"), "c.gpkg")
    draft.set(("layers", "elderly_care", "source"), "d.csv")
    draft.set(("layers", "elderly_care", "group"), "all")
    return draft


def models() -> list[type[Settings]]:
    found: list[type[Settings]] = []

    def walk(annotation: object) -> None:
        if isinstance(annotation, type) and issubclass(annotation, Settings):
            if annotation in found:
                return
            found.append(annotation)
            for info in annotation.model_fields.values():
                walk(info.annotation)
        for inner in typing.get_args(annotation):
            walk(inner)

    walk(StudyConfig)
    return found


def test_every_key_has_chinese_words() -> None:
    words = chinese_words()
    lost = [
        f"{model.__name__}.{key}"
        for model in models()
        for key in model.model_fields
        if not any(key in words.get(one.__name__, {}) for one in model.__mro__)
    ]
    assert lost == []
    known = {one.__name__: one for model in models() for one in model.__mro__}
    stale = [
        f"{table}.{key}"
        for table, keys in words.items()
        for key in keys
        if table not in known or key not in known[table].model_fields
    ]
    assert stale == []


def test_every_key_of_the_schema_stands_in_the_file() -> None:
    text = study_text(small(), "zh", head=HEAD, foot=FOOT)
    for model in models():
        if model.__name__ in {"StudyConfig", "RegionConfig", "PeopleConfig", "RoadsConfig",
                              "LayerConfig", "SitingConfig", "TargetsConfig", "MapConfig",
                              "OutputConfig", "ProfileConfig", "Uncertainty"}:  # fmt: skip
            for key in model.model_fields:
                assert re.search(
                    rf"^(# )?(\[.*\.)?{key}( = |\]$)|^(# )?\[{key}[.\]]", text, re.MULTILINE
                ), key


def test_the_defaults_shown_are_the_defaults() -> None:
    text = study_text(small(), "en", head=HEAD, foot=FOOT)
    plain = study_from_dict(tomllib.loads(text))
    lines, shows = [], False
    for line in text.splitlines():
        if re.fullmatch(r"(# )?\[.*\]", line):
            # A table that is commented out as a whole only shows its keys.
            shows = line.startswith("#")
        default = line.startswith("# ") and " = " in line and "…" not in line and "|" not in line
        plainly = default and not shows
        lines.append(line.removeprefix("# ").split("  #")[0] if plainly else line)
    whole = "\n".join(lines)
    assert whole.count("\nspread_metres = 1500") == 1
    assert study_from_dict(tomllib.loads(whole)) == plain


def test_comments_stand_above_what_they_are_about() -> None:
    draft = small()
    draft.offers[("layers", "elderly_care")] = [
        Offer("siting", {"sites": 3}, Text("要选址时", "to site"))
    ]
    zh = study_text(draft, "zh", head=HEAD, foot=FOOT)
    assert '# 依据\nunits = "a.gpkg"\n' in zh
    assert "# 要选址时：\n# siting = { sites = 3 }\n" in zh
    assert zh.startswith("# 头\n")
    assert zh.endswith("# 尾\n")
    en = study_text(draft, "en", head=HEAD, foot=FOOT)
    assert '# why\nunits = "a.gpkg"\n' in en
    assert "# township polygons" not in en
    assert not re.search(r"[一-鿿]", re.sub("小县|人|审图号", "", en))


def test_a_short_form_of_a_table_is_an_entry() -> None:
    draft = small()
    draft.set(("roads", "repair"), value=True)
    text = study_text(draft, "zh", head=HEAD, foot=FOOT)
    assert "\nrepair = true\n" in text
    assert study_from_dict(tomllib.loads(text)).roads.repair is not None


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    read = tomllib.loads(f"{comment(text)}\na = {toml_string(text)}\n[b]\n{toml_key(text)} = 1\n")
    assert read == {"a": text, "b": {text: 1}}


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | names | st.dates()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=200)
@given(values)
def test_any_value_comes_back(value: object) -> None:
    assert tomllib.loads(f"a = {toml_value(value)}")["a"] == value


@settings(max_examples=60)
@given(file=names, column=names, note=st.text(max_size=40))
def test_whatever_files_and_columns_are_called(file: str, column: str, note: str) -> None:
    draft = small()
    draft.set(("region", "units"), file, Text.same(note))
    draft.set(("region", "columns"), {"code": column, "name": column})
    draft.set(("people", "groups"), {"all": column})
    draft.set(("targets", "units"), [{"source": file}])
    draft.offers[("region",)] = [Offer("only", [column], Text.same(note))]
    text = study_text(draft, "zh", head=[Text.same(note)], foot=[Text.same(file)])
    assert "\r" not in text
    assert tomllib.loads(text)["region"] == {
        "units": file, "columns": {"code": column, "name": column},
    }  # fmt: skip
    assert tomllib.loads(text)["people"]["groups"] == {"all": column}


def test_what_toml_has_no_word_for() -> None:
    with pytest.raises(TypeError):
        toml_value(object())
    assert toml_value(Path("a") / "b.csv") == '"a/b.csv"'
    assert toml_value(1500.0) == "1500"
    assert toml_value(0.5) == "0.5"


def test_the_schema_has_every_table() -> None:
    text = schema_text()
    assert all(f'"{model.__name__}"' in text for model in models() if model is not StudyConfig)
