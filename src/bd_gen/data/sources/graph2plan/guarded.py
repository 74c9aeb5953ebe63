"""Reading MATLAB files in a process of their own.

The reader is scipy's, partly written in C; a damaged file can make it crash or ask for any amount
of memory. A child process takes the fall and has its memory limited; what it has read comes back
as plain arrays.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bd_gen.data.cache import store_table, stored_table
from bd_gen.data.plan_table import PlanTable
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

MEMORY_LIMIT = 8 << 30
"""Bytes of address space that reading may take; the published data.mat (about 1 GB unpacked)
takes a small part of it."""

_PROGRESS = "progress"
_ERROR = "error"


def read_in_child(
    path: str | Path,
    vocabulary: Vocabulary,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PlanTable:
    """As `read_graph2plan` of `source`, whatever the file does to the reader.

    Raises:
        InputError: as there, or the reader broke down over the file.
    """
    with tempfile.TemporaryDirectory(prefix="bd-gen-") as folder:
        out = Path(folder) / "table.npz"
        arguments = [str(path), str(vocabulary.n_max), str(int(skip_bad)), str(out)]
        message = ""
        with subprocess.Popen(  # noqa: S603 - this interpreter, this module
            [sys.executable, "-m", "bd_gen.data.sources.graph2plan.guarded", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p or "." for p in sys.path)},
            text=True,
            encoding="utf-8",
        ) as child:
            for line in child.stdout or ():
                kind, _, rest = line.rstrip("\n").partition(" ")
                if kind == _PROGRESS and progress is not None:
                    done, total = rest.split()
                    progress(int(done), int(total))
                elif kind == _ERROR:
                    message = rest
        if message:
            raise InputError(message)
        table = stored_table(out, vocabulary) if child.returncode == 0 else None
        if table is None:
            raise InputError(f"{path}: not a MATLAB file, or damaged (the reader broke down)")
        return table


def _main(path: str, n_max: str, skip_bad: str, out: str) -> None:
    import resource

    from bd_gen.data.sources.graph2plan.source import read_graph2plan

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def report(done: int, total: int) -> None:
        sys.stdout.write(f"{_PROGRESS} {done} {total}\n")
        sys.stdout.flush()

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        table = read_graph2plan(path, Vocabulary(int(n_max)), skip_bad == "1", report)
        store_table(Path(out), table)
    except InputError as error:
        sys.stdout.write(f"{_ERROR} {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    _main(*sys.argv[1:])
