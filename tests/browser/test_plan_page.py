"""Plans on the map page: what closes, what cannot be done, and names that are not markup."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from street import OLD_X, new_places, reached, request, street

import coverplan
from coverplan.domain.siting_config import Uncertainty
from coverplan.present.plans import plan_notes, plan_rows, plan_text

CROSS = "#b00020"
"""The colour of the cross over a site that closes."""

FOREIGN = {
    "script": "</script><script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "long": "长" * 10_000,
    "rtl": "\u202eאבג\u202c שלום",
    "template": "${alert(1)} {{7*7}} @@DATA@@",
}


def closing(**more):
    """One existing site closes and one opens."""
    asked = request(1, closable=True, shut_ids=("s001",), keep_ids=("s000",), **more)
    return coverplan.assess(street(asked))


def impossible():
    """Every unit must have four sites, and there are not so many."""
    return coverplan.assess(street(request(2, unit_least=4)))


def ask(page, **state):
    """Set what the page shows."""
    page.evaluate(f"coverplan.set({json.dumps(state)})")


def visible(page, selector):
    """Whether an element takes any room."""
    return page.evaluate(
        f"(document.querySelector({selector!r})?.getClientRects().length ?? 0) > 0"
    )


def plan_box(page):
    """Paragraph, pairs and notes of the plan as they stand on the page."""
    return page.evaluate(
        """(() => {
          const box = document.querySelector("#plan");
          const words = (selector) => [...box.querySelectorAll(selector)].map((n) => n.textContent);
          return { text: words("p"), terms: words("dt"), values: words("dd"), notes: words("li") };
        })()"""
    )


def markers(page):
    """What each site's mark is called, and the colours it is drawn with."""
    return page.evaluate(
        """[...document.querySelectorAll(".leaflet-marker-icon.site")].map((node) => ({
          name: node.getAttribute("aria-label"),
          strokes: [...node.querySelectorAll("path, circle")].map((p) => p.getAttribute("stroke")),
        }))"""
    )


def marker(page, name):
    """The mark of one site, None where it is not drawn."""
    found = [mark for mark in markers(page) if name in mark["name"]]
    assert len(found) <= 1
    return found[0] if found else None


def silent(page):
    """No request but the page itself, nothing in the console, no dialog."""
    assert page.errors == []
    assert page.dialogs == []
    assert [url for url in page.requests if not url.startswith(("data:", "blob:"))] == [
        page.address
    ]


# ---- what closes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "now", "then"), [("zh", "现有", "建议关闭"), ("en", "existing", "to be closed")]
)
def test_a_closing_site_stands_today_and_is_crossed_out_with_the_plan(show, language, now, then):
    study = closing()
    page = show(coverplan.map_html(study, language=language))
    new = study.layers["test"].proposal.chosen["name"].iloc[0]
    ask(page, phase="before")
    today = marker(page, "站1")
    assert now in today["name"].lower()
    assert then not in today["name"]
    assert CROSS not in today["strokes"]
    assert today["strokes"] == marker(page, "站0")["strokes"]
    assert marker(page, new) is None
    for phase in ("after", "difference"):
        ask(page, phase=phase)
        crossed = marker(page, "站1")
        assert then in crossed["name"]
        assert CROSS in crossed["strokes"]
        assert CROSS not in marker(page, "站0")["strokes"]
        assert marker(page, new) is not None
    silent(page)


def test_the_legend_names_closing_sites_only_with_the_plan(show):
    page = show(coverplan.map_html(closing(), language="zh"))
    ask(page, phase="before")
    assert "建议关闭" not in page.evaluate("document.querySelector('#legend').innerText")
    ask(page, phase="after")
    assert "建议关闭" in page.evaluate("document.querySelector('#legend').innerText")
    page = show(coverplan.map_html(coverplan.assess(street(request(1)))))
    ask(page, phase="after")
    assert "建议关闭" not in page.evaluate("document.querySelector('#legend').innerText")


def test_people_of_a_closed_site_are_not_counted_with_the_plan(show):
    study = closing()
    page = show(coverplan.map_html(study))
    facts = study.layers["test"].plan.facts
    for phase, expected in (("before", facts.reached_before), ("after", facts.reached_after)):
        ask(page, phase=phase, minutes=5)
        figures = page.evaluate("coverplan.figures()")
        assert figures["total"]["reached"] == expected
    assert facts.reached_before == reached(OLD_X)
    units = page.evaluate("coverplan.figures().units")
    by_unit = [units[code]["reached"] for code in ("a", "b", "c")]
    assert by_unit == facts.unit_after.tolist()


def test_a_closing_site_can_be_opened_and_says_why(show):
    page = show(coverplan.map_html(closing(), language="en"))
    ask(page, phase="after")
    page.evaluate(
        """[...document.querySelectorAll(".leaflet-marker-icon.site")]
          .find((node) => node.getAttribute("aria-label").includes("站1")).click()"""
    )
    assert "the plan closes it" in page.evaluate("document.body.innerText")
    silent(page)


# ---- the plan box --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_box_shows_every_row_and_note_in_the_language(show, language):
    asked = request(2, excluded=("c00",), frontier=3, uncertainty=Uncertainty(draws=3, seed=1))
    study = coverplan.assess(street(asked))
    result = study.layers["test"]
    page = show(coverplan.map_html(study, language="zh"))
    ask(page, phase="before", language=language)
    assert not visible(page, "#plan")
    ask(page, phase="after")
    assert visible(page, "#plan")
    box = plan_box(page)
    assert box["text"] == [plan_text(result).of(language)]
    rows = [(k.of(language), v.of(language)) for k, v in plan_rows(result.proposal)]
    assert list(zip(box["terms"], box["values"], strict=True))[2:] == rows
    assert box["values"][:2] == [
        result.proposal.status_text.of(language),
        result.proposal.model.of(language),
    ]
    notes = [note.of(language) for note in plan_notes(result.proposal)]
    assert box["notes"] == notes
    assert len(notes) >= 3
    silent(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_impossible_plan_is_told_at_once(show, language):
    study = impossible()
    result = study.layers["test"]
    page = show(coverplan.map_html(study, language=language))
    for phase in ("before", "after", "difference"):
        ask(page, phase=phase)
        assert visible(page, "#plan")
        box = plan_box(page)
        assert box["text"] == [plan_text(result).of(language)]
        assert any(("做不到" if language == "zh" else "Impossible") in n for n in box["notes"])
        figures = page.evaluate("coverplan.figures()")
        assert (
            figures["total"]["reached"] == reached(OLD_X)
            or page.evaluate("coverplan.state().minutes") != 5
        )
    ask(page, phase="after", minutes=5)
    assert page.evaluate("coverplan.figures().total.reached") == reached(OLD_X)
    silent(page)


# ---- foreign text --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_names_stay_text(show, name):
    foreign = FOREIGN[name]
    places = new_places()
    places["name"] = [f"{foreign}{i}" for i in range(7)]
    asked = request(1, places, closable=True, shut_ids=("s001",), keep_ids=("s000",))
    found = street(asked)
    sites = found.layers[0].facilities.sites.copy()
    sites["name"] = pd.array([foreign, foreign + "!"], dtype="string")
    item = replace(found.layers[0], facilities=coverplan.Facilities("test", sites))
    study = coverplan.assess(replace(found, layers=(item,)))
    page = show(coverplan.map_html(study))
    for phase in ("before", "after"):
        ask(page, phase=phase)
        shown = markers(page)
        assert all(foreign in mark["name"] for mark in shown)
        assert len(shown) == {"before": 2, "after": 3}[phase]
    assert page.evaluate("document.scripts.length") == 4
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    silent(page)


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_names_in_the_notes_of_a_plan_stay_text(show, name):
    """Units named like this are told in the notes of a plan that cannot be."""
    foreign = FOREIGN[name]
    found = street(request(2, unit_least=4))
    units = found.region.units.copy()
    units["name"] = [foreign, foreign + "乙", "丙镇"]
    study = coverplan.assess(replace(found, region=replace(found.region, units=units)))
    page = show(coverplan.map_html(study))
    notes = plan_box(page)["notes"]
    assert notes == [note.zh for note in plan_notes(study.layers["test"].proposal)]
    assert any(foreign in note for note in notes)
    assert page.evaluate("document.scripts.length") == 4
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    ask(page, language="en")
    assert any(foreign in note for note in plan_box(page)["notes"])
    silent(page)


def test_without_script_the_figures_with_the_plan_stand(show):
    study = closing()
    facts = study.layers["test"].plan.facts
    page = show(coverplan.map_html(study), script=False)
    table = page.evaluate("document.querySelector('#static table tfoot').innerText").split()
    assert [table[1], table[2], table[5]] == [
        f"{n:,}" for n in (facts.people, facts.reached_before, facts.reached_after)
    ]
    assert "最大覆盖（MCLP）" in page.evaluate("document.body.innerText")
