"""A tagger as a plugin of Dask workers; imported only where `distributed` is installed."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import joblib
from distributed import WorkerPlugin

import cx_nlp


class Model(WorkerPlugin):  # type: ignore[misc]
    """A worker's plugin that holds a tagger: it reaches every worker once, also those that join or are started again later.

    Parameters
    ----------
    tagger
        One with a digest is sent once however often it is asked for.
    """

    def __init__(self, tagger: object) -> None:
        content = BytesIO()
        joblib.dump(tagger, content, compress=("zlib", 1))
        self.name = f"cx_nlp-{getattr(tagger, 'digest', None) or uuid4().hex}"
        self.idempotent = True
        self.version = cx_nlp.__version__
        self.content = content.getvalue()
        self.tagger: Any = None

    def setup(self, worker: Any) -> None:  # noqa: ANN401
        """On the worker: makes the tagger, which uses as many cores as the worker has threads."""
        if cx_nlp.__version__ != self.version:
            raise RuntimeError(f"a worker has cx_nlp {cx_nlp.__version__} and this machine {self.version}")
        tagger = joblib.load(BytesIO(self.content))
        for one in (tagger, getattr(tagger, "accurate", tagger)):
            if hasattr(one, "n_jobs"):
                one.n_jobs = worker.state.nthreads
        self.tagger, self.content = tagger, b""

    def teardown(self, worker: Any) -> None:  # noqa: ANN401
        """On the worker: drops the tagger."""
        self.tagger = None
