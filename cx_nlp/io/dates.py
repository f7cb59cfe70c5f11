"""Dates and times of a column: the order of day and month found from all of it, relative ones kept as text."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.io.cells import cell_text, cell_texts, read_distinct, text_series
from cx_nlp.io.moments import EPOCH, SHORT, YEAR_LAST, YMD, Moment, read_moment
from cx_nlp.io.relative_times import is_relative

# Feedback is not older than the web's clock, and a year far ahead is a slip or a placeholder.
FIRST_YEAR, LAST_YEAR = 1970, 2099

# By their shape, the forms most exports use; "9" stands for a number. Day and month change places as the order says.
_USUAL = {
    "9-9-9": "%Y-%m-%d",
    "9-9-9 9:9": "%Y-%m-%d %H:%M",
    "9-9-9 9:9:9": "%Y-%m-%d %H:%M:%S",
    "9-9-9T9:9:9": "%Y-%m-%dT%H:%M:%S",
    "9-9-9T9:9:9Z": "%Y-%m-%dT%H:%M:%SZ",
    "9/9/9": "%d/%m/%Y",
    "9/9/9 9:9": "%d/%m/%Y %H:%M",
    "9/9/9 9:9:9": "%d/%m/%Y %H:%M:%S",
    "9/9/9 9:9 AM": "%d/%m/%Y %I:%M %p",
    "9/9/9 9:9:9 AM": "%d/%m/%Y %I:%M:%S %p",
}


@dataclass(frozen=True)
class DateFormat:
    """How a column's dates are written.

    Attributes
    ----------
    order : str
        "day", "month" or "year" comes first where the number of four digits does not say; "iso" where every date
        seen puts its year first or names its month.
    decided : bool
        Whether the values seen settle the order; if not, more of the column should be seen.
    note : str
        What was assumed, empty where nothing was.
    """

    order: str
    decided: bool
    note: str = ""


@dataclass(frozen=True)
class ParsedTimes:
    """Times of a column, and what could not be read.

    Attributes
    ----------
    times : pd.Series
        `datetime64[us]` without time zone, the local time as written; missing where there is no date.
    raw : pd.Series
        The text of each value that gave no time, missing elsewhere.
    relative, misfit, invalid : int
        Values such as "2 days ago"; values that fit only another order of day and month; the rest.
    """

    times: pd.Series
    raw: pd.Series
    relative: int
    misfit: int
    invalid: int


def find_date_order(values: pd.Series) -> DateFormat:
    """The order of day, month and year in a column of dates, from all its values.

    >>> find_date_order(pd.Series(["03/04/2024", "25/04/2024"])).order
    'day'
    """
    moments = _numbers(read_distinct(cell_texts(values), read_moment))
    seen = moments[np.isin(moments[:, 0], (YEAR_LAST, SHORT))]
    if not len(seen):
        return DateFormat("iso", decided=bool((moments[:, 0] >= 0).any()))
    if _year_first(seen):
        return DateFormat("year", decided=True, note="two-digit years are read as coming first (24-01-31)")
    return _day_or_month(seen)


def parse_times(values: pd.Series, fmt: DateFormat) -> ParsedTimes:
    """The column's times under a format, with no value bent to fit it.

    Parameters
    ----------
    values
        Text, numbers, dates or a mixture.
    fmt
        As found by `find_date_order`. Under the order "iso" a date such as "03/04/2024" stays unread.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return ParsedTimes(_local(values), text_series([None] * len(values), values.index), 0, 0, 0)
    texts = cell_texts(values)
    times = _usual_times(texts, fmt.order)
    left = [row for row, text in enumerate(texts) if text is not None and np.isnat(times[row])]
    moments = _numbers(read_distinct((texts[row] for row in left), read_moment))
    times[left] = _times(moments, fmt.order)
    unread = [text if missing else None for text, missing in zip(texts, np.isnat(times), strict=True)]
    relative = sum(text is not None and is_relative(text) for text in unread)
    misfit = int((np.isnat(times[left]) & _fits_some_order(moments)).sum())
    invalid = sum(text is not None for text in unread) - relative - misfit
    raw = text_series(unread, values.index)
    return ParsedTimes(pd.Series(times, index=values.index), raw, relative, misfit, invalid)


def is_date(value: object) -> bool:
    """Whether a cell holds a date that needs no column name to be taken for one; plain numbers are not."""
    text = cell_text(value)
    return text is not None and not text.replace(".", "", 1).isdecimal() and read_moment(text) is not None


def looks_swapped(values: pd.Series) -> bool:
    """Whether Excel seems to have taken day for month in the dates it could, and left the others as text.

    Then no date cell has a day after the 12th, and every date left as text has one, in first place.
    """
    cells = [value for value in values.tolist() if isinstance(value, dt.date) and pd.notna(value)]
    texts = [read_moment(value.strip()) for value in values.tolist() if isinstance(value, str)]
    slashed = [moment for moment in texts if moment is not None and moment.form == YEAR_LAST]
    enough = min(len(cells), len(slashed)) >= 5
    return enough and all(cell.day <= 12 for cell in cells) and all(moment.first > 12 for moment in slashed)


def _day_or_month(seen: NDArray[np.int64]) -> DateFormat:
    first, second = seen[:, 1], seen[:, 2]
    days = int(((first > 12) & (second <= 12)).sum())
    months = int(((second > 12) & (first <= 12)).sum())
    if not days and not months:
        note = "no date has a day after the 12th, so day and month cannot be told apart: read as day first (31/12)"
        return DateFormat("day", decided=False, note=note)
    order = "day" if days >= months else "month"
    fewer = min(days, months)
    if not fewer:
        return DateFormat(order, decided=True)
    note = f"dates are read as {order} first; {fewer} of {days + months} that show their order show the other"
    return DateFormat(order, decided=True, note=note)


def _year_first(seen: NDArray[np.int64]) -> bool:
    """Whether dates of three short numbers begin with the year: no month, few different, all close together."""
    short = seen[seen[:, 0] == SHORT]
    if len(short) < len(seen) or (short[:, 2] > 12).any():
        return False
    first, third = short[:, 1], short[:, 3]
    if (first > 31).any() or (third > 31).any():
        return bool((first > 31).mean() > (third > 31).mean())
    return bool((first > 12).all() and len(set(first.tolist())) * 2 < len(set(third.tolist())))


def _numbers(moments: Sequence[Moment | None]) -> NDArray[np.int64]:
    nothing = Moment(-1, 0, 0, 0, 0)
    return np.array([moment or nothing for moment in moments], dtype=np.int64).reshape(-1, 5)


def _times(moments: NDArray[np.int64], order: str) -> NDArray[np.datetime64]:
    form, first, second, third, micros = moments.T
    year = np.where(form == YMD, first, third)
    month = second.copy()
    day = np.where(form == YMD, third, first)
    open_ = np.isin(form, (YEAR_LAST, SHORT))
    swap = open_ & ((order == "month") | ((order == "iso") & (second > 12)))
    month, day = np.where(swap, first, month), np.where(swap, second, day)
    if order == "year":
        short = form == SHORT
        year, day = np.where(short, first, year), np.where(short, third, day)
    year = np.where((form == SHORT) & (year < 100), year + np.where(year < 70, 2000, 1900), year)
    if order == "iso":
        clear = (form == YEAR_LAST) & ((first == second) | (np.maximum(first, second) > 12))
        year = np.where(open_ & ~clear, 0, year)
    times: NDArray[np.datetime64] = _assemble(year, month, day, micros)
    stamps = form == EPOCH
    times[stamps] = micros[stamps].astype("datetime64[us]")
    times[(form < 0) | ~_plausible(times)] = np.datetime64("NaT")
    return times


def _assemble(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64], micros: NDArray[np.int64]
) -> NDArray[np.datetime64]:
    """Days of the calendar as times, NaT for the 30th of February."""
    exists = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = (np.where(exists, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(exists, day - 1, 0)
    times: NDArray[np.datetime64] = days.astype("datetime64[us]") + micros.astype("timedelta64[us]")
    times[~exists | (days.astype("datetime64[M]") != months)] = np.datetime64("NaT")
    return times


def _usual_times(texts: list[str | None], order: str) -> NDArray[np.datetime64]:
    """Times of the values written like the column's first, where that is a form pandas reads fast; else NaT."""
    first = next((text for text in texts if text is not None), "")
    form = _USUAL.get(re.sub(r"\d+", "9", first.upper()).replace("PM", "AM"))
    if form is None or (form.startswith("%d") and order not in ("day", "month")):
        return np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    if order == "month":
        form = form.replace("%d/%m", "%m/%d")
    read = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce")
    times = read.to_numpy().astype("datetime64[us]", copy=True)
    times[~_plausible(times)] = np.datetime64("NaT")
    return times


def _plausible(times: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    years = times.astype("datetime64[Y]").astype(np.int64) + 1970
    return (years >= FIRST_YEAR) & (years <= LAST_YEAR)


def _fits_some_order(moments: NDArray[np.int64]) -> NDArray[np.bool_]:
    unfit = np.isnat(_times(moments, "day")) & np.isnat(_times(moments, "month"))
    return np.logical_not(unfit)


def _local(values: pd.Series) -> pd.Series:
    """Times of any unit or zone as the clock on the wall showed them."""
    local: pd.Series = values.dt.tz_localize(None) if values.dt.tz is not None else values
    return local.astype("datetime64[us]")
