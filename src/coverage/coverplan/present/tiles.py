"""Tiles from a host, only when asked for: which addresses may be written into a page."""

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.crs import LONLAT
from ..core.datum import Datum, shift_metres
from ..core.errors import Problem, Problems
from ..core.text import Text
from ..results import Study

__all__ = ["TileSource", "tile_source"]

_SUBDOMAINS = "abc"
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?", re.IGNORECASE)
_PATH = re.compile(r"[A-Za-z0-9._~!$&()*+,=:@%/?{}-]*")
_FIELDS = re.compile(r"\{(.*?)\}")
_KNOWN_FIELDS = {"z", "x", "y", "-y", "s", "r"}

# Services whose tiles are shifted on purpose; their hosts, and the datum of each.
_SHIFTED: dict[str, Datum] = {
    "autonavi.com": "GCJ-02",
    "amap.com": "GCJ-02",
    "gaode.com": "GCJ-02",
    "qq.com": "GCJ-02",
    "gtimg.com": "GCJ-02",
    "gtimg.cn": "GCJ-02",
    "soso.com": "GCJ-02",
    "mapabc.com": "GCJ-02",
    "google.cn": "GCJ-02",
    "geoq.cn": "GCJ-02",
    "baidu.com": "BD-09",
    "bdimg.com": "BD-09",
    "bdstatic.com": "BD-09",
}
_KEYS = {
    "tk",
    "ak",
    "sk",
    "sig",
    "sign",
    "auth",
    "appid",
    "appcode",
    "password",
    "secret",
    "signature",
}
_KEY_ENDS = ("key", "token")


@dataclass(frozen=True, slots=True)
class TileSource:
    """Tiles a page may load.

    Parameters
    ----------
    url
        Their address, with ``{z}``, ``{x}`` and ``{y}``.
    credit
        Whose they are, as the page says it.
    hosts
        Scheme and host of each, as a content security policy names them.
    """

    url: str
    credit: str
    hosts: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return what the page is told."""
        return {"url": self.url, "credit": self.credit, "hosts": list(self.hosts)}


def tile_source(url: str, credit: str, study: Study | None = None) -> TileSource:
    """Return tiles for a page, after looking at their address.

    Parameters
    ----------
    url
        ``https://host/{z}/{x}/{y}.png``, in CGCS 2000 or WGS 84; ``{s}`` stands for a, b or c.
    credit
        Whose they are.
    study
        Where the county is: a shifted datum is refused with the distance there, where known.

    Raises
    ------
    InputError
        When the address is none, holds a key, or is of a service in GCJ-02 or BD-09.
    """
    problems = Problems(list(_faults(url, credit, study)))
    problems.raise_if_any()
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].lower()
    hosts = [host.replace("{s}", letter) for letter in _SUBDOMAINS] if "{s}" in host else [host]
    return TileSource(url, credit.strip(), tuple(f"{scheme.lower()}://{one}" for one in hosts))


def _faults(url: str, credit: str, study: Study | None) -> Iterator[Problem]:
    if not credit.strip():
        yield Problem(
            code="tiles.credit",
            what=Text("没有写明底图来源", "nothing says whose tiles these are"),
            column="tiles_credit",
            mend=Text(
                "用 --tiles-credit（tiles_credit=）写明底图的提供者",
                "name their provider with --tiles-credit (tiles_credit=)",
            ),
        )
    if not _is_address(url):
        yield Problem(
            code="tiles.address",
            what=Text("不是切片底图的地址", "not the address of tiles"),
            column="tiles",
            found=_without_key(url),
            expected=Text.same("https://host/{z}/{x}/{y}.png"),
            mend=Text(
                "写 http(s) 地址，含 {z}、{x}、{y}，不含用户名；中文域名用 punycode 写法",
                "an http(s) address with {z}, {x} and {y}, without a user; a name of other letters "
                "in its punycode form",
            ),
        )
        return
    host = url.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    for ending, datum in _SHIFTED.items():
        if host == ending or host.endswith(f".{ending}"):
            yield _shifted(host, datum, study)
    if names := _key_names(url):
        yield Problem(
            code="tiles.key",
            what=Text(
                "地址里有密钥：写进文件再传给别人，密钥就泄露了",
                "there is a key in the address: in a file that is passed on it is leaked",
            ),
            column="tiles",
            found=", ".join(f"{name}=…" for name in names),
            expected=Text("不需要密钥的地址", "an address that needs no key"),
            mend=Text(
                "去掉密钥参数，改用不需要密钥的底图服务，或不用在线底图（页面自带底图）",
                "leave the key out and use a service that needs none, or use no tiles: the page "
                "has a base map of its own",
            ),
        )


def _is_address(url: str) -> bool:
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    fields = set(_FIELDS.findall(path))
    return (
        scheme.lower() in {"http", "https"}
        and bool(mark and slash)
        and bool(_HOST.fullmatch(host.replace("{s}", "a", 1)))
        and bool(_PATH.fullmatch(path))
        and {"z", "x"} <= fields <= _KNOWN_FIELDS
        and bool(fields & {"y", "-y"})
    )


def _key_names(url: str) -> list[str]:
    """Return the names of parameters that look like keys, in any part of an address."""
    names = [
        urllib.parse.unquote(part.partition("=")[0])
        for part in re.split(r"[?&;/]", url)
        if "=" in part
    ]
    return [name for name in names if _is_key(name)]


def _is_key(name: str) -> bool:
    plain = re.sub(r"[^a-z]", "", name.lower())
    return plain in _KEYS or plain.endswith(_KEY_ENDS)


def _without_key(url: str) -> str:
    """Return an address as it may be printed: what comes after an equals sign stays secret."""
    return re.sub(r"=[^&;/]*", "=…", re.sub(r"//[^/@]*@", "//…@", url))


def _shifted(host: str, datum: Datum, study: Study | None) -> Problem:
    off = 0 if study is None else _off(datum, study)
    place = (
        Text(f"在本县偏移约 {off} 米", f"about {off} m off here")
        if off
        else Text("在中国境内偏移数百米", "some hundred metres off in China")
    )
    return Problem(
        code="tiles.datum",
        what=Text(
            f"这个底图是 {datum} 坐标，{place.zh}，设施会画在别的路口上",
            f"these tiles are in {datum}, {place.en}: sites would stand at other crossings",
        ),
        column="tiles",
        found=host,
        expected=Text("CGCS2000 或 WGS 84 的底图", "tiles in CGCS 2000 or WGS 84"),
        mend=Text(
            "改用 CGCS2000 底图（如本省政务地图服务），或不用在线底图（页面自带底图）",
            "use tiles in CGCS 2000, or none: the page has a base map of its own",
        ),
    )


def _off(datum: Datum, study: Study) -> int:
    """Return how far a datum moves the middle of a county, in tens of metres; 0 outside China."""
    middle = study.inputs.region.units.geometry.to_crs(LONLAT).union_all().centroid
    metres = shift_metres(np.array([middle.x]), np.array([middle.y]), datum)[0]
    return round(float(metres) / 10) * 10
