"""The plan of a fix: what is done, what it should change, how it will be judged; all of it stated before the fact."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from cx_nlp.errors import InputError

KINDS = ("complaints", "praise", "rating")
DIRECTIONS = ("down", "up")
POLARITY = {"complaints": "negative", "praise": "positive"}


class Misfit(InputError):
    """A plan that does not fit the table: `key` is what does not, as "metric.touchpoint"."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True)
class Metric:
    """What is measured.

    Attributes
    ----------
    kind : str
        "complaints" or "praise" (share of all comments that hold one at the touchpoint), or "rating" (mean rating).
    direction : str
        "down" or "up": where it should go.
    touchpoint, factor : str or None
        Where; None for a rating, and for all factors.
    """

    kind: str
    direction: str
    touchpoint: str | None = None
    factor: str | None = None

    @property
    def is_share(self) -> bool:
        """Whether it is a share of comments, and not a mean."""
        return self.kind != "rating"


@dataclass(frozen=True)
class Within:
    """The only comments that count: those of one channel, of one segment, that mention one touchpoint; None for any."""

    channel: str | None = None
    segment: str | None = None
    touchpoint: str | None = None


@dataclass(frozen=True)
class Rollout:
    """When the fix came: on one day for everyone (`by` is None, the group ""), or per value of a column."""

    dates: tuple[tuple[str, date], ...]
    by: str | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The different days, first to last."""
        return tuple(sorted({day for _, day in self.dates}))


@dataclass(frozen=True)
class Windows:
    """Weeks that are compared: `before` up to the fix; `after`, from `settle` weeks after it."""

    before: int
    after: int
    settle: int = 0


@dataclass(frozen=True)
class Group:
    """Comments with one of these values in a column."""

    by: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Neighbours:
    """Touchpoints the problem might move to; `margin` is the rise in the share of complaints that would still do."""

    touchpoints: tuple[str, ...] = ()
    margin: float = 0.0


@dataclass(frozen=True)
class Plan:
    """A plan that was read by `read_plan`; shares are from 0 to 1.

    Attributes
    ----------
    smallest : float
        The smallest change worth having, of a share or in units of the rating.
    alpha : float
        Rate of false verdicts: two-sided for a change, one-sided for each side of "no change worth having" and for neighbours.
    """

    hypothesis: str
    action: str
    owner: str
    metric: Metric
    rollout: Rollout
    windows: Windows
    smallest: float
    alpha: float = 0.05
    control: Group | None = None
    neighbours: Neighbours = Neighbours()
    within: Within | None = None

    @property
    def is_tagged(self) -> bool:
        """Whether a tagger has a part in what is measured."""
        return self.metric.is_share or (self.within is not None and self.within.touchpoint is not None)

    @property
    def ends(self) -> date:
        """The day after the last window."""
        return self.rollout.days[-1] + timedelta(weeks=self.windows.settle + self.windows.after)

    def content(self) -> dict[str, Any]:
        """The plan as plain values: the same for the same plan, however its file is laid out."""
        content: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        if self.within is None:
            # Plans that were locked before there was such a table keep their digest.
            del content["within"]
        return content

    @property
    def digest(self) -> str:
        """SHA-256 of `content`."""
        text = json.dumps(self.content(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
