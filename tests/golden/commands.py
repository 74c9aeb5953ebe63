"""The public commands, run in this process in a folder of their own."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from bd_gen.cli.main import cli


def bd_gen(*args: str) -> str:
    """What `bd-gen ARGS` prints.

    Raises:
        RuntimeError: the command did not end with exit code 0.
    """
    done = CliRunner().invoke(cli, args, catch_exceptions=False)
    if done.exit_code != 0:
        raise RuntimeError(f"bd-gen {' '.join(args)}: exit code {done.exit_code}: {done.output}")
    return done.output


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Be in that folder, which is made, with a cache of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    before = os.environ.get("BD_GEN_CACHE")
    os.environ["BD_GEN_CACHE"] = str(folder / "cache")
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.pop("BD_GEN_CACHE")
        if before is not None:
            os.environ["BD_GEN_CACHE"] = before
