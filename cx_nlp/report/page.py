"""The page: one HTML file that needs no network, in Vietnamese or English; its tables need no script either."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

import cx_nlp
from cx_nlp.io.outputs import writing
from cx_nlp.journey.findings import Findings
from cx_nlp.journey.scores.scorecard import ENOUGH
from cx_nlp.journey.table import Scored
from cx_nlp.report.cards import causes
from cx_nlp.report.cube import Cube, cube
from cx_nlp.report.doubts import doubts
from cx_nlp.report.drivers import drivers
from cx_nlp.report.glance import glance
from cx_nlp.report.groups import groups
from cx_nlp.report.headline import headline
from cx_nlp.report.heatmap import factor_map, journey, shown_labels
from cx_nlp.report.importance import importance
from cx_nlp.report.interactive import figures, interactive, names, room
from cx_nlp.report.journey_map import journey_map
from cx_nlp.report.leaders import leaders
from cx_nlp.report.limits import unsaid, why_empty
from cx_nlp.report.metrics import metrics
from cx_nlp.report.movement import alarms, changes, channels
from cx_nlp.report.policy import chart_library, json_block, policy, unused_style
from cx_nlp.report.ratings import ratings
from cx_nlp.report.reactions import contrast_rows, forgiveness_rows, kinds
from cx_nlp.report.shares import legend
from cx_nlp.report.shift import shifts
from cx_nlp.report.source import source, span
from cx_nlp.report.timeline import timeline
from cx_nlp.report.trends import trends
from cx_nlp.report.upstream import upstream
from cx_nlp.report.wording import Wording, wording
from cx_nlp.text.language import detect

PAGE = "report.html"
SCRIPTS = ("words.js", "counts.js", "tables.js", "overtime.js", "page.js")
# Enough of each comment to tell its language; a comment of a megabyte tells no more.
LANGUAGE_CHARS = 400


def write_page(found: Findings, path: Path, *, lang: str | None = None) -> None:
    """Writes the page of what was found.

    Parameters
    ----------
    lang
        "vi" or "en"; by default the language most comments are in.

    Raises
    ------
    InputError
        `lang` is another language.
    OutputError
        The page cannot be written there.
    """
    html = render_page(found, lang=lang)
    with writing(path):
        path.write_text(html, encoding="utf-8", errors="replace", newline="\n")


def render_page(found: Findings, *, lang: str | None = None) -> str:
    """The page of what was found as HTML; errors as for `write_page`."""
    words = wording(lang or guess_lang(found.scored), found.taxonomy)
    counts = cube(found.scored, found.taxonomy, *shown_labels(found.scored, words))
    context = {**_lead(found, words, counts), **_detail(found, words), **_about(found, words)}
    drawn = figures(context)
    block = json_block(interactive(found, words, counts, drawn, context["trends"]))
    style = _text("page.css") + room(drawn)
    first, scripts = _text("shim.js"), (chart_library(), _script())
    return _template("page.html.j2").render(
        **context,
        words=words,
        t=words.text,
        csp=policy([style], (first, *scripts)),
        # Our own files and the chart library, which the policy's hashes hold for to the byte.
        style=Markup(style),  # noqa: S704
        first_script=Markup(first),  # noqa: S704
        scripts=[Markup(script) for script in scripts],  # noqa: S704
        block=block,
        counts=counts,
        filters=names(counts, words),
        unused_style=unused_style(),
        enough=ENOUGH,
        version=cx_nlp.__version__,
        today=words.day(pd.Timestamp.now()),
    )


def _lead(found: Findings, words: Wording, counts: Cube) -> dict[str, Any]:
    """What a reader with five minutes reads."""
    scored, limits = found.scored, found.limits
    listed = causes(found, words, counts)
    links = upstream(found, words)
    return {
        "headline": headline(found, words),
        "period": span(scored, words),
        "causes": listed,
        "why_no_causes": why_empty(limits, ("causes",), words),
        "upstream": links,
        "why_no_links": why_empty(limits, ("journey", "links"), words),
        "picture": journey_map(scored, words, links.arrows),
        "journey": journey(scored, words),
        "trends": trends(found, words, counts),
        "leaders": leaders(scored, words, found.scorecard, quoted=not listed.cards),
    }


def _detail(found: Findings, words: Wording) -> dict[str, Any]:
    """The figures behind it."""
    scored = found.scored
    outcome = str(found.drivers["outcome"].iloc[0]) if len(found.drivers) else "rating"
    return {
        "importance": importance(found.importance, words),
        "drivers": drivers(found.drivers, words),
        "why_no_drivers": why_empty(
            found.limits, ("drivers", "importance", "contrast", "forgiveness"), words
        ),
        "contrast": contrast_rows(found.contrast, words, outcome),
        "kinds": kinds(found.contrast, words),
        "forgiveness": forgiveness_rows(found.forgiveness, words, outcome),
        "timeline": timeline(scored, words),
        "factors": factor_map(scored, words),
        "legend": legend(words),
        "alarms": alarms(found, words),
        "why_no_alarms": why_empty(found.limits, ("trends", "alarms"), words),
        "changes": changes(found, words),
        "channels": channels(found.channels, words),
        "metrics": metrics(found.metrics, words),
        "ratings": ratings(scored, words),
        "groups": groups(scored, words),
    }


def _about(found: Findings, words: Wording) -> dict[str, Any]:
    """Where it comes from and what it does not say."""
    scored = found.scored
    file = source(scored, words)
    return {
        "figures": glance(scored, file, words),
        "mentions": len(scored.mentions),
        "has_text": "quote" in scored.mentions,
        "unsaid": unsaid(found.limits, words),
        "doubts": doubts(found, words),
        "shift": shifts(scored, words),
        "source": file,
    }


def guess_lang(scored: Scored) -> str:
    """The language more of the comments are in, "vi" or "en"; quotes tell where the texts are not known."""
    texts = scored.text_sample()
    if not texts and "quote" in scored.mentions:
        texts = scored.mentions["quote"].dropna().astype(str).head(2000).tolist()
    codes = [detect(text[:LANGUAGE_CHARS]).code for text in texts]
    return "en" if codes.count("en") > codes.count("vi") else "vi"


def _script() -> str:
    """The page's own script: its parts in one function, so that none of their names meets the browser's."""
    parts = "\n\n".join(map(_text, SCRIPTS))
    return f'"use strict";\n(() => {{\n{parts}\n}})();'


def _text(name: str) -> str:
    return _template(name).render()


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cx_nlp.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
