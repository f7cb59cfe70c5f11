"""The labelled comments of data/feedback: form, labels, quotes and copies."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.taxonomy import load_taxonomy

FOLDER = Path(__file__).parents[1] / "data" / "feedback"
CARD = FOLDER.parent / "README.md"
KEYS = ("id", "lang", "industry", "source", "style", "text", "sentiment", "mentions")
MENTION_KEYS = ("touchpoint", "factor", "sentiment", "quote")
# People do write the same few words; a longer text twice is a copy.
SHORT = 12
# 0.7 % of the comments had a near-duplicate when this was written, nearly all of them a few words long.
NEAR_DUPLICATES = 0.01


@pytest.fixture(scope="module")
def files():
    """File stem -> its comments, each a dict in the file's key order."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.jsonl"))}


@pytest.fixture(scope="module")
def comments(files):
    """All comments of all files."""
    return [comment for rows in files.values() for comment in rows]


def _read(path):
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == "", f"{path.name} does not end with a line feed"
    return [json.loads(line) for line in lines]


def _offenders(comments, is_wrong):
    return [comment["id"] for comment in comments if is_wrong(comment)]


def _labels(comment):
    return [
        (mention["touchpoint"], mention["factor"], mention["sentiment"]) for mention in comment["mentions"]
    ]


def _normal(text):
    words = re.sub(r"\W+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return words or text


def test_every_comment_has_the_keys_in_order_and_none_empty(comments):
    def is_wrong(comment):
        strings = [comment[key] for key in KEYS if key != "mentions"]
        return tuple(comment) != KEYS or not all(
            isinstance(value, str) and value.strip() for value in strings
        )

    assert len(comments) > 6000
    assert _offenders(comments, is_wrong) == []


def test_every_mention_has_the_keys_in_order(comments):
    wrong = _offenders(comments, lambda c: any(tuple(mention) != MENTION_KEYS for mention in c["mentions"]))
    assert wrong == []


def test_language_and_style_are_known_and_each_has_its_comments(comments):
    assert {comment["lang"] for comment in comments} == {"vi", "en"}
    assert {comment["style"] for comment in comments} == {"lively", "plain"}


def test_an_industry_has_one_spelling_and_one_file(files):
    homes = Counter(industry for rows in files.values() for industry in {row["industry"] for row in rows})
    assert [industry for industry, count in homes.items() if count > 1] == []
    assert [industry for industry in homes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", industry)] == []


def test_ids_are_unique(comments):
    assert [id for id, count in Counter(comment["id"] for comment in comments).items() if count > 1] == []


def test_labels_are_in_the_taxonomy(comments):
    taxonomy = load_taxonomy()
    touchpoints, factors, sentiments = (
        set(names) for names in (taxonomy.touchpoint_ids, taxonomy.factor_ids, taxonomy.sentiments)
    )

    def is_wrong(comment):
        return any(
            t not in touchpoints or f not in factors or s not in sentiments for t, f, s in _labels(comment)
        )

    assert _offenders(comments, is_wrong) == []
    assert {touchpoint for comment in comments for touchpoint, _, _ in _labels(comment)} == touchpoints
    assert {factor for comment in comments for _, factor, _ in _labels(comment)} == factors


def test_quotes_are_exact_and_carry_no_space_at_their_ends(comments):
    def is_wrong(comment):
        quotes = [mention["quote"] for mention in comment["mentions"]]
        return any(not quote or quote != quote.strip() or quote not in comment["text"] for quote in quotes)

    assert _offenders(comments, is_wrong) == []


def test_a_label_stands_once_in_a_comment(comments):
    assert _offenders(comments, lambda c: len(set(_labels(c))) < len(_labels(c))) == []


def test_general_never_stands_beside_a_named_factor_of_the_same_touchpoint_and_sentiment(comments):
    def is_wrong(comment):
        places = Counter((touchpoint, sentiment) for touchpoint, _, sentiment in _labels(comment))
        return any(f == "general" and places[t, s] > 1 for t, f, s in _labels(comment))

    assert _offenders(comments, is_wrong) == []


def test_the_comment_sentiment_follows_from_its_mentions(comments):
    needs = {
        "positive": {"positive"},
        "negative": {"negative"},
        "mixed": {"positive", "negative"},
        "neutral": set(),
    }

    def is_wrong(comment):
        said = {sentiment for _, _, sentiment in _labels(comment)}
        return not needs[comment["sentiment"]] <= said or (not said and comment["sentiment"] != "neutral")

    assert _offenders(comments, is_wrong) == []


def test_no_text_longer_than_a_few_words_stands_twice(comments):
    counts = Counter(_normal(comment["text"]) for comment in comments)
    assert [text for text, count in counts.items() if count > 1 and len(text) > SHORT] == []


def test_near_duplicates_are_few(comments):
    sizes = Counter(near_duplicate_groups([comment["text"] for comment in comments]).tolist())
    share = sum(size for size in sizes.values() if size > 1) / len(comments)
    assert share < NEAR_DUPLICATES, f"{share:.1%} of the comments have a near-duplicate"


def test_no_label_and_no_sentiment_is_rare(comments):
    for key, least in {"touchpoint": 250, "factor": 500}.items():
        assert min(Counter(mention[key] for mention in _mentions(comments)).values()) >= least
    for sentiment in ("neutral", "mixed"):
        assert _having(comments, "sentiment", sentiment) >= 0.08 * len(comments)


def test_the_card_has_the_counts_of_the_data(files, comments):
    card = CARD.read_text(encoding="utf-8")
    missing = [line for line in _counts_told(files, comments) if line not in card]
    assert missing == [], f"{CARD.name} should have these lines"


def _counts_told(files, comments):
    for name, rows in [*files.items(), ("all", comments)]:
        columns = [len(rows), *(_having(rows, "lang", one) for one in ("vi", "en"))]
        columns += [*(_having(rows, "style", one) for one in ("lively", "plain")), len(_mentions(rows))]
        yield f"| {name} | {' | '.join(map(_grouped, columns))} |"
    yield f"{_grouped(len(comments))} invented comments"
    yield f"with {_grouped(len(_mentions(comments)))} mentions"
    yield f"{_grouped(sum(not comment['mentions'] for comment in comments))} comments have no mention"
    for sentiment in ("negative", "positive", "neutral", "mixed"):
        yield f"{sentiment} {_grouped(_having(comments, 'sentiment', sentiment))}"
    yield f"{_listed(comment['source'] for comment in comments)}."
    mentions = _mentions(comments)
    yield from (f"{_listed(mention[key] for mention in mentions)}." for key in MENTION_KEYS[:3])
    pairs = Counter((mention["touchpoint"], mention["factor"]) for mention in mentions)
    rare = sum(count < 10 for count in pairs.values())
    yield f"pairs: {len(pairs)}, of which {rare} have fewer than 10 mentions"
    yield f"{rare} rare pairs"


def _having(rows, key, value):
    return sum(row[key] == value for row in rows)


def _mentions(rows):
    return [mention for row in rows for mention in row["mentions"]]


def _listed(values):
    return ", ".join(f"{value} {_grouped(count)}" for value, count in Counter(values).most_common())


def _grouped(count):
    return f"{count:,}".replace(",", " ")
