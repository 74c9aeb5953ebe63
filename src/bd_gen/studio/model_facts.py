"""What a checkpoint says of its words and sizes, read without torch, which takes a second."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bd_gen.diagrams.recorded_words import FIELD, words_of_record
from bd_gen.diagrams.relations import rule_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError
from bd_gen.system.torch_archive import TorchArchive


@dataclass(frozen=True)
class ModelFacts:
    """What the page has to know of a model before it is loaded.

    Attributes:
        words: what room types and relations are called.
        most_rooms: of a diagram; None: not known.
    """

    words: Words = RPLAN
    most_rooms: int | None = None


def facts_of(checkpoint: str) -> ModelFacts:
    """What a checkpoint says of itself; RPLAN's words where it says nothing that can be read.

    What is wrong with a checkpoint is told by who loads it. One in the package has RPLAN's words.

    Args:
        checkpoint: a path, or the name of one that comes with the package.
    """
    if not Path(checkpoint).is_file():
        return ModelFacts()
    try:
        with TorchArchive(checkpoint) as archive:
            content: Any = archive.value if isinstance(archive.value, dict) else {}
        words = words_of_record(content.get(FIELD), checkpoint)
        rule_of(words)
    except InputError:
        return ModelFacts()
    n_max = content.get("n_max")
    return ModelFacts(words, n_max if type(n_max) is int else None)
