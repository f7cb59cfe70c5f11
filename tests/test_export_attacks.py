"""Exports that somebody means harm with: bombs, tricks and torn files, made here, refused with the limit and in little memory."""

from __future__ import annotations

import gzip
import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from cx_nlp.errors import InputError
from cx_nlp.io import packed
from cx_nlp.io.comments import CommentReader, plan_comments
from cx_nlp.io.readers import open_export

MEGABYTE = 1 << 20
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(path: Path) -> int:
    """Rows of the export, all of it read as comments."""
    export = open_export(path)
    reader = CommentReader(plan_comments(export, chosen={"text": export.columns[0]}))
    return sum(len(reader.read(chunk)[0]) for chunk in export.chunks())


def refused(path: Path, reason: str, *, megabytes: float = 64) -> None:
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(InputError, match=reason):
            read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MEGABYTE
    assert time.perf_counter() - started < 30


@pytest.fixture
def low_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ratio counts from 4 MiB on, so that the bombs are small enough to be made here."""
    monkeypatch.setattr(packed, "RATIO_FROM", 4 * MEGABYTE)


# Workbooks


def book(path: Path, **parts: str | bytes | Callable[[str], str]) -> Path:
    """A small sound workbook whose named parts are replaced, or changed by a function."""
    out = io.BytesIO()
    whole = Workbook()
    sheet = whole.active
    assert sheet is not None
    for row in (["text", "rating"], ["giao nhanh", 5], ["giao chậm", 1]):
        sheet.append(row)
    whole.save(out)
    names = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml", "styles": "xl/styles.xml",
             "book": "xl/workbook.xml", "types": "[Content_Types].xml", "rels": "xl/_rels/workbook.xml.rels",
             "theme": "xl/theme/theme1.xml"}  # fmt: skip
    changes = {names.get(name, name): change for name, change in parts.items()}
    with zipfile.ZipFile(out) as stored, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in stored.namelist():
            change = changes.pop(name, None)
            old = stored.read(name).decode("utf-8")
            archive.writestr(name, change(old) if callable(change) else old if change is None else change)
        for name, change in changes.items():
            assert not callable(change)
            archive.writestr(name, change)
    return path


def sheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def texts(count: int, entry: str = "<si><t>x</t></si>") -> str:
    return f'<sst xmlns="{MAIN}">{entry * count}</sst>'


SHEETS = {
    "a column beyond all": ('<row r="1"><c r="ZZZZZZ1" t="n"><v>1</v></c></row>', "a cell 'ZZZZZZ1', which no sheet has"),
    "hidden in an entity": ('<row r="1"><c r="&#90;ZZZZZZ1"><v>1</v></c></row>', "a cell 'ZZZZZZZ1'"),
    "a row beyond all": ('<row r="1"><c r="A1"><v>1</v></c></row><row r="999999999999"><c><v>1</v></c></row>', "a row '999999999999'"),
    "a row that is none": ('<row r="-5"><c r="A1"><v>1</v></c></row>', "a row '-5'"),
    "a million cells in a row": ('<row r="1">' + "<c><v>1</v></c>" * 600_000 + "</row>", "XML elements in one row"),
    "five thousand columns": (
        '<row r="1">' + "".join(f'<c t="str"><v>c{k}</v></c>' for k in range(5000)) + '</row><row r="2"><c t="str"><v>x</v></c></row>',
        "has 5,000 columns, and at most 4,096 are read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", SHEETS)
def test_cells_that_no_sheet_has_are_refused(tmp_path: Path, attack: str) -> None:
    rows, reason = SHEETS[attack]
    refused(book(tmp_path / "a.xlsx", sheet=sheet(rows)), reason)


def test_a_claimed_size_of_the_sheet_is_not_believed(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        sheet=lambda old: old.replace('<dimension ref="A1:B3"/>', '<dimension ref="A1:XFD1048576"/>'),
    )
    assert read(path) == 2


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{k} "{f"&a{k - 1 if k > 1 else str()};" * 10}">' for k in range(1, 10))
    + "]>"
)
ELSEWHERE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("part", ["sheet", "texts", "styles", "book", "types", "rels", "theme"])
@pytest.mark.parametrize("entities", [LAUGHS, ELSEWHERE, "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>"])
def test_entities_are_refused_in_every_part(tmp_path: Path, part: str, entities: str) -> None:
    whole = entities + texts(1) if part == "texts" else lambda old: entities + old.split("?>", 1)[-1]
    path = book(tmp_path / "a.xlsx", **{part: whole})
    refused(path, "has a document type with entities")


def test_entities_are_found_in_any_encoding(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", **{"xl/more.xml": (ELSEWHERE + "<x/>").encode("utf-16")})
    refused(path, "has a document type with entities")


def test_a_part_that_unpacks_a_thousandfold_is_refused(tmp_path: Path, low_ratio: None) -> None:
    refused(book(tmp_path / "a.xlsx", texts=texts(400_000)), "unpacks to more than 200 times")
    refused(book(tmp_path / "b.xlsx", sheet=sheet(" " * 8 * MEGABYTE)), "unpacks to more than 200 times")


@pytest.mark.parametrize("part", ["styles", "book", "rels"])
def test_a_part_of_a_million_elements_is_refused(
    tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MAX_RATIO", 10**6)
    many = "<a/>" * 1_100_000
    refused(book(tmp_path / "a.xlsx", **{part: f"<x>{many}</x>"}), "more than 1,000,000 XML elements")


def test_a_text_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_RATIO", 10**6)
    whole = sheet('<row r="1"><c t="inlineStr"><is><t>' + "a" * 40 * MEGABYTE + "</t></is></c></row>")
    path = book(tmp_path / "a.xlsx", sheet=whole)
    del whole
    refused(path, "bytes in one place", megabytes=120)


def test_macros_and_links_to_other_files_are_not_touched(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsm",
        **{
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen",
            "xl/externalLinks/externalLink1.xml": "<externalLink><externalBook/></externalLink>",
        },
    )
    assert read(path) == 2


def test_an_archive_of_a_million_names_is_not_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    entry = b"PK\x01\x02" + bytes(24) + b"\x01\x00" + bytes(16) + b"a"
    with path.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        for _ in range(100):
            stream.write(entry * 10_000)
    refused(path, "holds more than 10,000 files; save it again as XLSX")


def test_an_encrypted_or_strangely_packed_part_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", "<x/>" * 1000)
    refused(path, "packed in a way that is not read")


# Gzip and ZIP


def test_a_gzip_bomb_is_not_unpacked_to_its_end(tmp_path: Path, low_ratio: None) -> None:
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb") as stream:
        stream.write(b"text,rating\n")
        for _ in range(64):
            stream.write(b"giao nhanh,5\n" * 80_000)
    refused(path, "unpacks to more than 200 times its .* bytes.*unpack it yourself if you trust it")


def test_a_bomb_within_gzip_is_not_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with gzip.open(path, "wb") as stream:
        stream.write(b"PK\x03\x04")
        for _ in range(300):
            stream.write(bytes(MEGABYTE))
    started = time.perf_counter()
    refused(path, "is a gzipped XLSX file; unpack it first")
    assert time.perf_counter() - started < 2


def test_a_zip_in_the_place_of_a_csv_names_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../a.csv", "text\nx\n")
    refused(path, "is a ZIP archive; unpack it and name one file inside it")


# CSV


def test_a_comment_of_ten_megabytes_is_one_comment(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,rating\n" + "giao nhanh " * 950_000 + ",5\nok ok,4\n", encoding="utf-8")
    assert read(path) == 2


def test_a_file_without_line_ends_is_refused_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(b"text,rating\n")
        for _ in range(60):
            stream.write(b"a" * MEGABYTE)
    refused(path, "a line is longer than 16 MiB", megabytes=150)


def test_a_hundred_thousand_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    header = ",".join(f"c{k}" for k in range(100_000))
    path.write_text(f"{header}\n" + ("x," * 99_999 + "x\n") * 3, encoding="utf-8")
    refused(path, "has 100,000 columns, and at most 4,096 are read.*export it again", megabytes=300)


def test_long_rows_come_in_short_chunks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("text,rating\n")
        for k in range(40):
            stream.write(f"{'giao nhanh ' * 500_000}{k},5\n")
    tracemalloc.start()
    assert sum(len(chunk.frame) for chunk in open_export(path).chunks()) == 40
    assert tracemalloc.get_traced_memory()[1] < 320 * MEGABYTE
    tracemalloc.stop()


@pytest.mark.parametrize(
    "cell", ["9" * 100_000, "1e" + "9" * 1000, "-" * 100_000, "1/" * 50_000, "5 " * 50_000 + "x", "٣" * 1000]
)
@pytest.mark.parametrize("role", ["rating", "time", "value", "outcome", "customer", "id", "channel", "stage"])  # fmt: skip
def test_a_cell_made_to_take_long_is_read_soon(tmp_path: Path, role: str, cell: str) -> None:
    usual = {"time": ("2024-05-01",), "outcome": ("0", "1")}.get(role, ("5",))
    name = "churned" if role == "outcome" else "other"
    rows = [
        f"text,{name}",
        *(f"giao nhanh quá,{usual[k % len(usual)]}" for k in range(20)),
        f"giao nhanh,{cell}",
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    export = open_export(path)
    started = time.perf_counter()
    plan = plan_comments(export, chosen={"text": "text", role: name}, rating_kind="stars")
    reader = CommentReader(plan)
    assert sum(len(a) + len(b) for a, b in map(reader.read, export.chunks())) == 21
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "CON",
        "C:\\x",
        "a\nb",
        "\x1b[31m",
        "\u202ex",
        "x" * 100_000,
        "e" + "\u0301" * 50_000,
        "=1+1",
    ],
)
def test_an_id_is_a_name_and_never_a_path(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"id": [name, "b"], "text": ["giao nhanh", "giao chậm"]})
    frame.to_parquet(tmp_path / "a.parquet")
    export = open_export(tmp_path / "a.parquet")
    reader = CommentReader(plan_comments(export, chosen={"text": "text", "id": "id"}))
    found = pd.concat([reader.read(chunk)[0] for chunk in export.chunks()])
    assert found["comment_id"].tolist() == [name.strip(), "b"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


# JSON lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 100_000, "too deep|not JSON"),
        ('{"text": ' + '{"a":' * 100_000, "too deep|not JSON"),
        ('{"text": "x", "n": ' + "9" * 100_000 + "}", "number too long"),
        ('{"text": "\\ud800"}', "half a surrogate pair"),
    ],
)
def test_a_line_of_json_that_is_too_much_costs_its_row(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "giao nhanh"}\n' + line + '\n{"text": "ok rồi"}\n', encoding="utf-8")
    [chunk] = open_export(path).chunks()
    assert chunk.frame["text"].tolist() == ["giao nhanh", "ok rồi"]
    [bad] = chunk.rejected
    assert pd.Series([bad.reason]).str.contains(reason).all()
    assert len(bad.content) <= 500


def test_a_number_beyond_those_of_a_computer_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "giao nhanh", "value": 1e400}\n', encoding="utf-8")
    [chunk] = open_export(path).chunks()
    assert chunk.frame["value"].tolist() == [None]


def test_a_line_of_too_many_keys_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({f"k{k}": 1 for k in range(200_000)}), encoding="utf-8")
    refused(path, "has 200,000 columns, and at most 4,096 are read", megabytes=100)


def test_long_lines_are_not_all_held_to_find_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for k in range(60):
            stream.write(json.dumps({"text": "giao nhanh " * 300_000, "n": k}, ensure_ascii=False) + "\n")
    tracemalloc.start()
    export = open_export(path)
    assert tracemalloc.get_traced_memory()[1] < 100 * MEGABYTE
    tracemalloc.stop()
    assert export.columns == ("text", "n")


# Parquet


def test_one_text_in_every_row_is_not_multiplied(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = pa.array([0] * 10_000, pa.int32())
    column = pa.DictionaryArray.from_arrays(rows, pa.array(["giao nhanh " * 100_000]))
    pq.write_table(pa.table({"text": column}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 10_000
    before = pa.total_allocated_bytes()
    refused(path, "column 'text' has .* bytes of text in .* rows.*at most 268,435,456 are read")
    assert pa.total_allocated_bytes() - before < 64 * MEGABYTE


def test_a_table_of_five_thousand_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({f"c{k}": [1] for k in range(5000)}), path)
    refused(path, "has 5,000 columns, and at most 4,096")


@pytest.mark.parametrize("key", [b"pandas", b"ARROW:schema"])
def test_metadata_that_are_none_are_passed_over_or_refused(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "a.parquet"
    schema = pa.schema([("text", pa.string())], metadata={key: b"[" * 1_000_000})
    pq.write_table(pa.table({"text": ["giao nhanh"]}, schema=schema), path)
    if key == b"pandas":
        assert read(path) == 1
    else:
        refused(path, "cannot be read as Parquet")
