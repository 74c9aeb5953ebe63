"""All speed figures, one after the other: `python -m benchmarks.run_all`."""

import subprocess
import sys

BENCHMARKS = (
    "cli",
    "data",
    "metrics",
    "evaluate",
    "large_evaluation",
    "training",
    "sampling",
    "scale",
    "layout",
    "design",
)


def main() -> None:
    """Run each benchmark in a process of its own and stop at the first that fails."""
    for name in BENCHMARKS:
        print(f"## {name}\n", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.bench_{name}"], check=True)
        print(flush=True)


if __name__ == "__main__":
    main()
