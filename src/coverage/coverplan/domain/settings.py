"""What every table of the study file shares: strict numbers, labels, and a file to read."""

import codecs
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ..core.text import Text
from .database import DatabaseUrl, is_database
from .layer import MOST_MINUTES


def _whole(number: float) -> float:
    if not number.is_integer():
        raise PydanticCustomError("int_from_float", "a whole number")
    return number


# Strict: true is no number, and "5" in quotes is a word.
Kmh = Annotated[float, Field(gt=0, lt=300, strict=True)]
Positive = Annotated[float, Field(gt=0, strict=True)]
NotNegative = Annotated[float, Field(ge=0, strict=True)]
Minutes = Annotated[float, Field(ge=1, le=MOST_MINUTES, strict=True), AfterValidator(_whole)]
Count = Annotated[int, Field(ge=0, strict=True)]
AtLeastOne = Annotated[int, Field(ge=1, strict=True)]

MOST_YUAN = 10**13
"""No sum of money is larger: sums over all sites stay exact."""

Yuan = Annotated[int, Field(ge=0, le=MOST_YUAN, strict=True)]


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise PydanticCustomError("encoding", "the name of an encoding of text") from error


Encoding = Annotated[str, AfterValidator(_known_encoding)]
"""The name of an encoding of text, as Python calls it."""

ENCODING_DESCRIPTION = "encoding of its text, where it is not recognised: GBK, UTF-8, Big5, ..."


class Settings(BaseModel):
    """A table of the study file: frozen, unknown keys are errors.

    A key of ``silent`` is left out of the record where nothing is said: records of studies from
    before there was such a key stay as they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)
    silent: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _databases(cls, data: Any) -> Any:
        """Take addresses of databases for what they are, with the table named beside them."""
        if not isinstance(data, dict):
            return data
        paths = [name for name, field in cls.model_fields.items() if _holds_path(field.annotation)]
        found = {name: DatabaseUrl(data[name]) for name in paths if is_database(data.get(name))}
        table = data.get("table")
        if isinstance(table, str) and "table" in cls.model_fields:
            found = {n: url if url.table else url.of_table(table) for n, url in found.items()}
        return data | found

    @model_serializer(mode="wrap")
    def _as_said(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is silent where nothing is said."""
        table: dict[str, Any] = plain(self)
        unsaid = {key for key in self.silent if getattr(self, key) is None}
        return {key: value for key, value in table.items() if key not in unsaid}


def _holds_path(annotation: Any) -> bool:
    return Path in {annotation, *get_args(annotation)}


class BilingualText(Settings):
    """Words in both languages."""

    zh: str = Field(description="in Chinese")
    en: str = Field(description="in English")

    def text(self) -> Text:
        """Return the words as `Text`."""
        return Text(self.zh, self.en)


Label = str | BilingualText


def label_text(label: Label) -> Text:
    """Return a label as `Text`; one plain string serves both languages."""
    return label.text() if isinstance(label, BilingualText) else Text.same(label)


class FileSource(Settings):
    """A file to read, and how to find what is needed in it."""

    silent: ClassVar[frozenset[str]] = frozenset({"encoding"})
    source: Path = Field(description="file, relative to the study file")
    table: str | None = Field(None, description="layer of a GeoPackage or sheet of a workbook")
    crs: str | None = Field(
        None,
        description="coordinate system of the coordinates, if not stated: EPSG:4490, GCJ-02, ...",
    )
    encoding: Encoding | None = Field(None, description=ENCODING_DESCRIPTION)
    columns: dict[str, str] = Field(
        default_factory=dict, description="which column holds what, where it is not recognised"
    )
    where: dict[str, str | list[str]] = Field(
        default_factory=dict, description="keep only rows with these values"
    )
