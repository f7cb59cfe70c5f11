"""What goes in and out, as pydantic models: limits of requests, and the form of answers for OpenAPI."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cx_nlp.serve.settings import BATCH_TEXTS, TEXT_CHARS

Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARS, description="A comment as it was written.")]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TagRequest(_Strict):
    """One comment."""

    text: Text


class BatchRequest(_Strict):
    """Up to 1024 comments."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=BATCH_TEXTS)]


class MentionOut(BaseModel):
    """One judgement; `start` and `end` count Unicode characters: `text[start:end] == quote` in Python."""

    touchpoint: str
    factor: str
    sentiment: str
    confidence: Share
    start: int
    end: int
    quote: str


class TagOut(BaseModel):
    """The tags of a comment."""

    sentiment: str
    confidence: Share
    needs_review: bool
    truncated: bool
    mentions: list[MentionOut]


class BatchOut(BaseModel):
    """The tags of each comment, in the order of the request."""

    comments: list[TagOut]


State = Literal["waiting", "running", "done", "failed"]


class JobOut(BaseModel):
    """How far a file is."""

    id: str
    state: State
    rows: Annotated[int, Field(description="Rows read so far.")]
    share: Annotated[Share, Field(description="Of the file; 0 where its length is not known.")]
    created: Annotated[str, Field(description="UTC, ISO 8601.")]
    expires: Annotated[str | None, Field(description="When a finished job is removed; UTC, ISO 8601.")]
    detail: Annotated[str | None, Field(description="Why it failed.")]
    counts: Annotated[dict[str, int] | None, Field(description="Rows in, scored, rejected, and mentions.")]


class NameOut(BaseModel):
    """A label's name."""

    en: str
    vi: str


class LabelsOut(BaseModel):
    """The names of labels, by id."""

    touchpoints: dict[str, NameOut]
    factors: dict[str, NameOut]


class HealthOut(BaseModel):
    """Whether the service takes work."""

    status: Literal["ok"]
    version: str
    model: str


class Place(BaseModel):
    """Where a request is not as it should be, and what is wrong there."""

    where: str
    what: str


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Place] | None = None
