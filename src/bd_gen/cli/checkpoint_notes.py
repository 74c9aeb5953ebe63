"""What people should know of a checkpoint or of data that they use, said once a command."""

from typing import TYPE_CHECKING

import click

from bd_gen.system.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bd_gen.training.checkpoint import Checkpoint


def say_data_notes(notes: "Iterable[str]") -> None:
    """Print what was left out of plans or looks odd in them on stderr."""
    for note in notes:
        click.echo(f"bd-gen: warning: {printable(note)}", err=True)


def say_file_notes(notes: "Iterable[str]") -> None:
    """Print what people should know of a file that they named on stderr."""
    for note in notes:
        click.echo(f"bd-gen: note: {printable(note)}", err=True)


def say_notes(*checkpoints: "Checkpoint") -> None:
    """Print the notes of checkpoints on stderr, each once."""
    for note in dict.fromkeys(note for checkpoint in checkpoints for note in checkpoint.notes):
        click.echo(f"bd-gen: note: {printable(note)}", err=True)
