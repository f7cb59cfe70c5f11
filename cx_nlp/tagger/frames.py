"""Comments scored in memory: tags of each text, as two tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cx_nlp.errors import InputError
from cx_nlp.io.columns import ROLES
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Rejected
from cx_nlp.io.frames import frame_export
from cx_nlp.io.native import Native
from cx_nlp.io.tables import text_column
from cx_nlp.schema import MENTION_COLUMNS, order_columns
from cx_nlp.tagger.mention import TaggedComment
from cx_nlp.tagger.tag_table import MENTION, tag_table
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
    comments : pandas.DataFrame, or a frame of the kind that was scored
        Columns as `schema.COMMENT_COLUMNS` where given, then sentiment, confidence and needs_review, then the
        caller's other columns; index and order of rows are the caller's.
    mentions
        Columns as `schema.MENTION_COLUMNS`.
    rejected
        `reason` and `content` of each row not scored, under the caller's index; where frames have none, with `row`, counted from 0.
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
    tags = tag_table(tagger, distinct)
    if len(distinct) < len(texts):
        place = {text: i for i, text in enumerate(distinct)}
        tags = tags.take([place[text] for text in texts])
    return Scored(
        comments=comments_with(comments, tags),
        mentions=_mentions(comments, tags, tagger.taxonomy),
        rejected=rejected_frame(()),
        truncated=int(pc.sum(tags["truncated"]).as_py() or 0),
    )


def comments_with(comments: pd.DataFrame, tags: pa.Table) -> pd.DataFrame:
    """Comments with their sentiment and how sure it is, from a row of the table `tag_table.TAGS` each."""
    scores = {name: tags[name].to_numpy() for name in ("confidence", "needs_review")}
    found = comments.assign(sentiment=tags["sentiment"].to_pylist(), **scores)
    ordered: pd.DataFrame = found[order_columns(found.columns)]
    return ordered


def score_frame(
    tagger: Tags,
    df: Any,  # noqa: ANN401 - a frame of any kind
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

    The tables are of the frame's kind: pandas, Polars or Arrow.

    Raises
    ------
    InputError
        If `df` is no frame or one not computed yet, has no rows, a named column is missing, or a column cannot play its role.
    """
    given = None if isinstance(df, pd.DataFrame) else Native(df)
    frame = given.to_pandas() if given else df
    plan = plan_of(
        frame, text=text, id=id, customer=customer, time=time, rating=rating, channel=channel, segment=segment, stage=stage,
        value=value, outcome=outcome, rating_kind=rating_kind,
    )  # fmt: skip
    scored = score_planned(tagger, frame, plan)
    return scored if given is None else _of_kind(given, scored, plan)


def _of_kind(given: Native, scored: Scored, plan: CommentPlan) -> Scored:
    """Scored tables as frames of the caller's kind; rejected rows are numbered from 0, as such frames have no index."""
    own = {name: new for name, new in plan.others.items() if new in scored.comments}
    return replace(
        scored,
        comments=given.with_rows(scored.comments, scored.comments.index.tolist(), own),
        mentions=given.like(scored.mentions),
        rejected=given.like(scored.rejected.rename_axis("row").reset_index()),
    )


def plan_of(
    df: pd.DataFrame, *, text: str = "text", rating_kind: str | None = None, **columns: str | None
) -> CommentPlan:
    """How a frame's columns are read; parameters and errors as for `score_frame`."""
    given = dict.fromkeys(ROLES[1:])
    unknown = columns.keys() - given.keys()
    if unknown:
        raise TypeError(
            f"{sorted(unknown)[0]!r} is no role of a column; the roles are text, {', '.join(given)}"
        )
    # An empty name keeps a role from being guessed.
    chosen = {role: name or "" for role, name in {"text": text, **given, **columns}.items()}
    return plan_comments(frame_export(df), chosen=chosen, rating_kind=rating_kind)


def score_planned(tagger: Tags, df: pd.DataFrame, plan: CommentPlan, *, first: int = 0) -> Scored:
    """A frame whose columns are read as planned; `first` rows of the same data come before it."""
    [chunk] = frame_export(df).chunks(len(df))
    chunk = replace(chunk, frame=chunk.frame.set_axis(chunk.frame.index + first))
    comments, rejected = CommentReader(plan).read(chunk)
    scored = replace(score_comments(tagger, comments), rejected=rejected_frame(rejected))
    others = {name: plan.others[str(name)] for name in df.columns if str(name) in plan.others}
    return _as_given(scored, df, others, first)


def _mentions(comments: pd.DataFrame, tags: pa.Table, taxonomy: Taxonomy | None) -> pd.DataFrame:
    columns = {
        name: values if isinstance(values, list) else values.to_pylist()
        for name, values in _mention_columns(comments, tags, taxonomy).items()
    }
    kinds = {"confidence": "float64", "start": "int64", "end": "int64"}
    frame: pd.DataFrame = pd.DataFrame(columns, columns=list(MENTION_COLUMNS)).astype(kinds)
    return frame


def mention_table(comments: pd.DataFrame, tags: pa.Table, taxonomy: Taxonomy | None) -> pa.Table:
    """The mentions of comments, as `Scored.mentions` has them, for a file: half of a surrogate pair becomes "?"."""
    columns = _mention_columns(comments, tags, taxonomy)
    arrays = [
        text_column(column) if isinstance(column := columns[name], list) else column
        for name in MENTION_COLUMNS
    ]
    return pa.table(arrays, names=list(MENTION_COLUMNS))


def _mention_columns(
    comments: pd.DataFrame, tags: pa.Table, taxonomy: Taxonomy | None
) -> dict[str, pa.Array | list[str]]:
    found = tags["mentions"].combine_chunks()
    rows = pc.list_parent_indices(found).to_pylist()
    columns: dict[str, Any] = dict(zip(MENTION.names, found.flatten().flatten(), strict=True))
    touchpoints = columns["touchpoint"].dictionary_encode()
    stages = {touchpoint.id: touchpoint.stage for touchpoint in taxonomy.touchpoints} if taxonomy else {}
    named = pa.array([stages.get(name) for name in touchpoints.dictionary.to_pylist()], pa.string())
    columns["stage"] = named.take(touchpoints.indices)
    ids, texts = comments["comment_id"].tolist(), comments["text"].tolist()
    columns["comment_id"] = [ids[row] for row in rows]
    spans = zip(rows, columns["start"].to_pylist(), columns["end"].to_pylist(), strict=True)
    columns["quote"] = [texts[row][start:end] for row, start, end in spans]
    return columns


def rejected_frame(rejected: Sequence[Rejected]) -> pd.DataFrame:
    """Rows that could not be read, by line."""
    cells = {"reason": [row.reason for row in rejected], "content": [row.content for row in rejected]}
    frame: pd.DataFrame = pd.DataFrame(cells, index=[row.line for row in rejected], dtype="str")
    frame.index = frame.index.astype("int64")
    return frame


def _as_given(scored: Scored, df: pd.DataFrame, others: Mapping[str, str], first: int) -> Scored:
    """The scored rows under the caller's index, the caller's other columns with their own types."""
    rows = scored.comments.index - 1 - first
    own = {new: df[name].iloc[rows].set_axis(scored.comments.index) for name, new in others.items()}
    comments = scored.comments.assign(**own)
    return replace(
        scored,
        comments=comments.set_axis(df.index[rows]),
        rejected=scored.rejected.set_axis(df.index[scored.rejected.index - 1 - first]),
    )
