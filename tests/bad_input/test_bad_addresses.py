"""An address, or an interface of the system, where a file belongs: nothing is fetched or told."""

from pathlib import Path

import pytest

from coverplan.domain.database import redacted, without_passwords

ADDRESSES = [
    "PG:host=127.0.0.1 user=u password=hunter2",
    "https://u:hunter2@127.0.0.1:9/towns.geojson",
    "/vsicurl/http://127.0.0.1:9/towns?token=hunter2",
    "postgresql+psycopg2://u:hunter2@127.0.0.1:1/civil",
    "mysql://u:hunter2@127.0.0.1/civil",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_no_file_and_tells_no_password(county, address):
    county.edit('units = "towns.geojson"', f'units = "{address}"')
    outcome = county.refused()
    problem = outcome.the("file.missing")
    assert "网址或数据库连接" in problem.what.zh
    assert "nothing is fetched" in problem.what.en
    assert "postgresql://user@host:port/database#schema.table" in problem.mend.en
    assert "hunter2" not in outcome.text + repr(problem)


def test_a_line_that_is_no_toml_tells_no_password(county):
    county.edit('units = "towns.geojson"', 'units = "PG:user=u password=hunter2')
    output = county.refused().text
    assert "hunter2" not in output
    assert "password=…" in output


@pytest.mark.parametrize(
    "text",
    ["C:/数据/乡镇.shp", "学校@2024.gpkg", "https://a.org/@name/x", "password.xlsx"],
)
def test_what_is_no_secret_stays(text):
    assert without_passwords({"a": [text]}) == {"a": [text]}
    assert redacted(text) == text


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="a Linux interface")
def test_an_interface_of_the_system_is_not_waited_for(county):
    county.edit('units = "towns.geojson"', 'units = "/proc/kmsg"')
    problem = county.refused().the("file.not_plain")
    assert problem.found.zh == "系统接口"
