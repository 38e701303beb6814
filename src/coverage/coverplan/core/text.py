"""A piece of text in Chinese and English, chosen when it is shown."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese (``zh``) and English (``en``).

    Examples
    --------
    >>> from coverplan import Text
    >>> township = Text("乡镇", "township")
    >>> township.of("en")
    'township'
    >>> township.as_dict()
    {'zh': '乡镇', 'en': 'township'}
    >>> Text.same("V12").of("zh")
    'V12'
    """

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """Return the words in one language."""
        return self.zh if language == "zh" else self.en

    def as_dict(self) -> dict[str, str]:
        """Return ``{"zh": ..., "en": ...}``, the form a page or a JSON file takes."""
        return {"zh": self.zh, "en": self.en}

    @classmethod
    def same(cls, words: str) -> "Text":
        """Return a text that reads the same in both languages, as names do."""
        return cls(words, words)


def said_of(name: Text, what: Text) -> Text:
    """Return words with the name of what they are said of before them, where it has one.

    Parameters
    ----------
    name, what
        Such as a layer, and what is wrong with it.

    Examples
    --------
    >>> said_of(Text("养老", "care"), Text("没有预算", "there is no budget")).en
    'care: there is no budget'
    >>> said_of(Text("", ""), Text("没有预算", "there is no budget")).zh
    '没有预算'
    """
    return Text(f"{name.zh}：{what.zh}", f"{name.en}: {what.en}") if name.zh else what
