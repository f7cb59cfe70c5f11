"""What the page says of comments that are unlike those the model was measured on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from invented_profiles import invented_profile

from cx_nlp.journey.shifted import shift_limits
from cx_nlp.journey.table import scored_table
from cx_nlp.report.limits import sentence
from cx_nlp.report.shift import shifts
from cx_nlp.report.wording import wording
from cx_nlp.shift import compare
from cx_nlp.taxonomy import load_taxonomy

BARE = compare(invented_profile(), invented_profile(800, bare=0.6)).to_dict()
ALIKE = compare(invented_profile(), invented_profile(800)).to_dict()


def table(drift: object) -> Any:
    comments = pd.DataFrame({"comment_id": ["1"], "sentiment": ["negative"]})
    mentions = pd.DataFrame(
        {"comment_id": ["1"], "touchpoint": ["app"], "factor": ["value"], "sentiment": ["negative"]}
    )
    return scored_table(comments, mentions, manifest={"drift": drift})  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "name"), [("en", "Vietnamese without diacritics"), ("vi", "tiếng Việt không dấu")]
)
def test_the_page_says_what_differs_and_the_limits_what_to_do(lang: str, name: str) -> None:
    found = BARE
    words = wording(lang, load_taxonomy())
    section = shifts(table(found), words)
    assert section is not None
    assert len(section.rows) == len(found["shifts"])
    row = next(row for row in section.rows if row.name == name)
    assert row.verdict == words.text("shift.matters")
    assert row.after == "60%"
    assert "suggest-labels" in section.sentences[-1]
    [limit] = shift_limits(table(found))
    assert name in sentence(limit, words)


def test_alike_comments_leave_no_limit() -> None:
    found = ALIKE
    assert shift_limits(table(found)) == ()
    section = shifts(table(found), wording("en", load_taxonomy()))
    assert section is not None
    assert section.sentences[0].startswith("Alike")


@pytest.mark.parametrize(
    "found",
    [None, 3, {}, {"verdict": "moon"}, {"verdict": "differs", "shifts": 5}, {"verdict": "differs", "shifts": [1, {"measure": "x"}]}],
)  # fmt: skip
def test_a_manifest_from_elsewhere_breaks_nothing(found: object) -> None:
    section = shifts(table(found), wording("en", load_taxonomy()))
    assert section is None or section.rows == ()
    assert all(limit.reason == "differs" for limit in shift_limits(table(found)))
