"""The checkpoints that a user gives for many methods, each under the name of its schedule."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bd_gen.model.class_weights import ClassWeights
from bd_gen.model.schedules import SCHEDULES
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded
from bd_gen.system.names import did_you_mean
from bd_gen.training.bundled import BUNDLED, checkpoint_file
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint
from bd_gen.training.trained import LEARNED

LABELS = (*SCHEDULES, LEARNED)
"""What a checkpoint can be given as: its noise schedule, or `learned`."""


@dataclass(frozen=True)
class GivenCheckpoint:
    """A checkpoint, and the file as the user named it."""

    path: Path
    content: Checkpoint


class Checkpoints(Mapping[str, GivenCheckpoint]):
    """Checkpoints by label, one each.

    Args:
        by_label: a key of `LABELS` and what was given for it.
    """

    def __init__(self, by_label: Mapping[str, GivenCheckpoint]) -> None:
        self._by_label = dict(by_label)

    def __getitem__(self, label: str) -> GivenCheckpoint:
        return self._by_label[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_label)

    def __len__(self) -> int:
        return len(self._by_label)

    @property
    def fixed(self) -> list[str]:
        """Labels of those with a fixed forward process."""
        return [label for label in self if label != LEARNED]


def read_checkpoints(
    options: Iterable[str], class_weights: ClassWeights | None = None
) -> Checkpoints:
    """Load what was given as `FILE` or `SCHEDULE=FILE`.

    Without a schedule the checkpoint's own counts. `bundled` is a file, too. Class weights are
    divided out of all of them.

    Raises:
        InputError: a file cannot be used, was trained with another schedule than it is given
            for, or there are two for one schedule.
    """
    found: dict[str, GivenCheckpoint] = {}
    for option in options:
        asked, path = _parts(option)
        content = load_checkpoint(checkpoint_file(path))
        content = replace(content, class_weights=class_weights)
        label = LEARNED if content.is_learned else content.noise
        if asked not in (None, label):
            is_now = "a learned process" if content.is_learned else f"noise={label}"
            raise InputError(f"--checkpoint {option}: {path} was trained with {is_now}")
        if label in found:
            raise InputError(
                f"--checkpoint {option}: {found[label].path} was given for {label} already"
            )
        found[label] = GivenCheckpoint(path, content)
    return Checkpoints(found)


def _parts(option: str) -> tuple[str | None, Path]:
    """The label, if one is given, and the file; a file's own name may hold an equals sign."""
    label, equals, name = option.partition("=")
    if equals and label in LABELS:
        return label, expanded(name)
    path = expanded(option)
    if option == BUNDLED or path.is_file() or not equals:
        return None, path
    raise InputError(
        f"--checkpoint {option}: expected FILE or SCHEDULE=FILE, where SCHEDULE is one of "
        f"{', '.join(LABELS)}{did_you_mean(label, LABELS)}"
    )
