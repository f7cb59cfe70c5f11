"""The service as an ASGI app: routes, and what starts and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from cx_nlp import __version__
from cx_nlp.serve import page
from cx_nlp.serve.gate import Gate
from cx_nlp.serve.jobs import Jobs
from cx_nlp.serve.metrics import Metrics
from cx_nlp.serve.problems import Problem, places, problem_response
from cx_nlp.serve.routes_score import ScoreRoutes
from cx_nlp.serve.routes_state import StateRoutes
from cx_nlp.serve.routes_tag import TagRoutes
from cx_nlp.serve.settings import Settings
from cx_nlp.serve.shared import Shared
from cx_nlp.serve.waiting import Waiting
from cx_nlp.tagger.frames import Tags, check_tags

SWEEP_SECONDS = 60.0
_WHAT = "Tags customer feedback, Vietnamese and English, by touchpoint, success factor and sentiment, with the words that say so."


def make_app(tagger: Tags, settings: Settings | None = None) -> Gate:
    """The service around a tagger, for any ASGI server with one process.

    Parameters
    ----------
    tagger : Tags
        As `cx_nlp.load` gives it.
    settings : Settings, optional
        Without tokens in it only requests to localhost are answered.

    Raises
    ------
    InputError
        The model gives no mentions.
    OutputError
        The jobs' folder cannot be used.
    """
    check_tags(tagger)
    settings = settings or Settings()
    waiting = Waiting(tagger, settings.queue)
    keep = timedelta(hours=settings.keep_hours)
    jobs = Jobs(settings.jobs, Shared(tagger, waiting), most=settings.max_jobs, keep=keep)
    metrics = Metrics(lambda: waiting.texts, lambda: len(jobs))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        waiting.start()
        jobs.start()
        sweeping = asyncio.create_task(_sweep(jobs))
        try:
            yield
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping
            await asyncio.to_thread(jobs.close)
            await asyncio.to_thread(waiting.close)

    app = FastAPI(
        title="cx_nlp",
        version=__version__,
        description=_WHAT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)
    TagRoutes(waiting, settings, metrics).add_to(app)
    ScoreRoutes(jobs).add_to(app)
    StateRoutes(tagger, metrics).add_to(app)
    page.add_to(app)
    if settings.tokens:
        _declare_token(app)
    return Gate(app, settings, metrics)


async def _sweep(jobs: Jobs) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        await asyncio.to_thread(jobs.expire)


async def _problem(request: Request, error: Problem) -> Response:
    return problem_response(error)


async def _unforeseen(request: Request, error: Exception) -> Response:
    # The gate answers it, and knows the request's id.
    raise error


async def _http(request: Request, error: HTTPException) -> Response:
    detail = {
        404: "There is nothing at this address; /openapi.json lists what there is.",
        405: "This address does not take that method; the header Allow says which.",
    }.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request))
    return problem_response(Problem(error.status_code, detail, headers))


def _methods(request: Request) -> list[str]:
    """What an address takes; each method has a route of its own."""
    scope = dict(request.scope)
    found = (route for route in request.app.routes if route.matches(scope)[0] is not Match.NONE)
    return sorted({method for route in found for method in route.methods})


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    return problem_response(
        Problem(422, "The request is not as it should be; see errors."), places(error.errors())
    )


def _declare_token(app: FastAPI) -> None:
    schema = app.openapi()
    schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in schema["paths"].items():
        if path not in ("/", "/health"):
            for operation in methods.values():
                operation["security"] = [{"token": []}]
    app.openapi_schema = schema
