"""What a column of an export holds, judged by a sample of its cells."""

from dataclasses import dataclass
from math import nan

import pandas as pd

from cx_nlp.io.amounts import read_amounts
from cx_nlp.io.cells import cell_texts, is_nested
from cx_nlp.io.dates import DateFormat, is_date, parse_times
from cx_nlp.io.outcomes import read_outcomes
from cx_nlp.io.ratings import rating_kind, read_ratings
from cx_nlp.io.relative_times import is_relative

# So many cells, spread over the sample, show what a column holds.
CELLS = 400


@dataclass(frozen=True)
class Profile:
    """Figures about one column.

    Attributes
    ----------
    rows, filled, distinct : int
        Cells seen, those that say something, different ones among these.
    nested, dates, times, ratings, amounts, outcomes, prose : float
        Shares of the filled cells that hold lists or objects; are dates by their look (relative ones too);
        read as times at all (plain numbers too); as ratings; as amounts; as outcomes; hold words that are none
        of these.
    words, length : float
        Mean words and characters of a filled cell.
    low, high : float
        Ends of the readable ratings, NaN without.
    levels : int
        Different readable ratings.
    """

    rows: int
    filled: int
    distinct: int
    nested: float
    dates: float
    times: float
    ratings: float
    amounts: float
    outcomes: float
    prose: float
    words: float
    length: float
    low: float
    high: float
    levels: int

    @property
    def variety(self) -> float:
        """Different cells for each filled one."""
        return self.distinct / self.filled if self.filled else 0.0


def profile_column(name: str, values: pd.Series) -> Profile:
    """The profile of one column of a sample."""
    texts = [text for text in cell_texts(values) if text is not None]
    if not texts:
        return _profile_of_nothing(len(values))
    seen = pd.Series(texts[:: max(1, len(texts) // CELLS)], dtype="str")
    dates = seen.map(lambda text: is_date(text) or is_relative(text)).astype(bool)
    ratings = read_ratings(seen, rating_kind("", seen)).numbers
    amounts = read_amounts(seen)
    prose = ~dates & ratings.isna() & amounts.isna() & seen.str.contains(r"[^\W\d_]", regex=True)
    return Profile(
        rows=len(values),
        filled=len(texts),
        distinct=len(set(texts)),
        nested=_share(values.dropna().map(is_nested)) if values.dtype == "object" else 0.0,
        dates=_share(dates),
        times=_share(parse_times(seen, DateFormat("day", decided=False)).times.notna() | dates),
        ratings=_share(ratings.notna()),
        amounts=_share(amounts.notna() & ~dates),
        outcomes=_share(read_outcomes(name, seen).notna()),
        prose=_share(prose),
        words=_mean(seen.str.count(r"\S+")),
        length=_mean(seen.str.len()),
        low=float(ratings.min()),
        high=float(ratings.max()),
        levels=int(ratings.nunique()),
    )


def _profile_of_nothing(rows: int) -> Profile:
    # What the readers would say of no cells, without asking them: a wide export is mostly that.
    return Profile(
        rows=rows, filled=0, distinct=0, nested=0.0, dates=0.0, times=0.0, ratings=0.0, amounts=0.0, outcomes=0.0,
        prose=0.0, words=0.0, length=0.0, low=nan, high=nan, levels=0,
    )  # fmt: skip


def _share(flags: pd.Series) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _mean(numbers: pd.Series) -> float:
    return float(numbers.mean()) if len(numbers) else 0.0
