"""The verdict on a fix: effective, ineffective, inconclusive or harmful, or not enough data to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cx_nlp.errors import InputError
from cx_nlp.journey.fixes import doubts, tagged
from cx_nlp.journey.fixes.checks import Check, checks
from cx_nlp.journey.fixes.design import design_of, holds
from cx_nlp.journey.fixes.estimate import Estimate, Lens
from cx_nlp.journey.fixes.neighbours import Neighbour, neighbours
from cx_nlp.journey.fixes.plan import Plan
from cx_nlp.journey.fixes.power import Power, power_of
from cx_nlp.journey.fixes.stacked import Change, change_of
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Span
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.table import Scored

EFFECTIVE, INEFFECTIVE, INCONCLUSIVE = "effective", "ineffective", "inconclusive"
HARMFUL, TOO_LITTLE = "harmful", "not enough data"


@dataclass(frozen=True)
class Judged:
    """A change with its verdict.

    Attributes
    ----------
    verdict : str
    change : Change
    checks : tuple of Check
    notes : tuple of Limit
        Why the verdict is not what the change alone would give.
    """

    verdict: str
    change: Change
    checks: tuple[Check, ...]
    notes: tuple[Limit, ...]


@dataclass(frozen=True)
class FixCheck:
    """What a plan and a table say of a fix.

    Attributes
    ----------
    plan : Plan
    verdict : str
    exploratory : bool
        The verdict was not bound by a plan made before the data.
    lens : Lens
        How figures are corrected for the tagger's errors.
    power : Power or None
        What can be found; None with too few weeks before the fix.
    change : Change or None
        What changed; None as long as the windows are open.
    checks : tuple of Check
    neighbours : tuple of Neighbour
    notes : tuple of Limit
        Why the verdict is what it is, and what weakens it.
    """

    plan: Plan
    verdict: str
    exploratory: bool
    lens: Lens
    power: Power | None
    change: Change | None
    checks: tuple[Check, ...]
    neighbours: tuple[Neighbour, ...]
    notes: tuple[Limit, ...]

    @property
    def moved_to(self) -> tuple[str, ...]:
        """Neighbours with more complaints than before the fix."""
        return tuple(one.touchpoint for one in self.neighbours if one.verdict == "worse")


def check_fix(
    plan: Plan, scored: Scored, *, audit: Audit | None = None, exploratory: bool = False
) -> FixCheck:
    """The verdict on a fix.

    While the plan's windows are open there is none, and no figure of the change is given, so that nobody can wait for the best
    moment; an exploratory check takes the weeks there are.

    Parameters
    ----------
    audit
        The tagger's error rates on comments of this table; by default those on the comments it was tested on.
    exploratory
        Whether the plan came after the data; the verdict then says so.

    Raises
    ------
    InputError
        The table lacks what the plan names: times, a column, a value, the touchpoint, comments before or after the fix.
    """
    design = design_of(plan, scored, audit)
    values, groups, before = design.values, design.groups, design.before
    power = power_of(values, groups, plan, design.lens)
    notes = list(doubts.of_design(plan, design.lens, values, groups, before))
    after, weeks = design.after, design.open_weeks
    if weeks:
        notes.append(Limit(doubts.ABOUT, "open", {"weeks": weeks, "end": plan.ends.isoformat()}))
        after = design.until
        if not exploratory or after.weeks < 1:
            notes += doubts.of_cuts(design.cover, design.cuts(before))
            return FixCheck(plan, TOO_LITTLE, exploratory, design.lens, power, None, (), (), tuple(notes))
    holds(design, plan, after, "after")
    spans = (before, after)
    found = judged(values, groups, plan, spans, design.lens)
    beside = neighbours(design.beside, plan, design.groups_beside, spans, audit)
    notes += [*found.notes, *doubts.of_cuts(design.cover, design.cuts(before, design.after))]
    notes += [*doubts.of_change(plan, design, spans, found.change)]
    if found.verdict != TOO_LITTLE and plan.is_tagged:
        notes += [*tagged.of_models(scored), *tagged.of_sureness(plan, design, spans)]
        if found.verdict in (EFFECTIVE, HARMFUL):
            notes += tagged.of_errors(found.change)
    return FixCheck(
        plan, found.verdict, exploratory, design.lens, power, found.change, found.checks, beside, tuple(notes)
    )


def judged(values: Array, groups: Sequence[Wave], plan: Plan, spans: tuple[Span, Span], lens: Lens) -> Judged:
    """The change between two spans of weeks, with its verdict.

    A change that a check explains (there was one like it a year earlier or already before the fix, and what it leaves of the
    change could be nothing) is neither effective nor harmful but inconclusive.

    Raises
    ------
    InputError
        The control group has no comments in the same weeks.
    """
    share = plan.metric.is_share
    change = change_of(values, groups, *spans, share=share)
    if change is None:
        raise InputError(
            "the control group has no comments in the weeks of those that got the fix; choose another or leave it out."
        )
    change = change.through(lens)
    rest = checks(values, groups, change, *spans, share=share, alpha=plan.alpha)
    notes = list(doubts.lacking(plan, change))
    verdict = TOO_LITTLE if notes else decided(change.estimate, plan)
    if verdict in (EFFECTIVE, HARMFUL) and any(check.explains for check in rest):
        verdict = INCONCLUSIVE
        notes += [Limit(doubts.ABOUT, f"explained_by_{check.name}") for check in rest if check.explains]
    return Judged(verdict, change, rest, tuple(notes))


def decided(estimate: Estimate, plan: Plan) -> str:
    """The verdict that an estimated change gives.

    Ineffective where the change is smaller than the smallest one worth having, by two one-sided tests (D. J. Schuirmann,
    Journal of Pharmacokinetics and Biopharmaceutics 15, 1987, 657-680), whether or not it differs from nought; effective or
    harmful where it differs from nought in the direction wished or the other; else inconclusive.
    """
    within = max(estimate.p_above(-plan.smallest), estimate.p_below(plan.smallest))
    if within < plan.alpha:
        return INEFFECTIVE
    if estimate.p_differs() >= plan.alpha:
        return INCONCLUSIVE
    return EFFECTIVE if (estimate.value < 0) == (plan.metric.direction == "down") else HARMFUL
