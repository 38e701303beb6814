"""The house rules: floors (in pyproject.toml), relative imports, sizes, docstrings."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlinter import cli as import_linter

import coverplan

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(coverplan.__file__).resolve().parent
MODULES = sorted(PACKAGE.rglob("*.py"))
EXTRAS = {"dask", "distributed", "docx", "osmium", "osmnx"}

BUILT_ON_EXTRAS = {
    "coverplan.figures": "matplotlib",
    "coverplan.present.figures": "matplotlib",
    "coverplan.present.report.pictures": "matplotlib",
    "coverplan.present.report.docx_body": "docx",
    "coverplan.present.report.docx_package": "docx",
}
"""Modules of ours that cannot be imported without an extra, and so are imported late."""
MODULE_LINES, FUNCTION_LINES = 400, 60

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE.parent).as_posix()


def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"), filename=name_of(module))


each_module = pytest.mark.parametrize("module", MODULES, ids=name_of)


def test_imports_keep_to_the_floors(capsys: pytest.CaptureFixture[str]) -> None:
    code = import_linter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert code == import_linter.EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("siting/greedy.py", "from ..measure import Coverage"),
        ("travel/reach.py", "from ..io import read_study"),
        ("present/shapes.py", "from ..study import run"),
        ("present/shapes.py", "import pyogrio"),
        ("newcomer.py", '"""A module without a floor."""'),
    ],
)
def test_the_floors_bite(module: str, line: str, tmp_path: Path) -> None:
    package = tmp_path / "coverplan"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    with (package / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    config = str(ROOT / "pyproject.toml")
    script = (
        "from importlinter import cli; "
        f"raise SystemExit(cli.lint_imports(config_filename={config!r}, no_cache=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == import_linter.EXIT_STATUS_ERROR, done.stdout + done.stderr
    assert "BROKEN" in done.stdout or "exhaustive" in done.stdout


def test_no_drawer_for_odds_and_ends() -> None:
    odd = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert [name_of(m) for m in MODULES if m.name in odd] == []


@each_module
def test_imports_inside_the_package_are_relative(module: Path) -> None:
    named: list[str] = []
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            named.append(node.module or "")
    assert [name for name in named if name.split(".")[0] in {"coverplan", "coverage"}] == []


@each_module
def test_modules_are_short(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= MODULE_LINES, f"{name_of(module)} has {lines} lines"


def functions(tree: ast.AST) -> Iterator[Function]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: Function) -> int:
    """Count the lines of a function without its head and its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


@each_module
def test_functions_are_short(module: Path) -> None:
    long = {f.name: body_lines(f) for f in functions(tree_of(module))}
    assert {name: n for name, n in long.items() if n > FUNCTION_LINES} == {}


@each_module
def test_only_optional_packages_are_imported_late(module: Path) -> None:
    late: set[str] = set()
    for function in functions(tree_of(module)):
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                late |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                late |= targets(node, module)
    assert late - EXTRAS - set(BUILT_ON_EXTRAS) == set()


def targets(node: ast.ImportFrom, module: Path) -> set[str]:
    """Return what is imported from: a package of others, or modules of ours in full."""
    if node.level == 0:
        return {(node.module or "").split(".")[0]}
    here = ("coverplan", *module.relative_to(PACKAGE).parts[:-1])
    above = ".".join(here[: len(here) - node.level + 1])
    return {f"{above}.{node.module}"} if node.module else {f"{above}.{n.name}" for n in node.names}


IMPORT_WITHOUT = """
import importlib, sys
sys.modules[{extra!r}] = None
import coverplan.cli
for name in {modules!r}:
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    sys.exit(name)
"""


@pytest.mark.parametrize("extra", sorted(set(BUILT_ON_EXTRAS.values())))
def test_what_is_built_on_an_extra_needs_it(extra: str) -> None:
    """It is imported late for a reason: without the extra it cannot be, and the rest can."""
    modules = [name for name, needs in BUILT_ON_EXTRAS.items() if needs == extra]
    text = IMPORT_WITHOUT.format(extra=extra, modules=modules)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def undocumented(body: list[ast.stmt], inside: str) -> Iterator[str]:
    """Yield the public classes, functions and methods without a docstring."""
    for node in body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{inside}.{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, f"{inside}.{node.name}")


@each_module
def test_everything_public_says_what_it_is(module: Path) -> None:
    tree = tree_of(module)
    assert ast.get_docstring(tree), f"{name_of(module)} has no docstring"
    assert list(undocumented(tree.body, module.stem)) == []


RULES: list[tuple[Callable[[Path], None], str]] = [
    (test_imports_inside_the_package_are_relative, '"""Doc."""\nimport coverplan.core\n'),
    (test_imports_inside_the_package_are_relative, "from coverplan import run\n"),
    (test_modules_are_short, "x = 1\n" * (MODULE_LINES + 1)),
    (test_functions_are_short, "def f():\n" + "    x = 1\n" * (FUNCTION_LINES + 1)),
    (test_only_optional_packages_are_imported_late, "def f():\n    import json\n"),
    (test_only_optional_packages_are_imported_late, "def f():\n    from . import x\n"),
    (test_everything_public_says_what_it_is, "x = 1\n"),
    (test_everything_public_says_what_it_is, '"""D."""\nclass A:\n    """D."""\n    def f(s): 1\n'),
]


@pytest.mark.parametrize(("rule", "text"), RULES)
def test_the_rules_bite(
    rule: Callable[[Path], None], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path / "package", raising=True)
    module = tmp_path / "package" / "broken.py"
    module.parent.mkdir()
    module.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        rule(module)


def test_every_module_is_seen() -> None:
    found = {m.relative_to(ROOT / "src" / "coverage") for m in (ROOT / "src").rglob("*.py")}
    assert found == {m.relative_to(PACKAGE.parent) for m in MODULES}
