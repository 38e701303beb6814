"""Tables of PostGIS, from a real server where one stands.

COVERPLAN_TEST_POSTGIS holds the address of a database with PostGIS in which the user may make a
schema, such as ``postgresql://planner@127.0.0.1/civil`` with the password in PGPASSWORD.
"""

import os

import pytest

from coverplan.core.errors import InputError, Problems
from coverplan.domain.database import DatabaseUrl
from coverplan.io.database import digest_of_rows
from coverplan.io.vectors import read_vector

ADDRESS = os.environ.get("COVERPLAN_TEST_POSTGIS", "")
SCHEMA = "coverplan_test"
MAKE = """
CREATE TABLE towns (
    code text PRIMARY KEY, name varchar(40), pop numeric(10, 0), share numeric(6, 3), opened date,
    words text[], facts jsonb, n int, ok bool, geom geometry(MultiPolygon, 4490));
INSERT INTO towns VALUES
    ('2', '乙乡', 2000, 0.125, '2020-01-02', '{a,b}', '{"k": 1}', 5, true,
     ST_Multi(ST_SetSRID(ST_MakeEnvelope(118.1, 30, 118.2, 30.1), 4490))),
    ('1', '甲镇', 1000, NULL, NULL, NULL, NULL, NULL, NULL,
     ST_Multi(ST_SetSRID(ST_MakeEnvelope(118, 30, 118.1, 30.1), 4490)));
CREATE TABLE no_key AS SELECT * FROM towns ORDER BY code;
CREATE TABLE no_key_either AS SELECT * FROM towns ORDER BY code DESC;
CREATE VIEW seen AS SELECT * FROM towns;
CREATE TABLE "乡镇" AS SELECT * FROM towns;
CREATE TABLE curved (id int PRIMARY KEY, geom geometry(CurvePolygon, 4490));
INSERT INTO curved VALUES (1, ST_GeomFromEWKT('SRID=4490;CURVEPOLYGON(CIRCULARSTRING(
    118 30, 118.1 30.1, 118.2 30, 118.1 29.9, 118 30))'));
CREATE TABLE two (id int PRIMARY KEY, a geometry, b geometry);
CREATE TABLE mixed (id int PRIMARY KEY, geom geometry);
INSERT INTO mixed VALUES (1, 'SRID=4326;POINT(118 30)'), (2, 'SRID=4490;POINT(118 30)');
CREATE TABLE bare (id int PRIMARY KEY, geom geometry);
INSERT INTO bare VALUES (1, 'POINT(118 30)');
CREATE TABLE round (id int PRIMARY KEY, geom geography(Point, 4326));
INSERT INTO round VALUES (1, 'SRID=4326;POINT(118 30)');
CREATE TABLE nobody (id int PRIMARY KEY, geom geometry);
CREATE TABLE plain (id int PRIMARY KEY);
"""


@pytest.fixture(scope="module")
def tables():
    psycopg = pytest.importorskip("psycopg")
    if not ADDRESS:
        pytest.skip("no PostGIS server: COVERPLAN_TEST_POSTGIS names none")
    url = DatabaseUrl(ADDRESS)
    known = {} if url.password is None else {"password": url.password}
    with psycopg.connect(url.address, autocommit=True, **known) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(f"SET search_path = {SCHEMA}, public")
        connection.execute(MAKE)
        yield lambda name: DatabaseUrl(f"{ADDRESS}#{SCHEMA}.{name}")
        connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def fault(url):
    with pytest.raises(InputError) as caught:
        read_vector(url, str(url))
    return next(p for p in caught.value.problems if p.severity == "error")


@pytest.mark.parametrize("name", ["towns", "no_key", "seen", "乡镇"])
def test_rows_come_with_their_types_and_system(tables, name):
    url, notes = tables(name), Problems()
    frame, crs_from = read_vector(url, str(url), problems=notes)
    assert (crs_from, frame.crs.to_epsg()) == ("file", 4490)
    first = frame.sort_values("code").iloc[1]
    assert dict(first.drop("geometry")) == {
        "code": "2", "name": "乙乡", "pop": 2000, "share": 0.125, "opened": "2020-01-02",
        "words": "{a,b}", "facts": '{"k": 1}', "n": 5, "ok": True,
    }  # fmt: skip
    assert first.geometry.area == pytest.approx(0.01)
    assert {note.code for note in notes} <= {"database.password"}


def test_the_order_is_that_of_the_key_and_the_digest_of_none(tables):
    assert list(read_vector(tables("towns"), "t")[0]["code"]) == ["1", "2"]
    digests = set()
    for name in ("towns", "no_key", "no_key_either", "seen"):
        read_vector(tables(name), "t")
        digests.add(digest_of_rows(tables(name)))
    assert len(digests) == 1
    assert len(digests.pop()) == 64
    one, other = (read_vector(tables(name), "t")[0] for name in ("no_key", "no_key_either"))
    assert list(one["code"]) == list(other["code"])


def test_curves_geography_and_shapes_without_a_system(tables):
    assert read_vector(tables("curved"), "t")[0].geometry[0].area == pytest.approx(
        3.1416 * 0.01, rel=1e-3
    )
    assert read_vector(tables("round"), "t")[0].crs.to_epsg() == 4326
    assert read_vector(tables("bare"), "t", crs="EPSG:4490")[1] == "study"
    assert fault(tables("bare")).code == "crs.unknown"


@pytest.mark.parametrize(
    ("name", "code", "found"),
    [
        ("two", "database.geometry", "a, b"),
        ("plain", "database.geometry", "没有几何列"),
        ("mixed", "database.systems", "SRID 4326, SRID 4490"),
        ("nobody", "file.empty", None),
        ("none", "file.no_table", f"{SCHEMA}.none"),
        ("towns; DROP SCHEMA public", "file.no_table", f"{SCHEMA}.towns; DROP SCHEMA public"),
    ],
)
def test_what_is_wrong_is_named(tables, name, code, found):
    problem = fault(tables(name))
    assert problem.code == code
    assert getattr(problem.found, "zh", problem.found) == found
    assert problem.file == str(tables(name))


def test_nothing_can_be_written(tables):
    """Were the name not quoted, or the transaction not read only, something would be gone."""
    fault(tables('towns"; DROP TABLE towns; --'))
    assert len(read_vector(tables("towns"), "t")[0]) == 2


def test_a_wrong_password_is_a_fault_without_it(tables):
    url = tables("towns")
    who = url.address.partition("://")[2].partition("@")[0] or "nobody"
    where = url.address.rpartition("@")[2]
    problem = fault(DatabaseUrl(f"postgresql://{who}x:falsch@{where}#towns"))
    assert problem.code == "database.unreachable"
    assert "falsch" not in problem.render("zh") + problem.render("en")
