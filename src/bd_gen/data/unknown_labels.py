"""Labels of foreign files that mean no room type: all of them at once, and a mapping to fill in."""

import json
from collections import Counter
from pathlib import Path

from bd_gen.data.problems import one_line
from bd_gen.diagrams.folded import fold_name
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_text
from bd_gen.system.names import nearest

_MOST_SHOWN = 12
_ALIKE = 0.8  # below it, wrong guesses ("Salon": Balcony) are commoner than right ones


class UnknownLabelsError(InputError):
    """A file is refused, and labels in it mean no room type.

    Attributes:
        labels: how many rooms have each of them.
    """

    def __init__(self, message: str, labels: Counter[str]) -> None:
        super().__init__(message)
        self.labels = labels


def labels_sentence(labels: Counter[str]) -> str:
    """All unknown labels with their numbers of rooms, the commonest first, in one line."""
    shown = [f"{one_line(label)!r} ({count:,})" for label, count in _sorted(labels)[:_MOST_SHOWN]]
    more = f", and {len(labels) - _MOST_SHOWN:,} more" if len(labels) > _MOST_SHOWN else ""
    return f"{len(labels):,} unknown labels (rooms): {', '.join(shown)}{more}"


def mapping_template(labels: Counter[str], words: Words = RPLAN) -> str:
    """A mapping file with every unknown label; types that are near in name are filled in."""
    known = {fold_name(name): name for name in words.room_names}

    def guess(label: str) -> str:
        near = nearest(fold_name(label), known, 1, _ALIKE)
        return known[near[0]] if near else ""

    template = {label: guess(label) for label, _ in _sorted(labels)}
    return json.dumps(template, ensure_ascii=False, indent=1) + "\n"


def write_template(path: str | Path, labels: Counter[str], words: Words = RPLAN) -> None:
    """Write the mapping to fill in.

    Raises:
        InputError: the file cannot be written.
    """
    write_text(path, mapping_template(labels, words))


def _sorted(labels: Counter[str]) -> list[tuple[str, int]]:
    return sorted(labels.items(), key=lambda one: (-one[1], one[0]))
