"""Torch files read with numpy alone: importing torch would cost 1.4 s and 250 MB.

Since torch 1.6 a saved file is a zip archive of uncompressed records: `NAME/data.pkl` describes
the value (see `tensor_program`), `NAME/data/KEY` holds the numbers of one storage. Samples and
checkpoints, published ones too, are read by this reader and no other.
"""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file, check_name, check_pointer
from bd_gen.system.stored_tensor import Contents, ProgramError, Storage, StoredTensor
from bd_gen.system.tensor_program import (
    LARGEST_PROGRAM,
    run_program,
)
from bd_gen.system.torch_records import TorchRecords

_OLD_FORMAT = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9"
_MOST_SHARING = 4
_FREE_BYTES = 1 << 24
"""Tensors that share their numbers may take so many times the size of the file, and so much more:
a checkpoint's averaged weights are both what is sampled and what training goes on from."""


class TorchArchive:
    """An open torch file whose description has been read and whose tensors have not.

    Attributes:
        value: what was saved, with a `StoredTensor` for each tensor. It does not contain itself,
            and what walks through it, shared parts as often as they stand there, soon ends.

    Raises:
        InputError: the file is missing, damaged, too old, would run code, or would take more
            memory than a few times its own size.
    """

    value: Any

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        _check_kind(self.path)
        self._records = TorchRecords(self.path)
        self._shared: dict[str, np.ndarray] = {}
        try:
            self._byte_order = self._read_byte_order()
            contents = run_program(self._records.read("data.pkl", LARGEST_PROGRAM))
            self._check_memory(contents)
            self._uses, self.value = contents.uses, contents.value
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
        self._records.close()
        self._shared.clear()

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
        if storage.key in self._shared:
            return self._shared[storage.key]
        name = f"data/{storage.key}"
        expected = storage.size * storage.dtype.itemsize
        data = self._records.read(name, expected)
        if len(data) != expected:
            raise InputError(f"{self.path}: {name}: expected {expected} bytes, got {len(data)}")
        if storage.dtype == np.bool_:
            numbers = np.frombuffer(data, np.uint8) != 0
        else:
            stored = storage.dtype.newbyteorder(self._byte_order)
            numbers = np.frombuffer(data, stored).astype(storage.dtype, copy=False)
        if self._uses[storage.key] > 1:  # read once, however many tensors look at it
            self._shared[storage.key] = numbers
        return numbers

    def _check_memory(self, contents: Contents) -> None:
        if contents.num_bytes > _MOST_SHARING * self.path.stat().st_size + _FREE_BYTES:
            raise InputError(f"{self.path}: its tensors claim to be larger than the file")

    def _read_byte_order(self) -> Any:
        order = self._records.read("byteorder", 16) if "byteorder" in self._records else b"little"
        if order not in (b"little", b"big"):
            raise InputError(f"{self.path}: byteorder: expected little or big")
        return "<" if order == b"little" else ">"


def _check_kind(path: Path) -> None:
    """Say early, and with the reason, that `path` is no torch archive."""
    check_name(path)
    try:
        check_file(path)
        with path.open("rb") as file:
            start = file.read(64)
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
    check_pointer(path, start)
    if not start.startswith(b"PK\x03\x04"):
        raise InputError(f"{path}: is not a torch file")
