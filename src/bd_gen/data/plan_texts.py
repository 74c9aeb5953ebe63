"""The plans of a file one by one, as JSON: lines, or in a `.json` file one plan or a list."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from bd_gen.data.line_reader import read_lines
from bd_gen.errors import InputError

LARGEST_JSON = 1 << 26

Texts = Iterator[tuple[int, bytes | None]]


def read_plan_texts(
    path: str | Path, progress: Callable[[int, int], None] | None = None
) -> tuple[str, Texts]:
    """What a plan is called in this file ("line" or "plan"), and (number from 1, JSON) of each.

    A file whose name ends in `.json` may hold one plan or a list of plans over any number of lines;
    whatever else it holds is taken for lines, as in files of other names.

    Raises:
        InputError: as `read_lines`, or a list of more than 64 MB.
    """
    plans = _whole(Path(path)) if str(path).lower().endswith(".json") else None
    if plans is None:
        return "line", read_lines(path, progress)
    return "plan", ((k, _text(plan)) for k, plan in enumerate(plans, start=1))


def _whole(path: Path) -> list[object] | None:
    """The plans of a file that is one JSON value, or None if it is not."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            data = file.read(LARGEST_JSON + 1)
        if len(data) > LARGEST_JSON:
            if data[:100].lstrip().startswith(b"["):
                raise InputError(f"{path}: a list of over 64 MB; expected JSON lines (.jsonl)")
            return None
        content = json.loads(data)
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, list) else [content]


def _text(plan: object) -> bytes | None:
    try:
        return json.dumps(plan).encode()
    except RecursionError:
        return None
