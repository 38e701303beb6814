"""What is shipped and what newcomers are told: the wheel, the names, the documents."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel
from street import more_layers, new_places, request, street
from typer.testing import CliRunner

import coverplan
from coverplan.cli import app
from coverplan.domain import siting_config
from coverplan.domain.ground_rules import builtin_ground_rules, ground_kinds
from coverplan.domain.siting_config import JointConfig, SitingConfig, Uncertainty, Year
from coverplan.io.studyfile import study_from_dict
from coverplan.present.plans import plan_tables
from coverplan.siting.models import MODELS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ["README.md", "README.zh-CN.md"]
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
        "notebooks/01_first_study.ipynb",
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


def blocks(guide: str, *languages: str) -> list[str]:
    """Return the fenced code of a guide in some languages."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    found = re.findall(r"^```(\S+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return [code for language, code in found if language in languages]


def commands(guide: str) -> list[str]:
    lines = "".join(blocks(guide, "sh", "powershell")).splitlines()
    return [part.strip() for line in lines for part in re.split(r"&&|;", line) if part.strip()]


def test_the_readme_gives_two_commands_to_start() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    start = text.split("## Start\n")[1].split("\n## ")[0]
    shown = re.findall(r"^```sh\n(.*?)\n```$", start, flags=re.MULTILINE | re.DOTALL)
    assert [len(block.splitlines()) for block in shown] == [1, 1]
    assert shown[0].endswith("coverplan run data/geo/yunxi/study.toml")
    assert shown[1].endswith("python -m pytest -n auto")
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert all(f"```sh\n{line}\n```" in chinese for line in shown)


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_of_the_guides_parse(guide: str) -> None:
    ours = [shlex.split(c)[1:] for c in commands(guide) if c.startswith("coverplan ")]
    assert ours
    for args in ours:
        done = CliRunner().invoke(app, [*args, "--help"])
        assert done.exit_code == 0, (args, done.output)
        named = [a for a in args if a.endswith(".toml") and not re.search("我的县|my-county", a)]
        assert all((ROOT / a).is_file() for a in named)


@pytest.mark.parametrize("guide", GUIDES)
def test_study_files_of_the_guides_are_right(guide: str) -> None:
    (block,) = blocks(guide, "toml")
    config = study_from_dict(tomllib.loads(block), text=block)
    assert set(config.layers) == {"elderly_care", "canteen"}


def remembered(compute: Callable[..., object]) -> Callable[..., object]:
    """Compute once for the same arguments: both guides ask the same questions of one county."""
    known: dict[str, object] = {}

    def ask(*args: object, **words: object) -> object:
        key = repr((args, sorted(words.items())))
        if key not in known:
            known[key] = compute(*args, **words)
        return known[key]

    return ask


def test_python_of_the_guides_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = ROOT / "data" / "geo" / "yunxi"
    if not sample.is_dir():
        pytest.skip("the sample county is not here")
    for name in ("run", "propose"):
        monkeypatch.setattr(coverplan, name, remembered(getattr(coverplan, name)))
    written = {}
    for guide in GUIDES:
        # A copy of the data stands in for the project's folder, so that results do not land there.
        shutil.copytree(sample, tmp_path / guide / "data" / "geo" / "yunxi")
        monkeypatch.chdir(tmp_path / guide)
        for code in blocks(guide, "python"):
            exec(compile(code, guide, "exec"), {"__name__": "__main__"})  # noqa: S102
        written[guide] = sorted(p.parent.name for p in Path.cwd().glob("maps/*/run.json"))
    assert written == {
        "README.md": ["from_python", "step_by_step"],
        "README.zh-CN.md": ["from_python"],
    }


@pytest.mark.parametrize("guide", [*GUIDES, "data/geo/README.md", "maps/README.md"])
def test_links_lead_somewhere(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not ((ROOT / guide).parent / link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_name_every_layer_profile_and_column(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    names = [*coverplan.builtin_layers(), *coverplan.builtin_profiles()]
    assert [n for n in names if f"`{n}`" not in text] == []
    head = "### 内置设施" if guide == "README.zh-CN.md" else "### Built-in services"
    services = text.split(f"{head}\n")[1].splitlines()
    for layer in coverplan.builtin_layers().values():
        (row,) = [line for line in services if line.startswith(f"| `{layer.id}`")]
        assert f"`{layer.profile}` | {layer.minutes:g} |" in row
    for profile in coverplan.builtin_profiles().values():
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{profile.id}`")]
        speeds = sorted({kmh for name, kmh in profile.speeds_kmh.items() if name != "steps"})
        shown = f"{speeds[0]:g}–{speeds[-1]:g}" if len(speeds) > 1 else f"{speeds[0]:.1f}"
        assert f"{shown} km/h" in row
        assert f"{profile.access_kmh:g} km/h" in row


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_explain_every_column(
    guide: str, yunxi: coverplan.Study, tmp_path: Path
) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    coverplan.write_run(yunxi, tmp_path / "run")
    tables = {path.name: path for path in (tmp_path / "run").glob("*.csv")}
    assert tables.keys() >= {"coverage.csv", "goals.csv", "sites.csv", "people.csv", "faults.csv"}
    for name, path in tables.items():
        head = path.read_text(encoding="utf-8-sig").splitlines()[0]
        assert [c for c in head.split(",") if f"`{c}`" not in text] == [], name
    indicators = yunxi.coverage.frame["indicator"].unique()
    assert [i for i in indicators if f"`{i}`" not in text] == []
    assert [p.name for p in (tmp_path / "run").iterdir() if f"`{p.name}`" not in text] == []


def section(guide: str) -> str:
    """Return the part of a guide that speaks of new sites."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    head = "## Where the next sites should be" if guide == "README.md" else "## 四、新设施建在哪里"
    return text.split(f"{head}\n")[1].split("\n## ")[0]


def unnamed(words: Iterator[str] | list[str], guide: str) -> list[str]:
    """Return the words the section on new sites does not have as code, in `backticks`."""
    code = " ".join(re.findall(r"`([^`\n]+)`", section(guide)))
    known = set(re.findall(r"[\w.-]+", code))
    return [word for word in words if word not in known]


def keys(table: type[BaseModel]) -> list[str]:
    """Return the keys of a table of the study file, aliases as they are written."""
    return [field.alias or name for name, field in table.model_fields.items()]


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_name_every_model(guide: str) -> None:
    assert set(MODELS) == set(siting_config.MODELS)
    rows = section(guide).splitlines()
    for model in MODELS.values():
        (row,) = [line for line in rows if line.startswith(f"| `{model.id}` |")]
        label = model.label.en if guide == "README.md" else model.label.zh
        assert label.split("（")[0] in row
        assert row.endswith(f"| {model.paper} |")
        for group in siting_config.NEEDS.get(model.id, ()):
            a_number = "a number" if guide == "README.md" else "数量"
            assert (a_number if len(group) > 1 else f"`{group[0]}`") in row


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_name_every_key_of_siting(guide: str) -> None:
    for table in (SitingConfig, JointConfig):
        heads = "\n".join(
            line.split("|")[1] for line in section(guide).splitlines() if line.startswith("| `")
        )
        assert [k for k in keys(table) if f"`{k}`" not in heads] == []
    tables = (
        siting_config.Candidates,
        siting_config.Forbidden,
        siting_config.RequiredArea,
        siting_config.SiteClass,
        Year,
        Uncertainty,
    )
    assert [(t.__name__, unnamed(keys(t), guide)) for t in tables if unnamed(keys(t), guide)] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_name_every_set_of_distances(guide: str) -> None:
    assert unnamed([*builtin_ground_rules(), *ground_kinds()], guide) == []
    rows = [line for line in section(guide).splitlines() if line.startswith("| `")]
    for rules in builtin_ground_rules().values():
        (row,) = [line for line in rows if f"`{rules.id}`" in line.split("|")[1]]
        # A distance that is not known must not read as if it were.
        unknown = "unknown" if guide == "README.md" else "未知"
        assert (unknown in row) == (None in rules.metres.values())
        known = {f"{metres:g}" for metres in rules.metres.values() if metres}
        assert known <= set(re.findall(r"\d+", row.replace(",", "")))


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_name_every_option_of_site(guide: str) -> None:
    command = typer.main.get_command(app)
    site = command.commands["site"]  # type: ignore[attr-defined]
    options = [name for parameter in site.params for name in parameter.opts if name[:2] == "--"]
    assert {"--layer", "--model", "--together", "--robust"} <= set(options)
    assert unnamed([o for o in options if o != "--help"], guide) == []


@pytest.fixture(scope="module")
def plan_columns() -> dict[str, list[str]]:
    """The columns of every table a plan can have, by the name of its file."""
    priced = new_places(cost_yuan=[100] * 7)
    asked = {
        "frontier": request(2, priced, frontier=3),
        "draws": request(2, priced, uncertainty=Uncertainty(draws=3, speed_percent=20.0)),
        "years": request(None, model="phases", years=(Year(year=2026, sites=1),)),
        "closing": request(None, model="consolidate", close=1, closable=True, use_capacity=False),
    }
    studies = [coverplan.assess(street(wanted)) for wanted in asked.values()]
    both = more_layers(street(request(1)), request(1), old=(1250.0,))
    joint = JointConfig(layers=["test", "other"], building_cost_yuan=5)
    studies.append(coverplan.assess(replace(both, joint=joint)))
    found: dict[str, list[str]] = {}
    for study in studies:
        for name, table in plan_tables(study, "en").items():
            found[name] = [*found.get(name, []), *table.columns]
    return found


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_explain_every_column_of_a_plan(
    guide: str, plan_columns: dict[str, list[str]]
) -> None:
    assert set(plan_columns) >= {
        "plan.csv", "candidates.csv", "reasons.csv", "phases.csv", "moves.csv", "closing.csv",
        "frontier.csv", "uncertainty.csv", "robustness.csv", "joint.csv", "colocation.csv",
        "merges.csv",
    }  # fmt: skip
    assert unnamed(list(plan_columns), guide) == []
    assert {n: unnamed(c, guide) for n, c in plan_columns.items() if unnamed(c, guide)} == {}


def test_the_ten_questions_are_the_same_in_both_guides() -> None:
    ours = [[c for c in commands(g) if c.startswith("coverplan site")] for g in GUIDES]
    assert ours[0] == ours[1]
    assert len(ours[0]) >= 10
    # Money is told in ten thousands in Chinese; people and shares are the same figures.
    pattern = r"\d[\d,]*(?:\.\d+)? %|\d+(?:,\d{3})+(?!\d|,\d| 万元| yuan)"
    figures = []
    for guide in GUIDES:
        answers = re.findall(r"^\*\*\d+\. .*", section(guide), flags=re.MULTILINE)
        assert len(answers) == 10
        figures.append([sorted(set(re.findall(pattern, answer))) for answer in answers])
    assert figures[0] == figures[1]


def test_the_guides_give_the_answer_of_today() -> None:
    sample = ROOT / "data" / "geo" / "yunxi" / "questions.toml"
    if not sample.is_file():
        pytest.skip("the sample county is not here")
    found = coverplan.propose(sample, "elderly_care", sites=5)
    plan = found.layers["elderly_care"].plan
    assert plan is not None
    facts = plan.facts
    figures = (facts.reached_before, facts.reached_after, facts.people)
    for guide in GUIDES:
        (answer,) = [a for a in section(guide).splitlines() if a.startswith("**1. ")]
        assert [n for n in figures if f"{n:,}" not in answer] == []
        assert f"{facts.share_percent:.1f} %" in answer


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
