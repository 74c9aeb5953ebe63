"""What the description of a torch file makes: plain values and tensors that have not been read."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST_VALUE = 1 << 22
"""Parts and characters of a value, those that are shared counted as often as they stand there."""

DEEPEST_VALUE = 100


class ProgramError(Exception):
    """The program is damaged or asks for something that is not allowed; says what."""


@dataclass(frozen=True)
class Storage:
    """A flat run of `size` numbers, kept in the archive under `key`."""

    dtype: np.dtype
    key: str
    size: int


@dataclass(frozen=True)
class StoredTensor:
    """A tensor that has not been read: a strided window, checked to lie inside its storage."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def num_bytes(self) -> int:
        """That its numbers take."""
        return math.prod(self.shape) * self.storage.dtype.itemsize


@dataclass(frozen=True)
class Contents:
    """What a program describes.

    Attributes:
        value: containers, plain values and `StoredTensor`; a tree, but for shared parts.
        uses: tensors that look at a storage, by its key.
        num_bytes: that the tensors take if each has its numbers for itself wherever it stands.
    """

    value: Any
    uses: Counter[str]
    num_bytes: int


def measured(value: Any) -> Contents:
    """Walk through a value once.

    Raises:
        ProgramError: it contains itself or is too large to be walked through.
    """
    uses: Counter[str] = Counter()
    _, num_bytes = _Measure(uses).of(value, 0)
    return Contents(value, uses, num_bytes)


class _Measure:
    """How large a value is when its shared parts are counted as often as they stand there."""

    def __init__(self, uses: Counter[str]) -> None:
        self.uses = uses
        self.known: dict[int, tuple[int, int]] = {}

    def of(self, value: Any, depth: int) -> tuple[int, int]:
        """Parts and characters, and bytes of tensors."""
        if type(value) is str:
            return 1 + len(value), 0
        if type(value) is int:
            return 1 + value.bit_length() // 4, 0
        if id(value) not in self.known:
            if isinstance(value, StoredTensor):
                self.uses[value.storage.key] += 1
                self.known[id(value)] = 1, value.num_bytes
            elif type(value) in (dict, list, tuple):
                self.known[id(value)] = self._of_parts(value, depth)
            else:
                return 1, 0
        return self.known[id(value)]

    def _of_parts(self, value: Any, depth: int) -> tuple[int, int]:
        if depth > DEEPEST_VALUE:  # a value that contains itself is endlessly deep
            raise ProgramError("its value is nested too deeply")
        size, num_bytes = 1, 0
        for part in (*value, *value.values()) if type(value) is dict else value:
            more = self.of(part, depth + 1)
            size, num_bytes = size + more[0], num_bytes + more[1]
            if size > LARGEST_VALUE:
                raise ProgramError("its value is too large")
        return size, num_bytes
