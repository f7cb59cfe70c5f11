"""The tables of a database, each column with its type and meaning: statements, docs/sql.md and its checks are made from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import TypeEngine

from cx_nlp.report.columns import columns_of, explained

VERSION = 1
"""Raised when tables of an earlier version cannot take new runs as they are."""
KINDS: dict[str, tuple[TypeEngine[object], pa.DataType]] = {
    "text": (Text(), pa.string()),
    "integer": (BigInteger(), pa.int64()),
    "number": (Double(), pa.float64()),
    "boolean": (Boolean(), pa.bool_()),
    "date": (Date(), pa.date32()),
    "local time": (DateTime(), pa.timestamp("us")),
    "time": (DateTime(timezone=True), pa.timestamp("us", "UTC")),
}
"""Words for a column's type, the type in the database, and that of the rows to be added."""

_RUN = ("run_id", "integer", "the run, a key of runs")
_SPEC: dict[str, tuple[tuple[str, str, str], ...]] = {
    "schema_version": (
        ("version", "integer", "form of these tables; a program that knows another one leaves them alone"),
        ("made_at", "time", "when they were made"),
    ),
    "runs": (
        ("run_id", "integer", "number of the run, from 1, later runs higher"),
        ("identity", "text", "SHA-256 of what the run's result depends on; a run that is there is not added again"),
        ("command", "text", "score, or analyze: with causes"),
        ("added_at", "time", "when the run was added"),
        ("seconds", "number", "time that reading and tagging took, in seconds"),
        ("input_name", "text", "name of the file, or of the database behind a query"),
        ("input_sha256", "text", "SHA-256 of what was read"),
        ("model_id", "text", "name of the model"),
        ("model_digest", "text", "SHA-256 of the model's files"),
        ("cx_nlp_version", "text", "version of the program"),
        ("masked", "boolean", "whether personal data are masked in this run's texts"),
        ("rows_in", "integer", "rows read; always scored + rejected"),
        ("scored", "integer", "comments scored"),
        ("rejected", "integer", "rows not scored"),
        ("mentions", "integer", "mentions found"),
        ("needs_review", "integer", "comments the model leaves to a person"),
        ("truncated", "integer", "comments too long for the model, tagged from their beginning only"),
        ("manifest", "text", "the run's whole manifest.json"),
    ),
    "comments": (
        _RUN,
        ("comment_id", "text", "the export's own id, or row-N with the line in the export"),
        ("text", "text", "the comment, personal data masked unless the run kept them"),
        ("customer_id", "text", "who wrote it, NULL where unknown; one that is a telephone number or the like is replaced"),
        ("time", "local time", "when it was written, by the clock of the place, without a zone"),
        ("month", "date", "first day of the month of time"),
        ("stage", "text", "stage of the journey that the export names"),
        ("rating", "number", "as in the export, on its own scale (manifest: rating)"),
        ("channel", "text", "where it was written"),
        ("segment", "text", "the customer's group"),
        ("value", "number", "value of the order, in the export's currency"),
        ("outcome", "text", "churned, retained, repurchased or not_repurchased"),
        ("time_raw", "text", "a time that could not be read, as written"),
        ("sentiment", "text", "positive, negative, neutral or mixed"),
        ("confidence", "number", "how sure the model is of the sentiment, 0 to 1"),
        ("needs_review", "boolean", "whether the model leaves the comment to a person"),
    ),
    "mentions": (
        _RUN,
        ("mention_id", "integer", "number of the mention in its run, from 1"),
        ("comment_id", "text", "the comment, with run_id a key of comments"),
        ("touchpoint", "text", "what is judged, an id of labels"),
        ("factor", "text", "in what respect, an id of labels"),
        ("stage", "text", "stage of the touchpoint in the journey, an id of labels"),
        ("sentiment", "text", "positive, negative or neutral"),
        ("confidence", "number", "how sure the model is, 0 to 1"),
        ("start", "integer", "place of the quote's first character in comments.text as it stands here, from 0"),
        ("end", "integer", "place behind its last character; a reserved word, write it in double quotes"),
        ("quote", "text", "the words that say so: the characters of comments.text from start to end"),
    ),
    "rejected": (
        _RUN,
        ("rejected_id", "integer", "number of the row among those not scored, from 1"),
        ("line", "integer", "line in the file, or row of the table or query from 1"),
        ("reason", "text", "why it was not scored"),
        ("content", "text", "the row's beginning, personal data masked unless the run kept them"),
    ),
    "labels": (
        _RUN,
        ("kind", "text", "touchpoint, factor, stage or team"),
        ("id", "text", "as in the other tables"),
        ("name_vi", "text", "name in Vietnamese"),
        ("name_en", "text", "name in English"),
        ("position", "integer", "place in the taxonomy, from 1: stages in the order of the journey"),
    ),
}  # fmt: skip
_CAUSES = {
    "integer": ("rank", "comments", "customers", "value_customers", "value_orders", "said_together"),
    "text": (
        "touchpoint", "factor", "stage", "owner", "why_not", "measure", "starts_by", "starts_at", "starts_factor", "alarm",
    ),
    "boolean": ("listed",),
}  # fmt: skip
"""Kinds of the columns of causes; all others are numbers."""
_KEYS = {
    "schema_version": ("version",),
    "runs": ("run_id",),
    "comments": ("run_id", "comment_id"),
    "mentions": ("run_id", "mention_id"),
    "causes": ("run_id", "touchpoint"),
    "rejected": ("run_id", "rejected_id"),
    "labels": ("run_id", "kind", "id"),
}
_NEEDED = {
    ("runs", "identity"),
    ("mentions", "comment_id"),
    ("comments", "sentiment"),
    ("mentions", "touchpoint"),
}
_INDEXES = {
    "comments": (("run_id", "time"), ("run_id", "customer_id")),
    "mentions": (("run_id", "comment_id"), ("run_id", "touchpoint", "sentiment")),
}
LATEST = ("runs", "comments", "mentions", "causes", "rejected", "labels")
"""Tables of which a view shows the latest run."""


@dataclass(frozen=True)
class Tables:
    """The tables of one schema and prefix, by their names without the prefix."""

    schema: str | None
    prefix: str
    by_name: dict[str, Table]

    def __getitem__(self, name: str) -> Table:
        return self.by_name[name]

    @property
    def in_order(self) -> Sequence[Table]:
        """Every table behind those that it refers to."""
        return tuple(self.by_name.values())

    def views(self) -> Iterator[tuple[Table, Select[tuple[object]]]]:
        """Name and query of each view of the latest run."""
        runs = self["runs"]
        latest = select(func.max(runs.c.run_id)).scalar_subquery()
        for name in LATEST:
            table = self[name]
            shown = Table(
                quoted_name(f"{self.prefix}latest_{name}", quote=True), MetaData(schema=table.schema)
            )
            yield shown, select(*table.c).where(table.c.run_id == latest)


def columns() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Of each table its columns: name, kind (of `KINDS`) and meaning."""
    said = explained("en")
    said = said[said["table"] == "causes"]
    means: dict[str, str] = dict(zip(said["column"].tolist(), said["meaning"].tolist(), strict=True))
    kinds = {name: kind for kind, names in _CAUSES.items() for name in names}
    causes = tuple((name, kinds.get(name, "number"), means[name]) for name in columns_of("causes"))
    return {
        **{name: _SPEC[name] for name in ("schema_version", "runs", "comments", "mentions")},
        "causes": (_RUN, *causes),
        **{name: _SPEC[name] for name in ("rejected", "labels")},
    }


def arrow_schema(name: str) -> pa.Schema:
    """The kinds of the rows that are added to a table."""
    return pa.schema([(column, KINDS[kind][1]) for column, kind, _ in columns()[name]])


def tables(schema: str | None, prefix: str) -> Tables:
    """The tables of one schema and prefix; all names are quoted in statements."""
    metadata = MetaData(schema=quoted_name(schema, quote=True) if schema else None)
    made: dict[str, Table] = {}
    for name, spec in columns().items():
        made[name] = Table(
            quoted_name(f"{prefix}{name}", quote=True),
            metadata,
            *(_column(name, column, kind, meaning) for column, kind, meaning in spec),
            PrimaryKeyConstraint(*_KEYS[name]),
            *_references(name, made),
        )
        for key in _INDEXES.get(name, ()):
            index = f"{prefix}{name}_{'_'.join(key[1:])}"
            Index(quoted_name(index, quote=True), *(made[name].c[column] for column in key))
    return Tables(schema, prefix, made)


def _column(table: str, name: str, kind: str, meaning: str) -> Column[object]:
    # The one key of a single whole number is SQLite's own row number when it is called INTEGER there.
    alone = _KEYS[table] == (name,)
    return Column(
        quoted_name(name, quote=True),
        BigInteger().with_variant(Integer(), "sqlite") if alone else KINDS[kind][0],
        nullable=name not in _KEYS[table] and (table, name) not in _NEEDED,
        autoincrement=False,
        unique=(table, name) == ("runs", "identity") or None,
        comment=meaning,
    )


def _references(name: str, made: dict[str, Table]) -> Iterator[ForeignKeyConstraint]:
    if name in ("schema_version", "runs"):
        return
    if name == "mentions":
        comments = made["comments"]
        yield ForeignKeyConstraint(["run_id", "comment_id"], [comments.c.run_id, comments.c.comment_id])
    else:
        yield ForeignKeyConstraint(["run_id"], [made["runs"].c.run_id])
