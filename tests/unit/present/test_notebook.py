"""Studies show themselves in a notebook; the types themselves cannot draw."""

import base64
import html

import pytest
from IPython.core.interactiveshell import InteractiveShell

import coverplan
from coverplan.core.errors import InputError, Problem
from coverplan.core.text import Text
from coverplan.present.notebook import register_display, study_html

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def view(yunxi):
    return coverplan.show_map(yunxi, height=500)


def test_a_map_is_a_frame_of_its_own(view):
    shown = view._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert 'height="500"' in shown
    assert 'title="云溪县' in shown
    assert html.escape(view.page, quote=True) in shown


def test_a_map_brings_a_picture_for_paper(view):
    bundle = view._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png"}
    assert base64.b64decode(bundle["image/png"]).startswith(PNG)
    assert set(view._repr_mimebundle_(exclude={"image/png"})) == {"text/html"}
    assert view._repr_mimebundle_(include={"text/plain"}) == {}
    assert repr(view) == "<MapView of '云溪县（虚构示例）民政设施十五分钟覆盖', 0 layers added>"


def test_without_matplotlib_the_map_is_shown_all_the_same(view, monkeypatch):
    monkeypatch.setattr("coverplan.present.mapview.find_spec", lambda name: None)
    assert set(view._repr_mimebundle_()) == {"text/html"}


def test_without_a_font_the_map_is_shown_and_the_lack_is_said(view, monkeypatch):
    lack = Problem(code="figure.font", what=Text("没有字体", "no font"), mend=Text("装", "get"))

    def no_font(*_, **__):
        raise InputError([lack])

    monkeypatch.setattr("coverplan.present.figures.coverage_figure", no_font)
    with pytest.warns(UserWarning, match="没有字体"):
        assert set(view._repr_mimebundle_()) == {"text/html"}


def test_a_notebook_shows_a_study(yunxi, monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert register_display()
    shown, _ = shell.display_formatter.format(yunxi)
    assert shown["text/html"] == study_html(yunxi)
    assert "养老服务" in shown["text/html"]
    picture = shown["image/png"]
    assert (picture if isinstance(picture, bytes) else base64.b64decode(picture)).startswith(PNG)
    assert not hasattr(coverplan.Study, "_repr_html_")


def test_a_notebook_shows_figures(monkeypatch):
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert register_display()
    shown, _ = shell.display_formatter.format(Figure(figsize=(1, 1)))
    picture = shown["image/png"]
    assert (picture if isinstance(picture, bytes) else base64.b64decode(picture)).startswith(PNG)


def test_a_map_opens_with_the_plan(yunxi, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "coverplan.present.mapview.map_png", lambda *said: drawn.append(said[-1]) or PNG
    )
    for phase, picture in (("before", "before"), ("after", "after"), ("difference", "after")):
        view = coverplan.show_map(yunxi, layer="eco_burial", phase=phase)
        assert view.payload["meta"]["open"] == {"layer": "eco_burial", "phase": phase}
        view._repr_mimebundle_(include={"image/png"})
        assert drawn.pop() == picture
    assert coverplan.show_map(yunxi).opening == {}


def test_a_layer_without_a_plan_cannot_open_with_it():
    study = coverplan.assess(coverplan.small_county())
    with pytest.raises(InputError) as caught:
        coverplan.show_map(study, layer="social_work", phase="after")
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.found) == ("map.phase", "phase", "social_work")
    assert "coverplan.propose" in problem.mend.zh
    assert (
        coverplan.show_map(study, layer="social_work", phase="before").opening["phase"] == "before"
    )


def test_without_a_notebook_nothing_is_registered(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    assert not register_display()


def test_one_layer_as_a_table(yunxi):
    table = coverplan.show_table(yunxi, "eco_burial", language="en")
    assert table.index.name == "unit"
    # 249,256 of 420,000 are 59.347 %: 59.35 to a hundredth, which is not to be rounded again.
    assert table.loc["total", "reached %"] == 59.3
    with pytest.raises(coverplan.InputError, match="no such layer"):
        coverplan.show_table(yunxi, "nothing")
