"""What went wrong, as `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is no result.

    Parameters
    ----------
    status : int
        Of HTTP.
    detail : str
        What is wrong, what was expected, how to mend it; never a word of a comment.
    headers : mapping, optional
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem_response(problem: Problem, errors: Sequence[Mapping[str, Any]] | None = None) -> JSONResponse:
    """The answer that says so; `errors` are the single places of a request that is not as it should be."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if errors is not None:
        content["errors"] = errors
    return JSONResponse(content, problem.status, problem.headers, MEDIA_TYPE)


def places(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What pydantic found, without the values that were given: they may be comments."""
    return [
        {"where": ".".join(str(step) for step in error["loc"]), "what": str(error["msg"])} for error in errors
    ]
