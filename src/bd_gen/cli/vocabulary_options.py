"""The options that say what names in files and on the command line mean."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bd_gen.diagrams.names import RoomLabels
    from bd_gen.diagrams.words import Words

Command = TypeVar("Command", bound=Callable[..., Any])


def plan_file_options(command: Command) -> Command:
    """Give a command --labels, --vocabulary and --skip-bad: how it reads plans and graphs."""
    for option in (
        click.option(
            "--skip-bad", is_flag=True, help="Leave out bad plans instead of refusing the file."
        ),
        click.option(
            "--vocabulary",
            metavar="NAME|FILE",
            help="What rooms and relations are called: rplan, resplan, lifull, or a YAML file "
            "(docs/vocabulary.md).  [default: rplan]",
        ),
        click.option(
            "--labels",
            type=click.Path(path_type=Path),
            help='JSON file {"foreign label": "RoomType"} for plans and graphs.',
        ),
    ):
        command = option(command)
    return command


def words_of(vocabulary: str | None, default: "Words | None" = None) -> "Words":
    """The words that the option names.

    Args:
        vocabulary: the option; None: not given.
        default: the words then; RPLAN's if None.

    Raises:
        InputError: there is no such vocabulary.
    """
    from bd_gen.diagrams.rplan import RPLAN
    from bd_gen.diagrams.words_file import words_named
    from bd_gen.system.files import expanded

    if vocabulary is None:
        return RPLAN if default is None else default
    return words_named(expanded(vocabulary))


def labels_of(labels: Path | None, words: "Words") -> "RoomLabels":
    """What room labels mean: those of a mapping file (--labels), else the words' own.

    Raises:
        InputError: the mapping cannot be used.
    """
    from bd_gen.data.labels import read_labels
    from bd_gen.diagrams.names import RoomLabels

    return RoomLabels(words=words) if labels is None else read_labels(labels, words)
