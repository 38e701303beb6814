"""What can go wrong when OpenStreetMap is asked over the internet."""

from collections.abc import Sequence

from ...core.errors import Problem
from ...core.nearest import meant
from ...core.text import Text

OFFLINE = Text(
    "没有网络时：把乡镇边界（townships.gpkg）、道路（roads.osm.pbf，可在有网的电脑下载）和各类"
    "设施表放进一个文件夹，再运行 coverplan init 文件夹；已取得的应答会保留，"
    "重新运行同一命令会接着取",
    "without internet: put township boundaries (townships.gpkg), roads (roads.osm.pbf, downloaded "
    "on another machine) and tables of facilities into a folder, then run coverplan init FOLDER; "
    "answers received are kept, and the same command goes on from there",
)

_WHAT = {
    "no_internet": Text(
        "找不到服务器：没有网络，或网址有误",
        "the server is not found: no internet, or a wrong address",
    ),
    "refused": Text(
        "服务器拒绝连接或无法到达", "the server refuses the connection or is out of reach"
    ),
    "timeout": Text("服务器没有及时应答", "the server did not answer in time"),
    "proxy": Text("代理服务器不通", "the proxy does not let the request through"),
    "tls": Text("安全连接（TLS）无法建立", "no safe connection (TLS) could be made"),
    "cut": Text("应答在中途断开", "the answer broke off half way"),
    "busy": Text("服务器忙，多次等待后仍未应答", "the server is busy; it was asked again in vain"),
    "status": Text("服务器拒绝了请求", "the server turned the request down"),
    "redirect": Text("服务器要求改用另一网址", "the server wants another address"),
    "answer": Text("应答不是所要的数据", "the answer is not the data asked for"),
    "endless": Text("应答过大或没有尽头，没有读完", "the answer is too large, or has no end"),
    "incomplete": Text(
        "服务器说明应答不完整", "the server says itself that its answer is not complete"
    ),
}

_MEND = {
    "redirect": Text(
        "核对后用 --overpass 或 --nominatim 写新网址",
        "check it, then name it by --overpass or --nominatim",
    ),
    "answer": Text(
        "核对 --overpass、--nominatim 的网址；上网是否要先登录？",
        "check the addresses of --overpass and --nominatim; must one log in to go online?",
    ),
    "endless": Text(
        "取较小的范围，或换一个服务器（--overpass、--nominatim）",
        "a smaller place, or another server (--overpass, --nominatim)",
    ),
    "incomplete": Text(
        "稍后再试，或换一个 Overpass 服务器（--overpass），或取较小的范围",
        "try later, another Overpass server (--overpass), or a smaller place",
    ),
    "busy": Text(
        "过一会儿再运行同一命令（接着取），或换一个服务器（--overpass、--nominatim）",
        "run the same command later (it goes on), or use another server (--overpass, --nominatim)",
    ),
    "status": Text(
        "核对网址；或换一个服务器（--overpass、--nominatim）",
        "check the address, or use another server (--overpass, --nominatim)",
    ),
}


def web_fault(kind: str, host: str, found: str | Text | None = None) -> Problem:
    """Return the fault of a request that brought no data.

    Parameters
    ----------
    kind
        What went wrong: a key of the table above, part of the code ``fetch.KIND``.
    host
        The server.
    found
        What it said, where it said anything.
    """
    return Problem(
        code=f"fetch.{kind}",
        what=_WHAT[kind],
        file=host,
        found=found,
        mend=_MEND.get(kind, OFFLINE),
    )


def bad_address(option: str, given: str) -> Problem:
    """Return the fault of an address that is no plain web address."""
    return Problem(
        code="fetch.address",
        what=Text("服务器网址不可用", "the address of the server cannot be used"),
        file=option,
        found=given,
        expected=Text(
            "http:// 或 https:// 开头的网址，不含用户名、问号和井号",
            "an address that begins with http:// or https://, without user, ? and #",
        ),
        mend=Text("改正网址", "correct the address"),
    )


def no_such_option(option: str, given: str, known: Sequence[str]) -> Problem:
    """Return the fault of an option whose value is none of those there are."""
    return Problem(
        code="fetch.option",
        what=Text("选项的值不认识", "the value of an option is not known"),
        file=option,
        found=given,
        expected=Text("、".join(known), ", ".join(known)),
        mend=meant(given, known, Text("改正该选项", "correct the option")),
    )


def not_found(place: str) -> Problem:
    """Return the fault of a place nobody knows."""
    return Problem(
        code="fetch.place_unknown",
        what=Text("没有找到这个地名", "no such place was found"),
        file=None,
        found=place,
        mend=Text(
            "写全名，如“浙江省绍兴市诸暨市”；或写 OpenStreetMap 关系编号，如 R3287345",
            "give the full name, such as 浙江省绍兴市诸暨市, or the number of its relation in "
            "OpenStreetMap, such as R3287345",
        ),
    )


def no_area(place: str, found: Sequence[str]) -> Problem:
    """Return the fault of a place that is a point or a line."""
    listed = _listed(found)
    return Problem(
        code="fetch.place_no_area",
        what=Text(
            "这个地名在 OpenStreetMap 中没有边界，只有点或线",
            "the place has no outline in OpenStreetMap: it is a point or a line",
        ),
        found=place,
        expected=Text(
            f"有边界的行政区；找到的是：{listed}", f"a unit with an outline; found: {listed}"
        ),
        mend=Text(
            "写明县级单位的全名或其关系编号（如 R3287345），或自备边界文件",
            "give the full name of the county, the number of its relation (such as R3287345), or "
            "boundaries of your own",
        ),
    )


def ambiguous(place: str, found: Sequence[str]) -> Problem:
    """Return the fault of a name that several places have."""
    listed = _listed(found)
    return Problem(
        code="fetch.place_ambiguous",
        what=Text(f"有 {len(found)} 个地方叫这个名称", f"{len(found)} places have this name"),
        found=place,
        expected=Text(f"其中之一：{listed}", f"one of: {listed}"),
        mend=Text(
            "写全名，或用方括号中的编号代替地名",
            "give the full name, or the number in brackets instead",
        ),
    )


def in_the_way(names: Sequence[str], folder: str) -> Problem:
    """Return the fault of files that a fetch would overwrite and did not write."""
    return Problem(
        code="fetch.exists",
        what=Text(
            "文件夹里已有同名文件，且不是上次下载的原样，未写入",
            "the folder holds files of these names which no fetch wrote, or which were changed "
            "since: nothing was written",
        ),
        file=folder,
        found=", ".join(names),
        mend=Text(
            "换一个文件夹，或用 --force 覆盖", "name another folder, or overwrite by --force"
        ),
    )


_MOST_LISTED = 10


def _listed(found: Sequence[str]) -> str:
    more = " …" if len(found) > _MOST_LISTED else ""
    return " | ".join(found[:_MOST_LISTED]) + more


def note(
    code: str, what: Text, mend: Text, found: str | None = None, file: str | None = None
) -> Problem:
    """Return something a planner must know of what was fetched."""
    return Problem(
        code=f"fetch.{code}", what=what, mend=mend, found=found, file=file, severity="warning"
    )
