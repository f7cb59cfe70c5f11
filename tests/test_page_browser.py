"""The page in a real browser: nothing blocked, nothing fetched, charts drawn, filters that count right, nothing too wide."""

import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from invented_findings import bare_findings, invented_findings
from invented_scores import invented_comments

from cx_nlp.journey.scores.scorecard import mention_cells
from cx_nlp.journey.table import scored_table
from cx_nlp.report.page import render_page
from cx_nlp.report.wording import wording
from cx_nlp.taxonomy import load_taxonomy

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
HOSTILE = (
    "</script><script>document.title = 'run'</script><!--<script></style><img src=x onerror=\"document.title='run'\">"
    + "<a href='javascript:document.title=1'>a</a>%{x}$x$\u2028"
    + "đ" * 3000
)
DIFFERENCE = {"before": 0.1, "after": 0.4, "difference": 0.3, "low": 0.2, "high": 0.4}
# A frame around the page acts as the reader and tells what there is then.
FRAME = """<!DOCTYPE html><title>frame</title><meta charset="utf-8">
<iframe id="page" src="page.html" width="%d" height="4000" %s></iframe>
<pre id="found"></pre>
<script>
document.getElementById("page").onload = (event) => {
  const frame = event.target.contentWindow, page = event.target.contentDocument, root = page.documentElement;
  const one = (query) => page.querySelector(query), all = (query) => [...page.querySelectorAll(query)];
  const text = (query) => one(query)?.textContent.replace(/\\s+/g, " ").trim();
  const choose = (query, value) => { one(query).value = value; one(query).dispatchEvent(new frame.Event("change", { bubbles: true })); };
  const told = {};
  %s;
  document.getElementById("found").textContent = JSON.stringify({
    title: page.title, width: root.scrollWidth, window: root.clientWidth, height: root.scrollHeight, drawn: root.dataset.drawn,
    paper: frame.getComputedStyle(root).backgroundColor, charts: all(".chart").length, svgs: all(".chart svg.main-svg").length,
    empty: all(".chart").filter((place) => !place.querySelector("svg.main-svg")).map((place) => place.id),
    requests: frame.performance.getEntriesByType("resource").length, ...told,
  });
};
</script>"""


@pytest.fixture(scope="module")
def look(tmp_path_factory):
    """What a browser makes of a page at a width after `steps`, and what it complains of."""

    def run(html: str, width: int = 1000, steps: str = "", frame: str = "") -> tuple[dict, list[str]]:
        folder = tmp_path_factory.mktemp("browser")
        (folder / "page.html").write_text(html, encoding="utf-8")
        (folder / "frame.html").write_text(FRAME % (width, frame, steps), encoding="utf-8")
        done = subprocess.run(
            [
                BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
                "--disable-component-update", "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}",
                "--enable-logging=stderr", "--virtual-time-budget=10000", f"--window-size={width + 60},900", "--dump-dom",
                (folder / "frame.html").as_uri(),
            ],
            capture_output=True, encoding="utf-8", errors="replace", timeout=120, check=False,
        )  # fmt: skip
        found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
        complaints = re.findall(r"CONSOLE.*", done.stderr)
        if not found or not found[1]:
            if complaints:
                pytest.fail(f"the page could not be looked at: {complaints}")
            pytest.skip(f"Chromium does not start here: {done.stderr[-300:]}")
        plain = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        return json.loads(plain), complaints

    return run


@pytest.fixture(scope="module")
def findings():
    return invented_findings(1500)


@pytest.mark.parametrize(("lang", "width"), [("vi", 1280), ("en", 1280), ("vi", 360), ("en", 360)])
def test_charts_are_drawn_and_the_page_fits_its_window(look, findings, lang, width):
    page, complaints = look(render_page(findings, lang=lang), width)
    assert complaints == []
    assert page["requests"] == 0
    assert page["drawn"] == "yes"
    assert (page["charts"], page["empty"]) == (7, [])
    assert page["width"] <= page["window"]
    assert page["height"] > 4000
    assert page["paper"] == "rgb(255, 253, 249)"


FILTERED = """
  told.before = text("#ranking tbody");
  choose("#filter-segment", [...one("#filter-segment").options].find((option) => option.text === "VIP").value);
  choose("#filter-from", "4"); choose("#filter-to", "9");
  told.status = text("#filter-status"); told.ranking = text("#ranking tbody tr");
  told.cells = Object.fromEntries(all("#heat-factors tbody tr").map((row) => [row.cells[0].textContent, row.cells[1].title]));
  told.periods = all("#table-time tbody tr").length; told.time = text("#table-time tbody tr");
  told.comments = all("ol[data-comments] li").filter((item) => !item.hidden).length;
  told.note = all("ol[data-comments]").map((list) => list.previousElementSibling.textContent);
  told.trend = text("#table-trend tbody tr"); told.hidden = one("#trend-note").hidden;
  one("#filter-clear").click();
  told.after = text("#ranking tbody"); told.cleared = text("#filter-status"); told.shown = all("ol[data-comments] li[hidden]").length;
"""


def test_filters_count_what_the_table_counts(look, findings):
    page, complaints = look(render_page(findings, lang="en"), steps=FILTERED)
    assert complaints == []
    comments, mentions = findings.scored.comments, findings.scored.mentions
    months = comments["time"].dt.month
    chosen = ((comments["segment"] == "VIP") & months.between(4, 9)).to_numpy()
    part = scored_table(comments[chosen], mentions[chosen[findings.scored.comment_rows]])
    words = wording("en", load_taxonomy())
    assert page["status"] == f"Showing {chosen.sum()} of 1,500 comments"
    cells = mention_cells(part, ["touchpoint"])
    for name, tip in page["cells"].items():
        id = next(row.id for row in load_taxonomy().touchpoints if row.name_en == name)
        if id not in cells.index:
            assert tip == ""
            continue
        cell = cells.loc[id]
        key = "map.tip" if cell["enough"] else "map.tip_few"
        said = {
            "share": words.percent(cell["share_negative"]),
            "interval": words.interval(cell["negative_low"], cell["negative_high"]),
        }
        negative = words.number(cell["negative"])
        assert tip == words.text(
            key, n=int(cell["comments"]), row=name, column="All", negative=negative, **said
        )
    worst = cells["negative"].idxmax()
    weight = words.percent(cells.loc[worst, "negative"] / chosen.sum())
    assert page["ranking"].startswith(f"1{words.touchpoint(worst)}")
    assert weight in page["ranking"]
    assert page["periods"] == 6
    assert page["time"].startswith("Apr 2024")
    assert 0 < page["comments"] < 60
    assert sum(int(note.split()[0]) for note in page["note"]) == page["comments"]
    assert page["trend"].startswith("Apr 2024")
    assert not page["hidden"]


def test_clearing_the_filters_brings_everything_back(look, findings):
    page, _ = look(render_page(findings, lang="vi"), steps=FILTERED)
    assert page["after"] == page["before"]
    assert page["cleared"] == "Đang xem 1.500 trong 1.500 phản hồi"
    assert page["shown"] == 0


def test_a_stage_chooses_its_touchpoints_or_the_exports_own_comments(look):
    comments, mentions = invented_comments(600)
    steps = """
      choose("#filter-stage", [...one("#filter-stage").options].find((option) => option.text === "%s").value);
      told.names = all("#ranking tbody tr th bdi").map((name) => name.textContent); told.status = text("#filter-status");
    """
    own = render_page(bare_findings(scored_table(comments, mentions)), lang="en")
    page, _ = look(own, steps=steps % "Loyalty")
    assert set(page["names"]) <= {"Brand & overall experience", "Loyalty programme"}
    assert page["status"].startswith("Showing 600 of 600 comments · by the mentions")
    stage = np.where(np.arange(600) % 3 == 0, "sau một tháng", "ngày đầu")
    export = render_page(bare_findings(scored_table(comments.assign(stage=stage), mentions)), lang="en")
    page, _ = look(export, steps=steps % "sau một tháng")
    assert len(page["names"]) > 3
    assert page["status"] == "Showing 200 of 600 comments"


def test_nothing_left_is_said(look):
    comments, mentions = invented_comments(200)
    comments["segment"] = np.where(comments["time"] < "2024-03-01", "đầu năm", "sau đó")
    page, complaints = look(
        render_page(bare_findings(scored_table(comments, mentions)), lang="en"),
        steps="""choose("#filter-segment", [...one("#filter-segment").options].find((option) => option.text === "đầu năm").value);
          choose("#filter-from", "9"); told.status = text("#filter-status"); told.row = text("#ranking tbody");""",
    )
    assert complaints == []
    assert page["status"] == page["row"] == "No comment matches the filters."


def test_a_reader_chooses_a_series_and_opens_a_causes_comments(look, findings):
    page, complaints = look(
        render_page(findings, lang="en"),
        steps="""told.options = one("#trend-choice").options.length; told.lines = all("#chart-trend .shapelayer path").length;
          choose("#trend-choice", "2"); told.caption = text("#table-trend caption bdi"); told.chosen = one("#trend-choice").selectedOptions[0].text;
          told.sentences = all("[data-trend]").filter((line) => !line.hidden).length;
          told.closed = one(".comments ol").checkVisibility(); one(".comments summary").click();
          told.open = one(".comments").open; told.marks = all(".comments[open] mark").length;
          told.focusable = all("summary, select, button, a[href]").every((place) => place.tabIndex >= 0);""",
    )
    assert complaints == []
    assert page["options"] == 4
    assert page["lines"] == 1
    assert page["caption"] == page["chosen"]
    assert page["sentences"] == 1
    assert (page["closed"], page["open"]) == (False, True)
    assert 50 < page["marks"] <= 200
    assert page["focusable"]


def test_thin_periods_are_hollow_and_off_the_line(look):
    comments, mentions = invented_comments(400)
    month = np.repeat([0, 1, 2], [195, 10, 195])
    comments["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(month * 31, unit="D")
    page, _ = look(
        render_page(bare_findings(scored_table(comments, mentions)), lang="en"),
        steps="""const [band, line, dots] = one("#chart-time").data;
          told.line = line.y; told.dots = dots.marker.color; told.tips = dots.hovertext;""",
    )
    thin = [at for at, tip in enumerate(page["tips"]) if tip.startswith("29 Jan 2024")]
    assert len(thin) == 1
    assert page["line"][thin[0]] is None
    assert page["dots"][thin[0]] != page["dots"][0]
    assert re.search(r"29 Jan 2024: \d+(\.\d)?% complain \([^)]+\), 10 comments", page["tips"][thin[0]])


def test_printing_opens_the_figures_and_narrows_the_charts(look, findings):
    page, complaints = look(
        render_page(findings, lang="en"),
        width=1280,
        steps="""frame.dispatchEvent(new frame.Event("beforeprint"));
          told.closed = all("details.figures:not([open])").length; told.comments = all("details.comments[open]").length;
          const widths = () => Object.fromEntries(all(".chart").map((place) => [place.id, place.querySelector("svg.main-svg").getBoundingClientRect().width]));
          told.widths = widths();
          frame.dispatchEvent(new frame.Event("afterprint")); told.again = all("details.figures:not([open])").length; told.after = widths();""",
    )
    assert complaints == []
    assert (page["closed"], page["comments"]) == (0, 0)
    assert page["widths"].pop("chart-journey") == 1040
    assert set(page["widths"].values()) == {680}
    assert page["after"]["chart-time"] > 900
    assert page["again"] > 3


def test_without_scripts_the_tables_stand_and_a_note_says_what_is_missing(look, findings):
    page, _ = look(
        render_page(findings, lang="en"),
        frame='sandbox="allow-same-origin"',
        steps="""const seen = (query) => all(query).filter((place) => place.checkVisibility()).length;
          told.places = seen(".chart"); told.form = seen("#filter-form"); told.notes = seen("p.noscript"); told.tables = all("table tbody tr").length;
          told.note = text("noscript");""",
    )
    assert (page["places"], page["form"]) == (0, 0)
    assert page["notes"] == 7
    assert page["tables"] > 100
    assert "every figure stands in the tables" in page["note"]


def test_hostile_text_is_not_run_and_does_not_burst_the_page(look):
    comments, mentions = invented_comments(60)
    comments = comments.assign(text=HOSTILE, channel=HOSTILE, segment=HOSTILE, value=1.0)
    mentions = mentions.assign(quote=HOSTILE, start=0, end=len(HOSTILE), sentiment="negative", factor=HOSTILE)
    mentions.loc[::2, "touchpoint"] = HOSTILE
    manifest = {
        "input": {"name": HOSTILE},
        "columns": {"text": {"column": HOSTILE, "reason": HOSTILE}},
        "notes": [HOSTILE],
        "drift": {
            "verdict": "differs",
            "shifts": [
                {"measure": "label", "label": HOSTILE, "verdict": "much", "matters": True, **DIFFERENCE}
            ],
        },
    }
    found = invented_findings(scored=scored_table(comments, mentions, manifest=manifest), word=HOSTILE)
    page, complaints = look(
        render_page(found, lang="en"),
        390,
        steps="""choose("#filter-segment", "1"); told.links = all(".chart a, main a[href^='j']").length; told.images = all("img").length;
          told.names = text("#chart-journey");""",
    )
    assert complaints == []
    assert page["title"].endswith("Customer feedback report")
    assert page["width"] <= page["window"]
    assert (page["links"], page["images"], page["requests"]) == (0, 0, 0)
    assert "</script>" in page["names"]
