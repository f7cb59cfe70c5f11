"""Words that say what the number behind them is, found through the first word of each phrase."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.reading import Reading

_OTHERWISE = {"ma": frozenset(("mà", "má", "mạ", "mả", "mâ"))}
"""What a first word without diacritics must not be with them: "mà" ("but") is not "mã" ("code")."""


class Cues:
    """Phrases of folded text.

    Parameters
    ----------
    lines
        A line for each first word: the word, then what may follow it, parted by commas; ``*`` where it stands alone, too. Between
        words may be one blank.

    Examples
    --------
    >>> from cx_nlp.personal.reading import read
    >>> [*Cues("ma don, don hang").ends(read("Mã đơn hàng là 12"))]
    [11]
    """

    def __init__(self, lines: str) -> None:
        self._forms: dict[str, re.Pattern[str]] = {}
        for line in filter(None, map(str.strip, lines.splitlines())):
            first, _, rest = line.partition(" ")
            more = sorted((part.strip() for part in rest.split(",")), key=len, reverse=True)
            named = "|".join(re.escape(part) for part in more if part not in ("", "*"))
            behind = f"(?:{'' if first.endswith(tuple('/-.&')) else ' ?'}(?:{named}))" if named else ""
            word = re.match(r"[a-z]+", first)
            alone = not behind or "*" in more
            key = word[0] if word else first
            self._forms[key] = re.compile(
                f"{re.escape(first)}{behind}{'?' if behind and alone else ''}(?![a-z\\d]|['’][a-z])"
            )

    def ends(self, reading: Reading) -> Iterator[int]:
        """Where each phrase of the text ends."""
        for word in self._forms.keys() & reading.words.keys():
            form, otherwise = self._forms[word], _OTHERWISE.get(word, ())
            for start in reading.words[word]:
                if reading.text[start : start + len(word)].lower() in otherwise:
                    continue
                if match := form.match(reading.folded, start):
                    yield match.end()

    def behind(self, reading: Reading, form: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """What the form matches directly behind each phrase."""
        for end in self.ends(reading):
            if match := form.match(reading.folded, end):
                yield match
