"""Tables in and out: exports read in chunks, columns guessed, results written whole or not at all."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cx_nlp.io.readers import Chunk, Export, Rejected, open_export

__all__ = ["Chunk", "Export", "Rejected", "open_export"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    # Resolved on first use, so that a command that reads nothing does not wait for pandas.
    if name in __all__:
        from cx_nlp.io import readers

        return getattr(readers, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
