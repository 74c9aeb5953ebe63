"""The plans of a file one by one, as JSON: lines, one plan, or a list, gzipped or not.

Which of these a file is is told by its content, whatever its name.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, cast

from bd_gen.data.sources.plans.pieces import (
    LONGEST_LINE,
    MOST_SHORT,
    SHORTEST_PLAN,
    ListError,
    first_value,
    read_lines,
    split_list,
)
from bd_gen.system.errors import InputError
from bd_gen.system.files import check_pointer

LARGEST_JSON = 1 << 26

Texts = Iterator[tuple[int, bytes | None]]

_BOM = b"\xef\xbb\xbf"
_MOST_BLANK = 1 << 20  # bytes at the start


def read_plan_texts(
    path: str | Path, progress: Callable[[int, int], None] | None = None
) -> tuple[str, Texts]:
    """What a plan is called in this file ("line" or "plan"), and (number from 1, JSON) of each.

    What begins with `[` is a list of plans, and what begins with an object that does not end on
    its line is one plan; everything else is taken for lines. A list that ends on its line is such
    a line if something follows.

    Raises:
        InputError: as `read_lines`, a list of more than 64 MB or one that is damaged, or a pointer
            to a file kept by Git LFS.
    """
    head = _first_line(Path(path))
    check_pointer(path, head)
    is_list = head.startswith(b"[")
    if is_list or (head.startswith(b"{") and not _ends(head)):
        text = _whole(Path(path), is_list)
        first = None if text is None else first_value(text)
        is_alone = first is not None and not first[1].strip()
        if text is not None and is_list and (is_alone or not _ends(head)):
            return "plan", _numbered(path, text)
        if first is not None and is_alone:
            return "plan", iter([(1, first[0].encode())])
    return "line", read_lines(path, progress)


def is_one_object(path: str | Path) -> bool:
    """Is this a single JSON object that is not gzipped, be it over several lines?

    Raises:
        InputError: as `read_plan_texts`.
    """
    head = _first_line(Path(path))
    if not head.startswith(b"{") or _is_gzip(Path(path)):
        return False
    texts = (text for _, text in read_plan_texts(path)[1] if text is None or text.strip())
    return len(list(islice(texts, 2))) == 1


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if _is_gzip(path) else path.open("rb")


def _first_line(path: Path) -> bytes:
    """The first line that is not blank, cut at 1 MB; nothing if there is none to be read."""
    left = _MOST_BLANK
    try:
        if not path.is_file():
            return b""
        with _opened(path) as file:
            while left > 0 and (line := file.readline(LONGEST_LINE)):
                left -= len(line)
                if text := line.removeprefix(_BOM).strip():
                    return text
    except (OSError, EOFError, zlib.error):
        pass  # whoever reads the lines says what is wrong
    return b""


def _ends(line: bytes) -> bool:
    """Does a value end where this line does? A plan of over a megabyte is taken to."""
    if len(line) >= LONGEST_LINE - len(_BOM):
        return line.startswith(b"{")
    try:
        value = first_value(line.decode())
    except UnicodeDecodeError:
        return False
    return value is not None and not value[1].strip()


def _numbered(path: str | Path, text: str) -> Texts:
    short = 0
    try:
        for number, plan in enumerate(split_list(text), start=1):
            short += plan is not None and len(plan) < SHORTEST_PLAN
            if short > MOST_SHORT:
                raise ListError(
                    f"holds more than {MOST_SHORT:,} values of under {SHORTEST_PLAN} bytes, "
                    "too short for a plan"
                )
            yield number, None if plan is None else plan.encode()
    except ListError as error:
        raise InputError(f"{path}: {error}") from None


def _whole(path: Path, is_list: bool) -> str | None:
    """The text of a file that may be one JSON value; None if it is none, or is too large."""
    try:
        with _opened(path) as file:
            data = file.read(LARGEST_JSON + 1)
        if len(data) > LARGEST_JSON:
            if is_list:
                raise InputError(f"{path}: a list of over 64 MB; expected JSON lines (.jsonl)")
            return None
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, ValueError):
        return None
