"""Comments scored in memory: tags of each text, as two tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Protocol

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Chunk, Export, Rejected
from cx_nlp.io.frames import frame_export
from cx_nlp.schema import MENTION_COLUMNS, order_columns
from cx_nlp.tagger.mention import TaggedComment
from cx_nlp.taxonomy import Taxonomy


class Tags(Protocol):
    """What scoring needs of a tagger."""

    taxonomy: Taxonomy | None

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The tags of each text, in order."""


def check_tags(tagger: object) -> None:
    """Refuse a model that gives no mentions.

    Raises
    ------
    InputError
        It has no `tag_many` or no `taxonomy`, as a classifier of single labels.
    """
    if not hasattr(tagger, "tag_many") or not hasattr(tagger, "taxonomy"):
        raise InputError(
            f"a {type(tagger).__name__} gives no mentions (it lacks tag_many or taxonomy): scoring needs a tagger, such as "
            "cx_nlp.load() or a MentionTagger"
        )


@dataclass(frozen=True)
class Scored:
    """Comments with their sentiment, mentions, and the rows that could not be scored.

    Attributes
    ----------
    comments : pandas.DataFrame
        Columns as `schema.COMMENT_COLUMNS` where given, then sentiment, confidence and needs_review, then the
        caller's other columns; index and order of rows are the caller's.
    mentions : pandas.DataFrame
        Columns as `schema.MENTION_COLUMNS`.
    rejected : pandas.DataFrame
        `reason` and `content` of each row not scored, under the caller's index.
    truncated : int
        Comments longer than the tagger reads, tagged from their beginning only.
    """

    comments: pd.DataFrame
    mentions: pd.DataFrame
    rejected: pd.DataFrame
    truncated: int = 0


def score_comments(tagger: Tags, comments: pd.DataFrame) -> Scored:
    """Comments with their tags; a text that recurs is tagged once.

    Parameters
    ----------
    tagger
        Has `tag_many` and `taxonomy`.
    comments
        With `comment_id` and `text`, as `CommentReader` gives them.
    """
    texts = comments["text"].tolist()
    distinct = list(dict.fromkeys(texts))
    tags = dict(zip(distinct, tagger.tag_many(distinct), strict=True))
    tagged = [tags[text] for text in texts]
    scores = {
        "sentiment": [comment.sentiment for comment in tagged],
        "confidence": [float(comment.confidence) for comment in tagged],
        "needs_review": [bool(comment.needs_review) for comment in tagged],
    }
    with_scores = comments.assign(**scores)
    return Scored(
        comments=with_scores[order_columns(with_scores.columns)],
        mentions=_mentions(comments["comment_id"].tolist(), tagged, tagger.taxonomy),
        rejected=_rejected_frame(()),
        truncated=sum(comment.truncated for comment in tagged),
    )


def score_frame(
    tagger: Tags,
    df: pd.DataFrame,
    *,
    text: str = "text",
    id: str | None = None,
    customer: str | None = None,
    time: str | None = None,
    rating: str | None = None,
    channel: str | None = None,
    segment: str | None = None,
    stage: str | None = None,
    value: str | None = None,
    outcome: str | None = None,
    rating_kind: str | None = None,
) -> Scored:
    """A frame of comments, scored; only columns that are named here get a role, all others are kept as they are.

    Raises
    ------
    InputError
        If the frame has no rows, a named column is missing, or a column cannot play its role.
    """
    given = {
        **{"text": text, "id": id, "customer": customer, "time": time, "rating": rating, "channel": channel},
        **{"segment": segment, "stage": stage, "value": value, "outcome": outcome},
    }
    export = frame_export(df)
    # An empty name keeps a role from being guessed.
    chosen = {role: name or "" for role, name in given.items()}
    plan = plan_comments(export, chosen=chosen, rating_kind=rating_kind)
    # In memory anyway, and one chunk leaves no columns to reconcile.
    [(_, scored)] = scored_chunks(export, CommentReader(plan), tagger, rows=len(df))
    others = {name: plan.others[str(name)] for name in df.columns if str(name) in plan.others}
    return _as_given(scored, df, others)


def scored_chunks(
    export: Export, reader: CommentReader, tagger: Tags, *, rows: int = 4096
) -> Iterator[tuple[Chunk, Scored]]:
    """Each chunk of the export with its scored comments; `rejected` is indexed by line."""
    for chunk in export.chunks(rows):
        comments, rejected = reader.read(chunk)
        scored = score_comments(tagger, comments)
        yield chunk, replace(scored, rejected=_rejected_frame(rejected))


def _mentions(ids: Sequence[str], tagged: Sequence[TaggedComment], taxonomy: Taxonomy | None) -> pd.DataFrame:
    stages = {touchpoint.id: touchpoint.stage for touchpoint in taxonomy.touchpoints} if taxonomy else {}
    found = [mention for comment in tagged for mention in comment.mentions]
    given = [name for name in MENTION_COLUMNS if name not in ("comment_id", "stage")]
    columns = {name: [*map(attrgetter(name), found)] for name in given}
    columns["comment_id"] = [
        identity for identity, comment in zip(ids, tagged, strict=True) for _ in comment.mentions
    ]
    columns["stage"] = [*map(stages.get, columns["touchpoint"])]
    kinds = {"confidence": "float64", "start": "int64", "end": "int64"}
    frame: pd.DataFrame = pd.DataFrame(columns, columns=list(MENTION_COLUMNS)).astype(kinds)
    return frame


def _rejected_frame(rejected: Sequence[Rejected]) -> pd.DataFrame:
    cells = {"reason": [row.reason for row in rejected], "content": [row.content for row in rejected]}
    frame: pd.DataFrame = pd.DataFrame(cells, index=[row.line for row in rejected], dtype="str")
    frame.index = frame.index.astype("int64")
    return frame


def _as_given(scored: Scored, df: pd.DataFrame, others: Mapping[str, str]) -> Scored:
    """The scored rows under the caller's index, the caller's other columns with their own types."""
    rows = scored.comments.index - 1
    own = {new: df[name].iloc[rows].set_axis(scored.comments.index) for name, new in others.items()}
    comments = scored.comments.assign(**own)
    return replace(
        scored,
        comments=comments.set_axis(df.index[rows]),
        rejected=scored.rejected.set_axis(df.index[scored.rejected.index - 1]),
    )
