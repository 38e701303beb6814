"""Figures from the command line: which, how, and everything that cannot be said at once."""

import builtins
import hashlib
import json
import sys

import pytest

import coverplan
from coverplan import InputError, MissingExtraError, figurescommand
from coverplan.figures import KINDS, Asked, find_font, write_figures
from coverplan.figurescommand import draw, figures


@pytest.fixture(scope="module", autouse=True)
def _some_font():
    try:
        find_font()
    except InputError:
        pytest.skip("no font with Chinese characters is installed")


def options(**changed):
    return {"kinds": None, "formats": "png", "paper": "a4", "font": None} | changed


def test_which_figures_a_study_has(yunxi, tmp_path):
    seen = []
    written = write_figures(
        yunxi,
        tmp_path / "f",
        Asked(layers=("eco_burial",), kinds=("plan", "gap", "frontier"), formats=("svg",)),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    names = {path.name for path in written}
    assert names == {"eco_burial-gap.svg", "eco_burial-plan.svg", "run.json"}
    assert seen == [(0, 2), (1, 2)]
    record = json.loads((tmp_path / "f" / "run.json").read_text(encoding="utf-8"))
    file = tmp_path / "f" / "eco_burial-gap.svg"
    assert record["outputs"][file.name] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert record["notice"] == yunxi.inputs.notice
    with pytest.raises(InputError) as caught:
        write_figures(yunxi, tmp_path / "g", Asked(kinds=("frontier",)))
    (found,) = caught.value.problems
    assert (found.code, found.found) == ("figures.nothing", "frontier")
    assert "frontier 设置" in found.render("zh")
    assert not (tmp_path / "g").exists()


def test_the_curve_of_equality(yunxi, tmp_path):
    measured = coverplan.measure_study(yunxi.inputs)
    asked = Asked(layers=("elderly_care",), kinds=("equity",), language="en", formats=("svg",))
    written = write_figures(yunxi, tmp_path / "f", asked, measures=measured)
    assert [path.name for path in written] == ["elderly_care-equity.svg", "run.json"]


def test_the_command(yunxi, root, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(figurescommand, "run", lambda *_, **__: yunxi)
    study, out = root / "data" / "geo" / "yunxi" / "study.toml", tmp_path / "figures"
    with pytest.raises(SystemExit) as end:
        figures(study, out, layer=["eco_burial"], kind="minutes", formats="svg", paper="a3")
    assert end.value.code == 0
    assert sorted(path.name for path in out.iterdir()) == ["eco_burial-minutes.svg", "run.json"]
    assert "已写入" in capsys.readouterr().out


def test_everything_wrong_is_said_at_once(root, tmp_path):
    study, out = root / "data" / "geo" / "yunxi" / "study.toml", tmp_path / "figures"
    (tmp_path / "x.ttf").write_bytes(b"no font")
    given = options(kinds="gap,pie", formats="gif", paper="a6", font=tmp_path / "x.ttf")
    with pytest.raises(InputError) as caught:
        draw(study, out, None, given, "zh", None, quiet=True)
    found = [(p.code, p.column, p.found) for p in caught.value.problems]
    assert found == [
        ("figures.option", "--kind", "pie"),
        ("figures.option", "--format", "gif"),
        ("figures.option", "--paper", "a6"),
        ("figure.font_unreadable", None, None),
    ]
    assert all(kind in caught.value.problems[0].expected.zh for kind in KINDS)
    with pytest.raises(InputError) as caught:
        draw(study, out, ["schools"], options(), "zh", None, quiet=True)
    assert caught.value.problems[0].column == "--layer"
    assert not out.exists()


def test_without_matplotlib(monkeypatch):
    importing = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] == "matplotlib":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return importing(name, *rest)

    for name in [m for m in sys.modules if m.startswith("coverplan.figures")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [m for m in sys.modules if m.startswith("coverplan.present.figures")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(coverplan, "figures", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError) as caught:
        draw("study.toml", "out", None, options(), "zh", None, quiet=True)
    assert 'pip install "coverplan[figures]"' in caught.value.text.zh
