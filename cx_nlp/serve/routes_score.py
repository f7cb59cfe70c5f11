"""`/score`: a file in, a job, a file out."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from cx_nlp.errors import OutputError
from cx_nlp.serve.jobs import ID, Job, Jobs
from cx_nlp.serve.models import JobOut
from cx_nlp.serve.openapi import answers, file_body
from cx_nlp.serve.problems import Problem
from cx_nlp.serve.waiting import Full, Stopping

Name = Annotated[str | None, Field(max_length=200)]
JobId = Annotated[str, Path(pattern=f"^{ID.pattern}$", description="As `POST /score` gave it.")]


class ScoreOptions(BaseModel):
    """Options of `cx-nlp score`; columns that are not named are found."""

    model_config = ConfigDict(extra="forbid")

    text_column: Name = None
    id_column: Name = None
    time_column: Name = None
    rating_column: Name = None
    customer_column: Name = None
    channel_column: Name = None
    segment_column: Name = None
    stage_column: Name = None
    value_column: Name = None
    outcome_column: Name = None
    rating_kind: Literal["stars", "nps", "csat", "ces", "percent", "unknown"] | None = None
    encoding: Name = None
    delimiter: Name = None
    sheet: Name = None
    format: Literal["parquet", "csv", "xlsx", "jsonl"] = "parquet"
    keep_personal_data: bool = False


class ScoreRoutes:
    """Whole exports, scored in the background."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def add_to(self, app: FastAPI) -> None:
        """Makes the routes known."""
        app.add_api_route(
            "/score", self.start, methods=["POST"], status_code=202, response_model=JobOut,
            summary="Score an export", openapi_extra=file_body(), responses=answers(408, 413, 415, 422, 429, 503, 507),
        )  # fmt: skip
        app.add_api_route(
            "/score/{id}", self.state, methods=["GET"], response_model=JobOut,
            summary="How far a job is", responses=answers(404, 422),
        )  # fmt: skip
        result: dict[int | str, Any] = {
            200: {
                "description": "A ZIP archive",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
        app.add_api_route(
            "/score/{id}/result", self.result, methods=["GET"], response_class=FileResponse,
            summary="The result of a job", responses={**answers(404, 409, 422), **result},
        )  # fmt: skip
        app.add_api_route(
            "/score/{id}", self.remove, methods=["DELETE"], status_code=204, response_class=Response,
            summary="Stop and remove a job", responses=answers(404, 422),
        )  # fmt: skip

    async def start(self, request: Request, options: Annotated[ScoreOptions, Query()]) -> Response:
        """The body is the file itself: CSV, TSV, Excel, Parquet or JSON lines; text files also as .gz."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/octet-stream":
            raise Problem(
                415,
                "The body must be the file itself: send the header Content-Type: application/octet-stream.",
            )
        try:
            job = await asyncio.to_thread(self._jobs.new, options.model_dump(exclude_none=True))
        except Full:
            raise Problem(
                429,
                "As many jobs as may be kept are there; fetch and DELETE one, or wait.",
                {"Retry-After": "60"},
            ) from None
        except OutputError:
            raise _disk() from None
        try:
            await self._receive(request, job)
            await asyncio.to_thread(self._jobs.accept, job)
        except BaseException as error:
            self._jobs.remove(job)
            if isinstance(error, Stopping):
                raise Problem(
                    503, "The server is about to end; send the file again later.", {"Retry-After": "5"}
                ) from None
            if isinstance(error, OSError):
                raise _disk() from None
            raise
        return JSONResponse(self._shown(job), 202, {"Location": f"/score/{job.id}"})

    async def _receive(self, request: Request, job: Job) -> None:
        size = 0
        with self._jobs.export(job).open("wb") as file:
            async for chunk in request.stream():
                # A slow disk must not keep other requests waiting.
                size += await asyncio.to_thread(file.write, chunk)
        if not size:
            raise Problem(
                422,
                "The body is empty; send a file: curl --data-binary @FILE -H 'Content-Type: application/octet-stream'.",
            )

    async def state(self, id: JobId) -> Response:
        """Progress, and why it failed if it did."""
        return JSONResponse(self._shown(self._found(id)))

    async def result(self, id: JobId) -> Response:
        """The tables, manifest and rejected rows that `cx-nlp score` writes, in one ZIP archive."""
        job = self._found(id)
        if job.state != "done":
            raise Problem(409, f"The job is {job.state}; there is a result when it is done. See /score/ID.")
        return FileResponse(self._jobs.result(job), media_type="application/zip", filename="result.zip")

    async def remove(self, id: JobId) -> Response:
        """The file, its tags and its result are removed at once, those of a running job within a part."""
        await asyncio.to_thread(self._jobs.remove, self._found(id))
        return Response(status_code=204)

    def _found(self, id: str) -> Job:
        job = self._jobs.find(id)
        if job is None:
            raise Problem(404, "There is no such job; finished ones are removed after some hours.")
        return job

    def _shown(self, job: Job) -> dict[str, object]:
        expires = self._jobs.expires(job)
        fields = job.record() | {"expires": expires.isoformat(timespec="seconds") if expires else None}
        return JobOut.model_validate(fields).model_dump()


def _disk() -> Problem:
    return Problem(507, "The server's disk did not take the file; tell whoever runs it.")
