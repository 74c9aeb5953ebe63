"""How fast sampling is: `python -m benchmarks.bench_sampling [REPEATS] [CHECKPOINT]`.

Diagrams a second and network calls a diagram for every kind of method, beside the plain loop
(every step, every diagram, PAD in the batch) in the same process, turn about. Without a
checkpoint the model is `small` with random weights: the cost is the same.
"""

import statistics
import sys
import time

import numpy as np
import torch

from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.schedules import schedule_named
from bd_gen.sampling.grid import SharedVisibility, visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler
from bd_gen.training.checkpoint import load_checkpoint
from benchmarks.naive_sampler import naive_samples

METHODS = (
    "first_hitting_temp1.0_no_remask",
    "random_temp1.0_no_remask",
    "random_topp0.9_no_remask",
    "llada_topp0.9_no_remask",
    "confidence_temp1.0_no_remask",
    "margin_temp1.0_no_remask",
    "random_topp0.9_remdm_cap_eta0.4",
    "random_topp0.9_remdm_rescale_eta0.1",
    "random_topp0.9_remdm_compensated_tsw0.5",
    "llada_topp0.9_remdm_cap_eta0.4",
    "random_temp1.0_remdm_loop_eta0.02",
)
RPLAN_SIZES = (0, 0, 0, 0, 3, 72, 311, 362, 252)
COUNT = 512
NAIVE_COUNT = 64
REFERENCE = "12 to 14"
"""Diagrams a second of the published reference system on two cores (1,000 in 69 to 84 s)."""


def load(path: str | None):
    """Denoiser, vocabulary, visibility and sizes of a checkpoint or of a random model."""
    if path is not None:
        checkpoint = load_checkpoint(path)
        return (
            checkpoint.denoiser(),
            checkpoint.vocabulary,
            visibility_of(checkpoint.process),
            checkpoint.num_rooms_histogram,
        )
    torch.manual_seed(0)
    vocabulary = Vocabulary(8)
    denoiser = Denoiser(ModelConfig(), vocabulary).eval()
    torch.nn.init.normal_(denoiser.head.weight, std=0.3)
    return denoiser, vocabulary, SharedVisibility(schedule_named("loglinear")), RPLAN_SIZES


def main() -> None:
    """Print a table of medians and spreads."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    denoiser, vocabulary, visibility, sizes = load(sys.argv[2] if len(sys.argv) > 2 else None)
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, 100 steps\n")
    print("| method | calls a diagram | diagrams/s, median (range) | plain loop | ratio |")
    print("|---|---|---|---|---|")
    for name in METHODS:
        method = Method.from_name(name)
        rates, naive_rates, calls = [], [], 0.0
        for repeat in range(repeats):
            sampler = Sampler(denoiser, vocabulary, visibility, sizes, method)
            start = time.perf_counter()
            rows = sampler.sample(repeat, range(COUNT))
            rates.append(COUNT / (time.perf_counter() - start))
            calls = sampler.calls / COUNT
            if method.has_steps:
                num_rooms = num_rooms_of(rows[:NAIVE_COUNT], vocabulary)
                start = time.perf_counter()
                plain = naive_samples(
                    denoiser, vocabulary, visibility, num_rooms, method, repeat, range(NAIVE_COUNT)
                )
                naive_rates.append(NAIVE_COUNT / (time.perf_counter() - start))
                assert np.mean((plain != rows[:NAIVE_COUNT]).any(axis=1)) < 0.05, name
        median = statistics.median(rates)
        shown = f"| {name} | {calls:.1f} | {median:,.0f} ({min(rates):,.0f} to {max(rates):,.0f}) "
        if naive_rates:
            naive = statistics.median(naive_rates)
            ratio = statistics.median(a / b for a, b in zip(rates, naive_rates, strict=True))
            shown += f"| {naive:,.1f} | {ratio:.1f} |"
        else:
            shown += "| | |"
        print(shown, flush=True)
    print(f"\nreference system: {REFERENCE} diagrams/s, 100 calls a diagram")


if __name__ == "__main__":
    main()
