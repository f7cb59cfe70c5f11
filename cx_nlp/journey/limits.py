"""What the data do not carry: the answers that are not given, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd


@dataclass(frozen=True)
class Limit:
    """An answer that is not given, or given under an assumption.

    Attributes
    ----------
    about : str
        The part of the findings: "drivers", "links", ...
    reason : str
        Why, as a key of the page's words.
    values : Mapping
        Numbers and names that go into the words.
    """

    about: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Found(NamedTuple):
    """A table of findings, empty where nothing can be said, and what it does not say."""

    table: pd.DataFrame
    limits: tuple[Limit, ...] = ()


def nothing(columns: tuple[str, ...], *limits: Limit) -> Found:
    """An empty table with these columns, and why it is empty."""
    return Found(pd.DataFrame(columns=list(columns)), limits)
