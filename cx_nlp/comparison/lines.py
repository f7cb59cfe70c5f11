"""A comparison in words, English or Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

import pandas as pd

from cx_nlp.comparison.result import Comparison
from cx_nlp.comparison.trend import BOTH, CUSTOMERS, MODEL, NEITHER
from cx_nlp.report.wording import Wording, wording
from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.toml_lines import read_toml

SHOWN = 12
TREND_SHOWN = 8
IN_SLICES = ("touchpoint", "triple", "sentiment_accuracy")
"""Figures that are told of parts of the comments."""
LEAST = 20
"""Comments of a part of which figures are told."""
Table = tuple[Sequence[str], list[Sequence[str]]]


def compare_words(lang: str, found: Comparison) -> Wording:
    """The words of a comparison, with the report's way of writing numbers and names."""
    report = wording(lang, found.taxonomy or load_taxonomy())
    own = {key: texts[lang] for key, texts in _catalogue().items()}
    return Wording(lang, {**report.strings, **own}, report.taxonomy)


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    sections = read_toml((files("cx_nlp.comparison") / "words.toml").read_text(encoding="utf-8"))
    return {
        f"compare.{section}.{key}": texts for section, keys in sections.items() for key, texts in keys.items()
    }


def opening_lines(found: Comparison, words: Wording) -> Iterator[str]:
    """What was compared, and how far the models agree."""
    yield _say(words, "main.title", a=found.names[0], b=found.names[1], n=found.comments)
    if found.rejected:
        yield _say(words, "main.rejected", n=found.rejected)
    for row in found.agreement.to_dict("records"):
        shares = {name: words.percent(float(row[name])) for name in ("share", "low", "high")}
        yield _say(words, "main.agree", view=_say(words, f"view.{row['view']}"), **shares)
    kappas = found.agreement["kappa"].dropna()
    yield from (_say(words, "main.kappa", kappa=words.number(float(kappa), 2)) for kappa in kappas)
    for key, labels in (("only_a", found.only_a), ("only_b", found.only_b)):
        if labels:
            yield _say(words, f"main.{key}", labels=", ".join(labels))


def share_lines(found: Comparison, words: Wording) -> tuple[str, Table | None, str]:
    """A heading, the shares that differ by more than chance, largest difference first, and how many more there are."""
    changed = found.shares[found.shares["changed"]]
    if changed.empty:
        return _say(words, "main.no_change"), None, ""
    order = changed["difference"].abs().sort_values(ascending=False, kind="stable").index
    rows: list[Sequence[str]] = [
        (_say(words, f"view.{row.view}"), _label(words, row.view, row.label), words.percent(row.share_a), words.percent(row.share_b),
         f"{_points(words, row.difference)} ({_points(words, row.low)} – {_points(words, row.high)})")
        for row in changed.loc[order].head(SHOWN).itertuples(index=False)
    ]  # fmt: skip
    header = tuple(_say(words, f"column.{name}") for name in ("of", "label", "a", "b", "difference"))
    more = len(changed) - len(rows)
    return _say(words, "main.shares"), (header, rows), _say(words, "main.more", n=more) if more else ""


def trend_lines(found: Comparison, words: Wording) -> Iterator[str]:
    """What of each change is the model's: the verdict first, then label by label."""
    if found.periods is None:
        yield _say(words, "trend.none")
        return
    yield _say(words, "trend.title", before=found.periods[0], after=found.periods[1])
    trend = found.trend[
        found.trend["view"].isin(["touchpoint", "touchpoint_sentiment", "factor", "sentiment"])
    ]
    certain = trend[trend["due_to"] != NEITHER]
    if certain.empty:
        yield _say(words, "trend.neither")
    for due in (MODEL, BOTH, CUSTOMERS):
        some = certain[certain["due_to"] == due]
        if len(some):
            yield _say(
                words,
                f"trend.{due}",
                labels=", ".join(_label(words, r.view, r.label) for r in some.itertuples(index=False)),
            )
    for row in (certain if len(certain) else trend).head(TREND_SHOWN).itertuples(index=False):
        numbers = {name: _points(words, getattr(row, name)) for name in (
            "change", "model", "model_low", "model_high", "customers", "customers_low", "customers_high")}  # fmt: skip
        yield "- " + _say(
            words, "trend.line", label=_label(words, row.view, row.label), share_before=words.percent(row.share_before),
            share_after=words.percent(row.share_after), **numbers,
        )  # fmt: skip


def figure_rows(found: Comparison, words: Wording) -> Table | None:
    """F1 of both models on the labels, and the difference."""
    if found.figures is None:
        return None
    header = tuple(
        _say(words, f"column.{name}") for name in ("slice", "comments", "figure", "a", "b", "difference")
    )
    rows: list[Sequence[str]] = []
    for row in found.figures.to_dict("records"):
        of_part = row["slice"] not in ("all", "label")
        if of_part and (row["figure"] not in IN_SLICES or row["comments"] < LEAST):
            continue
        part = "" if row["slice"] == "all" else f"{row['slice']}: {row['part']}"
        a, b, gained, low, high = (_value(row[name]) for name in ("a", "b", "difference", "low", "high"))
        sides = words.number(a, 3), words.number(b, 3)
        interval = f"{_points(words, gained)} ({_points(words, low)} – {_points(words, high)})"
        rows.append((part, words.number(int(row["comments"])), str(row["figure"]), *sides, interval))
    return header, rows


def figure_lines(found: Comparison, words: Wording) -> Iterator[str]:
    """Which model is better on the labels, if that can be told, and what `figure_rows` leaves out."""
    if found.figures is None:
        return
    table = found.figures
    for row in table[(table["slice"] == "all") & (table["figure"] == "triple")].to_dict("records"):
        gained, low, high = (_value(row[name]) for name in ("difference", "low", "high"))
        verdict = "better" if low > 0 else "worse" if high < 0 else "undecided"
        sides = {name: _points(words, of) for name, of in (("gained", gained), ("low", low), ("high", high))}
        yield _say(words, f"main.{verdict}", n=int(row["comments"]), **sides)
    of_parts = table[~table["slice"].isin(["all", "label"])]
    thin = of_parts[of_parts["comments"] < LEAST].drop_duplicates(["slice", "part"])
    if len(thin):
        yield _say(words, "main.thin", n=len(thin), least=LEAST)


def example_rows(found: Comparison, words: Wording, *, most: int) -> Table:
    """Some comments that changed, those of the labels that changed most first."""
    header = tuple(_say(words, f"column.{name}") for name in ("label", "change", "text", "a", "b"))
    size = found.shares.set_index(["view", "label"])["difference"].abs()
    keys = pd.MultiIndex.from_frame(found.examples[["view", "label"]])
    order = size.reindex(keys).fillna(0.0).to_numpy().argsort(kind="stable")[::-1]
    rows: list[Sequence[str]] = []
    for row in found.examples.iloc[order].drop_duplicates("comment_id").head(most).itertuples(index=False):
        rows.append(
            (
                _label(words, row.view, row.label),
                _say(words, f"column.{row.change}"),
                row.text,
                row.by_a,
                row.by_b,
            )
        )
    return header, rows


def _say(words: Wording, key: str, **values: object) -> str:
    return words.text(f"compare.{key}", **values)


def _label(words: Wording, view: str, label: str) -> str:
    """A label as people call it; its id where the taxonomy has no other name."""
    if view == "sentiment":
        return f"{_say(words, 'view.sentiment')}: {_sentiment(words, label)}"
    if view == "factor":
        return words.factor(label)
    touchpoint, _, sentiment = label.partition("#")
    return words.touchpoint(touchpoint) + (f" ({_sentiment(words, sentiment)})" if sentiment else "")


def _sentiment(words: Wording, name: str) -> str:
    return _say(words, f"sentiment.{name}") if f"compare.sentiment.{name}" in words.strings else name


def _points(words: Wording, value: float) -> str:
    return words.signed(100 * value, 1)


def _value(value: float | None) -> float:
    return float("nan") if value is None else float(value)
