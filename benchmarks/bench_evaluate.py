"""Time and memory of `bd-gen evaluate`: `python -m benchmarks.bench_evaluate --help`.

One method of 5 x 1,000 samples, then many side by side, against the training split of the data
named by overrides (data=plans data.path=FILE; the built-in data by default). Every run is a new
process, as for a user. The samples are held-out plans with one relation in twenty redrawn, each
method differently, so that they are about as varied as those of a model; or copies of real ones.
"""

import argparse
import dataclasses
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.data.dataset import DataConfig, Dataset, load_dataset
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.results.baselines import DEFAULT_SEEDS
from bd_gen.results.samples_file import SUFFIX, Samples, SeedSamples, samples_path, write_samples

NUM_SAMPLES = 1000
TARGETS = {
    "one": "1 s + 1 s loading and 500 MB for the published metrics",
    "all": "180 s and 1,000 MB for 35 methods",
    "published": "30 s for 35 methods",
    "changed": "15 s for 35 methods",
}


def altered_plans(dataset: Dataset, seed: int, method: int, count: int = NUM_SAMPLES) -> np.ndarray:
    """(count, length) held-out rows in which one edge slot in twenty is drawn anew."""
    rng = np.random.default_rng([seed, method])
    vocabulary = dataset.vocabulary
    rows = rng.choice(dataset.test, count)
    changed = vocabulary.real_mask(num_rooms_of(rows, vocabulary)) & ~vocabulary.is_node
    changed &= rng.random(rows.shape) < 0.05
    return np.where(changed, rng.integers(0, RPLAN.no_edge + 1, rows.shape), rows).astype(np.uint8)


def make_samples(dataset: Dataset, data: DataConfig, directory: Path, methods: int) -> None:
    """Write the samples of so many methods."""
    for k in range(methods):
        per_seed = {seed: altered_plans(dataset, seed, k) for seed in DEFAULT_SEEDS}
        write_method(dataset, data, directory, f"method{k:02}", per_seed)


def write_method(
    dataset: Dataset,
    data: DataConfig,
    directory: Path,
    name: str,
    per_seed: dict[int, np.ndarray],
) -> None:
    """Write rows (N, length) by seed as the samples of a method."""
    vocabulary = dataset.vocabulary
    provenance = {"data": dataclasses.asdict(data), "data_fingerprint": dataset.fingerprint}
    parts = {
        seed: SeedSamples(rows, vocabulary.real_mask(num_rooms_of(rows, vocabulary)))
        for seed, rows in per_seed.items()
    }
    count = len(next(iter(per_seed.values())))
    seeds = tuple(per_seed)
    samples = Samples(name, vocabulary.n_max, seeds, count, {}, provenance, parts)
    write_samples(samples_path(directory, name), samples)


def copy_samples(source: Path, directory: Path, methods: int) -> None:
    """Copies of the samples files of a folder under as many names, in turn."""
    there = sorted(source.glob(f"*{SUFFIX}"))
    assert there, f"{source} holds no samples"
    directory.mkdir(parents=True, exist_ok=True)
    for k in range(methods):
        shutil.copy(there[k % len(there)], samples_path(directory, f"method{k:02}"))


# A process starts with the peak memory of the one that it is forked from, and this one holds
# torch: so a small one starts the command and measures it. Shared pages count once (PSS).
STARTER = """
import os, sys, time

def words(pid):
    with open(f"/proc/{pid}/cmdline") as file:
        return file.read()

def tree(pid):
    yield pid
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in file.read().split():
                # Until it is another program, it is in this one's memory.
                if words(child) != words(pid):
                    yield from tree(int(child))

def megabytes(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024

start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
peak, done = 0.0, 0
while not done:
    time.sleep(0.05)
    try:
        peak = max(peak, sum(map(megabytes, tree(pid))))
    except OSError:
        pass  # One of them has just ended.
    done, status, usage = os.wait4(pid, os.WNOHANG)
cpu = usage.ru_utime + usage.ru_stime
print(time.perf_counter() - start, max(peak, usage.ru_maxrss / 1024), cpu, status)
"""


def measured(arguments: Sequence[str]) -> tuple[float, float, float]:
    """Wall-clock seconds, peak memory in MB and CPU seconds of one run, over all processes."""
    command = [str(Path(sys.executable).with_name("bd-gen")), *arguments]
    starter = [sys.executable, "-I", "-S", "-c", STARTER, *command]
    out = subprocess.run(starter, check=True, capture_output=True, text=True).stdout
    seconds, megabytes, cpu, status = map(float, out.split())
    assert status == 0, f"{' '.join(command)} failed"
    return seconds, megabytes, cpu


def report(what: str, runs: Sequence[tuple[float, float, float]], target: str = "") -> None:
    """Print the median and the spread; CPU time tells what a busy machine would have hidden."""
    seconds = [run[0] for run in runs]
    memory = max(run[1] for run in runs)
    cpu = statistics.median(run[2] for run in runs)
    print(
        f"{what}: median {statistics.median(seconds):.2f} s, {min(seconds):.2f} to "
        f"{max(seconds):.2f} s in {len(runs)} runs, {cpu:.2f} s of CPU, "
        f"peak {memory:.0f} MB" + (f" (target {target})" if target else ""),
        flush=True,
    )


def one_method(evaluate: list[str], folder: Path, runs: int) -> None:
    """The first evaluation against a data set, later ones, and the listing."""
    force = [*evaluate, "--force", "--model", "method00"]
    first = []
    for _ in range(min(runs, 3)):
        shutil.rmtree(folder / "cache" / "references", ignore_errors=True)
        first.append(measured(force))
    report("one method, statistics of the training split not cached", first)
    report("one method", [measured(force) for _ in range(runs)])
    published = [*force, "--published"]
    report("one method, published", [measured(published) for _ in range(runs)], TARGETS["one"])


def many_methods(evaluate: list[str], metrics: Sequence[str], runs: int) -> None:
    """Everything for many methods, parts of it, and nothing."""
    force = [*evaluate, "--force"]
    published = [*force, "--published"]
    report("published metrics", [measured(published) for _ in range(runs)], TARGETS["published"])
    report("all metrics", [measured(force) for _ in range(runs)], TARGETS["all"])
    for name in metrics:
        changed = [*force, "--metric", name]
        report(f"{name} alone", [measured(changed) for _ in range(runs)], TARGETS["changed"])
    report("all up to date", [measured(evaluate) for _ in range(runs)])
    report("--list", [measured([*evaluate, "--list"]) for _ in range(runs)])


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each command")
    parser.add_argument("--methods", type=int, default=35, help="methods side by side")
    parser.add_argument("--samples", type=Path, help="a folder whose samples files are copied")
    parser.add_argument("--workers", help="as of `bd-gen evaluate`")
    parser.add_argument(
        "--metric", action="append", help="measured alone (repeat); a few by default"
    )
    parser.add_argument("--only-many", action="store_true", help="leave out the single method")
    parser.add_argument("data", nargs="*", help="data=... data.path=...")
    return parser.parse_args()


def main() -> None:
    """Measure one method, then many."""
    words = parsed()
    data = data_config_from_overrides(words.data) or DataConfig()
    dataset = load_dataset(data)
    print(
        f"{words.methods} methods of {len(DEFAULT_SEEDS)} x {NUM_SAMPLES} samples against "
        f"{len(dataset.train)} training plans"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        directory = folder / "loglinear"
        if words.samples is None:
            make_samples(dataset, data, directory, words.methods)
        else:
            copy_samples(words.samples, directory, words.methods)
        # Reference statistics in a cache of our own; the user's stays as it is.
        os.environ["BD_GEN_CACHE"] = str(folder / "cache")
        load_dataset(data)
        evaluate = ["evaluate", "--results", name, *words.data]
        if words.workers:
            evaluate += ["--workers", words.workers]
        if not words.only_many:
            one_method(evaluate, folder, words.runs)
        metrics = words.metric or ["novelty", "structure", "discrepancy"]
        many_methods(evaluate, metrics, words.runs)


if __name__ == "__main__":
    main()
