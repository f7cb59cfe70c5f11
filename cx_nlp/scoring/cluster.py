"""Parts of an export tagged on the workers of a Dask scheduler (extra `distributed`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from cx_nlp.errors import CxError
from cx_nlp.tagger.frames import Tags
from cx_nlp.tagger.tag_table import packed, tag_table, unpacked
from cx_nlp.tagger.workers import distributed, put_on_workers, tagger_here

RETRIES = 3
"""How often a part is sent again after it failed on a machine; one whose machine is lost goes to another anyway."""
CONNECT_SECONDS = 15


class Cluster:
    """Tags on the workers of a scheduler; see `pool.Pool`."""

    def __init__(self, client: Any, model: str) -> None:  # noqa: ANN401
        self._client = client
        self._model = model
        self.ahead = 2 + 2 * sum(client.nthreads().values())

    def submit(self, texts: Sequence[str]) -> Any:  # noqa: ANN401
        """Asks for the tags of some texts."""
        return self._client.submit(_tagged, self._model, texts, pure=False, retries=RETRIES)

    def result(self, task: Any) -> pa.Table:  # noqa: ANN401
        """The tags asked for, when they are there."""
        return unpacked(task.result())


def _tagged(model: str, texts: Sequence[str]) -> bytes:
    return packed(tag_table(tagger_here(model), texts), compression="lz4")


@contextmanager
def cluster_pool(tagger: Tags, address: str) -> Iterator[Cluster]:
    """The pool of a scheduler's workers.

    Raises
    ------
    CxError
        The scheduler does not answer, or a worker cannot take the model.
    """
    try:
        client = distributed().Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CxError(
            f"{address}: no Dask scheduler answers there ({error}); start one with `dask scheduler`, workers with `dask worker"
            " ADDRESS`, and name its address, such as tcp://10.0.0.5:8786."
        ) from error
    with client:
        yield Cluster(client, put_on_workers(client, tagger))
