"""A server process: sockets, signals, and an end that loses nothing it took."""

from __future__ import annotations

import gc
import signal
import sys

import uvicorn

from cx_nlp.serve.gate import Gate
from cx_nlp.serve.logs import log_as_json

BACKLOG = 512
SWITCH_SECONDS = 0.001
"""The thread that tags lets the one that answers have its turn this often (Python's usual 5 ms are felt in `/tag`)."""


def listen(app: Gate, *, host: str, port: int) -> None:
    """Serves until SIGTERM or Ctrl-C: then no more is taken, what was taken is answered, and the function returns.

    Raises
    ------
    SystemExit
        The address cannot be listened on; the log says why.
    """
    log_as_json()
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, proxy_headers=False,
        ws="none", backlog=BACKLOG,
    )  # fmt: skip
    # What is loaded by now stays: looking through a model's many objects for garbage would halt all requests.
    gc.collect()
    gc.freeze()
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    # uvicorn gives a signal on when it is done: by then nothing is left to stop.
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        uvicorn.Server(config).run()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.setswitchinterval(before)
