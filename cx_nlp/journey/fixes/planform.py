"""The form of a plan's file: values by key, each checked with the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from cx_nlp import toml_lines
from cx_nlp.errors import InputError
from cx_nlp.taxonomy import nearest

LONGEST = 260
"""Weeks of a window, at most."""

Names = Mapping[str, tuple[str, ...]]
"""Ids, and the names that people may write for them."""

YEARS = (1990, 2100)
"""First and last year of a fix."""


def read_form(source: Path) -> PlanForm:
    """The values of a TOML file.

    Raises
    ------
    InputError
        The file cannot be read, or is not TOML.
    """
    try:
        text = source.read_bytes().decode("utf-8-sig")
        return PlanForm(str(source), text, toml_lines.read_toml(text))
    except OSError as error:
        raise InputError(
            f"{source}: cannot be read as a plan ({error.strerror or error}); --new writes one."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: is not UTF-8 text; save the plan as UTF-8.") from error
    except toml_lines.TomlSyntaxError as error:
        raise InputError(
            f"{source}, line {error.line}: not valid TOML: {error}; texts stand in quotes, days as 2025-03-03."
        ) from error


@dataclass(frozen=True)
class PlanForm:
    """A parsed plan that can say on which line a value stands; keys are written as "metric.touchpoint".

    Attributes
    ----------
    source, text : str
        The name of the file, and what stands in it.
    data : Mapping
        Its values.
    """

    source: str
    text: str
    data: Mapping[str, Any]

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Raises `InputError` about a key: file, line, key, what was expected."""
        steps = tuple(key.split("."))
        if self._at(key) is None:
            # The line of the table it should stand in.
            steps = tuple(
                step for k, step in enumerate(steps) if self._at(".".join(steps[: k + 1])) is not None
            )
        line = toml_lines.line_of(self.text, steps)
        end = "" if expected.endswith(("?", ".")) else "."
        raise InputError(f"{self.source}, line {line}, key {key}: {expected}{end}")

    def _at(self, key: str) -> Any:  # noqa: ANN401 - whatever stands there
        value: Any = self.data
        for step in key.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value

    def check_keys(self, table: str, known: Sequence[str]) -> None:
        """Refuses what is no table, and keys that it does not know."""
        found = self.data if not table else self.data.get(table, {})
        if not isinstance(found, Mapping):
            self.refuse(table, f"must be written as a table, [{table}]")
        for key in found:
            if key not in known:
                self.refuse(
                    f"{table}.{key}" if table else str(key), f"is no key of a plan; {nearest(key, known)}"
                )

    def given(self, key: str) -> bool:
        """Whether there is such a key."""
        return self._at(key) is not None

    def any(self, key: str, expected: str) -> Any:  # noqa: ANN401 - checked by the caller
        """What stands there, whatever it is."""
        value = self._at(key)
        if value is None:
            self.refuse(key, f"is missing; expected {expected}")
        return value

    def text_at(self, key: str, *, expected: str = "a sentence") -> str:
        """A text, its runs of spaces made one."""
        value = self.any(key, expected)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"is {value!r}; expected {expected} in quotes")
        return " ".join(value.split())

    def one_of(self, key: str, allowed: Sequence[str], *, default: str | None = None) -> str:
        """One of these words."""
        if default is not None and not self.given(key):
            return default
        value = self.text_at(key, expected=f"one of {', '.join(allowed)}")
        if value not in allowed:
            self.refuse(key, f"unknown {value!r}; {nearest(value, allowed)}")
        return value

    def id_at(self, key: str, known: Names) -> str:
        """One of these ids; a name, or its beginning, is refused with the id that it stands for."""
        said = self.text_at(key, expected=f"one of {', '.join(known)}")
        if said not in known:
            for one, names in known.items():
                for name in names:
                    if name.casefold().startswith(said.casefold()):
                        self.refuse(key, f"unknown {said!r}; did you mean {one!r} ({name})?")
        return self.one_of(key, [*known])

    def number(self, key: str, low: float, high: float, *, default: float | None = None) -> float:
        """A number above `low`, up to `high`."""
        if default is not None and not self.given(key):
            return default
        value = self.any(key, f"a number above {low:g}, up to {high:g}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low < value <= high:
            self.refuse(key, f"is {value!r}; expected a number above {low:g}, up to {high:g}")
        return float(value)

    def weeks(self, key: str, least: int, *, default: int | None = None) -> int:
        """A number of weeks."""
        if default is not None and not self.given(key):
            return default
        expected = f"a whole number of weeks from {least} to {LONGEST}"
        value = self.any(key, expected)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LONGEST:
            self.refuse(key, f"is {value!r}; expected {expected}")
        return value

    def words(self, key: str, expected: str) -> tuple[str, ...]:
        """Texts that differ."""
        value = self.any(key, expected)
        if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
            self.refuse(key, f"is {value!r}; expected {expected}")
        if len(set(value)) < len(value):
            self.refuse(key, "lists a value twice")
        return tuple(value)

    def day(self, key: str, value: object) -> date:
        """A day, however it is written."""
        try:
            found = datetime.fromisoformat(value).date() if isinstance(value, str) else value
        except ValueError:
            found = None
        if isinstance(found, datetime):
            found = found.date()
        if not isinstance(found, date) or not YEARS[0] <= found.year <= YEARS[1]:
            self.refuse(key, f"is {str(value)!r}; expected a day such as 2025-03-03")
        return found
