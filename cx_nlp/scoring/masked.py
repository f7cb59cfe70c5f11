"""Rejected rows without personal data: they are shown to whoever mends the export, and each has its line."""

from collections import Counter
from typing import Any

import pandas as pd

from cx_nlp.personal import find_personal, mask

_PREFIX = "masked: "


def masked(rejected: pd.DataFrame, tally: Counter[str]) -> pd.DataFrame:
    """The rows with personal data in `content` masked, each in the language of its text; counts them in `tally`."""
    contents = []
    for content in rejected["content"]:
        spans = find_personal(content) if isinstance(content, str) else []
        tally.update(_PREFIX + span.kind for span in spans)
        contents.append(mask(content, spans=spans) if spans else content)
    shown: pd.DataFrame = rejected.assign(content=pd.Series(contents, rejected.index, "str"))
    return shown


def masked_record(tally: Counter[str], *, kept: bool) -> dict[str, Any]:
    """How many were masked in rejected rows, by kind, for the manifest."""
    if kept:
        return {"masked": False}
    found = {key.removeprefix(_PREFIX): n for key, n in tally.most_common() if key.startswith(_PREFIX)}
    return {"masked": True, "rejected_rows": found}
