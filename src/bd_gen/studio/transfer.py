"""Files in and out: what people bring, and every export as a download."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.recorded_words import described
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.exchange.choosing import Choice
from bd_gen.exchange.export import export_plans, export_target
from bd_gen.exchange.exports import FORMATS
from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out
from bd_gen.studio.sketch import named, touches_in
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


def exported(plan: LaidOut, format_name: str, scale: float) -> Download:
    """A plan as a file of any export format; `scale` is metres per pixel.

    Raises:
        InputError: there is no such format, or the plan lacks what it needs.
    """
    if format_name not in FORMATS:
        raise InputError(f"format: expected one of {', '.join(FORMATS)}")
    with tempfile.TemporaryDirectory(prefix="bd-gen-studio-") as folder:
        # The name is made here: nothing that the page says becomes part of a path.
        target = export_target(Path(folder) / f"plan.{format_name}")
        (path,) = export_plans([plan], target, scale)
        content = path.read_bytes()
    media = _MEDIA.get(format_name, "application/octet-stream")
    return Download(f"plan.{format_name}", media, content)


def imported(content: bytes, name: str, words: Words = RPLAN) -> dict[str, Any]:
    """The diagrams of a file that somebody brings, by the guarded readers; see `docs/security.md`.

    Args:
        content: of the file.
        name: what the user calls it, for messages alone.
        words: those of the studio.

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
            options = ReadingOptions(RoomLabels(words=words), takes_joined=True, is_whole=False)
            read = read_laid_out(path, Choice(limit=MOST_PLANS), options)
        except InputError as error:
            raise InputError(str(error).replace(str(path), name)) from None
    for plan in read.plans:  # samples bring words of their own
        found = plan.diagram.words
        if found.hash != words.hash:
            raise InputError(
                f"{name}: its rooms are of the vocabulary {described(found.name, found.hash)}; "
                f"here is {described(words.name, words.hash)}"
            )
    return {
        "plans": [_message(plan) for plan in read.plans],
        "notes": [note.replace(str(path), name) for note in read.notes],
    }


def _message(plan: LaidOut) -> dict[str, Any]:
    names = plan.floor_plan.names if plan.floor_plan is not None else None
    words = plan.diagram.words
    own = names or ("",) * plan.diagram.num_rooms
    return {
        "id": plan.id,
        "rooms": [
            {"type": words.room_names[t], "name": name}
            for t, name in zip(plan.diagram.room_types, own, strict=True)
        ],
        "relations": named(plan.diagram) + [[i, j, touches_in(words)] for i, j in plan.joined],
        "boxes": None if plan.boxes is None else plan.boxes.tolist(),
    }
