"""What the page asks of the model: which alternatives, and how many."""

from dataclasses import dataclass
from typing import Any

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.studio.fields import items, text, whole
from bd_gen.studio.sketch import Sketch
from bd_gen.studio.sketch_message import relations_of, sketch_of
from bd_gen.system.errors import InputError

MOST = 60
"""Alternatives in a gallery."""


@dataclass(frozen=True)
class Wanted:
    """What the page asks for.

    Attributes:
        sketch: what is kept, and the rules.
        count: alternatives.
        seed: another one gives others.
        like: relations of the complete diagram that alternatives are like; None: draw anew.
        compared: relations that differences are counted from.
    """

    sketch: Sketch
    count: int
    seed: int
    like: tuple[tuple[int, int, int], ...] | None
    compared: tuple[tuple[int, int, int], ...]


def wanted_of(message: dict[str, Any], words: Words = RPLAN) -> Wanted:
    """What a message asks for.

    Raises:
        InputError: it asks for nothing that can be.
    """
    sketch = sketch_of(message.get("sketch"), words)
    mode = text(message.get("mode", "complete"), "mode", 20)
    if mode not in ("complete", "more"):
        raise InputError("mode: expected 'complete' or 'more'")
    compared = items(message.get("compared", []), "compared", 496)
    relations = relations_of(compared, sketch.num_rooms, words)
    return Wanted(
        sketch,
        whole(message.get("count", 1), "count", 1, MOST),
        whole(message.get("seed", 0), "seed", 0, 2**53 - 1),
        relations if mode == "more" else None,
        relations,
    )
