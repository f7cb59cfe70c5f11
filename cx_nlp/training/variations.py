"""New comments made of the clauses of known ones, for a teacher to tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from cx_nlp.io.labelled import LabelledComment
from cx_nlp.segment import segment
from cx_nlp.text import normalize
from cx_nlp.text.accents import fold_accents

RUNS = (1, 2, 2, 3, 3, 4)
"""How many runs of clauses a new comment has."""
JOINTS = (". ", ". ", " ", ", ", "! ", "... ", "\n")
BARE = 0.15
"""Share of the new comments without diacritics."""


def variations(
    records: Sequence[LabelledComment], parts: Sequence[int], n: int, *, seed: int = 0
) -> dict[str, int]:
    """At most `n` different texts, each of runs of clauses from comments of one language, industry and part, with that part.

    Which comments stand together is told by their keys `lang` and `industry`, where they have them, and by `parts`: a model
    measured on one part must not know its clauses from another.
    """
    rng = np.random.default_rng(seed)
    pools: dict[tuple[object, object, int], list[tuple[str, ...]]] = defaultdict(list)
    for record, part, clauses in zip(records, parts, _clauses(records), strict=True):
        if clauses:
            pools[record.extra.get("lang"), record.extra.get("industry"), part].append(clauses)
    groups = sorted(pools, key=str)
    if not groups:
        return {}
    sizes = np.array([len(pools[group]) for group in groups], float)
    known = {record.text for record in records}
    found: dict[str, int] = {}
    for k in rng.choice(len(groups), size=n, p=sizes / sizes.sum()):
        text = _variation(pools[groups[k]], rng)
        if text not in known:
            found.setdefault(text, groups[k][2])
    return found


def _clauses(records: Sequence[LabelledComment]) -> Iterator[tuple[str, ...]]:
    normal = [normalize(record.text) for record in records]
    for record, one, parts in zip(records, normal, segment([n.text for n in normal]), strict=True):
        spans = [one.span(start, end) for start, end in parts.spans()]
        pieces = (record.text[start:end].strip(" ,.;!\n") for start, end in spans)
        yield tuple(piece for piece in pieces if piece)


def _variation(pool: Sequence[tuple[str, ...]], rng: np.random.Generator) -> str:
    runs = []
    for _ in range(RUNS[rng.integers(len(RUNS))]):
        clauses = pool[int(rng.integers(len(pool)))]
        first = int(rng.integers(len(clauses)))
        last = min(len(clauses), first + 1 + int(rng.integers(3)))
        runs.append(", ".join(clauses[first:last]))
    text = JOINTS[rng.integers(len(JOINTS))].join(runs)
    return fold_accents(text) if rng.random() < BARE else text
