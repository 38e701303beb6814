"""Studies show themselves in a notebook; the types themselves cannot draw."""

import html

import pytest
from IPython.core.interactiveshell import InteractiveShell

import coverplan
from coverplan.present.notebook import register_display, study_html


def test_a_map_is_a_frame_of_its_own(yunxi):
    view = coverplan.show_map(yunxi, height=500)
    shown = view._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert 'height="500"' in shown
    assert html.escape(view.page, quote=True) in shown


def test_a_notebook_shows_a_study(yunxi, monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert register_display()
    shown, _ = shell.display_formatter.format(yunxi)
    assert shown["text/html"] == study_html(yunxi)
    assert "养老服务" in shown["text/html"]
    assert not hasattr(coverplan.Study, "_repr_html_")


def test_without_a_notebook_nothing_is_registered(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    assert not register_display()


def test_one_layer_as_a_table(yunxi):
    table = coverplan.show_table(yunxi, "eco_burial", language="en")
    assert table.index.name == "unit"
    with pytest.raises(KeyError):
        coverplan.show_table(yunxi, "nothing")
