"""What `bd-gen evaluate` costs for very many samples of one seed, all metrics and intervals.

`python -m benchmarks.bench_large_evaluation [--samples N ...] [data=plans data.path=FILE]`.
Every size is a new process, as for a user. What a further thousand costs is the difference to
the size before: loading, and metrics that look at a fixed number of samples, drop out of it.
"""

import argparse
import os
import tempfile
from pathlib import Path

from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.data.dataset import DataConfig, load_dataset
from benchmarks.bench_evaluate import altered_plans, measured, write_method

SIZES = (10_000, 100_000, 1_000_000)
TARGET_MB = 1000
SEED = 42


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, nargs="+", default=SIZES, help="numbers of samples")
    parser.add_argument("data", nargs="*", help="data=... data.path=...")
    return parser.parse_args()


def main() -> None:
    """Print one line a size."""
    words = parsed()
    data = data_config_from_overrides(words.data) or DataConfig()
    dataset = load_dataset(data)
    print(f"against {len(dataset.train):,} training plans, n_max {dataset.vocabulary.n_max}\n")
    print("| samples | seconds | CPU s | CPU s a thousand | of a further thousand | peak MB |")
    print("|---|---|---|---|---|---|", flush=True)
    before = None
    with tempfile.TemporaryDirectory() as name:
        os.environ["BD_GEN_CACHE"] = str(Path(name) / "cache")
        load_dataset(data)
        evaluate = ["evaluate", "--results", name, "--workers", "1", *words.data]
        for count in (1000, *words.samples):
            rows = altered_plans(dataset, SEED, 0, count)
            write_method(dataset, data, Path(name) / "loglinear", f"n{count}", {SEED: rows})
            seconds, megabytes, cpu = measured([*evaluate, "--model", f"n{count}"])
            if before is None:  # fits the statistics of the training split, which are kept then
                before = 0, 0.0
                continue
            further = ""
            if before[0]:
                further = f"{1000 * (cpu - before[1]) / (count - before[0]):.4f}"
            print(
                f"| {count:,} | {seconds:.1f} | {cpu:.1f} | {1000 * cpu / count:.4f} "
                f"| {further} | {megabytes:,.0f} |",
                flush=True,
            )
            before = count, cpu
    print(f"\ntarget: under {TARGET_MB:,} MB, and no more for a further thousand")


if __name__ == "__main__":
    main()
