"""How many draws were refused where only some are kept, seed by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bd_gen.system.errors import InputError
from bd_gen.system.plain import plain_dict

FIELD = "rejection"
"""Of the samples file, and of the `config` of a result."""

_COUNTS = ("attempts", "refused", "undecided")
_SHARE = "refused_share"


@dataclass(frozen=True)
class Rejection:
    """The draws of one seed.

    Attributes:
        attempts: draws up to and with the last one that was kept.
        refused: those that were proven to have no layout.
        undecided: those that the solver could not decide, and that were not kept either.
    """

    attempts: int
    refused: int
    undecided: int

    @property
    def share(self) -> float:
        """The share of draws that were not kept."""
        return (self.refused + self.undecided) / self.attempts


def plain_rejection(rejection: Mapping[int, Rejection]) -> dict[str, dict[str, Any]]:
    """As it stands in files: by name of the number, then by seed as text."""
    values: dict[str, dict[str, Any]] = {
        name: {str(seed): getattr(one, name) for seed, one in rejection.items()} for name in _COUNTS
    }
    return {**values, _SHARE: {str(seed): one.share for seed, one in rejection.items()}}


def rejection_from_plain(
    value: Any, seeds: Sequence[int], num_samples: int, where: str
) -> dict[int, Rejection]:
    """What `plain_rejection` made; empty if there is nothing.

    Args:
        value: the field of a file; None where it has none.
        seeds: of the file.
        num_samples: diagrams of each seed that were kept.
        where: file and field, for the message.

    Raises:
        InputError: it has another form, or its numbers contradict those of the file.
    """
    if value is None:
        return {}
    fields = plain_dict(value, where)
    names = {str(seed) for seed in seeds}
    for name in _COUNTS:
        counts = fields.get(name)
        good = isinstance(counts, dict) and set(counts) == names
        if not (good and all(map(_is_count, fields[name].values()))):
            raise InputError(f"{where}/{name}: expected a count for each seed")
    found = {seed: Rejection(*(fields[name][str(seed)] for name in _COUNTS)) for seed in seeds}
    for seed, one in found.items():
        kept = one.attempts - one.refused - one.undecided
        if kept != num_samples:
            raise InputError(f"{where}: seed {seed}: expected {num_samples} kept, got {kept}")
    return found


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def rejection_in_words(value: Any) -> str:
    """The plain form in a few words, over all seeds: "9.8 % of 1,109 draws, 0 undecided".

    Text that says so if it has another form, as the files of others may.
    """
    try:
        attempts, refused, undecided = (sum(value[name].values()) for name in _COUNTS)
        share = (refused + undecided) / attempts
        return f"{100 * share:.1f} % of {attempts:,} draws, {undecided:,} undecided"
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return "not readable"
