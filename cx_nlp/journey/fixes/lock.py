"""What a plan said when it was first used, and what data had been seen by then."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.outputs import MADE_BY, writing
from cx_nlp.journey.fixes.plan import Plan

IN_FILE = {"rollout": "fix", "smallest": "effect.smallest", "alpha": "effect.alpha"}
"""Parts of a plan that its file names otherwise."""


@dataclass(frozen=True)
class Lock:
    """The note beside a plan.

    Attributes
    ----------
    digest : str
        SHA-256 of the plan's content.
    locked_at : str
        When, in UTC.
    last_comment : str or None
        Time of the newest comment in the table that was given then.
    comments : int
        How many it had.
    content : dict
        What the plan said.
    model : str or None
        Name and digest of the model that had tagged the table, where its manifest tells.
    """

    digest: str
    locked_at: str
    last_comment: str | None
    comments: int
    content: dict[str, Any]
    model: str | None = None

    def changed(self, plan: Plan) -> list[str]:
        """Keys of the plan's file that say something else now."""
        now = plan.content()
        keys = [key for key in {**now, **self.content} if now.get(key) != self.content.get(key)]
        return [IN_FILE.get(key, key) for key in keys]

    def after_the_fact(self, plan: Plan) -> bool:
        """Whether the last week that the plan waits for had begun when it was locked."""
        return self._saw(plan.ends - timedelta(weeks=1))

    def after_the_fix(self, plan: Plan) -> bool:
        """Whether comments from after the fix were there already."""
        return self._saw(plan.rollout.days[0])

    def _saw(self, day: date) -> bool:
        return self.last_comment is not None and pd.Timestamp(self.last_comment) >= pd.Timestamp(day)


def lock_path(plan: Path) -> Path:
    """Where the note on a plan lies: `plan.lock.json` beside `plan.toml`."""
    return plan.with_name(f"{plan.stem}.lock.json")


def read_lock(path: Path) -> Lock | None:
    """The note at a path, None where there is none.

    Raises
    ------
    InputError
        What is there is no such note.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        needed = {name: content[name] for name in Lock.__dataclass_fields__ if name != "model"}
        return Lock(**needed, model=content.get("model"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path}: is not the note of a plan that can be read; restore it, or run with --exploratory."
        ) from error


def lock(
    plan: Plan, path: Path, *, comments: int, last_comment: pd.Timestamp | None, model: str | None = None
) -> Lock:
    """Writes the note on a plan that is used for the first time, and gives it.

    Raises
    ------
    OutputError
        It cannot be written there.
    """
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    last = None if last_comment is None else last_comment.isoformat()
    noted = Lock(plan.digest, now, last, comments, plan.content(), model)
    with writing(path):
        text = json.dumps({"made_by": MADE_BY, **asdict(noted)}, ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
    return noted


def held(plan: Plan, noted: Lock, *, source: Path) -> None:
    """Nothing where the plan is as it was noted.

    Raises
    ------
    InputError
        It was changed; the message names the keys.
    """
    if noted.digest != plan.digest:
        keys = ", ".join(noted.changed(plan)) or "its content"
        raise InputError(
            f"{source}: was changed after it was locked on {noted.locked_at[:10]} ({keys}); put it back as it was"
            f" ({lock_path(source).name} holds what it said), or run with --exploratory, which marks the verdict as such."
        )
