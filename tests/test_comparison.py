"""Two models on one history: agreement, shares, what of a trend is the model's, F1, examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar as by_statsmodels
from test_cli import run

import cx_nlp
from cx_nlp.comparison import Comparison, compare, lines
from cx_nlp.comparison.intervals import kappa, mcnemar, paired_difference
from cx_nlp.comparison.trend import split_trend
from cx_nlp.errors import InputError, OutputError
from cx_nlp.metrics import mention_figures
from cx_nlp.metrics.paired import paired_figures
from cx_nlp.tagger import MentionTagger
from cx_nlp.tagger.mention import Mention, TaggedComment
from cx_nlp.taxonomy import load_taxonomy


class Rule:
    """A tagger that finds a touchpoint where its word stands; "chê" makes it negative."""

    def __init__(self, name: str, words: dict[str, str]) -> None:
        self.model_id, self.words, self.taxonomy = name, words, load_taxonomy()

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        return [self.tag(text) for text in texts]

    def tag(self, text: str) -> TaggedComment:
        sentiment = "negative" if "chê" in text else "positive"
        found = [
            Mention(
                touchpoint, "general", sentiment, 0.9, text.index(word), text.index(word) + len(word), word
            )
            for word, touchpoint in self.words.items()
            if word in text
        ]
        return TaggedComment(text, sentiment if found else "neutral", 0.9, False, tuple(found))


OLD = Rule("old", {"giao": "delivery", "app": "app"})
NEW = Rule("new", {"giao": "delivery", "app": "app", "ship": "delivery"})


def history(*, april: tuple[int, int, int], may: tuple[int, int, int], n: int = 400) -> pd.DataFrame:
    """Comments that say giao, ship, app in each month; the rest says nothing."""
    rows = []
    for month, counts in (("2025-04", april), ("2025-05", may)):
        said = [word for word, k in zip(("giao", "ship", "app"), counts, strict=True) for _ in range(k)]
        said += ["không"] * (n - len(said))
        rows += [
            (f"khách nói {word} lần {i} {month}", f"{month}-{i % 28 + 1:02d}") for i, word in enumerate(said)
        ]
    return pd.DataFrame(rows, columns=["text", "time"])


def trend_of(found: Comparison, label: str) -> pd.Series:
    [row] = [row for _, row in found.trend.iterrows() if (row["view"], row["label"]) == ("touchpoint", label)]
    return row


def share_of(found: Comparison, view: str, label: str) -> pd.Series:
    return found.shares.set_index(["view", "label"]).loc[(view, label)]


def test_shares_before_and_after_are_those_of_the_comments() -> None:
    found = compare(OLD, NEW, history(april=(40, 20, 10), may=(40, 40, 10)))
    delivery = share_of(found, "touchpoint", "delivery")
    assert (delivery["a"], delivery["b"], delivery["both"]) == (80, 140, 80)
    assert delivery["difference"] == pytest.approx(60 / 800)
    assert delivery["low"] < 60 / 800 < delivery["high"]
    assert delivery["changed"]
    app = share_of(found, "touchpoint", "app")
    assert app["difference"] == 0
    assert app["p"] == 1
    assert not app["changed"]
    sentiment = found.agreement.set_index("view").loc["sentiment"]
    assert sentiment["same"] == 740
    month = found.months.set_index(["view", "label", "month"]).loc[("touchpoint", "delivery", "2025-05")]
    assert (month["share_a"], month["share_b"]) == (0.1, 0.2)


def test_a_trend_made_by_the_model_is_not_the_customers() -> None:
    """Customers talk as before; the new model hears 'ship', too."""
    found = compare(OLD, NEW, history(april=(40, 40, 10), may=(40, 40, 10)))
    row = trend_of(found, "delivery")
    assert found.periods == ("2025-04", "2025-05")
    assert row["change"] == pytest.approx(0.1)
    assert row["model"] == pytest.approx(0.1)
    assert row["customers"] == pytest.approx(0)
    assert row["due_to"] == "model"
    assert row["customers_low"] < 0 < row["customers_high"]
    assert trend_of(found, "app")["due_to"] == "neither"


def test_a_trend_of_the_customers_is_theirs() -> None:
    found = compare(OLD, NEW, history(april=(40, 0, 10), may=(120, 0, 10)))
    row = trend_of(found, "delivery")
    assert row["customers"] == pytest.approx(0.2)
    assert row["model"] == pytest.approx(0)
    assert row["due_to"] == "customers"


def test_a_day_parts_the_history() -> None:
    frame = history(april=(40, 0, 10), may=(120, 40, 10))
    found = compare(OLD, NEW, frame, since="2025-05-01")
    row = trend_of(found, "delivery")
    assert found.periods == ("< 2025-05-01", "≥ 2025-05-01")
    assert row["change"] == pytest.approx(row["model"] + row["customers"])
    assert row["due_to"] == "both"
    nothing = compare(OLD, NEW, frame, since="2030-01-01")
    assert nothing.periods is None
    assert nothing.trend.empty


def test_without_dates_all_is_the_models() -> None:
    found = compare(OLD, NEW, history(april=(40, 20, 10), may=(40, 20, 10))[["text"]])
    assert found.periods is None
    assert found.months.empty
    assert len(found.shares)


def counts(n: int, a: float, b: float, both: float) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([("touchpoint", "x")], names=["view", "label"])
    return pd.DataFrame({"n": float(n), "a": a, "b": b, "both": both}, index=index)


def test_the_intervals_of_the_split_hold_the_truth_as_often_as_they_say() -> None:
    """Shares by A 20 % then 25 %, B adds 4 points to both: the model's part is 4 points, the customers' 5."""
    draw = np.random.default_rng(0)
    held = {"model": 0, "customers": 0}
    runs = 400
    for _ in range(runs):
        sides = []
        for share in (0.20, 0.25):
            n = 500
            a = draw.random(n) < share
            b = np.where(draw.random(n) < 0.05, ~a, a)  # flips: + 5 % of the rest, − 5 % of those it has
            sides.append(counts(n, a.sum(), b.sum(), (a & b).sum()))
        row = split_trend(*sides).iloc[0]
        model = (0.05 * (1 - 2 * 0.20) + 0.05 * (1 - 2 * 0.25)) / 2
        customers = (0.05 + 0.05 * 0.9) / 2
        held["model"] += row["model_low"] <= model <= row["model_high"]
        held["customers"] += row["customers_low"] <= customers <= row["customers_high"]
    assert 0.92 <= held["model"] / runs <= 0.99
    assert 0.92 <= held["customers"] / runs <= 0.99


def test_mcnemar_and_kappa_agree_with_other_packages() -> None:
    one = np.array([12.0]), np.array([30.0]), np.array([9.0])
    table = [[100, 21], [3, 9]]
    assert mcnemar(*one)[0] == pytest.approx(by_statsmodels(table, exact=True).pvalue)
    a, b = [0, 0, 1, 1, 2, 0], [0, 1, 1, 1, 2, 2]
    square = np.zeros((3, 3))
    np.add.at(square, (a, b), 1)
    assert kappa(square) == pytest.approx(cohen_kappa_score(a, b))
    low, high = paired_difference(np.array([1000.0]), np.array([100.0]), np.array([100.0]), np.array([100.0]))
    assert low[0] < 0 < high[0]
    assert high[0] - low[0] < 0.01


def labelled_rows() -> list[dict[str, object]]:
    rows = []
    for i in range(60):
        word = ("giao", "ship", "app")[i % 3]
        touchpoint = "app" if word == "app" else "delivery"
        mention = {"touchpoint": touchpoint, "factor": "general", "sentiment": "positive"}
        rows.append({"text": f"khách nói {word} lần {i}", "lang": "vi", "source": "web" if i < 30 else "shop",
                     "sentiment": "positive", "mentions": [mention]})  # fmt: skip
    return rows


def test_labels_give_the_f1_of_both(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in labelled_rows()), encoding="utf-8")
    found = compare(OLD, NEW, path, resamples=200)
    assert found.figures is not None
    figures = found.figures.set_index(["slice", "part", "figure"])
    whole = figures.loc[("all", "all", "touchpoint")]
    assert whole["a"] == pytest.approx(0.8)  # 40 of 60 found, none wrongly: 2·40 / (60 + 40)
    assert whole["b"] == 1
    assert 0 < whole["low"] < whole["difference"] < whole["high"]
    assert figures.loc[("source", "shop", "touchpoint")]["comments"] == 30
    assert figures.loc[("label", "touchpoint", "app")][["a", "b"]].tolist() == [1, 1]
    assert figures.loc[("label", "touchpoint", "delivery")]["difference"] == pytest.approx(1 - 2 * 20 / 60)
    assert any("trained on these comments" in note for note in found.notes)


def test_which_model_is_better_is_said_only_where_it_can_be_told() -> None:
    rows = labelled_rows()
    for i, row in enumerate(rows):
        row["region"] = "Hue" if i < 5 else "Hanoi"
    said = {}
    for name, pair, some in (
        ("better", (OLD, NEW), rows),
        ("worse", (NEW, OLD), rows),
        ("undecided", (NEW, NEW), rows),
    ):
        found = compare(*pair, pd.DataFrame(some), slices=["region"], resamples=200)
        words = lines.compare_words("en", found)
        said[name] = " ".join(lines.figure_lines(found, words))
        parts = {str(row[0]) for row in (lines.figure_rows(found, words) or ((), []))[1]}
        assert "region: Hanoi" in parts
        assert "region: Hue" not in parts
    assert "B is better on these 60 comments: +" in said["better"]
    assert "B is worse on these 60 comments: −" in said["worse"]
    assert "Which is better these 60 comments do not tell" in said["undecided"]
    assert "Parts of fewer than 20 comments: 1, not shown" in said["better"]


def test_a_sheet_filled_in_gives_the_f1_of_both_on_its_random_part(tmp_path: Path) -> None:
    path = tmp_path / "filled.csv"
    rows = [
        (row["text"], "yes", "positive", row["mentions"][0]["touchpoint"], "positive", "random" if i % 2 else "uncertain")
        for i, row in enumerate(labelled_rows())
    ]  # fmt: skip
    columns = ["text", "checked", "sentiment", "touchpoint 1", "sentiment 1", "picked_for"]
    frame = pd.DataFrame([*rows, ("chưa xem", "", "", "app", "positive", "random")], columns=columns)
    frame.to_csv(path, index=False)
    found = compare(OLD, NEW, path, resamples=50, only={"picked_for": "random"})
    assert (found.comments, found.figures is not None) == (30, True)
    assert any("1 row not labelled yet" in note for note in found.notes)
    with pytest.raises(InputError, match="these have no labels"):
        compare(OLD, NEW, frame[["text", "picked_for"]], only={"picked_for": "random"})


def test_paired_figures_are_those_of_the_evaluation(invented: tuple, small_tagger: MentionTagger) -> None:
    texts, records = invented
    gold = [{"text": text, **record} for text, record in zip(texts, records, strict=True)]
    one = [c.to_dict() for c in small_tagger.tag_many(texts)]
    two = [c.to_dict() for c in small_tagger.out_of_fold_]
    table = paired_figures(gold, one, two, slices={}, resamples=50).set_index(["slice", "figure"])
    for side, predicted in (("a", one), ("b", two)):
        expected = mention_figures(gold, predicted, resamples=0).figures
        for name in ("touchpoint", "factor", "touchpoint_sentiment", "triple"):
            assert table.loc[("all", name), side] == pytest.approx(expected[name].value)
    same = paired_figures(gold, one, one, slices={}, resamples=50)
    assert same[["difference", "low", "high"]].to_numpy().tolist() == [[0, 0, 0]] * len(same)


def test_a_scored_file_is_a_history_and_no_labelled_data(tmp_path: Path) -> None:
    rows = [
        {"id": str(i), "needs_review": False, "confidence": 0.9, **row}
        for i, row in enumerate(labelled_rows())
    ]
    path = tmp_path / "scored.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = compare(OLD, NEW, path)
    assert found.figures is None
    assert found.comments == 60


def test_examples_are_of_the_change_and_mask_personal_data() -> None:
    texts = ["app tốt"] * 3 + [f"gọi ship theo số 0912 000 67{i} nhé" for i in range(5)]
    found = compare(OLD, NEW, pd.DataFrame({"text": texts}), examples=2)
    gained = found.examples[found.examples["label"] == "delivery#positive"]
    assert len(gained) == 2
    assert set(gained["change"]) == {"gained"}
    assert gained["text"].str.contains(r"\[số điện thoại\]").all()
    assert set(gained["by_a"]) == {"neutral: –"}
    assert set(gained["by_b"]) == {"positive: delivery#general#positive"}
    shown = compare(OLD, NEW, pd.DataFrame({"text": texts}), keep_personal_data=True).examples
    assert shown["text"].str.contains("0912 000 67").any()


def test_labels_that_one_model_lacks_are_named() -> None:
    other = Rule("other", OLD.words)
    more = replace(other.taxonomy.touchpoints[0], id="kiosk")
    other.taxonomy = replace(other.taxonomy, touchpoints=(*other.taxonomy.touchpoints, more))
    found = compare(OLD, other, history(april=(1, 1, 1), may=(1, 1, 1), n=40))
    assert (found.only_a, found.only_b) == ((), ("kiosk",))


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two small models on disk, one that learnt from fewer comments."""
    from conftest import invented_comments

    texts, records = invented_comments()
    folder = tmp_path_factory.mktemp("bundles")
    made = []
    for name, rows in (("a", slice(0, None)), ("b", slice(None, -12))):
        tagger = MentionTagger(taxonomy=load_taxonomy(), folds=2, min_support=4).fit(
            texts[rows], records[rows]
        )
        made.append(cx_nlp.save_bundle(tagger, folder / name, taxonomy=tagger.taxonomy))
    return made[0], made[1]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rows = [
        ("giao hàng nhanh", "2025-04-01"),
        ("nhân viên thô lỗ, giá quá cao", "2025-04-02"),
        ("vải đẹp", "2025-05-02"),
    ] * 20
    path = tmp_path / "export.csv"
    frame = pd.DataFrame(rows, columns=["Nội dung", "Ngày"])
    frame["Nội dung"] += [f" {i}" for i in range(len(frame))]
    frame.to_csv(path, index=False)
    return path


def test_the_command_says_it_in_both_languages(bundles: tuple[Path, Path], export: Path) -> None:
    english, _ = run("compare", *bundles, export)
    assert "a (A) against b (B), 60 comments" in english
    assert "Both give the same touchpoints for" in english
    vietnamese, _ = run("compare", *bundles, export, "--lang", "vi")
    assert "So a (A) với b (B) trên 60 phản hồi" in vietnamese
    assert "Hai mô hình cho cùng điểm chạm ở" in vietnamese


@pytest.mark.parametrize("name", ["result.xlsx", "result.md", "tables"])
def test_the_command_writes_every_form(
    bundles: tuple[Path, Path], export: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "new" / name
    said, _ = run("compare", *bundles, export, "--out", out, "--json")
    record = json.loads(said)
    assert record["comments"] == 60
    assert record["models"] == {"a": "a", "b": "b"}
    assert len(record["shares"]) > 3
    readers: dict[str, Callable[[], object]] = {
        "result.xlsx": lambda: pd.read_excel(out, sheet_name="shares"),
        "result.md": lambda: out.read_text(encoding="utf-8").startswith("# a (A) against b (B)"),
        "tables": lambda: pd.read_csv(out / "shares.csv"),
    }
    read = readers[name]()
    assert read is True or len(read) == len(record["shares"])  # type: ignore[arg-type]
    _, error = run("compare", *bundles, export, "--out", out, status=1)
    assert "exists" in error


def test_a_page_of_markdown_takes_no_markup_from_comments(tmp_path: Path) -> None:
    from cx_nlp.comparison.files import write_comparison

    texts = ["<img src=x> ship | nhanh [a](b)"]
    found = compare(OLD, NEW, pd.DataFrame({"text": texts}))
    write_comparison(found, tmp_path / "x.md")
    page = (tmp_path / "x.md").read_text(encoding="utf-8")
    assert "&lt;img src=x> ship \\| nhanh \\[a](b)" in page
    with pytest.raises(OutputError, match=r"as \.xlsx, \.md, or as a folder"):
        write_comparison(found, tmp_path / "x.pdf")


def test_a_wrong_day_is_told(bundles: tuple[Path, Path], export: Path) -> None:
    _, error = run("compare", *bundles, export, "--since", "soon", status=1)
    assert "--since soon: is no day" in error


def test_a_history_without_comments_is_told() -> None:
    with pytest.raises(InputError, match="holds only numbers"):
        compare(OLD, NEW, pd.DataFrame({"text": ["2024", "12 345"]}))
