"""The pages of concepts: their blocks run, their formulas are the code's, every paper is named."""

import re
from functools import cache
from itertools import combinations
from math import comb, prod
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from walkthrough import FENCE, Walk, blocks, skeleton

from coverplan import builtin_profiles, theil
from coverplan.measure.decay import LUO_QI_WEIGHTS, Gaussian
from coverplan.measure.floating import METHODS
from coverplan.siting import MODELS, plan
from coverplan.travel.slope import SLOPE_RULES, cycling, ebike, tobler

ROOT = Path(__file__).parents[2]
LANGUAGES = ("zh", "en")
FOLDERS = {language: ROOT / "docs" / language / "concepts" for language in LANGUAGES}
PAGES = sorted(page.name for page in FOLDERS["zh"].glob("*.md"))
WITH_BLOCKS = [name for name in PAGES if name not in {"index.md", "papers.md"}]


NUMBER = re.compile(r"\d[\d,_]*\.?\d*")


@cache
def text_of(language: str, name: str) -> str:
    return (FOLDERS[language] / name).read_text(encoding="utf-8")


@cache
def prose_of(language: str, name: str) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", text_of(language, name))


def shown_formulas(text: str) -> list[str]:
    """Those that stand on lines of their own."""
    prose = FENCE.sub("", text)
    return re.findall(r"^\$\$\n(.*?)\n\$\$$", prose, flags=re.MULTILINE | re.DOTALL)


def formulas(text: str) -> list[str]:
    prose, shown = FENCE.sub("", text), shown_formulas(text)
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", prose, flags=re.MULTILINE | re.DOTALL)
    return [*shown, *re.findall(r"\$([^$\n]+)\$", re.sub(r"`[^`\n]*`", "", rest))]


def section(text: str, anchor: str) -> str:
    found = re.search(
        rf"^(#+) [^\n]*\{{#{re.escape(anchor)}\}}\n(.*?)(?=^#{{1,3}} |\Z)",
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    assert found, f"no section #{anchor}"
    return found[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WITH_BLOCKS)
def test_what_a_page_shows_is_what_its_blocks_print(
    language: str, name: str, tmp_path: Path
) -> None:
    page = FOLDERS[language] / name
    found = blocks(page)
    assert any(block.language == "python" for block in found)
    assert not [block.where for block in found if block.not_run is not None]
    assert {block.language for block in found} == {"python", "text"}
    Walk(tmp_path).read(page, f"{language}/{name}")


def test_both_languages_have_the_same_pages_blocks_and_anchors() -> None:
    assert sorted(page.name for page in FOLDERS["en"].glob("*.md")) == PAGES
    for name in PAGES:
        zh, en = (text_of(language, name) for language in LANGUAGES)
        pages = [FOLDERS[language] / name for language in LANGUAGES]
        assert skeleton(pages[0]) == skeleton(pages[1]), name
        anchors = [
            re.findall(r"^#+ .*\{#([\w-]+)\}$", text, flags=re.MULTILINE) for text in (zh, en)
        ]
        assert anchors[0] == anchors[1], name
        assert [
            len(re.findall(r"^#+ ", prose_of(x, name), flags=re.MULTILINE)) for x in LANGUAGES
        ] == [len(anchors[0]) + 1] * 2, f"{name}: a heading without an id"
        numbers = [[sorted(NUMBER.findall(b.body)) for b in blocks(page)] for page in pages]
        assert numbers[0] == numbers[1], name


def test_both_languages_have_the_same_formulas() -> None:
    def bare(formula: str) -> str:
        """Without words, and without what stands between a formula and its conditions."""
        worded = re.sub(r"\\text\{[^}]*\}|\\(?:begin|end)\{align\*\}", "", formula)
        return re.sub(r"[\s,，&]|\\q*quad|\\[,;\\]", "", worded)

    for name in PAGES:
        zh, en = ([bare(f) for f in shown_formulas(text_of(x, name))] for x in LANGUAGES)
        assert zh == en, name


def test_every_formula_becomes_mathml() -> None:
    converter = pytest.importorskip("latex2mathml.converter")
    for language in LANGUAGES:
        for name in PAGES:
            for formula in formulas(text_of(language, name)):
                made = converter.convert(formula)
                assert "\\" not in re.sub(r"<[^>]*>", "", made), f"{language}/{name}: {formula}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_siting_model_has_its_statement_and_its_papers(language: str) -> None:
    page = text_of(language, "proof-and-gap.md")
    printed = [
        b.body for b in blocks(FOLDERS[language] / "proof-and-gap.md") if b.language == "text"
    ]
    answered = set(re.findall(r"^(\w+) \[", "\n".join(printed), flags=re.MULTILINE))
    assert not set(MODELS) - answered
    for key, model in MODELS.items():
        said = section(page, key)
        assert re.search(r"^\$\$\n", said, flags=re.MULTILINE), f"{key}: no formula"
        for paper in model.paper.split("; "):
            *names, year = re.findall(r"[A-Z]\w+|\d{4}", paper)
            names = [said_name for said_name in names if said_name != "et"]
            assert year in said, f"{key}: {paper}"
            assert all(one in said for one in names), f"{key}: {paper}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_for_a_status_are_those_that_are_printed(language: str) -> None:
    table = section(text_of(language, "proof-and-gap.md"), "status")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", table, flags=re.MULTILINE))
    assert tuple(rows) == get_args(plan.Status)
    guide = (FOLDERS[language].parent / "guide" / "siting.md").read_text(encoding="utf-8")
    for status, told in rows.items():
        words = plan.status_words(status, 7.5).of("zh" if language == "zh" else "en")
        assert told.replace("$g$", "7.50") == words, status
        assert words.replace("7.50", "g").lower() in guide.lower(), status
    stopped = plan.status_words("feasible", None).of("zh" if language == "zh" else "en")
    assert stopped in table
    assert stopped.lower() in guide.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_formula(language: str) -> None:
    page = text_of(language, "access-and-inequality.md")
    assert all(f"`{method}`" in page for method in (*METHODS, "own_unit"))
    for anchor in ("2sfca", "e2sfca", "3sfca", "places", "minutes", "blind-spots", "inequality"):
        assert formulas(section(page, anchor)), anchor
    weights = [f"{weight:g}" for weight in LUO_QI_WEIGHTS]
    assert all(weight in section(page, "e2sfca") for weight in weights)
    assert f"{Gaussian(15).edge_weight:g}^{{(t / T_0)^2}}" in page
    for formula in (r"x_i - x_j", r"s_g \, \ln \, \frac{\mu_g}{\mu}", r"0 \cdot \ln 0 = 0"):
        assert formula in section(page, "inequality")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_for_hills_are_those_of_the_page(language: str) -> None:
    said = section(text_of(language, "travel-model.md"), "hills")
    assert {"none", "tobler", "cycling", "ebike"} == set(SLOPE_RULES)
    up, down, best, decay = 6.66, 3.96, 0.06, 3.5
    assert all(f"{number:g}" in said for number in (up, down, best, decay))
    slopes = np.linspace(-0.3, 0.3, 61)
    walked = np.exp(decay * (np.abs(slopes + 0.05) - 0.05))
    pushed = 6 * np.exp(-decay * np.abs(slopes + 0.05)) / 15
    ridden = np.where(slopes > 0, 1 - up * slopes, 1 + down * (best - np.abs(best + slopes)))
    power = 320 / (130 * 9.81 * (15 / 3.6) * (np.maximum(slopes, 0) + 0.015))
    held = np.minimum(np.where(slopes > 0, power, ridden), 1.0)
    np.testing.assert_allclose(tobler(slopes), walked, rtol=1e-12)
    np.testing.assert_allclose(cycling(slopes), 1 / np.maximum(ridden, pushed), rtol=2e-3)
    np.testing.assert_allclose(ebike(slopes), 1 / np.maximum(held, pushed), rtol=2e-3)
    assert all(number in said for number in ("320 W", "130 kg", "0.015", "15 km/h", "400 W"))


def computed() -> dict[str, set[str]]:
    """Return the numbers of the text that no block prints, each from what it follows from."""
    supply, people, each = (20, 30), (300, 200, 500), (10, 20, 60)
    shared = supply[1] / (people[1] + people[2])
    living = (500, 300, 200)
    beds = [x * p for x, p in zip(each, living, strict=True)]
    pairs = [(living[i] * living[j] * abs(each[i] - each[j])) for i, j in combinations(range(3), 2)]
    gini = 2 * sum(pairs) / (2 * 1000 * sum(beds))
    split = theil(each, living, ["rural", "rural", "urban"])
    assert split is not None
    records = (410, 335, 155)
    exact = [1000 * r / sum(records) for r in records]
    walking = builtin_profiles()["walking"]
    speed, access = walking.speeds_kmh["residential"], walking.access_kmh
    road, door = (1400 - 420) * 3.6 / speed, 30 * 3.6 / access
    limit = speed * 15 / 60 * 1000
    return {
        "access-and-inequality.md": {
            f"{shared:.4f}", f"{0.02 + shared:.4f}", f"{1000 * (0.02 + shared):.1f}",
            f"{supply[1]}", f"{sum(supply)}", f"{people[1] + people[2]}",
            f"{each[2] - each[0]}", f"{each[2] - each[1]}", f"{sum(pairs):,}",
            f"{2 * sum(pairs):,}", *(f"{b:,}" for b in beds), f"{sum(beds):,}", f"{gini:.3f}",
            f"{100 * split.between_share:.0f}", f"{1000 * 4 // 10}", f"{400 * each[0]:,}",
            f"{100 * each[2]:,}", f"{100 * beds[0] / sum(beds):.1f}",
        },
        "index.md": {"60", "0", "1", "2", "3", "4"},
        "population.md": {
            f"{exact[0] % 1:.2f}", f"{int(exact[0])}", f"{sum(int(e) for e in exact)}",
            f"{sum(records)}", f"{90 + 70 + 40}", f"{456 * 100 / 360:.2f}", f"{60 - 50}",
        },
        "proof-and-gap.md": {
            f"{comb(4, 2)}", f"{len(MODELS)}", f"{100 * 240 / 500:g}", f"{plan._FAR_PERCENT:g}",
            f"{comb(500, 5) // 10**9}", f"{comb(500, 5) // 10**8:,}", f"{300 + 400}",
            f"{400_000 + 300_000:,}", f"{(400_000 + 300_000) // 10_000}", f"{750 + 1250:,}",
            "1,250.9",
        },
        "targets.md": {f"{0.8 * 109_199:,.1f}"},
        "three-coverages.md": {
            f"{speed:g}", f"{1800 - limit:,.0f}", f"{1800 + limit:,.0f}", f"{100 / 3:.1f}",
            f"{100 * 600 / 2000:.1f}", f"{100 / 6:.1f}", "50,000",
        },
        "travel-model.md": {
            f"{door:g}", f"{road:g}", f"{door + road:g}", f"{(door + road) / 60:.2f}", "42", "980",
            f"{limit * 3.6 / speed:g}", f"{access:g}", "60,000", "200", "5", "6", "10", "12",
            # Of the rules for hills, and of papers; the former are tested by themselves.
            "320", "130", "0.015", "17761", "1.2", "1.3", "0.1",
            "0.4", "0.5", "2.6",
        },
        # Of a hundred draws the 5th, the 50th and the 95th; 57 is 0.57 of them.
        "uncertainty.md": {"7", "50", "57", "95"},
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_text_is_printed_or_follows(language: str) -> None:
    follows = computed()
    for name in PAGES:
        if name == "papers.md":
            continue
        blocks_of = "\n".join(b.body for b in blocks(FOLDERS[language] / name))
        printed = {re.sub("[_,]", "", number) for number in NUMBER.findall(blocks_of)}
        prose = re.sub(
            r"^\$\$\n.*?\n\$\$$", "", prose_of(language, name), flags=re.MULTILINE | re.DOTALL
        )
        prose = re.sub(r"`[^`\n]*`|\$[^$\n]*\$|\]\([^)]*\)|\{#[^}]*\}", "", prose)
        told = set(re.findall(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?", prose))
        years = {number for number in told if re.fullmatch(r"(?:17|18|19|20)\d\d", number)}
        loose = {n for n in told - years if n.replace(",", "") not in printed}
        assert loose <= follows[name], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_measured_elsewhere_are_those_of_the_text(language: str) -> None:
    def said(name: str, *numbers: str) -> None:
        for number in numbers:
            assert number in prose_of(language, name), f"{name}: {number}"

    peer = (ROOT / "tests/oracle/test_valhalla_las_palmas.py").read_text(encoding="utf-8")
    rows = {
        name: re.findall(r"-([\d.]+) %", row)
        for name, row in re.findall(r"^(`PEER`|as it comes) +(.*)$", peer, flags=re.MULTILINE)
    }
    said("travel-model.md", *rows["`PEER`"], rows["as it comes"][1])
    said("../guide/figures-and-travel.md", rows["`PEER`"][1])
    assert "Nine pairs in ten take the same way" in peer
    assert "PAIRS = 500" in peer
    assert "Five pairs end on such pieces" in peer
    said("travel-model.md", "500", f"{36 * 36:,}")
    said("three-coverages.md", "33.3 %", "30.0 %", "16.7 %", "2,000")
    said("proof-and-gap.md", {"zh": "2,552 亿", "en": "255 billion"}[language])
    said("access-and-inequality.md", "8,900,000")
    said("targets.md", "87,359.2", "87,360", "546")


CITED = re.compile(
    r"([A-Z][a-zà-ž]{2,}(?:-[A-Z][a-z]+)?)(?:(?:, |、| and )[A-Z][\w-]+)*(?: et al\.| 等)? \(?"
    r"((?:18|19|20)\d\d)\b"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_cited_stands_among_the_papers(language: str) -> None:
    papers = text_of(language, "papers.md")
    listed = [line for line in papers.splitlines() if line.startswith("- ")]
    cited = {
        pair
        for name in PAGES
        if name != "papers.md"
        for pair in CITED.findall(prose_of(language, name))
        if pair[0] != "Hamilton"
    }
    assert len(cited) > 35
    for author, year in sorted(cited):
        assert [line for line in listed if author in line and f"({year})" in line], (author, year)
    for model in MODELS.values():
        for author, year in re.findall(r"(\w+)[^;]*? (\d{4})", model.paper):
            assert [line for line in listed if author in line and f"({year})" in line], model.paper


def test_papers_are_the_same_in_both_languages_and_dois_well_formed() -> None:
    dois = [re.findall(r"\[doi:(\S+?)\]\((\S+)\)", text_of(x, "papers.md")) for x in LANGUAGES]
    assert dois[0] == dois[1]
    assert len(dois[0]) > 25
    for doi, address in dois[0]:
        assert re.fullmatch(r"10\.\d{4,5}/\S+", doi)
        plain = address.replace("%28", "(").replace("%29", ")")
        assert plain.rstrip(".") == f"https://doi.org/{doi}"
    assert prod(text_of(x, "papers.md").count("doi.org") for x in LANGUAGES) == len(dois[0]) ** 2


def test_links_of_the_pages_lead_somewhere() -> None:
    """Anchors within these pages; whole pages elsewhere are the site's to check."""
    for language in LANGUAGES:
        for name in PAGES:
            text = prose_of(language, name)
            for target, anchor in re.findall(r"\]\(([\w-]+\.md)?(?:#([\w-]+))?\)", text):
                other = text_of(language, target or name)
                assert not anchor or f"{{#{anchor}}}" in other, (
                    f"{language}/{name}: {target}#{anchor}"
                )
