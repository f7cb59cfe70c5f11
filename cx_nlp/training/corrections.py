"""Labels that people corrected: they override those of the same comments when a model is fitted next."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

from cx_nlp.errors import InputError
from cx_nlp.io.labelled import Labelled, LabelledComment
from cx_nlp.personal import mask

IDS = ("comment_id", "id")
"""Keys under which a record names its comment."""
_MADE = re.compile(r"row-\d+")


@dataclass(frozen=True)
class Corrected:
    """Labelled comments with corrections in them.

    Attributes
    ----------
    data : Labelled
        The comments in their order, corrected ones in the place of what they correct, then those that are new.
    replaced, unchanged, added : int
        Comments whose labels the corrections changed, confirmed, and that were not among the comments.
    """

    data: Labelled
    replaced: int
    unchanged: int
    added: int


def corrected(data: Labelled, corrections: Labelled) -> Corrected:
    """The comments with corrections in the place of those that they correct, the last of several counting.

    Two comments are the same where they have the same text, also where personal data are masked in one of them, or the same
    `comment_id` or `id`. Ids that several of the comments share, and those made from line numbers (row-2), tell nothing.

    Raises
    ------
    InputError
        One of them holds mentions and the other single labels.
    """
    if (data.kind == "label") != (corrections.kind == "label"):
        raise InputError(
            f"the corrections hold {corrections.kind} and the labelled comments {data.kind}: correct the same kind of labels"
        )
    last = {_key(record.text): record for record in corrections.records}
    by_id = {id: record for record in last.values() if (id := _id(record)) is not None}
    shared = Counter(map(_id, data.records))
    records: list[LabelledComment] = []
    used: set[str] = set()
    changed = same = 0
    for record in data.records:
        id = _id(record)
        mended = last.get(_key(record.text)) or last.get(_key(mask(record.text)))
        if mended is None and id is not None and shared[id] == 1:
            mended = by_id.get(id)
        if mended is None:
            records.append(record)
            continue
        differs = _labels(mended) != _labels(record)
        changed, same = changed + differs, same + (not differs)
        if _key(mended.text) not in used:
            records.append(replace(mended, extra={**record.extra, **mended.extra}))
        used.add(_key(mended.text))
    new = [record for key, record in last.items() if key not in used]
    note = f"corrections: {changed} comments with other labels, {same} confirmed, {len(new)} added"
    labels = tuple(sorted({r.label for r in (*records, *new) if r.label is not None}))
    whole = replace(
        data, records=(*records, *new), labels=labels, notes=(*data.notes, *corrections.notes, note),
        rejected={**data.rejected, **corrections.rejected},
    )  # fmt: skip
    return Corrected(whole, changed, same, len(new))


def _id(record: LabelledComment) -> str | None:
    found = next((str(record.extra[key]) for key in IDS if record.extra.get(key) is not None), None)
    return None if found is None or _MADE.fullmatch(found) else found


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _labels(record: LabelledComment) -> tuple[object, ...]:
    mentions = frozenset((m.touchpoint, m.factor, m.sentiment) for m in record.mentions)
    return mentions, record.sentiment, record.label
