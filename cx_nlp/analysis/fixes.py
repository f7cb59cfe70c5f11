"""Whether a fix worked: a plan's file checked against a scored table, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cx_nlp.journey.fixes.checked import Checked, check_plan
from cx_nlp.journey.fixes.planfile import columns_of
from cx_nlp.journey.fixes.record import neighbours_table, weeks_table
from cx_nlp.journey.table import Scored, read_scored
from cx_nlp.report.fix_lines import check_text, fix_words
from cx_nlp.taxonomy import load_taxonomy


@dataclass(frozen=True)
class FixSummary:
    """A checked fix; printed, it says the verdict and what stands behind it in words.

    Attributes
    ----------
    checked : Checked
        The check with the note on its plan; `checked.check` holds every figure.
    """

    checked: Checked
    said: str = field(repr=False)

    @property
    def verdict(self) -> str:
        """One of "effective", "ineffective", "inconclusive", "harmful", "not enough data"."""
        return self.checked.check.verdict

    @property
    def weeks(self) -> pd.DataFrame:
        """What was measured, week by week; no rows while the plan's windows are open."""
        return weeks_table(self.checked.check)

    @property
    def neighbours(self) -> pd.DataFrame:
        """Touchpoints that the problem might have moved to."""
        return neighbours_table(self.checked.check)

    def __str__(self) -> str:
        return self.said


def check_fix(
    plan: Path | str,
    source: Scored | Path | str,
    *,
    audit: Path | str | None = None,
    exploratory: bool = False,
    lang: str = "en",
) -> FixSummary:
    """Whether a fix did what its plan said: effective, ineffective, inconclusive, harmful, or not enough data.

    The first check notes what the plan says beside its file (PLAN.lock.json); a plan that is changed later is refused.

    Parameters
    ----------
    plan
        The plan's file, as `cx-nlp check-fix PLAN.toml --new` writes one.
    source
        What `read_scored` reads, or a table that it gave.
    audit
        A sample of the comments labelled by hand, for the tagger's error rates on these data.
    exploratory
        Whether a changed plan is let pass and windows that are not over are taken; the verdict is marked and no note is written.
    lang
        "en" or "vi", the language of what is printed.

    Raises
    ------
    InputError
        The plan, its note, the audit or the table cannot be used, or the plan was changed.
    OutputError
        The note cannot be written.
    """
    scored = source if isinstance(source, Scored) else read_scored(source, columns=columns_of(plan))
    words = fix_words(lang, scored.taxonomy or load_taxonomy())
    checked = check_plan(plan, scored, audit=audit, exploratory=exploratory)
    return FixSummary(checked, check_text(checked, words))
