"""One thing that a layout must satisfy, for people and for the solver."""

from dataclasses import dataclass

from bd_gen.layouts.constraints import Clause, Linear


@dataclass(frozen=True)
class Statement:
    """One thing that must hold.

    Attributes:
        text: in words.
        rooms: the rooms that it speaks of.
        relation: the edge token 0..10 if it is about a pair of rooms; None for an option.
        clauses: all of these must hold, each a choice of linear conditions.
        one_of: all conditions of at least one of these must hold too.
        area: least and largest area of the one room in `rooms`, in pixels².
        choices: all clauses of at least one of these must hold too.
        extent: least and largest area of the box around all rooms, in pixels².
    """

    text: str
    rooms: tuple[int, ...]
    relation: int | None = None
    clauses: tuple[Clause, ...] = ()
    one_of: tuple[tuple[Linear, ...], ...] = ()
    area: tuple[int, int] | None = None
    choices: tuple[tuple[Clause, ...], ...] = ()
    extent: tuple[int, int] | None = None

    def __str__(self) -> str:
        return self.text
