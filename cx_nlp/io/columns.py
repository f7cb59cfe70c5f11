"""Which column of an export plays which role, guessed from names and content, or said by the user."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cx_nlp.errors import ColumnError
from cx_nlp.io.chosen_columns import cure, listed, named_columns, require_fit, text_fault
from cx_nlp.io.column_content import describe_content
from cx_nlp.io.column_names import NONE, WEAK, WHOLE, WORDS, NameMatch, match_name
from cx_nlp.io.profiles import Profile, profile_column

ROLES = ("text", "id", "customer", "time", "rating", "channel", "segment", "stage", "value", "outcome")
# Of two columns named equally well, one with this many times the writing is the text beyond doubt.
CLEARLY_MORE = 4

_BY = {
    WHOLE: "by its name",
    WORDS: "by words in its name",
    WEAK: "by its name, weakly",
    NONE: "by content alone",
}


@dataclass(frozen=True)
class ColumnGuess:
    """The column taken for a role, why, and whether the user chose it."""

    column: str
    reason: str
    chosen: bool = False


@dataclass(frozen=True)
class ColumnMap:
    """The columns taken, by role in the order of `ROLES`; roles without a column are absent."""

    roles: Mapping[str, ColumnGuess]

    def column(self, role: str) -> str | None:
        """The column that plays a role, None where none does."""
        guess = self.roles.get(role)
        return guess.column if guess else None

    def describe(self) -> list[str]:
        """One line for each role, for printing."""
        return [f"{role}: column {guess.column!r} ({guess.reason})" for role, guess in self.roles.items()]


@dataclass(frozen=True)
class _Candidate:
    role: str
    column: str
    match: NameMatch
    content: str
    profile: Profile

    @property
    def reason(self) -> str:
        return f"{_BY[self.match.tier]}; {self.content}"

    @property
    def writing(self) -> float:
        # A standard reply counts once, however often it is there.
        return self.profile.distinct * self.profile.length


def guess_columns(sample: pd.DataFrame, *, source: str, chosen: Mapping[str, str] | None = None) -> ColumnMap:
    """The column for each role, from names (Vietnamese and English) and content together.

    Parameters
    ----------
    sample
        The first rows of an export.
    source
        The export's name, for errors.
    chosen
        Columns that the user named, by role; an empty name leaves the role without a column.

    Raises
    ------
    ColumnError
        No text column, two equally likely ones, or a chosen column that is not there, is named twice or cannot
        play its role.
    """
    chosen = chosen or {}
    taken = named_columns(chosen, list(sample.columns), roles=ROLES, source=source)
    profiles = {name: profile_column(name, sample[name]) for name in sample.columns}
    roles = {}
    for role, column in taken.items():
        require_fit(role, column, profiles[column], sample[column], source=source)
        roles[role] = ColumnGuess(column, "chosen", chosen=True)
    free = {name: profile for name, profile in profiles.items() if name not in taken.values()}
    if "text" not in roles:
        text = _guess_text(free, source=source, sample=sample)
        roles["text"] = ColumnGuess(text.column, text.reason)
        del free[text.column]
    roles |= _guess_others(free, [role for role in ROLES[1:] if role not in chosen])
    return ColumnMap({role: roles[role] for role in ROLES if role in roles})


def _guess_text(profiles: Mapping[str, Profile], *, source: str, sample: pd.DataFrame) -> _Candidate:
    found = _candidates("text", profiles)
    if not found:
        raise ColumnError(f"{source}: {_why_no_text(profiles, sample)}; {listed(profiles)}; {cure('text')}.")
    tier = max(candidate.match.tier for candidate in found)
    best, *others = sorted(
        (candidate for candidate in found if candidate.match.tier == tier),
        key=lambda candidate: candidate.writing,
        reverse=True,
    )
    if others and best.writing < CLEARLY_MORE * others[0].writing:
        raise ColumnError(
            f"{source}: columns {best.column!r} and {others[0].column!r} are equally likely to hold the comments; "
            f"{cure('text')}."
        )
    return best


def _guess_others(profiles: Mapping[str, Profile], roles: list[str]) -> dict[str, ColumnGuess]:
    """Best pairs of role and column first, each role and each column once."""
    pairs = [candidate for role in roles for candidate in _candidates(role, profiles)]
    pairs.sort(key=lambda candidate: candidate.match, reverse=True)
    guesses: dict[str, ColumnGuess] = {}
    used: set[str] = set()
    for pair in pairs:
        if pair.role in guesses or pair.column in used:
            continue
        if pair.match.tier == NONE and sum(p.role == pair.role and p.column not in used for p in pairs) > 1:
            continue
        guesses[pair.role] = ColumnGuess(pair.column, pair.reason)
        used.add(pair.column)
    return guesses


def _candidates(role: str, profiles: Mapping[str, Profile]) -> list[_Candidate]:
    found = []
    for column, profile in profiles.items():
        match = match_name(column, role)
        content = describe_content(role, profile, tier=match.tier) if match else None
        if match and content:
            found.append(_Candidate(role, column, match, content, profile))
    return found


def _why_no_text(profiles: Mapping[str, Profile], sample: pd.DataFrame) -> str:
    for column, profile in profiles.items():
        match = match_name(column, "text")
        if match and match.tier != NONE:
            if not profile.filled:
                return f"no text column found: {column!r} is empty in its first {profile.rows} rows"
            if fault := text_fault(column, profile, sample[column]):
                return f"no text column found: {fault}"
    return "no text column found"
