"""The plan of a fix: its file, what is refused in it, and the note that holds it."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fixed_weeks import plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_nlp.errors import InputError, OutputError
from cx_nlp.journey.fixes.lock import held, lock, lock_path, read_lock
from cx_nlp.journey.fixes.plan import Group, Metric, Neighbours, Rollout, Windows, Within
from cx_nlp.journey.fixes.planfile import columns_of, example_plan, read_plan, write_example
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
PLAN = """
hypothesis = "h"
action = "a"
owner = "logistics"
[metric]
kind = "complaints"
touchpoint = "delivery"
direction = "down"
[fix]
date = 2025-03-03
[windows]
before = 26
after = 12
[effect]
smallest = 2.5
"""
VALUES = [
    "-1",
    "1e999",
    "nan",
    "inf",
    "true",
    "[]",
    "{}",
    '""',
    "2025-02-29",
    "0001-01-01",
    "9999-12-31",
    "12:00:00",
    '"a" # b',
]


def read(tmp_path: Path, text: str, **known: Any) -> Any:
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path, TAXONOMY, **known)


def test_a_plan_is_read_with_shares_from_0_to_1(tmp_path: Path) -> None:
    found = read(tmp_path, PLAN)
    assert found.metric == Metric("complaints", "down", "delivery")
    assert found.rollout == Rollout((("", date(2025, 3, 3)),))
    assert found.windows == Windows(26, 12, 0)
    assert found.smallest == pytest.approx(0.025)
    assert found.alpha == 0.05
    assert found.ends == date(2025, 5, 26)
    assert (found.control, found.neighbours) == (None, Neighbours())


def test_a_rollout_by_group_with_control_and_neighbours(tmp_path: Path) -> None:
    text = PLAN.replace(
        "date = 2025-03-03", 'by = "segment"\ndates = { "Huế" = 2025-04-07, "Hà Nội" = "2025-03-03" }'
    )
    text += '[control]\nby = "segment"\nvalues = ["Cần Thơ"]\n[neighbours]\ntouchpoints = ["hotline"]\nmargin = 1\n'
    found = read(tmp_path, text)
    assert found.rollout.dates == (("Hà Nội", date(2025, 3, 3)), ("Huế", date(2025, 4, 7)))
    assert found.rollout.days == (date(2025, 3, 3), date(2025, 4, 7))
    assert found.control == Group("segment", ("Cần Thơ",))
    assert found.neighbours == Neighbours(("hotline",), 0.01)


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_example_can_be_used_as_it_is(tmp_path: Path, lang: str) -> None:
    found = read(tmp_path, example_plan(lang))
    assert found.metric.touchpoint == "delivery"
    # Comments taken off, the parts that are left out by default can be used, too.
    whole = (
        example_plan(lang)
        .replace("# [control]", "[control]")
        .replace('# by = "segment"\n# values', 'by = "segment"\nvalues')
    )
    assert read(tmp_path, whole).control == Group("segment", ("Cần Thơ",))
    part = (
        example_plan(lang)
        .replace("# [within]", "[within]")
        .replace("# channel", "channel")
        .replace("# touch", "touch")
    )
    assert read(tmp_path, part).within.touchpoint == "delivery"


def test_the_documented_example_is_the_one_that_new_writes(tmp_path: Path) -> None:
    write_example(tmp_path / "new.toml")
    documented = Path(__file__).parents[1] / "docs" / "plan-example.toml"
    assert (tmp_path / "new.toml").read_text(encoding="utf-8") == documented.read_text(encoding="utf-8")
    with pytest.raises(OutputError, match="exists; choose another name"):
        write_example(tmp_path / "new.toml")


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('touchpoint = "delivery"', 'touchpoint = "delivry"', 7, "key metric.touchpoint: unknown 'delivry'; did you mean 'delivery'"),
        ('touchpoint = "delivery"', "", 5, "key metric.touchpoint: is missing; expected one of"),
        ('kind = "complaints"', 'kind = "rating"', 7, "a rating has no touchpoint"),
        ('direction = "down"', 'direction = "lower"', 8, "key metric.direction: unknown 'lower'; known are down, up"),
        ('action = "a"', "action = 3", 3, "key action: is 3; expected a sentence in quotes"),
        ('action = "a"', 'action = " "', 3, "key action: is ' '; expected a sentence"),
        ("date = 2025-03-03", 'date = "3 March"', 10, "key fix.date: is '3 March'; expected a day such as 2025-03-03"),
        ("date = 2025-03-03", "date = 9999-12-31", 10, "key fix.date: is '9999-12-31'; expected a day such as"),
        ("date = 2025-03-03", "", 9, "key fix: expected either date"),
        ("date = 2025-03-03", 'by = "segment"\ndates = 2025-03-03', 11, "key fix.dates: expected a day for each value"),
        ("before = 26", "before = 2.5", 12, "key windows.before: is 2.5; expected a whole number of weeks from 2 to 260"),
        ("before = 26", "befor = 26", 12, "key windows.befor: is no key of a plan; did you mean 'before'"),
        ("before = 26", "", 11, "key windows.before: is missing; expected a whole number"),
        ("smallest = 2.5", "smallest = 0.02", 15, "key effect.smallest: is 0.02; expected percentage points"),
        ("smallest = 2.5", "smallest = -2", 15, "key effect.smallest: is -2; expected a number above 0"),
        ("smallest = 2.5", "smallest = 2.5\nalpha = 0.5", 16, "key effect.alpha: is 0.5; expected a number above 0, up to 0.2"),
        ("[windows]", "[window]", 11, "key window: is no key of a plan; did you mean 'windows'"),
        ('hypothesis = "h"', 'hypothesis = "h"\ncontrol = 3', 3, "key control: must be written as a table, [control]"),
        ('hypothesis = "h"', "hypothesis = h", 2, "not valid TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, PLAN.replace(old, new))
    message = str(refused.value)
    assert said in message
    assert "?." not in message
    assert f"plan.toml, line {line}" in message


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[control]\nby = "segment"\nvalues = []', "expected a list of values of that column"),
        ('[neighbours]\ntouchpoints = ["delivery"]\nmargin = 1', "'delivery' is what the plan measures"),
        ('[neighbours]\ntouchpoints = ["hotline", "hotline"]\nmargin = 1', "lists a value twice"),
        ('[neighbours]\ntouchpoints = ["hotlin"]\nmargin = 1', "did you mean 'hotline'"),
        ('[neighbours]\ntouchpoints = ["hotline"]', "key neighbours.margin: is missing"),
        ("[neighbors]", "did you mean 'neighbours'"),
        ("[within]", "key within: expected channel, segment or touchpoint"),
        ('[within]\nchanel = "App"', "key within.chanel: is no key of a plan; did you mean 'channel'"),
        ('[within]\nchannel = ["App"]', "key within.channel: is .'App'.; expected one channel in quotes"),
        (
            '[within]\ntouchpoint = "hotlin"',
            "key within.touchpoint: unknown 'hotlin'; did you mean 'hotline'",
        ),
        ('[within]\ntouchpoint = "phone"', r"did you mean 'hotline' \(Phone support\)"),
        (
            '[within]\nchannel = "App"\n[control]\nby = "channel"\nvalues = ["Zalo"]',
            "keeps one channel alone, and .control. chooses by channel",
        ),
    ],
)
def test_control_and_neighbours_are_checked(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(tmp_path, PLAN + more)


def test_who_gets_the_fix_is_no_control(tmp_path: Path) -> None:
    text = PLAN.replace("date = 2025-03-03", 'by = "segment"\ndates = { A = 2025-04-07 }')
    with pytest.raises(InputError, match="'A' gets the fix, so it cannot be in the control group"):
        read(tmp_path, text + '[control]\nby = "segment"\nvalues = ["B", "A"]\n')


def test_a_part_is_part_of_the_plan(tmp_path: Path) -> None:
    plain, part = read(tmp_path, PLAN), read(tmp_path, PLAN + '[within]\nsegment = "mới"\n')
    assert (plain.within, part.within) == (None, Within(segment="mới"))
    assert plain.digest != part.digest
    noted = lock(part, tmp_path / "n.json", comments=1, last_comment=None)
    assert noted.changed(plain) == ["within"]
    # A plan without such a table says what it said before there were any.
    assert "within" not in plain.content()


def test_columns_that_a_plan_chooses_by_are_found_before_it_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('[fix]\nby = "Tỉnh thành"\n[control]\nby = 3\n', encoding="utf-8")
    assert columns_of(path) == ("Tỉnh thành",)
    path.write_text('fix = 3\n[control]\nby = "b"\n', encoding="utf-8")
    assert columns_of(path) == ("b",)


def test_a_table_may_have_touchpoints_of_its_own(tmp_path: Path) -> None:
    text = PLAN.replace('"delivery"', '"DELIVERY"')
    assert read(tmp_path, text, touchpoints=["DELIVERY"]).metric.touchpoint == "DELIVERY"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read as a plan"), (b'action = "\xff"', "is not UTF-8")]
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "plan.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_plan(path, TAXONOMY)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, PLAN.count("\n")), st.one_of(st.text(max_size=30), st.sampled_from(VALUES)))
def test_whatever_stands_on_a_line_it_is_read_or_refused(tmp_path: Path, at: int, text: str) -> None:
    lines = PLAN.split("\n")
    key, equals, _ = lines[at].partition("=")
    lines[at] = f"{key}{equals} {text}"
    with suppress(InputError):
        assert read(tmp_path, "\n".join(lines)).ends.year < 2200


def test_the_digest_is_of_what_the_plan_says_not_of_its_layout(tmp_path: Path) -> None:
    plain = read(tmp_path, PLAN)
    tidied = "# a comment\n" + PLAN.replace(
        "before = 26\nafter = 12", "after   =  12\nbefore = 26 # half a year"
    )
    assert read(tmp_path, tidied).digest == plain.digest
    for old, new in (
        ('"h"', '"i"'),
        ("2.5", "2.4"),
        ("after = 12", "after = 13"),
        ("2025-03-03", "2025-03-04"),
    ):
        assert read(tmp_path, PLAN.replace(old, new)).digest != plain.digest


def test_a_note_holds_what_was_planned_and_seen(tmp_path: Path) -> None:
    path = lock_path(tmp_path / "plan.toml")
    assert path.name == "plan.lock.json"
    assert read_lock(path) is None
    noted = lock(plan(), path, comments=7, last_comment=pd.Timestamp("2024-06-30"))
    assert read_lock(path) == noted
    held(plan(), noted, source=path)
    older = {
        name: value for name, value in json.loads(path.read_text(encoding="utf-8")).items() if name != "model"
    }
    path.write_text(json.dumps(older), encoding="utf-8")
    assert read_lock(path) == noted
    changed = plan(smallest=0.03, owner="p")
    assert noted.changed(changed) == ["owner", "effect.smallest"]
    with pytest.raises(
        InputError, match=r"was changed after it was locked on 20.* \(owner, effect.smallest\)"
    ):
        held(changed, noted, source=path)


@pytest.mark.parametrize(
    ("last", "fix_seen", "all_seen"),
    [(None, False, False), ("2024-06-30", False, False), ("2024-07-02", True, False), ("2024-12-22", True, False),
     ("2024-12-23", True, True), ("2025-01-05", True, True)],
)  # fmt: skip
def test_a_note_knows_whether_the_data_came_first(
    tmp_path: Path, last: str | None, fix_seen: bool, all_seen: bool
) -> None:
    noted = lock(plan(), tmp_path / "n.json", comments=7, last_comment=pd.Timestamp(last) if last else None)
    assert (noted.after_the_fix(plan()), noted.after_the_fact(plan())) == (fix_seen, all_seen)


@pytest.mark.parametrize("text", ["", "[]", '{"digest": "x"}', "\x00"])
def test_a_damaged_note_is_not_taken_for_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.lock.json"
    path.write_text(text)
    with pytest.raises(InputError, match="is not the note of a plan"):
        read_lock(path)


def test_a_note_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        lock(plan(), tmp_path / "nowhere" / "plan.lock.json", comments=1, last_comment=None)


def test_the_note_is_readable_json_with_the_plan_in_it(tmp_path: Path) -> None:
    lock(plan(hypothesis="Giao trễ"), tmp_path / "n.json", comments=1, last_comment=None)
    content = json.loads((tmp_path / "n.json").read_text(encoding="utf-8"))
    assert content["content"]["hypothesis"] == "Giao trễ"
    assert content["digest"] == plan(hypothesis="Giao trễ").digest
