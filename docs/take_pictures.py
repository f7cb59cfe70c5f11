"""`make pictures`: the pictures of the report in docs/pictures, from data/sample_reviews.csv by headless Chromium."""

import shutil
import subprocess
import sys
from pathlib import Path

import cx_nlp

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
SHOWN = {
    "cause": ("cause-3", 1100, 540),
    "journey": ("journey", 1100, 700),
}
"""Name of a picture: the part of the page it begins with, its width and height in pixels."""
# The page in a frame that is moved up: a browser without a window draws only what stands at the top.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><style>body {{ margin: 0; overflow: hidden }} iframe {{ border: 0 }}</style>
<iframe src="report.html" width="{width}" height="30000"></iframe>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => setTimeout(() => {{
  const top = frame.contentDocument.getElementById("{part}").getBoundingClientRect().top;
  frame.style.marginTop = `${{12 - top}}px`;
}}, 3000);
</script>"""


def take(browser: str, report: Path, name: str) -> Path:
    """A picture of one part of the report."""
    part, width, height = SHOWN[name]
    frame = report.with_name("frame.html")
    frame.write_text(FRAME.format(part=part, width=width), encoding="utf-8")
    picture = PICTURES / f"{name}.png"
    subprocess.run(  # noqa: S603 - the browser of this machine on a page made here
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files",
            f"--window-size={width},{height}", "--virtual-time-budget=12000", f"--screenshot={picture}", frame.as_uri(),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    frame.unlink()
    return picture


def main() -> None:
    """Makes the report anew, and the pictures of it."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        sys.exit("The pictures need Chromium or Chrome; install one (on Debian: apt-get install chromium).")
    out = ROOT / "build" / "pictures"
    cx_nlp.analyze(ROOT / "data" / "sample_reviews.csv", out=out, lang="en", overwrite=True)
    PICTURES.mkdir(exist_ok=True)
    for name in SHOWN:
        print(take(browser, out / "report.html", name))  # noqa: T201 - says what was made


if __name__ == "__main__":
    main()
