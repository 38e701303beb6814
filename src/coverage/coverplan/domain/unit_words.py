"""How the name of a township is written: in full, without its last word, with its county before it.

Pure text; which unit a word means is for `coverplan.io.unitnames`.
"""

import re
import unicodedata

from .unit_codes import full_code

_OFFICES = re.compile(r"(?:(?<=街道)办事处|(?<=街道)办|(?<=[镇乡])人民政府|(?<=[镇乡])政府)$")
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|"
    "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|"
    "德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_ENDING = re.compile(rf"(?:街道|镇|(?:(?:{_PEOPLES})族)+乡|民族乡|乡)$")
_WIDER = "省市县区旗州盟"
_ABOVE = re.compile(
    r"^(?:.+?(?:省|自治区))?(?:.+?(?:市|州(?!市)|盟|地区))?(?=.+(?:省|市|州|盟|县|区|旗)$)"
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?[eE]\+?\d{1,2}", re.ASCII)
_LEAST = 2


def plain(text: str) -> str:
    """Return a name or code as it is compared: no spaces, one width, no ".0" behind a code.

    Examples
    --------
    >>> plain(" ３３０６２４００１.0"), plain("南明 街道")
    ('330624001', '南明街道')
    """
    word = "".join(unicodedata.normalize("NFKC", text).split())
    return word.removesuffix(".0") if word[:1].isdigit() else word


def is_scientific(text: str) -> bool:
    """Return whether a code is written as Excel shows long numbers: its last digits are lost.

    Examples
    --------
    >>> is_scientific("3.30624E+11"), is_scientific("330624001")
    (True, False)
    """
    return _SCIENTIFIC.fullmatch(plain(text)) is not None


def is_code(text: str) -> bool:
    """Return whether a word is a code of 6, 9 or 12 digits."""
    return full_code(plain(text)) is not None


def settled(name: str) -> str:
    """Return the name of a unit from that of its office.

    Examples
    --------
    >>> settled("南明街道办事处"), settled("儒岙镇人民政府"), settled("回山镇")
    ('南明街道', '儒岙镇', '回山镇')
    """
    return _OFFICES.sub("", plain(name))


def bare(name: str) -> str:
    """Return a name without the word for what the unit is, the name where it has none.

    Examples
    --------
    >>> bare("南明街道"), bare("金星蒙古族回族乡"), bare("畲乡镇"), bare("乡镇")
    ('南明', '金星', '畲乡', '乡镇')
    """
    word = settled(name)
    short = _ENDING.sub("", word)
    return short if len(short) >= _LEAST else word


def same_but_ending(one: str, other: str) -> bool:
    """Return whether two names are one, where one of them leaves its last word out.

    Examples
    --------
    >>> same_but_ending("南明", "南明街道"), same_but_ending("澄潭镇", "澄潭街道")
    (True, False)
    """
    one, other = settled(one), settled(other)
    return one == other or one == bare(other) or bare(one) == other


def prefixes(text: str) -> list[tuple[str, str]]:
    """Return how a name may be parted into the wider units before it and the rest, longest first.

    Of several wider units only the last counts: 新昌县 of 绍兴市新昌县.

    Examples
    --------
    >>> prefixes("绍兴市新昌县南明街道")
    [('绍兴市', '新昌县南明街道'), ('新昌县', '南明街道')]
    """
    word = settled(text)
    ends = [i for i in range(_LEAST, len(word)) if word[i - 1] in _WIDER]
    return [(_ABOVE.sub("", word[:i]), word[i:]) for i in ends]
