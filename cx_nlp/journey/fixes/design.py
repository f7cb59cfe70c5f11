"""What a plan compares in a table: which comments count, in which weeks, and what is measured in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cx_nlp.journey.fixes.cover import Cover, Cut, cover_of, cuts, only_whole
from cx_nlp.journey.fixes.estimate import AS_TAGGED, Lens
from cx_nlp.journey.fixes.lens import lens_of
from cx_nlp.journey.fixes.part import described, part_of
from cx_nlp.journey.fixes.plan import Plan
from cx_nlp.journey.fixes.waves import Wave, measured, waves
from cx_nlp.journey.fixes.weeks import Array, Span
from cx_nlp.journey.fixes.windows import has_comments, last_week, windows
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.table import Scored


@dataclass(frozen=True)
class Design:
    """A plan laid over a table.

    Attributes
    ----------
    part, beside : Scored
        The comments that count, and those among which neighbours are sought: also those that do not mention the touchpoint which
        the plan keeps to, as a complaint that moved need not mention it any more.
    values : ndarray of shape (comments of `part`,)
        What is measured in each comment.
    groups, groups_beside : tuple of Wave
        Who of either got the fix when, in weeks that the table covers whole.
    every : tuple of Wave
        `groups` in all weeks.
    lens : Lens
        How changes are corrected.
    cover : Cover
    before, after : Span
        The planned weeks.
    begun : int
        The newest week that has begun, counted from the rollout's last day.
    """

    part: Scored
    beside: Scored
    values: Array
    groups: tuple[Wave, ...]
    groups_beside: tuple[Wave, ...]
    every: tuple[Wave, ...]
    lens: Lens
    cover: Cover
    before: Span
    after: Span
    begun: int

    @property
    def until(self) -> Span:
        """The weeks after the fix that are over and covered whole."""
        whole = self.cover.whole(max(wave.day for wave in self.groups))
        return Span(self.after.first, min(self.after.end, whole.end))

    @property
    def open_weeks(self) -> int:
        """Weeks to wait for before there is a verdict: till the last one has begun and one is over."""
        return max(self.after.end - 1 - self.begun, int(self.until.weeks < 1))

    def cuts(self, *spans: Span) -> Iterator[Cut]:
        """Weeks of these spans that are left out as the table covers them only in part."""
        yield from cuts(self.every, self.cover, spans)


def design_of(plan: Plan, scored: Scored, audit: Audit | None = None) -> Design:
    """A plan laid over a table.

    Raises
    ------
    InputError
        The table lacks what the plan names: times, a column, a value, the touchpoint, comments before the fix.
    """
    part, beside, by_mention = part_of(scored, plan.within), scored, False
    kept = "the scored table"
    if plan.within:
        kept = f"the part that [within] keeps ({described(plan.within)})"
        by_mention = plan.within.touchpoint is not None
        beside = part_of(scored, replace(plan.within, touchpoint=None)) if by_mention else part
    values, every = measured(part, plan.metric, of=kept), waves(part, plan)
    cover = cover_of(scored)
    groups = only_whole(every, cover)
    design = Design(
        part,
        beside,
        values,
        groups,
        only_whole(waves(beside, plan), cover) if by_mention else groups,
        every,
        # Of the comments that are told to mention a touchpoint the tagger's errors are others than of all.
        AS_TAGGED if by_mention else lens_of(plan.metric, scored.manifest, audit),
        cover,
        *windows(plan),
        last_week(plan, cover),
    )
    holds(design, plan, design.before, "before")
    return design


def holds(design: Design, plan: Plan, span: Span, side: str) -> None:
    """Nothing where every group has comments in a window.

    Raises
    ------
    Misfit
        One has none.
    """
    of = f"{described(plan.within)} " if plan.within else ""
    has_comments(design.values, design.groups, span, side, cover=design.cover, of=of)
