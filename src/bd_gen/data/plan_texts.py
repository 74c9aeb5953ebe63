"""The plans of a file one by one, as JSON: lines, or in a `.json` file one plan or a list."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bd_gen.data.line_reader import read_lines
from bd_gen.data.plan_list import ListError, first_value, split_list
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
        InputError: as `read_lines`, or a list of more than 64 MB, or one that is damaged.
    """
    if not str(path).lower().endswith(".json"):
        return "line", read_lines(path, progress)
    text = _whole(Path(path))
    if text is not None and text.lstrip().startswith("["):
        return "plan", _numbered(path, text)
    first = None if text is None else first_value(text)
    if first is None or first[1].strip():
        return "line", read_lines(path, progress)
    return "plan", iter([(1, first[0].encode())])


def _numbered(path: str | Path, text: str) -> Texts:
    try:
        for number, plan in enumerate(split_list(text), start=1):
            yield number, None if plan is None else plan.encode()
    except ListError as error:
        raise InputError(f"{path}: {error}") from None


def _whole(path: Path) -> str | None:
    """The text of a file that may be one JSON value; None if it is none, or is too large."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            data = file.read(LARGEST_JSON + 1)
        if len(data) > LARGEST_JSON:
            if data[:100].lstrip().startswith(b"["):
                raise InputError(f"{path}: a list of over 64 MB; expected JSON lines (.jsonl)")
            return None
        return data.decode("utf-8-sig")
    except (OSError, ValueError):
        return None
