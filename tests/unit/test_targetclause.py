"""One clause taken out: by its id, by the beginning of ids, by a title; and what it says."""

import dataclasses
from pathlib import Path

import made_up_report as made
import pytest

import coverplan as cp
from coverplan import InputError
from coverplan.measure.policy.registry import INDICATOR_TYPES
from coverplan.targetclause import clause_of, named_findings


@pytest.fixture(autouse=True)
def _indicators(monkeypatch, request):
    if "report" not in request.fixturenames:
        for key, kind in made.INDICATORS.items():
            monkeypatch.setitem(INDICATOR_TYPES, key, kind)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The small county, judged."""
    return cp.check_targets(cp.write_small_county(tmp_path_factory.mktemp("small")))


def ids(*asked):
    return [finding.target.id for finding in named_findings(made.findings(), asked)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("S-1",), ["S-1"]),
        (("s-1", " S-1 "), ["S-1"]),
        (("C-",), ["C-1", "C-2", "C-3", "C-4"]),
        (("工作要点",), ["R-1"]),
        (("R-1", "B-2", "b"), ["B-1", "B-2", "R-1"]),
        ((), []),
    ],
)
def test_words_name_clauses(asked, found):
    assert sorted(ids(*asked)) == found


def test_an_id_is_taken_before_the_ids_that_begin_with_it():
    first = made.findings()[0]
    longer = dataclasses.replace(first, target=dataclasses.replace(first.target, id="S-10"))
    one = dataclasses.replace(first, target=dataclasses.replace(first.target, id="S-1"))
    assert [f.target.id for f in named_findings([longer, one], ["S-1"])] == ["S-1"]


@pytest.mark.parametrize("word", ["", "  ", "S-9", "（没有）", "%"])
def test_words_that_name_nothing_are_a_fault_with_the_nearest(word):
    with pytest.raises(InputError) as caught:
        ids("S-1", word)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.found) == ("targets.clause", "--clause", word)
    assert problem.expected is not None
    assert problem.expected.en


def test_every_finding_can_be_told_in_both_languages():
    for finding in made.findings():
        for language in ("zh", "en"):
            clause = clause_of(finding, language)
            assert clause.lines[0].startswith(finding.target.id)
            assert str(clause).count("\n") == len(clause.lines) - 1
            assert clause.verdict in repr(clause)


def test_what_to_do_depends_on_the_verdict():
    told = {f.target.id: clause_of(f, "en") for f in made.findings()}
    assert told["S-1"].to_do == "new sites close it: programme() says how few, and where"
    assert told["C-1"].to_do.startswith("set targets.settings.basically in the study file")
    assert told["R-1"].to_do.startswith("add 5 beds")
    assert {told[key].to_do for key in ("B-1", "N-1", "E-1", "C-4")} == {""}
    assert told["C-4"].need is None
    assert told["C-4"].gap is None


def test_a_clause_of_a_report_has_its_figures_and_who_is_wanting(report):
    clause = report.clause("z21-25")
    assert (clause.numerator, clause.denominator, clause.gap) == (2, 3, 1)
    assert list(clause.missing["name"]) == ["云岭乡"]
    assert clause.lines[1].strip() == "结论：未达到（适用，必须）"
    html = clause._repr_html_()
    assert html.startswith("<pre")
    assert "云岭乡" in html
    built = report.clause("Z21-25", "en", programme=report.programme())
    assert built.to_do.startswith("sites needed: 1 (proven: 1 are the fewest")
    with pytest.raises(InputError) as caught:
        report.clause("Z21-255")
    (problem,) = caught.value.problems
    assert problem.column is None
    assert "Z21-25" in problem.expected.en.split(", ")


def test_words_of_a_file_are_no_markup(report):
    finding = report["Z21-25"]
    words = cp.Text("<b>甲</b>", "<script>x</script>")
    mine = dataclasses.replace(finding, target=dataclasses.replace(finding.target, words=words))
    assert "<script>" not in clause_of(mine, "en")._repr_html_()


def test_what_is_read_or_computed_is_judged_as_the_file_is(report, tmp_path, monkeypatch):
    path = cp.write_small_county(tmp_path)
    inputs = cp.load(path)
    monkeypatch.chdir(Path("/"))
    for given in (inputs, cp.assess(inputs)):
        again = cp.check_targets(given)
        assert again.table("en").equals(report.table("en"))
        assert again.problems == report.problems
        assert [f.label for f in again.inputs.files] == [f.label for f in report.inputs.files]


def test_inputs_that_name_no_targets_and_a_day_that_comes_too_late_are_named_faults(tmp_path):
    for given in (cp.small_county(), cp.assess(cp.small_county())):
        with pytest.raises(InputError) as caught:
            cp.check_targets(given)
        assert [p.code for p in caught.value.problems] == ["targets.none"]
    inputs = cp.load(cp.write_small_county(tmp_path))
    with pytest.raises(InputError) as caught:
        cp.check_targets(inputs, date="2024-12-31")
    (problem,) = caught.value.problems
    assert (problem.code, problem.column) == ("targets.read_already", "date")


def test_a_study_made_in_code_is_judged_where_one_works(report, tmp_path, monkeypatch):
    path = cp.write_small_county(tmp_path)
    monkeypatch.chdir(path.parent)
    again = cp.check_targets(cp.read_study(path))
    assert again.table("en").equals(report.table("en"))
