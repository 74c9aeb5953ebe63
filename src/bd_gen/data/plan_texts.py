"""The plans of a file one by one, as JSON: lines, one plan, or a list, gzipped or not.

Which of these a file is is told by its content, whatever its name.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, cast

from bd_gen.data.line_reader import LONGEST_LINE, read_lines
from bd_gen.errors import InputError

LARGEST_JSON = 1 << 26

Texts = Iterator[tuple[int, bytes | None]]

_BOM = b"\xef\xbb\xbf"
_MOST_BLANK = 1000  # lines at the start
_LFS_POINTER = b"version https://git-lfs.github.com/"


def read_plan_texts(
    path: str | Path, progress: Callable[[int, int], None] | None = None
) -> tuple[str, Texts]:
    """What a plan is called in this file ("line" or "plan"), and (number from 1, JSON) of each.

    What begins with `[` is a list of plans, and what begins with an object that does not end on
    its line is one plan; everything else is taken for lines.

    Raises:
        InputError: as `read_lines`, a list of more than 64 MB, or a pointer to a file kept by Git
            LFS.
    """
    head = _first_line(Path(path))
    if head.startswith(_LFS_POINTER):
        raise InputError(f"{path}: a pointer of Git LFS, not the file; get it by `git lfs pull`")
    is_cut = len(head) >= LONGEST_LINE - len(_BOM)
    if head.startswith(b"[") or (head.startswith(b"{") and not is_cut and not _is_json(head)):
        plans = _whole(Path(path), is_list=head.startswith(b"["))
        if plans is not None:
            return "plan", ((k, _text(plan)) for k, plan in enumerate(plans, start=1))
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
    try:
        if not path.is_file():
            return b""
        with _opened(path) as file:
            for _ in range(_MOST_BLANK):
                line = file.readline(LONGEST_LINE)
                text = line.removeprefix(_BOM).strip()
                if text or not line:
                    return text
    except (OSError, EOFError, zlib.error):
        pass  # whoever reads the lines says what is wrong
    return b""


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _whole(path: Path, is_list: bool) -> list[object] | None:
    """The plans of a file that is one JSON value, or None if it is not."""
    try:
        with _opened(path) as file:
            data = file.read(LARGEST_JSON + 1)
        if len(data) > LARGEST_JSON:
            if is_list:
                raise InputError(f"{path}: a list of over 64 MB; expected JSON lines (.jsonl)")
            return None
        content = json.loads(data)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        return None
    return content if isinstance(content, list) else [content]


def _text(plan: object) -> bytes | None:
    try:
        return json.dumps(plan).encode()
    except RecursionError:
        return None
