"""What the commands that read labelled comments share: which of them to take, and where unusable rows are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cx_nlp.cli.console import counted
from cx_nlp.errors import OutputError

if TYPE_CHECKING:
    from cx_nlp.io.export import Rejected

HEADER = ("file", "line", "reason", "content")


def _pairs(given: list[str] | None) -> list[str] | None:
    for one in given or ():
        name, sign, value = one.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise typer.BadParameter(f"{one!r} is not of the form NAME=VALUE, as in picked_for=random.")
    return given


Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="NAME=VALUE",
        callback=_pairs,
        show_default=False,
        help="Take the labelled comments with this value in a column or key, as in picked_for=random; may recur.",
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="NAME=VALUE",
        callback=_pairs,
        show_default=False,
        help="Leave out the labelled comments with this value, as in picked_for=random; may recur.",
    ),
]
RejectedPath = Annotated[
    Path | None,
    typer.Option(
        "--rejected",
        metavar="FILE",
        show_default=False,
        help="Where rows that cannot be used are listed, with their line and reason.",
    ),
]


def pairs(given: Sequence[str] | None) -> dict[str, str]:
    """What `--only` and `--without` were given, by name."""
    parts = (one.partition("=") for one in given or ())
    return {name.strip(): value.strip() for name, _, value in parts}


def check_rejected(path: Path) -> None:
    """Nothing where such a list may be written: no file is there, or one that was written by `write_rejected`.

    Raises
    ------
    OutputError
        Another file is there.
    """
    if not path.exists():
        return
    first = path.open("rb").readline(200) if path.is_file() else b""
    if first.decode("utf-8-sig", errors="replace").strip() != ",".join(HEADER):
        raise OutputError(
            f"{path}: exists and is no list of rejected rows; move it away, or name another with --rejected."
        )


def write_rejected(path: Path, rejected: Mapping[str, Sequence[Rejected]]) -> str:
    """Writes every row that is wrong, personal data masked, and gives a line about it; "" where there is none.

    A list of an earlier run goes. Rows that nobody labelled, or that were left out on purpose, are not wrong.
    """
    from collections import Counter

    import pandas as pd

    from cx_nlp.io.label_rows import NOT_FAULTS
    from cx_nlp.io.tables import csv_table
    from cx_nlp.scoring.masked import masked

    rows = [
        (file, row.line, row.reason, row.content)
        for file, given in rejected.items()
        for row in given
        if row.reason not in NOT_FAULTS
    ]
    if path.exists():
        check_rejected(path)
        path.unlink()
    if not rows:
        return ""
    with csv_table(path) as table:
        table.append(masked(pd.DataFrame(rows, columns=list(HEADER)), Counter()))
    return f"Not used: {counted(len(rows), 'row')}; each is in {path}."
