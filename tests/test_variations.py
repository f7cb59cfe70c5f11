"""Comments put together from clauses of others."""

from __future__ import annotations

import unicodedata

from cx_nlp.io.annotations import LabelledComment
from cx_nlp.text.accents import fold_accents
from cx_nlp.training.variations import variations

VI = [
    LabelledComment(text, extra={"lang": "vi", "industry": "hotel"})
    for text in ("Phòng sạch, nhân viên dễ thương", "Giá hơi cao nhưng đáng tiền", "Ăn sáng dở. Hồ bơi đẹp!")
]
EN = [
    LabelledComment(text, extra={"lang": "en", "industry": "hotel"})
    for text in ("Room was clean, staff friendly", "Pricey but worth it", "Breakfast was poor. Nice pool!")
]


def words(text: str) -> set[str]:
    letters = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", text))
    return set(fold_accents(letters).lower().split())


def test_every_variation_is_made_of_clauses_of_one_language() -> None:
    found = variations([*VI, *EN], [0] * 6, 80)
    assert len(found) > 40
    known = [words(" ".join(one.text for one in part)) for part in (VI, EN)]
    assert all(any(words(text) <= part for part in known) for text in found)
    assert all(any(words(text) <= part for text in found) for part in known)


def test_industries_are_not_mixed() -> None:
    shop = [LabelledComment("Vải đẹp, may ẩu", extra={"lang": "vi", "industry": "fashion"})]
    known = [words(" ".join(one.text for one in part)) for part in (VI, shop)]
    assert all(any(words(text) <= part for part in known) for text in variations([*VI, *shop], [0] * 4, 80))


def test_parts_are_not_mixed() -> None:
    found = variations(VI, [0, 1, 1], 80)
    known = [words(VI[0].text), words(VI[1].text + " " + VI[2].text)]
    assert {*found.values()} == {0, 1}
    assert all(words(text) <= known[part] for text, part in found.items())


def test_none_is_known_and_none_comes_twice() -> None:
    found = variations([*VI, *EN], [0] * 6, 80)
    assert len({*found}) == len(found)
    assert not {*found} & {one.text for one in (*VI, *EN)}


def test_some_stand_without_diacritics() -> None:
    bare = [text for text in variations(VI, [0] * 3, 80) if text.isascii()]
    assert 0 < len(bare) < 40


def test_the_seed_decides() -> None:
    assert (
        variations(VI, [0] * 3, 30, seed=1)
        == variations(VI, [0] * 3, 30, seed=1)
        != variations(VI, [0] * 3, 30, seed=2)
    )


def test_of_nothing_nothing_comes() -> None:
    assert variations([], [], 10) == {}
    assert variations([LabelledComment(" ")], [0], 10) == {}
