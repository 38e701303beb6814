"""The house rules: floors (in pyproject.toml), relative imports, sizes, docstrings."""

import ast
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
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


@functools.cache
def tree_of(module: Path) -> ast.Module:
    """Read a module once for all rules."""
    return ast.parse(module.read_text(encoding="utf-8"), filename=name_of(module))


def offences(rule: Callable[[Path], Iterable[str]]) -> str:
    """Return all that a rule finds in any module of the package, a line each; "" for nothing."""
    return "\n".join(f"{name_of(module)}: {each}" for module in MODULES for each in rule(module))


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


def absolute_imports(module: Path) -> list[str]:
    named: list[str] = []
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            named.append(node.module or "")
    return [f"imports {n}" for n in named if n.split(".")[0] in {"coverplan", "coverage"}]


def test_imports_inside_the_package_are_relative() -> None:
    assert not offences(absolute_imports), offences(absolute_imports)


def too_many_lines(module: Path) -> list[str]:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    return [f"{lines} lines"] if lines > MODULE_LINES else []


def test_modules_are_short() -> None:
    assert not offences(too_many_lines), offences(too_many_lines)


def functions(tree: ast.AST) -> Iterator[Function]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: Function) -> int:
    """Count the lines of a function without its head and its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def long_functions(module: Path) -> list[str]:
    long = [(f.name, body_lines(f)) for f in functions(tree_of(module))]
    return [f"{name} has {n} lines" for name, n in long if n > FUNCTION_LINES]


def test_functions_are_short() -> None:
    assert not offences(long_functions), offences(long_functions)


def late_imports(module: Path) -> list[str]:
    late: set[str] = set()
    for function in functions(tree_of(module)):
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                late |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                late |= targets(node, module)
    return [f"imports {name} late" for name in sorted(late - EXTRAS - set(BUILT_ON_EXTRAS))]


def test_only_optional_packages_are_imported_late() -> None:
    assert not offences(late_imports), offences(late_imports)


def targets(node: ast.ImportFrom, module: Path) -> set[str]:
    """Return what is imported from: a package of others, or modules of ours in full."""
    if node.level == 0:
        return {(node.module or "").split(".")[0]}
    here = ("coverplan", *module.relative_to(PACKAGE).parts[:-1])
    above = ".".join(here[: len(here) - node.level + 1])
    return {f"{above}.{node.module}"} if node.module else {f"{above}.{n.name}" for n in node.names}


IMPORT_WITHOUT = """
import importlib, sys
modules = {modules!r}
sys.modules |= dict.fromkeys(modules.values())
import coverplan.cli
for extra in sorted(set(modules.values())):
    for other in modules.values():
        sys.modules.pop(other, None)
    sys.modules[extra] = None
    for name, needs in modules.items():
        if needs != extra:
            continue
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        print(name)
"""


def test_what_is_built_on_an_extra_needs_it() -> None:
    """It is imported late for a reason: without its extra it cannot be, and the rest can."""
    text = IMPORT_WITHOUT.format(modules=BUILT_ON_EXTRAS)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, ""), done.stderr.decode()


def undocumented(body: list[ast.stmt], inside: str) -> Iterator[str]:
    """Yield the public classes, functions and methods without a docstring."""
    for node in body:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{inside}.{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, f"{inside}.{node.name}")


def without_docstring(module: Path) -> list[str]:
    tree = tree_of(module)
    names = [] if ast.get_docstring(tree) else [module.stem]
    names += undocumented(tree.body, module.stem)
    return [f"{name} has no docstring" for name in names]


def test_everything_public_says_what_it_is() -> None:
    assert not offences(without_docstring), offences(without_docstring)


RULES: list[tuple[Callable[[Path], list[str]], str, str]] = [
    (absolute_imports, '"""Doc."""\nimport coverplan.core\n', "imports coverplan.core"),
    (absolute_imports, "from coverplan import run\n", "imports coverplan"),
    (too_many_lines, "x = 1\n" * (MODULE_LINES + 1), f"{MODULE_LINES + 1} lines"),
    (
        long_functions,
        "def f():\n" + "    x = 1\n" * (FUNCTION_LINES + 1),
        f"f has {FUNCTION_LINES + 1} lines",
    ),
    (late_imports, "def f():\n    import json\n", "imports json late"),
    (late_imports, "def f():\n    from . import x\n", "imports coverplan.x late"),
    (without_docstring, "x = 1\n", "broken has no docstring"),
    (
        without_docstring,
        '"""D."""\nclass A:\n    """D."""\n    def f(s): 1\n',
        "broken.A.f has no docstring",
    ),
]


@pytest.mark.parametrize(("rule", "text", "says"), RULES)
def test_the_rules_bite(
    rule: Callable[[Path], list[str]],
    text: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module = tmp_path / "package" / "broken.py"
    monkeypatch.setattr(f"{__name__}.PACKAGE", module.parent, raising=True)
    monkeypatch.setattr(f"{__name__}.MODULES", [module], raising=True)
    module.parent.mkdir()
    module.write_text(text, encoding="utf-8")
    assert offences(rule) == f"package/broken.py: {says}"


def test_every_module_is_seen() -> None:
    found = {m.relative_to(ROOT / "src" / "coverage") for m in (ROOT / "src").rglob("*.py")}
    assert found == {m.relative_to(PACKAGE.parent) for m in MODULES}
