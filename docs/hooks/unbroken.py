"""What stays on one line, and what may be folded: a browser would end a line after any hyphen."""

import re

_CODE = re.compile(r"<pre\b.*?</pre>|<code>(?P<short>[^<\n]*)</code>", re.DOTALL)
_BLOCK = re.compile(
    r'<div class="language-(?P<of>\w+)( doc-signature)? highlight">.*?</pre>', re.DOTALL
)
_FOLDED = {"sh", "powershell", "text", "toml", "json", "geojson", "html"}
_TABLE = ".csv</span>"
_LINE = re.compile(r'<span id="(__[^"]*)">((?:<span class="\w+">[^<]*</span>|[^<])*)</span>')
_OPTION = re.compile(r"(?<![\w&<=/-])--?[A-Za-z][\w-]*(?![^<]*>)")
_QUOTED = re.compile(r'<span class="(s[12])">([^<]{1,24})</span>')
_COLUMNS = re.compile("[\u2500-\u257f]|[^ \n] {2,}[^ \n]+(?: [^ \n]+)* {2,}[^ \n]")
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
    return _BLOCK.sub(_block, _CODE.sub(_inline, page))


def _block(match: re.Match[str]) -> str:
    """Mark a block whose lines may be folded; in what was printed, rows of columns may not."""
    language, text = match["of"], match[0]
    if (match[2] is None and language not in _FOLDED) or _TABLE in text:
        return text
    if language == "text":
        text = _LINE.sub(_row, text)
    elif language in {"sh", "powershell"}:
        text = _QUOTED.sub(rf'<span class="\1 {_CLASS}">\2</span>', _options(text))
    return text.replace('highlight">', 'cp-folded highlight">', 1)


def _row(match: re.Match[str]) -> str:
    if _COLUMNS.search(_TAG.sub("", match[2])):
        return f'<span id="{match[1]}" class="cp-columns">{match[2]}</span>'
    return match[0]


def _inline(match: re.Match[str]) -> str:
    text = match["short"]
    if text is None:
        return match[0]
    if _WORD.fullmatch(text):
        return f'<code class="{_CLASS}">{text}</code>'
    return f"<code>{_options(text)}</code>"


def _options(text: str) -> str:
    return _OPTION.sub(lambda m: f'<span class="{_CLASS}">{m[0]}</span>', text)
