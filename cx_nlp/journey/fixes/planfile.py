"""A plan's TOML file: its tables, keys and values, checked with the line of what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from cx_nlp.errors import OutputError
from cx_nlp.io.outputs import writing
from cx_nlp.journey.fixes.plan import (
    DIRECTIONS,
    KINDS,
    Group,
    Metric,
    Neighbours,
    Plan,
    Rollout,
    Windows,
    Within,
)
from cx_nlp.journey.fixes.planform import Names, PlanForm, read_form
from cx_nlp.taxonomy import Factor, Taxonomy, Touchpoint, nearest

KEYS: dict[str, tuple[str, ...]] = {
    "": (
        "hypothesis",
        "action",
        "owner",
        "metric",
        "fix",
        "windows",
        "effect",
        "control",
        "neighbours",
        "within",
    ),
    "metric": ("kind", "touchpoint", "factor", "direction"),
    "fix": ("date", "by", "dates"),
    "windows": ("before", "after", "settle"),
    "effect": ("smallest", "alpha"),
    "control": ("by", "values"),
    "neighbours": ("touchpoints", "margin"),
    "within": ("channel", "segment", "touchpoint"),
}
LEAST_POINTS = 0.1
"""Percentage points; a smaller effect is more likely a share written as 0.02 for two points."""
MOST_ALPHA = 0.2


def example_plan(lang: str = "en") -> str:
    """A plan to begin with, commented in "en" or "vi"."""
    return Path(__file__).with_name(f"example_{lang}.toml").read_text(encoding="utf-8")


def write_example(path: Path, *, lang: str = "en") -> None:
    """Writes `example_plan` to a new file.

    Raises
    ------
    OutputError
        The file exists already, or cannot be written.
    """
    if path.exists():
        raise OutputError(f"{path}: exists; choose another name for the new plan.")
    with writing(path):
        path.write_text(example_plan(lang), encoding="utf-8")


def columns_of(path: Path | str) -> tuple[str, ...]:
    """The columns by which a plan's file chooses comments, before anything in it is checked.

    Raises
    ------
    InputError
        The file cannot be read, or is not TOML.
    """
    tables = (read_form(Path(path)).data.get(name) for name in ("fix", "control"))
    names = (table.get("by") for table in tables if isinstance(table, Mapping))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str)))


def read_plan(
    path: Path | str, taxonomy: Taxonomy, *, touchpoints: Collection[str] = (), factors: Collection[str] = ()
) -> Plan:
    """The plan in a file.

    Parameters
    ----------
    taxonomy
        Which touchpoints and factors there are.
    touchpoints, factors
        Further ones, of a table that has its own.

    Raises
    ------
    InputError
        The file cannot be read or says what cannot be; the message names file, line, key and what was expected.
    """
    file = read_form(Path(path))
    for table, keys in KEYS.items():
        file.check_keys(table, keys)
    known = {
        "touchpoint": _known(taxonomy.touchpoints, touchpoints),
        "factor": _known(taxonomy.factors, factors),
    }
    metric = _metric(file, known)
    rollout = _rollout(file)
    control = _control(file, rollout)
    return Plan(
        hypothesis=file.text_at("hypothesis"),
        action=file.text_at("action"),
        owner=file.text_at("owner", expected="a team or a name"),
        metric=metric,
        rollout=rollout,
        windows=_windows(file),
        smallest=_points(file, "effect.smallest") if metric.is_share else file.number("effect.smallest", 0, 1000),
        alpha=file.number("effect.alpha", 0, MOST_ALPHA, default=0.05),
        control=control,
        neighbours=_neighbours(file, metric, [*known["touchpoint"]]),
        within=_within(file, rollout, control, known["touchpoint"]),
    )  # fmt: skip


def _known(rows: Sequence[Touchpoint] | Sequence[Factor], more: Collection[str]) -> Names:
    own: Names = dict.fromkeys(more, ())
    return {**own, **{row.id: (row.name_vi, row.name_en) for row in rows}}


def _points(file: PlanForm, key: str) -> float:
    value = file.number(key, 0, 100)
    if value < LEAST_POINTS:
        file.refuse(
            key, f"is {value:g}; expected percentage points, from {LEAST_POINTS:g}: 2 is from 10 % to 8 %"
        )
    return value / 100


def _metric(file: PlanForm, known: Mapping[str, Names]) -> Metric:
    kind = file.one_of("metric.kind", KINDS)
    direction = file.one_of("metric.direction", DIRECTIONS)
    if kind == "rating":
        for key in ("touchpoint", "factor"):
            if file.given(f"metric.{key}"):
                file.refuse(
                    f"metric.{key}", "a rating has no touchpoint; leave it out, or measure complaints"
                )
        return Metric(kind, direction)
    touchpoint = file.id_at("metric.touchpoint", known["touchpoint"])
    factor = file.id_at("metric.factor", known["factor"]) if file.given("metric.factor") else None
    return Metric(kind, direction, touchpoint, factor)


def _rollout(file: PlanForm) -> Rollout:
    if file.given("fix.date") == file.given("fix.dates"):
        file.refuse("fix", "expected either date = 2025-03-03, or by = a column and dates = { value = day }")
    if file.given("fix.date"):
        if file.given("fix.by"):
            file.refuse("fix.by", "goes with dates per value, not with one date")
        return Rollout((("", file.day("fix.date", file.any("fix.date", "a day"))),))
    by = file.text_at("fix.by", expected="a column, such as segment or channel")
    dates = file.any("fix.dates", "a day for each value")
    if not isinstance(dates, Mapping) or not dates:
        file.refuse("fix.dates", 'expected a day for each value, such as { "Hà Nội" = 2025-03-03 }')
    found = ((str(name), file.day("fix.dates", day)) for name, day in dates.items())
    return Rollout(tuple(sorted(found, key=lambda one: (one[1], one[0]))), by)


def _windows(file: PlanForm) -> Windows:
    return Windows(
        file.weeks("windows.before", 2),
        file.weeks("windows.after", 1),
        file.weeks("windows.settle", 0, default=0),
    )


def _control(file: PlanForm, rollout: Rollout) -> Group | None:
    if not file.given("control"):
        return None
    by = file.text_at("control.by", expected="a column, such as segment or channel")
    values = file.words("control.values", "a list of values of that column in quotes")
    both = {name for name, _ in rollout.dates} & set(values) if by == rollout.by else set()
    if both:
        file.refuse(
            "control.values", f"{sorted(both)[0]!r} gets the fix, so it cannot be in the control group"
        )
    return Group(by, values)


def _neighbours(file: PlanForm, metric: Metric, known: Sequence[str]) -> Neighbours:
    if not file.given("neighbours"):
        return Neighbours()
    touchpoints = file.words("neighbours.touchpoints", "a list of touchpoints in quotes")
    for name in touchpoints:
        if name not in known:
            file.refuse("neighbours.touchpoints", f"unknown touchpoint {name!r}; {nearest(name, known)}")
        if name == metric.touchpoint:
            file.refuse("neighbours.touchpoints", f"{name!r} is what the plan measures, not a neighbour")
    return Neighbours(touchpoints, _points(file, "neighbours.margin"))


def _within(file: PlanForm, rollout: Rollout, control: Group | None, known: Names) -> Within | None:
    if not file.given("within"):
        return None
    found: dict[str, str] = {}
    for by in ("channel", "segment"):
        if not file.given(f"within.{by}"):
            continue
        found[by] = file.text_at(f"within.{by}", expected=f"one {by}")
        for table, other in (("fix", rollout.by), ("control", control.by if control else None)):
            if other == by:
                file.refuse(
                    f"within.{by}",
                    f"keeps one {by} alone, and [{table}] chooses by {by}, too; leave one of them out",
                )
    if file.given("within.touchpoint"):
        found["touchpoint"] = file.id_at("within.touchpoint", known)
    if not found:
        file.refuse("within", "expected channel, segment or touchpoint, or several of them")
    return Within(**found)
