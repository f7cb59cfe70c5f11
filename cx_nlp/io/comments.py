"""An export's rows as comments with standard columns; what cannot be a comment is rejected with its reason."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator

import pandas as pd

from cx_nlp.io.amounts import read_amounts
from cx_nlp.io.cells import cell_texts, fold, text_series, written
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.dates import DateFormat, find_date_order, parse_times
from cx_nlp.io.export import CONTENT_CHARS, Chunk, Rejected
from cx_nlp.io.id_index import IdIndex
from cx_nlp.io.outcomes import read_outcomes
from cx_nlp.io.ratings import RatingKind, read_ratings
from cx_nlp.io.text_faults import text_fault
from cx_nlp.schema import order_columns

__all__ = ["CommentPlan", "CommentReader", "plan_comments", "to_comments"]

# Names that many customers share, which must not make one customer of them.
_ANONYMOUS = frozenset(
    (
        *(
            "0",
            "anonymous",
            "anonymous user",
            "anonymous customer",
            "a google user",
            "google user",
            "guest",
            "unknown",
        ),
        *(
            "walk-in customer",
            "tripadvisor member",
            "deleted user",
            "an danh",
            "nguoi dung an danh",
            "khach le",
        ),
        *("khach hang an danh", "khach vang lai", "nguoi dung google"),
    )
)
_NOTES = {
    "relative": "{n} times are relative, such as '2 days ago': kept as text in time_raw",
    "misfit": "{n} dates fit only another order of day and month: kept as text in time_raw",
    "invalid": "{n} times cannot be read: kept as text in time_raw",
    "unreadable": "{n} ratings cannot be read and are missing",
    "off_scale": "{n} ratings lie off the scale and are missing; if they are many, choose another --rating-kind",
    "value": "{n} values cannot be read and are missing",
    "outcome": "{n} outcomes cannot be read and are missing",
    "anonymous": "{n} comments are by nobody in particular ('Anonymous', 'Khách lẻ') and belong to no customer",
}


def to_comments(chunk: Chunk, plan: CommentPlan) -> tuple[pd.DataFrame, tuple[Rejected, ...]]:
    """The comments of one chunk alone; for several, a `CommentReader` finds duplicate ids across them."""
    return CommentReader(plan).read(chunk)


class CommentReader:
    """Reads an export's chunks in order, remembering ids and counting what could not be read.

    Attributes
    ----------
    plan : CommentPlan
        As given.
    counts : Counter
        Comments, rejected rows, and values that became missing, by kind.
    """

    def __init__(self, plan: CommentPlan) -> None:
        self.plan = plan
        self.counts: Counter[str] = Counter()
        self._ids = IdIndex()

    def read(self, chunk: Chunk) -> tuple[pd.DataFrame, tuple[Rejected, ...]]:
        """A chunk's comments, and all its rejected rows with those that the file's reader refused.

        Returns
        -------
        comments : pd.DataFrame
            The standard columns that the export has, then `outcome` and `time_raw`, then all others; indexed by
            line. `time` is `datetime64[us]`, local and without zone; `rating` and `value` are floats; `text` is
            exactly as in the file.
        rejected : tuple of Rejected
            By line.
        """
        frame, lines = chunk.frame, chunk.frame.index.tolist()
        reasons = [text_fault(value) for value in frame[self.plan.columns.roles["text"].column].tolist()]
        ids = self._comment_ids(frame)
        rows = [row for row, reason in enumerate(reasons) if not reason]
        earlier = self._ids.add([ids[row] for row in rows], [lines[row] for row in rows])
        for row, line in zip(rows, earlier.tolist(), strict=True):
            if line >= 0:
                reasons[row] = f"duplicate id {ids[row]}, first seen on line {line}"
        rows = [row for row in rows if not reasons[row]]
        comments = self._comments(frame.iloc[rows], [ids[row] for row in rows])
        refused = self._refused(frame, reasons)
        rejected = tuple(sorted((*chunk.rejected, *refused), key=lambda row: row.line))
        self.counts.update(comments=len(comments), rejected=len(rejected))
        return comments, rejected

    def notes(self) -> list[str]:
        """What became missing so far, for printing."""
        return [note.format(n=self.counts[kind]) for kind, note in _NOTES.items() if self.counts[kind]]

    def _comment_ids(self, frame: pd.DataFrame) -> list[str]:
        column = self.plan.columns.column("id")
        given = cell_texts(frame[column]) if column else [None] * len(frame)
        return [id or f"row-{line}" for id, line in zip(given, frame.index, strict=True)]

    def _comments(self, frame: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
        made = {"comment_id": text_series(ids, frame.index)}
        made["text"] = text_series(frame[self.plan.columns.roles["text"].column].tolist(), frame.index)
        for role, guess in self.plan.columns.roles.items():
            made |= self._standard(role, frame[guess.column])
        made |= {new: frame[name] for name, new in self.plan.others.items()}
        comments: pd.DataFrame = pd.DataFrame(
            {name: made[name] for name in order_columns(made)}, index=frame.index
        )
        return comments

    def _standard(self, role: str, values: pd.Series) -> dict[str, pd.Series]:
        """The standard columns that one role's column gives."""
        if role in ("stage", "channel", "segment"):
            return {role: text_series(cell_texts(values), values.index)}
        if role == "customer":
            return {"customer_id": self._customers(values)}
        if role == "time":
            return self._times(values, self.plan.dates or find_date_order(values))
        if role == "rating" and self.plan.rating:
            return {"rating": self._ratings(values, self.plan.rating)}
        if role == "value":
            return {"value": self._counted("value", values, read_amounts(values, decimal=self.plan.decimal))}
        if role == "outcome":
            name = self.plan.columns.roles["outcome"].column
            return {"outcome": self._counted("outcome", values, read_outcomes(name, values))}
        return {}

    def _customers(self, values: pd.Series) -> pd.Series:
        texts = cell_texts(values)
        named = [None if text is None or fold(text) in _ANONYMOUS else text for text in texts]
        self.counts["anonymous"] += named.count(None) - texts.count(None)
        return text_series(named, values.index)

    def _times(self, values: pd.Series, form: DateFormat) -> dict[str, pd.Series]:
        parsed = parse_times(values, form)
        self.counts.update(relative=parsed.relative, misfit=parsed.misfit, invalid=parsed.invalid)
        return {"time": parsed.times, "time_raw": parsed.raw}

    def _ratings(self, values: pd.Series, kind: RatingKind) -> pd.Series:
        read = read_ratings(values, kind)
        self.counts.update(unreadable=read.unreadable, off_scale=read.off_scale)
        return read.numbers

    def _counted(self, kind: str, given: pd.Series, read: pd.Series) -> pd.Series:
        filled = len(given) - cell_texts(given).count(None)
        self.counts[kind] += filled - int(read.notna().sum())
        return read

    def _refused(self, frame: pd.DataFrame, reasons: list[str]) -> Iterator[Rejected]:
        rows = [row for row, reason in enumerate(reasons) if reason]
        cells = frame.iloc[rows].itertuples(index=True, name=None)
        for row, (line, *values) in zip(rows, cells, strict=True):
            yield Rejected(int(line), reasons[row], _row_text(values, self.plan.delimiter))


def _row_text(values: Iterable[object], delimiter: str) -> str:
    """Cells as one line of delimited text, cut where the reader cuts too."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(map(written, values))
    return line.getvalue()[:CONTENT_CHARS]
