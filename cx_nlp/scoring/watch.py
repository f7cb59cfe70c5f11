"""How the comments of a run differ from those that its model was measured on, counted as they come by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import pyarrow as pa

from cx_nlp.bundle import profile_in
from cx_nlp.io.export import Export
from cx_nlp.shift import SAMPLE, Drift, ProfileCounter, compare, known_words


class Watch:
    """Counts at most about `SAMPLE` of an export's comments, evenly spread; of a model without a profile, none."""

    def __init__(self, tagger: Any, export: Export) -> None:  # noqa: ANN401
        self._reference = profile_in(tagger)
        manifest = getattr(tagger, "manifest_", None)
        self._figures = manifest.get("figures") if isinstance(manifest, Mapping) else None
        self._about = export.path.name
        every = max(1, ceil(export.last_line / SAMPLE))
        self._counter = ProfileCounter(known_words(tagger), every=every) if self._reference else None

    def add(self, texts: Sequence[str], tags: pa.Table) -> None:
        """Takes in comments with their tags."""
        if self._counter:
            self._counter.add(texts, tags)

    def drift(self) -> Drift | None:
        """What differs; None where there is nothing to compare."""
        if self._counter is None or self._reference is None:
            return None
        new = self._counter.profile(self._about)
        return compare(self._reference, new, figures=self._figures) if new.comments else None
