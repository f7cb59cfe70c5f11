"""A tagger on the workers of a Dask cluster (extra `distributed`)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import cx_nlp
from cx_nlp.errors import CxError, InputError


def distributed() -> Any:  # noqa: ANN401 - a module
    """The package `distributed`.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError("Dask is not installed: pip install 'cx-nlp[distributed]'.") from error


def put_on_workers(client: Any, tagger: object) -> str:  # noqa: ANN401
    """The name under which the workers of a client have the tagger from now on.

    Raises
    ------
    CxError
        A worker cannot take it.
    """
    distributed()
    from cx_nlp.tagger.worker_plugin import Model

    model = Model(tagger)
    try:
        client.register_plugin(model)
    except Exception as error:
        raise CxError(
            f"a worker of {client.scheduler.address} cannot take the model ({error}); every worker needs cx_nlp"
            f" {cx_nlp.__version__} and the libraries of this machine."
        ) from error
    return model.name


def tagger_here(model: str) -> Any:  # noqa: ANN401
    """On a worker: the tagger of that name."""
    return distributed().get_worker().plugins[model].tagger
