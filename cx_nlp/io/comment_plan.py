"""How an export's rows become comments, decided once so that every chunk is read alike."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.amounts import find_decimal
from cx_nlp.io.column_names import NONE, WHOLE, match_name
from cx_nlp.io.columns import ColumnMap, guess_columns
from cx_nlp.io.dates import DateFormat, find_date_order, looks_swapped
from cx_nlp.io.export import Export
from cx_nlp.io.ratings import RatingKind, rating_kind
from cx_nlp.schema import source_names

# A column's name of so many words may be a comment of a file without a header row.
_COMMENT_WORDS = 5


@dataclass(frozen=True)
class CommentPlan:
    """The plan for one export.

    Attributes
    ----------
    source : str
        The export's file.
    columns : ColumnMap
        The column of each role.
    others : Mapping
        New name of each further column.
    rating : RatingKind or None
        Scale of the rating column.
    dates : DateFormat or None
        Form of the time column.
    decimal : str
        Decimal sign of the value column, empty where none shows.
    delimiter : str
        Between the cells of a rejected row.
    notes : tuple of str
        What was assumed, for printing.
    """

    source: str
    columns: ColumnMap
    others: Mapping[str, str]
    rating: RatingKind | None
    dates: DateFormat | None
    decimal: str
    delimiter: str
    notes: tuple[str, ...]

    def describe(self) -> list[str]:
        """One line for each column taken, with the rating's scale and the dates' order, for printing."""
        lines = dict(zip(self.columns.roles, self.columns.describe(), strict=True))
        if self.rating is not None:
            lines["rating"] += (
                f", read as {self.rating.kind} from {self.rating.low:g} to {self.rating.high:g}"
            )
        if self.dates is not None and self.dates.order != "iso":
            lines["time"] += f", read as {self.dates.order} first"
        return list(lines.values())


def plan_comments(
    export: Export, *, chosen: Mapping[str, str] | None = None, rating_kind: str | None = None
) -> CommentPlan:
    """The plan for an export, from its first rows and, where these leave the order of dates open, from all.

    Parameters
    ----------
    export
        As `open_export` gives it.
    chosen
        Columns that the user named, by role; an empty name leaves the role without a column.
    rating_kind
        What the ratings measure, where the column's name does not say.

    Raises
    ------
    ColumnError
        As by `guess_columns`.
    InputError
        The rating kind is unknown or does not fit the ratings.
    """
    sample = export.sample()
    columns = guess_columns(sample, source=str(export.path), chosen=chosen)
    used = {guess.column for guess in columns.roles.values()}
    time, value = columns.column("time"), columns.column("value")
    rating = _rating(export, columns.column("rating"), sample, rating_kind)
    dates = _date_format(export, time, sample) if time else None
    others = source_names(name for name in export.columns if name not in used)
    return CommentPlan(
        source=str(export.path),
        columns=columns,
        others=others,
        rating=rating,
        dates=dates,
        decimal=find_decimal(sample[value]) if value else "",
        delimiter=export.delimiter or ",",
        notes=(*_header_notes(export, columns), *_notes(columns, others, rating, dates, rating_kind)),
    )


def _rating(
    export: Export, column: str | None, sample: pd.DataFrame, chosen: str | None
) -> RatingKind | None:
    if column is None:
        return None
    try:
        return rating_kind(column, sample[column], chosen)
    except InputError as error:
        raise InputError(f"{export.path}: {error}") from None


def _date_format(export: Export, column: str, sample: pd.DataFrame) -> DateFormat:
    """The form of the sample's dates, or of the whole column's where the sample leaves the order open."""
    best = find_date_order(sample[column])
    if looks_swapped(sample[column]):
        note = "Excel seems to have swapped day and month in the dates it turned into date cells; export them as text"
        return replace(best, note=note)
    if best.decided:
        return best
    for chunk in export.chunks():
        found = find_date_order(chunk.frame[column])
        if found.order != "iso" and found.decided:
            return found
        if best.order == "iso":
            best = found if found.decided or found.order != "iso" else best
    return best


def _header_notes(export: Export, columns: ColumnMap) -> Iterator[str]:
    """A doubt whether the header is a comment; where it is not line 1, the export's own notes say so."""
    name, chosen = columns.roles["text"].column, columns.roles["text"].chosen
    found_by_name = (match := match_name(name, "text")) is not None and match.tier != NONE
    if chosen or found_by_name or export.format not in ("csv", "xlsx"):
        return
    if any(note.startswith("column names are taken from") for note in export.notes):
        return
    if len(name.split()) >= _COMMENT_WORDS and not name.rstrip().endswith(("?", ":")):
        yield "line 1 is taken as the header; if it is a comment, add a header line such as: text"


def _notes(
    columns: ColumnMap,
    others: Iterable[str],
    rating: RatingKind | None,
    dates: DateFormat | None,
    chosen: str | None,
) -> Iterator[str]:
    if "id" not in columns.roles:
        named = next(
            (name for name in others if (match := match_name(name, "id")) and match.tier == WHOLE), None
        )
        why = f"column {named!r} has too few different ids" if named else "no column of comment ids was found"
        yield f"{why}: ids are made from line numbers (row-2); name a column with --id-column"
    if rating is not None and rating.note:
        yield rating.note
    if rating is None and chosen:
        yield f"--rating-kind {chosen} has no effect: no rating column was found; name it with --rating-column"
    if dates is not None and dates.note:
        yield f"time column {columns.column('time')!r}: {dates.note}"
