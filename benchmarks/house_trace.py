"""Which files of the package a command runs through.

A file counts if one of its functions is called by another function: what only happens because a
file is imported (its own lines, its decorators) does not. Worker processes are not followed, so
commands are traced in one process. Runs as `python -m benchmarks.house_trace OUT FOLDER WORDS...`:
the command `bd-gen WORDS`, and the files of FOLDER that it ran through, a line each, in OUT.
"""

import inspect
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

ROOMS = "LivingRoom, Kitchen, Bathroom, MasterRoom, Balcony"
JOURNEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "generate, evaluate and compare": (
        ("generate", "eval.num_samples=8", "eval.seeds=[1,2]"),
        ("evaluate", "--workers", "1"),
        ("compare",),
    ),
    "a diagram drawn": (("draw", "diagrams.jsonl", "--limit", "1", "--out", "drawn.png"),),
    "`design`": (
        (
            *("design", "--rooms", ROOMS, "--count", "2", "--pool", "2"),
            *("--out", "plans", "--workers", "1"),
        ),
    ),
}
"""What people do, in commands of `bd-gen`, one after the other in one folder."""

BEFORE = ("generate", "eval.num_samples=1", "results.dir=before", "--export", "diagrams.jsonl")
"""Makes the file that is drawn."""


def files_run_through(commands: Sequence[Sequence[str]], package: Path, folder: Path) -> set[str]:
    """Files below `package` that commands run through, each in a process of its own in `folder`."""
    root = Path(__file__).resolve().parents[1]
    paths = [str(package.parent), str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        "BD_GEN_CACHE": str(folder / "cache"),
    }
    found: set[str] = set()
    for words in commands:
        out = folder / "files_run_through.txt"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.house_trace", str(out), str(package), *words],
            check=True,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        found.update(out.read_text(encoding="utf-8").splitlines())
    return found


def trace_journeys(package: Path) -> dict[str, set[str]]:
    """Files that each of `JOURNEYS` runs through, in a folder that is removed again."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files_run_through([BEFORE], package, folder)
        return {
            name: files_run_through(commands, package, folder)
            for name, commands in JOURNEYS.items()
        }


class Tracer:
    """Notes the files whose functions are called."""

    def __init__(self, package: Path) -> None:
        self._prefix = f"{package.resolve()}{os.sep}"
        self._known: set[str] = set()
        self.files: set[str] = set()

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """What `sys.settrace` calls as a function begins; its lines are not followed."""
        name = frame.f_code.co_filename
        if name in self._known or event != "call" or not _is_function(frame):
            return
        caller = frame.f_back
        if caller is None or _is_function(caller):
            self._known.add(name)
            if name.startswith(self._prefix):
                self.files.add(name.removeprefix(self._prefix))


def _is_function(frame: FrameType) -> bool:
    """Neither the lines of a module nor those of a class."""
    return bool(frame.f_code.co_flags & inspect.CO_OPTIMIZED)


def main() -> None:
    """Run one command and write down where it went."""
    out, package, *words = sys.argv[1:]
    sys.argv = ["bd-gen", *words]
    from bd_gen.cli.start import main as start

    tracer = Tracer(Path(package))
    threading.settrace(tracer)
    sys.settrace(tracer)
    try:
        start()
    finally:
        sys.settrace(None)
        Path(out).write_text("\n".join(sorted(tracer.files)), encoding="utf-8")


if __name__ == "__main__":
    main()
