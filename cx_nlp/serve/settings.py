"""What a server is told once, when it starts."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

TEXT_CHARS = 20_000
"""Characters of one comment at most; the shipped models read no further."""
BATCH_TEXTS = 1024
"""Comments of one `/tag/batch` at most."""
MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits of a server, each of which keeps memory, disk or waiting times bounded.

    Attributes
    ----------
    tokens : tuple of str
        Any of which opens the service; none where it listens on this machine only.
    max_bytes : int
        Body of a JSON request.
    max_upload_bytes : int
        File given to `/score`.
    concurrency : int
        Requests worked on at once; one more is answered 429.
    queue : int
        Comments waiting for the tagger; a request that would go beyond is answered 429.
    rate : float
        Requests a second of one client address, on average over some seconds; 0 for no limit.
    timeout : float
        Seconds for a body to arrive (else 408), and then for its tags (else 504).
    jobs_folder : Path or None
        Where files given to `/score` and their results lie; None for the usual place of this machine.
    max_jobs : int
        Jobs kept at once, finished ones included.
    keep_hours : float
        How long a finished job is kept.
    """

    tokens: tuple[str, ...] = ()
    max_bytes: int = 4 * MIB
    max_upload_bytes: int = 256 * MIB
    concurrency: int = 64
    queue: int = 8192
    rate: float = 200.0
    timeout: float = 30.0
    jobs_folder: Path | None = None
    max_jobs: int = 32
    keep_hours: float = 24.0

    @property
    def jobs(self) -> Path:
        """The folder of the jobs."""
        return self.jobs_folder or usual_jobs_folder()


def usual_jobs_folder() -> Path:
    """Where the system keeps what a program of this user must not lose between two starts."""
    home = Path.home()
    if sys.platform == "win32":
        state = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    else:
        state = os.environ.get("XDG_STATE_HOME") or home / ".local" / "state"
    return Path(state) / "cx_nlp" / "jobs"
