"""Every fault the program can name has a reason, and every reason a fault."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import coverplan
from coverplan.domain.fault_reasons import fault_reasons, reason_of

PACKAGE = Path(coverplan.__file__).resolve().parent
CODE = re.compile(r"[a-z_]+\.[a-z_0-9]+")
NO_CODES = {"fault_reasons.py"}


def codes_of(node: ast.AST) -> str:
    """The code a value gives, an f-string up to its first part that is not fixed; "" for others."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return str(node.values[0].value)
    return ""


@cache
def named_codes() -> dict[str, str]:
    """Code, or the fixed beginning of one -> where it stands."""
    found: dict[str, str] = {}
    for module in sorted(PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            is_problem = isinstance(call.func, ast.Name) and call.func.id == "Problem"
            for given in call.keywords:
                code = codes_of(given.value) if given.arg == "code" else ""
                if "." in code or (code and is_problem):
                    found.setdefault(code, f"{module.name}:{given.value.lineno}")
    return found


def test_every_code_in_the_sources_has_a_reason():
    codes = named_codes()
    assert len(codes) > 150
    without = {code: place for code, place in codes.items() if reason_of(code) is None}
    assert without == {}


def test_every_reason_is_of_a_code_or_family_in_the_sources():
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.name not in NO_CODES
    )
    families = {code.split(".")[0] for code in re.findall(r"\"([a-z_]+\.[a-z_0-9]+)\"", text)}
    families |= {code.split(".")[0] for code in named_codes()}
    # Where the end of a code is made of a variable only its beginning can be found.
    begun = {code for code in named_codes() if not CODE.fullmatch(code)}
    begun |= set(re.findall(r"f\"([a-z_]+\.[a-z_]*)\{", text))
    for key in fault_reasons():
        if "." in key:
            assert f'"{key}"' in text or any(key.startswith(one) for one in begun), key
        else:
            assert key in families, key


@pytest.mark.parametrize("key", sorted(fault_reasons()))
def test_each_reason_is_a_sentence_in_both_languages(key):
    reason = fault_reasons()[key]
    assert re.search(r"[\u4e00-\u9fff]", reason.zh)
    assert reason.zh.endswith("。")
    assert reason.en.isascii()
    assert reason.en.endswith(".")
    assert max(len(reason.zh), len(reason.en)) < 300
    assert not re.search(r"[<>]", reason.zh + reason.en)


def test_a_code_comes_before_its_family():
    assert reason_of("study.unknown_key") != reason_of("study")
    assert reason_of("study.new") == reason_of("study")
    assert reason_of("new.new") is None
