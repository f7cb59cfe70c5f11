"""`/tag` and `/tag/batch`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from cx_nlp.serve.metrics import Metrics
from cx_nlp.serve.models import BatchOut, BatchRequest, TagOut, TagRequest
from cx_nlp.serve.openapi import answers, json_body
from cx_nlp.serve.problems import Problem, places, problem_response
from cx_nlp.serve.settings import Settings
from cx_nlp.serve.waiting import Full, Lane, Stopping, Waiting
from cx_nlp.tagger.mention import TaggedComment

Wanted = TypeVar("Wanted", bound=BaseModel)
_COMMENTS = TypeAdapter(list[TaggedComment])
_COMMENT = TypeAdapter(TaggedComment)
JSON = "application/json"


class TagRoutes:
    """Comments in, tags out, while the client waits."""

    def __init__(self, waiting: Waiting, settings: Settings, metrics: Metrics) -> None:
        self._waiting = waiting
        self._seconds = settings.timeout
        self._metrics = metrics

    def add_to(self, app: FastAPI) -> None:
        """Makes the routes known."""
        app.add_api_route(
            "/tag", self.tag, methods=["POST"], response_model=TagOut, summary="The tags of a comment",
            openapi_extra=json_body(TagRequest, {"text": "Giao hàng nhanh nhưng nhân viên thô lỗ"}),
            responses=answers(408, 413, 415, 422, 429, 503, 504),
        )  # fmt: skip
        app.add_api_route(
            "/tag/batch", self.batch, methods=["POST"], response_model=BatchOut, summary="The tags of many comments",
            openapi_extra=json_body(BatchRequest, {"texts": ["Giao hàng nhanh", "Staff were rude"]}),
            responses=answers(408, 413, 415, 422, 429, 503, 504),
        )  # fmt: skip

    async def tag(self, request: Request) -> Response:
        """Gathered with others that come in at the same time."""
        wanted = await _read(request, TagRequest)
        if isinstance(wanted, Response):
            return wanted
        [comment] = await self._tags([wanted.text], "single")
        return Response(_COMMENT.dump_json(comment, exclude={"text"}), media_type=JSON)

    async def batch(self, request: Request) -> Response:
        """The order of the answer is that of the request."""
        wanted = await _read(request, BatchRequest)
        if isinstance(wanted, Response):
            return wanted
        comments = await self._tags(wanted.texts, "batch")
        content = _COMMENTS.dump_json(comments, exclude={"__all__": {"text"}})
        return Response(b'{"comments":' + content + b"}", media_type=JSON)

    async def _tags(self, texts: Sequence[str], lane: Lane) -> list[TaggedComment]:
        try:
            pieces = self._waiting.submit(texts, lane)
        except Full:
            raise Problem(
                429, "As many comments as may wait are waiting; try again in a second.", {"Retry-After": "1"}
            ) from None
        except Stopping:
            raise Problem(
                503, "The server is about to end; ask another or try again later.", {"Retry-After": "5"}
            ) from None
        found = asyncio.gather(*map(asyncio.wrap_future, pieces))
        try:
            parts = await asyncio.wait_for(found, self._seconds)
        except asyncio.TimeoutError:
            raise Problem(
                504,
                f"The tags were not ready within {self._seconds:g} seconds; send fewer comments at once, or later.",
            ) from None
        self._metrics.tagged(len(texts))
        return [comment for part in parts for comment in part]


async def _read(request: Request, model: type[Wanted]) -> Wanted | Response:
    """The body as what is wanted, or the answer that says why it is not."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Problem(415, f"The body must be JSON: send the header Content-Type: {JSON}.")
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        found: list[Any] = error.errors(include_url=False, include_context=False, include_input=False)
        return problem_response(
            Problem(422, "The request is not as it should be; see errors."), places(found)
        )
