"""Whether a column's content can play a role, and in what words to say so."""

from collections.abc import Callable, Mapping

from cx_nlp.io.column_names import NONE, WEAK, WHOLE
from cx_nlp.io.profiles import Profile

# Fewer rows than this do not show whether values repeat.
FEW_ROWS = 20


def describe_content(role: str, profile: Profile, *, tier: int) -> str | None:
    """What makes the content fit the role, None where it does not.

    Parameters
    ----------
    role
        One of `columns.ROLES`.
    profile
        Of the column.
    tier
        How well the column's name fits the role; the less it does, the more is asked of the content.
    """
    return _CONTENT[role](profile, tier) if profile.filled else None


def _text(profile: Profile, tier: int) -> str | None:
    if profile.prose < 0.5 or profile.nested > 0.5:
        return None
    # Labels such as "good" and "bad" under a text's name.
    if profile.filled >= FEW_ROWS and profile.variety < 0.05 and profile.words < 3:
        return None
    if tier <= WEAK and (profile.words < 3 or (profile.variety < 0.5 and profile.filled >= FEW_ROWS)):
        return None
    if tier == NONE and profile.words < 4:
        return None
    return f"free text of {profile.words:.0f} words on average"


def _id(profile: Profile, tier: int) -> str | None:
    if tier == NONE or profile.words > 2 or profile.dates > 0.5 or profile.length > 80:
        return None
    # A few rows with one duplicate among them are still rows with ids.
    enough = 0.9 if profile.filled >= FEW_ROWS else 0.5
    near_unique = profile.variety >= enough and profile.filled >= enough * profile.rows
    return f"{profile.variety:.0%} of values differ" if near_unique else None


def _customer(profile: Profile, tier: int) -> str | None:
    if tier == NONE or profile.words > 6 or profile.dates > 0.5 or profile.nested > 0.5:
        return None
    if profile.distinct < 2 and profile.filled > 3:
        return None
    return f"{profile.distinct} different in {profile.filled} rows"


def _time(profile: Profile, tier: int) -> str | None:
    if profile.dates >= (0.5 if tier else 0.9):
        return "dates"
    return "numbers that count time" if tier and profile.times >= 0.9 else None


def _rating(profile: Profile, tier: int) -> str | None:
    if profile.ratings < 0.8 or profile.dates > 0.5 or not 0 <= profile.low <= profile.high <= 100:
        return None
    # Without a name, only a scale used from end to end is taken for one.
    ends = (profile.low in (0, 1) and profile.high in (5, 7, 10)) and 3 <= profile.levels <= 11
    if tier == NONE and (not ends or profile.filled < FEW_ROWS or profile.ratings < 0.95):
        return None
    return f"numbers from {profile.low:g} to {profile.high:g}"


def _few(profile: Profile, tier: int) -> str | None:
    if tier == NONE or profile.words > 6 or profile.dates > 0.5:
        return None
    # Numbers may be codes under a name that leaves no doubt.
    if profile.prose < 0.5 and (tier < WHOLE or profile.distinct > 30):
        return None
    if profile.filled >= FEW_ROWS and (profile.variety > 0.5 or profile.distinct > 200):
        return None
    return f"{profile.distinct} different values"


def _value(profile: Profile, tier: int) -> str | None:
    return "amounts" if tier != NONE and profile.amounts >= 0.8 else None


def _outcome(profile: Profile, tier: int) -> str | None:
    return "tells what became of customers" if tier != NONE and profile.outcomes >= 0.8 else None


_CONTENT: Mapping[str, Callable[[Profile, int], str | None]] = {
    "text": _text,
    "id": _id,
    "customer": _customer,
    "time": _time,
    "rating": _rating,
    "channel": _few,
    "segment": _few,
    "stage": _few,
    "value": _value,
    "outcome": _outcome,
}
