import io
import json
import zipfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented_scores import invented_comments, write_tables
from openpyxl import Workbook

from cx_nlp.errors import ColumnError, InputError, TaxonomyError
from cx_nlp.io.scored import scored_tables
from cx_nlp.io.target import output_target
from cx_nlp.journey.period import naive
from cx_nlp.journey.table import read_scored, scored_table
from cx_nlp.taxonomy import taxonomy_from_categories

COMMENTS = "comment_id,text,time,rating\na,tốt lắm,2024-01-05,5\nb,dở,2024-01-06T10:00:00,1\n"
MENTIONS = "comment_id,touchpoint,factor,sentiment\na,delivery,general,positive\nb,app,general,negative\n"


def write_csv(folder, comments=COMMENTS, mentions=MENTIONS):
    folder.mkdir(exist_ok=True)
    (folder / "comments.csv").write_text(comments, encoding="utf-8")
    (folder / "mentions.csv").write_text(mentions, encoding="utf-8")
    return folder


@pytest.mark.parametrize("format", ["parquet", "csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("as_folder", [True, False])
def test_what_scoring_writes_is_read_back_alike(tmp_path, format, as_folder):
    comments, mentions = invented_comments(60)
    source = tmp_path / "run" if as_folder else tmp_path / f"june.{format}"
    target = output_target(source, format=format)
    folder = source if as_folder else tmp_path
    folder.mkdir(exist_ok=True)
    with scored_tables(folder, target) as append:
        append(comments, pa.Table.from_pandas(mentions, preserve_index=False))
    scored = read_scored(source)
    for name in ("comment_id", "customer_id", "rating", "channel", "sentiment", "confidence", "needs_review"):
        assert scored.comments[name].tolist() == comments[name].tolist(), name
    assert (scored.comments["time"] == comments["time"]).all()
    for name in (
        "comment_id",
        "touchpoint",
        "factor",
        "stage",
        "sentiment",
        "confidence",
        "start",
        "end",
        "quote",
    ):
        assert scored.mentions[name].tolist() == mentions[name].tolist(), name
    assert scored.texts(["c000007"]) == {"c000007": comments.loc[7, "text"]}
    of = comments["comment_id"].iloc[scored.comment_rows]
    assert of.tolist() == mentions["comment_id"].tolist()


@pytest.mark.parametrize("zone", [None, "Asia/Ho_Chi_Minh", "UTC", "America/New_York"])
def test_times_are_those_of_the_clock_in_every_form(tmp_path, zone):
    comments, mentions = invented_comments(60)
    # Across the hour that New York leaves out in spring.
    clock = pd.Series(pd.date_range("2025-03-08 23:30:15", periods=60, freq="6h"))
    comments["time"] = clock.dt.tz_localize(zone)
    for name in ("csv", "parquet"):
        (tmp_path / name).mkdir()
    comments.to_csv(tmp_path / "csv" / "comments.csv", index=False)
    mentions.to_csv(tmp_path / "csv" / "mentions.csv", index=False)
    comments.to_parquet(tmp_path / "parquet" / "comments.parquet")
    mentions.to_parquet(tmp_path / "parquet" / "mentions.parquet")
    for folder in ("csv", "parquet"):
        read = naive(read_scored(tmp_path / folder).comments["time"])
        assert read.tolist() == clock.tolist(), folder


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2024-12-31", "2024-12-31"),
        ("2024-12-31T18:30", "2024-12-31 18:30"),
        ("2024-12-31T18:30:00+07:00", "2024-12-31 18:30"),
        ("2024-12-31 18:30:00.250-0500", "2024-12-31 18:30:00.250"),
        ("2024-12-31T18:30:00 Z", "2024-12-31 18:30"),
        ("2024-12-31T18+07", "2024-12-31 18:00"),
        ("", None),
    ],
)
def test_how_far_a_clock_is_from_utc_is_passed_over(written, clock):
    comments = pd.DataFrame({"comment_id": ["a", "b"], "time": [written, "2024-01-01T00:00:00Z"]})
    mentions = pd.DataFrame(
        [("a", "app", "general", "negative")], columns=["comment_id", "touchpoint", "factor", "sentiment"]
    )
    (read, _) = scored_table(comments, mentions).comments["time"]
    assert pd.isna(read) if clock is None else read == pd.Timestamp(clock)


@pytest.mark.parametrize("format", ["parquet", "csv", "xlsx", "jsonl"])
def test_a_table_without_mentions_is_a_table(tmp_path, format):
    comments, mentions = invented_comments(5)
    with scored_tables(tmp_path, output_target(tmp_path, format=format)) as append:
        append(comments, pa.Table.from_pandas(mentions, preserve_index=False)[:0])
    scored = read_scored(tmp_path)
    assert len(scored.comments) == 5
    assert scored.mentions.empty


def test_texts_of_parquet_stay_on_disk_until_asked_for(tmp_path):
    comments, mentions = invented_comments(50)
    scored = read_scored(write_tables(tmp_path, comments, mentions))
    assert "text" not in scored.comments
    assert "branch" not in scored.comments
    assert scored.texts({"c000001", "nowhere"}) == {"c000001": comments.loc[1, "text"]}
    assert scored.text_sample(size=10)[:1] == [comments.loc[0, "text"]]


def test_only_the_needed_columns_are_needed(tmp_path):
    folder = write_csv(
        tmp_path, "comment_id\na\nb\nc\nd\n", MENTIONS + "b,store,general,positive\nc,app,general,neutral\n"
    )
    scored = read_scored(folder)
    assert scored.comments["sentiment"].tolist() == ["positive", "mixed", "neutral", "neutral"]
    assert scored.manifest is None
    assert scored.texts(["a"]) == {}


def test_a_spreadsheets_csv_with_semicolons_is_read(tmp_path):
    scored = read_scored(write_csv(tmp_path, COMMENTS.replace(",", ";"), MENTIONS.replace(",", ";")))
    assert scored.comments["rating"].tolist() == [5, 1]
    assert scored.comments["time"].dt.month.tolist() == [1, 1]


def test_manifest_and_taxonomy_beside_the_table_come_with_it(tmp_path):
    folder = write_csv(tmp_path)
    taxonomy = taxonomy_from_categories([("delivery", ""), ("app", "")])
    (folder / "manifest.json").write_text(json.dumps({"counts": {"rejected": 3}}), encoding="utf-8")
    (folder / "taxonomy.toml").write_text(taxonomy.to_toml(), encoding="utf-8")
    scored = read_scored(folder)
    assert scored.manifest["counts"]["rejected"] == 3
    assert scored.taxonomy == taxonomy


@pytest.mark.parametrize("format", ["parquet", "csv", "xlsx", "jsonl"])
def test_the_manifest_of_a_single_file_is_found_under_the_name_scoring_gives_it(tmp_path, format):
    target = output_target(tmp_path / f"june.{format}")
    with scored_tables(tmp_path, target) as append:
        comments, mentions = invented_comments(5)
        append(comments, pa.Table.from_pandas(mentions, preserve_index=False))
    (tmp_path / target.manifest).write_text('{"counts": {"rejected": 3}}', encoding="utf-8")
    assert read_scored(target.path).manifest == {"counts": {"rejected": 3}}


def test_frames_make_a_table_and_stay_as_they_were():
    comments, mentions = invented_comments(20)
    before = comments.copy(), mentions.copy()
    scored = scored_table(comments, mentions)
    assert scored.texts(["c000002"]) == {"c000002": comments.loc[2, "text"]}
    pd.testing.assert_frame_equal(comments, before[0])
    pd.testing.assert_frame_equal(mentions, before[1])


def test_ids_that_are_numbers_match_across_the_tables():
    comments = pd.DataFrame({"comment_id": [1, 2]})
    mentions = pd.DataFrame(
        {"comment_id": ["2"], "touchpoint": ["app"], "factor": ["general"], "sentiment": ["negative"]}
    )
    assert scored_table(comments, mentions).comments["sentiment"].tolist() == ["neutral", "negative"]


def test_a_sentiment_of_the_tables_own_taxonomy_is_allowed():
    taxonomy = taxonomy_from_categories([("rooms", "comfort")], ["positive", "conflict"])
    mentions = pd.DataFrame(
        {"comment_id": ["a"], "touchpoint": ["rooms"], "factor": ["comfort"], "sentiment": ["conflict"]}
    )
    comments = pd.DataFrame({"comment_id": ["a"]})
    assert len(scored_table(comments, mentions, taxonomy=taxonomy).mentions) == 1
    with pytest.raises(InputError, match="'conflict'; write one of"):
        scored_table(comments, mentions)


@pytest.mark.parametrize(
    ("comments", "mentions", "message"),
    [
        (COMMENTS, MENTIONS.replace("negative", "bad"), "mentions.csv, row 3, column sentiment: is 'bad'; write one of pos"),
        (COMMENTS, MENTIONS + "zz,app,general,neutral\n", "mentions.csv, row 4, column comment_id: 'zz' is not in comm"),
        (COMMENTS, MENTIONS.replace("app", ""), "mentions.csv, row 3, column touchpoint: is empty"),
        (COMMENTS.replace("\nb,", "\na,"), MENTIONS, "comments.csv, row 3, column comment_id: 'a' occurs a second time"),
        (COMMENTS.replace("2024-01-05", "5/1/24"), MENTIONS, "row 2, column time: '5/1/24' cannot be read; write times as"),
        (COMMENTS.replace(",5\n", ",năm\n"), MENTIONS, "row 2, column rating: 'năm' cannot be read; write a number"),
        (COMMENTS + "c,tốt,2024-01-01,5,x,y\n", MENTIONS, "comments.csv, line 4: "),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_row_and_cure(tmp_path, comments, mentions, message):
    with pytest.raises(InputError) as caught:
        read_scored(write_csv(tmp_path, comments, mentions))
    assert message in str(caught.value)


@pytest.mark.parametrize("missing", ["comment_id", "touchpoint", "factor", "sentiment"])
def test_a_missing_column_is_named(tmp_path, missing):
    with pytest.raises(ColumnError, match=rf"mentions.csv: missing column {missing}; it has .*other"):
        read_scored(write_csv(tmp_path, mentions=MENTIONS.replace(missing, "other")))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.parquet", b"no parquet", "is not a Parquet file"),
        ("x.csv", b"", "is empty"),
        ("x.xlsx", b"no workbook", "x.xlsx"),
        ("x.jsonl", b'{"id": "a", "mentions": []}\n{bad\n', "line 2: is not JSON"),
        ("x.jsonl", b'{"mentions": []}\n', "line 1: needs an id and a list of mentions"),
        ("x.jsonl", b'{"id": "\xff"}\n', "is not UTF-8"),
        (
            "x.jsonl",
            b'{"id": "a", "mentions": [{"quote": "\\ud83d"}]}\n',
            "line 1: holds half a surrogate pair",
        ),
        ("x.txt", b"anything", "a scored table is a folder or a"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    (tmp_path / f"x.mentions{name[1:]}").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_scored(tmp_path / name)
    assert message in str(caught.value)


def test_a_torn_parquet_table_is_refused(tmp_path):
    comments, mentions = (pd.read_csv(io.StringIO(text)) for text in (COMMENTS, MENTIONS))
    for name, frame in (("comments", comments), ("mentions", mentions)):
        frame.to_parquet(tmp_path / f"{name}.parquet", compression="none")
    path = tmp_path / "comments.parquet"
    whole = path.read_bytes()
    # The pages of the first columns; the footer, which says where they are, stays.
    path.write_bytes(whole[:4] + b"\xff" * 60 + whole[64:])
    with pytest.raises(InputError, match=r"comments\.parquet: is not a Parquet file that can be read"):
        read_scored(tmp_path)


def parquet_table(folder, comments, mentions):
    for name, table in (("comments", comments), ("mentions", mentions)):
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


def arrow_tables():
    return [
        pa.Table.from_pandas(pd.read_csv(io.StringIO(text)), preserve_index=False)
        for text in (COMMENTS, MENTIONS)
    ]


def test_what_a_program_noted_beside_parquet_columns_is_not_asked(tmp_path):
    comments, mentions = (table.replace_schema_metadata({"pandas": "{no json"}) for table in arrow_tables())
    assert len(read_scored(parquet_table(tmp_path, comments, mentions)).comments) == comments.num_rows


def test_a_column_that_a_parquet_table_has_twice_is_named(tmp_path):
    comments, mentions = arrow_tables()
    twice = comments.append_column("comment_id", comments["comment_id"])
    with pytest.raises(InputError, match=r"comments\.parquet: has more than one column 'comment_id'"):
        read_scored(parquet_table(tmp_path, twice, mentions))


@pytest.mark.parametrize("rows", ["", "a,delivery,speed,negative,1,2\n"])
def test_a_column_that_a_text_table_has_twice_is_numbered(tmp_path, rows):
    header = "comment_id,touchpoint,factor,sentiment,note,note\n"
    table = read_scored(write_csv(tmp_path, mentions=header + rows))
    assert len(table.mentions) == bool(rows)


def test_a_workbook_whose_parts_have_wrong_names_is_refused(tmp_path):
    book = Workbook()
    book.active.title = "comments"
    book.create_sheet("mentions")
    book.save(tmp_path / "whole.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "whole.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "scored.xlsx", "w") as torn,
    ):
        for name in whole.namelist():
            torn.writestr(name, whole.read(name).replace(b" Extension=", b" Extensdoion="))
    with pytest.raises(InputError, match=r"scored\.xlsx: the workbook is damaged"):
        read_scored(tmp_path)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_scored(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no scored table"):
        read_scored(tmp_path)
    (tmp_path / "comments.csv").write_text(COMMENTS, encoding="utf-8")
    with pytest.raises(InputError, match=r"the table of mentions is missing beside comments\.csv"):
        read_scored(tmp_path)


@pytest.mark.parametrize(
    "content", ["{broken", "[1, 2]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_a_broken_manifest_is_refused(tmp_path, content):
    write_csv(tmp_path)
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json: .*score the export anew"):
        read_scored(tmp_path)


def test_a_broken_taxonomy_beside_the_table_is_refused(tmp_path):
    write_csv(tmp_path)
    (tmp_path / "taxonomy.toml").write_text("[[touchpoint]]\n", encoding="utf-8")
    with pytest.raises(TaxonomyError, match=r"taxonomy\.toml"):
        read_scored(tmp_path)
