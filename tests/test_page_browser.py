"""The page in a real browser: nothing blocked, nothing run, nothing wider than the window."""

import json
import re
import shutil
import subprocess

import pytest
from invented_scores import invented_comments

from cx_nlp.journey.table import scored_table
from cx_nlp.report.page import render_page

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
HOSTILE = (
    "<script>document.title = 'run'</script></style><img src=x onerror=\"document.title='run'\">" + "đ" * 3000
)
# The page allows no script, so a frame around it measures.
FRAME = """<!DOCTYPE html><title>frame</title><iframe id="page" src="page.html" width="%d" height="4000"></iframe>
<pre id="found"></pre>
<script>
document.getElementById("page").onload = (event) => {
  const page = event.target.contentDocument, root = page.documentElement, style = (of) => getComputedStyle(page.querySelector(of));
  document.getElementById("found").textContent = JSON.stringify({
    title: page.title, width: root.scrollWidth, window: root.clientWidth, height: root.scrollHeight,
    wide: style("svg.wide")?.display, narrow: style("svg.narrow")?.display, paper: style("html").backgroundColor,
  });
};
</script>"""


@pytest.fixture(scope="module")
def measure(tmp_path_factory):
    """What a browser makes of a page at a width, and what it complains of."""

    def run(html: str, width: int) -> tuple[dict, list[str]]:
        folder = tmp_path_factory.mktemp("browser")
        (folder / "page.html").write_text(html, encoding="utf-8")
        (folder / "frame.html").write_text(FRAME % width, encoding="utf-8")
        done = subprocess.run(
            [
                BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
                "--disable-component-update", "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}",
                "--enable-logging=stderr", "--virtual-time-budget=3000", f"--window-size={width + 60},900", "--dump-dom",
                (folder / "frame.html").as_uri(),
            ],
            capture_output=True, encoding="utf-8", errors="replace", timeout=60, check=False,
        )  # fmt: skip
        found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
        if not found or not found[1]:
            pytest.skip(f"Chromium does not start here: {done.stderr[-300:]}")
        return json.loads(found[1]), re.findall(r"CONSOLE.*", done.stderr)

    return run


@pytest.mark.parametrize(("width", "drawn"), [(1280, "wide"), (390, "narrow")])
def test_the_page_fits_its_window_and_wears_its_style(measure, width, drawn):
    page, complaints = measure(render_page(scored_table(*invented_comments(300)), lang="vi"), width)
    assert complaints == []
    assert page["width"] <= page["window"]
    assert page["height"] > 2000
    assert page["paper"] == "rgb(255, 253, 249)"
    assert [page["wide"], page["narrow"]] == (["block", "none"] if drawn == "wide" else ["none", "block"])


def test_hostile_text_is_not_run_and_does_not_burst_the_page(measure):
    comments, mentions = invented_comments(60)
    comments = comments.assign(text=HOSTILE, channel=HOSTILE, segment=HOSTILE)
    mentions = mentions.assign(quote=HOSTILE, start=0, end=len(HOSTILE), sentiment="negative", factor=HOSTILE)
    mentions.loc[::2, "touchpoint"] = HOSTILE
    manifest = {
        "input": {"name": HOSTILE},
        "columns": {"text": {"column": HOSTILE, "reason": HOSTILE}},
        "notes": [HOSTILE],
    }
    page, complaints = measure(
        render_page(scored_table(comments, mentions, manifest=manifest), lang="en"), 390
    )
    assert complaints == []
    assert page["title"].endswith("Customer feedback report")
    assert page["width"] <= page["window"]
