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


_USUAL = 1 << 14  # characters of a plan; longer ones are looked at twice
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
    place = _skip(text, _skip(text, 0) + 1)
    mark = "," if text[place : place + 1] != "]" else "]"
    number = 0
    while mark == ",":
        end = _end_of_value(text, place)
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
        end = _end_of_value(text, start)
    except ListError:
        return None
    return None if end is None else (text[start:end], text[end:])


def _end_of_value(text: str, start: int) -> int | None:
    """Where the value at `start` ends; None if it is longer than a megabyte.

    Raises:
        ListError: there is no value.
    """
    for longest in (_USUAL, LONGEST_LINE):
        part = text[start : start + longest]
        try:
            _, end = _SCAN.raw_decode(part)
        except RecursionError:
            raise ListError("a plan is nested too deeply") from None
        except ValueError as error:
            if len(part) < longest:
                raise ListError(f"is not JSON ({str(error)[:60]})") from None
            continue
        # A number or a word may go on behind the part that was looked at.
        if end < len(part) or len(part) < longest:
            return start + end
    return None


def _skip(text: str, place: int) -> int:
    """The first place from there on that is not blank."""
    while text[place : place + 1] and text[place] in _BLANK:
        place += 1
    return place
