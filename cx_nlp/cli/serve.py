"""`cx-nlp serve`: the tagger behind HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.errors import InputError

_NEEDED = ("fastapi", "prometheus_client", "uvicorn")


def serve(
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="ADDRESS", help="Where to listen; other than loopback only with a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 for any that is free.")
    ] = 8000,
    model: opt.Model = "auto",
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            show_default=False,
            help="Tokens that open the service, one a line; else from the environment variable CX_NLP_TOKEN.",
        ),
    ] = None,
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", metavar="N", min=1024, help="Body of a request at most.")
    ] = 4 << 20,
    max_upload_bytes: Annotated[
        int, typer.Option("--max-upload-bytes", metavar="N", min=1024, help="File given to /score at most.")
    ] = 256 << 20,
    concurrency: Annotated[
        int,
        typer.Option("--concurrency", metavar="N", min=1, help="Requests worked on at once; more get 429."),
    ] = 64,
    queue: Annotated[
        int, typer.Option("--queue", metavar="N", min=1, help="Comments that may wait; more get 429.")
    ] = 8192,
    rate: Annotated[
        float,
        typer.Option(
            "--rate", metavar="N", min=0, help="Requests a second of one address; more get 429; 0: no limit."
        ),
    ] = 200.0,
    timeout: Annotated[
        float,
        typer.Option("--timeout", metavar="SECONDS", min=0.1, help="For a body to arrive, and for its tags."),
    ] = 30.0,
    jobs_folder: Annotated[
        Path | None,
        typer.Option(
            "--jobs-folder",
            metavar="DIR",
            show_default=False,
            help="Where files given to /score and their results lie; by default in this user's state folder.",
        ),
    ] = None,
    max_jobs: Annotated[
        int, typer.Option("--max-jobs", metavar="N", min=1, help="Jobs of /score kept at once; more get 429.")
    ] = 32,
    keep_hours: Annotated[
        float, typer.Option("--keep-hours", metavar="N", min=0, help="How long a finished job is kept.")
    ] = 24.0,
    trusted: opt.Trusted = False,
) -> None:
    """Tag comments over HTTP: /tag, /tag/batch, /score, /health, /metrics, and a page at /.

    Ctrl-C or SIGTERM ends it after everything that was taken is answered; unfinished jobs of /score go on at the next start.
    One JSON line a request goes to stderr, never a word of a comment.
    """
    _check_installed()
    from cx_nlp.bundle import load
    from cx_nlp.serve.app import make_app
    from cx_nlp.serve.auth import check_open, read_tokens
    from cx_nlp.serve.listening import listen
    from cx_nlp.serve.settings import Settings

    tokens = read_tokens(token_file)
    check_open(host, tokens)
    settings = Settings(
        tokens=tokens,
        max_bytes=max_bytes,
        max_upload_bytes=max_upload_bytes,
        concurrency=concurrency,
        queue=queue,
        rate=rate,
        timeout=timeout,
        jobs_folder=jobs_folder,
        max_jobs=max_jobs,
        keep_hours=keep_hours,
    )
    listen(make_app(load(model, trusted=trusted, kind="mentions"), settings), host=host, port=port)


def _check_installed() -> None:
    from importlib.util import find_spec

    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise InputError(
            f"serving needs {', '.join(missing)}, not installed here: pip install 'cx-nlp[serve]'."
        )
