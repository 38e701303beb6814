"""The Python of the guide runs, is the same in both languages, and names what is there."""

import inspect
import re
from pathlib import Path

import pytest
import walkthrough
from guidepages import DOCS, LANGUAGES, Page, page, same_code

import coverplan

NAME = "guide/python.md"


def test_it_runs_in_a_fresh_folder(
    root: Path,
    yunxi: coverplan.Study,
    yunxi_targets: coverplan.TargetReport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The sample county is computed already, and its targets are judged.
    sample, questions = "data/geo/yunxi/study.toml", "data/geo/yunxi/questions.toml"
    read = {sample: yunxi.inputs, questions: coverplan.load(root / questions)}
    judged = {"data/geo/yunxi/targets.toml": yunxi_targets}
    monkeypatch.setattr(coverplan, "run", {sample: yunxi}.__getitem__)
    monkeypatch.setattr(coverplan, "load", read.__getitem__)
    monkeypatch.setattr(coverplan, "check_targets", judged.__getitem__)
    # Processes have tests of their own; here the counties are computed one after the other.
    asked = inspect.signature(coverplan.assess_by_county)

    def in_one_process(*args: object, **words: object) -> object:
        return coverplan.assess_in_pieces(asked.bind(*args, **words).arguments["inputs"])

    monkeypatch.setattr(coverplan, "assess_by_county", in_one_process)
    folder = walkthrough.prepare(tmp_path / "clone", root)
    walk = walkthrough.Walk(folder).read(DOCS / "en" / NAME)
    written = sorted(path.parent.name for path in folder.glob("maps/*/run.json"))
    assert written == ["from_python", "step_by_step"]
    verdicts = [judged["Z21-12"].verdict for judged in (yunxi_targets, walk.names["settled"])]
    for language in LANGUAGES:
        (said,) = re.findall(r'settled\["Z21-12"\]\.verdict\)  # (.*)', page(language, NAME).text)
        assert re.findall(r"\b(?:not_)?met\b", said, re.ASCII) == verdicts


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_beginning_prints_what_it_shows(language: str, tmp_path: Path) -> None:
    lines = page(language, NAME).part("notebook")
    beginning = tmp_path / "beginning.md"
    beginning.write_text(lines, encoding="utf-8")
    walk = walkthrough.Walk(tmp_path).read(beginning)
    assert walk.printed == ["False 1"]
    assert (tmp_path / "small-county" / "study.toml").is_file()
    table = walk.names["found"]
    assert table["改法" if language == "zh" else "to mend"].str.len().gt(0).all()


def test_both_languages_have_the_same_code() -> None:
    zh, en = (page(language, NAME).fenced("python") for language in LANGUAGES)
    assert len(en) > 8
    assert [same_code(*pair) for pair in zip(zh, en, strict=True)] == [True] * len(en)


def test_code_that_differs_is_noticed() -> None:
    assert same_code('print("有", 1)  # 一', 'print("have", 1)')
    assert not same_code("cp.run(a)", "cp.run(b)")
    assert not same_code('cp.run("a.toml")', 'cp.run("b.toml")')


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_run_names_what_is_there(language: str) -> None:
    guide = page(language, NAME)
    (block,) = [b for b in guide.fenced("python") if "import osmnx" in b]
    used = set(re.findall(r"\bcp\.(\w+)", block))
    assert {"run", "load", "propose", "check_study", "write_report"} <= used
    assert [name for name in used if not hasattr(coverplan, name)] == []
    for name in ("run", "load", "propose", "check_study"):
        assert "roads" in inspect.signature(getattr(coverplan, name)).parameters, name
    assert {"stops", "faults"} <= {n for n in dir(coverplan.CheckReport) if n[0] != "_"}
    compile(block, NAME, "exec")
    assert callable(coverplan.Network.without_roads)
    assert callable(coverplan.Profile.straight_line)
    words_in(guide)


def words_in(guide: Page) -> None:
    """Assert that the entry points of targets and measures are named."""
    for name in ("check_targets", "write_targets", "measure_study"):
        assert f"cp.{name}(" in guide.text
        assert hasattr(coverplan, name)
    for name in ("counts", "table", "breakdown", "programme"):
        assert f"report.{name}(" in guide.text
        assert hasattr(coverplan.TargetReport, name)
