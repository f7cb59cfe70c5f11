"""New comments against those a model's figures were measured on: what differs, how far, and what that means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cx_nlp.shift.expected import expected_change
from cx_nlp.shift.profile import Profile
from cx_nlp.shift.result import Drift, Part, Shift, Verdict, Whole
from cx_nlp.shift.statistics import (
    detectable,
    g_test,
    grouped,
    holm,
    kolmogorov_smirnov,
    mean_difference,
    share_difference,
    smallest_p,
    stability_index,
    tenths,
)

SOME, MUCH = 0.1, 0.25
"""From which stability index on a shift counts, and counts as large: the bands in use since E. M. Lewis (An Introduction to Credit
Scoring, 1994) and Siddiqi (2006)."""
LEVEL = 0.05
"""How often, at most, chance alone makes any measure differ."""
LEAST = 30
"""Comments on either side without which nothing is said."""
WORTH = 0.01
"""The change of F1 that a shift must let expect to matter by the model's own figures."""


def compare(reference: Profile, new: Profile, *, figures: Mapping[str, Any] | None = None) -> Drift:
    """What of the new comments differs from the reference, and whether it matters.

    A measure differs where chance does not explain it (level 5 % over all measures together, after Holm) and its population
    stability index is at least 0.1.

    Parameters
    ----------
    figures
        What a bundle's manifest says under "figures": for the change of F1 to be expected from parts that are larger or smaller now.
    """
    found = list(_measured(reference, new))
    adjusted = holm([one.shift.p for one in found])
    told = [
        _told(one, p, len(found), expected_change(one.shift.measure, reference, new, figures))
        for one, p in zip(found, adjusted, strict=True)
    ]
    return Drift(
        _whole(told, new), reference.about, new.about, reference.comments, new.comments, _unknown(reference), _unknown(new), tuple(told)
    )  # fmt: skip


@dataclass(frozen=True)
class _Measured:
    """A measure before its verdict, with the degrees of freedom of its stability index."""

    shift: Shift
    freedom: int


def _measured(a: Profile, b: Profile) -> Iterator[_Measured]:
    """All measures that both profiles have, those that bear on accuracy first."""
    yield _spread("confidence", a, b)
    yield from _share("unknown_words", a, b)
    yield _classes("language", a, b)
    yield from _share("without_diacritics", a, b)
    yield _spread("length", a, b)
    yield from _share("emoji", a, b)
    for name in ("sentiment", "label"):
        if name in a.exclusive and name in b.exclusive:
            yield _classes(name, a, b)
    for name in ("touchpoint", "factor"):
        if name in a.held and name in b.held:
            yield _held(name, a, b)
    yield from _share("none", a, b)


def _spread(name: str, a: Profile, b: Profile) -> _Measured:
    before, after = a.spreads[name], b.spreads[name]
    groups = tenths(before.counts)
    first, second = grouped(before.counts, groups), grouped(after.counts, groups)
    moved = mean_difference(before, after) if before.n and after.n else (0.0, 0.0, 0.0)
    p = kolmogorov_smirnov(before.counts, after.counts)
    return _row(
        name,
        (before.mean, after.mean, *moved),
        stability_index(first, second),
        p,
        len(first) - 1,
        (before.n, after.n),
    )


def _share(name: str, a: Profile, b: Profile) -> Iterator[_Measured]:
    if name not in a.shares or name not in b.shares:
        return
    before, after = a.shares[name], b.shares[name]
    if before[1] and after[1]:
        part = _part(name, before, after)
        counts = [[one[0], one[1] - one[0]] for one in (before, after)]
        values = (part.before, part.after, part.difference, part.low, part.high)
        yield _row(name, values, stability_index(*counts), g_test(*counts), 1, (before[1], after[1]))


def _classes(name: str, a: Profile, b: Profile) -> _Measured:
    before, after = a.exclusive[name], b.exclusive[name]
    labels = sorted({*before, *after})
    counts = [[one.get(label, 0) for label in labels] for one in (before, after)]
    return _several(name, labels, counts, g_test(*counts), (a.comments, b.comments))


def _held(name: str, a: Profile, b: Profile) -> _Measured:
    before, after = a.held[name], b.held[name]
    labels = sorted({*before, *after})
    counts = [[one.get(label, 0) for label in labels] for one in (before, after)]
    n, m = a.comments, b.comments
    p = smallest_p([*zip(*counts, strict=True)], n, m) if n and m else 1.0
    return _several(name, labels, counts, p, (n, m))


def _several(
    name: str, labels: list[str], counts: list[list[int]], p: float, comments: tuple[int, int]
) -> _Measured:
    parts = [
        _part(label, (one, comments[0]), (other, comments[1]))
        for label, one, other in zip(labels, *counts, strict=True)
        if all(comments)
    ]
    most = max(parts, key=lambda part: abs(part.difference), default=Part("", 0.0, 0.0, 0.0, 0.0, 0.0))
    values = (most.before, most.after, most.difference, most.low, most.high)
    index = stability_index(*counts) if labels else 0.0
    return _row(name, values, index, p, len(labels) - 1, comments, most.label, tuple(parts))


def _part(label: str, before: tuple[int, int], after: tuple[int, int]) -> Part:
    shares = [part / whole for part, whole in (before, after)]
    return Part(label, shares[0], shares[1], *share_difference(before, after))


def _row(
    name: str,
    values: tuple[float, float, float, float, float],
    index: float,
    p: float,
    freedom: int,
    comments: tuple[int, int],
    label: str = "",
    parts: tuple[Part, ...] = (),
) -> _Measured:
    return _Measured(
        Shift(name, "alike", False, label, *values, index, p, None, *comments, parts), freedom
    )  # fmt: skip


def _told(one: _Measured, p: float, tests: int, expected: float | None) -> Shift:
    shift = one.shift
    n, m, index = shift.comments_before, shift.comments_after, shift.stability_index
    verdict: Verdict = "alike"
    if min(n, m) < LEAST:
        verdict = "too_few"
    elif p < LEVEL and index >= SOME:
        verdict = "much" if index >= MUCH else "some"
    elif detectable(one.freedom, n, m, LEVEL / tests) > MUCH:
        verdict = "too_few"
    told = replace(shift, verdict=verdict, p=p, expected=expected)
    return replace(told, matters=verdict in ("some", "much") and _matters(told))


def _matters(shift: Shift) -> bool:
    """Whether a shift goes the way in which models are less often right; docs/drift.md says what was measured."""
    if shift.measure == "confidence":
        return shift.difference < 0
    if shift.measure in ("unknown_words", "without_diacritics"):
        return shift.difference > 0
    if shift.measure == "language":
        return shift.expected is None or shift.expected <= -WORTH
    return shift.measure == "length" and shift.expected is not None and shift.expected <= -WORTH


def _whole(told: list[Shift], new: Profile) -> Whole:
    if any(one.matters for one in told):
        return "differs"
    if any(one.verdict in ("some", "much") for one in told):
        return "other_content"
    # A measure of some of the comments only, such as the Vietnamese ones, may lack them for good.
    few = [one for one in told if one.verdict == "too_few" and one.comments_after == new.comments]
    return "too_few" if few else "alike"


def _unknown(profile: Profile) -> float | None:
    part, whole = profile.words
    return part / whole if whole else None
