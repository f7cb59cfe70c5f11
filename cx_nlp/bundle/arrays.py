"""Plain arrays in one `.npz` file: the same bytes for the same arrays, and read only in the shapes expected."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from cx_nlp.bundle.broken import broken
from cx_nlp.errors import BundleError
from cx_nlp.io.packed import PackedError, check_methods, check_parts

Array = npt.NDArray[Any]

MAX_BYTES = 1 << 29
"""Unpacked; about twenty times the shipped fast model. The weights in it take four times as much memory at work."""
MAX_ARRAYS = 1000


@dataclass(frozen=True, slots=True)
class Form:
    """The type and shape an array must have; None stands for any length."""

    dtype: str
    shape: tuple[int | None, ...]

    def fits(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> bool:
        """Whether an array of this type and shape is of the form."""
        same = len(shape) == len(self.shape) and all(
            wanted in (None, length) for wanted, length in zip(self.shape, shape, strict=True)
        )
        return same and dtype == np.dtype(self.dtype)


def pack_arrays(arrays: Mapping[str, Array]) -> bytes:
    """The arrays as the bytes of a compressed `.npz` file.

    Raises
    ------
    BundleError
        They are larger than `unpack_arrays` would read back.
    """
    total = sum(array.nbytes for array in arrays.values())
    if total > MAX_BYTES:
        raise BundleError(
            f"the model's weights take {total:,} bytes, and a bundle holds at most {MAX_BYTES:,}: "
            "give fewer labels or less training text."
        )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy")
            # The default names the writer's system, and a bundle's bytes must not depend on it.
            entry.create_system = 3
            archive.writestr(entry, _npy(arrays[name]), zipfile.ZIP_DEFLATED, compresslevel=7)
    return out.getvalue()


def _npy(array: Array) -> bytes:
    out = BytesIO()
    little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    np.lib.format.write_array(out, little, version=(1, 0), allow_pickle=False)
    return out.getvalue()


def unpack_arrays(data: bytes, forms: Mapping[str, Form], *, source: str) -> dict[str, Array]:
    """The arrays of a `.npz` file, when they are exactly those of `forms`; nothing in it is unpickled.

    Raises
    ------
    BundleError
        It is no `.npz` file, holds other arrays or other shapes, or would unpack to more than `MAX_BYTES`.
    """
    try:
        check_parts(BytesIO(data), at_most=MAX_ARRAYS)
        with zipfile.ZipFile(BytesIO(data)) as archive:
            check_methods(archive)
            entries = _entries(archive, forms, source)
            return {name: _array(archive, entries[name], form, source) for name, form in forms.items()}
    except BundleError:
        raise
    except PackedError as error:
        raise broken(source, str(error)) from error
    # What zipfile and numpy raise at crafted files; numpy reads a header by Python's tokenizer and parser.
    except (
        zipfile.BadZipFile, zlib.error, tokenize.TokenError, EOFError, NotImplementedError, OSError,
        RuntimeError, SyntaxError, TypeError, ValueError,
    ) as error:  # fmt: skip
        raise broken(source, f"cannot be read as an .npz file ({error})") from error


def _entries(archive: zipfile.ZipFile, forms: Mapping[str, Form], source: str) -> dict[str, zipfile.ZipInfo]:
    found = archive.infolist()
    names = [entry.filename.removesuffix(".npy") for entry in found]
    wrong = sorted({*names} ^ {*forms}) or [name for name in names if names.count(name) > 1]
    if wrong:
        state = "lacks" if wrong[0] not in names else "should not hold, or not twice,"
        raise broken(source, f"{state} the array {wrong[0]!r}")
    if sum(entry.file_size for entry in found) > MAX_BYTES:
        raise broken(source, f"unpacks to more than {MAX_BYTES:,} bytes, so it is not read")
    return dict(zip(names, found, strict=True))


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, form: Form, source: str) -> Array:
    with archive.open(entry) as stream:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise broken(source, f"{entry.filename} is of another version of the .npy format")
        try:
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        except MemoryError as error:  # Python's parser says so of brackets that are nested too deep
            raise broken(source, f"the header of {entry.filename} cannot be read") from error
        if fortran or not form.fits(dtype, shape) or min(shape) < 0:
            found = f"{dtype} with shape {shape}"
            wanted = f"{form.dtype} with shape {_shown(form.shape)}"
            raise broken(source, f"{entry.filename} is an array of {found}, expected {wanted}")
        # No more than these: zipfile believes the size that an entry claims only after it has unpacked all of it.
        content = stream.read(prod(shape) * dtype.itemsize)
        if stream.read(1):
            raise broken(source, f"{entry.filename} holds more than the {prod(shape):,} numbers of its shape")
    # A copy, as an array over the bytes themselves could not be written to.
    array: Array = np.frombuffer(content, dtype).reshape(shape).copy()
    return array


def _shown(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if length is None else str(length) for length in shape) + ")"
