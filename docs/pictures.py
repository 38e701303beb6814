"""Take the pictures of the tutorial and the README anew: `python docs/pictures.py`.

The pages are walked in a folder of their own, in both languages, and the maps that come out are
photographed. What a picture shows is what a reader sees who has done what the page says. Needs
Chromium and the extras.
"""

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PICTURES = DOCS / "shared" / "pictures"
COLOURS = 200
MOST_BYTES = 150_000
SIZE = (1280, 860)

sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "browser")]

from walkthrough import Walk, prepare  # noqa: E402 - found by the line above

SHOTS = {
    "map": (
        "maps/yunxi/map.html",
        "layer=eco_burial&minutes=30&phase=after&line=85",
    ),
    "tutorial-sample": ("maps/yunxi/map.html", "layer=elderly_care&minutes=15&phase=before"),
    "tutorial-place": ("hexi/result/map.html", "layer=elderly_care&minutes=15&phase=before"),
    "tutorial-plan": ("hexi/plan/map.html", "layer=elderly_care&minutes=15&phase=after"),
}
"""Name of a picture: the page, and the view it opens with."""

README = {"zh": "yunxi-map.png", "en": "yunxi-map-en.png"}
"""Where the READMEs look for the first picture."""

PAGES = ("2-sample-county.md", "3-your-own-place.md")


def main() -> None:
    """Walk the pages, take the pictures, and say how large they are."""
    binary, browsers = _browser()
    with tempfile.TemporaryDirectory() as place:
        for language in ("zh", "en"):
            folder = prepare(Path(place) / language, ROOT)
            walk = Walk(folder)
            for page in PAGES:
                walk.read(DOCS / language / "tutorial" / page)
            for name, (page, view) in SHOTS.items():
                address = (folder / page).as_uri() + f"#{view}&language={language}"
                target = PICTURES / f"{name}-{language}.png"
                _shoot(browsers.Browser(binary), address, target, browsers.STANDS)
    for language, name in README.items():
        shutil.copyfile(PICTURES / f"map-{language}.png", ROOT / "maps" / name)


def _browser():  # noqa: ANN202 - a module of the tests, found by its path
    file = ROOT / "tests" / "browser" / "conftest.py"
    spec = importlib.util.spec_from_file_location("browsers", file)
    browsers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(browsers)
    found = [path for name in browsers.BINARIES if (path := shutil.which(name))]
    if not found:
        raise SystemExit("no Chromium on this machine")
    return found[0], browsers


def _shoot(browser, address: str, target: Path, stands: str) -> None:  # noqa: ANN001
    """Photograph a page once its map stands, in few colours."""
    try:
        page = browser.open(address, width=SIZE[0], height=SIZE[1])
        page.evaluate(stands)
        page.evaluate("new Promise((done) => setTimeout(done, 800))")
        page.screenshot(target)
    finally:
        browser.stop()
    seen = Image.open(target).convert("RGB")
    few = seen.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    few.save(target, optimize=True)
    size = target.stat().st_size
    print(f"{target.relative_to(ROOT)}  {size:,} bytes")
    if size >= MOST_BYTES:
        raise SystemExit(f"{target.name} is too heavy: fewer colours")


if __name__ == "__main__":
    main()
