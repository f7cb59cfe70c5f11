"""Columns that the user named: checked, and refused with the cure."""

import difflib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pandas as pd

from cx_nlp.errors import ColumnError
from cx_nlp.io.cells import cell_texts, fold_name, is_nested
from cx_nlp.io.profiles import Profile
from cx_nlp.personal import mask

_HOLDS: Mapping[str, tuple[str, Callable[[Profile], float]]] = {
    "time": ("dates", lambda profile: profile.times),
    "rating": ("ratings", lambda profile: profile.ratings),
    "value": ("amounts", lambda profile: profile.amounts),
    "outcome": ("outcomes", lambda profile: profile.outcomes),
}


def named_columns(
    chosen: Mapping[str, str], columns: Sequence[str], *, roles: Collection[str], source: str
) -> dict[str, str]:
    """The chosen column of each role that is given one.

    Raises
    ------
    ColumnError
        A column is not in the export or is chosen for two roles.
    ValueError
        A role is unknown.
    """
    # A terminal may give accents as characters of their own.
    composed = {unicodedata.normalize("NFC", name): name for name in columns}
    taken: dict[str, str] = {}
    for role, name in chosen.items():
        if role not in roles:
            raise ValueError(f"unknown column role {role!r}; expected one of {', '.join(roles)}")
        if not name:
            continue
        column = composed.get(unicodedata.normalize("NFC", name), name)
        if column not in columns:
            raise ColumnError(
                f"{source}: {option(role)} names {column!r}, {_nearest(column, columns)}; {listed(columns)}."
            )
        for other, same in taken.items():
            if same == column:
                raise ColumnError(
                    f"{source}: column {column!r} is named by both {option(other)} and {option(role)}; "
                    "a column can play one role only."
                )
        taken[role] = column
    return taken


def require_fit(role: str, column: str, profile: Profile, values: pd.Series, *, source: str) -> None:
    """Nothing where a chosen column can play its role, judged by a sample; an empty one may fill later.

    Raises
    ------
    ColumnError
        The column holds nothing that the role could use.
    """
    if not profile.filled:
        return
    if role == "text" and (fault := text_fault(column, profile, values)):
        raise ColumnError(f"{source}: {fault}; {cure(role)}.")
    if role in _HOLDS and not _HOLDS[role][1](profile):
        example = next(text for text in cell_texts(values) if text is not None)
        raise ColumnError(
            f"{source}: column {column!r} holds no {_HOLDS[role][0]} in its first {profile.rows} rows "
            f"(for example {mask(example)[:40]!r}); {cure(role)}."
        )


def text_fault(column: str, profile: Profile, values: pd.Series) -> str:
    """Why a column cannot be the text, empty where it can."""
    if profile.nested > 0.5:
        line = values.index[values.map(is_nested)][0]
        return f"column {column!r} holds lists or objects instead of text (first on line {line})"
    if profile.prose == 0 and profile.amounts + profile.ratings > 0.95:
        return f"text column {column!r} holds only numbers"
    if profile.dates > 0.95:
        return f"text column {column!r} holds only dates"
    return ""


def _nearest(column: str, columns: Sequence[str]) -> str:
    folded = {fold_name(name).replace(" ", ""): name for name in columns}
    near = difflib.get_close_matches(fold_name(column).replace(" ", ""), folded, n=1, cutoff=0.6)
    return f"which is no column; did you mean {folded[near[0]]!r}?" if near else "which is no column"


def listed(columns: Iterable[str]) -> str:
    """The columns there are, for an error."""
    names = [repr(name) for name in columns]
    more = f" and {len(names) - 30} more" if len(names) > 30 else ""
    return f"its columns are {', '.join(names[:30])}{more}"


def option(role: str) -> str:
    """The command's option that names a role's column."""
    return f"--{role}-column"


def cure(role: str) -> str:
    """What to do, for an error about a role."""
    return f"name the right one with {option(role)}"
