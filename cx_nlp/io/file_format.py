"""What kind of file an export is: by its first bytes, because names of exports often lie."""

import struct
import zipfile
from pathlib import Path

from cx_nlp.errors import InputError
from cx_nlp.io.lines import GZIP_MAGIC, pieces
from cx_nlp.io.packed import PackedError, check_parts

_PACKED = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_PACKED_ALREADY = {b"PK\x03\x04": "XLSX", b"PK\x05\x06": "XLSX", b"PAR1": "Parquet", b"PARE": "Parquet"}
_STRANGE = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"SQLite format 3\0": "a database",
}
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_JSON_NAMES = (".jsonl", ".ndjson", ".json")
_TABLE_NAMES = (".csv", ".tsv", ".tab")
_EXPECTED = "expected CSV, TSV, XLSX, Parquet or JSON lines"


def find_format(path: Path) -> str:
    """One of "xlsx", "parquet", "jsonl", "text"; "text" may still turn out to be JSON lines.

    Raises
    ------
    InputError
        There is no such file, it cannot be read, it is empty, or it is of a kind that is not read here.
    """
    _check_file(path)
    head = next(pieces(path), b"")
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise InputError(f"{path}: is empty; expected column names and rows, export it again.")
    # Before a look inside: to find the end of what is packed twice, all of it would have to be unpacked.
    twice = next((kind for magic, kind in _PACKED_ALREADY.items() if head.startswith(magic)), None)
    if twice and _is_gzipped(path):
        raise InputError(f"{path}: is a gzipped {twice} file; unpack it first.")
    kind = _binary(path, head)
    if kind:
        return kind
    name = _name(path)
    if name.endswith((".xlsx", ".xlsm", ".parquet", ".ods", ".xls", ".xlsb")):
        raise InputError(
            f"{path}: is not the kind of file that its name says ({_looks(head)}); open it with the program it comes "
            "from and export it again as XLSX or CSV."
        )
    if name.endswith(_JSON_NAMES):
        return "jsonl"
    return "text"


def may_be_json(path: Path) -> bool:
    """Whether the name leaves open that a text file holds JSON lines."""
    return not _name(path).endswith(_TABLE_NAMES)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path}: is a folder; expected one file, name the export inside it.")
    if not path.exists():
        raise InputError(f"{path}: does not exist; check the name and the folder.")
    if not path.is_file():
        raise InputError(f"{path}: is not a file that can be read twice; save the export to a file first.")


def _name(path: Path) -> str:
    return path.name.lower().removesuffix(".gz")


def _is_gzipped(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == GZIP_MAGIC


def _binary(path: Path, head: bytes) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise InputError(f"{path}: is encrypted Parquet; write it again without encryption.")
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(path)
    if head.startswith(_OLE_MAGIC):
        raise InputError(_ole(path))
    for magic, kind in _PACKED.items():
        if head.startswith(magic):
            raise InputError(f"{path}: is packed with {kind}; unpack it first, or pack it with gzip.")
    for magic, kind in _STRANGE.items():
        if head.startswith(magic):
            raise InputError(f"{path}: is {kind}, not a table; {_EXPECTED}.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<!--")):
        raise InputError(
            f"{path}: is a web page or XML, whatever its name says; open it in Excel or LibreOffice and save it as "
            "XLSX or CSV."
        )
    return None


def _zipped(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            check_parts(stream)
            with zipfile.ZipFile(stream) as archive:
                names = set(archive.namelist())
    except PackedError as error:
        raise InputError(f"{path}: {error}; save it again as XLSX, or export it as CSV.") from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, struct.error) as error:
        raise InputError(
            f"{path}: is a damaged XLSX or ZIP file ({error}); copy or export it again."
        ) from error
    if "xl/workbook.bin" in names:
        raise InputError(f"{path}: is a binary workbook (.xlsb); open it in Excel and save it as XLSX.")
    if "content.xml" in names:
        raise InputError(
            f"{path}: is an OpenDocument file (.ods); open it in LibreOffice and save it as XLSX."
        )
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "[Content_Types].xml" in names:
        raise InputError(f"{path}: is a Word, PowerPoint or like file, not a table; {_EXPECTED}.")
    raise InputError(f"{path}: is a ZIP archive; unpack it and name one file inside it.")


def _ole(path: Path) -> str:
    # An encrypted XLSX is wrapped in the container of old Office files, with a stream of this name.
    with path.open("rb") as stream:
        header = stream.read(512).ljust(512, b"\0")
        size, sector = (
            1 << min(struct.unpack_from("<H", header, 30)[0], 16),
            struct.unpack_from("<I", header, 48)[0],
        )
        stream.seek((sector + 1) * size)
        directory = stream.read(4096)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return f"{path}: is protected with a password; open it in Excel and save it without one."
    return f"{path}: is an old Excel file (.xls) or another old Office file; open it in Excel and save it as XLSX."


def _looks(head: bytes) -> str:
    return (
        "it looks like text"
        if head[:1000].isascii() and b"\0" not in head[:1000]
        else "its first bytes differ"
    )
