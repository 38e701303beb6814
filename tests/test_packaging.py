"""What is shipped and what newcomers are told: the wheel, the names, the documents."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.testing import CliRunner

import coverplan
from coverplan.cli import app

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.zh-CN.md"]
OPTIONAL = [
    "osmium", "osmnx", "dask", "distributed", "matplotlib", "folium", "branca", "docx",
    "IPython", "networkx",
]  # fmt: skip


def git(*args: str) -> subprocess.CompletedProcess[str]:
    """Run git here, or skip where there is no git or no repository."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    base = ["git", "-c", f"safe.directory={ROOT}", "-c", "core.quotePath=false", "-C", str(ROOT)]
    top = [*base, "rev-parse", "--show-toplevel"]
    inside = subprocess.run(top, capture_output=True, encoding="utf-8", check=False)
    if inside.returncode != 0 or Path(inside.stdout.strip()).resolve() != ROOT:
        pytest.skip("not a git repository")
    return subprocess.run([*base, *args], capture_output=True, encoding="utf-8", check=False)


def python(script: str) -> str:
    """Run a script in a Python of its own that sees the package as the tests do."""
    path = str(Path(coverplan.__file__).resolve().parents[1])
    head = f"import sys; sys.path.insert(0, {path!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", head + script], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_root_is_no_package() -> None:
    assert not (ROOT / "src" / "coverage" / "__init__.py").exists()
    assert not (ROOT / "src" / "__init__.py").exists()


def test_git_does_not_hide_the_sources() -> None:
    paths = ["src/coverage/coverplan/__init__.py"]
    paths += [
        "src/coverage/coverplan/present/assets/map/figures.js",
        "notebooks/01_data.ipynb",
    ]
    paths += ["data/geo/yunxi/roads.gpkg", "maps/yunxi/map.html", "constraints.txt", ".ci/run"]
    answer = git("check-ignore", "--no-index", "--verbose", *paths)
    assert answer.stdout == ""
    assert answer.returncode == 1


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The built wheel. The backend is called directly: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    script = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(folder / done.stdout.split()[-1])


def test_the_wheel_holds_one_package(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"coverplan", f"coverplan-{coverplan.__version__}.dist-info"}


def test_the_wheel_is_complete(wheel: zipfile.ZipFile) -> None:
    package = Path(coverplan.__file__).resolve().parent
    here = {
        p.relative_to(package.parent).as_posix()
        for p in package.rglob("*")
        if p.is_file()
        and not {"__pycache__", ".mypy_cache"} & set(p.parts)
        and p.suffix not in {".nbi", ".nbc"}
    }
    assert here - set(wheel.namelist()) == set()
    needed = {"py.typed", "domain/layers.toml", "domain/profiles.toml"}
    assets = {"page.html", "map.css", "leaflet.js", "embed.js", "report.css", "compare.css"}
    assets |= {"solve.js", "solve.css", "map/figures.js", "map/words.js", "map/boot.js"}
    needed |= {f"present/assets/{name}" for name in assets}
    assert {f"coverplan/{name}" for name in needed} <= here


def test_the_wheel_carries_the_licences(wheel: zipfile.ZipFile) -> None:
    licences = [n for n in wheel.namelist() if ".dist-info/licenses/" in n]
    assert {n.rsplit("/", 1)[1] for n in licences} == {"LICENSE", "LEAFLET-LICENSE.txt"}


def test_import_needs_no_optional_package_and_no_coverage() -> None:
    shown = python("import json, coverplan; print(json.dumps(sorted(sys.modules)))")
    modules = set(json.loads(shown))
    assert "coverplan" in modules
    assert modules & {*OPTIONAL, "coverage"} == set()


def test_import_works_without_optional_packages() -> None:
    python(f"sys.modules.update(dict.fromkeys({[*OPTIONAL, 'psycopg']!r}))\nimport coverplan")


def test_the_command_is_installed() -> None:
    (command,) = [e for e in entry_points(group="console_scripts") if e.name == "coverplan"]
    assert command.value == "coverplan.cli:main"
    assert callable(command.load())


def test_no_command_or_distribution_is_called_coverage() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "coverplan"
    assert list(project["scripts"]) == ["coverplan"]


def test_one_version_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["version"] == coverplan.__version__
    assert f"\nversion: {coverplan.__version__}\n" in citation
    assert f"\n## [{coverplan.__version__}] - " in changes


def test_the_constraints_are_plain_pins() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [p for p in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", p)] == []
    pinned = {re.sub(r"[-_.]+", "-", p.split("==")[0]).lower() for p in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(item for extra in extras for item in extra)]
    names = {re.split(r"[<>=\[]", w)[0].lower() for w in wanted} - {"coverplan"}
    assert names - pinned == set()


# The words are put together here so that this file does not hold them.
FORBIDDEN = {
    "machine path": (
        r"(?<![\w.])/(?:work|root|farm)/|(?<![\w.])/(?:home|Users)/[a-z]|/tm" + r"p/[a-z]|[A-Z]:"
        r"\\Users\\"
    ),
    "registry host": "|".join(
        re.escape(".".join(parts))
        for parts in [
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("conda", "anaconda", "org"),
            ("deb", "debian", "org"),
        ]
    ),
    "workplace word": r"\b(?:Cl[a]ude|Anth[r]opic|L[L]M|AI a[g]ent|sub[a]gent|C[E]O)\b",
}


def files() -> list[str]:
    """Return the files of the repository, those not committed yet among them."""
    return git("ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout.split("\0")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_project_speaks_of_itself_alone(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = []
    for name in filter(None, files()):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        raw = path.read_bytes()
        if b"\0" in raw[:8192]:
            continue
        for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{name}:{number}: {match.group()}")
    assert found == []


def test_the_patterns_bite() -> None:
    samples = {
        "machine path": "see /" + "work/main",
        "registry host": "https://py" + "pi.org/simple",
        "workplace word": "a sub" + "agent did it",
    }
    assert all(re.search(FORBIDDEN[what], text) for what, text in samples.items())


def test_the_readme_gives_two_commands_to_start() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    start = text.split("## Start\n")[1].split("\n## ")[0]
    shown = re.findall(r"^```sh\n(.*?)\n```$", start, flags=re.MULTILINE | re.DOTALL)
    assert [len(block.splitlines()) for block in shown] == [1, 1]
    assert shown[0].endswith("coverplan run data/geo/yunxi/study.toml")
    assert shown[1].endswith("python -m pytest -n auto")
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert all(f"```sh\n{line}\n```" in chinese for line in shown)


@pytest.mark.parametrize("guide", READMES)
def test_commands_of_the_readmes_parse(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    shown = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    lines = [part.strip() for line in shown for part in re.split(r"&&|;|\n", line)]
    ours = [shlex.split(line)[1:] for line in lines if line.startswith("coverplan ")]
    assert ours
    for args in ours:
        done = CliRunner().invoke(app, [*args, "--help"])
        assert done.exit_code == 0, (args, done.output)
        assert all((ROOT / a).is_file() for a in args if a.endswith(".toml"))


@pytest.mark.parametrize("guide", [*READMES, "data/geo/README.md", "maps/README.md"])
def test_links_lead_somewhere(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not ((ROOT / guide).parent / link).exists()] == []


def test_inputs_are_indexed() -> None:
    folder = ROOT / "data" / "geo"
    index = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    for dataset in index["dataset"]:
        assert all((folder / dataset[key]).is_file() for key in ("manifest", "readme", "study"))


def test_the_ci_script_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"^pattern='(.*)'$", script, flags=re.MULTILINE)
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert sum(bool(re.search(pattern, line)) for line in lines) == 1
    assert "set -euo pipefail" in script
