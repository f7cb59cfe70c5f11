"""Columns of the scored table, in their order, and the checks on them."""

from collections.abc import Collection, Iterable

import pandas as pd

from cx_nlp.errors import ColumnError, InputError

# What an export may give for each comment; a column it lacks is absent, not empty.
COMMENT_COLUMNS = (
    "comment_id",
    "text",
    "customer_id",
    "time",
    "stage",
    "rating",
    "channel",
    "segment",
    "value",
)
# What scoring adds to each comment.
SCORE_COLUMNS = ("sentiment", "confidence", "needs_review")
# Standard too, where the export has them: what became of the customer, and times kept as written ("2 days ago").
EXTRA_COLUMNS = ("outcome", "time_raw")
# Names that the caller's other columns cannot keep.
RESERVED_COLUMNS = frozenset((*COMMENT_COLUMNS, *SCORE_COLUMNS, *EXTRA_COLUMNS))

MENTION_COLUMNS = (
    "comment_id",
    "touchpoint",
    "factor",
    "stage",
    "sentiment",
    "confidence",
    "start",
    "end",
    "quote",
)

SENTIMENTS = ("positive", "negative", "neutral")
COMMENT_SENTIMENTS = (*SENTIMENTS, "mixed")

# `outcome` as read from a churn column (churned, retained) or a repurchase column (repurchased, not_repurchased).
OUTCOMES = ("churned", "retained", "repurchased", "not_repurchased")

# Without these the lower half has nothing to count.
COMMENTS_NEEDED = ("comment_id", "text", "sentiment")
MENTIONS_NEEDED = ("comment_id", "touchpoint", "factor", "sentiment")


def order_columns(columns: Iterable[str]) -> list[str]:
    """Column names of a comments table in the contract's order, the caller's own last and in their own order.

    >>> order_columns(["brand", "rating", "text", "sentiment", "comment_id"])
    ['comment_id', 'text', 'rating', 'sentiment', 'brand']
    """
    names = list(columns)
    standard = [name for name in (*COMMENT_COLUMNS, *SCORE_COLUMNS, *EXTRA_COLUMNS) if name in names]
    return [*standard, *(name for name in names if name not in RESERVED_COLUMNS)]


def source_names(columns: Iterable[str], *, present: Collection[str] = ()) -> dict[str, str]:
    """New names for the caller's other columns: their own, or prefixed `source_` where the contract has the name.

    Parameters
    ----------
    columns
        The caller's columns that hold none of the standard ones.
    present
        Further names that are taken.

    >>> source_names(["brand", "value"])
    {'brand': 'brand', 'value': 'source_value'}
    """
    names = list(columns)
    taken = {*RESERVED_COLUMNS, *present}
    kept = {name: name for name in names if name not in taken}
    for name in names:
        if name not in kept:
            new = f"source_{name}"
            while new in taken or new in kept.values():
                new = f"source_{new}"
            kept[name] = new
    return {name: kept[name] for name in names}


def require_columns(frame: pd.DataFrame, needed: Iterable[str], *, source: str) -> None:
    """Nothing where the frame has these columns.

    Raises
    ------
    ColumnError
        A column is missing; the message names those missing and those there.
    """
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        there = ", ".join(str(name) for name in frame.columns) or "none"
        raise ColumnError(
            f"{source}: missing {_plural('column', missing)}; it has {there}; add or rename what is missing"
        )


def check_comments(frame: pd.DataFrame, *, source: str) -> None:
    """Nothing where the frame is a scored comments table: needed columns, ids given and unique, known sentiments.

    Raises
    ------
    InputError
        Something is missing, repeated or unknown; the message names source, column and value.
    """
    require_columns(frame, COMMENTS_NEEDED, source=source)
    _require_ids(frame, source=source)
    repeated = frame["comment_id"][frame["comment_id"].duplicated()]
    if len(repeated):
        raise InputError(
            f"{source}: comment_id {repeated.iloc[0]!r} occurs more than once; every comment needs an id of its own"
        )
    _require_values(frame, "sentiment", COMMENT_SENTIMENTS, source=source)


def check_mentions(frame: pd.DataFrame, *, source: str) -> None:
    """Nothing where the frame is a mentions table: needed columns, ids given, known sentiments.

    Raises
    ------
    InputError
        Something is missing or unknown; the message names source, column and value.
    """
    require_columns(frame, MENTIONS_NEEDED, source=source)
    _require_ids(frame, source=source)
    _require_values(frame, "sentiment", SENTIMENTS, source=source)


def _require_ids(frame: pd.DataFrame, *, source: str) -> None:
    empty = int(frame["comment_id"].isna().sum())
    if empty:
        raise InputError(
            f"{source}: comment_id is empty in {empty} of {len(frame)} rows; every row needs one"
        )


def _require_values(frame: pd.DataFrame, column: str, known: tuple[str, ...], *, source: str) -> None:
    wrong = frame[column][~frame[column].isin(known)]
    if len(wrong):
        raise InputError(
            f"{source}: column {column} has {wrong.iloc[0]!r} in {len(wrong)} rows; expected one of {', '.join(known)}"
        )


def _plural(noun: str, names: list[str]) -> str:
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"
