"""Time and memory of `bd-gen evaluate`: `python -m benchmarks.bench_evaluate [RUNS] [data=...]`.

One method of 5 x 1,000 samples, against the training split of the data named by overrides
(data=plans data.path=FILE; the built-in data by default). Every run is a new process, as for a
user. The samples are held-out plans with one relation in twenty redrawn, so that they are about
as varied as those of a model.
"""

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
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import NO_EDGE
from bd_gen.results.floor import DEFAULT_SEEDS
from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples

METHOD = "random_topp0.9_no_remask"
NUM_SAMPLES = 1000
TARGET = "1 s + 1 s loading, 500 MB"


def altered_plans(dataset: Dataset, seed: int) -> np.ndarray:
    """(NUM_SAMPLES, length) held-out rows in which one edge slot in twenty is drawn anew."""
    rng = np.random.default_rng(seed)
    vocabulary = dataset.vocabulary
    rows = rng.choice(dataset.test, NUM_SAMPLES)
    changed = vocabulary.real_mask(num_rooms_of(rows, vocabulary)) & ~vocabulary.is_node
    changed &= rng.random(rows.shape) < 0.05
    return np.where(changed, rng.integers(0, NO_EDGE + 1, rows.shape), rows).astype(np.uint8)


def make_samples(dataset: Dataset, data: DataConfig, directory: Path) -> Path:
    """Write the samples of one method."""
    per_seed = {}
    for seed in DEFAULT_SEEDS:
        rows = altered_plans(dataset, seed)
        real = dataset.vocabulary.real_mask(num_rooms_of(rows, dataset.vocabulary))
        per_seed[seed] = SeedSamples(rows, real)
    provenance = {"data": dataclasses.asdict(data), "data_fingerprint": dataset.fingerprint}
    path = samples_path(directory, METHOD)
    n_max = dataset.vocabulary.n_max
    write_samples(
        path, Samples(METHOD, n_max, DEFAULT_SEEDS, NUM_SAMPLES, {}, provenance, per_seed)
    )
    return path


# A process starts with the peak memory of the one that it is forked from, and this one holds
# torch: so a small one starts the command and measures it.
STARTER = """
import os, resource, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss / 1024, status)
"""


def measured(arguments: Sequence[str]) -> tuple[float, float]:
    """Wall-clock seconds and peak resident memory in MB of one run of `bd-gen`."""
    command = [str(Path(sys.executable).with_name("bd-gen")), *arguments]
    starter = [sys.executable, "-I", "-S", "-c", STARTER, *command]
    out = subprocess.run(starter, check=True, capture_output=True, text=True).stdout
    seconds, megabytes, status = map(float, out.split())
    assert status == 0, f"{' '.join(command)} failed"
    return seconds, megabytes


def report(what: str, runs: Sequence[tuple[float, float]]) -> None:
    """Print the median and the spread."""
    seconds = [run[0] for run in runs]
    memory = max(run[1] for run in runs)
    print(
        f"{what}: median {statistics.median(seconds):.2f} s, {min(seconds):.2f} to "
        f"{max(seconds):.2f} s in {len(runs)} runs, peak {memory:.0f} MB"
    )


def main() -> None:
    """Measure the first evaluation against a data set, later ones, and the listing."""
    words = sys.argv[1:]
    runs = int(words.pop(0)) if words and words[0].isdecimal() else 10
    data = data_config_from_overrides(words) or DataConfig()
    dataset = load_dataset(data)
    print(
        f"{len(DEFAULT_SEEDS)} x {NUM_SAMPLES} samples against {len(dataset.train)} training plans"
    )
    print(f"target: {TARGET}")
    with tempfile.TemporaryDirectory() as folder:
        make_samples(dataset, data, Path(folder) / "loglinear")
        evaluate = ["evaluate", "--results", folder]
        # Reference statistics in a cache of our own; the user's stays as it is.
        os.environ["BD_GEN_CACHE"] = str(Path(folder) / "cache")
        load_dataset(data)
        first = []
        for _ in range(3):
            shutil.rmtree(Path(folder) / "cache" / "references", ignore_errors=True)
            first.append(measured(evaluate))
        report("evaluate, statistics of the training split not cached", first)
        report("evaluate, statistics cached", [measured(evaluate) for _ in range(runs)])
        report("evaluate --list", [measured([*evaluate, "--list"]) for _ in range(runs)])


if __name__ == "__main__":
    main()
