"""Files in and out: what people bring, and every export as a download."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.exchange.choosing import Choice
from bd_gen.exchange.export import export_plans, export_target
from bd_gen.exchange.exports import FORMATS
from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out
from bd_gen.studio.sketch import TOUCHES, named
from bd_gen.system.errors import InputError, printable

MOST_PLANS = 50
"""Of a file that somebody brings, the first ones."""

_MEDIA = {
    "json": "application/json", "jsonl": "application/x-ndjson", "csv": "text/csv",
    "graphml": "application/xml", "svg": "image/svg+xml", "png": "image/png",
    "pdf": "application/pdf", "dxf": "image/vnd.dxf",
}  # fmt: skip


class Download(NamedTuple):
    """A file for the page: its name, media type and content."""

    name: str
    media: str
    content: bytes


def exported(plan: LaidOut, format_name: str) -> Download:
    """A plan as a file of any export format.

    Raises:
        InputError: there is no such format, or the plan lacks what it needs.
    """
    if format_name not in FORMATS:
        raise InputError(f"format: expected one of {', '.join(FORMATS)}")
    with tempfile.TemporaryDirectory(prefix="bd-gen-studio-") as folder:
        # The name is made here: nothing that the page says becomes part of a path.
        target = export_target(Path(folder) / f"plan.{format_name}")
        (path,) = export_plans([plan], target, METRES_PER_PIXEL)
        content = path.read_bytes()
    media = _MEDIA.get(format_name, "application/octet-stream")
    return Download(f"plan.{format_name}", media, content)


def imported(content: bytes, name: str) -> dict[str, Any]:
    """The diagrams of a file that somebody brings, by the guarded readers; see `docs/security.md`.

    Args:
        content: of the file.
        name: what the user calls it, for messages alone.

    Returns:
        {"plans": [{"id", "rooms", "relations", "boxes"}], "notes": sentences}.

    Raises:
        InputError: it cannot be used.
    """
    name = printable(name)[:100] or "file"
    with tempfile.TemporaryDirectory(prefix="bd-gen-studio-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        try:
            read = read_laid_out(
                path, Choice(limit=MOST_PLANS), ReadingOptions(takes_joined=True, is_whole=False)
            )
        except InputError as error:
            raise InputError(str(error).replace(str(path), name)) from None
    return {
        "plans": [_message(plan) for plan in read.plans],
        "notes": [note.replace(str(path), name) for note in read.notes],
    }


def _message(plan: LaidOut) -> dict[str, Any]:
    names = plan.floor_plan.names if plan.floor_plan is not None else None
    own = names or ("",) * plan.diagram.num_rooms
    return {
        "id": plan.id,
        "rooms": [
            {"type": RPLAN.room_names[t], "name": name}
            for t, name in zip(plan.diagram.room_types, own, strict=True)
        ],
        "relations": named(plan.diagram) + [[i, j, TOUCHES] for i, j in plan.joined],
        "boxes": None if plan.boxes is None else plan.boxes.tolist(),
    }
