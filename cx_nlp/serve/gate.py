"""Around every request: who asks, how often and how much; what is counted and logged; no answer without a form."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from cx_nlp.serve.auth import Tokens, is_loopback
from cx_nlp.serve.limits import Body, Rate, Receive, too_large
from cx_nlp.serve.logs import log, log_error
from cx_nlp.serve.metrics import METHODS, Metrics
from cx_nlp.serve.problems import Problem, problem_response
from cx_nlp.serve.settings import Settings

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = frozenset(("/", "/health", "/static/page.css", "/static/page.js"))
"""What needs no token: it says nothing about anybody."""
UPLOAD = "/score"
UPLOAD_SECONDS = 900.0
SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}


class Gate:
    """An ASGI app that lets requests through to another.

    Parameters
    ----------
    app
        The service.
    settings : Settings
    metrics : Metrics
    """

    def __init__(self, app: App, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._tokens = Tokens(settings.tokens)
        self._rate = Rate(settings.rate)
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request from its first byte to its line in the log."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _Visit(scope, send).through(self._pass, receive, self._metrics)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, visit: _Visit) -> None:
        headers = Headers(scope=scope)
        self._check_rate(scope)
        self._check_who(scope["path"], headers)
        if scope["path"] == "/health":
            await self._app(scope, receive, send)
            return
        if self._open >= self._settings.concurrency:
            raise Problem(
                429,
                "The server works on as many requests as it can; try again in a second.",
                {"Retry-After": "1"},
            )
        upload = scope["path"] == UPLOAD
        most = self._settings.max_upload_bytes if upload else self._settings.max_bytes
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise too_large(most)
        visit.body = Body(receive, most, UPLOAD_SECONDS if upload else self._settings.timeout)
        self._open += 1
        try:
            await self._app(scope, visit.body, send)
        finally:
            self._open -= 1

    def _check_rate(self, scope: Scope) -> None:
        client = scope.get("client")
        if wait := self._rate.wait(client[0] if client else ""):
            seconds = str(int(wait) + 1)
            raise Problem(
                429,
                f"More requests from this address than {self._settings.rate:g} a second; try again in {seconds} s.",
                {"Retry-After": seconds},
            )

    def _check_who(self, path: str, headers: Headers) -> None:
        if self._tokens:
            if path not in OPEN and not self._tokens.open(headers.get("authorization", "")):
                raise Problem(
                    401,
                    "A token is needed: send the header Authorization: Bearer TOKEN.",
                    {"WWW-Authenticate": "Bearer"},
                )
            return
        # Without a token a page from elsewhere, open in a browser on this machine, must not reach the service.
        origin = headers.get("origin")
        names = [_name(f"//{headers.get('host', '')}"), *([] if origin is None else [_name(origin)])]
        if not all(map(is_loopback, names)):
            raise Problem(
                403,
                "Without a token this server answers only under localhost or 127.0.0.1, and no pages of other sites.",
            )


class _Visit:
    """What became of one request."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._started = time.perf_counter()
        self._id = secrets.token_hex(8)
        self._status = 0
        self._bytes_out = 0
        self.body: Body | None = None

    async def through(
        self,
        way: Callable[[Scope, Receive, Send, _Visit], Awaitable[None]],
        receive: Receive,
        metrics: Metrics,
    ) -> None:
        """Answers by `way`, by the problem that it raises, or by 500; then counts and logs."""
        try:
            await way(self._scope, receive, self._answer, self)
        except Problem as problem:
            await self._say(problem, receive)
        except Exception as error:
            log_error("error", error, request_id=self._id)
            await self._say(
                Problem(500, f"The server made a mistake; its log has it under {self._id}."), receive
            )
        finally:
            self._note(metrics)

    async def _say(self, problem: Problem, receive: Receive) -> None:
        if not self._status:
            await problem_response(problem)(self._scope, receive, self._answer)

    async def _answer(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._id
            for name, value in SAFE.items():
                headers.setdefault(name, value)
        self._bytes_out += len(message.get("body", b""))
        await self._send(message)

    def _note(self, metrics: Metrics) -> None:
        seconds = time.perf_counter() - self._started
        # The path as asked for may hold a job's id or anything else; its pattern does not.
        route = getattr(self._scope.get("route"), "path", None) or "-"
        method = self._scope["method"] if self._scope["method"] in METHODS else "other"
        metrics.answered(method, route, self._status, seconds)
        log(
            "request",
            method=method,
            path=route,
            status=self._status,
            ms=round(1000 * seconds, 2),
            bytes_in=self.body.bytes if self.body else 0,
            bytes_out=self._bytes_out,
            request_id=self._id,
        )


def _name(address: str) -> str:
    """The host's name in an address; "" where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
