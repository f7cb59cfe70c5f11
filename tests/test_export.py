"""Chunks, sample and digest of an opened export."""

import gzip
import hashlib

import pytest

from cx_nlp.io.readers import open_export

TABLE = "mã,nội dung,điểm\n1,giao nhanh,5\n2,đóng gói tệ,1\n"


@pytest.fixture
def put(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_chunks_cover_the_file_and_carry_line_numbers(put):
    export = open_export(put("a.csv", TABLE + "3,ổn,4\n"))
    chunks = list(export.chunks(2))
    assert [list(chunk.frame.index) for chunk in chunks] == [[2, 3], [4]]
    assert list(chunks[1].frame["nội dung"]) == ["ổn"]
    assert export.last_line == 4
    with pytest.raises(ValueError, match="at least 1"):
        export.chunks(0)


def test_sample_gives_the_first_good_rows_over_chunks_of_bad_ones(put):
    rows = "".join(f"{n},ổn,5,quá\n{n},tốt,5\n{n},hay,4\n" for n in range(20))
    sample = open_export(put("a.csv", "mã,nội dung,điểm\n" + rows)).sample(7)
    assert list(sample["nội dung"]) == ["tốt", "hay", "tốt", "hay", "tốt", "hay", "tốt"]


def test_digest_is_that_of_the_file_on_disk(put):
    path = put("a.csv.gz", gzip.compress(TABLE.encode()))
    assert open_export(path).digest() == hashlib.sha256(path.read_bytes()).hexdigest()
