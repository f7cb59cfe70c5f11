"""Scripts planted in every field that comes from elsewhere: none becomes part of the page, none runs, nothing is fetched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from invented_findings import invented_findings
from invented_scores import invented_comments
from test_page import check_harmless
from test_page_browser import BROWSER, look  # noqa: F401 - a fixture

from cx_nlp.journey.table import scored_table
from cx_nlp.report.page import render_page
from cx_nlp.taxonomy import Taxonomy, load_taxonomy

FIELDS = (
    "comment", "quote", "channel", "segment", "stage", "customer", "touchpoint", "factor", "finding", "file", "format", "sheet",
    "encoding", "model", "column", "reason", "note", "rejected", "label", "stage name", "team name", "touchpoint name",
    "factor name", "poll source",
)  # fmt: skip
# Each says by the page's title which field let it through; 80 characters, as names are cut there.
PAYLOADS = {
    "script": "<script>document.title='%s'</script>",
    "end of the data": "</script><script>document.title='%s'//",
    "end of a comment": "--></style></title><script>document.title='%s'</script>",
    "picture": "<img src=x onerror=\"document.title='%s'\">",
    "attribute": '" onmouseover="document.title=\'%s\'" autofocus onfocus="document.title=\'%s\'" x="',
    "single quotes": "' onfocus='document.title=`%s`' autofocus tabindex=1 x='",
    "svg": "<svg/onload=document.title='%s'>",
    "link of a chart": "<a href=\"javascript:document.title='%s'\">go</a>",
    "frame": "<iframe srcdoc=\"<script>parent.document.title='%s'</script>\">",
    "base and form": "<base href=//x.invalid><form action=//x.invalid><input autofocus name=%s>",
    "style": "<style>@import '//x.invalid/%s'</style><link rel=stylesheet href=//x.invalid>",
    "refresh": '<meta http-equiv=refresh content="0;url=//x.invalid/%s">',
    "template": "{{ cycler.__init__ }}${document.title='%s'}`{n}%%{x}$\\alert{1}$",
    "line separators": "\u2028document.title='%s'\u2029//\\u003cscript>",
    "turned": "\u202e<script>document.title='%s'</script>\u2066\u200f",
}


ROUNDS = 4
"""Pages that a browser looks at; on each every field holds another payload."""


def planted(payload: str, field: str) -> str:
    return payload.replace("%s", field).replace("%%", "%")


def taxonomy(said: dict[str, str]) -> Taxonomy:
    """The shipped taxonomy, as a user would rename all of it."""
    known = load_taxonomy()
    named: dict[str, Any] = {}
    for part, field in (
        ("stages", "stage name"),
        ("teams", "team name"),
        ("touchpoints", "touchpoint name"),
        ("factors", "factor name"),
    ):
        name = said[field]
        named[part] = tuple(
            replace(one, name_vi=name, name_en=f"{k} {name}") for k, one in enumerate(getattr(known, part))
        )
    return replace(known, **named, poll_source=said["poll source"])


def hostile_page(said: dict[str, str]) -> str:
    comments, mentions = invented_comments(60)
    comments = comments.assign(
        text=said["comment"] + said["quote"], channel=said["channel"], segment=said["segment"], value=1.0,
        stage=np.where(np.arange(60) % 2, said["stage"], "after"), customer_id=said["customer"],
    )  # fmt: skip
    start = len(said["comment"])
    mentions = mentions.assign(
        quote=said["quote"], start=start, end=start + len(said["quote"]), sentiment="negative"
    )
    mentions.loc[::3, "touchpoint"] = said["touchpoint"]
    mentions.loc[::4, "factor"] = said["factor"]
    manifest = {
        "input": {"name": said["file"], "format": said["format"], "sheet": said["sheet"], "encoding": said["encoding"]},
        "columns": {"text": {"column": said["column"], "reason": said["reason"]}},
        "notes": [said["note"]], "counts": {"rejected": 1, "reasons": {said["rejected"]: 1}},
        "model": {"id": said["model"], "digest": said["model"], "heldout": {"touchpoint": {said["label"]: {"tp": 9, "fp": 3, "fn": 3, "tn": 9}}}},
    }  # fmt: skip
    scored = scored_table(comments, mentions, manifest=manifest, taxonomy=taxonomy(said))
    found = replace(invented_findings(scored=scored, word=said["finding"]), taxonomy=taxonomy(said))
    return render_page(found, lang="en")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_becomes_part_of_the_page(payload: str) -> None:
    check_harmless(hostile_page({field: planted(PAYLOADS[payload], field) for field in FIELDS}))


STEPS = """all("details").forEach((place) => { place.open = true; });
  all("[tabindex], summary, select").forEach((place) => { place.focus(); place.dispatchEvent(new frame.Event("mouseover", { bubbles: true })); });
  if (one("#filter-segment")) choose("#filter-segment", "1");
  told.strange = all("img, iframe, base, object, embed, link, form:not(#filter-form), a[href]:not([href^='#']), [onload], [onerror], [onfocus]").length;
  told.text = one("main").textContent.length; told.address = frame.location.pathname.endsWith("page.html");"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("turn", range(ROUNDS))
def test_no_field_runs_a_script_or_fetches_anything(look, turn: int) -> None:  # noqa: F811
    payloads, step = [*PAYLOADS.values()], len(PAYLOADS) // ROUNDS + 1
    said = {
        field: planted(payloads[(k + turn * step) % len(payloads)], field) for k, field in enumerate(FIELDS)
    }
    page, complaints = look(hostile_page(said), steps=STEPS)
    assert complaints == []
    assert page["title"].endswith("Customer feedback report")
    assert (page["strange"], page["requests"], page["address"]) == (0, 0, True)
    assert page["text"] > 1000


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_script_that_got_through_is_seen_and_the_policy_stops_it(look) -> None:  # noqa: F811
    said = dict.fromkeys(FIELDS, "plain")
    html = hostile_page(said).replace("<main", "<script>document.title='ran'</script><main", 1)
    page, complaints = look(html)
    assert "ran" not in page["title"]
    assert any("Content Security Policy" in one or "violates" in one for one in complaints)
    open_to_all = html.replace('http-equiv="Content-Security-Policy"', 'name="none"', 1)
    assert look(open_to_all)[0]["title"] == "ran"
