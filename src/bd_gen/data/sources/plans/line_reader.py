"""Lines of a text file that may be gzipped and need not be friendly."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file

LONGEST_LINE = 1 << 20
"""Bytes; a longer line is handed out as None and never held in memory."""

_FREE_EXPANSION = 1 << 24
_MOST_EXPANSION = 50
"""Plans shrink six- to twentyfold by gzip; what grows by more than this is a bomb."""

_MOST_BLANKS = 1 << 20
"""Empty lines, of one byte each; a line costs as much as ten bytes of a plan."""


def read_lines(
    path: str | Path, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number from 1, line without its end); None for a line that is too long.

    A gzipped file is recognised by its first bytes. Memory is bounded whatever the file.

    Args:
        path: a regular file.
        progress: called as progress(bytes read, bytes of the file).

    Raises:
        InputError: not a regular file, unreadable, or damaged gzip.
    """
    path = Path(path)
    try:
        check_file(path, "expected a file, got a folder or a device")
        size = path.stat().st_size
        with path.open("rb") as raw:
            is_gzip = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            file = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if is_gzip else raw
            number, done, blanks = 1, 0, 0
            for piece, is_end in _pieces(file):
                done += len(piece)
                if is_gzip and done > max(_FREE_EXPANSION, _MOST_EXPANSION * raw.tell()):
                    raise InputError(f"{path}: grows more than {_MOST_EXPANSION} times by gunzip")
                blanks += is_end == _WHOLE and len(piece) <= 2 and not piece.strip()
                if blanks > _MOST_BLANKS:
                    raise InputError(f"{path}: holds more than {_MOST_BLANKS:,} empty lines")
                if is_end:
                    yield number, None if is_end is _TOO_LONG else piece.rstrip(b"\r\n")
                    number += 1
                    if progress is not None and number % 1024 == 0:
                        progress(min(raw.tell(), size), size)
            if progress is not None:
                progress(size, size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged or cut short gzip file ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


_WHOLE, _TOO_LONG = "whole", "too long"


def _pieces(file: IO[bytes]) -> Iterator[tuple[bytes, str]]:
    """(bytes, what ends with them): a whole line, a line too long to keep, or nothing yet."""
    within = False  # are we in the middle of a line that is too long?
    while piece := file.readline(LONGEST_LINE):
        ends = piece.endswith(b"\n") or len(piece) < LONGEST_LINE
        if not ends:
            within = True
            yield piece, ""
        else:
            yield piece, _TOO_LONG if within else _WHOLE
            within = False
    if within:
        yield b"", _TOO_LONG
