"""More sites than candidates, nowhere to stand, and folders that cannot be written."""

import errno
import os

import pytest

from coverplan import outputs

_RING = [[117, 29], [119, 29], [119, 31], [117, 31], [117, 29]]
WORLD = {
    "properties": {"name": "到处"},
    "geometry": {"type": "Polygon", "coordinates": [_RING]},
}


def test_more_sites_than_candidates_in_two_layers(county):
    county.edit("sites = 1", "sites = 10")
    county.edit('"stations.xlsx"', '"stations.xlsx"\nsiting = { sites = 99 }')
    faults = county.refused().of("siting.too_many")
    assert {p.column for p in faults} == {"layers.elderly_care.siting", "layers.social_work.siting"}


def test_all_candidates_forbidden(county):
    county.features("no.geojson", [WORLD])
    county.edit("sites = 1", 'sites = 1\nforbidden = [{ source = "no.geojson" }]')
    problem = county.refused().the("siting.no_candidate")
    assert "9" in problem.found.zh


def test_all_candidates_outside(county):
    county.table("c.csv", [{"编号": "1", "经度": "118.2", "纬度": "30.05"}])
    county.edit("sites = 1", 'sites = 1\ncandidates = { source = "c.csv" }')
    county.refused().the("siting.no_candidate")


def test_candidates_without_road(county):
    county.edit("[output]", "[profiles.walking_older]\naccess_cap_metres = 0\n[output]")
    assert county.run().code in {0, 2}


def test_duplicate_and_empty_candidate_ids(county):
    rows = [{"编号": i, "经度": "118.02", "纬度": "30.01"} for i in ("1", "1", "")]
    county.table("c.csv", rows)
    county.edit("sites = 1", 'sites = 1\ncandidates = { source = "c.csv" }')
    assert {p.row for p in county.refused().of("candidate.id")} == {2, 3, 4}


def test_forbidden_file_of_points(county):
    point = {"properties": {}, "geometry": {"type": "Point", "coordinates": [118.02, 30.01]}}
    county.features("no.geojson", [point])
    county.edit("sites = 1", 'sites = 1\nforbidden = [{ source = "no.geojson", metres = 300 }]')
    county.accepted()


def test_forbidden_file_that_is_broken(county):
    county.path("no.geojson").write_text("{", encoding="utf-8")
    county.edit("sites = 1", 'sites = 1\nforbidden = [{ source = "no.geojson" }]')
    assert county.refused().the("file.unreadable").file == "no.geojson"


def test_output_folder_with_other_things(county):
    county.result.mkdir()
    (county.result / "thesis.docx").write_text("x", encoding="utf-8")
    county.refused().the("output.foreign")


def test_output_path_that_is_a_file(county):
    county.result.write_text("x", encoding="utf-8")
    county.refused().the("output.not_a_folder")


def test_output_below_a_file(county):
    county.refused("-o", str(county.path("homes.csv") / "a" / "b")).the("output.not_a_folder")


def test_output_that_is_the_study_folder(county):
    county.refused("-o", str(county.folder)).the("output.foreign")


def test_output_name_no_disk_takes(county):
    county.refused("-o", "x" * 300).the("output.cannot_write")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_output_without_rights(county):
    county.path("locked").mkdir(mode=0o500)
    county.refused("-o", str(county.path("locked") / "result")).the("output.cannot_write")


def test_disk_full_leaves_the_old_results(county, monkeypatch):
    county.accepted()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outputs, "write_study_gpkg", full)
    problem = county.refused().the("output.cannot_write")
    assert problem.found.en == "the disk is full"


def test_layers_whose_names_collide(county):
    county.edit(
        "[layers.social_work]",
        '[layers.Elderly_Care]\ngroup = "all"\nminutes = 5\nprofile = "walking"',
    )
    assert {p.found for p in county.refused().of("study.name")} == {"elderly_care", "Elderly_Care"}


@pytest.mark.parametrize("name", ["<script>", "a/b", "a b", "", "..", "x" * 80])
def test_layer_names_that_cannot_be_columns(county, name):
    county.edit(
        "[layers.social_work]",
        f'[layers."{name}"]\ngroup = "all"\nminutes = 5\nprofile = "walking"',
    )
    assert county.refused().the("study.name").found == name


def test_chinese_layer_names_are_fine(county):
    county.edit(
        "[layers.social_work]", '[layers."社工"]\ngroup = "all"\nminutes = 5\nprofile = "walking"'
    )
    county.accepted()
