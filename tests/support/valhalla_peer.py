"""Valhalla, an engine that shares nothing with ours, asked over its own local service.

The wheel of ``pyvalhalla`` (3.9 or later) carries Valhalla's programs. Its Python module, which
needs Python 3.12, is not imported, so that Python 3.11 can use the programs as well: put the wheel
on the path with ``pip install --no-deps --only-binary=:all: --python-version 3.12 --target FOLDER
pyvalhalla``.
"""

import contextlib
import importlib.util
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

SECONDS_TO_START = 30


def programs():
    """The folder with Valhalla's programs, None where ``pyvalhalla`` is not installed."""
    found = importlib.util.find_spec("valhalla")
    for folder in found.submodule_search_locations or [] if found else []:
        if (Path(folder) / "bin" / "valhalla_build_tiles").exists():
            return Path(folder) / "bin"
    return None


def _settings(folder, port):
    """Valhalla's own default configuration, with everything of ours below one folder."""
    file = programs().parent / "valhalla_build_config.py"
    spec = importlib.util.spec_from_file_location("valhalla_build_config", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def given(table):
        return {
            key: given(value) if isinstance(value, dict) else value
            for key, value in table.items()
            if type(value).__name__ != "Optional"
        }

    result = given(module.config)
    result["mjolnir"] = {
        key: value
        for key, value in result["mjolnir"].items()
        if key not in {"tile_extract", "traffic_extract", "admin", "timezone", "landmarks"}
    } | {"tile_dir": str(folder / "tiles")}
    result["additional_data"] = {}  # no elevation: hills are flat
    result["logging"] = {"type": ""}
    result["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{folder}/loopback",
        "interrupt": f"ipc://{folder}/interrupt",
        "drain_seconds": 1,
    }
    return result


class Valhalla:
    """A running service on the tiles of one OpenStreetMap extract."""

    def __init__(self, port):
        self._url = f"http://127.0.0.1:{port}/"

    def route(self, start, end, **options):
        """Seconds, metres by Valhalla and the shape of the way; None where there is none."""
        request = {
            "locations": [{"lon": lon, "lat": lat} for lon, lat in (start, end)],
            "costing": "pedestrian",
            "costing_options": {"pedestrian": options},
            "directions_type": "none",
        }
        try:
            trip = self._ask("route", request)["trip"]
        except urllib.error.HTTPError:
            return None
        summary = trip["summary"]
        return summary["time"], summary["length"] * 1000, _shape(trip["legs"][0]["shape"])

    def _ask(self, action, request):
        body = json.dumps(request).encode()
        with urllib.request.urlopen(self._url + action, data=body, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def is_ready(self):
        try:
            self._ask("status", {})
        except (urllib.error.URLError, ConnectionError):
            return False
        return True


@contextlib.contextmanager
def valhalla(extract, folder):
    """Build the tiles of an extract and serve them as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "valhalla.json"
    config.write_text(json.dumps(_settings(folder, port)), encoding="utf-8")
    build = [programs() / "valhalla_build_tiles", "-c", config, "-j", "1", extract]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    serve = [programs() / "valhalla_service", config, "1"]
    process = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        service = Valhalla(port)
        stop = time.monotonic() + SECONDS_TO_START
        while not service.is_ready():
            if process.poll() is not None or time.monotonic() > stop:
                raise RuntimeError("Valhalla did not start")
            time.sleep(0.1)
        yield service
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _shape(text):
    """Longitudes and latitudes of an encoded polyline of six decimals."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    lats, lons, lat, lon = [], [], 0, 0
    for north, east in zip(numbers[::2], numbers[1::2], strict=True):
        lat, lon = lat + north, lon + east
        lats.append(lat / 1e6)
        lons.append(lon / 1e6)
    return lons, lats
