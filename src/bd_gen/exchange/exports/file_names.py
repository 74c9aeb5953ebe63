"""File names from ids, which come from elsewhere and must not say where something is written."""

import os
from collections.abc import Iterable

_LONGEST = 100  # bytes
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(10))]
)


def file_name(plan_id: str) -> str:
    """A name for a file, without an ending: letters, digits, "-", "_" and "." of the id.

    It has no path in it, does not start or end with a dot, is at most 100 bytes long, never empty
    and no name that Windows keeps for devices. Letters that this machine's file names cannot hold,
    as in a Latin-1 locale, become "_".
    """
    kept = "".join(c if _is_kept(c) else "_" for c in plan_id)
    kept = kept.encode(errors="replace")[:_LONGEST].decode(errors="ignore").strip(".")
    if not kept.strip("_"):
        return "plan"
    return f"_{kept}" if kept.split(".")[0].casefold() in _RESERVED else kept


def _is_kept(letter: str) -> bool:
    if not (letter.isalnum() or letter in "-_."):
        return False
    try:
        os.fsencode(letter)
    except UnicodeEncodeError:
        return False
    return True


def file_names(plan_ids: Iterable[str]) -> list[str]:
    """A name for each id, all different, also where capitals and small letters are the same."""
    taken: set[str] = set()
    names = []
    for plan_id in plan_ids:
        name = first = file_name(plan_id)
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{first}-{count}"
        taken.add(name.casefold())
        names.append(name)
    return names
