"""Addresses of databases: a path like any other, without the password in any copy."""

import copy
import pickle
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from coverplan.domain.config import Barrier, MapConfig, RegionConfig, RoadsConfig
from coverplan.domain.database import DatabaseUrl, is_database, redacted, without_passwords

SECRET = "geheim密:码/@#?x"  # noqa: S105 - the password every record must be without


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("postgresql://u@h/db#s.t", "postgresql://u@h/db#s.t"),
        ("POSTGRES://u@h:5432/db", "postgresql://u@h:5432/db"),
        (f"postgresql://u:{SECRET}@h/db#s.t", "postgresql://u@h/db#s.t"),
        (f"  postgres://u:{SECRET}@h,k:6/db?sslmode=require", "postgresql://u@h,k:6/db?sslmode=require"),
        ("postgresql://h/db?user=u&password=pw&sslmode=require#t", "postgresql://h/db?user=u&sslmode=require#t"),
        ("postgresql://h/db?password=pw#t", "postgresql://h/db#t"),
        ("postgresql:///db#t", "postgresql:///db#t"),
    ],
)  # fmt: skip
def test_the_address_is_kept_without_its_password(written, text):
    url = DatabaseUrl(written)
    assert isinstance(url, Path)
    for copied in (url, pickle.loads(pickle.dumps(url)), copy.deepcopy(url)):  # noqa: S301
        assert str(copied) == copied.as_posix() == text
        assert copied == url
        assert SECRET not in repr(copied)
    assert b"pw" not in pickle.dumps(url)
    assert url.suffix == ""


def test_the_password_is_there_for_the_connection_alone():
    url = DatabaseUrl(f"postgresql://kept:{SECRET}@h/db#s.t")
    assert url.password == SECRET
    assert url.address == "postgresql://kept@h/db"
    assert url.table == url.name == "s.t"
    assert url.of_table("a.b").password == SECRET
    assert DatabaseUrl("postgresql://other@h/db").password is None


def test_a_study_names_a_table_beside_the_address_or_within_it():
    region = RegionConfig(units="postgresql://u:pw@h/db", table="public.towns")
    assert str(region.units) == "postgresql://u@h/db#public.towns"
    assert "pw" not in region.model_dump_json()
    again = RegionConfig.model_validate(region.model_dump(mode="json"))
    assert again == region
    assert str(MapConfig(water="postgres://u@h/db#w").water) == "postgresql://u@h/db#w"
    assert str(Barrier(source=region.units).source) == str(region.units)
    assert not is_database(RegionConfig(units="towns.gpkg").units)
    assert isinstance(TypeAdapter(Path).validate_python(region.units), DatabaseUrl)


def test_what_is_not_said_is_not_recorded():
    plain = {
        "region": RegionConfig(units="a").model_dump(),
        "roads": RoadsConfig(source="a").model_dump(),
        "barrier": Barrier(source="a").model_dump(),
    }
    for table in plain.values():
        assert not {"encoding", "repair"} & set(table)
    said = RegionConfig(units="a", encoding="GBK", repair=True).model_dump()
    assert (said["encoding"], said["repair"]) == ("gbk", True)
    with pytest.raises(ValueError, match="encoding"):
        RegionConfig(units="a", encoding="junk")


def test_tables_of_a_study_lose_every_password():
    study = {"region": {"units": "postgresql://u:pw@h/db"}, "x": ["postgres://a:pw@b/c", 1], "n": 2}
    assert "pw" not in str(without_passwords(study))
    assert without_passwords(study)["n"] == 2
    line = 'units = "postgresql://u:p w@h/db"\nother = "postgres://a:pw@b/c" # x@y'
    assert not any(word in redacted(line) for word in ("pw", "p w"))
    assert str(DatabaseUrl(Path("postgresql://u:pw@h/db"))) == "postgresql://u@h/db"
    assert redacted(line).count("\n") == 1
