"""How long a programme takes to become twelve plans: `python -m benchmarks.bench_design [RUNS]`.

Each run is the whole command with the bundled checkpoint, its own seed and a fresh folder, from
loading the model to the last check; pictures and exports included.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET, FIRST_TARGET = 20.0, 3.0
"""Seconds in which twelve plans, and a first one, should be there, on two idle cores."""

ROOMS = "LivingRoom, Kitchen, 2 Bathroom, MasterRoom, 2 SecondRoom, Balcony"
PROGRAMMES = {
    "rejection": [
        "--require",
        "Kitchen touches LivingRoom",
        "--forbid",
        "Bathroom touches Kitchen",
    ],
    "particles": [
        *("--require", "every SecondRoom touches Balcony"),
        *("--require", "Bathroom touches Bathroom", "--require", "Kitchen touches MasterRoom"),
    ],
}


def seconds_of(rules: list[str], seed: int) -> tuple[float, float]:
    """Wall-clock seconds of one command, and until its first plan."""
    program = str(Path(sys.executable).with_name("bd-gen"))
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "plans")
        arguments = ["--rooms", ROOMS, *rules, "--count", "12", "--seed", str(seed), "--out", out]
        start = time.perf_counter()
        command = [program, "design", *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
    (first,) = re.findall(r"^a first plan after ([\d.]+) s", done.stdout, re.MULTILINE)
    return seconds, float(first)


def main() -> None:
    """Print the median and the spread of several runs of each kind."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for name, rules in PROGRAMMES.items():
        found = [seconds_of(rules, seed) for seed in range(runs)]
        for what, target, times in zip(
            ("twelve plans", "the first"),
            (TARGET, FIRST_TARGET),
            zip(*found, strict=True),
            strict=True,
        ):
            print(
                f"{name}: {what}: median {statistics.median(times):.1f} s, {min(times):.1f} to "
                f"{max(times):.1f} s in {runs} runs (target {target:.0f} s)",
                flush=True,
            )


if __name__ == "__main__":
    main()
