"""`cx-nlp check-fix` as a person runs it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fixed_weeks import comments, shares, write
from fixed_weeks import plan as fixed
from fixed_weeks import scored as scored_of
from typer.testing import CliRunner

from cx_nlp import check_fix as check_fix_in_python
from cx_nlp.cli import app
from cx_nlp.errors import InputError
from cx_nlp.journey.fixes.verdict import check_fix
from cx_nlp.journey.limits import Limit
from cx_nlp.report.fix_lines import FIX_WORDS, fix_words
from cx_nlp.report.fix_notes import note_lines
from cx_nlp.report.wording import catalogue
from cx_nlp.taxonomy import load_taxonomy

PLAN = """
hypothesis = "Late parcels"
action = "A second collection"
owner = "logistics"
[metric]
kind = "complaints"
touchpoint = "delivery"
direction = "down"
[fix]
date = 2024-07-01
[windows]
before = 26
after = 26
[effect]
smallest = 2.0
[neighbours]
touchpoints = ["app"]
margin = 1.0
"""


def run(*args: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["check-fix", *(str(arg) for arg in args)])
    assert result.exit_code == status, (result.output, result.exception)
    return result.stdout, result.stderr


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def table(folder: Path, *, weeks: int = 52, app_after: float = 0.05) -> Path:
    """Delivery complaints from 10 to 5 %, and complaints about the app."""
    said, mentions = comments(shares(0.1, 0.05)[:weeks], per_week=100)
    _, other = comments(shares(0.05, app_after, wobble=0.01, seed=3)[:weeks], per_week=100, touchpoint="app")
    return write(folder, (said, pd.concat([mentions, other])))


def lock(plan: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(plan.with_name("plan.lock.json").read_text(encoding="utf-8"))
    return content


def locked_early(plan: Path, tmp_path: Path) -> None:
    """Runs the check once with the weeks before the fix alone."""
    run(plan, table(tmp_path / "early", weeks=26), "--quiet")


def test_new_writes_a_plan_to_fill_in_and_never_over_another(tmp_path: Path) -> None:
    said, _ = run(tmp_path / "new.toml", "--new")
    assert said.strip() == f"Plan: {tmp_path / 'new.toml'}"
    assert "before the fix" in (tmp_path / "new.toml").read_text(encoding="utf-8")
    _, error = run(tmp_path / "new.toml", "--new", status=1)
    assert "exists; choose another name" in error
    run(tmp_path / "vi.toml", "--new", "--lang", "vi")
    assert "viết trước khi làm" in (tmp_path / "vi.toml").read_text(encoding="utf-8")


def test_power_is_told_before_the_verdict(plan: Path, tmp_path: Path) -> None:
    locked_early(plan, tmp_path)
    said, _ = run(plan, table(tmp_path / "scored"))
    assert "Measured: share of comments that complain about Delivery & installation; it should fall." in said
    assert "Owner: Logistics. In force since 1 Jul 2024." in said
    assert said.index("What can be found") < said.index("Verdict: effective\n")
    assert "Before 10.0% (" in said
    assert "\nApp " in said
    assert "- There is no control group" in said
    assert "exploratory" not in said


def test_the_first_check_locks_and_keeps_figures_back(plan: Path, tmp_path: Path) -> None:
    early = table(tmp_path / "early", weeks=36)
    said, _ = run(plan, early)
    assert "The plan is locked (plan.lock.json)" in said
    assert "Verdict: not enough data\n" in said
    assert "16 more weeks until 30 Dec 2024" in said
    assert "Before 10" not in said
    assert lock(plan)["last_comment"].startswith("2024-09-")
    assert lock(plan)["comments"] == 3600
    shown, _ = run(plan, early, "--exploratory")
    assert "Before 10.0%" in shown
    assert "(exploratory: the plan did not bind it before the data)" in shown
    # Locked when ten weeks after the fix were there: not after the fact, but said.
    later, _ = run(plan, table(tmp_path / "scored"))
    assert "Verdict: effective\n" in later
    assert "when weeks after the fix could already be seen" in later


def test_a_changed_plan_is_refused_unless_exploratory(plan: Path, tmp_path: Path) -> None:
    locked_early(plan, tmp_path)
    before = lock(plan)
    scored = table(tmp_path / "scored")
    plan.write_text("# tidied\n" + PLAN, encoding="utf-8")
    run(plan, scored, "--quiet")
    plan.write_text(PLAN.replace("smallest = 2.0", "smallest = 0.5"), encoding="utf-8")
    _, error = run(plan, scored, status=1)
    assert "plan.toml: was changed after it was locked" in error
    assert "(effect.smallest); put it back as it was (plan.lock.json holds what it said)" in error
    said, _ = run(plan, scored, "--exploratory")
    assert "Verdict: effective (exploratory" in said
    assert "The plan was changed after it was locked (effect.smallest)." in said
    assert lock(plan) == before


def test_a_plan_made_after_the_data_is_exploratory(plan: Path, tmp_path: Path) -> None:
    scored = table(tmp_path / "scored")
    for _ in range(2):
        said, _ = run(plan, scored)
        assert "Verdict: effective (exploratory" in said
        assert "when the data it waits for could already be seen" in said


def test_an_exploratory_check_writes_no_lock(plan: Path, tmp_path: Path) -> None:
    run(plan, table(tmp_path / "scored"), "--exploratory")
    assert not plan.with_name("plan.lock.json").exists()


def test_a_problem_that_moved_is_in_the_verdict(plan: Path, tmp_path: Path) -> None:
    locked_early(plan, tmp_path)
    scored = table(tmp_path / "scored", app_after=0.12)
    said, _ = run(plan, scored)
    assert "Verdict: effective, but complaints rose at App: part of the problem may only have moved" in said
    said, _ = run(plan, scored, "--lang", "vi")
    assert "Kết luận: có hiệu quả, nhưng ý chê tăng ở Ứng dụng" in said


def test_json_is_one_object_with_every_figure(plan: Path, tmp_path: Path) -> None:
    locked_early(plan, tmp_path)
    said, aside = run(plan, table(tmp_path / "scored"), "--json", "--out", tmp_path / "out")
    content = json.loads(said)
    assert "Verdict: effective" in aside
    assert (content["command"], content["verdict"], content["exploratory"]) == (
        "check-fix",
        "effective",
        False,
    )
    change = content["change"]
    assert change["low"] < -0.05 < change["high"] < 0
    assert change["comments_before"] == 2600
    assert content["plan"]["smallest"] == 0.02
    assert content["lock"]["digest"] == lock(plan)["digest"]
    assert [row["touchpoint"] for row in content["neighbours"]] == ["app", ""]
    assert {note["reason"] for note in content["notes"]} == {"no_control", "not_corrected", "no_manifest"}
    assert content["files"] == ["weeks.csv", "neighbours.csv", "check.json", "manifest.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(content["files"])
    weeks = pd.read_csv(tmp_path / "out" / "weeks.csv")
    assert len(weeks) == 52
    assert weeks["total"].sum() == change["total_before"] + change["total_after"]
    assert weeks["first_day"].iloc[26] == "2024-07-01"
    kept = json.loads((tmp_path / "out" / "check.json").read_text(encoding="utf-8"))
    assert kept["change"] == change
    _, error = run(plan, tmp_path / "scored", "--out", tmp_path / "out", status=1)
    assert "--overwrite" in error


def test_json_of_an_open_window_says_null(plan: Path, tmp_path: Path) -> None:
    content = json.loads(run(plan, table(tmp_path / "early", weeks=30), "--json")[0])
    assert (content["verdict"], content["change"], content["neighbours"]) == ("not enough data", None, [])
    assert content["power"]["weeks"] == 26


def test_an_audit_replaces_the_models_rates(plan: Path, tmp_path: Path) -> None:
    scored = table(tmp_path / "scored")
    said = pd.read_parquet(scored / "mentions.parquet")
    complains = said[(said["touchpoint"] == "delivery") & (said["sentiment"] == "negative")]["comment_id"]
    drawn = pd.read_parquet(scored / "comments.parquet")["comment_id"].sample(300, random_state=1)
    # The audit finds that one in four of the complaints told is none, and all others right.
    rows = [
        "-" if k % 4 == 0 else "delivery#responsiveness#negative" if id in set(complains) else "delivery#responsiveness#positive"
        for k, id in enumerate(drawn)
    ]  # fmt: skip
    pd.DataFrame({"comment_id": drawn, "aspects": rows}).to_csv(tmp_path / "audit.csv", index=False)
    content = json.loads(run(plan, scored, "--audit", tmp_path / "audit.csv", "--json")[0])
    assert content["correction"]["source"] == "audited"
    assert 0.9 < content["correction"]["tells"] < 1
    small = pd.read_csv(tmp_path / "audit.csv")
    small[small["aspects"].str.endswith("negative")].head(15).to_csv(tmp_path / "small.csv", index=False)
    _, error = run(plan, scored, "--audit", tmp_path / "small.csv", status=1)
    assert "an audit needs at least 20" in error
    pd.concat([small[small["aspects"].str.endswith("negative")], small.head(60)]).drop_duplicates().to_csv(
        tmp_path / "few.csv", index=False
    )
    said, _ = run(plan, scored, "--audit", tmp_path / "few.csv")
    assert "(from your audit)" in said
    assert "100 or more tell the tagger's errors better" in said


def test_every_sentence_in_both_languages(plan: Path, tmp_path: Path) -> None:
    rich = PLAN.replace("date = 2024-07-01", 'by = "segment"\ndates = { A = 2024-07-01, B = 2024-07-08 }')
    plan.write_text(rich + '[control]\nby = "segment"\nvalues = ["C"]\n', encoding="utf-8")
    parts = [comments(shares(0.1, 0.05, seed=k), name=name, segment=name) for k, name in enumerate("ABC")]
    scored = write(tmp_path / "scored", *parts)
    english, vietnamese = (run(plan, scored, "--exploratory", "--lang", lang)[0] for lang in ("en", "vi"))
    assert "In force for A since 1 Jul 2024, for B since 8 Jul 2024." in english
    assert "Control group: segment C" in english
    assert "B (8 Jul 2024): " in english
    assert "cho A từ 1/7/2024" in vietnamese
    assert english.count("\n") == vietnamese.count("\n")
    assert "{" not in english + vietnamese


def test_a_part_is_told_with_the_plan_and_with_the_verdict(plan: Path, tmp_path: Path) -> None:
    plan.write_text(PLAN + '[within]\nchannel = "Tổng đài"\ntouchpoint = "delivery"\n', encoding="utf-8")
    parts = [
        comments(shares(0.1, after, seed=k), name=name, channel=name)
        for k, (name, after) in enumerate([("Tổng đài", 0.05), ("App", 0.2)])
    ]
    scored = write(tmp_path / "scored", *parts)
    said, _ = run(plan, scored)
    assert "Counted are only comments of channel Tổng đài, that mention Delivery & installation." in said
    assert "This is said only of comments of channel Tổng đài, that mention Delivery" in said
    assert " of 2,600 comments), after 5." in said
    assert (
        "Chỉ tính phản hồi thuộc kênh Tổng đài, có nhắc tới Giao hàng, lắp đặt."
        in run(plan, scored, "--lang", "vi")[0]
    )
    content = json.loads(run(plan, scored, "--json")[0])
    assert content["plan"]["within"] == {"channel": "Tổng đài", "segment": None, "touchpoint": "delivery"}
    plan.write_text(plan.read_text(encoding="utf-8").replace("Tổng đài", "Tong dai"), encoding="utf-8")
    _, error = run(plan, scored, "--exploratory", status=1)
    assert (
        "line 20, key within.channel: no comment has channel 'Tong dai'; did you mean 'Tổng đài'? There are"
        in error
    )


def test_another_column_of_the_export_can_choose(plan: Path, tmp_path: Path) -> None:
    rich = PLAN.replace("date = 2024-07-01", 'by = "Tỉnh thành"\ndates = { "Hà Nội" = 2024-07-01 }')
    plan.write_text(rich + '[control]\nby = "Cửa hàng"\nvalues = ["7"]\n', encoding="utf-8")
    parts = [
        comments(shares(0.1, 0.05, seed=k), name=name, **{"Tỉnh thành": name, "Cửa hàng": k})
        for k, name in ((6, "Hà Nội"), (7, "Huế"))
    ]
    said, _ = run(plan, write(tmp_path / "scored", *parts))
    assert "In force for Hà Nội since 1 Jul 2024." in said
    assert "Control group: Cửa hàng 7" in said
    assert " of 2,600 comments), after " in said


def test_a_week_that_is_not_over_and_a_model_that_is_not_known_are_told(plan: Path, tmp_path: Path) -> None:
    said, mentions = comments(shares(0.1, 0.05), per_week=140)
    scored = write(tmp_path / "scored", (said.iloc[:-80], mentions.iloc[:-80]))
    english, vietnamese = (run(plan, scored, "--lang", lang)[0] for lang in ("en", "vi"))
    assert (
        "- The table ends on 25 Dec 2024, within a week counted from the fix: that week (3 of 7 days, 60 comments) is left out."
        in english
    )
    assert "tuần đó (mới có 3 trong 7 ngày, 60 phản hồi) không được tính" in vietnamese
    assert "No manifest.json lies beside the table" in english
    assert "{" not in english + vietnamese


def test_the_lock_keeps_the_model(plan: Path, tmp_path: Path) -> None:
    early, late = (table(tmp_path / name, weeks=weeks) for name, weeks in (("early", 26), ("late", 52)))
    for folder, name in ((early, "fast"), (late, "auto")):
        content = {"model": {"id": name, "digest": "0123456789"}, "counts": {"scored": 2600}}
        (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    run(plan, early, "--quiet")
    assert lock(plan)["model"] == "fast (01234567)"
    said, _ = run(plan, late)
    assert (
        "- When the plan was locked, fast (01234567) had tagged the table; now it is auto (01234567)." in said
    )
    assert "By the manifest auto (01234567) tagged 2,600 comments, and the table holds 5,200" in said
    assert "Khi khóa kế hoạch, bảng do fast (01234567) gán nhãn" in run(plan, late, "--lang", "vi")[0]


NOTES: dict[str, dict[str, object]] = {
    "part_of_first_week": {"wave": "Huế", "day": "2024-12-26", "days": 3, "n": 1},
    "mentioned": {"touchpoint": "delivery", "before": 0.1, "after": 0.2},
    "not_corrected_part": {}, "one_model": {"model": "fast"}, "model_unknown": {},
    "retagged": {"model": "fast", "told": 5000, "n": 5300},
    "less_sure": {"before": 0.3, "after": 0.4},
    "would_catch": {"now": 0.75, "then": 0.5}, "would_invent": {"now": 0.05, "then": 0.02},
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("reason", NOTES)
def test_notes_are_written_with_their_figures(reason: str, lang: str) -> None:
    check = check_fix(fixed(), scored_of(comments(shares(0.1, 0.05))))
    words = fix_words(lang, load_taxonomy())
    _, line = note_lines(replace(check, notes=(Limit("fix", reason, NOTES[reason]),)), words)
    figures = [value for value in NOTES[reason].values() if isinstance(value, float)]
    for value in figures:
        assert words.percent(value) in line
    assert "0." not in line or lang == "en"
    assert "(Huế)" in line or reason != "part_of_first_week"


def test_in_python_it_says_and_holds_what_the_command_prints(plan: Path, tmp_path: Path) -> None:
    scored = table(tmp_path / "scored")
    summary = check_fix_in_python(plan, scored)
    assert summary.verdict == "effective"
    shown, _ = run(plan, scored)
    printed = {" ".join(line.split()) for line in shown.splitlines()}
    said = {" ".join(line.split()) for line in str(summary).splitlines()}
    assert {line for line in said - printed if "locked" not in line} == set()
    assert summary.neighbours["touchpoint"].tolist() == ["app", ""]
    assert summary.weeks["window"].value_counts().to_dict() == {"before": 26, "after": 26}
    assert "Kết luận: có hiệu quả" in str(check_fix_in_python(plan, scored, lang="vi"))


def test_a_fix_is_drawn_week_by_week_with_its_levels(plan: Path, tmp_path: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra plots)")
    matplotlib.use("agg")
    from cx_nlp.plots import plot_fix

    summary = check_fix_in_python(plan, table(tmp_path / "scored"))
    ax = plot_fix(summary)
    ax.figure.canvas.draw()
    points, before, after = ax.collections
    assert len(points.get_offsets()) == 52
    change = summary.checked.check.change
    assert change is not None
    levels = [line.get_segments()[0][0][1] for line in (before, after)]
    assert levels == pytest.approx([100 * change.before, 100 * change.after])
    assert ax.get_ylabel() == "Comments with this complaint, %"


def test_nothing_is_drawn_before_the_weeks_are_over(plan: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra plots)")
    from cx_nlp.plots import plot_fix

    summary = check_fix_in_python(plan, table(tmp_path / "early", weeks=26))
    with pytest.raises(InputError, match="are not over"):
        plot_fix(summary)


def test_a_rating_is_told_in_its_units(plan: Path, tmp_path: Path) -> None:
    text = PLAN.replace('kind = "complaints"\ntouchpoint = "delivery"', 'kind = "rating"').replace(
        "down", "up"
    )
    plan.write_text(text, encoding="utf-8")
    said, mentions = comments(shares(0.1, 0.1))
    said["rating"] = 3.0 + pd.Series(range(len(said))) % 3
    shown, _ = run(plan, write(tmp_path / "scored", (said, mentions)))
    assert "Measured: mean rating; it should rise." in shown
    assert "Before 4.00 (2,600 ratings)" in shown


def test_both_languages_have_every_word_with_the_same_names() -> None:
    for key, texts in catalogue(FIX_WORDS).items():
        names = [
            {part.partition("}")[0] for part in text.split("{")[1:]} for text in (texts["en"], texts["vi"])
        ]
        assert names[0] == names[1], key


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"delivery"',
            '"delivry"',
            "plan.toml, line 7, key metric.touchpoint: unknown 'delivry'; did you mean 'delivery'?",
        ),
        ('"delivery"', '"Giao hàng"', "unknown 'Giao hàng'; did you mean 'delivery' (Giao hàng, lắp đặt)?"),
        (
            '"delivery"',
            '"hotline"',
            "line 7, key metric.touchpoint: no comment of the scored table speaks of hotline; it has delivery, app.\n",
        ),
        (
            "2024-07-01",
            "2022-07-01",
            "line 10, key fix.date: the plan's fix of 2022-07-01 comes before the first comment",
        ),
        ("2024-07-01", "2024-31-12", "line 10: not valid TOML"),
        (
            "2024-07-01",
            "2027-07-01",
            "line 12, key windows.before: no comment that got the fix lies in the 26 weeks",
        ),
        (
            "[effect]",
            '[within]\nchannel = "Zalo"\n[effect]',
            "line 15, key within.channel: the plan names the column",
        ),
        (
            "date = 2024-07-01",
            'by = "segment"\ndates = { A = 2024-07-01 }',
            "plan.toml, line 10, key fix.by: the plan names the column 'segment', which the comments lack",
        ),
        ("smallest = 2.0", "smallest = 0.02", "expected percentage points"),
    ],
)
def test_what_cannot_be_ends_with_status_1_and_no_lock(
    plan: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    plan.write_text(PLAN.replace(old, new), encoding="utf-8")
    _, error = run(plan, table(tmp_path / "scored"), status=1)
    assert said in error
    assert not plan.with_name("plan.lock.json").exists()


def test_files_that_are_not_there_and_a_table_not_named(plan: Path, tmp_path: Path) -> None:
    _, error = run(tmp_path / "none.toml", table(tmp_path / "scored"), status=1)
    assert "cannot be read as a plan" in error
    _, error = run(plan, tmp_path / "nowhere", status=1)
    assert "does not exist" in error
    _, error = run(plan, status=2)
    assert "give --new for a plan to fill in" in error


def test_a_damaged_lock_is_refused(plan: Path, tmp_path: Path) -> None:
    plan.with_name("plan.lock.json").write_text("{}")
    _, error = run(plan, table(tmp_path / "scored"), status=1)
    assert "is not the note of a plan that can be read" in error
