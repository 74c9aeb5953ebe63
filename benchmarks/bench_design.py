"""How long a programme takes to become twelve plans: `python -m benchmarks.bench_design [RUNS]`.

Each run is the whole command with the bundled checkpoint, its own seed and a fresh folder, from
loading the model to the last check; pictures and exports included.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = 60.0
"""Seconds in which twelve plans should be there, on two cores."""

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


def seconds_of(rules: list[str], seed: int) -> float:
    """Wall-clock seconds of one command."""
    program = str(Path(sys.executable).with_name("bd-gen"))
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "plans")
        arguments = ["--rooms", ROOMS, *rules, "--count", "12", "--seed", str(seed), "--out", out]
        start = time.perf_counter()
        subprocess.run([program, "design", *arguments], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


def main() -> None:
    """Print the median and the spread of several runs of each kind."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for name, rules in PROGRAMMES.items():
        times = [seconds_of(rules, seed) for seed in range(runs)]
        print(
            f"{name}: median {statistics.median(times):.1f} s, {min(times):.1f} to "
            f"{max(times):.1f} s in {runs} runs (target {TARGET:.0f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
