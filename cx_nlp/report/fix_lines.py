"""The check of a fix in words, English or Vietnamese."""

from collections.abc import Iterator, Sequence

import pandas as pd

from cx_nlp.journey.fixes.checked import Checked
from cx_nlp.journey.fixes.estimate import Estimate
from cx_nlp.journey.fixes.neighbours import Neighbour
from cx_nlp.journey.fixes.plan import Metric, Within
from cx_nlp.journey.fixes.verdict import EFFECTIVE, TOO_LITTLE, FixCheck
from cx_nlp.report.fix_notes import note_lines
from cx_nlp.report.wording import Wording, catalogue, wording
from cx_nlp.taxonomy import Taxonomy

LEAST_P = 0.001
"""A smaller p-value is not told more exactly."""
FIX_WORDS = "fix_words.toml"
Table = tuple[Sequence[str], list[Sequence[str]]]


def fix_words(lang: str, taxonomy: Taxonomy) -> Wording:
    """The words of a check, with the report's way of writing numbers, days and names."""
    report = wording(lang, taxonomy)
    return Wording(
        lang,
        {**report.strings, **{key: texts[lang] for key, texts in catalogue(FIX_WORDS).items()}},
        taxonomy,
    )


def plan_lines(checked: Checked, words: Wording) -> Iterator[str]:
    """What the plan says."""
    plan = checked.check.plan
    dates = [
        words.text("plan.wave", name=name, day=_day(words, day)) if name else words.text("plan.on", day=_day(words, day))
        for name, day in plan.rollout.dates
    ]  # fmt: skip
    yield words.text("plan.hypothesis", text=plan.hypothesis)
    yield words.text("plan.action", text=plan.action)
    yield words.text("plan.owner", owner=words.team(plan.owner), dates=", ".join(dates))
    yield words.text(
        "plan.measured",
        what=_what(plan.metric, words),
        direction=words.text(f"plan.{plan.metric.direction}"),
        before=plan.windows.before,
        after=plan.windows.after,
        smallest=_size(plan.smallest, checked.check, words),
    )
    if plan.within:
        yield words.text("plan.within", where=_where(plan.within, words))
    if plan.control:
        yield words.text(
            "plan.control", by=_column(plan.control.by, words), names=", ".join(plan.control.names)
        )
    if checked.is_new:
        yield words.text("plan.locked", file=checked.path.name)


def power_lines(check: FixCheck, words: Wording) -> Iterator[str]:
    """What could be found, before the verdict."""
    yield words.text("power.title")
    power = check.power
    if power is None:
        yield words.text("power.unknown")
        return
    share = check.plan.metric.is_share
    smallest = _size(check.plan.smallest, check, words)
    yield words.text(
        "power.before" if share else "power.before_rating",
        n=power.weeks,
        level=_level(power.level, check, words),
        comments=words.number(power.comments),
        noise=_size(power.noise, check, words),
        lasting=words.number(power.autocorrelation, 2),
    )
    yield words.text(
        "power.none" if power.detectable == float("inf") else "power.detectable",
        after=power.after,
        change=_size(power.detectable, check, words),
        smallest=smallest,
        chance=words.percent(power.power),
    )
    if power.weeks_needed is None:
        yield words.text("power.never", smallest=smallest)
    else:
        yield words.text("power.needed", n=power.weeks_needed, smallest=smallest)


def verdict_lines(check: FixCheck, words: Wording) -> Iterator[str]:
    """The verdict, and the figures behind it."""
    yield words.text("verdict.is", verdict=_verdict(check, words))
    if check.change is None:
        return
    if check.verdict != TOO_LITTLE:
        yield words.text(f"verdict.says_{check.verdict}")
    if check.plan.within:
        yield words.text("verdict.within", where=_where(check.plan.within, words))
    if check.verdict == EFFECTIVE and not _surely_worth(check):
        yield words.text("verdict.says_maybe_small")
    yield from _change_lines(check, words)
    for one in check.checks:
        yield words.text(f"check.{one.name}", **_change_words(one.change, check, words))
        if one.change.seen * check.change.estimate.seen > 0:
            yield words.text("check.left", **_change_words(one.left, check, words))


def check_text(checked: Checked, words: Wording) -> str:
    """The whole check in words, its parts apart from each other by an empty line."""
    check = checked.check
    parts = [plan_lines(checked, words), power_lines(check, words), verdict_lines(check, words)]
    if check.neighbours:
        parts.append(iter([neighbour_title(check, words), *_columns(*neighbour_table(check, words))]))
    parts.append(note_lines(check, words))
    return "\n\n".join(filter(None, ("\n".join(part) for part in parts)))


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def neighbour_table(check: FixCheck, words: Wording) -> Table:
    """The neighbours before and after."""
    level = words.plain(100 * (1 - check.plan.alpha))
    names = ("touchpoint", "before", "after", "change", "verdict")
    header = [words.text(f"neighbours.{name}", level=level) for name in names]
    return header, [_neighbour_row(one, check, words) for one in check.neighbours]


def neighbour_title(check: FixCheck, words: Wording) -> str:
    """What the table of neighbours asks."""
    return words.text("neighbours.title", margin=_points(check.plan.neighbours.margin, words))


def _change_lines(check: FixCheck, words: Wording) -> Iterator[str]:
    change = check.change
    assert change is not None  # noqa: S101 - the caller's
    (hits, n), (later, more) = change.totals("before"), change.totals("after")
    levels = {name: _level(getattr(change, name), check, words) for name in ("before", "after", "expected")}
    counts = {
        name: words.number(value) for name, value in {"hits": hits, "later": later, "more": more}.items()
    }
    key = "change.share" if check.plan.metric.is_share else "change.mean"
    # Given as text: a whole n would choose the form.
    yield words.text(key, **levels, **counts, n=words.number(n))
    if change.method == "control":
        yield words.text("change.expected", **levels)
    if check.lens.source:
        yield words.text("change.seen", change=_signed(change.estimate.seen, check, words))
        source = words.text(f"change.{check.lens.source}")
        yield words.text("change.corrected", source=source, **_change_words(change.estimate, check, words))
    else:
        yield words.text("change.value", **_change_words(change.estimate, check, words))
    if len(change.waves) > 1:
        for one in change.waves:
            place = {"name": one.name, "day": _day(words, one.day)}
            if one.estimate is None:
                yield words.text("change.wave_few", **place)
            else:
                yield words.text("change.wave", **place, **_change_words(one.estimate, check, words))
    yield words.text(f"change.{change.method}")


def _change_words(estimate: Estimate, check: FixCheck, words: Wording) -> dict[str, str]:
    low, high = estimate.interval(level=1 - check.plan.alpha)
    limits = {"low": _number(low, check, words), "high": _number(high, check, words)}
    level = words.plain(100 * (1 - check.plan.alpha))
    return {
        "change": _signed(estimate.value, check, words),
        "interval": words.text("unit.interval", level=level, **limits),
        "p": _p(estimate.p_differs(), words),
    }


def _verdict(check: FixCheck, words: Wording) -> str:
    said = words.text("verdict.too_little" if check.verdict == TOO_LITTLE else f"verdict.{check.verdict}")
    if check.moved_to:
        names = ", ".join(words.touchpoint(name) for name in check.moved_to)
        said = words.text(
            "verdict.moved" if check.verdict == EFFECTIVE else "verdict.also", verdict=said, names=names
        )
    return words.text("verdict.exploratory", verdict=said) if check.exploratory else said


def _surely_worth(check: FixCheck) -> bool:
    assert check.change is not None  # noqa: S101 - the caller's
    low, high = check.change.estimate.interval(level=1 - check.plan.alpha)
    return (
        (high < -check.plan.smallest) if check.plan.metric.direction == "down" else low > check.plan.smallest
    )


def _neighbour_row(one: Neighbour, check: FixCheck, words: Wording) -> Sequence[str]:
    name = words.touchpoint(one.touchpoint) if one.touchpoint else words.text("neighbours.together")
    verdict = "too_little" if one.verdict == TOO_LITTLE else one.verdict.replace(" ", "_")
    said = words.text(f"neighbours.{verdict}") if one.verdict else ""
    if one.change is None:
        return name, "–", "–", "–", said
    sides = []
    for side in ("before", "after"):
        hits, n = one.change.totals(side)
        sides.append(f"{_percent(hits / n, words)} ({words.number(hits)}/{words.number(n)})")
    ends = (one.change.estimate.value, *one.change.estimate.interval(level=1 - check.plan.alpha))
    value, low, high = (words.signed(100 * end, 1) for end in ends)
    return name, *sides, f"{value} [{low}; {high}]", said


def _what(metric: Metric, words: Wording) -> str:
    if metric.touchpoint is None:
        return words.text("plan.rating")
    where = words.touchpoint(metric.touchpoint)
    if metric.factor:
        where = words.text("plan.where_factor", touchpoint=where, factor=words.factor(metric.factor))
    return words.text(f"plan.{metric.kind}", where=where)


def _where(within: Within, words: Wording) -> str:
    parts = [
        words.text("plan.of", column=_column(by, words), name=name)
        for by, name in (("channel", within.channel), ("segment", within.segment))
        if name
    ]
    if within.touchpoint:
        parts.append(words.text("plan.mentions", touchpoint=words.touchpoint(within.touchpoint)))
    return ", ".join(parts)


def _column(name: str, words: Wording) -> str:
    return words.strings.get(f"column.{name}", name)


def _day(words: Wording, day: object) -> str:
    return words.day(pd.Timestamp(str(day)))


def _p(value: float, words: Wording) -> str:
    return f"= {words.number(value, 3)}" if value >= LEAST_P else f"< {words.number(LEAST_P, 3)}"


def _level(value: float, check: FixCheck, words: Wording) -> str:
    return _percent(value, words) if check.plan.metric.is_share else words.number(value, 2)


def _percent(share: float, words: Wording) -> str:
    # With the decimal that `Wording.percent` leaves out: the levels are there to be compared.
    return f"{words.number(100 * share, 1)}%"


def _size(value: float, check: FixCheck, words: Wording) -> str:
    if check.plan.metric.is_share:
        return _points(value, words)
    return words.text("unit.rating", value=words.number(value, 2))


def _points(value: float, words: Wording) -> str:
    return words.text("unit.points", value=words.number(100 * value, 1))


def _signed(value: float, check: FixCheck, words: Wording) -> str:
    key = "unit.points" if check.plan.metric.is_share else "unit.rating"
    return words.text(key, value=_number(value, check, words))


def _number(value: float, check: FixCheck, words: Wording) -> str:
    return words.signed(100 * value, 1) if check.plan.metric.is_share else words.signed(value, 2)
