"""Names and options that stay on one line: a browser would end a line after any hyphen."""

import re

_CODE = re.compile(r"<pre\b.*?</pre>|<code>(?P<short>[^<\n]*)</code>", re.DOTALL)
_SHELL = re.compile(r'(<div class="language-(?:sh|powershell) highlight">)(.*?)(</pre>)', re.DOTALL)
_OPTION = re.compile(r"(?<![\w&<=/-])--?[A-Za-z][\w-]*(?![^<]*>)")
_QUOTED = re.compile(r'<span class="(s[12])">([^<]{1,24})</span>')
_TEXT = re.compile(r'<div class="language-text highlight">(.*?</pre>)', re.DOTALL)
_COLUMNS = re.compile("[\u2500-\u257f]|[^ \n] {2,}[^ \n]")
_TAG = re.compile("<[^>]*>")
_WORD = re.compile(r"[^\s]{1,24}")
_CLASS = "cp-word"


def unbroken(page: str) -> str:
    """Return a page of HTML in which short names and options of commands are not broken.

    Examples
    --------
    >>> unbroken("<p><code>--gap</code></p>")
    '<p><code class="cp-word">--gap</code></p>'
    """
    page = _CODE.sub(_inline, page)
    page = _TEXT.sub(_sentences, page)
    return _SHELL.sub(lambda m: m[1] + _quoted(_options(m[2])) + m[3], page)


def _sentences(match: re.Match[str]) -> str:
    """Mark what was printed and holds no columns: its lines may be folded."""
    if _COLUMNS.search(_TAG.sub("", match[1])):
        return match[0]
    return f'<div class="language-text cp-sentences highlight">{match[1]}'


def _quoted(text: str) -> str:
    return _QUOTED.sub(rf'<span class="\1 {_CLASS}">\2</span>', text)


def _inline(match: re.Match[str]) -> str:
    text = match["short"]
    if text is None:
        return match[0]
    if _WORD.fullmatch(text):
        return f'<code class="{_CLASS}">{text}</code>'
    return f"<code>{_options(text)}</code>"


def _options(text: str) -> str:
    return _OPTION.sub(lambda m: f'<span class="{_CLASS}">{m[0]}</span>', text)
