"""What a file is, by its first bytes; what is not read here is named with its cure."""

import gzip
import pathlib
import zipfile

import pytest

from cx_nlp.errors import InputError
from cx_nlp.io.file_format import find_format
from cx_nlp.io.readers import open_export


def test_a_path_that_is_no_file(tmp_path):
    with pytest.raises(InputError, match="is a folder; expected one file"):
        find_format(tmp_path)
    with pytest.raises(InputError, match=r"nowhere.csv: does not exist"):
        find_format(tmp_path / "nowhere.csv")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,a\n", encoding="utf-8")

    def refuse(self, *args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pathlib.Path, "open", refuse)
    with pytest.raises(InputError, match=r"a.csv: cannot be read \(Permission denied\)"):
        find_format(path)


def test_a_gzipped_workbook_is_to_be_unpacked(tmp_path):
    path = tmp_path / "a.xlsx.gz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "nothing")
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(InputError, match="gzipped XLSX file; unpack it first"):
        find_format(path)


def old_office(stream_name):
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (1).to_bytes(4, "little")
    return bytes(header) + bytes(512) + stream_name.encode("utf-16-le").ljust(512, b"\0")


def test_a_password_and_the_old_format_are_told_apart(tmp_path):
    path = tmp_path / "export.xlsx"
    path.write_bytes(old_office("EncryptedPackage"))
    with pytest.raises(InputError, match="protected with a password; open it in Excel and save it without"):
        open_export(path)
    path.write_bytes(old_office("Workbook"))
    with pytest.raises(InputError, match=r"old Excel file \(.xls\).*save it as XLSX"):
        open_export(path)


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("content.xml", "OpenDocument.*save it as XLSX"),
        ("xl/workbook.bin", "xlsb.*save it as XLSX"),
        ("data.csv", "ZIP archive; unpack it"),
        ("[Content_Types].xml", "Word"),
        ("xl/workbook.xml", "workbook is damaged"),
    ],
)
def test_other_zipped_files_are_refused(tmp_path, member, words):
    path = tmp_path / "export.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "nothing")
    with pytest.raises(InputError, match=words):
        open_export(path)
