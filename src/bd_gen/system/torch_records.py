"""The records of a torch file: a zip archive whose members are stored plain, apart and once.

Everything that a small file could use to cost much is refused before any record is read: what
reading all of them takes is bounded by the size of the file.
"""

import io
import struct
import zipfile
from pathlib import Path

from bd_gen.system.errors import InputError

LARGEST_DIRECTORY = 1 << 21
"""Bytes of the list of records; each of torch's takes about 90."""

MOST_RECORDS = 20_000
"""Samples of a seed are two records, a checkpoint has one for each tensor."""

DAMAGE = (
    zipfile.BadZipFile,
    struct.error,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What zipfile makes of an archive that is none."""

_HEADER = 30  # bytes before the name of a record


class _LimitedFile(io.BufferedReader):
    """A file of which nobody gets more than `most` bytes at a time.

    zipfile reads the whole list of records at once, as long as the file says that it is.
    """

    most: int | None = LARGEST_DIRECTORY

    def read(self, size: int | None = -1, /) -> bytes:
        if self.most is not None and (size is None or size > self.most):
            raise zipfile.BadZipFile("the list of its records is too long")
        return super().read(size)


class TorchRecords:
    """An open archive, checked but not read.

    Raises:
        InputError: the file cannot be read, is damaged, or has records that torch never writes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = _LimitedFile(io.FileIO(path))
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
        try:
            self._by_name = self._checked()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a record, compared with their checksum.

        Raises:
            InputError: it is missing, damaged, or larger than `limit`.
        """
        info = self._by_name.get(name)
        if info is None:
            raise InputError(f"{self.path}: {name}: the record is missing")
        if info.file_size > limit:
            raise InputError(
                f"{self.path}: {name}: expected at most {limit} bytes, got {info.file_size}"
            )
        try:
            return self._zip.read(info)
        except DAMAGE as error:
            raise InputError(f"{self.path}: {name}: the record is damaged ({error})") from error
        except OSError as error:
            raise InputError(f"{self.path}: {name}: cannot be read ({error})") from error

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        """Records by their name inside the archive's only folder."""
        try:
            self._zip = zipfile.ZipFile(self._file)
        except DAMAGE as error:
            raise InputError(
                f"{self.path}: is damaged or cut short, no complete torch file ({error})"
            ) from error
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror or error})") from error
        self._file.most = None
        infos = self._zip.infolist()
        if len(infos) > MOST_RECORDS:
            raise InputError(
                f"{self.path}: holds {len(infos):,} records, expected at most {MOST_RECORDS:,}"
            )
        roots = [i.filename[: -len("data.pkl")] for i in infos if i.filename.endswith("/data.pkl")]
        if len(roots) != 1:
            raise InputError(f"{self.path}: is a zip archive, but no torch file")
        records = {info.filename.removeprefix(roots[0]): info for info in infos}
        if len(records) != len(infos):
            raise InputError(f"{self.path}: holds a record twice")
        self._check_places(infos)
        return records

    def _check_places(self, infos: list[zipfile.ZipInfo]) -> None:
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                raise InputError(f"{self.path}: holds compressed records, torch files hold none")
            if info.flag_bits & 1:
                raise InputError(f"{self.path}: is encrypted")
        if sum(info.file_size for info in infos) > self.path.stat().st_size:
            raise InputError(f"{self.path}: its records claim to be larger than the file")
        end = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset < end:
                raise InputError(f"{self.path}: its records overlap")
            end = info.header_offset + _HEADER + info.file_size
