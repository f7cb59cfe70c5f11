"""How written comments differ from real ones: lengths, ways of writing, and the words used too often or too seldom.

    python benchmarks/realism.py REAL.csv [REAL.csv ...] [--written data/feedback] [--words 25]

Only texts of the same language are compared. Words and pairs of words are ordered by the z score of their log odds with a
Dirichlet prior of all texts (Monroe, Colaresi and Quinn 2008, "Fightin' Words", eq. 16 and 22). The texts of the files given
are read, not kept.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from cx_nlp.text import detect, fold_accents
from cx_nlp.text.emoji import has_symbols
from cx_nlp.text.teencode import rules
from cx_nlp.training.distilling import export_texts

ROOT = Path(__file__).parent.parent
LEAST = 8
"""Times a word or pair must stand in both kinds of text together to be listed."""


def words(text: str) -> list[str]:
    """Lower-case words."""
    return re.findall(r"[^\W\d_]+", text.lower())


def ways(texts: Sequence[str]) -> dict[str, str]:
    """Lengths in words at five percentiles, and shares of ways of writing."""
    found = [words(text) for text in texts]
    lengths = np.percentile([len(one) for one in found], [10, 25, 50, 75, 90])
    teencode = {word for word in rules() if len(word) <= 4}

    def share(flags: Iterable[bool]) -> str:
        return f"{np.mean([*flags]):.0%}"

    return {
        "comments": f"{len(texts):,}",
        "words at 10/25/50/75/90 %": "/".join(f"{n:.0f}" for n in lengths),
        "without any diacritic": share(text == fold_accents(text) for text in texts),
        "with a word of teencode": share(bool(teencode & {*one}) for one in found),
        "with an emoji or smiley": share(map(has_symbols, texts)),
        "begin in lower case": share(text[:1].islower() for text in texts),
        "blank before a mark": share(bool(re.search(r"\s[,.!?]", text)) for text in texts),
    }


def terms(texts: Sequence[str]) -> Counter[str]:
    """Comments that hold each word and each pair of neighbouring words."""
    found: Counter[str] = Counter()
    for text in texts:
        one = words(text)
        found.update({*one, *(f"{a} {b}" for a, b in pairwise(one))})
    return found


def overused(written: Counter[str], real: Counter[str]) -> list[tuple[float, str]]:
    """Z scores of the terms, those too frequent in `written` first."""
    common = [term for term, n in (written + real).items() if n >= LEAST]
    a, b = (np.array([one[term] for term in common], float) for one in (written, real))
    prior = (a + b) / (a + b).sum() * 500
    rest_a, rest_b, rest = a.sum() + 500, b.sum() + 500, prior
    odds = np.log((a + rest) / (rest_a - a - rest)) - np.log((b + rest) / (rest_b - b - rest))
    z = odds / np.sqrt(1 / (a + rest) + 1 / (b + rest))
    return sorted(zip(z.tolist(), common, strict=True), reverse=True)


def compare(language: str, written: Sequence[str], real: Sequence[str], shown: int) -> str:
    """The comparison as Markdown."""
    columns = ways(written), ways(real)
    lines = [f"## {language}", "", "| | written | real |", "|---|---|---|"]
    lines += [f"| {name} | {columns[0][name]} | {columns[1][name]} |" for name in columns[0]]
    scores = overused(terms(written), terms(real))
    for name, part in (("too often", scores[:shown]), ("too seldom", scores[::-1][:shown])):
        lines += ["", f"Written {name}: " + ", ".join(f"{term} ({z:+.0f})" for z, term in part)]
    return "\n".join(lines)


def main() -> None:
    """Print the comparison for both languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", nargs="+", type=Path)
    parser.add_argument("--written", type=Path, default=ROOT / "data" / "feedback")
    parser.add_argument("--words", type=int, default=25, help="terms listed on either side")
    given = parser.parse_args()
    rows = [
        json.loads(line)
        for file in sorted(given.written.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    real = [text for path in given.real for text in export_texts(path)[0]]
    for language in ("vi", "en"):
        theirs = [text for text in real if detect(text).code == language]
        ours = [row["text"] for row in rows if row["lang"] == language]
        if theirs and ours:
            sys.stdout.write(compare(language, ours, theirs, given.words) + "\n\n")


if __name__ == "__main__":
    main()
