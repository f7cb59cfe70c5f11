"""The page's words, numbers and dates in Vietnamese or English."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from numbers import Integral

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.report.plain import clean
from cx_nlp.taxonomy import Factor, Stage, Taxonomy, Team, Touchpoint
from cx_nlp.toml_lines import read_toml

LANGUAGES = ("vi", "en")
ONE_MANY = " | "
LONGEST_NAME = 80


@dataclass(frozen=True)
class Wording:
    """One language of the page.

    Attributes
    ----------
    lang : str
        "vi" or "en".
    strings : Mapping
        The text of every key ("section.name") of strings.toml in this language.
    taxonomy : Taxonomy
        Where names of touchpoints, factors, stages and teams come from; what it does not know is called by its id.
    """

    lang: str
    strings: Mapping[str, str]
    taxonomy: Taxonomy

    def text(self, key: str, /, **values: object) -> str:
        """The text of `key`, its {names} filled in; the whole number `n` also chooses singular or plural."""
        forms = self.strings[key].split(ONE_MANY)
        n = values.get("n")
        if isinstance(n, Integral):
            values["n"] = self.number(int(n))
        return (forms[0] if n == 1 else forms[-1]).format(**values)

    def number(self, value: float, digits: int = 0) -> str:
        """1,234.5 in English, 1.234,5 in Vietnamese; a dash where it is not known."""
        if not math.isfinite(value):
            return "–"
        marks: dict[str, str | int | None] = {
            ",": self.strings["format.thousands"],
            ".": self.strings["format.decimal"],
        }
        # A value that rounds to nothing is not negative.
        text = f"{value:,.{digits}f}".translate(str.maketrans(marks))
        return (
            text.removeprefix("-")
            if not any(sign in text for sign in "123456789")
            else text.replace("-", "−")
        )

    def signed(self, value: float, digits: int = 0) -> str:
        """A number with its sign, plus too."""
        text = self.number(value, digits)
        return f"+{text}" if value > 0 and any(sign in text for sign in "123456789") else text

    def plain(self, value: float) -> str:
        """A number with as many decimals as it needs, two at most."""
        digits = next(digits for digits in (0, 1, 2) if digits == 2 or round(value, digits) == value)
        return self.number(value, digits)

    def percent(self, share: float) -> str:
        """A share in per cent, with a decimal below ten."""
        return f"{self.number(100 * share, _digits(share))}%" if math.isfinite(share) else "–"

    def interval(self, low: float, high: float) -> str:
        """Two shares as one range in per cent."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        digits = max(_digits(low), _digits(high)) if low < 0.1 and high < 0.1 else 0
        return f"{self.number(100 * low, digits)}–{self.number(100 * high, digits)}%"

    def range(self, low: float, high: float, digits: int) -> str:
        """Two numbers as one range; empty where one is not known."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        dash = "–" if low >= 0 else " … "
        return f"{self.number(low, digits)}{dash}{self.number(high, digits)}"

    def day(self, time: pd.Timestamp) -> str:
        """A date with its year."""
        return self._date("format.day", time)

    def period(self, start: pd.Timestamp, unit: str, *, short: bool = False) -> str:
        """Name of the day, week, month or quarter that begins at `start`."""
        kind = "day" if unit in ("day", "week") else unit
        key = f"format.{kind}_short" if short else f"format.{kind}"
        return self._date(key, start)

    def when(self, start: pd.Timestamp, unit: str) -> str:
        """The period as it stands in a sentence: "the week of 4 Mar 2024"."""
        return self.text(f"when.{unit}", period=self.period(start, unit))

    def touchpoint(self, id: str) -> str:
        """Name of a touchpoint."""
        return self._name(self.taxonomy.touchpoints, id)

    def short_touchpoint(self, id: str) -> str:
        """Its name up to the first comma or "&", for headlines, where no other touchpoint begins alike."""
        short, *rest = re.split(r", | & ", self.touchpoint(id))
        others = (self.touchpoint(row.id) for row in self.taxonomy.touchpoints if row.id != id)
        return self.touchpoint(id) if rest and any(name.startswith(short) for name in others) else short

    def factor(self, id: str) -> str:
        """Name of a factor."""
        return self._name(self.taxonomy.factors, id)

    def stage(self, id: str) -> str:
        """Name of a stage."""
        return self._name(self.taxonomy.stages, id)

    def owner(self, touchpoint: str) -> str:
        """Name of the team that owns a touchpoint; empty in a taxonomy without teams."""
        found = next((row.owner for row in self.taxonomy.touchpoints if row.id == touchpoint), None)
        if not self.taxonomy.teams:
            return ""
        return self.team(found) if found else self.text("touchpoints.no_owner")

    def team(self, id: str) -> str:
        """Name of a team."""
        return self._name(self.taxonomy.teams, id)

    def _name(
        self,
        rows: tuple[Touchpoint, ...] | tuple[Factor, ...] | tuple[Stage, ...] | tuple[Team, ...],
        id: str,
    ) -> str:
        names = (row.name_vi if self.lang == "vi" else row.name_en for row in rows if row.id == id)
        return clean(next(names, id), longest=LONGEST_NAME)

    def _date(self, key: str, time: pd.Timestamp) -> str:
        name = self.strings["format.months"].split()[time.month - 1]
        return self.strings[key].format(
            day=time.day, month=time.month, year=time.year, quarter=time.quarter, name=name
        )


def wording(lang: str, taxonomy: Taxonomy) -> Wording:
    """The page's words in a language.

    Raises
    ------
    InputError
        The page is not written in that language.
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"lang {lang!r}: the page is written in {' or '.join(LANGUAGES)} only; give one of them."
        )
    return Wording(lang, {key: texts[lang] for key, texts in catalogue().items()}, taxonomy)


@cache
def catalogue(name: str = "strings.toml") -> dict[str, dict[str, str]]:
    """Every key of a file of words with its text in each language: the page's, unless another is named."""
    sections = read_toml((files("cx_nlp.report") / name).read_text(encoding="utf-8"))
    return {f"{section}.{key}": texts for section, keys in sections.items() for key, texts in keys.items()}


def known(value: object) -> str:
    """A cell of a table as text; empty where it is missing."""
    missing = value is None or value != value  # only NaN differs from itself
    return "" if missing else str(value)


def _digits(share: float) -> int:
    return 1 if 0 < share < 0.0995 else 0
