"""The user's own audit: reading it, counting it, and what is wrong with a file named by row and column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.scores.audit import audit_sample, read_audit
from cx_nlp.journey.scores.correction import ErrorRates
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import Taxonomy, load_taxonomy

LATE, KIND = "delivery#responsiveness#negative", "staff#attitude_expertise#positive"


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def tagged(said: dict[str, list[str]], comments: int = 400) -> Scored:
    """A table of so many comments with these labels."""
    ids = pd.DataFrame({"comment_id": [f"c{at}" for at in range(comments)]})
    rows = [(id, *label.split("#")) for id, labels in said.items() for label in labels]
    return scored_table(ids, pd.DataFrame(rows, columns=["comment_id", "touchpoint", "factor", "sentiment"]))


@pytest.fixture
def scored() -> Scored:
    return tagged({f"c{at}": [LATE] if at % 4 == 0 else [KIND] if at % 4 == 1 else [] for at in range(400)})


def truth() -> dict[str, str]:
    """Of 100 audited comments the tagger told LATE of 25: 20 rightly; it missed 10."""
    labels = {f"c{at}": LATE if at % 4 == 0 else KIND if at % 4 == 1 else "" for at in range(100)}
    for at in range(0, 20, 4):
        labels[f"c{at}"] = ""
    for at in range(2, 42, 4):
        labels[f"c{at}"] = f"{LATE};{KIND}"
    return labels


def write(path: Path, labels: dict[str, str], **columns: Any) -> Path:
    frame = pd.DataFrame({"comment_id": list(labels), "aspects": list(labels.values()), **columns})
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        parts = [[one.split("#") for one in label.split(";") if one] for label in labels.values()]
        mentions = [
            [dict(zip(("touchpoint", "factor", "sentiment"), one, strict=True)) for one in each]
            for each in parts
        ]
        lines = [
            json.dumps({"comment_id": id, "mentions": found})
            for id, found in zip(labels, mentions, strict=True)
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
def test_every_form_gives_the_same_counts(
    suffix: str, tmp_path: Path, scored: Scored, taxonomy: Taxonomy
) -> None:
    audit = read_audit(write(tmp_path / f"mine{suffix}", truth()), scored, taxonomy)
    assert audit.comments == 100
    assert audit.limits == ()
    late = ErrorRates(true_positive=20, false_negative=10, false_positive=5, true_negative=65)
    assert audit.rates["touchpoint_sentiment"]["delivery#negative"] == late
    assert audit.rates["triple"][LATE] == late
    assert audit.rates["factor_sentiment"]["responsiveness#negative"] == late
    assert audit.rates["stage_sentiment"]["purchase#negative"] == late
    assert audit.rates["owner_sentiment"][f"{taxonomy.touchpoint('delivery').owner}#negative"] == late
    assert audit.rates["all_sentiment"]["#negative"] == late
    assert audit.rates["touchpoint_sentiment"]["staff#positive"] == ErrorRates(25, 10, 0, 65)


def test_a_comment_counts_once_for_a_label(tmp_path: Path, taxonomy: Taxonomy) -> None:
    scored = tagged({f"c{at}": [LATE, LATE, "delivery#product_quality#negative"] for at in range(30)})
    audit = read_audit(
        write(tmp_path / "a.csv", {f"c{at}": f"{LATE}; {LATE};" for at in range(30)}), scored, taxonomy
    )
    assert audit.rates["touchpoint_sentiment"]["delivery#negative"] == ErrorRates(30, 0, 0, 0)
    assert audit.rates["triple"]["delivery#product_quality#negative"] == ErrorRates(0, 0, 30, 0)


def test_counts_are_those_of_a_tagger_with_these_errors(tmp_path: Path, taxonomy: Taxonomy) -> None:
    rng = np.random.default_rng(0)
    true = rng.random(400) < 0.4
    told = np.where(true, rng.random(400) < 0.75, rng.random(400) < 0.1)
    scored = tagged({f"c{at}": [LATE] for at in np.flatnonzero(told)})
    ids = audit_sample(scored, 300)
    labels = {id: LATE if true[int(id[1:])] else "-" for id in ids}
    rates = read_audit(write(tmp_path / "a.csv", labels), scored, taxonomy).rates["triple"][LATE]
    assert rates.with_label == sum(true[int(id[1:])] for id in ids)
    assert rates.true_positive / rates.with_label == pytest.approx(0.75, abs=0.12)
    assert rates.true_negative / rates.without_label == pytest.approx(0.9, abs=0.07)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zz9": LATE}, r"row 102, column comment_id: 'zz9' is no comment of the scored table.*'c0'"),
        ({"c0": "delivery#speed#negative"}, r"row 2, column aspects\[0\].factor: unknown factor 'speed'"),
        (
            {"c0": "delivery#responsiveness#bad"},
            r"row 2, column aspects\[0\].sentiment: unknown sentiment 'bad'",
        ),
        (
            {"c1": "delivery"},
            rf"row 3, column aspects: 'delivery' is not of the form touchpoint#factor#sentiment, several .* as in {LATE};{KIND}$",
        ),
        (
            {"c1": "app#negative"},
            r"row 3, column aspects: 'app#negative' has no factor.*app#general#negative",
        ),
    ],
)
def test_a_wrong_row_is_named(
    change: dict[str, str], message: str, tmp_path: Path, scored: Scored, taxonomy: Taxonomy
) -> None:
    with pytest.raises(InputError, match=rf"mine\.csv, {message}"):
        read_audit(write(tmp_path / "mine.csv", truth() | change), scored, taxonomy)


def test_a_comment_audited_twice_or_without_id_is_named(
    tmp_path: Path, scored: Scored, taxonomy: Taxonomy
) -> None:
    path = write(tmp_path / "mine.csv", truth())
    path.write_text(path.read_text(encoding="utf-8") + f"c5,{LATE}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 102, column comment_id: 'c5' comes a second time"):
        read_audit(path, scored, taxonomy)
    path.write_text(f"comment_id,aspects\nc1,{LATE}\n,{LATE}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3, column comment_id: is empty"):
        read_audit(path, scored, taxonomy)


def test_missing_columns_are_named(tmp_path: Path, scored: Scored, taxonomy: Taxonomy) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("comment,labels\nc1,x\nc2,y\n", encoding="utf-8")
    with pytest.raises(ColumnError, match="no column comment_id"):
        read_audit(path, scored, taxonomy)
    path.write_text("comment_id,labels\nc1,x\nc2,y\n", encoding="utf-8")
    with pytest.raises(ColumnError, match="no column aspects"):
        read_audit(path, scored, taxonomy)


def test_too_few_and_unlabelled_rows_are_refused(tmp_path: Path, scored: Scored, taxonomy: Taxonomy) -> None:
    few = {id: label for id, label in truth().items() if int(id[1:]) < 12}
    with pytest.raises(InputError, match="has 12 comments; an audit needs at least 20, better 100"):
        read_audit(write(tmp_path / "few.csv", few), scored, taxonomy)
    with pytest.raises(InputError, match="no row has a label"):
        read_audit(write(tmp_path / "empty.csv", dict.fromkeys(truth(), "-")), scored, taxonomy)


def test_a_small_sample_and_one_that_was_chosen_are_said(
    tmp_path: Path, scored: Scored, taxonomy: Taxonomy
) -> None:
    small = {id: label for id, label in truth().items() if int(id[1:]) < 40}
    (limit,) = read_audit(write(tmp_path / "small.csv", small), scored, taxonomy).limits
    assert limit == Limit("scorecard", "audit_small", {"comments": 40, "wanted": 100})
    complaints = {f"c{at}": LATE for at in range(0, 400, 4)}
    (limit,) = read_audit(write(tmp_path / "chosen.csv", complaints), scored, taxonomy).limits
    assert limit.reason == "audit_not_random"
    assert limit.values["sample_share"] == 1  # noqa: PD011 - no frame


def test_labels_that_only_the_table_has_are_known(tmp_path: Path, taxonomy: Taxonomy) -> None:
    scored = tagged({f"c{at}": ["ROOMS#general#negative"] for at in range(30)})
    labels = {f"c{at}": "ROOMS#negative" for at in range(30)}
    # A table without factors is audited without them.
    audit = read_audit(write(tmp_path / "a.csv", labels), scored, taxonomy)
    assert audit.rates["touchpoint_sentiment"]["ROOMS#negative"].true_positive == 30
    assert audit.rates["owner_sentiment"] == {}


def test_upper_and_lower_case_of_labels_are_one(tmp_path: Path, scored: Scored, taxonomy: Taxonomy) -> None:
    shouted = {id: labels.upper() if int(id[1:]) % 8 else labels.title() for id, labels in truth().items()}
    audits = [
        read_audit(write(tmp_path / f"{name}.csv", labels), scored, taxonomy)
        for name, labels in (("plain", truth()), ("shouted", shouted))
    ]
    assert audits[0].rates == audits[1].rates


def test_a_table_without_factors_asks_for_none(tmp_path: Path, taxonomy: Taxonomy) -> None:
    scored = tagged({f"c{at}": ["ROOMS#general#negative"] for at in range(30)})
    labels = {f"c{at}": "ROOMS" for at in range(30)}
    with pytest.raises(InputError, match=r"form touchpoint#sentiment, several .* as in ROOMS#negative$"):
        read_audit(write(tmp_path / "a.csv", labels), scored, taxonomy)


def test_numbers_as_ids_are_found_in_a_sheet(tmp_path: Path, taxonomy: Taxonomy) -> None:
    ids = pd.DataFrame({"comment_id": np.arange(1000, 1050)})
    mentions = pd.DataFrame(
        [(1000, *LATE.split("#"))], columns=["comment_id", "touchpoint", "factor", "sentiment"]
    )
    path = tmp_path / "mine.xlsx"
    sheet = pd.DataFrame({"comment_id": np.arange(1000, 1025), "aspects": [LATE, *[None] * 24]})
    sheet.to_excel(path, index=False)
    audit = read_audit(path, scored_table(ids, mentions), taxonomy)
    assert audit.rates["triple"][LATE] == ErrorRates(1, 0, 0, 24)


def test_a_sample_is_random_without_repeats_and_the_same_for_a_seed(scored: Scored) -> None:
    drawn = audit_sample(scored, 100, seed=1)
    assert len(set(drawn)) == 100
    assert drawn == audit_sample(scored, 100, seed=1) != audit_sample(scored, 100, seed=2)
    assert drawn[:30] == audit_sample(scored, 30, seed=1)
    assert set(audit_sample(scored, 1000)) == set(scored.comments["comment_id"])
    assert audit_sample(scored, 0) == []
    often = np.zeros(400)
    for seed in range(200):
        often[[int(id[1:]) for id in audit_sample(scored, 40, seed=seed)]] += 1
    # Each comment is drawn in one sample of ten.
    assert often.min() > 5
    assert often.max() < 40
