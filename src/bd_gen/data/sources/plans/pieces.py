"""Pieces of a file of plans that need not be friendly: lines, and the values of a JSON list.

At no time is more than one of them held in memory.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_file
from bd_gen.system.plain import uncollected

LONGEST_LINE = 1 << 20
"""Bytes; a longer line is handed out as None and never held in memory."""

_BLOCK = 1 << 19  # bytes read at once, fewer than LONGEST_LINE

_FREE_EXPANSION = 1 << 24
_MOST_EXPANSION = 50
"""Plans shrink six- to twentyfold by gzip; what grows by more than this is a bomb."""

SHORTEST_PLAN, MOST_SHORT = 32, 1 << 20
"""No plan is shorter, in bytes; what is costs more than its bytes, so that there may not be more
of it. Reading a line, and finding that it is no plan, costs as much as 30 bytes of a plan."""


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
            number, done, short = 1, 0, 0
            for lines, num_bytes in _blocks(file):
                done += num_bytes
                if is_gzip and done > max(_FREE_EXPANSION, _MOST_EXPANSION * raw.tell()):
                    raise InputError(f"{path}: grows more than {_MOST_EXPANSION} times by gunzip")
                short += sum(line is not None and len(line) < SHORTEST_PLAN - 1 for line in lines)
                if short > MOST_SHORT:
                    raise InputError(
                        f"{path}: holds more than {MOST_SHORT:,} lines of under {SHORTEST_PLAN} "
                        "bytes, empty or too short for a plan"
                    )
                for line in lines:
                    yield number, None if line is None else line.rstrip(b"\r\n")
                    number += 1
                if progress is not None:
                    progress(min(raw.tell(), size), size)
            if progress is not None:
                progress(size, size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: damaged or cut short gzip file ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _blocks(file: IO[bytes]) -> Iterator[tuple[list[bytes | None], int]]:
    """Some lines without their ends, None for those too long to keep; and the bytes read for them.

    Many at a time: the reader's own `readline` takes longer than unpacking the file.
    """
    start, is_too_long = b"", False  # of the line that the last block ended in
    while block := file.read(_BLOCK):
        first, *more = block.split(b"\n")
        lines: list[bytes | None] = []
        if more:
            first = start + first
            lines.append(None if is_too_long or len(first) >= LONGEST_LINE else first)
            lines += more[:-1]  # shorter than a block
            start, is_too_long = more[-1], False
        else:
            start += first
        if len(start) >= LONGEST_LINE:
            start, is_too_long = b"", True
        yield lines, len(block)
    if start or is_too_long:
        yield [None if is_too_long else start], 0


_BLANK = " \t\r\n"
_SCAN = json.JSONDecoder()


class ListError(ValueError):
    """The text is no JSON list from here on; says where."""


def split_list(text: str) -> Iterator[str | None]:
    """The texts of a JSON list's elements; None for one of over a megabyte, which ends the list.

    Args:
        text: begins with `[`, blanks aside.

    Raises:
        ListError: it is no list, but for what is wrong within an element of the usual size.
    """
    values = _Values(text)
    place = _skip(text, _skip(text, 0) + 1)
    mark = "," if text[place : place + 1] != "]" else "]"
    number = 0
    while mark == ",":
        end = values.end(place)
        if end is None:
            yield None
            return
        yield text[place:end]
        number += 1
        place = _skip(text, end)
        mark = text[place : place + 1]
        if mark == ",":
            place = _skip(text, place + 1)
    if mark != "]":
        raise ListError(f"expected a comma or the end of the list after plan {number}")
    if text[place + 1 :].strip(_BLANK):
        raise ListError("something follows the list")


def first_value(text: str) -> tuple[str, str] | None:
    """A JSON text's first value and the rest; None if there is none of under a megabyte."""
    start = _skip(text, 0)
    try:
        end = _Values(text).end(start)
    except ListError:
        return None
    return None if end is None else (text[start:end], text[end:])


class _Values:
    """Finds where values end, looking at a megabyte of the text at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._start, self._part = 0, text[:LONGEST_LINE]

    def end(self, start: int) -> int | None:
        """Where the value at `start` ends; None if it is longer than a megabyte.

        Raises:
            ListError: there is no value.
        """
        found = self._decoded(start)
        if found is None and start > self._start:
            self._start, self._part = start, self.text[start : start + LONGEST_LINE]
            found = self._decoded(start)
        return found

    def _decoded(self, start: int) -> int | None:
        """As `end`; None as well if the part in view does not hold all of the value."""
        is_last = self._start + len(self._part) >= len(self.text)
        try:
            _, end = uncollected(_SCAN.raw_decode, self._part, start - self._start)
        except RecursionError:
            raise ListError("a plan is nested too deeply") from None
        except ValueError as error:
            if is_last:
                raise ListError(f"is not JSON ({str(error)[:60]})") from None
            return None
        # A number or a word may go on behind the part that was looked at.
        return self._start + end if is_last or end < len(self._part) else None


def _skip(text: str, place: int) -> int:
    """The first place from there on that is not blank."""
    while text[place : place + 1] and text[place] in _BLANK:
        place += 1
    return place
