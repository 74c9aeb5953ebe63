"""Unfinished samples, kept beside the results until they are complete.

The file is a log: one line that says what the samples are, then a record for every run of
samples (a head, their tokens, their calls of the network), in the order in which they came.
Keeping more costs what it holds, not what is there, and a process that is killed leaves all
records but perhaps the last, which is then cut off.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import IO, Any

import numpy as np

from bd_gen.system.errors import InputError

_MAGICS = (b"bd-gen partial samples 1\n", b"bd-gen partial samples 2\n")
"""The first version, which is still read and added to, does not count calls."""
_LONGEST_KEY = 1 << 20
_HEAD = struct.Struct("<IQII")  # index of the seed, first sample, count, checksum of what follows
_CALLS = np.dtype("<u4")


class PartialSamples:
    """Tokens of all seeds as far as they are drawn.

    Attributes:
        tokens: (seeds, num_samples, length) uint8, with what `drawn_rows` puts behind them.
        is_drawn: (seeds, num_samples) bool.
        num_drawn: diagrams drawn since this object was made.
        num_done: diagrams drawn so far, by this start and earlier ones.
        calls: (seeds, num_samples) uint32 network calls for each; None where the log of an older
            version does not say.
    """

    def __init__(self, path: Path, key: bytes, shape: tuple[int, int, int]) -> None:
        self._path = path
        self._key = key
        self._end = 0  # bytes of the file that hold
        self._file: FileIO | None = None
        self.tokens = np.zeros(shape, np.uint8)
        self.is_drawn = np.zeros(shape[:2], np.bool_)
        self.num_drawn = 0
        self.num_done = 0
        self.calls: np.ndarray | None = np.zeros(shape[:2], _CALLS)

    @staticmethod
    def open(
        path: Path, key: Mapping[str, Any], seeds: Sequence[int], shape: tuple[int, int]
    ) -> "PartialSamples":
        """What an earlier start left at `path` under the same key, or nothing drawn yet.

        Only one process at a time may have it open.

        Args:
            path: the file; it need not exist.
            key: what determines the samples, plain values.
            seeds: whose samples they are.
            shape: (samples of a seed, length of a row).
        """
        line = json.dumps([key, list(seeds), list(shape)], sort_keys=True).encode() + b"\n"
        partial = PartialSamples(path, line, (len(seeds), *shape))
        if path.is_file():
            try:
                with path.open("rb") as file:
                    partial._read(file)
            except OSError:
                pass  # What cannot be read is drawn again.
        return partial

    def _read(self, file: IO[bytes]) -> None:
        """Take in the records of the file up to the first one that does not hold."""
        magic = file.readline(len(_MAGICS[-1]))
        if magic not in _MAGICS or file.readline(_LONGEST_KEY) != self._key:
            return
        self._end = file.tell()
        if magic != _MAGICS[-1]:
            self.calls = None
        num_seeds, num_samples, length = self.tokens.shape
        width = length + (0 if self.calls is None else _CALLS.itemsize)
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            k, first, count, checksum = _HEAD.unpack(head)
            if k >= num_seeds or first + count > num_samples:
                return
            body = file.read(count * width)
            if len(body) != count * width or checksum != _checksum(k, first, body):
                return
            rows = np.frombuffer(body, np.uint8, count * length).reshape(count, length)
            self._set(k, first, rows, np.frombuffer(body[count * length :], _CALLS))
            self._end = file.tell()

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.is_drawn.all())

    def missing(self, batch_size: int) -> Iterator[tuple[int, int, int]]:
        """(index of the seed, first, last + 1) of whole batches in which something is missing.

        Batches begin at multiples of their size, so that a sample always has the same neighbours
        in the network, whatever was drawn before.
        """
        for k, drawn in enumerate(self.is_drawn):
            for first in range(0, len(drawn), batch_size):
                last = min(first + batch_size, len(drawn))
                if not drawn[first:last].all():
                    yield k, first, last

    @property
    def mean_calls(self) -> float | None:
        """Network calls a diagram; None where not all were counted."""
        return None if self.calls is None else float(self.calls.mean(dtype=np.float64))

    def put(self, k: int, first: int, rows: np.ndarray, calls: np.ndarray) -> None:
        """Keep the samples first, first + 1, ... of the seed at index k, in the file as well.

        Args:
            k: index of the seed.
            first: number of the first sample.
            rows: (count, length) uint8 token rows.
            calls: (count,) network calls for each.

        Raises:
            InputError: the file cannot be written; what it held before stays.
        """
        calls = calls.astype(_CALLS)
        self._set(k, first, rows, calls)
        self.num_drawn += len(rows)
        content = np.ascontiguousarray(rows, np.uint8).tobytes()
        if self.calls is not None:
            content += calls.tobytes()
        head = _HEAD.pack(k, first, len(rows), _checksum(k, first, content))
        try:
            self._append(head + content)
        except OSError as error:
            raise self._unwritable(error) from error

    def save(self) -> None:
        """Make sure that what was kept outlives a failure of the machine, not just a kill.

        Raises:
            InputError: the disk does not take it.
        """
        if self._file is not None:
            try:
                os.fsync(self._file.fileno())
            except OSError as error:
                raise self._unwritable(error) from error

    def close(self) -> None:
        """Close the file, which stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Forget the file; the samples are in their place."""
        self.close()
        self._path.unlink(missing_ok=True)

    def _set(self, k: int, first: int, rows: np.ndarray, calls: np.ndarray) -> None:
        where = slice(first, first + len(rows))
        self.num_done += len(rows) - int(self.is_drawn[k, where].sum())
        self.tokens[k, where] = rows
        self.is_drawn[k, where] = True
        if self.calls is not None:
            self.calls[k, where] = calls

    def _append(self, record: bytes) -> None:
        if self._file is None:
            self._file = self._opened()
            if not self._end:  # nothing there, or what belongs to something else
                record = _MAGICS[-1] + self._key + record
        self._file.seek(self._end)
        written = 0
        while written < len(record):
            written += self._file.write(record[written:])
        self._end += len(record)

    def _opened(self) -> FileIO:
        """The file, cut off where it ceases to hold; unbuffered, so that a kill loses nothing."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A link would lead to a file that is none of ours.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        file = FileIO(os.open(self._path, flags, 0o666), "r+")
        file.truncate(self._end)
        return file

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(f"{self._path}: cannot be written ({error.strerror or error})")


def _checksum(k: int, first: int, rows: bytes) -> int:
    return zlib.crc32(rows, zlib.crc32(struct.pack("<IQ", k, first)))
