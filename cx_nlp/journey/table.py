"""The scored table: comments and mentions as `cx-nlp score` writes them, or tagged by hand or another tool."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.errors import InputError
from cx_nlp.io.outputs import MADE_BY
from cx_nlp.journey import tablefile
from cx_nlp.journey.tablecheck import TableCheck, typed_columns
from cx_nlp.journey.upstream.event_columns import EVENT_COLUMNS
from cx_nlp.schema import (
    COMMENT_COLUMNS,
    COMMENT_SENTIMENTS,
    EXTRA_COLUMNS,
    MENTION_COLUMNS,
    MENTIONS_NEEDED,
    SCORE_COLUMNS,
    SENTIMENTS,
    require_columns,
)
from cx_nlp.taxonomy import Taxonomy, load_taxonomy

# Text is by far the largest column and only the quotes need it: `Scored.texts` fetches those few.
COMMENTS_READ = tuple(
    name for name in (*COMMENT_COLUMNS, *SCORE_COLUMNS, *EXTRA_COLUMNS, *EVENT_COLUMNS) if name != "text"
)
REPEATING = ("touchpoint", "factor", "stage", "sentiment", "channel", "segment")

TextSource = Callable[[], Iterable[tuple[Sequence[str], Sequence[str]]]]


@dataclass(frozen=True)
class Scored:
    """A checked scored table; make one with `read_scored` or `scored_table`.

    Attributes
    ----------
    comments, mentions : pd.DataFrame
        The two tables, rows in the given order, with the columns they had of those the design names.
    manifest : Mapping or None
        The run's manifest, None where the table came without.
    taxonomy : Taxonomy or None
        The taxonomy that lay beside the table.
    """

    comments: pd.DataFrame
    mentions: pd.DataFrame
    manifest: Mapping[str, Any] | None = None
    taxonomy: Taxonomy | None = None
    text_source: TextSource | None = field(default=None, repr=False, compare=False)

    @cached_property
    def comment_rows(self) -> NDArray[np.intp]:
        """For each mention, the row of its comment in `comments`."""
        rows: NDArray[np.intp] = pd.Index(self.comments["comment_id"]).get_indexer(
            pd.Index(self.mentions["comment_id"])
        )
        return rows

    @cached_property
    def customers(self) -> tuple[NDArray[np.int64], int]:
        """The customer of each comment as a number, and how many are known; a comment of nobody known is one of its own."""
        if "customer_id" not in self.comments:
            return np.arange(len(self.comments)), 0
        codes, names = pd.factorize(self.comments["customer_id"])
        numbers = codes.astype(np.int64)
        alone = np.flatnonzero(numbers < 0)
        numbers[alone] = len(names) + np.arange(len(alone))
        return numbers, len(names)

    @property
    def knows_customers(self) -> bool:
        """Whether any comment's customer is known."""
        return self.customers[1] > 0

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Characters of each comment's text; NaN where the text is not known."""
        known = {
            id: len(text)
            for batch in self.text_batches()
            for id, text in zip(*batch, strict=True)
            if isinstance(text, str)
        }
        lengths: NDArray[np.float64] = self.comments["comment_id"].map(known).to_numpy(float)
        return lengths

    def texts(self, ids: Collection[str]) -> dict[str, str]:
        """Texts of these comments; those whose text is not known are left out."""
        wanted = set(ids)
        pairs = (pair for batch in self.text_batches() for pair in zip(*batch, strict=True))
        return {id: text for id, text in pairs if id in wanted and isinstance(text, str)}

    def text_sample(self, *, size: int = 2000) -> list[str]:
        """About `size` texts spread evenly over the table, for guessing its language."""
        step = max(1, len(self.comments) // size)
        texts = (text for _, batch in self.text_batches() for text in batch[::step])
        return [text for text in texts if isinstance(text, str)]

    def text_batches(self) -> Iterable[tuple[Sequence[str], Sequence[str]]]:
        """Ids and texts of all comments, a batch at a time; none where the table holds no text."""
        if self.text_source is not None:
            return self.text_source()
        if "text" not in self.comments:
            return []
        return [(self.comments["comment_id"].tolist(), self.comments["text"].tolist())]


def read_scored(source: Path | str, *, columns: Collection[str] = ()) -> Scored:
    """The scored table in a folder or file.

    Parameters
    ----------
    source
        A folder with `comments` and `mentions` (Parquet or CSV), or with `scored.xlsx` or `scored.jsonl`; or a
        file: the comments, with `NAME.mentions.*` beside, or a workbook or nested JSONL that holds both. Needed
        are `comment_id` in comments and `comment_id, touchpoint, factor, sentiment` in mentions. A
        `manifest.json` (beside a file: `FILE.manifest.json`) and a `taxonomy.toml` are read where there are any.
    columns
        The caller's own columns of the comments that are read, too, as text, where there are such.

    Raises
    ------
    InputError
        A table is missing or broken, or a value in it cannot be; the message names file, row and column.
    TaxonomyError
        The `taxonomy.toml` beside the table is broken.
    """
    files = tablefile.find(Path(source))
    manifest = _manifest(files.manifest)
    comments, mentions, texts = tablefile.read(
        files,
        comment_columns=(*COMMENTS_READ, *columns),
        mention_columns=MENTION_COLUMNS,
        ours=(manifest or {}).get("made_by") == MADE_BY,
    )
    taxonomy = load_taxonomy(files.taxonomy) if files.taxonomy else None
    return scored_table(
        comments,
        mentions,
        manifest=manifest,
        taxonomy=taxonomy,
        text_source=texts,
        names=(files.comments.name, files.mentions.name),
    )


def scored_table(
    comments: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    manifest: Mapping[str, Any] | None = None,
    taxonomy: Taxonomy | None = None,
    text_source: TextSource | None = None,
    names: tuple[str, str] = ("comments", "mentions"),
) -> Scored:
    """A checked scored table from two data frames; `names` stand for them in errors.

    Where the comments have no sentiment, it follows from their mentions: mixed with both a positive and a
    negative one, neutral with neither.

    Raises
    ------
    InputError
        As `read_scored`.
    """
    said, found = TableCheck(names[0], comments), TableCheck(names[1], mentions)
    require_columns(comments, ["comment_id"], source=names[0])
    require_columns(mentions, MENTIONS_NEEDED, source=names[1])
    comments, mentions = typed_columns(said), typed_columns(found)
    said.ids_once(comments["comment_id"])
    found.filled(mentions, MENTIONS_NEEDED)
    allowed = tuple(dict.fromkeys((*SENTIMENTS, *(taxonomy.sentiments if taxonomy else ()))))
    found.one_of(mentions["sentiment"], allowed)
    comments, mentions = comments.reset_index(drop=True), mentions.reset_index(drop=True)
    if "sentiment" in comments:
        said.filled(comments, ("sentiment",))
        said.one_of(comments["sentiment"], tuple(dict.fromkeys((*COMMENT_SENTIMENTS, *allowed))))
    else:
        comments["sentiment"] = _sentiment_of(comments, mentions)
    scored = Scored(_compact(comments), _compact(mentions), manifest, taxonomy, text_source)
    found.known(scored.comment_rows < 0, names[0])
    return scored


def _compact(frame: pd.DataFrame) -> pd.DataFrame:
    compact: pd.DataFrame = frame.astype({name: "category" for name in REPEATING if name in frame})
    return compact


def _sentiment_of(comments: pd.DataFrame, mentions: pd.DataFrame) -> NDArray[np.str_]:
    praised, blamed = (
        comments["comment_id"].isin(mentions["comment_id"][mentions["sentiment"] == side])
        for side in ("positive", "negative")
    )
    return np.select([praised & blamed, praised, blamed], ["mixed", "positive", "negative"], "neutral")


def _manifest(path: Path | None) -> Mapping[str, Any] | None:
    if path is None:
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path}: is not a manifest that can be read ({error}); score the export anew."
        ) from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: holds a list or a value, not a manifest; score the export anew.")
    return content
