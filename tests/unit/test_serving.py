"""The server of the map page: whom it answers, what it refuses, and that its plans are Python's."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from street_files import write_street

import coverplan
from coverplan import servecommand, serveplans, servesession, serving
from coverplan.core.errors import InputError, Problem
from coverplan.core.text import Text
from coverplan.domain.siting_config import JointConfig
from coverplan.present.serve_page import page_policy
from coverplan.serveasks import SaveAsk, SolveAsk, asked, changed_config, changed_request
from coverplan.servesession import Session
from coverplan.serving import MOST_BODY, TOKEN_HEADER, MapServer

LAYER = "elderly_care"
TOKEN = "t" * 43


@pytest.fixture(scope="module")
def session(yunxi, tmp_path_factory):
    item = next(i for i in yunxi.inputs.layers if i.layer.id == LAYER)
    alone = coverplan.assess(replace(yunxi.inputs, layers=(item,)))
    out = tmp_path_factory.mktemp("saved") / "plans"
    return Session(alone, {LAYER: item.siting}, TOKEN, language="zh", out=out)


@pytest.fixture(scope="module")
def server(session):
    with MapServer(session, 0, page_policy) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield running
        running.shutdown()
        thread.join(10)


@pytest.fixture
def ask(server):
    """Ask the server something: status, headers, body as JSON where it is."""

    def _ask(method, path, body=None, *, without=(), **headers):
        host = f"127.0.0.1:{server.server_port}"
        sent = {"Host": host}
        if method == "POST":
            sent |= {
                "Origin": f"http://{host}",
                TOKEN_HEADER: TOKEN,
                "Content-Type": "application/json",
            }
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        for name in without:
            sent.pop(name)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if method == "POST" and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data if method == "POST" else None)
            answer = connection.getresponse()
            text = answer.read()
            kind = answer.headers.get_content_type()
            return (
                answer.status,
                answer.headers,
                (json.loads(text or "{}") if kind == "application/json" else text.decode("utf-8")),
            )
        finally:
            connection.close()

    return _ask


def ended(ask, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress = ask("GET", "/progress")[2]
        if progress["state"] not in {"running", "idle"}:
            return progress
        time.sleep(0.05)
    raise TimeoutError(progress)


def test_the_page_is_the_map_page_and_says_what_it_may(ask, session):
    status, headers, page = ask("GET", "/")
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert not [name for name in headers if name.lower().startswith("access-control")]
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert page_policy(page) + "; frame-ancestors 'none'" == policy
    assert TOKEN in page
    # A page that is mailed or archived holds nothing of it.
    plain = coverplan.map_html(session._plans[0].study)
    assert "connect-src" not in plain
    assert "solve" not in page_policy(plain)
    assert "X-Coverplan-Token" not in plain


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "", "127.0.0.1:{port}.evil.example",
     "evil@127.0.0.1:{port}", "0.0.0.0:{port}", "[::1]:{port}"],
)  # fmt: skip
def test_who_calls_it_by_another_name_is_refused(ask, server, host):
    name = host.format(port=server.server_port)
    for method, path in (("GET", "/"), ("GET", "/progress"), ("POST", "/cancel")):
        status, headers, data = ask(method, path, {}, Host=name)
        assert status == 403
        assert "只接受本机" in data["problems"][0]["zh"]
        assert TOKEN not in json.dumps(data)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert ask("GET", "/progress", Host=f"localhost:{server.server_port}")[0] == 200


def test_two_hosts_or_none_are_refused(server):
    for lines in (["Host: 127.0.0.1:PORT", "Host: evil"], []):
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as line:
            text = "\r\n".join(["GET / HTTP/1.1", *lines, "", ""])
            line.sendall(text.replace("PORT", str(server.server_port)).encode())
            assert line.recv(100).startswith(b"HTTP/1.0 403")


ORDERS = [
    ({"Origin": "http://evil.example"}, (), 403),
    ({"Origin": "null"}, (), 403),
    ({"Origin": "https://127.0.0.1:{port}"}, (), 403),
    ({}, ("Origin",), 403),
    ({TOKEN_HEADER: "x" * 43}, (), 403),
    ({TOKEN_HEADER: ""}, (), 403),
    ({}, (TOKEN_HEADER,), 403),
    ({"Sec-Fetch-Site": "cross-site"}, (), 403),
    ({"Sec-Fetch-Site": "same-site"}, (), 403),
    ({"Content-Type": "text/plain"}, (), 415),
    ({"Content-Type": "application/x-www-form-urlencoded"}, (), 415),
    ({}, ("Content-Type",), 415),
    ({"Content-Length": str(MOST_BODY + 1)}, (), 413),
    ({"Content-Length": "9" * 30}, (), 413),
    ({"Content-Length": "-1"}, (), 411),
    ({"Content-Length": "x"}, (), 411),
    ({"Transfer-Encoding": "chunked"}, (), 411),
]


@pytest.mark.parametrize(("headers", "without", "status"), ORDERS)
def test_only_its_own_page_gives_orders(ask, server, headers, without, status):
    sent = {name: value.format(port=server.server_port) for name, value in headers.items()}
    found, _, data = ask("POST", "/solve", {"layer": LAYER}, without=without, **sent)
    assert found == status
    assert data["problems"][0]["zh"]
    assert data["problems"][0]["en"]
    assert ask("GET", "/progress")[2]["state"] != "running"


PATHS = [
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/study.toml", "/page.html",
    "/?plan=99", "/?plan=-1", "/?plan=1e3", "/?plan=%D9%A3", "/?plan=0&plan=0", "/?x=1",
    "/?plan=0&x=1", "/progress?x", "/plans/", "/?plan=" + "1" * 300, "http://127.0.0.1/", "/solve",
    "*", "http://[", "http://127.0.0.1:99999999/?plan=0",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_it_knows_a_handful_of_paths(ask, path):
    status, _, data = ask("GET", path)
    assert status == 404
    assert "/" not in data["problems"][0]["en"].replace("https://", "")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "FOO"])
def test_other_methods_are_refused(ask, method):
    status, headers, _ = ask(method, "/")
    assert status == 405
    assert "Python" not in headers["Server"]
    assert "Access-Control-Allow-Origin" not in headers


BODIES = [
    (b"{", 400, "无法理解"),
    (b"\xff", 400, "无法理解"),
    (b"[" * 90_000, 400, "无法理解"),
    (b"[]", 422, "不能使用"),
    ({"layer": LAYER, "model": "rm -rf"}, 422, "model"),
    ({"layer": LAYER, "sites": 0}, 422, "sites"),
    ({"layer": LAYER, "sites": "5"}, 422, "sites"),
    ({"layer": LAYER, "sites": True}, 422, "sites"),
    ({"layer": LAYER, "seconds": 1e9}, 422, "seconds"),
    ({"layer": LAYER, "more": 1}, 422, "more"),
    ({"layer": LAYER, "keep": ["new:nowhere"]}, 422, "没有这个候选点"),
    ({"layer": LAYER, "share_percent": 30.0}, 422, "share_percent"),
    ({"layer": LAYER, "sites": 9999}, 422, "可用的候选点只有"),
    ({"layer": "nothing"}, 422, "这个图层不能求解"),
]


@pytest.mark.parametrize(
    ("data", "code", "zh", "en"),
    [
        ({"layer": LAYER, "sites": -1}, "serve.ask", "不小于 1 的数", "a number, 1 or more"),
        ({"layer": LAYER, "seconds": float("nan")}, "serve.ask", "不大于 600 的数", "600 or less"),
        ({"layer": "x"}, "serve.layer", "不能求解", "cannot be solved"),
        ({"layer": LAYER, "bar": ["new:x"]}, "serve.candidate", "没有这个", "no such candidate"),
        ({"plan": 999}, "serve.plan", "不再保留", "kept no more"),
        ({"plan": 0}, "serve.no_out", "--out", "--out"),
    ],
)
def test_every_fault_has_its_code_and_words(session, monkeypatch, data, code, zh, en):
    monkeypatch.setattr(session, "_out", None)
    with pytest.raises(InputError) as refused:
        if "plan" in data:
            session.save(asked(SaveAsk, data))
        else:
            session.solve(asked(SolveAsk, data))
    problem = refused.value.problems[0]
    assert problem.code == code
    assert zh in problem.render("zh")
    assert en in problem.render("en")


@pytest.mark.parametrize(("body", "status", "words"), BODIES)
def test_orders_that_cannot_be_meant_are_told_in_words(ask, body, status, words):
    found, _, data = ask("POST", "/solve", body)
    assert found == status, data
    assert words in data["problems"][0]["zh"]
    assert "Traceback" not in json.dumps(data)
    assert all(problem["en"] for problem in data["problems"])


def test_a_plan_of_the_page_is_pythons(ask, session, yunxi):
    status, _, data = ask("POST", "/solve", {"layer": LAYER, "sites": 8, "seconds": 30})
    assert (status, data["layer"]) == (202, LAYER)
    done = ended(ask)
    assert done["state"] == "done", done
    item = next(i for i in yunxi.inputs.layers if i.layer.id == LAYER)
    asked_in_python = replace(item, siting=replace(item.siting, sites=8))
    expected = coverplan.assess(replace(yunxi.inputs, layers=(asked_in_python,)))
    found = session._plans[done["plan"]].study
    assert found.layers[LAYER].plan.value == expected.layers[LAYER].plan.value
    assert found.coverage.frame.equals(expected.coverage.frame)
    assert found.inputs.config.layers[LAYER].siting.sites == 8
    assert done["words"]["zh"].endswith("养老服务，最大覆盖（MCLP） 8 处，已证明最优")
    _, _, page = ask("GET", f"/?plan={done['plan']}")
    assert '"sites":8' in page
    plans = ask("GET", "/plans")[2]["plans"]
    assert [plan["number"] for plan in plans] == [0, done["plan"]]
    # It can be written as a run, and be compared with the study's own.
    saved = ask("POST", "/save", {"plan": done["plan"]})[2]["folder"]
    # Saved again it takes a folder of its own: what was saved before stays.
    assert ask("POST", "/save", {"plan": done["plan"]})[2]["folder"] != saved
    assert ask("POST", "/save", {"plan": 77})[0] == 422
    compared = coverplan.comparisons.compare_runs(session._plans[0].study, saved)
    assert compared.layers["proposed_b"].tolist() == [8]


def test_what_is_clicked_is_kept_and_what_is_barred_is_not(ask, session, yunxi):
    result = session._plans[0].study.layers[LAYER]
    chosen = sorted(f"new:{i}" for i in result.proposal.chosen.index)
    _, _, near = ask("POST", "/near", {"layer": LAYER, "lon": 119.80, "lat": 28.60})
    kept, barred = near["candidate"]["id"], chosen[0]
    assert kept not in chosen
    places = result.candidates.allowed.geometry.to_crs(4326)
    around = ((places.x - 119.80) * 0.878) ** 2 + (places.y - 28.60) ** 2
    assert kept == f"new:{around.idxmin()}"
    body = {"layer": LAYER, "sites": 5, "keep": [kept], "bar": [barred]}
    assert ask("POST", "/solve", body)[0] == 202
    done = ended(ask)
    study = session._plans[done["plan"]].study
    proposed = {f"new:{i}" for i in study.layers[LAYER].proposal.chosen.index}
    assert kept in proposed
    assert barred not in proposed
    assert len(proposed) == 5
    both = {"layer": LAYER, "keep": [kept], "bar": [kept]}
    problem = ask("POST", "/solve", both)[2]["problems"][0]
    assert problem["code"] == "serve.both"
    assert "必建又要不建" in problem["zh"]
    assert "in every plan and in none" in problem["en"]


def test_a_place_that_may_not_be_used_is_told_with_its_reason(ask, session):
    candidates = session._plans[0].study.layers[LAYER].candidates
    row = next(i for i, reason in enumerate(candidates.reasons) if reason.zh)
    point = candidates.places.geometry.to_crs(4326).iloc[row]
    _, _, near = ask("POST", "/near", {"layer": LAYER, "lon": point.x, "lat": point.y})
    assert near["refused"]["reason"] == candidates.reasons[row].as_dict()
    assert near["refused"]["metres"] == 0
    assert near["candidate"]["id"] != near["refused"]["id"]


def test_one_search_at_a_time_and_it_can_be_cancelled(ask, monkeypatch):
    begun = threading.Event()

    def forever(inputs, clock):
        begun.set()
        while True:
            with clock.step(Text("慢慢算", "slowly")):
                time.sleep(0.02)

    monkeypatch.setattr(servesession, "assess_inputs", forever)
    body = {"layer": LAYER, "sites": 3}
    assert ask("POST", "/solve", body)[0] == 202
    assert begun.wait(10)
    status, _, data = ask("POST", "/solve", body)
    assert (status, data["problems"][0]["en"][:13]) == (409, "another plan ")
    assert ask("POST", "/near", {"layer": LAYER, "lon": 119.8, "lat": 28.6})[0] == 409
    assert ask("GET", "/progress")[2]["step"]["zh"] == "慢慢算"
    assert ask("GET", "/")[0] == 200
    assert ask("POST", "/cancel", {})[2] == {"cancelled": True}
    assert ended(ask)["state"] == "cancelled"
    assert ask("POST", "/cancel", {})[2] == {"cancelled": False}


def test_faults_and_errors_of_a_search_end_in_words(ask, session, monkeypatch):
    told = []
    monkeypatch.setattr(session, "_on_error", told.append)
    monkeypatch.setattr(servesession, "assess_inputs", lambda inputs, clock: 1 / 0)
    assert ask("POST", "/solve", {"layer": LAYER, "sites": 3})[0] == 202
    done = ended(ask)
    assert done["state"] == "failed"
    assert "内部错误" in done["problems"][0]["zh"]
    assert isinstance(told[0], ZeroDivisionError)
    assert "division" not in json.dumps(done)
    monkeypatch.setattr(session, "progress", lambda: 1 / 0)
    status, _, data = ask("GET", "/progress")
    assert (status, data["problems"][0]["code"]) == (500, "serve.internal")
    monkeypatch.undo()
    # Every candidate barred: the model's own words come through.
    bar = [f"new:{i}" for i in session._requests[LAYER].candidates.index]
    status, _, data = ask("POST", "/solve", {"layer": LAYER, "sites": 3, "bar": bar})
    problems = data["problems"] if status == 422 else ended(ask)["problems"]
    assert "候选点" in problems[0]["zh"]


def test_only_so_many_plans_are_kept(session, monkeypatch):
    monkeypatch.setattr(servesession, "MOST_PLANS", 1)
    kept = dict(session._plans)
    session.solve(asked(SolveAsk, {"layer": LAYER, "sites": 2}))
    session._thread.join(40)
    assert sorted(session._plans) == [0, max(session._plans)]
    assert max(session._plans) not in kept


def test_another_model_takes_none_of_the_numbers_of_the_studys(yunxi):
    item = next(i for i in yunxi.inputs.layers if i.layer.id == LAYER)
    base = replace(item.siting, budget_yuan=5, required=(str(item.siting.candidates.index[0]),))
    found = changed_request(
        yunxi.inputs, item, base, SolveAsk(layer=LAYER, model="fewest", share_percent=30.0)
    )
    assert (found.model, found.share_percent, found.sites) == ("fewest", 30, None)
    assert found.budget_yuan is None
    assert found.required == base.required
    barred = SolveAsk(layer=LAYER, bar=[f"new:{base.required[0]}"])
    assert (
        changed_request(yunxi.inputs, item, replace(base, budget_yuan=None), barred).required == ()
    )
    with pytest.raises(InputError) as none:
        changed_request(
            yunxi.inputs, item, replace(base, sites=None, budget_yuan=None), SolveAsk(layer=LAYER)
        )
    assert none.value.problems[0].code == "serve.number"


def test_what_is_solved_alone_is_not_recorded_as_solved_with_others(yunxi):
    item = next(i for i in yunxi.inputs.layers if i.layer.id == LAYER)
    config = yunxi.inputs.config
    for layers, kept in (([LAYER, "social_work"], False), (["social_work", "eco_burial"], True)):
        joint = JointConfig(layers=layers)
        found = changed_config(config.model_copy(update={"joint": joint}), item.siting, LAYER)
        assert found.joint == (joint if kept else None)
        assert type(config).model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize("begin", ["GET / HTTP/1.1\r\nX: ", "POST /solve HTTP/1.1\r\n{head}\r\n"])
def test_a_request_that_drips_in_comes_to_an_end(server, monkeypatch, begin):
    monkeypatch.setattr(serving, "_SECONDS_TO_SPEAK", 0.4)
    host = f"127.0.0.1:{server.server_port}"
    head = (
        f"Host: {host}\r\nOrigin: http://{host}\r\n{TOKEN_HEADER}: {TOKEN}\r\n"
        "Content-Type: application/json\r\nContent-Length: 9999\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=0.05) as line:
        line.sendall(begin.format(head=head).encode())
        end = time.monotonic() + 5
        heard = None
        while heard is None and time.monotonic() < end:
            try:
                line.sendall(b" ")
                heard = line.recv(100)
            except TimeoutError:
                continue
            except ConnectionError:
                heard = b""
    assert heard is not None
    assert b" 200 " not in heard
    assert b" 202 " not in heard


def test_the_server_asks_nobody_for_the_name_of_the_machine(session, monkeypatch):
    def chinese(*_):
        raise UnicodeDecodeError("utf-8", b"\xc3\xf1", 0, 1, "invalid continuation byte")

    monkeypatch.setattr(socket, "getfqdn", chinese)
    with MapServer(session, 0, page_policy) as running:
        assert running.address == f"http://127.0.0.1:{running.server_port}/"


def test_a_browser_leaves_the_port_of_http_out():
    names = MapServer.names.fget
    assert names(SimpleNamespace(server_port=80)) > {"127.0.0.1", "localhost"}
    assert names(SimpleNamespace(server_port=81)) == {"127.0.0.1:81", "localhost:81"}


def test_a_search_is_cancelled_within_a_step_and_takes_no_number(session, monkeypatch):
    numbers = session._numbers

    def long_step(inputs, clock):
        advance = clock.progress(10_000)
        for _ in range(10_000):
            session.cancel()
            advance(1)
        return session._base

    monkeypatch.setattr(servesession, "assess_inputs", long_step)
    session.solve(SolveAsk(layer=LAYER))
    session._thread.join(20)
    assert (session.progress()["state"], session.progress()["done"]) == ("cancelled", 0)
    monkeypatch.setattr(servesession, "assess_inputs", lambda inputs, clock: session._base)
    monkeypatch.setattr(servesession, "serve_html", lambda *_: str(session.cancel()))
    session.solve(SolveAsk(layer=LAYER))
    session._thread.join(20)
    assert session.progress()["state"] == "cancelled"
    assert session._numbers == numbers


def test_a_full_disk_does_not_keep_a_search_from_ending(session, monkeypatch):
    def full(error):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session, "_on_error", full)
    monkeypatch.setattr(servesession, "assess_inputs", lambda inputs, clock: 1 / 0)
    session.solve(SolveAsk(layer=LAYER))
    session._thread.join(20)
    assert session.progress()["state"] == "failed"


def test_a_link_that_leads_nowhere_is_not_written_over(tmp_path):
    (tmp_path / "plan-1").symlink_to(tmp_path / "gone")
    assert serveplans.free_folder(tmp_path) == tmp_path / "plan-2"


def test_what_did_not_come_is_not_told_as_something_else():
    with pytest.raises(InputError) as refused:
        asked(SaveAsk, {})
    assert refused.value.problems[0].found == ""


def test_a_port_that_is_taken_is_told(session):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError) as taken:
            MapServer(session, port, page_policy)
    problem = taken.value.problems[0]
    assert problem.code == "serve.port"
    assert problem.found == Text(f"{port}：端口已被占用", f"{port}: another program listens there")
    with pytest.raises(InputError):
        MapServer(session, 70_000, page_policy)


def test_words_of_problems_hold_nothing_unseen():
    bad = Problem("x", Text("a\u202eb", "a\x1b[31mb"), Text("改", "mend"), found="\x07")
    words = serveplans.said(bad)
    assert "\u202e" not in words["zh"]
    assert "\x1b" not in words["en"]


def test_the_command_serves_until_it_is_stopped(tmp_path):
    study = write_street(tmp_path)
    begin = (
        "import signal, typer; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from coverplan.servecommand import serve; app = typer.Typer(); app.command()(serve);"
        "app()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    arguments = [str(study), "--no-browser", "--quiet", "--out", str(tmp_path / "plans")]
    with subprocess.Popen(
        [sys.executable, "-c", begin, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as running:
        try:
            line = running.stdout.readline().decode("utf-8")
            port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", line)[1])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
            running.send_signal(signal.SIGINT)
            rest, err = running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 0, err.decode()
    assert "已停止" in rest.decode("utf-8")
    assert err == b""


def test_layers_that_ask_nothing_can_be_asked(tmp_path):
    study = write_street(tmp_path)
    words = study.read_text(encoding="utf-8")
    cut = words.index("[layers.stations.siting]")
    study.write_text(words[:cut] + words[words.index("[output]") :], encoding="utf-8")

    class Quiet:
        def __enter__(self):
            return (lambda step: None), (lambda done, total: None)

        def __exit__(self, *args):
            return None

    session = servecommand.open_session(study, "zh", Quiet)
    assert set(session._requests) == {"homes", "stations"}
    assert session._plans[0].study.layers["stations"].proposal is None
    session.solve(asked(SolveAsk, {"layer": "stations", "model": "mclp", "sites": 1}))
    session._thread.join(30)
    assert session.progress()["state"] == "done", session.progress()
    assert session._plans[1].study.layers["stations"].proposal.has_plan
    before = session._plans[0].study.layers["homes"]
    assert session._plans[1].study.layers["homes"] is before
