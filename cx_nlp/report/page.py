"""The page: one HTML file that needs no network and no script, in Vietnamese or English."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

import cx_nlp
from cx_nlp.io.outputs import writing
from cx_nlp.journey.scores.scorecard import ENOUGH, NEGATIVE_COMMENTS, POSITIVE_COMMENTS
from cx_nlp.journey.table import Scored, read_scored
from cx_nlp.report.doubts import doubts
from cx_nlp.report.groups import groups
from cx_nlp.report.headline import headline
from cx_nlp.report.heatmap import factor_map, journey
from cx_nlp.report.leaders import leaders
from cx_nlp.report.ratings import ratings
from cx_nlp.report.shares import legend
from cx_nlp.report.source import Source, source, span
from cx_nlp.report.timeline import timeline
from cx_nlp.report.wording import Wording, wording
from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.text.language import detect

PAGE = "report.html"
# Enough of each comment to tell its language; a comment of a megabyte tells no more.
LANGUAGE_CHARS = 400


@dataclass(frozen=True)
class Figure:
    """A number of the summary with what it counts and a remark."""

    value: str
    label: str
    note: str


def write_page(folder: Path | str, *, lang: str | None = None) -> Path:
    """Writes `report.html` into the folder of a scored table and gives its path.

    Parameters
    ----------
    folder
        As `cx-nlp score` wrote it: comments and mentions, manifest.json and taxonomy.toml where there are any.
    lang
        "vi" or "en"; by default the language most comments are in.

    Raises
    ------
    InputError
        The folder holds no scored table, or a broken one; or `lang` is another language.
    OutputError
        The page cannot be written there.
    """
    folder = Path(folder)
    html = render_page(read_scored(folder), lang=lang)
    path = folder / PAGE
    with writing(path):
        path.write_text(html, encoding="utf-8", errors="replace", newline="\n")
    return path


def render_page(scored: Scored, *, lang: str | None = None) -> str:
    """The page of a scored table as HTML; parameters and errors as for `write_page`."""
    words = wording(lang or guess_lang(scored), scored.taxonomy or load_taxonomy())
    file = source(scored, words)
    style = _template("page.css").render()
    return _template("page.html.j2").render(
        words=words,
        t=words.text,
        csp=_csp(style),
        style=Markup(style),  # noqa: S704 - our own file, and the policy's hash holds for these very bytes
        version=cx_nlp.__version__,
        today=words.day(pd.Timestamp.now()),
        enough=ENOUGH,
        headline=headline(scored, words),
        figures=tuple(_figures(scored, file, words)),
        period=span(scored, words),
        leaders=leaders(scored, words),
        mentions=len(scored.mentions),
        has_text="quote" in scored.mentions,
        timeline=timeline(scored, words),
        journey=journey(scored, words),
        factors=factor_map(scored, words),
        legend=legend(words),
        ratings=ratings(scored, words),
        groups=groups(scored, words),
        doubts=doubts(scored, words),
        source=file,
    )


def guess_lang(scored: Scored) -> str:
    """The language more of the comments are in, "vi" or "en"; quotes tell where the texts are not known."""
    texts = scored.text_sample()
    if not texts and "quote" in scored.mentions:
        texts = scored.mentions["quote"].dropna().astype(str).head(2000).tolist()
    codes = [detect(text[:LANGUAGE_CHARS]).code for text in texts]
    return "en" if codes.count("en") > codes.count("vi") else "vi"


def _figures(scored: Scored, file: Source, words: Wording) -> Iterator[Figure]:
    total, mentions = len(scored.comments), len(scored.mentions)
    set_aside = (
        words.text("glance.rejected", n=file.rejected)
        if file.rejected
        else words.text("glance.rejected_none")
    )
    yield Figure(words.number(total), words.text("glance.comments", n=total), set_aside if file.known else "")
    spoke = int(scored.mentions["comment_id"].nunique())
    yield Figure(
        words.number(mentions),
        words.text("glance.mentions", n=mentions),
        words.text("glance.with_mentions", n=spoke),
    )
    sentiment = scored.comments["sentiment"].astype(str)
    for side, counted in (("negative", NEGATIVE_COMMENTS), ("positive", POSITIVE_COMMENTS)):
        n = int(sentiment.isin(counted).sum())
        share = words.percent(n / total) if total else "–"
        yield Figure(share, words.text(f"glance.{side}"), words.text("glance.whole", n=n))
    yield _review_figure(scored, words)


def _review_figure(scored: Scored, words: Wording) -> Figure:
    label = words.text("glance.review")
    if "needs_review" not in scored.comments or scored.comments.empty:
        return Figure("–", label, words.text("glance.review_unknown"))
    n = int(scored.comments["needs_review"].sum())
    return Figure(words.percent(n / len(scored.comments)), label, words.text("glance.review_note", n=n))


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


def _csp(style: str) -> str:
    """A policy that allows nothing but our own style sheet, known by its hash."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
