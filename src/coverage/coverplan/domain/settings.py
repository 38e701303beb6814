"""What every table of the study file shares: strict numbers, labels, and a file to read."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from ..core.text import Text
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


class Settings(BaseModel):
    """A table of the study file: frozen, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


class BilingualText(Settings):
    """Words in both languages."""

    zh: str
    en: str

    def text(self) -> Text:
        """Return the words as `Text`."""
        return Text(self.zh, self.en)


Label = str | BilingualText


def label_text(label: Label) -> Text:
    """Return a label as `Text`; one plain string serves both languages."""
    return label.text() if isinstance(label, BilingualText) else Text.same(label)


class FileSource(Settings):
    """A file to read, and how to find what is needed in it."""

    source: Path = Field(description="file, relative to the study file")
    table: str | None = Field(None, description="layer of a GeoPackage or sheet of a workbook")
    crs: str | None = Field(
        None,
        description="coordinate system of the coordinates, if not stated: EPSG:4490, GCJ-02, ...",
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="which column holds what, where it is not recognised"
    )
    where: dict[str, str | list[str]] = Field(
        default_factory=dict, description="keep only rows with these values"
    )
