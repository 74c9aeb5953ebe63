"""Options of commands that draw samples: where, from which models, and what after a failure."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from bd_gen.generation.engines import Engine, EngineSettings
    from bd_gen.model.class_weights import ClassWeights

F = TypeVar("F", bound=Callable[..., Any])


def engine_options(function: F) -> F:
    """Add --engine, --workers, --scheduler and --shard-size, named as in `EngineSettings`."""
    for option in (
        click.option("--shard-size", type=int, help="Diagrams of a job.  [default: one batch]"),
        click.option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster: tcp://HOST:8786."),
        click.option("--workers", type=int, help="Processes.  [default: number of cores]"),
        click.option(
            "--engine",
            type=click.Choice(["serial", "processes", "dask"]),
            default="serial",
            show_default=True,
            help="Draw in this process, in several, or on a Dask cluster.",
        ),
    ):
        function = option(function)
    return function


@contextmanager
def opened_engine(settings: "EngineSettings") -> Iterator["Engine"]:
    """The engine that the options ask for; says who it is, if it is not this process."""
    from bd_gen.generation.engines import open_engine

    with open_engine(settings) as engine:
        if engine.description:
            click.echo(f"{settings.name}: {engine.description}", err=True)
        yield engine


Decorated = Callable[..., Any]


def checkpoint_option(command: Decorated) -> Decorated:
    """`--checkpoint FILE` or `--checkpoint SCHEDULE=FILE`, as often as needed."""
    return click.option(
        "--checkpoint",
        "checkpoints",
        multiple=True,
        metavar="[SCHEDULE=]FILE",
        help="A model (repeat); SCHEDULE is its noise schedule, or learned. FILE may be bundled.",
    )(command)


def drawing_options(command: Decorated) -> Decorated:
    """How and where diagrams are drawn, and what happens after a failure."""
    options = (
        click.option("--batch-size", type=click.IntRange(min=1), default=512, show_default=True),
        click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, ..."),
        click.option(
            "--class-weights",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="JSON: weights of the loss that trained the models, to be divided out.",
        ),
        click.option("--keep-going", is_flag=True, help="Go on after a failure; tell at the end."),
        click.option("--dry-run", is_flag=True, help="Only print the commands, to be pasted."),
    )
    for option in reversed(options):
        command = option(command)
    return engine_options(command)


def class_weights_of(path: Path | None) -> "ClassWeights | None":
    """The weights in a file, if one is given."""
    from bd_gen.model.class_weights import read_class_weights

    return None if path is None else read_class_weights(expanded(path))


def numbers(option: str, text: str | None) -> tuple[int, ...] | None:
    """Numbers separated by commas.

    Raises:
        InputError: something else.
    """
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.strip("[] ").split(","))
    except ValueError:
        raise InputError(f"{option} {text}: expected numbers such as 42,123") from None


def named_folder(directory: Path) -> Path:
    """The directory by a path that ends in its name, which is what results are known by."""
    return directory if directory.name not in ("", "..") else directory.resolve()


def summary(failed: Sequence[str]) -> str:
    """One line on a batch that did not go well."""
    names = list(dict.fromkeys(failed))
    return f"{len(names)} failed: {', '.join(names[:4])}{', ...' if len(names) > 4 else ''}"
