"""Comments to label as Label Studio imports them: tasks with predictions, and the labelling config that fits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from cx_nlp.io.label_layout import shown
from cx_nlp.io.label_studio import FACTOR, POLARITY, SENTIMENT, TOUCHPOINT
from cx_nlp.io.outputs import writing
from cx_nlp.io.suggested import SuggestedMention, Suggestion
from cx_nlp.taxonomy import Taxonomy

_HEADINGS = {
    "vi": {
        TOUCHPOINT: "Bôi đen đúng những chữ khách nói rồi chọn điểm chạm",
        FACTOR: "Khách đánh giá điều gì ở đó?",
        POLARITY: "Khách thấy thế nào về điều đó?",
        SENTIMENT: "Cảm xúc chung của cả bình luận",
    },
    "en": {
        TOUCHPOINT: "Choose a touchpoint, then select the words that speak of it",
        FACTOR: "What is judged there?",
        POLARITY: "How does the customer feel about that?",
        SENTIMENT: "Sentiment of the whole comment",
    },
}


def labelling_config(taxonomy: Taxonomy, *, lang: str = "en") -> str:
    """The labelling interface for a taxonomy, as XML for Settings > Labeling Interface > Code.

    Parameters
    ----------
    taxonomy
    lang
        "vi" or "en", the language of headings and of the names behind the ids.
    """
    ask, names = _HEADINGS[lang], _shown(taxonomy, lang)
    touchpoints = [f"    <Label value={quoteattr(name)}/>" for name in names[TOUCHPOINT].values()]
    each = [_choices(name, ask[name], names[name].values(), of_words=True) for name in (FACTOR, POLARITY)]
    overall = _choices(SENTIMENT, ask[SENTIMENT], names[SENTIMENT].values(), of_words=False)
    return "\n".join(
        [
            "<View>",
            f'  <Header value={quoteattr(ask[TOUCHPOINT])} size="5"/>',
            f'  <Labels name="{TOUCHPOINT}" toName="text" showInline="true">',
            *touchpoints,
            "  </Labels>",
            '  <Text name="text" value="$text" granularity="word"/>',
            *each,
            overall,
            "</View>",
            "",
        ]
    )


def write_tasks(
    path: Path, suggestions: Sequence[Suggestion], taxonomy: Taxonomy, *, model: str, lang: str
) -> None:
    """Writes the tasks, each with what the model suggests as a prediction.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    names = _shown(taxonomy, lang)
    tasks = [_task(one, names, model) for one in suggestions]
    with writing(path):
        path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _shown(taxonomy: Taxonomy, lang: str) -> dict[str, dict[str, str]]:
    """How each label is shown, by control and id."""
    kinds = shown(taxonomy, lang)
    return {
        TOUCHPOINT: kinds["touchpoint"], FACTOR: kinds["factor"], POLARITY: kinds["sentiment"], SENTIMENT: kinds["overall"],
    }  # fmt: skip


def _choices(name: str, heading: str, values: Iterable[str], *, of_words: bool) -> str:
    region = ' perRegion="true" required="true" visibleWhen="region-selected"' if of_words else ""
    lines = [
        f'  <Header value={quoteattr(heading)} size="5"/>',
        f'  <Choices name="{name}" toName="text" choice="single-radio" showInline="true"{region}>',
        *(f"    <Choice value={quoteattr(value)}/>" for value in values),
        "  </Choices>",
    ]
    return "\n".join(lines)


def _task(one: Suggestion, names: dict[str, dict[str, str]], model: str) -> dict[str, Any]:
    results = [
        result for n, mention in enumerate(one.mentions, start=1) for result in _region(n, mention, names)
    ]
    felt = {"id": "comment", "from_name": SENTIMENT, "to_name": "text", "type": "choices"}
    results.append({**felt, "value": {"choices": [names[SENTIMENT].get(one.sentiment, one.sentiment)]}})
    score = min([one.confidence, *(mention.confidence for mention in one.mentions)])
    return {
        "data": {"text": one.text, **one.fields()},
        "predictions": [{"model_version": model, "score": round(score, 4), "result": results}],
    }


def _region(number: int, mention: SuggestedMention, names: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    place = {"start": mention.start, "end": mention.end, "text": mention.quote}
    said = (
        (TOUCHPOINT, "labels", mention.touchpoint),
        (FACTOR, "choices", mention.factor),
        (POLARITY, "choices", mention.sentiment),
    )
    return [
        {
            "id": f"mention{number}", "from_name": name, "to_name": "text", "type": kind,
            "value": {**place, kind: [names[name].get(label, label)]},
        }
        for name, kind, label in said
    ]  # fmt: skip
