"""What `fuzz.py` runs: for each kind of input small valid files, words that stand in such files, and the code that reads them.

A target raises `CxError` where it refuses an input, nothing where it takes it, and anything else is a fault. Inputs of several
files (a workbook's archive, a bundle, the tables of a scored table) are one text: before each file a line `%%part NAME`.
"""

from __future__ import annotations

import io
import json
import random
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cx_nlp.errors import CxError

if TYPE_CHECKING:
    import pandas as pd

PART = b"%%part "
ANALYSED = 16
"""Of so many scored tables that can be read one is analysed, as that takes a second."""


@dataclass(frozen=True)
class Target:
    """One kind of input: `run` reads an input, with a folder for its files; `seeds` and `words` are what inputs are made of."""

    run: Callable[[bytes, Path], None]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[bytes] = ()
    prepare: Callable[[Path], None] = lambda folder: None
    """What is done once before, so that its imports are not taken for the time of an input."""


# Inputs of several files


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The files as one input."""
    return b"".join(PART + name.encode() + b"\n" + content + b"\n" for name, content in parts.items())


def parts_of(data: bytes) -> dict[str, bytes]:
    """The files of an input, by name; what stands before the first is left out."""
    parts = {}
    for piece in (b"\n" + data).split(b"\n" + PART)[1:]:
        name, _, content = piece.partition(b"\n")
        parts[name.decode("utf-8", "replace")] = content.removesuffix(b"\n")
    return parts


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of the files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, content in parts.items():
            stream.writestr(zipfile.ZipInfo(name.replace("\0", "?")), content)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as stream:
        return {name: stream.read(name) for name in stream.namelist()}


# Exports


def read_export(path: Path) -> None:
    """Opens, plans and reads the export; checks what the reader promises of its comments."""
    from cx_nlp.io.comments import CommentReader, plan_comments
    from cx_nlp.io.readers import open_export

    export = open_export(path)
    plan = plan_comments(export)
    plan.describe()
    reader = CommentReader(plan)
    seen: set[str] = set()
    for chunk in export.chunks():
        comments, rejected = reader.read(chunk)
        assert len(comments) + len(rejected) >= len(chunk.frame)
        assert all(row.line >= 1 and row.reason for row in rejected)
        assert comments["text"].map(lambda text: isinstance(text, str) and bool(text)).all()
        ids = comments["comment_id"].tolist()
        assert len({*ids}) == len(ids)
        assert not seen & {*ids}
        seen.update(ids)
    reader.notes()


def _export(name: str) -> Callable[[bytes, Path], None]:
    def run(data: bytes, folder: Path) -> None:
        path = folder / name
        path.write_bytes(archive(parts_of(data)) if data.startswith(PART) else data)
        read_export(path)

    return run


TEXTS = (
    "Giao hàng nhanh, nhưng giá hơi cao 😍",
    "nv ko nhiệt tình!!! gọi 0912 345 678",
    'màu "đỏ" khác ảnh\nthất vọng',
    "delivery was slow; staff were rude",
    "=1+1",
    "Cửa hàng sạch đẹp, sẽ quay lại",
)


def _frame() -> pd.DataFrame:
    import pandas as pd

    n = len(TEXTS)
    return pd.DataFrame(
        {
            "id": [f"A{k}" for k in range(n)],
            "noi_dung": TEXTS,
            "so_sao": [5, 1, 3, None, 2, 4],
            "ngay": [f"{k + 10}/03/2025 08:{k}0" for k in range(n)],
            "khach_hang": ["kh1", "Ẩn danh", "kh2", None, "kh1", "kh3"],
            "kenh": ["app", "web", "", "Zalo", "app", "app"],
            "gia_tri": ["1.200.000đ", "0", "12,5", None, "-3", "1e5"],
            "stage": ["post", "pre", None, "x", "post", "during"],
        }
    )


def csv_seeds() -> list[bytes]:
    """Delimited files: with comma, semicolon and tab, in several encodings, with and without a header, some rows broken."""
    frame = _frame()
    text = frame.to_csv(index=False)
    return [
        text.encode(),
        frame.to_csv(index=False, sep=";").encode("utf-8-sig"),
        frame.to_csv(index=False, sep="\t").encode("utf-16"),
        frame.to_csv(index=False, sep="|", lineterminator="\r\n").encode("cp1258", "replace"),
        ("sep=;\nBáo cáo tháng 3\n\n" + frame.to_csv(index=False, sep=";")).encode(),
        "\n".join(text.split("\n", 1)[1:]).encode(),
        b'text\nok\n\n"ok\n',
        b"text,rating,time\ngiao cham,5,2 days ago\nok,11,2024-13-40\n\x00,\xff,0001-01-01\nx,1,2,3,4\n",
        zlib.compress(text.encode(), wbits=31),
    ]


def jsonl_seeds() -> list[bytes]:
    """JSON lines: flat, nested, with odd numbers, gzipped."""
    flat = _frame().to_json(orient="records", lines=True, force_ascii=False).encode()
    odd = b'{"text": "ok", "rating": NaN, "time": 1e400, "a": {"b": [1, {"c": null}]}}\n'
    return [
        flat,
        odd + b'\n{"text": "\\ud83d", "id": 7}\nnot json\n{"text": ["a"], "id": 7.0}\n',
        b'{"review": "giao ch\\u1eadm", "stars": 12345678901234567890123, "created_at": 1700000000000}\n' * 3,
        b'[{"text": "a"}, {"text": "b"}]\n',
        zlib.compress(flat, wbits=31),
    ]


def xlsx_seeds() -> list[bytes]:
    """Workbooks as the files of their archive, and one archive as it is."""
    import pandas as pd
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    frame = _frame()
    sheet.append([*frame.columns])
    for row in frame.itertuples(index=False):
        sheet.append([None if value != value else value for value in row])
    sheet.append(
        [pd.Timestamp("2025-03-01").to_pydatetime(), True, 1e300, "#N/A", "_x000D_", pd.Timedelta("1D")]
    )
    book.create_sheet("Ghi chú").append(["hai", "cột"])
    out = io.BytesIO()
    book.save(out)
    lean = {
        name: content for name, content in unpacked(out.getvalue()).items() if "theme" not in name and "docProps" not in name
    }  # fmt: skip
    return [packed(lean), out.getvalue()]


def parquet_seeds() -> list[bytes]:
    """Parquet files with texts, codes, times with and without zone, decimals, lists and gaps."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame = _frame()
    typed = pa.table(
        {
            "comment": pa.array(TEXTS).dictionary_encode(),
            "time": pa.array([0, None, 10**15, -(10**14), 1, 2], pa.timestamp("us", tz="Asia/Ho_Chi_Minh")),
            "rating": pa.array([1, 2, None, 4, 5, 9], pa.int64()),
            "value": pa.array([None, "1.50", "2.25", "0.01", "9.99", "3.00"]).cast(pa.decimal128(10, 2)),
            "tags": pa.array([["a"], [], None, ["b", "c"], [], []]),
            "day": pa.array([0, 1, 2, None, 4, 20000], pa.date32()),
            "raw": pa.array([b"x", b"\xff", None, b"", b"y", b"z"]),
        }
    )
    out = []
    for table, options in (
        (pa.Table.from_pandas(frame), {"compression": "none"}),
        (typed, {"compression": "none", "use_dictionary": True}),
        (typed, {"compression": "snappy", "row_group_size": 2, "data_page_version": "2.0"}),
    ):
        stream = io.BytesIO()
        pq.write_table(table, stream, **options)
        out.append(stream.getvalue())
    return out


# Text


def _text(data: bytes) -> str:
    # Half of a surrogate pair is among what cut JSON gives.
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def check_normal(text: str) -> None:
    """Normalises; every span leads into the text, in order; normalising again changes nothing."""
    from cx_nlp.text import normalize

    normal = normalize(text)
    found, length = normal.text, len(normal.text)
    assert normal.source == text
    assert len(normal.lowered) == length
    rng = random.Random(zlib.crc32(found.encode("utf-8", "surrogatepass")))
    places = range(length + 1) if length <= 200 else sorted(rng.sample(range(length + 1), 200))
    before = 0
    for start in places:
        end = min(length, start + rng.choice((0, 1, 1, 5, length)))
        source_start, source_end = normal.span(start, end)
        assert 0 <= source_start <= source_end <= len(text), (start, end, source_start, source_end)
        assert before <= source_start or start == end, (start, before, source_start)
        before = max(before, source_start if start < end else before)
    again = normalize(found).text
    assert again == found, (found, again)


def check_segments(text: str) -> None:
    """Segments the text as it is and normalised; tokens and clauses lie in the text, in order."""
    from cx_nlp.segment import segment
    from cx_nlp.text import normalize

    for one in (text, normalize(text).text):
        (found,) = segment([one])
        assert len(found.words) == len(found.starts) == len(found.ends)
        assert all(0 <= a < b <= len(one) for a, b in zip(found.starts, found.ends, strict=True))
        assert all(b <= a for b, a in zip(found.ends, found.starts[1:], strict=False))
        last = 0
        for start, end in found.clauses:
            assert last <= start < end <= len(found.words)
            last = end
        assert all(one[a:b].strip() == one[a:b] for a, b in found.spans())


def text_seeds() -> list[bytes]:
    """Comments of all the kinds that the normaliser changes."""
    more = (
        "hoà nhã, thuỷ tinh, quí khách, đẹppppp :))) :( <3 ^^ 10/10",
        "<br>Giá&nbsp;rẻ&amp;amp; đẹp</p> www.abc.vn/x?y=1 a.b@c.vn @shop #sale https://x.y",
        "gia\u0300u sa\u0309n pha\u0302\u0309m \u200b\u00ad\ufeff\u00a0 e\u0301\u0301\u0301",
        "👍🏽👨‍👩‍👧 🇻🇳 1️⃣ ❤️‍🔥 ♥ \ufe0f",
        "sp ok, nv k nhiệt tình, đc cái ship nhanhhh mn ơi :v",
        "ＡＢＣ ﬁ ǆ İ ß ẞ ŉ \u1e9e \u0130",
        "A" * 300 + "!" * 50 + "." * 50,
    )
    return [text.encode() for text in (*TEXTS, *more)] + [b"a\xed\xa0\xbdb &#55357; &#x110000; &#0;"]


# Files of our own


def run_taxonomy(data: bytes, folder: Path) -> None:
    """Reads a taxonomy, and what it writes again."""
    from cx_nlp.taxonomy import load_taxonomy, parse_taxonomy

    path = folder / "taxonomy.toml"
    path.write_bytes(data)
    found = load_taxonomy(path)
    assert parse_taxonomy(found.to_toml(), source="again") == found


def run_graph(data: bytes, folder: Path) -> None:
    """Reads a journey graph, and what it writes again."""
    from cx_nlp.journey.upstream.graphfile import format_graph, parse_graph
    from cx_nlp.taxonomy import load_taxonomy

    taxonomy = load_taxonomy()
    found = parse_graph(data.decode("utf-8", "replace"), taxonomy, source="graph.toml")
    again = parse_graph(format_graph(found), taxonomy, source="again")
    assert {*again.links} == {*found.links}
    assert again.together == found.together


def run_plan(data: bytes, folder: Path) -> None:
    """Reads the plan of a fix."""
    from cx_nlp.journey.fixes.planfile import columns_of, read_plan
    from cx_nlp.taxonomy import load_taxonomy

    path = folder / "plan.toml"
    path.write_bytes(data)
    columns_of(path)
    plan = read_plan(path, load_taxonomy())
    assert plan.digest
    assert plan.ends >= plan.rollout.days[0]


def taxonomy_seeds() -> list[bytes]:
    """A small taxonomy, a plain list of labels and the beginning of the shipped one."""
    from cx_nlp.taxonomy import load_taxonomy

    small = load_taxonomy().to_toml().split("\n\n")
    stage = [part for part in small if "[[stage]]" in part or "[[team]]" in part]
    points = [part for part in small if "[[touchpoint]]" in part or "[[factor]]" in part]
    plain = 'sentiments = ["a", "b"]\n[[touchpoint]]\nid = "x y"\nname_vi = "x"\nname_en = "x"\n'
    factor = '[[factor]]\nid = "f"\nname_vi = "f"\nname_en = "f"\npoll = 0.5\n[poll]\nsource = "s"\n'
    return [
        "\n\n".join([*stage, *points[:2], *points[-2:]]).encode(),
        (plain + factor).encode(),
        load_taxonomy().to_toml().encode(),
    ]


def graph_seeds() -> list[bytes]:
    """The shipped graph."""
    from cx_nlp.journey.upstream.graph import default_graph
    from cx_nlp.journey.upstream.graphfile import format_graph
    from cx_nlp.taxonomy import load_taxonomy

    return [format_graph(default_graph(load_taxonomy())).encode()]


def plan_seeds() -> list[bytes]:
    """The example plans, and one with everything that a plan can say."""
    from cx_nlp.journey.fixes.planfile import example_plan

    full = """hypothesis = "h"
action = "a"
owner = "logistics"
[metric]
kind = "complaints"
touchpoint = "delivery"
direction = "down"
[fix]
by = "segment"
dates = { "Huế" = 2025-04-07, "Hà Nội" = "2025-03-03" }
[windows]
before = 26
after = 12
skip = 1
[effect]
smallest = 2.5
alpha = 0.1
[control]
by = "segment"
values = ["Cần Thơ"]
[neighbours]
touchpoints = ["hotline"]
margin = 1
[within]
touchpoint = "app"
"""
    rating = 'hypothesis="h"\naction="a"\nowner="o"\nmetric.kind="rating"\nmetric.direction="up"\nfix.date="2025-03-03"\n'
    return [
        example_plan("en").encode(),
        example_plan("vi").encode("utf-8-sig"),
        full.encode(),
        (rating + "windows={before=8,after=4}\neffect.smallest=0.1\n").encode(),
    ]


# Bundles


@cache
def _bundle() -> Mapping[str, bytes]:
    """The files of a small model."""
    from tempfile import TemporaryDirectory

    from cx_nlp.bundle import save_bundle
    from cx_nlp.tagger import MentionTagger
    from cx_nlp.taxonomy import load_taxonomy

    labels = (("delivery", "responsiveness"), ("staff", "attitude_expertise"))
    said = {
        (0, "positive"): ("giao hàng nhanh", "giao sớm", "fast delivery"),
        (0, "negative"): ("giao hàng chậm", "giao trễ", "slow delivery"),
        (1, "positive"): ("nhân viên nhiệt tình", "nhân viên dễ thương", "friendly staff"),
        (1, "negative"): ("nhân viên thô lỗ", "nhân viên khó chịu", "rude staff"),
    }
    texts, records = ["ok", "đã nhận hàng"], [{"mentions": []}, {"mentions": []}]
    for (at, sentiment), phrases in said.items():
        for phrase in phrases:
            mention = dict(
                zip(("touchpoint", "factor"), labels[at], strict=True), sentiment=sentiment, quote=phrase
            )
            texts.append(phrase)
            records.append({"mentions": [mention]})
    model = MentionTagger(taxonomy=load_taxonomy(), folds=2, min_support=2).fit(texts, records)

    with TemporaryDirectory() as name:
        folder = save_bundle(model, Path(name) / "small", name="small")
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def bundle_seeds() -> list[bytes]:
    """The model's files, once with its weights as they are and once with the arrays in them."""
    whole = dict(_bundle())
    arrays = {f"weights.npz/{name}": content for name, content in unpacked(whole.pop("weights.npz")).items()}
    few = {name: content for name, content in whole.items() if name in ("manifest.json", "vocabularies.json")}
    return [
        packed(_bundle()),
        packed({**few, **arrays}),
        packed(few),
        packed({"manifest.json": whole["manifest.json"]}),
    ]


def run_bundle(data: bytes, folder: Path) -> None:
    """Loads a model some of whose files are replaced, all digests made to fit, and tags with it."""
    from cx_nlp.bundle import load_bundle
    from cx_nlp.bundle.manifest import digest_of, sha256

    parts = parts_of(data)
    files = dict(_bundle())
    arrays = {name.partition("/")[2]: parts.pop(name) for name in [*parts] if name.startswith("weights.npz/")}
    if arrays:
        files["weights.npz"] = archive(arrays)
    files |= {name: content for name, content in parts.items() if name in files}
    path = folder / "small"
    path.mkdir()
    try:
        manifest = json.loads(files["manifest.json"])
        for name, content in files.items():
            if name in manifest["contents"]:
                manifest["contents"][name] |= {"bytes": len(content), "sha256": sha256(content)}
        manifest["digest"] = digest_of(manifest)
        # Not by our own writer, which refuses some of what a stranger's can write.
        files["manifest.json"] = json.dumps(manifest).encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    for name, content in files.items():
        (path / name).write_bytes(content)
    model = load_bundle(path)
    for text in ("", "giao hàng nhanh, nhân viên thô lỗ", "x" * 50):
        model.tag(text)


# Scored tables

TABLES = (
    "comments.csv",
    "mentions.csv",
    "manifest.json",
    "taxonomy.toml",
    "scored.jsonl",
    "comments.parquet",
    "scored.xlsx",
)


def run_scored(data: bytes, folder: Path) -> None:
    """Reads a scored table; one in `ANALYSED` goes the whole way to its report."""
    read_analysed(data, folder, report=zlib.crc32(data) % ANALYSED == 0)


def read_analysed(data: bytes, folder: Path, *, report: bool) -> None:
    """Reads a scored table, and makes its report where that is wanted."""
    from cx_nlp.analysis import causes
    from cx_nlp.journey.table import read_scored

    parts = parts_of(data)
    for name in {*parts} & {*TABLES}:
        (folder / name).write_bytes(parts[name])
    inner = {name.partition("/")[2]: parts[name] for name in parts if name.startswith("scored.xlsx/")}
    if inner:
        (folder / "scored.xlsx").write_bytes(archive(inner))
    table = read_scored(folder, columns=("branch",))
    assert len(table.comment_rows) == len(table.mentions)
    table.texts(table.comments["comment_id"].tolist()[:3])
    table.lengths  # noqa: B018 - read here for what it may raise
    if report:
        causes(table, out=folder / "report")


def prepare_scored(folder: Path) -> None:
    """Makes one report."""
    folder.mkdir(parents=True, exist_ok=True)
    read_analysed(scored_seeds()[1], folder, report=True)


def _scored(count: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    points, factors = (
        ("delivery", "staff", "app", "hotline"),
        ("responsiveness", "attitude_expertise", "general"),
    )
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{k}" for k in range(count)],
            "text": [TEXTS[k % len(TEXTS)] for k in range(count)],
            "customer_id": [f"kh{rng.integers(count // 3)}" for _ in range(count)],
            "time": [f"2024-{1 + k * 11 // count:02}-{1 + k % 28:02} 10:00" for k in range(count)],
            "rating": rng.integers(1, 6, count),
            "channel": rng.choice(["app", "web"], count),
            "segment": rng.choice(["VIP", "mới"], count),
            "value": rng.integers(0, 9, count) * 1000,
            "branch": rng.choice(["CN1", "CN2"], count),
        }
    )
    rows = [
        (
            f"c{k}",
            str(rng.choice(points)),
            str(rng.choice(factors)),
            str(rng.choice(["positive", "negative", "neutral"])),
        )
        for k in range(count)
        for _ in range(rng.integers(0, 3))
    ]
    return comments, pd.DataFrame(rows, columns=["comment_id", "touchpoint", "factor", "sentiment"])


def scored_seeds() -> list[bytes]:
    """Scored tables in every form."""
    import pandas as pd

    seeds = []
    for count, seed in ((8, 0), (240, 1)):
        comments, mentions = _scored(count, seed)
        texts = {
            "comments.csv": comments.to_csv(index=False).encode(),
            "mentions.csv": mentions.to_csv(index=False).encode(),
        }
        seeds.append(packed(texts))
    comments, mentions = _scored(8, 2)
    manifest = {
        "made_by": "cx_nlp",
        "command": "score",
        "model": {"id": "fast", "heldout": {}},
        "counts": {"scored": 8},
    }
    seeds.append(
        packed(
            {**texts, "manifest.json": json.dumps(manifest).encode(), "taxonomy.toml": taxonomy_seeds()[0]}
        )
    )
    lines = [
        json.dumps({"id": row.pop("comment_id"), **row, "mentions": mentions[mentions["comment_id"] == f"c{k}"].to_dict("records")})
        for k, row in enumerate(comments.astype(object).to_dict("records"))
    ]  # fmt: skip
    seeds.append(packed({"scored.jsonl": "\n".join(lines).encode()}))
    stream = io.BytesIO()
    comments.to_parquet(stream, index=False, compression="none")
    seeds.append(
        packed({"comments.parquet": stream.getvalue(), "mentions.csv": mentions.to_csv(index=False).encode()})
    )
    book = io.BytesIO()
    with pd.ExcelWriter(book, engine="openpyxl") as writer:
        comments.to_excel(writer, sheet_name="comments", index=False)
        mentions.to_excel(writer, sheet_name="mentions", index=False)
    inner = {
        f"scored.xlsx/{name}": content
        for name, content in unpacked(book.getvalue()).items()
        if "theme" not in name
    }
    seeds.append(packed(inner))
    return seeds


CELLS = (
    b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b"nan", b"None",
    b"inf", b"-inf", b"1e309", b"-1e-320", b"99999999999999999999", b"0x10", "١٢".encode(), "½".encode(), b"5/5", b"80%", b"1.234,56",
    b"2025-02-30", b"9999-12-31", b"0001-01-01", b"10000-01-01", b"01/02/03", b"12:60", b"2 days ago", "2 ngày trước".encode(), b"1e18",
    b"2025-03-01T00:00:00+07:00", b"2025-03-01 00:00:00Z", b"-99999999999", b"true", b"text", b"rating", b"time", b"id", b"value",
    b"outcome", b"churned", b"nps", "Ẩn danh".encode(), b"\xed\xa0\xbd", "\u2028".encode(), "\u0130".encode(), b"\x1b[31m", b"\x1a",
)  # fmt: skip
JSONS = (
    b"{", b"}", b"[", b"]", b":", b"null", b"true", b"NaN", b"Infinity", b"1e999", b"-0", b'""', b'"\\ud800"', b'{"a":' * 50, b"[" * 1100,
    b"9" * 5000, b'"text"', b'"id"', b'"mentions"', b'{"id": 1, "mentions": [{"comment_id": []}]}',
)  # fmt: skip
XMLS = (
    b"<row>", b"</row>", b'<c r="A1" t="s"><v>9999</v></c>', b't="inlineStr"', b't="d"', b't="b"', b't="e"', b"<v>", b"</v>", b"<v>1e400</v>",
    b'r="ZZZ9"', b"<f>1</f>", b"<!DOCTYPE x>", b"&lt;", b"&#0;", b'xml:space="preserve"', b'state="hidden"', b'r:id="rId99"', b"sheetId=",
    b"<v>-1</v>", b"<v>2958466</v>", b's="99"', b"date1904=",
)  # fmt: skip
TOMLS = (
    b"[[touchpoint]]", b"[[stage]]", b"[stage]", b"[poll]", b"[[link]]", b"[[together]]", b"[fix]", b"[metric]", b"[within]", b"[control]",
    b"[windows]", b" = ", b'"""', b"'''", b"\\u0000", b"{}", b"[]", b"{a=1}", b"nan", b"-inf", b"0001-01-01", b"9999-12-31", b"2025-03-03T00:00:00Z",
    b"12:00:00", b"0x7fffffffffffffffffff", b"9" * 5000, b"[" * 1100, b"1_0", b"true", b'"delivery"', b'"hotline"', b"a.b.c", b'""', b"#", b"\r",
    b"\xef\xbb\xbf", b"cause = ", b"effects = ", b"touchpoints = ", b"dates = ", b"by = ", b"values = ", b"date = ", b"-1", b"260", b"1e-9",
)  # fmt: skip
SIGNS = tuple(
    sign.encode("utf-8", "surrogatepass")
    for sign in (
        "\u0301", "\u0323", "\u031b", "\u200d", "\ufe0f", "\U0001f3fd", "👍", "🇻", "\u200b", "\u202e", "\ud83d", "\udc4d", "&amp;", "&#x3c;", "&#768;",
        "&lt;b&gt;", "&nbsp", "<", ">", "</a>", "http://", "www.", "@", "#", ".vn", ":)", ":(((", "<3", ":v", "^_^", "hoà", "quý", "thuở",
        "ko", "đc", "nhanhhh", "!!!", "...", "…", "\u1100\u1161", "\u0345", "İ", "ǰ", "ﷺ", "\u0344", "\u2126", "한", "\U00010400", "\0", "\x85", "\u3000",
        "nhưng", "và", "-", "5-7", ",", "\u0958", "\u0f73", "1️⃣",
    )
)  # fmt: skip

TARGETS: Mapping[str, Target] = {
    "csv": Target(_export("a.csv"), csv_seeds, CELLS),
    "jsonl": Target(_export("a.jsonl"), jsonl_seeds, (*JSONS, *CELLS)),
    "xlsx": Target(_export("a.xlsx"), xlsx_seeds, (*XMLS, *CELLS)),
    "parquet": Target(_export("a.parquet"), parquet_seeds),
    "normalise": Target(lambda data, folder: check_normal(_text(data)), text_seeds, SIGNS),
    "segment": Target(lambda data, folder: check_segments(_text(data)), text_seeds, SIGNS),
    "taxonomy": Target(run_taxonomy, taxonomy_seeds, TOMLS),
    "bundle": Target(run_bundle, bundle_seeds, (*JSONS, *TOMLS)),
    "scored": Target(run_scored, scored_seeds, (*CELLS, *JSONS), prepare_scored),
    "plan": Target(run_plan, plan_seeds, TOMLS),
    "graph": Target(run_graph, graph_seeds, TOMLS),
}


def refuses(target: Target, data: bytes, folder: Path) -> bool:
    """Runs one input in an emptied folder; whether it was refused in words. What else is raised is a fault."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        target.run(data, folder)
    except CxError as error:
        if not str(error).strip():
            raise AssertionError("an error without words") from error
        return True
    return False


# Changing inputs

NUMBERS = (0, 1, 2, 7, 16, 64, 255)


def mutate(
    data: bytes, rng: random.Random, target: Target, others: Sequence[bytes], *, longest: int
) -> bytes:
    """The input with one to eight changes; where it holds several files, within one of them."""
    parts = parts_of(data) if data.startswith(PART) else {}
    if not parts:
        return _changed(data, rng, target.words, others)[:longest]
    name = rng.choice([*parts])
    if rng.random() < 0.03:
        parts.pop(name)
    elif name.endswith((".json", ".jsonl")) and rng.random() < 0.5:
        parts[name] = _changed_json(parts[name], rng)
    else:
        parts[name] = _changed(parts[name], rng, target.words, [parts[name]])
    return packed(parts)[:longest]


def _changed(data: bytes, rng: random.Random, words: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = rng.randrange(len(content) + 1)
        size = rng.choice((1, 1, 2, 4, 16, 200))
        way = rng.randrange(7)
        if way == 0 and words:
            content[at:at] = rng.choice(words)
        elif way == 1 and words:
            content[at : at + size] = rng.choice(words)
        elif way == 2:
            del content[at : at + size]
        elif way == 3:
            content[at:at] = bytes(content[at : at + size]) * rng.choice((1, 2, 50))
        elif way == 4 and others:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            content[at:at] = other[start : start + size]
        elif way == 5:
            content[at : at + size] = bytes(
                rng.choice((*NUMBERS, rng.randrange(256))) for _ in range(min(size, 4))
            )
        elif at < len(content):
            content[at] ^= 1 << rng.randrange(8)
    return bytes(content)


VALUES = (
    None,
    True,
    0,
    -1,
    1,
    10**30,
    1e308,
    "",
    "x",
    "\ud800",
    "\0",
    [],
    {},
    [[]],
    {"": None},
    ["x"] * 3,
    [None],
    "negative",
    {"a": 1},
)


def _changed_json(data: bytes, rng: random.Random) -> bytes:
    """A JSON text, or some JSON lines, in which one value is another, or is gone."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    whole = len(lines) == 1 or lines[0].strip() in (b"{", b"[")
    try:
        value = json.loads(data if whole else lines[at])
    except (ValueError, RecursionError):
        return data
    places = [*_places(value)]
    if places:
        parent, key = rng.choice(places)
        if rng.random() < 0.2:
            del parent[key]
        else:
            parent[key] = rng.choice(VALUES)
    text = json.dumps(value).encode()
    return text if whole else b"\n".join([*lines[:at], text, *lines[at + 1 :]])


def _places(value: object) -> list[tuple[dict | list, object]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, one in items for place in ((value, key), *_places(one))]
