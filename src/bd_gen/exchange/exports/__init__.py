"""Diagrams, with or without boxes, as files for other programs.

Each format is a file here that says everything about itself; a plug-in's is a function with the
same decorator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.system.names import Registry

Write = Callable[[Path, Sequence[LaidOut], float], None]


@dataclass(frozen=True)
class ExportFormat:
    """A kind of file that diagrams are written as.

    Attributes:
        name: the ending of its files, without the dot.
        holds: what is in a file, for lists.
        write: `write(path, plans, metres per pixel)`; raises `InputError` for what cannot be.
        most: diagrams in a file; None: any number.
        needs_boxes: are diagrams without boxes left out?
        needs: a package to install, with what it is called for pip; empty if none.
    """

    name: str
    holds: str
    write: Write
    most: int | None = None
    needs_boxes: bool = False
    needs: str = ""

    @property
    def holds_one(self) -> bool:
        """Does a file hold one diagram?"""
        return self.most == 1


FORMATS: Registry[ExportFormat] = Registry("export format")
"""All formats by name."""


def export_format(
    *names: str,
    holds: str,
    most: int | None = None,
    needs_boxes: bool = False,
    needs: str = "",
) -> Callable[[Write], Write]:
    """Register the decorated function as the writer of files with these endings.

    Args:
        names: endings without the dot.
        holds: what is in a file, for lists.
        most: diagrams in a file; None: any number.
        needs_boxes: are diagrams without boxes left out?
        needs: a package to install; empty if none.

    Raises:
        InputError: a name is taken.
    """

    def decorate(write: Write) -> Write:
        for name in names:
            FORMATS.add(name, ExportFormat(name, holds, write, most, needs_boxes, needs))
        return write

    return decorate


def endings() -> str:
    """The endings of all formats, for people: ".csv, .dxf, ..."."""
    return ", ".join(f".{name}" for name in FORMATS)


FORMATS.complete(__name__, first=("plans", "rooms_csv", "pictures"))
