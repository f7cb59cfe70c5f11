"""One door for every format, and clear words where a file cannot be read."""

import contextlib
import gzip
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cx_nlp.io
from cx_nlp.errors import InputError
from cx_nlp.io.readers import open_export

TABLE = "mã,nội dung,điểm\n1,giao nhanh,5\n2,đóng gói tệ,1\n"
SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def put(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def whole(export):
    return pd.concat([chunk.frame for chunk in export.chunks(2)])


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        list(open_export(path, **options).chunks())
    message = str(caught.value)
    assert str(path) in message
    return message


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "tsv", "xlsx", "parquet", "jsonl", "jsonl.gz", "txt"])
def test_the_same_table_is_read_from_every_format(tmp_path, kind):
    table = pd.DataFrame(
        {"mã": ["a", "b"], "nội dung": ["giao nhanh, đẹp", 'bảo "tệ"\nlắm'], "kênh": ["app", "web"]}
    )
    path = tmp_path / f"export.{kind}"
    if kind == "xlsx":
        table.to_excel(path, index=False)
    elif kind == "parquet":
        table.to_parquet(path)
    elif "jsonl" in kind:
        table.to_json(path, orient="records", lines=True, force_ascii=False)
    else:
        table.to_csv(path, index=False, sep="\t" if kind == "tsv" else ",")
    export = open_export(path)
    assert export.columns == ("mã", "nội dung", "kênh")
    assert whole(export).to_numpy().tolist() == table.to_numpy().tolist()


def test_content_counts_more_than_the_name(put, tmp_path):
    pd.DataFrame({"id": [1], "text": ["ổn"]}).to_excel(tmp_path / "a.xlsx", index=False)
    (tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    assert open_export(tmp_path / "a.csv").format == "xlsx"
    assert open_export(put("noname", gzip.compress(TABLE.encode()))).columns == ("mã", "nội dung", "điểm")
    assert open_export(put("b.txt", '{"text": "ổn"}\n{"text": "tệ"}\n')).format == "jsonl"
    assert open_export(put("b.csv", '{"text",id\n1,2\n')).format == "csv"


def test_the_package_offers_the_readers(put):
    assert cx_nlp.io.open_export(put("a.csv", TABLE)).format == "csv"
    with pytest.raises(AttributeError, match="nothing"):
        cx_nlp.io.nothing  # noqa: B018


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", "", ["is empty", "export it again"]),
        ("blank.csv", "\n\n  \n", ["is empty"]),
        ("bom.csv", b"\xef\xbb\xbf", ["is empty"]),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), ["is empty"]),
        ("header.csv", "id,text\n", ["no rows", "line 1"]),
        ("cut.csv.gz", gzip.compress(TABLE.encode() * 99, mtime=0)[:-20], ["gzip", "damaged"]),
        ("noise.csv.gz", b"\x1f\x8b" + b"nonsense" * 9, ["gzip", "damaged"]),
        (
            "headless.csv",
            "1,ổn,21/12/2025\n2,tệ,22/12/2025\n",
            ["line 1", "'21/12/2025'", "column names above"],
        ),
        ("page.xls", "<html><table></table></html>", ["web page", "XLSX or CSV"]),
        ("a.csv.bz2", b"BZh91AY", ["bzip2", "unpack"]),
        ("a.csv", b"%PDF-1.7 xxxx", ["a PDF", "CSV"]),
        ("a.xlsx", "id,text\n1,ổn\n", ["not the kind of file", "export it again"]),
        ("a.parquet", b"nothing of the kind", ["not the kind of file"]),
        ("a.csv", b"PK\x03\x04 torn", ["damaged XLSX or ZIP"]),
        ("list.json", '[{"text": "ổn"}]', ["one object a line"]),
    ],
)
def test_what_cannot_be_read_is_named_with_its_cure(put, name, content, words):
    message = refusal(put(name, content))
    assert all(word in message for word in words), message


def test_options_that_mean_nothing_for_a_format_are_refused(put, tmp_path):
    pd.DataFrame({"id": [1]}).to_parquet(tmp_path / "a.parquet")
    assert "--sheet" in refusal(put("a.csv", TABLE), sheet="Reviews")
    assert "--encoding" in refusal(tmp_path / "a.parquet", encoding="utf-8")
    assert "--delimiter" in refusal(put("a.jsonl", '{"a": 1}\n'), delimiter=";")


TOKENS = [
    b'"',
    b",",
    b";",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\xff",
    "đẹp".encode(),
    b"a",
    b"1",
    b"\t",
    b"'",
    b" ",
    b'""',
]
TOKENS += [b"a,b\n", b"text,5\n", b'{"a":1}\n', b"[", b"\\", b"sep=;\n"]
NOISE = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(TOKENS), max_size=60).map(b"".join),
    st.lists(st.sampled_from(TOKENS), max_size=60).map(lambda tokens: b"id,text\n" + b"".join(tokens)),
)


@SETTINGS
@given(
    NOISE,
    st.sampled_from(["a.csv", "a.jsonl", "a.txt", "a.xlsx", "a.csv.gz"]),
    st.sampled_from([None, "utf-16", "cp1258"]),
)
def test_noise_raises_nothing_but_input_errors(put, noise, name, encoding):
    path = put(name, noise)
    with contextlib.suppress(InputError):
        for chunk in open_export(path, encoding=encoding).chunks(3):
            assert len(chunk.frame) + len(chunk.rejected) <= 3


@SETTINGS
@given(
    st.lists(
        st.sampled_from(["1,ổn", "2", "3,a,b", '4,"tệ"', "5,\ufffd", "6,'x'", "", '7,"a" b']),
        min_size=1,
        max_size=30,
    )
)
def test_every_line_is_a_row_or_rejected(put, lines):
    # Enough good rows that none of the samples refuses the file as a whole.
    path = put("a.csv", "id,text\n" + "0,đầu\n" * 40 + "\n".join(lines) + "\n")
    chunks = list(open_export(path).chunks(7))
    seen = [line for chunk in chunks for line in chunk.frame.index]
    seen += [rejected.line for chunk in chunks for rejected in chunk.rejected]
    assert sorted(seen) == [*range(2, 42), *(number for number, line in enumerate(lines, start=42) if line)]


@SETTINGS
@given(st.lists(st.sampled_from(['{"a": 1}', "{", "[1]", "null", "", '"x"', '{"b": {"c": 2}}']), max_size=30))
def test_every_json_line_is_a_row_or_rejected(put, lines):
    path = put("a.jsonl", json.dumps({"a": 0}) + "\n" + "\n".join(lines))
    chunks = list(open_export(path).chunks(4))
    good = [1, *(number for number, line in enumerate(lines, start=2) if line.endswith("}"))]
    assert [line for chunk in chunks for line in chunk.frame.index] == good
    bad = [rejected.line for chunk in chunks for rejected in chunk.rejected]
    assert bad == [number for number, line in enumerate(lines, start=2) if line and not line.endswith("}")]
