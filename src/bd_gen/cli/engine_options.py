"""The options that say where samples are drawn, for every command that draws some."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bd_gen.generation.engines import Engine, EngineSettings

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
