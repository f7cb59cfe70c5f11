"""One JSON line an event, on stderr; nothing that a client sent as text."""

import json
import logging
import sys
import traceback
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

LOGGER = logging.getLogger("cx_nlp.serve")


class JsonLines(logging.Formatter):
    """A record as a JSON object; of an error its kind and place, for its message may quote a comment."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        time = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        content: dict[str, Any] = {
            "time": time,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        content.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1]:
            content.update(_error_fields(record.exc_info[1]))
        return json.dumps(content)


def _error_fields(error: BaseException) -> dict[str, str]:
    """Kind and place of an error."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return {"error": type(error).__name__, "at": at}


def log(event: str, **fields: object) -> None:
    """Writes an event with its fields."""
    LOGGER.info(event, extra={"fields": fields})


def log_error(event: str, error: BaseException, **fields: object) -> None:
    """Writes that something went wrong, with kind and place of the error."""
    LOGGER.error(event, extra={"fields": fields | _error_fields(error)})


def log_as_json() -> None:
    """Sends what this package and uvicorn log to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for logger in (LOGGER, logging.getLogger("uvicorn.error")):
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
