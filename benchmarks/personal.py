"""Precision and recall of the search for personal data, on sentences written for it, beside libraries that look for the same.

    python benchmarks/personal.py [--part held_out] [--json]

`data/personal` holds sentences with their personal data marked as `{kind|text}`, half of them without any but full of other numbers.
Libraries are asked where they are installed: Presidio (`presidio-analyzer`, its own recognisers for English, none that needs a language
model), vipii (Presidio's engine with recognisers for Vietnam, and `underthesea`), phonenumbers (Google's, for telephone numbers only).
A marked piece is found where spans of its kind cover all its digits and half of its characters or more; a span is right where it
touches a marked piece of its kind. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rates import line, rate

from cx_nlp.personal import KINDS, Span, find_personal

ROOT = Path(__file__).parent.parent / "data" / "personal"
LANGUAGES = ("vi", "en")
_MARKED = re.compile(r"\{(\w+)\|([^{}]*)\}")

Finder = Callable[[str], Iterable[Span]]


class Sentence(NamedTuple):
    """A sentence and the personal data marked in it."""

    text: str
    spans: tuple[Span, ...]


def sentences(path: Path) -> list[Sentence]:
    """The sentences of a file, one a line."""
    return [_sentence(row) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]


def _sentence(row: str) -> Sentence:
    pieces: list[str] = []
    spans, length, at = [], 0, 0
    for match in _MARKED.finditer(row):
        pieces += row[at : match.start()], match[2]
        start = length + match.start() - at
        length = start + len(match[2])
        spans.append(Span(start, length, match[1]))
        at = match.end()
    return Sentence("".join([*pieces, row[at:]]), tuple(spans))


def is_found(marked: Span, spans: Iterable[Span], text: str) -> bool:
    """Whether spans of its kind cover all digits of a marked piece and at least half of it."""
    covered = {at for span in spans if span.kind == marked.kind for at in range(span.start, span.end)}
    places = range(marked.start, marked.end)
    whole = all(at in covered for at in places if text[at].isdecimal())
    return whole and 2 * sum(at in covered for at in places) >= len(places)


def counted(given: Iterable[Sentence], find: Finder) -> dict[str, Counter[str]]:
    """For each kind, and for all as "all": marked pieces, those found, spans given and those right."""
    counts = {kind: Counter[str]() for kind in (*KINDS, "all")}
    for text, marked in given:
        spans = [*find(text)]
        for one in marked:
            for kind in (one.kind, "all"):
                counts[kind].update(marked=1, found=int(is_found(one, spans, text)))
        for span in spans:
            right = any(
                one.kind == span.kind and one.start < span.end and span.start < one.end for one in marked
            )
            for kind in (span.kind, "all"):
                counts[kind].update(given=1, right=int(right))
    return counts


def figures(counts: Mapping[str, Counter[str]], kinds: Iterable[str]) -> dict[str, Any]:
    """Recall and precision of each kind."""
    return {
        f"{kind}, {name}": rate(counts[kind][hits], counts[kind][of], digits=3)
        for kind in (*kinds, "all")
        for name, hits, of in (("recall", "found", "marked"), ("precision", "right", "given"))
        if counts[kind][of]
    }


def phonenumbers_peer(language: str) -> Finder:
    """Google's matcher, for numbers that are possible in the language's country or have a plus."""
    import phonenumbers

    country = "VN" if language == "vi" else "US"

    def find(text: str) -> Iterator[Span]:
        for match in phonenumbers.PhoneNumberMatcher(text, country, leniency=phonenumbers.Leniency.POSSIBLE):
            yield Span(match.start, match.end, "phone")

    return find


def vipii_peer(_: str) -> Finder:
    """Vipii as it comes; what it finds of kinds not marked here does not count."""
    from vipii import PIIDetector

    detector = PIIDetector()
    kinds = {
        "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "CCCD": "national_id", "CMND": "national_id", "PASSPORT": "national_id",
        "MST": "national_id", "HEALTH_INSURANCE_NUMBER": "national_id", "SOCIAL_INSURANCE_NUMBER": "national_id",
        "DRIVER_LICENSE": "national_id", "BANK_CARD": "card", "BANK_ACCOUNT": "account", "VEHICLE_PLATE": "plate",
    }  # fmt: skip

    def find(text: str) -> Iterator[Span]:
        for match in detector.detect(text):
            if match.label in kinds:
                yield Span(match.start, match.end, kinds[match.label])

    return find


def presidio_peer(_: str) -> Finder:
    """Presidio's recognisers by pattern and context, at the score from which its documentation acts (0.35)."""
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    @spacy.Language.component("plain_lemmas")
    def plain_lemmas(doc: Any) -> Any:  # noqa: ANN401 - spaCy's document
        # A word stands for its lemma, which Presidio compares with its context words.
        for token in doc:
            token.lemma_ = token.lower_
        return doc

    engine = SpacyNlpEngine(ner_model_configuration=NerModelConfiguration(labels_to_ignore=["O"]))
    nlp = spacy.blank("en")
    nlp.add_pipe("plain_lemmas")
    engine.nlp = {"en": nlp}
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    for name in ("UkNinoRecognizer", "UkPassportRecognizer", "UkVehicleRegistrationRecognizer"):
        if hasattr(predefined_recognizers, name):
            registry.add_recognizer(getattr(predefined_recognizers, name)())
    analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, default_score_threshold=0.35)
    kinds = {
        "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "US_SSN": "national_id", "UK_NINO": "national_id", "US_PASSPORT": "national_id",
        "US_DRIVER_LICENSE": "national_id", "US_ITIN": "national_id", "CREDIT_CARD": "card", "IBAN_CODE": "account", "US_BANK_NUMBER": "account",
        "UK_VEHICLE_REGISTRATION": "plate", "UK_PASSPORT": "national_id",
    }  # fmt: skip

    def find(text: str) -> Iterator[Span]:
        for match in analyzer.analyze(text, language="en", entities=[*kinds]):
            yield Span(match.start, match.end, kinds[match.entity_type])

    return find


# Each with the kinds it knows; only these count for it.
PEERS: Mapping[str, tuple[Callable[[str], Finder], tuple[str, ...], tuple[str, ...]]] = {
    "phonenumbers": (phonenumbers_peer, LANGUAGES, ("phone",)),
    "vipii": (vipii_peer, ("vi",), ("phone", "email", "national_id", "card", "account", "plate")),
    "presidio": (presidio_peer, ("en",), ("phone", "email", "national_id", "card", "account", "plate")),
}


def measured(
    name: str, find: Finder, language: str, given: list[Sentence], kinds: Iterable[str]
) -> dict[str, Any]:
    """The figures of one finder; only pieces and spans of these kinds count."""
    kinds = tuple(kinds)
    here = [Sentence(text, tuple(one for one in spans if one.kind in kinds)) for text, spans in given]
    find(here[0].text)
    clock = time.process_time()
    counts = counted(here, lambda text: [span for span in find(text) if span.kind in kinds])
    seconds = max(time.process_time() - clock, 1e-9)
    return {
        "finder": name,
        "language": language,
        "sentences": len(given),
        "sentences a second": round(len(given) / seconds),
        **figures(counts, kinds),
    }


def results(part: str) -> Iterator[dict[str, Any]]:
    """Our figures for each language, and those of each library that is installed beside ours on its kinds."""
    for language in LANGUAGES:
        given = sentences(ROOT / f"{part}.{language}.txt")
        yield measured("cx_nlp", find_personal, language, given, KINDS)
        for name, (make, languages, kinds) in PEERS.items():
            if language not in languages:
                continue
            try:
                find = make(language)
            except ImportError:
                continue
            yield measured(name, find, language, given, kinds)
            yield measured(f"cx_nlp, kinds of {name}", find_personal, language, given, kinds)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=("held_out", "development"), default="held_out")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = [*results(given.part)]
    if given.json:
        print(json.dumps(found, indent=1))
        return
    for one in found:
        print(
            f"{one['finder']}, {one['language']}: {one['sentences']} sentences, {one['sentences a second']} a second"
        )
        print("\n".join(line(key, value) for key, value in one.items() if isinstance(value, dict)))


if __name__ == "__main__":
    main()
