"""What the file was, how its columns were read, and the rows set aside, as the manifest of the run tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cx_nlp.io.columns import ROLES
from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored
from cx_nlp.report.plain import clean
from cx_nlp.report.wording import Wording

MAX_NOTES = 20
# Words by which the readers' reasons for setting a row aside fall into kinds; the rest of a reason differs by row.
REASONS = {
    "empty text": "empty",
    "only a number": "number",
    "broken characters": "broken",
    "text is not text": "not_text",
    "duplicate id": "duplicate",
    "unbalanced quotes": "quotes",
    "where the header has": "width",
    "not JSON": "json",
    "where an object is expected": "json",
    "NUL byte": "bytes",
    "bytes that are not": "bytes",
    "surrogate": "bytes",
}
# How the columns' guess begins, longer beginnings first.
GUESSES = {
    "by its name, weakly": "weak",
    "by its name": "name",
    "by words in its name": "words",
    "by content": "content",
}


@dataclass(frozen=True)
class ColumnRow:
    """A role, the column taken for it, and why; the column is empty where none was found."""

    role: str
    column: str
    why: str


@dataclass(frozen=True)
class Source:
    """The section on the file; `known` says whether there was a manifest."""

    known: bool
    name: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[ColumnRow, ...]
    rejected: int
    reasons: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    stage_column: str


def source(scored: Scored, words: Wording) -> Source:
    """What the manifest says of the file, its columns and its rejected rows."""
    manifest = scored.manifest or {}
    columns = part(manifest, "columns")
    notes = manifest.get("notes")
    return Source(
        known=bool(manifest),
        name=_word(part(manifest, "input").get("name")),
        facts=tuple(_facts(scored, words)),
        columns=tuple(_column(role, part(columns, role), words) for role in ROLES) if columns else (),
        rejected=_rejected(manifest),
        reasons=tuple(_reasons(part(part(manifest, "counts"), "reasons"), words)),
        notes=tuple(_word(note) for note in notes[:MAX_NOTES]) if isinstance(notes, list) else (),
        stage_column=_word(part(columns, "stage").get("column")),
    )


def part(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table inside a manifest; empty where the manifest, which may come from elsewhere, has none."""
    found = manifest.get(name)
    return found if isinstance(found, Mapping) else {}


def span(scored: Scored, words: Wording) -> str:
    """First and last day of the comments; empty where no time is known."""
    times = naive(scored.comments["time"]).dropna() if "time" in scored.comments else None
    if times is None or times.empty:
        return ""
    first, last = words.day(times.min()), words.day(times.max())
    return first if first == last else words.text("page.span", first=first, last=last)


def _facts(scored: Scored, words: Wording) -> Iterator[tuple[str, str]]:
    manifest = scored.manifest or {}
    file, model = part(manifest, "input"), part(manifest, "model")
    found = {
        "file": _word(file.get("name")),
        "format": ", ".join(filter(None, (_word(file.get("format")).upper(), _word(file.get("sheet"))))),
        "encoding": _word(file.get("encoding")),
        "rows": _rows(len(scored.comments), _rejected(manifest), words) if manifest else "",
        "period": span(scored, words),
        "model": " · ".join(filter(None, (_word(model.get("id")), _word(model.get("digest"))[:16]))),
        "taken": _seconds(manifest, words),
        "digest": _word(file.get("sha256")),
        "personal": _personal(manifest, words),
    }
    return ((words.text(f"source.{name}"), value) for name, value in found.items() if value)


def _rows(scored: int, rejected: int, words: Wording) -> str:
    rows, tagged, refused = map(words.number, (scored + rejected, scored, rejected))
    return words.text("source.rows_value", rows=rows, scored=tagged, rejected=refused)


def _personal(manifest: Mapping[str, Any], words: Wording) -> str:
    """What became of personal data; empty where nothing is known of it."""
    found = part(manifest, "personal_data")
    if found.get("masked") is False:
        return words.text("source.personal_kept")
    comments = found.get("comments")
    return words.text("source.personal_value", n=comments) if isinstance(comments, int) else ""


def _seconds(manifest: Mapping[str, Any], words: Wording) -> str:
    seconds = manifest.get("seconds")
    if not isinstance(seconds, (int, float)):
        return ""
    return words.text("source.seconds", seconds=words.number(seconds, 1 if seconds < 10 else 0))


def _rejected(manifest: Mapping[str, Any]) -> int:
    found = part(manifest, "counts").get("rejected")
    return found if isinstance(found, int) else 0


def _column(role: str, guess: Mapping[str, Any], words: Wording) -> ColumnRow:
    reason = _word(guess.get("reason"))
    kind = (
        "chosen"
        if guess.get("chosen")
        else next((kind for of, kind in GUESSES.items() if reason.startswith(of)), "")
    )
    why = words.text(f"source.why_{kind}") if kind else reason
    return ColumnRow(words.text(f"source.role_{role}"), _word(guess.get("column")), why)


def _reasons(by_reason: Mapping[str, Any], words: Wording) -> Iterator[tuple[str, str]]:
    """Kinds of reasons with their numbers of rows, the most frequent first."""
    found: Counter[str] = Counter()
    for reason, n in by_reason.items():
        kind = next((kind for of, kind in REASONS.items() if of in reason), "")
        found[words.text(f"reasons.{kind}") if kind else _word(reason)] += n if isinstance(n, int) else 0
    return ((reason, words.number(n)) for reason, n in found.most_common())


def _word(value: object) -> str:
    return clean(str(value), longest=400) if value else ""
