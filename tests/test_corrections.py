"""Corrections override labels; parts of labelled comments are taken by what stands beside the labels."""

from __future__ import annotations

import pytest

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.labelled import Labelled, LabelledComment, LabelledMention
from cx_nlp.training.corrections import corrected
from cx_nlp.training.selecting import selected


def comment(text: str, touchpoint: str | None = None, **extra: str) -> LabelledComment:
    mentions = (LabelledMention(touchpoint, "general", "negative"),) if touchpoint else ()
    return LabelledComment(text, "negative", mentions, extra=extra)


def data(*records: LabelledComment, kind: str = "mentions") -> Labelled:
    return Labelled(records, None, kind, (), (), {})  # type: ignore[arg-type]


def told(found: Labelled) -> list[tuple[str, list[str]]]:
    return [(record.text, [m.touchpoint for m in record.mentions]) for record in found.records]


def test_a_correction_takes_the_place_of_the_same_comment_and_others_are_added() -> None:
    given = data(
        comment("a b", "app", id="1", lang="vi"), comment("c", "store", id="2"), comment("d", "staff")
    )
    found = corrected(given, data(comment("a  b", "website"), comment("e"), comment("d", "staff")))
    assert told(found.data) == [("a  b", ["website"]), ("c", ["store"]), ("d", ["staff"]), ("e", [])]
    assert (found.replaced, found.unchanged, found.added) == (1, 1, 1)
    assert found.data.records[0].extra == {"id": "1", "lang": "vi"}
    assert found.data.notes == ("corrections: 1 comments with other labels, 1 confirmed, 1 added",)


def test_an_id_tells_the_comment_too_unless_several_have_it_or_it_was_made() -> None:
    given = data(
        comment("a", "app", id="1"),
        comment("b", "app", id="2"),
        comment("c", "app", id="2"),
        comment("d", id="row-2"),
    )
    mended = data(
        comment("a!", "staff", comment_id="1"), comment("x", comment_id="2"), comment("y", comment_id="row-2")
    )
    found = corrected(given, mended)
    assert told(found.data) == [
        ("a!", ["staff"]),
        ("b", ["app"]),
        ("c", ["app"]),
        ("d", []),
        ("x", []),
        ("y", []),
    ]


def test_the_last_correction_of_a_comment_counts_and_masked_text_is_the_same_comment() -> None:
    given = data(comment("Gọi mình 0912 000 678 nhé", "app"))
    masked = "Gọi mình [số điện thoại] nhé"
    found = corrected(given, data(comment(masked, "hotline"), comment(masked, "staff")))
    assert told(found.data) == [(masked, ["staff"])]


def test_copies_of_a_corrected_comment_become_one() -> None:
    found = corrected(data(comment("a", "app"), comment("a", "app")), data(comment("a", "staff")))
    assert told(found.data) == [("a", ["staff"])]
    assert found.replaced == 2


def test_corrections_of_another_kind_are_refused() -> None:
    with pytest.raises(InputError, match="correct the same kind of labels"):
        corrected(data(comment("a")), data(comment("a"), kind="label"))


def test_parts_are_taken_by_key_and_value() -> None:
    given = data(comment("a", picked_for="random"), comment("b", picked_for="Uncertain"), comment("c"))
    assert told(selected(given, only={"picked_for": "random"})) == [("a", [])]
    assert told(selected(given, without={"picked_for": "uncertain"})) == [("a", []), ("c", [])]
    assert selected(given) is given
    with pytest.raises(ColumnError, match="no 'picked' beside their labels; did you mean 'picked_for'"):
        selected(given, only={"picked": "random"})
    with pytest.raises(InputError, match="none of 3 labelled comments is left with picked_for=rare"):
        selected(given, only={"picked_for": "rare"})
