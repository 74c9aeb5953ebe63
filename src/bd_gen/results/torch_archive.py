"""Torch files read with numpy alone: importing torch would cost 1.4 s and 250 MB.

Since torch 1.6 a saved file is a zip archive of uncompressed records: `NAME/data.pkl` describes
the value (see `tensor_program`), `NAME/data/KEY` holds the numbers of one storage.
"""

import struct
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from bd_gen.errors import InputError
from bd_gen.files import check_name
from bd_gen.results.tensor_program import (
    LARGEST_PROGRAM,
    ProgramError,
    Storage,
    StoredTensor,
    run_program,
)

_OLD_FORMAT = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9"
_DAMAGE = (
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class TorchArchive:
    """An open torch file whose description has been read and whose tensors have not.

    Attributes:
        value: what was saved, with a `StoredTensor` for each tensor.

    Raises:
        InputError: the file is missing, damaged, too old, or would run code.
    """

    value: Any

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        _check_kind(self.path)
        try:
            self._zip = zipfile.ZipFile(self.path)
        except _DAMAGE as error:
            raise self._damaged() from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
        try:
            self._records = self._checked_records()
            self._byte_order = self._read_byte_order()
            program = self._read("data.pkl", LARGEST_PROGRAM)
            self.value = run_program(program)
        except ProgramError as error:
            self.close()
            raise InputError(f"{path}: data.pkl: {error}") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; arrays that were read stay valid."""
        self._zip.close()

    def array(self, tensor: StoredTensor) -> np.ndarray:
        """The numbers of `tensor`, in its shape; read-only, and a view of the bytes if possible.

        Raises:
            InputError: the record is missing, has another size or a wrong checksum.
        """
        if 0 in tensor.shape:
            return np.empty(tensor.shape, tensor.storage.dtype)
        flat = self._numbers(tensor.storage)
        strides = tuple(step * flat.itemsize for step in tensor.stride)
        return np.lib.stride_tricks.as_strided(
            flat[tensor.offset :], tensor.shape, strides, writeable=False
        )

    def _numbers(self, storage: Storage) -> np.ndarray:
        name = f"data/{storage.key}"
        expected = storage.size * storage.dtype.itemsize
        data = self._read(name, expected)
        if len(data) != expected:
            raise InputError(f"{self.path}: {name}: expected {expected} bytes, got {len(data)}")
        if storage.dtype == np.bool_:
            return np.frombuffer(data, np.uint8) != 0
        stored = storage.dtype.newbyteorder(self._byte_order)
        return np.frombuffer(data, stored).astype(storage.dtype, copy=False)

    def _damaged(self) -> InputError:
        return InputError(f"{self.path}: is damaged or cut short, no complete torch file")

    def _checked_records(self) -> dict[str, zipfile.ZipInfo]:
        """Records by their name inside the archive's only folder.

        Refuses what torch never writes and what could make a small file unfold into a large
        one: compressed, encrypted, overlapping or repeated records.
        """
        infos = self._zip.infolist()
        roots = [i.filename[: -len("data.pkl")] for i in infos if i.filename.endswith("/data.pkl")]
        if len(roots) != 1:
            raise InputError(f"{self.path}: is a zip archive, but no torch file")
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                raise InputError(f"{self.path}: holds compressed records, torch files hold none")
            if info.flag_bits & 1:
                raise InputError(f"{self.path}: is encrypted")
        if sum(info.file_size for info in infos) > self.path.stat().st_size:
            raise InputError(f"{self.path}: its records claim to be larger than the file")
        records = {i.filename.removeprefix(roots[0]): i for i in infos}
        if len(records) != len(infos):
            raise InputError(f"{self.path}: holds a record twice")
        return records

    def _read(self, name: str, limit: int) -> bytes:
        info = self._records.get(name)
        if info is None:
            raise InputError(f"{self.path}: {name}: the record is missing")
        if info.file_size > limit:
            raise InputError(
                f"{self.path}: {name}: expected at most {limit} bytes, got {info.file_size}"
            )
        try:
            return self._zip.read(info)
        except _DAMAGE as error:
            raise InputError(f"{self.path}: {name}: the record is damaged ({error})") from error
        except OSError as error:
            raise InputError(f"{self.path}: {name}: cannot be read ({error})") from error

    def _read_byte_order(self) -> Any:
        order = self._read("byteorder", 16) if "byteorder" in self._records else b"little"
        if order not in (b"little", b"big"):
            raise InputError(f"{self.path}: byteorder: expected little or big")
        return "<" if order == b"little" else ">"


def _check_kind(path: Path) -> None:
    """Say early, and with the reason, that `path` is no torch archive."""
    check_name(path)
    try:
        # A pipe or a device would block or never end.
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: is not a file")
        with path.open("rb") as file:
            start = file.read(16)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason})") from error
    if start.startswith(_OLD_FORMAT):
        raise InputError(
            f"{path}: is in torch's old format (before 1.6), which cannot be read without running "
            "it as a program; load it where you trust it and save it again"
        )
    if not start:
        raise InputError(f"{path}: is empty")
    if not start.startswith(b"PK\x03\x04"):
        raise InputError(f"{path}: is not a torch file")
