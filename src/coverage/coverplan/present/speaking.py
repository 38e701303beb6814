"""Which language a study is told in."""

from typing import get_args

from ..core.arguments import expect_choice
from ..core.text import Language
from ..results import computed


def spoken(study: object, language: Language | None) -> Language:
    """Return the language asked for; the study's own where None.

    Parameters
    ----------
    study, language
        The computed study, and the language.

    Raises
    ------
    InputError
        When there is no such language, or the study is none.
    """
    own = computed(study).inputs.language
    if language is None:
        return own
    expect_choice("language", language, get_args(Language))
    return language
