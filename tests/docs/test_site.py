"""The site as it is built: complete, the same in both languages, and of its own files alone."""

import re
import subprocess
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer
from documentation import LANGUAGES, build, documentation, sources
from pydantic import BaseModel

import coverplan
from coverplan import exporting, figures, reporting
from coverplan.cli import app
from coverplan.domain import siting_config
from coverplan.domain.config import StudyConfig
from coverplan.domain.fault_reasons import fault_reasons
from coverplan.measure import INDICATORS
from coverplan.measure.policy import INDICATOR_TYPES
from coverplan.siting import MODELS

FOLDER_OF = {"zh": "", "en": "en"}
ASKS = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=\"?([^\"\s>]+)"
    r"|<link\b[^>]*?\bhref=\"?([^\"\s>]+)|<object\b[^>]*?\bdata=\"?([^\"\s>]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return documentation(tmp_path_factory)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, str]:
    """The pages of the site; maps, which are pages of their own, are left out."""
    found = {page: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    return {page: text for page, text in found.items() if "md-content" in text}


def page(site: Path, language: str, name: str) -> str:
    return (site / FOLDER_OF[language] / name).read_text(encoding="utf-8")


def test_both_languages_have_the_same_pages(site: Path, pages: dict[Path, str]) -> None:
    assert sources("zh") == sources("en")
    names = [p.relative_to(site).as_posix() for p in pages]
    english = {n.removeprefix("en/") for n in names if n.startswith("en/")}
    chinese = {n for n in names if not n.startswith("en/")} - {"404.html"}
    assert chinese == english - {"404.html"}
    assert len(chinese) > 50


def test_a_page_leads_to_itself_in_the_other_language(site: Path, pages: dict[Path, str]) -> None:
    for file, text in pages.items():
        if file.name == "404.html":
            continue
        (link,) = re.findall(r'<a class="md-header__button cp-language"[^>]*?href="([^"]+)"', text)
        there = (file.parent / link).resolve()
        own = file.relative_to(site).as_posix()
        other = own.removeprefix("en/") if own.startswith("en/") else f"en/{own}"
        assert there == site.resolve() / other
        assert there.is_file()


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, str]) -> None:
    ids = {p: set(re.findall(r'\bid="?([^"\s>]+)', text)) for p, text in pages.items()}
    broken = []
    for file, text in pages.items():
        if file.name == "404.html":
            continue
        for link in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', text):
            parts = urlsplit(unescape(link))
            if parts.scheme or link.startswith(("javascript:", "//")):
                continue
            there = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            there = there / "index.html" if there.is_dir() else there
            anchor = unquote(parts.fragment)
            wrong = anchor and there in ids and anchor not in ids[there]
            if not there.is_file() or (wrong and anchor != "__skip"):
                broken.append((file.relative_to(site).as_posix(), link))
    assert broken == []


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    asked = []
    for file in (*site.rglob("*.html"), *site.rglob("*.css")):
        text = file.read_text(encoding="utf-8")
        found = [next(filter(None, m.groups())) for m in ASKS.finditer(text)]
        found += re.findall(r"@import\s+[\"']?([^\"';\s)]+)", text)
        found += re.findall(r"\burl\(\s*[\"']?((?:https?:)?//[^\"')]+)", text)
        hosts = [one for one in found if re.match(r"(https?:)?//", unescape(one))]
        asked += [(file.name, host) for host in hosts]
    assert asked == []


def test_formulas_need_no_script(pages: dict[Path, str]) -> None:
    assert sum(text.count("<math") for text in pages.values()) > 50
    left = [p.name for p, text in pages.items() if re.search(r"\\\(|\\\[|\\frac|\\sum", text)]
    assert left == []


def test_every_picture_says_what_it_shows(site: Path, pages: dict[Path, str]) -> None:
    silent = []
    for file, text in pages.items():
        body = text.split("md-content", 1)[1]
        silent += [
            (file.relative_to(site).as_posix(), image)
            for image in re.findall(r"<img\b[^>]*>", body)
            if not re.search(r'\balt="[^"]+"', image)
        ]
    assert silent == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_names_everything(site: Path, language: str) -> None:
    commands = page(site, language, "reference/commands.html")
    group = typer.main.get_command(app)
    wanted = {n for c in group.commands.values() for p in c.params for n in p.opts if n[0] == "-"}  # type: ignore[attr-defined]
    assert [n for n in wanted if not names(commands, n)] == []
    assert [n for n in group.commands if f'id="{n}"' not in commands] == []  # type: ignore[attr-defined]

    keys = page(site, language, "reference/study-file.html")
    wanted = {f.alias or n for table in tables(StudyConfig) for n, f in table.model_fields.items()}
    assert [n for n in wanted if not names(keys, n)] == []

    registered = {
        "models": MODELS,
        "indicators": {**INDICATORS, **INDICATOR_TYPES},
        "services": {**coverplan.builtin_layers(), **coverplan.builtin_profiles()},
    }
    for name, known in registered.items():
        text = page(site, language, f"reference/{name}.html")
        assert [key for key in known if not names(text, key)] == []


def names(text: str, key: str) -> bool:
    return re.search(rf"<code[^>]*>{re.escape(key)}</code>", text) is not None


def tables(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Return a table of the study file and all within it, as pydantic builds them."""
    defined = model.model_json_schema()["$defs"]
    known = {cls.__name__: cls for cls in everything_below(BaseModel)}
    return {model, *(known[name] for name in defined)}


def everything_below(cls: type[BaseModel]) -> set[type[BaseModel]]:
    below = set(cls.__subclasses__())
    return below | {one for sub in below for one in everything_below(sub)}


def test_a_table_that_is_read_names_its_columns_on_a_phone(site: Path) -> None:
    text = page(site, "zh", "reference/study-file.html")
    assert '<td data-head="意思"' in text
    row, *_ = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*>thresholds<.*?</tr>", text, re.DOTALL)
    assert re.findall('data-head="([^"]+)"', row) == ["键", "意思", "值", "不写时"]
    assert "data-nothing" in row


def test_lines_of_the_source_are_no_spaces_in_chinese(site: Path, pages: dict[Path, str]) -> None:
    chinese = [text for p, text in pages.items() if "en" not in p.relative_to(site).parts]
    body = re.compile(r"<pre\b.*?</pre>|<script\b.*?</script>", re.DOTALL)
    found = [re.findall("[。，、；：]\n[\u4e00-\u9fff]", body.sub("", text)) for text in chinese]
    assert [one for ones in found for one in ones] == []


def test_names_described_together_have_each_its_own_type(site: Path) -> None:
    text = page(site, "en", "reference/api/travel.html")
    item = r"<b><code[^>]*>{}</code></b>\s*\(<code[^>]*>(.*?)</code>"
    graph = text[text.index('id="coverplan.mode_graph"') :]
    types = {n: re.search(item.format(n), graph, re.DOTALL) for n in ("network", "profile")}
    shown = {n: re.sub("<[^>]*>", "", m[1]) for n, m in types.items() if m}
    assert shown == {"network": "Network", "profile": "Profile"}


def row_of(text: str, anchor: str) -> str:
    """Return the row of a table that a link to an anchor leads to."""
    found = re.search(rf'<tr[^>]*>(?:(?!</tr>).)*id="{re.escape(anchor)}".*?</tr>', text, re.DOTALL)
    assert found, anchor
    return found[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_of_fixed_words_names_them(site: Path, language: str) -> None:
    text = page(site, language, "reference/commands.html")
    fixed = {
        "run--lang": ("zh", "en"),
        "site--model": siting_config.MODELS,
        "site--within": ("all", "every_unit"),
        "site--robust": ("worst", "mean", "regret"),
        "fetch--network": ("all", "walk", "drive"),
        "figures--kind": figures.KINDS,
        "figures--paper": figures.PAPERS,
        "report--format": reporting.FORMATS,
        "export--format": exporting.FORMATS,
    }
    missing = {
        anchor: [word for word in words if not names(row_of(text, anchor), word)]
        for anchor, words in fixed.items()
    }
    assert missing == {anchor: [] for anchor in fixed}
    assert not re.search("TEXT|NUMBER", text.split("md-content", 1)[1])
    required = {"zh": "必填", "en": "required"}[language]
    assert required in row_of(text, "site--layer")
    assert required not in row_of(text, "site--model")
    assert names(row_of(text, "serve--port"), "0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_can_lead_to_every_entry_of_the_reference(site: Path, language: str) -> None:
    entries: dict[str, Iterable[str]] = {
        "faults": fault_reasons(),
        "models": MODELS,
        "indicators": {**INDICATORS, **INDICATOR_TYPES},
        "services": {**coverplan.builtin_layers(), **coverplan.builtin_profiles()},
        "study-file": ["studyconfig-title", "layerconfig-minutes", "sitingconfig-model"],
        "commands": ["site--budget", "check--study"],
    }
    for name, anchors in entries.items():
        text = page(site, language, f"reference/{name}.html").split("md-content", 1)[1]
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert [one for one in anchors if one not in ids] == [], name
        assert sorted({one for one in ids if ids.count(one) > 1}) == [], name


def test_constants_say_what_they_are(site: Path) -> None:
    text = page(site, "zh", "reference/api/module-figures.html")
    assert "File formats a figure can have." in row_of_link(text, "coverplan.figures.FORMATS")
    assert "<p>File formats a figure can have.</p>" in text
    register = page(site, "en", "reference/api/targets.html")
    assert "INDICATOR_TYPES</span> <span" not in register  # no empty register as its value


def row_of_link(text: str, anchor: str) -> str:
    (row,) = re.findall(rf'<tr[^>]*>(?:(?!</tr>).)*href="#{anchor}".*?</tr>', text, re.DOTALL)
    return row


def test_nothing_of_a_docstring_is_lost(site: Path) -> None:
    text = page(site, "en", "reference/api/coverage.html")
    assert re.search(r"minutes</code> is &lt;NA&gt; where no limit\s+applies", text)
    request = page(site, "en", "reference/api/siting.html")
    graph = request[request.index('id="coverplan.SitingRequest"') :]
    item = re.search(r"<b><code[^>]*>theta</code></b>.*?</li>", graph, re.DOTALL)
    assert item
    assert "Numbers of the models" in item[0]
    assert "within</code></b>" in graph


def test_a_formula_of_a_docstring_is_one(pages: dict[Path, str]) -> None:
    assert [p.name for p, text in pages.items() if ":math:" in text] == []


def test_signatures_are_folded(pages: dict[Path, str]) -> None:
    signature = re.compile(r'doc-signature cp-folded highlight"><pre>(.*?)</pre>', re.DOTALL)
    told = [
        unescape(re.sub("<[^>]*>", "", one))
        for text in pages.values()
        for one in signature.findall(text)
    ]
    assert len(told) > 300
    assert [one for one in told if max(map(len, one.splitlines())) > 98] == []
    assert [one for one in told if re.fullmatch(r"\w+\s*", one)] == []  # a name alone says nothing


def test_what_is_printed_is_folded_but_not_its_tables(site: Path) -> None:
    text = page(site, "zh", "how-to/open-data.html")
    (block,) = re.findall(
        r'<div class="language-text cp-folded highlight">(?:(?!</pre>).)*6\.9 %.*?</pre>',
        text,
        re.DOTALL,
    )
    (columns,) = re.findall(r'<span id="[^"]+" class="cp-columns">[^<]*6\.9 %', block)
    assert "│" in columns
    (sentence,) = re.findall(r"<span id=\"[^\"]+\"[^>]*>普查总数", block)
    assert "cp-columns" not in sentence
    assert not re.search(r'cp-folded[^>]*><span class="filename">[^<]*\.csv<', text)


def test_chinese_pages_of_the_reference_have_chinese_heads(site: Path) -> None:
    for file in (site / "reference/api").glob("*.html"):
        text = file.read_text(encoding="utf-8")
        heads = set(re.findall(r'doc-section-title">([^<]+)<', text))
        labels = set(re.findall(r'doc-label-[\w-]+"><code[^>]*>([^<]+)<', text))
        assert [one for one in heads | labels if one.isascii()] == [], file.name


def test_a_page_that_is_not_there_asks_for_no_file(site: Path) -> None:
    for language, words in (("zh", "没有这一页"), ("en", "No such page")):
        text = page(site, language, "404.html")
        assert words in text
        assert not re.search(r"<(?:link|script|img)\b", text)


def test_every_public_name_has_its_place(site: Path) -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in (site / "reference/api").glob("*.html"))
    missing = [n for n in coverplan.__all__ if not re.search(rf'id="coverplan\.[\w.]*\b{n}"', text)]
    assert missing == []


def test_a_build_that_fails_says_so_and_leaves_the_old_site(tmp_path: Path) -> None:
    old = tmp_path / "site" / "index.html"
    old.parent.mkdir()
    old.write_text("old", encoding="utf-8")
    (tmp_path / "executed" / "zh").mkdir(parents=True)
    with pytest.raises(subprocess.CalledProcessError):
        build(tmp_path / "site", tmp_path / "executed")
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["index.html"]
    assert old.read_text(encoding="utf-8") == "old"
