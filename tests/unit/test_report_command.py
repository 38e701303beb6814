"""`coverplan report`: every file, whole or not at all, and a clear word when something is wrong."""

import hashlib
import json
import sys

import openpyxl
import pytest
import typer
from matplotlib.figure import Figure
from street_files import STUDY, write_street
from typer.testing import CliRunner

import coverplan
from coverplan import reportcommand, reportcontents, reporting
from coverplan.core.errors import InputError
from coverplan.guarding import EXIT_INPUT, EXIT_OK
from coverplan.present.report import pictures
from coverplan.present.report.blocks import Table
from coverplan.reportcommand import checked, report
from coverplan.reporting import report_contents, study_report, write_documents

APP = typer.Typer(pretty_exceptions_enable=False)
APP.command("report")(report)

TARGETS = "\n[targets]\n[targets.programme]\nyears = [{ year = 2026, sites = 2 }]\n"


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    return write_street(folder)


@pytest.fixture
def run(study, tmp_path, capfd):
    """Run the command: exit code, what it printed, and the folder it was to write."""

    def _run(*words, out="report", file=study):
        folder = tmp_path / out
        ended = CliRunner().invoke(APP, [str(file), "--out", str(folder), *words])
        printed = ended.output + "".join(capfd.readouterr())
        return ended.exit_code, " ".join(printed.split()), folder

    return _run


@pytest.fixture(scope="module", autouse=True)
def _blank():
    """Blank sheets for figures: what is drawn on them is tested where it is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "_draw", lambda *_: Figure(figsize=(4, 3)))
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The report of the street with everything in it, and its folder."""
    place = tmp_path_factory.mktemp("whole")
    file = write_street(place, study=STUDY + TARGETS)
    found = report_contents(file)
    folder = place / "report"
    files = write_documents(
        found.study,
        folder,
        targets=found.targets,
        programme=found.programme,
        measures=found.measures,
        seconds=found.seconds,
    )
    return found, folder, files


def test_every_file_is_written_and_recorded(whole):
    _, folder, files = whole
    assert {"report.html", "report.docx", "report.xlsx", "run.json"} <= {p.name for p in files}
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["what"] == "report"
    assert record["formats"] == ["html", "docx", "xlsx"]
    there = {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and p.name != "run.json"
    }
    assert record["outputs"] == there
    assert record["targets"]["counts"]["not_met"] >= 0
    figures = [name for name in there if name.startswith("figures/")]
    assert {name.rsplit(".", 1)[1] for name in figures} == {"png", "svg", "pdf"}


def test_targets_and_programme_have_sections(whole):
    found, folder, _ = whole
    made = study_report(
        found.study, targets=found.targets, programme=found.programme, measures=found.measures
    )
    ids = [section.id for section in made.sections]
    assert ids[4:7] == ["targets", "programme", "equity"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    for words in ("街（虚构）", "设施覆盖分析报告", "政策目标", "不能据此得出的结论"):
        assert words in page
    assert page.count("<h1") == 1
    assert found.study.inputs.files == coverplan.load(folder.parent / "study.toml").files


def test_the_workbook_has_a_sheet_for_each_table(whole):
    found, folder, _ = whole
    made = study_report(
        found.study, targets=found.targets, programme=found.programme, measures=found.measures
    )
    wanted = sum(isinstance(block, Table) for block in made.blocks())
    book = openpyxl.load_workbook(folder / "report.xlsx")
    assert len([name for name in book.sheetnames if name.startswith("表")]) == wanted


def test_the_same_inputs_give_the_same_bytes(whole, tmp_path):
    found, folder, _ = whole
    again = tmp_path / "again"
    write_documents(
        found.study, again, targets=found.targets, programme=found.programme,
        measures=found.measures,
    )  # fmt: skip
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "run.json":
            assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes(), path.name


def test_what_is_asked_for_is_written_and_no_more(run):
    code, printed, folder = run("--format", "xlsx, HTML", "--no-figures", "--lang", "en")
    assert code == EXIT_OK
    assert sorted(p.name for p in folder.iterdir()) == ["report.html", "report.xlsx", "run.json"]
    assert "written:" in printed
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "What cannot be concluded" in page
    assert '<html lang="en"' in page
    assert "<img" not in page
    assert "living-map" in page


def test_quiet_prints_nothing(run):
    code, printed, _ = run("--format", "xlsx", "--no-figures", "--quiet")
    assert (code, printed) == (EXIT_OK, "")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--format", "pdf,html"), "pdf"),
        (("--paper", "letter"), "letter"),
        (("--date", "soon"), "soon"),
        (("--lang", "fr"), "zh / en"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_and_nothing_written(run, words, named):
    code, printed, folder = run(*words)
    assert code == EXIT_INPUT
    assert named in printed
    assert not folder.exists()


def test_all_faults_of_the_options_are_told_together():
    with pytest.raises(InputError) as caught:
        checked("pdf,odt", "b5")
    told = [(p.code, p.column, p.found) for p in caught.value.problems]
    assert told == [
        ("report.option", "--format", "pdf"),
        ("report.option", "--format", "odt"),
        ("report.option", "--paper", "b5"),
    ]
    assert checked(None, "A3") == (("html", "docx", "xlsx"), "a3")


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [
        ("docx", ("--format", "docx", "--no-figures"), "coverplan[report]"),
        ("coverplan.present.figures", ("--format", "html"), "coverplan[figures]"),
    ],
)
def test_a_missing_extra_is_told_before_anything_is_computed(
    run, monkeypatch, module, words, extra
):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(reportcommand, "report_contents", lambda *_, **__: pytest.fail("computed"))
    code, printed, folder = run(*words)
    assert code == EXIT_INPUT
    assert extra in printed
    assert not folder.exists()


def test_a_font_that_is_none_is_told_before_anything_is_computed(run, monkeypatch, tmp_path):
    monkeypatch.setattr(reportcommand, "report_contents", lambda *_, **__: pytest.fail("computed"))
    wrong = tmp_path / "font.ttf"
    wrong.write_text("no font", encoding="utf-8")
    code, printed, folder = run("--font", str(wrong))
    assert code == EXIT_INPUT
    assert "font.ttf" in printed
    assert not folder.exists()


def test_a_name_that_cannot_be_drawn_is_told_before_anything_is_computed(run, study, monkeypatch):
    monkeypatch.setattr(reportcontents, "assess_inputs", lambda *_: pytest.fail("computed"))
    units = study.parent / "units.geojson"
    old, new = (json.dumps(name)[1:-1] for name in ("乙镇", "乙\U0001f600镇"))
    units.write_text(units.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    code, printed, folder = run("--format", "xlsx")
    assert code == EXIT_INPUT
    assert "U+1F600" in printed
    assert "--font" in printed
    assert not folder.exists()


def test_a_folder_of_others_is_left_alone(run, tmp_path):
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("x", encoding="utf-8")
    code, _, folder = run("--no-figures", "--format", "xlsx", out="mine")
    assert code == EXIT_INPUT
    assert [p.name for p in folder.iterdir()] == ["letter.txt"]


def test_a_fault_of_a_register_stops_the_report_before_anything_is_computed(
    run, tmp_path, monkeypatch
):
    monkeypatch.setattr(reportcontents, "assess_inputs", lambda *_: pytest.fail("computed"))
    place = tmp_path / "faulty"
    place.mkdir()
    wrong = STUDY + '\n[targets]\nunits = [{ source = "no-such.csv" }]\n'
    file = write_street(place, study=wrong)
    code, printed, folder = run("--no-figures", file=file)
    assert code == EXIT_INPUT
    assert "no-such.csv" in printed
    assert not folder.exists()


def test_a_writing_that_fails_changes_nothing(run, monkeypatch):
    _, _, folder = run("--format", "xlsx", "--no-figures", "--quiet")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    broken = OSError("no")
    monkeypatch.setattr(reporting, "render_xlsx", _raising(broken))
    code, _, _ = run("--format", "xlsx", "--no-figures", "--quiet")
    assert code == EXIT_INPUT
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def _raising(error):
    def fail(*_, **__):
        raise error

    return fail
