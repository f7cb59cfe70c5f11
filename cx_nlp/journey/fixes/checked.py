"""A plan's file checked against a scored table, under the note of what it said when it was first used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cx_nlp.journey.fixes.doubts import ABOUT
from cx_nlp.journey.fixes.lock import Lock, held, lock, lock_path, read_lock
from cx_nlp.journey.fixes.plan import Misfit, Plan
from cx_nlp.journey.fixes.planfile import read_plan
from cx_nlp.journey.fixes.planform import read_form
from cx_nlp.journey.fixes.tagged import model_of, of_other_model
from cx_nlp.journey.fixes.verdict import FixCheck, check_fix
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.period import core_span
from cx_nlp.journey.scores.audit import Audit, read_audit
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import load_taxonomy


@dataclass(frozen=True)
class Checked:
    """A check with the note on its plan.

    Attributes
    ----------
    check : FixCheck
    lock : Lock or None
        None where an exploratory check found no note and wrote none.
    path : Path
        Where the note lies.
    is_new : bool
        Whether this check wrote it.
    """

    check: FixCheck
    lock: Lock | None
    path: Path
    is_new: bool


def check_plan(
    path: Path | str, scored: Scored, *, audit: Path | str | None = None, exploratory: bool = False
) -> Checked:
    """The verdict on the fix that a plan's file describes.

    The first check writes a note of the plan beside it; a later one with another plan is refused. A verdict is exploratory where
    that is asked for, and where the plan was noted only when all it waits for could be seen.

    Parameters
    ----------
    audit
        A file of comments labelled by hand, for the tagger's error rates.
    exploratory
        Whether a changed plan is let pass; no note is written.

    Raises
    ------
    InputError
        The plan, its note, the audit or the table cannot be used; or the plan was changed.
    OutputError
        The note cannot be written.
    """
    source = Path(path)
    taxonomy = scored.taxonomy or load_taxonomy()
    known = {name: scored.mentions[name].dropna().astype(str).unique() for name in ("touchpoint", "factor")}
    plan = read_plan(source, taxonomy, touchpoints=known["touchpoint"], factors=known["factor"])
    where = lock_path(source)
    noted = read_lock(where)
    if noted and not exploratory:
        held(plan, noted, source=source)
    own = read_audit(audit, scored, taxonomy) if audit else None
    late = noted is not None and noted.after_the_fact(plan)
    check = _check(source, plan, scored, audit=own, exploratory=exploratory or late)
    is_new = noted is None and not exploratory
    if is_new:
        span = core_span(scored.comments["time"])
        noted = lock(
            plan,
            where,
            comments=len(scored.comments),
            last_comment=span[1] if span else None,
            model=model_of(scored.manifest),
        )
        if noted.after_the_fact(plan):
            check = replace(check, exploratory=True)
    check = _with_notes(check, noted, exploratory=exploratory)
    if noted and plan.is_tagged:
        check = replace(check, notes=(*check.notes, *of_other_model(noted.model, scored)))
    if own and check.lens.source == "audited":
        check = replace(check, notes=(*check.notes, *own.limits))
    return Checked(check, noted, where, is_new)


def _check(source: Path, plan: Plan, scored: Scored, *, audit: Audit | None, exploratory: bool) -> FixCheck:
    """The check, its errors about the plan with the file and the line of what does not fit."""
    try:
        return check_fix(plan, scored, audit=audit, exploratory=exploratory)
    except Misfit as misfit:
        read_form(source).refuse(misfit.key, str(misfit))


def _with_notes(check: FixCheck, noted: Lock | None, *, exploratory: bool) -> FixCheck:
    notes = []
    if exploratory:
        changed = noted.changed(check.plan) if noted else []
        reason = "plan_changed" if changed else "asked"
        notes.append(Limit(ABOUT, reason, {"keys": ", ".join(changed)}))
    if noted and noted.after_the_fact(check.plan):
        notes.append(Limit(ABOUT, "locked_after", {"day": noted.locked_at[:10]}))
    elif noted and noted.after_the_fix(check.plan):
        notes.append(Limit(ABOUT, "locked_late", {"day": noted.locked_at[:10]}))
    return replace(check, notes=(*notes, *check.notes))
