"""State of all lines of a text file under one encoding: how many cannot be read, and which is the first."""

from dataclasses import dataclass, field
from pathlib import Path

from cx_nlp.io.lines import DamagedLine, byte_encoding, count_lines, decode_line, line_blocks

EVIDENCE_LINES = 2000
DAMAGED_SHARE = 0.02
DAMAGED_FEW = 3
"""Damaged lines are rejected one by one up to this share of the lines or this number; more refuse the file."""


@dataclass
class Survey:
    """What a look over all lines of a file under one encoding found.

    Parameters
    ----------
    encoding : str
        The encoding tried.
    lines, foreign, damaged : int
        All lines; those that hold more than ASCII and are whole; those with bytes that cannot be used.
    nul : int
        Of the damaged, those that decode but hold NUL.
    first_line : int
        Number of the first damaged line, 0 if there is none.
    first_reason : str
        What is wrong in it.
    evidence : list of bytes
        The first damaged lines as they are.
    """

    encoding: str
    lines: int = 0
    foreign: int = 0
    damaged: int = 0
    nul: int = 0
    first_line: int = 0
    first_reason: str = ""
    evidence: list[bytes] = field(default_factory=list)

    @property
    def bearable(self) -> bool:
        """Whether so few lines are damaged that they can be rejected one by one."""
        few = self.damaged <= max(DAMAGED_FEW, DAMAGED_SHARE * self.lines)
        return few and self.damaged * 2 <= self.lines and self.damaged - self.nul <= self.foreign

    @property
    def notes(self) -> tuple[str, ...]:
        """One line about the damaged lines, if there are any."""
        if not self.damaged:
            return ()
        return (
            f"{self.damaged} of {self.lines} lines hold bytes that cannot be read and are rejected; "
            f"the first is line {self.first_line}: {self.first_reason}",
        )


def survey(path: Path, encoding: str) -> Survey:
    """Look over a whole file; needs little memory."""
    found = Survey(encoding)
    codec = byte_encoding(encoding)
    for block in line_blocks(path, encoding):
        if b"\0" in block or not (block.isascii() or _decodes(block, codec)):
            _survey_lines(block, codec, found)
            continue
        if not block.isascii():
            found.foreign += sum(not line.isascii() for line in block.splitlines())
        found.lines += count_lines(block) or 1
    return found


def _survey_lines(block: bytes, codec: str, found: Survey) -> None:
    for line in block.splitlines(keepends=True):
        found.lines += 1
        if line.isascii() and b"\0" not in line:
            continue
        text = decode_line(line, codec)
        if not isinstance(text, DamagedLine):
            found.foreign += 1
            continue
        found.damaged += 1
        found.nul += text.reason.startswith("NUL")
        if not found.first_line:
            found.first_line, found.first_reason = found.lines, text.reason
        if len(found.evidence) < EVIDENCE_LINES:
            found.evidence.append(line[:10_000])


def _decodes(block: bytes, codec: str) -> bool:
    try:
        block.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
