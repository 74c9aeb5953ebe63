"""Time of making and reading data: `python -m benchmarks.bench_data [RUNS] [FILE]`.

FILE holds plans in the open format (JSON lines, may be gzipped); without one, the same number of
synthetic plans is written and read. Each figure is the median of RUNS repetitions in one
process, with the fastest and the slowest; memory is the peak of a fresh process.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.data.sources.plans.plans_writer import write_plans
from bd_gen.data.sources.synthetic.source import make_plans
from bd_gen.diagrams.vocabulary import Vocabulary

NUM_SYNTHETIC = 20_000
NUM_REAL = 72_751
PEAK = """
import resource, sys
from bd_gen.data.dataset import DataConfig, load_dataset
load_dataset(DataConfig("plans", sys.argv[1], cache_dir=sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def timed(work: Callable[[int], object], runs: int) -> list[float]:
    seconds = []
    for k in range(runs):
        start = time.perf_counter()
        work(k)
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)


def row(what: str, seconds: list[float], target: str) -> str:
    median = statistics.median(seconds)
    spread = f"{seconds[0]:.2f} to {seconds[-1]:.2f}"
    return f"| {what} | {median:.2f} s | {spread} | {target} |"


def peak_megabytes(path: Path, cache: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(path), str(cache)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main(runs: int = 5, given: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        path = Path(given) if given else folder / "plans.jsonl.gz"
        if not given:
            write_plans(path, make_plans(NUM_REAL, 1, Vocabulary(8)))

        def read(k: int) -> None:
            load_dataset(DataConfig("plans", str(path), cache_dir=str(folder / f"cache{k}")))

        num_plans = len(
            load_dataset(DataConfig("plans", str(path), cache_dir=str(folder / "warm"))).tokens
        )
        print(f"{platform.processor() or platform.machine()}, one core; {runs} runs\n")
        print("| what | median | fastest to slowest | target |")
        print("|---|---|---|---|")
        made = timed(lambda _: make_plans(NUM_SYNTHETIC, 0, Vocabulary(8)), runs)
        print(row(f"make {NUM_SYNTHETIC:,} synthetic plans", made, "< 20 s"))
        target = f"< 15 s for {NUM_REAL:,}"
        print(row(f"read {num_plans:,} plans ({path.name}), no cache", timed(read, runs), target))
        cached = timed(lambda _: read(0), runs)
        print(row("the same from the cache", cached, ""))
        size = sum(file.stat().st_size for file in (folder / "cache0").rglob("*.npz"))
        print(f"\ncache {size / 1e6:.1f} MB; peak memory of reading without a cache ", end="")
        print(f"{peak_megabytes(path, folder / 'memory'):.0f} MB")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(int(words[0]) if words else 5, words[1] if len(words) > 1 else None)
