"""How fast the command line answers: `python -m benchmarks.bench_cli [RUNS]`.

Each run is a new process, as for a user; the first run, which may have to compile the modules
to bytecode, is not counted.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

TARGET = 0.25
"""Seconds in which `bd-gen --help` should answer."""


def seconds_of(arguments: Sequence[str], runs: int) -> list[float]:
    """Wall-clock seconds of each run of `bd-gen` with the given arguments."""
    command = [str(Path(sys.executable).with_name("bd-gen")), *arguments]
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return times[1:]


def main() -> None:
    """Print the median and the spread of several runs."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for arguments in (["--help"], ["--version"]):
        times = seconds_of(arguments, runs)
        print(
            f"bd-gen {' '.join(arguments)}: median {statistics.median(times):.3f} s, "
            f"{min(times):.3f} to {max(times):.3f} s in {runs} runs (target {TARGET} s)"
        )


if __name__ == "__main__":
    main()
