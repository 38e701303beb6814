"""Make the documentation: ``python docs/build.py``; Chinese in ``site``, English in ``site/en``."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
LANGUAGES = ("zh", "en")
FOLDER_OF = {"zh": ".", "en": "en"}


def build(site: Path, executed: Path | None = None) -> None:
    """Build both languages, warnings being errors, side by side.

    Parameters
    ----------
    site
        Replaced when both are done, never half.
    executed
        Folder with executed notebooks, ``zh/*.ipynb`` and perhaps ``en/*.ipynb``; without it they
        are executed.

    Raises
    ------
    subprocess.CalledProcessError
        When a build fails; what it said has been printed.
    """
    own = {"COVERPLAN_EXECUTED_NOTEBOOKS": str(executed)} if executed else {}
    environment = {**os.environ, **own, "PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1"}
    site.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=site.parent, prefix=".site-") as temporary:
        made = Path(temporary)
        running = {}
        for language in LANGUAGES:
            config = DOCS / f"mkdocs.{language}.yml"
            words = ["build", "--strict", "--quiet", "-f", str(config), "-d", str(made / language)]
            command = [sys.executable, "-m", "mkdocs", *words]
            running[language] = subprocess.Popen(command, env=environment)
        codes = {language: process.wait() for language, process in running.items()}
        for language, code in codes.items():
            if code:
                raise subprocess.CalledProcessError(code, f"mkdocs, {language}")
        shutil.rmtree(made / "zh" / "en", ignore_errors=True)
        (made / "en").rename(made / "zh" / "en")
        if site.exists():
            shutil.rmtree(site)
        (made / "zh").rename(site)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=DOCS.parent / "site")
    parser.add_argument("--executed", type=Path, help="folder of executed notebooks, by language")
    asked = parser.parse_args()
    try:
        build(asked.site.resolve(), asked.executed)
    except subprocess.CalledProcessError as error:
        sys.exit(f"not built: {error}")
    print(asked.site / "index.html")


if __name__ == "__main__":
    main()
