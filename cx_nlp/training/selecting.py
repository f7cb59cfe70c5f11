"""A part of labelled comments, by what stands beside their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.labelled import Labelled
from cx_nlp.taxonomy import nearest


def selected(
    data: Labelled, *, only: Mapping[str, str] | None = None, without: Mapping[str, str] | None = None
) -> Labelled:
    """The comments that have all values of `only` and none of `without`, each by the name of its key or column.

    Raises
    ------
    ColumnError
        No comment has such a key.
    InputError
        No comment is left.
    """
    if not only and not without:
        return data
    keys = list(dict.fromkeys(key for record in data.records for key in record.extra))
    for key in (*(only or ()), *(without or ())):
        if key not in keys:
            raise ColumnError(
                f"the labelled comments have no {key!r} beside their labels; {nearest(key, keys)}"
            )
    kept = tuple(
        record
        for record in data.records
        if all(_is(record.extra.get(key), value) for key, value in (only or {}).items())
        and not any(_is(record.extra.get(key), value) for key, value in (without or {}).items())
    )
    if not kept:
        told = [f"{key}={value}" for part in (only, without) for key, value in (part or {}).items()]
        raise InputError(f"none of {len(data.records)} labelled comments is left with {', '.join(told)}")
    return replace(
        data, records=kept, notes=(*data.notes, f"{len(kept)} of {len(data.records)} labelled comments taken")
    )


def _is(found: object, value: str) -> bool:
    return found is not None and str(found).strip().casefold() == value.strip().casefold()
