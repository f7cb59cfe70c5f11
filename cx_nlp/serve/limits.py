"""How much a client may ask for: requests a second, and bytes and seconds of a body."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cx_nlp.serve.problems import Problem

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
CLIENTS = 10_000
BURST_SECONDS = 5.0


class Rate:
    """Requests of each client address: so many a second on average, with those of a few seconds saved up.

    Parameters
    ----------
    per_second : float
        0 for no limit.
    clock : callable
        Seconds.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_second
        self._clock = clock
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Counts a request; gives the seconds to wait where it is one too many, else 0."""
        if not self._rate:
            return 0.0
        most, now = max(1.0, self._rate * BURST_SECONDS), self._clock()
        saved, last = self._clients.pop(client, (most, now))
        saved = min(most, saved + (now - last) * self._rate)
        taken = saved >= 1
        self._clients[client] = (saved - taken, now)
        if len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)
        return 0.0 if taken else (1 - saved) / self._rate


class Body:
    """A request's body as it comes in, counted: no more than `most` bytes, in no more than `seconds`."""

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive = receive
        self._most = most
        self._seconds = seconds
        self._ends = asyncio.get_running_loop().time() + seconds
        self._whole = False
        self.bytes = 0

    async def __call__(self) -> MutableMapping[str, Any]:
        """The next message.

        Raises
        ------
        Problem
            408 or 413.
        """
        if self._whole:
            return await self._receive()
        left = self._ends - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self._receive(), max(left, 0.0))
        except asyncio.TimeoutError:
            raise Problem(
                408, f"The body did not arrive within {self._seconds:g} seconds; send it again."
            ) from None
        self.bytes += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self.bytes > self._most:
            raise too_large(self._most)
        return message


def too_large(most: int) -> Problem:
    """The body is over the limit."""
    return Problem(
        413,
        f"The body is larger than the {most:,} bytes that this server takes; send it in parts.",
        {"Connection": "close"},
    )
