"""An export of any length with comments that are all distinct, written from the project's own texts.

    python benchmarks/big_export.py 1000000 million.csv [--seed 0]

Each comment is one to four sentences of `data/feedback`, of one language; one word in fifty has a wrong letter, so that words
never met before keep coming: about 0.4 in a comment, however many went before (in public exports the ten-thousandth comment
brings about one, and fewer the longer the export). Half of the comments are by customers who write once.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).parent.parent
SENTENCES = (1, 1, 2, 2, 3, 4)
MISSPELT = 1 / 50
LETTERS = "abcdeghiklmnopqrstuvxyăâđêôơư"
FIRST = datetime(2025, 1, 1)
COLUMNS = ("review_id", "customer", "created_at", "stars", "channel", "comment")
CHANNELS = ("app", "web", "store", "hotline")


def sentences() -> list[list[str]]:
    """The sentences of the labelled comments, those of each language apart."""
    found: dict[str, dict[str, None]] = {}
    for file in sorted((ROOT / "data" / "feedback").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            of = found.setdefault(str(record.get("lang")), {})
            of.update(
                (part.strip(), None)
                for part in re.split(r"(?<=[.!?…])\s+|\n+", record["text"])
                if part.strip()
            )
    return [[*of] for of in found.values() if len(of) > 1000]


def misspelt(word: str, rng: random.Random) -> str:
    """The word with one letter put in the place of another, or added."""
    at = rng.randrange(len(word) + 1)
    return word[:at] + rng.choice(LETTERS) + word[at + rng.randint(0, 1) :]


def comments(rng: random.Random) -> Iterator[str]:
    """Texts without end, no two the same."""
    languages = sentences()
    weights = [len(of) for of in languages]
    seen: set[int] = set()
    while True:
        [of] = rng.choices(languages, weights)
        text = " ".join(rng.choice(of) for _ in range(rng.choice(SENTENCES)))
        text = " ".join(misspelt(word, rng) if rng.random() < MISSPELT else word for word in text.split(" "))
        key = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
        if key not in seen:
            seen.add(key)
            yield text


def write(path: Path, rows: int, seed: int) -> None:
    """Writes the export."""
    rng = random.Random(seed)
    texts = comments(rng)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for row in range(rows):
            customer = row if rng.random() < 0.5 else rng.randrange(row // 10 + 1)
            time = FIRST + timedelta(minutes=row % 500_000)
            table.writerow(
                (
                    f"r{row}",
                    f"c{customer}",
                    time.isoformat(" "),
                    rng.randint(1, 5),
                    rng.choice(CHANNELS),
                    next(texts),
                )
            )


def main() -> None:
    """Reads the arguments and writes the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    write(given.out, given.rows, given.seed)


if __name__ == "__main__":
    main()
