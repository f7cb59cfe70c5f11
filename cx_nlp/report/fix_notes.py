"""What weakens the verdict on a fix, or keeps it back, in words."""

from collections.abc import Iterator, Mapping

import pandas as pd

from cx_nlp.journey.fixes.verdict import FixCheck
from cx_nlp.journey.limits import Limit
from cx_nlp.report.wording import Wording

FORMS: Mapping[str, Mapping[str, str]] = {
    "open": {"end": "day"},
    "locked_after": {"day": "day"},
    "locked_late": {"day": "day"},
    "part_of_first_week": {"day": "day"},
    "part_of_last_week": {"day": "day"},
    "volume": {"before": "number", "after": "number"},
    "mentioned": {"touchpoint": "touchpoint", "before": "percent", "after": "percent"},
    "one_voice": {"share": "percent"},
    "joined": {"told": "number"},
    "retagged": {"told": "number"},
    "less_sure": {"before": "percent", "after": "percent"},
    "would_catch": {"now": "percent", "then": "percent"},
    "would_invent": {"now": "percent", "then": "percent"},
}
"""How the values of a note are written; those that are not named here stand as they are."""


def note_lines(check: FixCheck, words: Wording) -> Iterator[str]:
    """What weakens the verdict, or keeps it back."""
    if check.notes:
        yield words.text("note.title")
    for note in check.notes:
        yield f"- {_note(note, check, words)}"


def _note(note: Limit, check: FixCheck, words: Wording) -> str:
    values = dict(note.values)
    for name, form in FORMS.get(note.reason, {}).items():
        values[name] = _written(values[name], form, words)
    if note.reason == "open":
        key = "note.open_shown" if check.change else "note.open"
        return words.text(key, n=values["weeks"], end=values["end"])
    if note.reason == "short_before":
        return words.text("note.short_before", n=values["weeks"], planned=values["planned"])
    if note.reason == "impossible":
        # With the decimal that `Wording.percent` leaves out, as the levels above.
        return words.text("note.impossible", level=f"{words.number(100 * values['level'], 1)}%")
    if "side" in values:
        values["side"] = words.text(f"note.side_{values['side']}")
    if "wave" in values:
        values["wave"] = f" ({values['wave']})" if values["wave"] else ""
    return words.text(f"note.{note.reason}", **values)


def _written(value: object, form: str, words: Wording) -> str:
    written: str = getattr(words, form)(pd.Timestamp(str(value)) if form == "day" else value)
    return written
