"""Words that a cause's newest complaints use more than its earlier ones."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

PRIOR = 100.0
"""Complaints that the prior is worth: a word seen once needs company before it rises."""
CLEAR = 2.4
"""Standard errors that a word must have risen by."""
OFTEN = 3
"""Complaints of the newest that must hold it."""
MOST = 8

# Words that say nothing of a cause; negations stay, as they make phrases ("chưa nhận", "not delivered").
STOP = frozenset(
    (
        "a ai anh bạn bị các cái chỉ chị cho chứ của cũng cứ dạ do đã đang đây để đến đi đó được em gì hay hơn khi "
        "là lại lắm lên luôn mà mấy mình mỗi một mới nào này nên nếu nha nhé nhiều như nhưng những nó nữa ơi ở phải quá ra "
        "rất rồi sao sẽ shop sự tại thế thấy thì tôi từ và vào vẫn vậy về vì với vừa xong ạ à "
        "about after again all also am an and any are as at be been but by can did do does for from get got had has have he "
        "her his how i if in into is it its just me more my of on one or our out really she so some that the their them then "
        "there these they this to too up us very was we were what when which who will with would you your"
    ).split()
)
_CLAUSE = re.compile(r"[.,;:!?()\"“”…\n\r|/\\]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def rising_words(newest: Sequence[str], earlier: Sequence[str], *, most: int = MOST) -> list[str]:
    """Words and phrases of two words that rise, clearest first; none where either side has too few complaints.

    The measure is the log odds ratio with an informative Dirichlet prior over its standard error (B. L. Monroe, M. P. Colaresi and
    K. M. Quinn, "Fightin' Words", Political Analysis 16, 2008, 372-403, formulas 16, 20 and 22); a word counts once a complaint. In
    Vietnamese, where a word is mostly two syllables, the phrases are the words. A word that only comes in a listed
    phrase is not listed beside it.

    Examples
    --------
    >>> rising_words(["hộp bị móp hết"] * 6, ["giao chậm"] * 40 + ["giao hàng lâu"] * 40, most=1)
    ['hộp']
    """
    if len(newest) < OFTEN or len(earlier) < OFTEN:
        return []
    now, before = (Counter(word for text in texts for word in words(text)) for texts in (newest, earlier))
    names = sorted(word for word, count in now.items() if count >= OFTEN)
    if not names:
        return []
    seen = np.array([[now[name], before[name]] for name in names], float)
    sizes = np.array([len(newest), len(earlier)], float)
    prior = PRIOR * seen.sum(axis=1, keepdims=True) / sizes.sum()
    log_odds = np.log(seen + prior) - np.log(sizes + PRIOR - seen - prior + 0.5)
    z = (log_odds[:, 0] - log_odds[:, 1]) / np.sqrt((1 / (seen + prior)).sum(axis=1))
    order = [at for at in np.argsort(-z, kind="stable").tolist() if z[at] >= CLEAR]
    return _distinct([names[at] for at in order], now)[:most]


def words(text: str) -> set[str]:
    """Words and pairs of neighbouring words of a text, lower case, with their marks; none of them a stop word.

    >>> sorted(words("Hộp bị MÓP, giao chậm"))
    ['chậm', 'giao', 'giao chậm', 'hộp', 'móp']
    """
    found: set[str] = set()
    for clause in _CLAUSE.split(unicodedata.normalize("NFC", text).lower()):
        row = _WORD.findall(clause)
        kept = [word not in STOP for word in row]
        found.update(word for word, told in zip(row, kept, strict=True) if told and len(word) > 1)
        pairs = zip(row, row[1:], kept, kept[1:], strict=False)
        found.update(f"{one} {other}" for one, other, told, too in pairs if told and too)
    return found


def _distinct(ordered: Iterable[str], counts: Counter[str]) -> list[str]:
    """Without the words that hardly come outside a phrase of the list."""
    names = list(ordered)
    covered = {
        part
        for phrase in names
        if " " in phrase
        for part in phrase.split()
        if counts[part] <= 1.25 * counts[phrase]
    }
    return [name for name in names if name not in covered]
