"""The labels, read from the shipped taxonomy."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from cx_nlp.taxonomy import Factor, Taxonomy, Touchpoint, load_taxonomy
from cx_nlp.toml_lines import read_toml

VIETNAMESE = Path(__file__).with_name("definitions_vi.toml")
SENTIMENTS = {
    "positive": ("tích cực", "praise, satisfaction", "khen, hài lòng"),
    "negative": (
        "tiêu cực",
        "complaint, disappointment, a lack that is named; also a suggestion that implies one",
        "chê, thất vọng, nêu điều còn thiếu; cả góp ý hàm ý chê",
    ),
    "neutral": (
        "trung tính",
        "a fact, a question, a plain wish, a lukewarm verdict",
        "kể lại, hỏi, mong ước đơn thuần, nhận xét lưng chừng kiểu “tạm ổn, bình thường”",
    ),
}


def taxonomy() -> str:
    """Stages, touchpoints, factors and sentiments, each with its definition in English and Vietnamese."""
    shipped = load_taxonomy()
    vietnamese = read_toml(VIETNAMESE.read_text(encoding="utf-8"))
    return "\n".join(
        [
            *_touchpoints(shipped, vietnamese["touchpoint"]),
            *_factors(shipped, vietnamese["factor"]),
            *_sentiments(shipped),
        ]
    )


def _touchpoints(shipped: Taxonomy, vietnamese: dict[str, str]) -> Iterator[str]:
    yield from ("## Touchpoints · Điểm chạm", "")
    yield "Grouped by the stage of the journey they belong to. The owner is a default: edit it to your own teams."
    for stage in shipped.stages:
        yield from ("", f"### {stage.name_en} · {stage.name_vi}", "")
        yield from _head("label · nhãn", "what belongs here · gồm những gì", "contact, environment, owner")
        for point in shipped.touchpoints:
            if point.stage == stage.id:
                owner = next(team for team in shipped.teams if team.id == point.owner)
                yield _cells(
                    [*_what(point, vietnamese), f"{point.contact}, {point.environment}<br>{owner.name_en}"]
                )
    yield ""


def _factors(shipped: Taxonomy, vietnamese: dict[str, str]) -> Iterator[str]:
    yield from ("## Success factors · Yếu tố thành công", "")
    yield f"Poll: share of those asked who called the factor key ({shipped.poll_source})."
    yield ""
    yield from _head("label · nhãn", "what is judged · đánh giá điều gì", "poll")
    for factor in shipped.factors:
        poll = "" if factor.poll is None else f"{factor.poll:.0%}"
        yield _cells([*_what(factor, vietnamese), poll])
    yield ""


def _sentiments(shipped: Taxonomy) -> Iterator[str]:
    yield from ("## Sentiments · Cảm xúc", "")
    yield from _head("label · nhãn", "meaning · nghĩa")
    for sentiment in shipped.sentiments:
        name, english, vietnamese = SENTIMENTS[sentiment]
        yield _cells([f"`{sentiment}`<br>{name}", f"{english}<br>{vietnamese}"])
    yield ""


def _what(row: Touchpoint | Factor, vietnamese: dict[str, str]) -> list[str]:
    return [
        f"`{row.id}`<br>{row.name_en}<br>{row.name_vi}",
        f"{row.description}<br>{vietnamese[row.id]}",
    ]


def _head(*names: str) -> Iterator[str]:
    yield _cells(names)
    yield "|" + "---|" * len(names)


def _cells(parts: Iterable[str | None]) -> str:
    return "| " + " | ".join(part or "" for part in parts) + " |"
