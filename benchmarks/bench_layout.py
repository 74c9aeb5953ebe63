"""How long layouts take: `python -m benchmarks.bench_layout [FILE_samples.pt ...]`.

Real held-out plans if BD_GEN_DEV_DATA names a folder with `real_plans/rplan.jsonl.gz`, else
synthetic ones; the same with two tokens redrawn, as a poor model's would be; diagrams drawn here
with the bundled checkpoint (a minute each), and the first of each samples file named. CPU time of
one thread, since the clock measures the load of the machine as well.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import diagrams_from_tokens, is_well_formed
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts.outcome import explain
from bd_gen.layouts.realizable import BY_EFFORT
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve
from bd_gen.results.samples_file import read_samples
from benchmarks.bench_metrics import data_config, like_samples

NUM_PLANS = 1000
NUM_SLOW = 40  # diagrams whose layouts are improved or explained
METHODS = ("first_hitting_temp1.0_no_remask", "llada_topp0.9_no_remask")
SEED = 0
TARGETS = {50: 0.020, 99: 1.0}
HEADER = """\
| diagrams | answer | count | median ms | 90 % | 99 % | most |
|---|---|---|---|---|---|---|"""
BINS_MS = (0, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 1000, np.inf)


def cpu_seconds(run: Callable[[Diagram], object], diagrams: list[Diagram]) -> np.ndarray:
    seconds = []
    for diagram in diagrams:
        start = time.process_time()
        run(diagram)
        seconds.append(time.process_time() - start)
    return np.array(seconds)


def distribution(seconds: np.ndarray) -> str:
    """Median, 90 %, 99 % and largest, in milliseconds."""
    if not len(seconds):
        return "- | - | - | -"
    parts = [f"{1000 * np.percentile(seconds, q):.1f}" for q in (50, 90, 99)]
    return " | ".join([*parts, f"{1000 * seconds.max():.1f}"])


def rows(name: str, tokens: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Solve all diagrams, print a line for each answer, return the CPU seconds of each."""
    diagrams = diagrams_from_tokens(tokens[is_well_formed(tokens, vocabulary)], vocabulary)
    statuses: list[Status] = []
    seconds = cpu_seconds(lambda d: statuses.append(solve(d, BY_EFFORT).status), diagrams)
    for status in (Status.REALIZABLE, Status.UNREALIZABLE, Status.TIME_LIMIT):
        these = np.array([one is status for one in statuses], bool)
        if these.any() or status is Status.TIME_LIMIT:
            print(f"| {name} | {status} | {these.sum()} | {distribution(seconds[these])} |")
    sys.stdout.flush()
    return seconds


def histogram(seconds: np.ndarray) -> str:
    """A line a bin of milliseconds."""
    counts = np.histogram(1000 * seconds, BINS_MS)[0]
    lines = []
    for low, high, count in zip(BINS_MS, BINS_MS[1:], counts, strict=False):
        bar = "█" * int(np.ceil(50 * count / counts.max()))
        lines.append(f"  {low:>5g} to {high:<5g} ms {count:6} {bar}")
    return "\n".join(lines)


def drawn(name: str) -> tuple[np.ndarray, Vocabulary]:
    """Rows that the bundled checkpoint gives by a method."""
    import torch

    from bd_gen.sampling.grid import visibility_of
    from bd_gen.sampling.method import Method
    from bd_gen.sampling.sampler import Sampler
    from bd_gen.training.bundled import BUNDLED, checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    torch.set_num_threads(1)
    checkpoint = load_checkpoint(checkpoint_file(BUNDLED))
    sampler = Sampler(
        checkpoint.denoiser(),
        checkpoint.vocabulary,
        visibility_of(checkpoint.process),
        checkpoint.num_rooms_histogram,
        Method.from_name(name),
    )
    return sampler.sample(SEED, range(NUM_PLANS)), checkpoint.vocabulary


def improving(diagrams: list[Diagram]) -> str:
    """How long it takes to make plans of layouts."""
    return f"| made a plan of polygons | {distribution(cpu_seconds(solve, diagrams))} |"


def main() -> None:
    """Print tables, a histogram, and how far the targets are met."""
    dataset = load_dataset(data_config())
    vocabulary = dataset.vocabulary
    held_out = np.random.default_rng(0).permutation(dataset.test)[:NUM_PLANS]
    redrawn = like_samples(dataset.test, vocabulary)[0, :NUM_PLANS:2]
    solve(Diagram((0, 1)), BY_EFFORT)  # imports OR-tools

    print(f"any layout, or a proof that there is none ({dataset.source}):\n")
    print(HEADER)
    seconds = [rows("held-out plans", held_out, vocabulary)]
    seconds.append(rows("the same, two tokens redrawn", redrawn, vocabulary))
    seconds += [rows(f"bundled checkpoint, {name}", *drawn(name)) for name in METHODS]
    for path in sys.argv[1:]:
        samples = read_samples(path)
        tokens = samples.per_seed[samples.seeds[0]].tokens[:NUM_PLANS]
        seconds.append(rows(samples.method, tokens, samples.vocabulary))
    everything = np.concatenate(seconds)
    print(f"\n{histogram(everything)}\n")
    for q, target in TARGETS.items():
        print(f"{q} % of all: {np.percentile(everything, q):.4f} s (target {target} s)")

    print("\n| 40 diagrams | median ms | 90 % | 99 % | most |\n|---|---|---|---|---|")
    print(improving(diagrams_from_tokens(held_out[:NUM_SLOW], vocabulary)), flush=True)
    diagrams = diagrams_from_tokens(redrawn[is_well_formed(redrawn, vocabulary)], vocabulary)
    impossible = [d for d in diagrams if solve(d, BY_EFFORT).status is Status.UNREALIZABLE]
    print(f"| why not | {distribution(cpu_seconds(explain, impossible[:NUM_SLOW]))} |")


if __name__ == "__main__":
    main()
