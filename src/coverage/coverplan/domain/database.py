"""A table of a PostGIS database where a study file names a source; its password is in no record.

The whole of coverplan takes a source for a path, so this is one: it has no suffix, lies in no
folder, and writes itself as the address it was given, without the password.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

# As a plain path it has one slash.
_START = re.compile(r"\s*postgres(?:ql)?:/{1,2}", re.IGNORECASE)
_SECRET_OPTION = re.compile(r"(?<=[?&])(?:password|sslpassword)=[^&#\s]*&?", re.IGNORECASE)
_WITHIN_TEXT = re.compile(r"(postgres(?:ql)?:/{1,2})[^\"'\n]*@", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\s*(?:[a-z][a-z0-9+.-]+:/|/vsi[a-z]|(?:pg|mysql|mssql|oci):)", re.IGNORECASE
)
_SECRET_IN_ADDRESS = (
    (re.compile(r"(:/{1,2})[^/@\"'\n]*@"), r"\1…@"),
    (re.compile(r"((?:password|pwd|passwd|token)=)[^&;,#\s\"']*", re.IGNORECASE), r"\1…"),
)
_PASSWORDS: dict[str, str] = {}

if TYPE_CHECKING:
    _Plain = Path
else:
    # A path of this machine's kind: before Python 3.12 only such a class can be built upon.
    _Plain = type(Path())


class DatabaseUrl(_Plain):
    """The address of one table: ``postgresql://user@host:port/database#schema.table``.

    Parameters
    ----------
    url
        The address. A password in it is kept in memory for the connection and is neither in the
        text nor in any copy of it: written out, pickled or compared, there is none.
    """

    _url: str

    def __new__(cls, url: str | Path) -> Self:
        """Keep the address without its password."""
        text, password = _parted(str(url))
        made: Self = super().__new__(cls, text)
        made._url = text
        if password:
            _PASSWORDS[text.partition("#")[0]] = password
        return made

    def __init__(self, url: str | Path) -> None:
        """Give the parts of a path what Python 3.12 wants of them."""
        if Path.__init__ is not object.__init__:
            super().__init__(_parted(str(url))[0])  # type: ignore[call-arg]

    def __str__(self) -> str:
        """Return the address without its password."""
        return getattr(self, "_url", "")

    def __repr__(self) -> str:
        """Return the address as a program would write it."""
        return f"DatabaseUrl({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy the address, never the password."""
        return DatabaseUrl, (str(self),)

    def as_posix(self) -> str:
        """Return the address without its password."""
        return str(self)

    @property
    def suffix(self) -> str:
        """Nothing: a table is no kind of file."""
        return ""

    @property
    def name(self) -> str:
        """The table."""
        return self.table

    @property
    def address(self) -> str:
        """What a connection is made with: all but the table."""
        return str(self).partition("#")[0]

    @property
    def table(self) -> str:
        """The table, ``schema.table`` or ``table``; empty where none is named."""
        return str(self).partition("#")[2]

    @property
    def password(self) -> str | None:
        """The password the study file gave, None where it gave none: libpq finds its own then."""
        return _PASSWORDS.get(self.address)

    def of_table(self, table: str) -> "DatabaseUrl":
        """Return the address of another table of the same database."""
        return DatabaseUrl(f"{self.address}#{table}")


def _parted(url: str) -> tuple[str, str | None]:
    """Return an address without its password, and the password.

    Everything between the first colon after the user and the last @ is taken for the password: one
    with strange characters is then never shown in part.
    """
    url = url.strip()
    start = _START.match(url)
    rest = url[start.end() :] if start else url
    who, at, where = rest.rpartition("@")
    user, colon, password = who.partition(":")
    option = _SECRET_OPTION.search(where)
    if option is not None:
        password = password or option.group().partition("=")[2].rstrip("&")
        where = _SECRET_OPTION.sub("", where).replace("?#", "#").rstrip("?&")
    return f"postgresql://{user}{at}{where}", password if colon or option else None


def is_database(source: object) -> bool:
    """Return whether a source, as it stands in a study file, is the address of a database."""
    return isinstance(source, str | Path) and _START.match(str(source)) is not None


def without_passwords(data: Any) -> Any:
    """Return the tables of a study file with every address of a database without its password.

    The passwords are kept in memory, for the connections.
    """
    if isinstance(data, str):
        return str(DatabaseUrl(data)) if is_database(data) else _plain_address(data)
    if isinstance(data, Mapping):
        return {key: without_passwords(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(without_passwords(value) for value in data)
    return data


def is_address(source: object) -> bool:
    """Return whether a source is written like an address of the network or a driver's connection.

    Examples
    --------
    >>> is_address("https://a.org/x.zip"), is_address("PG:host=a"), is_address("C:/x.shp")
    (True, True, False)
    """
    return isinstance(source, str | Path) and _ADDRESS.match(str(source)) is not None


def _plain_address(text: str) -> str:
    """Return text; of an address nothing here opens, without what could be a password."""
    return _without_secrets(text) if is_address(text) else text


def _without_secrets(text: str) -> str:
    for secret, instead in _SECRET_IN_ADDRESS:
        text = secret.sub(instead, text)
    return text


def redacted(text: str) -> str:
    """Return text without what could be a user's password in an address."""
    return _without_secrets(_WITHIN_TEXT.sub(r"\1…@", text))
