"""What could not be said, and why, in sentences."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import pandas as pd

from cx_nlp.journey.limits import Limit
from cx_nlp.report.plain import clean
from cx_nlp.report.wording import ONE_MANY, Wording

PARTS = (
    "causes", "journey", "links", "witness", "drivers", "importance", "contrast", "forgiveness", "scorecard", "trends", "alarms",
    "changes", "cohorts", "channels", "metrics", "model",
)  # fmt: skip
MAX_NAMES = 12


@dataclass(frozen=True)
class Part:
    """A part of the findings and the sentences on what it does not say."""

    name: str
    sentences: tuple[str, ...]


def unsaid(limits: Iterable[Limit], words: Wording) -> tuple[Part, ...]:
    """The limits of each part, each sentence once, in the order in which the page shows the parts."""
    found: dict[str, dict[str, None]] = {}
    for limit in limits:
        found.setdefault(limit.about, {})[sentence(limit, words)] = None
    order = [*(about for about in PARTS if about in found), *(about for about in found if about not in PARTS)]
    return tuple(Part(_part_name(about, words), tuple(found[about])) for about in order)


def why_empty(limits: Iterable[Limit], about: Sequence[str], words: Wording) -> tuple[str, ...]:
    """The sentences of some parts only, for where their figures would stand."""
    return tuple(dict.fromkeys(sentence(limit, words) for limit in limits if limit.about in about))


def sentence(limit: Limit, words: Wording) -> str:
    """A limit in words; one that the page has no words for is given by its key and numbers."""
    key = f"limits.{limit.about}_{limit.reason}"
    said = {name: _value(name, value, words) for name, value in limit.values.items()}  # noqa: PD011 - a mapping
    if key not in words.strings:
        listed = ", ".join(f"{name} {value}" for name, value in said.items())
        return clean(f"{limit.reason.replace('_', ' ')}{': ' if listed else ''}{listed}", longest=300)
    # What the words ask for and the limit does not know is a dash; {all} is every value by its name.
    forms = words.strings[key].replace(ONE_MANY, " ")
    asked = {name for _, name, _, _ in string.Formatter().parse(forms) if name}
    given = {
        **dict.fromkeys(asked, "–"),
        "all": _value("", limit.values, words),
        **said,
        **_count(limit.values),
    }
    return words.text(key, **given)


def _part_name(about: str, words: Wording) -> str:
    key = f"parts.{about}"
    return words.text(key) if key in words.strings else clean(about, longest=80)


def _count(values: Mapping[str, Any]) -> dict[str, int]:
    """The number that chooses singular or plural, as a number."""
    n = values.get("n")
    return {"n": int(n)} if isinstance(n, Integral) else {}


def _value(name: str, value: Any, words: Wording) -> str:  # noqa: ANN401 - whatever a part found worth telling
    if isinstance(value, Mapping):
        pairs = [f"{_name(str(id), words)} {_value('', one, words)}" for id, one in value.items() if one != 0]
        return _listed(pairs, words)
    if isinstance(value, (list, tuple)):
        return _names([str(one) for one in value], words)
    if isinstance(value, Integral):
        return words.number(int(value))
    if isinstance(value, Real):
        return words.percent(float(value)) if "share" in name else words.plain(float(value))
    return _word(str(value), words)


def _word(value: str, words: Wording) -> str:
    """A word of a limit: one of ours, a day, or names."""
    key = f"values.{value.replace(' ', '_')}"
    if key in words.strings:
        return words.text(key)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return words.day(pd.Timestamp(value))
    return _names(value.split(", "), words)


def _names(ids: list[str], words: Wording) -> str:
    return _listed([_name(id, words) for id in ids], words)


def _listed(names: list[str], words: Wording) -> str:
    rest = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (" " + words.text("page.and_more", n=rest) if rest > 0 else "")


def _name(id: str, words: Wording) -> str:
    """Name of a touchpoint or factor; with the side where it has one ("delivery|negative")."""
    if f"values.{id}" in words.strings and id.startswith("drift_"):
        return words.text(f"values.{id}")
    id, _, side = id.partition("|")
    named = words.touchpoint(id) if id in words.taxonomy.touchpoint_ids else words.factor(id)
    return f"{named} ({words.text(f'drivers.{side}')})" if side in ("negative", "positive") else named
