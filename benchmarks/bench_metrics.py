"""How long all metrics take: `python -m benchmarks.bench_metrics`.

5 × 1,000 samples against the training split of about 72,750 plans: real ones if
BD_GEN_DEV_DATA names a folder with `real_plans/rplan.jsonl.gz`, else synthetic ones (made on
the first run, then cached). Samples are held-out plans of which half have two tokens redrawn, as
a model's would. What a user waits for is measured in a process of its own, from its start:
imports, loading the cached statistics, computing.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import Vocabulary

NUM_PLANS = 72_750
NUM_SEEDS = 5
NUM_SAMPLES = 1000
TARGETS = {"load": 1.0, "compute": 1.0, "memory": 500}


def data_config():
    """Real plans where there are some, else synthetic ones."""
    from bd_gen.data.config import DataConfig

    folder = os.environ.get("BD_GEN_DEV_DATA")
    path = Path(folder) / "real_plans" / "rplan.jsonl.gz" if folder else None
    if path is not None and path.is_file():
        return DataConfig(source="plans", path=str(path))
    return DataConfig(source="synthetic", num_plans=NUM_PLANS)


def like_samples(held_out: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """(seeds, samples, length) held-out plans, every other one with two tokens redrawn."""
    random = np.random.default_rng(0)
    rows = random.choice(len(held_out), NUM_SEEDS * NUM_SAMPLES)
    samples = held_out[rows]
    num_rooms = (samples[:, : vocabulary.n_max] != vocabulary.pad_row[0]).sum(axis=1)
    for row, n in zip(samples[::2], num_rooms[::2], strict=True):
        for position in random.choice(vocabulary.real_positions(n), 2):
            limit = RPLAN.num_room_types if vocabulary.is_node[position] else RPLAN.no_edge + 1
            row[position] = random.integers(limit)
    return samples.reshape(NUM_SEEDS, NUM_SAMPLES, vocabulary.length)


def prepare(folder: Path) -> str:
    """Write samples and reference statistics; returns what was measured against, in words."""
    from bd_gen.data.dataset import load_dataset
    from bd_gen.metrics import load_or_fit

    dataset = load_dataset(data_config())
    samples = like_samples(dataset.test, dataset.vocabulary)
    np.savez(folder / "samples.npz", samples=samples, n_max=dataset.vocabulary.n_max)
    start = time.perf_counter()
    load_or_fit(lambda: dataset.train, dataset.vocabulary, "benchmark", folder)
    seconds = time.perf_counter() - start
    return f"{len(dataset.train)} plans ({dataset.source}), statistics fitted in {seconds:.2f} s"


def measure(folder: Path) -> None:
    """Load and compute once, in a fresh process; prints seconds and memory as JSON."""
    start = time.perf_counter()
    from bd_gen.metrics import METRICS, DiagramSet, load_or_fit
    from bd_gen.metrics.compute import compute_metric

    with np.load(folder / "samples.npz") as file:
        samples, vocabulary = file["samples"], Vocabulary(int(file["n_max"]))
    reference = load_or_fit(_must_be_cached, vocabulary, "benchmark", folder)
    loaded = time.perf_counter()
    seconds: dict[str, float] = defaultdict(float)
    for tokens in samples:
        diagrams = DiagramSet(tokens, vocabulary)
        for metric in METRICS.values():
            if metric.compute is not None:
                before = time.perf_counter()
                compute_metric(metric, diagrams, reference)
                seconds[metric.family] += time.perf_counter() - before
    done = time.perf_counter()
    result = {
        "load": loaded - start,
        "compute": done - loaded,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "families": seconds,
    }
    print(json.dumps(result))


def _must_be_cached() -> np.ndarray:
    raise AssertionError("the statistics are not in the cache")


def measured_in_a_process(folder: Path) -> dict:
    """What `measure` says, and the seconds of the whole process."""
    command = [sys.executable, "-m", "benchmarks.bench_metrics", str(folder)]
    start = time.perf_counter()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {**json.loads(output), "process": time.perf_counter() - start}


def main() -> None:
    """Print the best of three runs, the families of that run, and the targets."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(prepare(Path(folder)))
        runs = [measured_in_a_process(Path(folder)) for _ in range(4)][1:]
    best = min(runs, key=lambda run: run["process"])
    print(f"{NUM_SEEDS} x {NUM_SAMPLES} samples, all metrics, best of {len(runs)} processes:")
    print(f"  loading             {best['load']:.3f} s (target {TARGETS['load']} s)")
    print(f"  computing           {best['compute']:.3f} s (target {TARGETS['compute']} s)")
    for family, seconds in best["families"].items():
        print(f"    {family:18} {seconds:.3f} s")
    print(f"  whole process       {best['process']:.3f} s")
    print(f"  peak memory         {best['memory']:.0f} MB (target {TARGETS['memory']} MB)")


if __name__ == "__main__":
    main()
