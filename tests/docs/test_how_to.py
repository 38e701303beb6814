"""The how-to pages: every command is typed, every file made, every printed line looked for."""

import hashlib
import math
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from walkthrough import Walk, blocks, prepare, skeleton

from coverplan import assessing, loading, reportcontents, study
from coverplan.core.errors import Problem, Problems
from coverplan.loading import Gathered
from coverplan.results import Inputs, Study

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
TESTED_ELSEWHERE = {"open-data"}


def pages(language: str) -> dict[str, Path]:
    """Pages by name."""
    found = sorted((ROOT / "docs" / language / "how-to").glob("*.md"))
    return {page.stem: page for page in found if page.stem not in TESTED_ELSEWHERE}


NAMES = sorted(pages("zh"))


@pytest.fixture(scope="module", autouse=True)
def roads_read_once() -> Iterator[None]:
    """Nearly every page reads the same roads: the same bytes under the same rules but once."""
    kept: dict[str, tuple[Any, tuple[Problem, ...], dict[str, list[Any]]]] = {}

    def remembering(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(folder: Any, asked: Any, third: Any, problems: Problems, **more: Any) -> Any:
            source = asked.source if hasattr(asked, "source") else asked
            content = hashlib.sha256((folder.root / source).read_bytes()).hexdigest()
            key = f"{read.__name__} {content} {asked!r}"
            books = {f.name: getattr(folder, f.name) for f in fields(folder)}
            books = {name: book for name, book in books.items() if isinstance(book, list)}
            if key not in kept:
                mine, before = Problems(), {name: len(book) for name, book in books.items()}
                result = read(folder, asked, third, mine, **more)
                entered = {name: book[before[name] :] for name, book in books.items()}
                kept[key] = (result, tuple(mine), entered)
            else:
                for name, book in books.items():
                    book.extend(kept[key][2][name])
            problems.extend(kept[key][1])
            return kept[key][0]

        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "read_network", remembering(loading.read_network))
        patch.setattr(loading, "read_relief", remembering(loading.read_relief))
        yield


@pytest.fixture(scope="module")
def computed_once() -> Iterator[Callable[[str], None]]:
    """A page in the second language asks what it asked in the first: that is computed once.

    What was read serves again where the study says the same and every file holds the same; what
    was computed, where every part of the inputs is the very same object.
    """
    read: dict[str, tuple[Gathered, dict[Path, bytes]]] = {}
    computed: dict[tuple[int, ...], tuple[Inputs, Study]] = {}
    of_page = ""
    gather, assess = loading.gather, assessing.assess_inputs

    def gathering(file: Any, clock: Any, change: Any = None, roads: Any = None) -> Gathered:
        config, folder = loading._study(file, change, Problems(), roads)
        key = f"{Path(file).read_text('utf-8')} {folder.root} {config.model_dump_json()}"
        if key not in read or any(digest(path) != was for path, was in read[key][1].items()):
            found = gather(file, clock, change, roads)
            files = {folder.root / one.path for one in found.folder.read}
            read[key] = (found, {path: digest(path) for path in files})
        return read[key][0]

    def answering(inputs: Inputs, clock: Any) -> Study:
        parts = [getattr(inputs, f.name) for f in fields(inputs)]
        key = tuple(id(part) for part in parts if part is not inputs.layers)
        key += tuple(map(id, inputs.layers))
        if key not in computed:
            computed[key] = (inputs, assess(inputs, clock))
        return computed[key][1]

    def turn_to(name: str) -> None:
        nonlocal of_page
        if name != of_page:
            of_page = name
            read.clear()
            computed.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "gather", gathering)
        patch.setattr(study, "assess_inputs", answering)
        patch.setattr(reportcontents, "assess_inputs", answering)
        yield turn_to


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages are walked, one after the other: paths are printed and kept."""
    return tmp_path_factory.mktemp("how-to") / "clone"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "index"])
def test_a_page_does_what_it_says(
    name: str, language: str, place: Path, computed_once: Callable[[str], None]
) -> None:
    computed_once(name)
    shutil.rmtree(place, ignore_errors=True)
    walk = Walk(prepare(place, ROOT)).read(pages(language)[name])
    assert any(line.startswith("coverplan ") for line in walk.ran)


def test_both_languages_have_the_same_pages_and_blocks() -> None:
    chinese, english = pages("zh"), pages("en")
    assert list(chinese) == list(english)
    assert [n for n in NAMES if skeleton(chinese[n]) != skeleton(english[n])] == []
    anchors = {
        name: [re.findall(r"^## .*\{(#[\w-]+)\}$", page.read_text("utf-8"), re.MULTILINE)]
        for name, page in chinese.items()
    }
    for name, page in english.items():
        there = [re.findall(r"^## .*\{(#[\w-]+)\}$", page.read_text("utf-8"), re.MULTILINE)]
        assert there == anchors[name], name


def test_files_made_by_hand_are_the_same_but_for_words() -> None:
    """Tables to the letter; study files but for their titles and comments."""
    for name in NAMES:
        for zh, en in zip(blocks(pages("zh")[name]), blocks(pages("en")[name]), strict=True):
            if zh.language == "csv":
                assert zh.body == en.body, zh.where
            elif zh.language == "toml":
                one, other = tomllib.loads(zh.body), tomllib.loads(en.body)
                assert one.pop("title", "") != "" or "title" not in other, zh.where
                other.pop("title", None)
                assert one == other, zh.where


def test_settings_that_are_only_shown_are_those_of_the_sample() -> None:
    shown = [b for b in blocks(pages("zh")["policy-target-to-sites"]) if b.language == "toml"]
    sample = tomllib.loads((ROOT / "data/geo/yunxi/targets.toml").read_text("utf-8"))
    (block,) = shown
    assert tomllib.loads(block.body)["targets"]["programme"] == sample["targets"]["programme"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_questions_names_every_page(language: str) -> None:
    listed = re.findall(r"\(([\w-]+)\.md\)", pages(language)["index"].read_text("utf-8"))
    assert sorted(listed) == sorted({*NAMES, *TESTED_ELSEWHERE} - {"index"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_begins_with_the_answer(language: str) -> None:
    for name, page in pages(language).items():
        if name != "index":
            title, empty, answer, *_ = page.read_text("utf-8").splitlines()
            assert title.startswith("# "), name
            assert (empty, answer[:2]) == ("", "**"), name


NUMBER = re.compile(r"\d+(?:,\d{3}(?!\d))+|\d+\.\d+ %")
SUM = re.compile(r"([\d,]+) ([−+]) ([\d,]+) = ([\d,]+)")


def shown_on(page: Path) -> set[str]:
    """The numbers in the blocks of a page, without thousands marks; shares rounded as well."""
    found = set()
    for block in blocks(page):
        for word in re.findall(r"\d+(?:,\d{3})+|\d+(?:\.\d+)?", block.body):
            plain = word.replace(",", "")
            found |= {plain, f"{float(plain):.1f} %"} | set(word.split(","))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_in_running_text_come_out_of_a_block(language: str) -> None:
    for name, page in pages(language).items():
        text = re.sub(
            r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        known = shown_on(page)
        if name == "why-is-this-figure-different":
            known |= shown_on(pages(language)["no-road-file"])
            need = math.ceil(0.8 * 109_199)  # its example of rounding up
            known |= {str(need), str(need - 1)}
        for one, sign, other, result in SUM.findall(text):
            a, b, c = (int(word.replace(",", "")) for word in (one, other, result))
            assert c == (a - b if sign == "−" else a + b), (name, one)
            known.add(str(c))
        told = [word.replace(",", "") for word in NUMBER.findall(text)]
        assert [word for word in told if word not in known] == [], name
