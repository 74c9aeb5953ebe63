"""Project files `.bdgen.json`: brief, diagram, locks, boxes, seed, and which model it was."""

from typing import Any

from bd_gen.diagrams.recorded_words import described
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.diagrams.words import Words
from bd_gen.studio.fields import box_of, items, number, table, text, whole
from bd_gen.studio.sketch_message import plot_fields, sketch_of
from bd_gen.system.errors import InputError
from bd_gen.system.plain import JsonError, parse_json, plain_dict

FORMAT, FORMAT_VERSION = "bd-gen project", 1
LARGEST_PROJECT = 1_000_000
"""Bytes."""

_LARGEST_SEED = 2**53 - 1  # what JavaScript counts exactly
_OWN = frozenset(
    {
        "format",
        "version",
        "made_by",
        "vocabulary",
        "vocabulary_hash",
        "checkpoint",
        "sketch",
        "view",
    }
)


def project_of(content: bytes | str, checkpoint: str, words: Words = RPLAN) -> dict[str, Any]:
    """A project file, checked, with notes on what is other here than where it was made.

    Args:
        content: of the file.
        checkpoint: SHA-256 of the model that is used here.
        words: of that model.

    Returns:
        {"project": as it was, without what nobody knows; "notes": sentences}.

    Raises:
        InputError: it is no project, of a later version, or holds what cannot be.
    """
    if len(content) > LARGEST_PROJECT:
        raise InputError(f"project: expected at most {LARGEST_PROJECT:,} bytes")
    try:
        project = plain_dict(parse_json(content), "project")
    except JsonError as error:
        raise InputError(f"project: {error}") from None
    if project.get("format") != FORMAT:
        raise InputError(f"project: expected a file that says 'format': {FORMAT!r}")
    version = whole(project.get("version"), "project: version", 1, 10_000)
    if version > FORMAT_VERSION:
        raise InputError(
            f"project: is of version {version}, made by a later bd-gen; this one knows "
            f"{FORMAT_VERSION}"
        )
    notes = [f"'{key[:40]}' means nothing here and was left out" for key in project.keys() - _OWN]
    _check_vocabulary(project, words)
    made_with = text(project.get("checkpoint", ""), "project: checkpoint", 64)
    if made_with and checkpoint and made_with != checkpoint:
        notes.append(
            "it was made with another model: the plan is the same, new alternatives will differ"
        )
    return {"project": checked_document(project.get("sketch"), words), "notes": notes}


def _check_vocabulary(project: dict[str, Any], words: Words) -> None:
    name = text(project.get("vocabulary", RPLAN.name), "project: vocabulary", 100)
    own = words.hash if name == words.name else ""  # files before there were others have no hash
    found = text(project.get("vocabulary_hash", own), "project: vocabulary_hash", 64)
    if found != words.hash:
        theirs = described(repr(name), found) if found else repr(name)
        raise InputError(
            f"project: its rooms are of the vocabulary {theirs}; here is "
            f"{described(repr(words.name), words.hash)}: open it with the model that it was made "
            "with (bd-gen studio --checkpoint FILE)"
        )


def checked_document(document: Any, words: Words = RPLAN) -> dict[str, Any]:
    """What is drawn, as the page keeps it, with nothing in it that nobody knows.

    Raises:
        InputError: it holds what cannot be.
    """
    sketch = table(document, "project: sketch")
    rooms = items(sketch.get("rooms"), "project: rooms", LARGEST_N_MAX)
    links = items(sketch.get("links", []), "project: links", LARGEST_N_MAX * LARGEST_N_MAX // 2)
    plain = {
        "rooms": [
            {"type": table(r, "rooms").get("type", ""), "name": r.get("name", "")}
            | ({"area": r["area"]} if r.get("area") is not None else {})
            for r in rooms
        ],
        "relations": [_relation(table(link, "links")) for link in links],
        "rules": sketch.get("rules", []),
        "areas": sketch.get("areas", {}),
        "plot": sketch.get("plot"),
    }
    some = plain["rooms"] or [{"type": words.room_names[0]}]  # a sketch has one at least
    sketch_of({**plain, "rooms": some}, words)  # refuses what cannot be
    return {
        "rooms": [_room(room) for room in rooms],
        "links": [_link(link) for link in links],
        "rules": [{"kind": r["kind"], "text": r["text"]} for r in plain["rules"]],
        "areas": plain["areas"],
        **({} if plain["plot"] is None else {"plot": plot_fields(plain["plot"])}),
        "seed": whole(sketch.get("seed", 0), "project: seed", 0, _LARGEST_SEED),
    }


def _relation(link: dict[str, Any]) -> list[Any]:
    return [link.get("a"), link.get("b"), link.get("relation")]


def _room(room: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": room["type"], "name": room.get("name", "")}
    if room.get("area") is not None:
        found["area"] = room["area"]
    for axis in ("x", "y"):
        at = room.get(axis)
        if at is not None:
            found[axis] = number(at, f"project: {axis}")
    if room.get("box") is not None:
        found["box"] = list(box_of(room["box"], "project: box"))
    return found | _marks(room)


def _link(link: dict[str, Any]) -> dict[str, Any]:
    return {key: link[key] for key in ("a", "b", "relation")} | _marks(link)


def _marks(thing: dict[str, Any]) -> dict[str, Any]:
    """Who drew it, and what is locked."""
    by = thing.get("by", "hand")
    if by not in ("hand", "model"):
        raise InputError("project: by: expected 'hand' or 'model'")
    marks = {"by": by}
    for key in ("locked", "placed"):
        value = thing.get(key, False)
        if not isinstance(value, bool):
            raise InputError(f"project: {key}: expected true or false")
        if value:
            marks[key] = value
    return marks
