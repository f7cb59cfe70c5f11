"""The lower half from end to end: odd tables, the command, and what it writes."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from invented_scores import invented_comments

from cx_nlp import causes, score
from cx_nlp.errors import InputError, OutputError
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.report.columns import columns_of
from cx_nlp.report.files import TABLES, record
from cx_nlp.report.page import render_page
from cx_nlp.taxonomy import load_taxonomy

COMMENTS, MENTIONS = invented_comments(300)
ROWS = [("a", "delivery", "responsiveness", "negative"), ("b", "staff", "attitude_expertise", "positive")]
NAMES = ["comment_id", "touchpoint", "factor", "sentiment"]


def changed(**columns: object) -> Scored:
    return scored_table(COMMENTS.assign(**columns), MENTIONS)


def odd_tables() -> dict[str, Scored]:
    n = len(COMMENTS)
    half = np.where(np.arange(n) % 2 == 0, "whale", COMMENTS["comment_id"].astype(str))
    return {
        "nothing at all": scored_table(
            pd.DataFrame({"comment_id": pd.Series([], dtype=str)}), pd.DataFrame(columns=NAMES)
        ),
        "three rows": scored_table(
            pd.DataFrame({"comment_id": ["a", "b", "c"]}), pd.DataFrame(ROWS, columns=NAMES)
        ),
        "no mentions": scored_table(COMMENTS, MENTIONS.head(0)),
        "all positive": scored_table(COMMENTS.assign(sentiment="positive"), MENTIONS.assign(sentiment="positive")),
        "all negative": scored_table(COMMENTS.assign(sentiment="negative"), MENTIONS.assign(sentiment="negative")),
        "a rating that never varies": changed(rating=5.0),
        "no rating known": changed(rating=np.nan),
        "one customer with half the comments": changed(customer_id=half),
        "one customer alone": changed(customer_id="only one"),
        "one day": changed(time=pd.Timestamp("2025-03-01 09:00")),
        "times far in the future": changed(time=pd.Timestamp("2199-01-01") + pd.to_timedelta(np.arange(n), unit="D")),
        "times in a zone": changed(time=pd.date_range("2025-01-01", periods=n, freq="6h", tz="Asia/Bangkok")),
        "unknown touchpoints": scored_table(COMMENTS, MENTIONS.assign(touchpoint="helipad", factor="glamour")),
        "no factors": scored_table(COMMENTS, MENTIONS.assign(factor="general")),
        "ids alone": scored_table(COMMENTS[["comment_id"]], MENTIONS[NAMES]),
    }  # fmt: skip


ODD = odd_tables()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_an_odd_table_has_findings_a_page_and_strict_json(name: str) -> None:
    found = find(ODD[name])
    for table in TABLES:
        assert tuple(getattr(found, table).columns) == columns_of(table), table
    json.dumps(record(found), allow_nan=False)
    assert "<html" in render_page(found, lang="vi")
    assert found.limits, "an odd table leaves something unsaid"


def test_nothing_is_called_a_cause_where_nobody_complains() -> None:
    found = find(ODD["all positive"])
    assert not found.causes["listed"].any()
    assert found.alarms.empty


def test_without_customers_groups_are_compared_and_nothing_is_supported() -> None:
    found = find(ODD["ids alone"])
    assert found.links.empty
    assert not found.causes["starts_at"].astype(bool).any()


def folder(tmp_path: Path) -> Path:
    scored = tmp_path / "scored"
    scored.mkdir()
    COMMENTS.to_csv(scored / "comments.csv", index=False)
    MENTIONS.to_csv(scored / "mentions.csv", index=False)
    return scored


def test_findings_are_written_and_replaced_only_on_demand(tmp_path: Path) -> None:
    scored, out = folder(tmp_path), tmp_path / "out"
    summary = causes(scored, out=out, lang="en")
    assert {*summary.files} == {path.name for path in out.iterdir()}
    assert {"report.html", "report.xlsx", "causes.csv", "findings.json", "manifest.json"} <= {*summary.files}
    with pytest.raises(OutputError, match="overwrite"):
        causes(scored, out=out)
    assert causes(scored, out=out, overwrite=True).out == out.resolve()
    with pytest.raises(OutputError, match="other work"):
        score(pd.DataFrame({"text": ["giao chậm"]}), out=out, overwrite=True)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cx_nlp", *arguments], capture_output=True, encoding="utf-8", check=False
    )


def test_the_command_says_the_causes_and_gives_json(tmp_path: Path) -> None:
    scored = folder(tmp_path)
    done = run("causes", str(scored), "--out", str(tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["command"] == "causes"
    assert said["causes"][0]["rank"] == 1
    assert "Report:" in done.stderr


def test_the_graph_is_printed_and_goes_back_in(tmp_path: Path) -> None:
    scored, graph = folder(tmp_path), tmp_path / "graph.toml"
    printed = run("causes", str(scored), "--print-graph")
    assert printed.returncode == 0, printed.stderr
    graph.write_text(printed.stdout, encoding="utf-8")
    done = run("causes", str(scored), "--graph", str(graph), "--out", str(tmp_path / "out"), "--quiet")
    assert done.returncode == 0, done.stderr


def test_the_graph_is_one_object_for_machines(tmp_path: Path) -> None:
    scored, sheet = folder(tmp_path), tmp_path / "audit.csv"
    done = run("causes", str(scored), "--print-graph", "--draw-audit", str(sheet), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["command"], said["comments"]) == ("causes", 120)
    assert {"cause", "effects"} == {*said["graph"]["link"][0]}
    assert len(said["graph"]["together"][0]["touchpoints"]) > 1


def test_a_small_audit_is_told_in_the_terminal(tmp_path: Path) -> None:
    scored, sheet = folder(tmp_path), tmp_path / "audit.csv"
    ids = pd.read_csv(scored / "comments.csv", dtype=str)["comment_id"].head(30)
    pd.DataFrame({"comment_id": ids, "aspects": "Delivery#General#negative"}).to_csv(sheet, index=False)
    done = run("causes", str(scored), "--audit", str(sheet), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert "Note: The sample labelled by hand has 30 comments; 100 are wanted." in done.stdout


def test_an_audit_is_drawn_labelled_and_used(tmp_path: Path) -> None:
    scored, sheet = folder(tmp_path), tmp_path / "audit.csv"
    done = run("causes", str(scored), "--draw-audit", str(sheet), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["comments"] == 120
    assert "touchpoint#factor#sentiment" in done.stderr
    drawn = pd.read_csv(sheet, dtype=str)
    assert len(drawn) == 120
    assert drawn["aspects"].isna().all()
    told = MENTIONS.assign(
        label=MENTIONS["touchpoint"].astype(str) + "#" + MENTIONS["factor"].astype(str) + "#" + MENTIONS["sentiment"].astype(str)
    ).groupby("comment_id")["label"].agg(";".join)  # fmt: skip
    drawn.assign(aspects=drawn["comment_id"].map(told)).to_csv(sheet, index=False)
    findings = causes(scored, out=tmp_path / "out", audit=sheet).findings
    assert (findings.scorecard["correction"] == "audited").any()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--out", "{out}"], "does not exist"),
        ([], "--out"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, arguments: list[str], expected: str) -> None:
    filled = [argument.format(out=tmp_path / "out") for argument in arguments]
    done = run("causes", str(tmp_path / "missing"), *filled)
    assert done.returncode in (1, 2)
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mention_without_its_comment_is_refused() -> None:
    with pytest.raises(InputError, match="is not in comments"):
        scored_table(COMMENTS.head(3), MENTIONS)


def test_an_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(InputError, match="a second time"):
        scored_table(pd.concat([COMMENTS, COMMENTS.head(1)]), MENTIONS)


def test_every_owner_and_stage_of_a_cause_is_the_taxonomys() -> None:
    touchpoints = {one.id: one for one in load_taxonomy().touchpoints}
    found = find(scored_table(COMMENTS, MENTIONS)).causes
    assert len(found)
    for _, row in found.iterrows():
        assert row["owner"] == (touchpoints[str(row["touchpoint"])].owner or "")
        assert row["stage"] == (touchpoints[str(row["touchpoint"])].stage or "")
