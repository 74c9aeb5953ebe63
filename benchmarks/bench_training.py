"""How fast training is: `python -m benchmarks.bench_training [STEPS]`.

`small`, batch 256, on real-sized synthetic plans: diagrams a second in float32 and bfloat16, with
AdamW, as the recipes have it, with torch's Muon, and with time conditioning, interleaved in one
process, and the share of the machine's measured matrix-product peak that the model's own
multiplications reach.
"""

import itertools
import statistics
import sys
import time

import numpy as np
import torch

REFERENCE = 457
"""Diagrams a second of the published reference system on two cores (batch 256, 1.28 M weights)."""
SHAPE = (6912, 128, 512)  # the model's own: tokens of a batch, width, MLP width


def peak(dtype: torch.dtype) -> float:
    """Multiply-adds a second, in 1e9, of the model's largest matrix product."""
    rows, inner, columns = SHAPE
    a, b = torch.ones(rows, inner, dtype=dtype), torch.ones(inner, columns, dtype=dtype)
    for _ in range(5):
        a @ b
    rates = []
    for _ in range(30):
        start = time.perf_counter()
        a @ b
        rates.append(rows * inner * columns / (time.perf_counter() - start) / 1e9)
    return statistics.median(rates)


def multiply_adds(trainer) -> float:
    """Multiply-adds of the linear maps for one diagram, forward and backward, in 1e9."""
    tokens = sum(
        s.count * s.num_rooms * (s.num_rooms + 1) / 2 for s in trainer._supply.order.strata
    )
    tokens /= trainer.config.batch_size
    blocks = trainer.model.denoiser.blocks
    weights = sum(
        p.numel()
        for name, p in blocks.named_parameters()
        if p.dim() == 2 and "modulation" not in name
    )
    return 3 * tokens * weights / 1e9


RECIPE = {"optimizer": "muon", "renumber": True, "mirror": True}
VARIANTS = {
    "AdamW": ({}, {}),
    "Muon, renumbered, mirrored": ({}, RECIPE),
    "the same with squared ReLU": ({"activation": "relu2"}, RECIPE),
    "the same with torch's Muon": ({"activation": "relu2"}, {**RECIPE, "torchs_muon": True}),
    "AdamW, time input": ({"time_conditioning": True}, {}),
}


def make_trainer(variant: str, precision: str):
    from bd_gen.data.dataset import DataConfig, load_dataset
    from bd_gen.model.config import ModelConfig
    from bd_gen.training.config import TrainingConfig
    from bd_gen.training.loop import Trainer
    from bd_gen.training.supply import TrainingRows

    dataset = load_dataset(DataConfig())
    model, settings = VARIANTS[variant]
    settings = dict(settings)
    torchs_muon = settings.pop("torchs_muon", False)
    config = TrainingConfig(precision=precision, **settings)
    trainer = Trainer(
        ModelConfig(**model),
        config,
        "loglinear",
        TrainingRows(
            dataset.train,
            dataset.train_reverse if config.renumber else None,
            dataset.train_mirrored if config.mirror else None,
        ),
        np.empty((0, dataset.vocabulary.length), np.uint8),
        dataset.vocabulary,
        torch.device("cpu"),
    )
    if torchs_muon:
        matrices = trainer.optimizers[1].param_groups[0]["params"]
        trainer.optimizers[1] = torch.optim.Muon(matrices, lr=config.muon_learning_rate)
        trainer.optimizers[1].param_groups[0]["full_rate"] = config.muon_learning_rate
    return trainer


def main() -> None:
    """Print a table of medians and spreads."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    variants = list(itertools.product(VARIANTS, ("float32", "bfloat16")))
    trainers = {v: make_trainer(*v) for v in variants}
    rates: dict[tuple[str, str], list[float]] = {v: [] for v in variants}
    for turn in range(steps + 3):
        for variant, trainer in trainers.items():
            start = time.perf_counter()
            trainer._take_step()
            trainer.step += 1
            if turn >= 3:
                rates[variant].append(trainer.config.batch_size / (time.perf_counter() - start))
    peaks = {"float32": peak(torch.float32), "bfloat16": peak(torch.bfloat16)}
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, {steps} steps each\n")
    print("| variant | precision | diagrams/s, median (5 % to 95 %) | times 457 | of peak |")
    print("|---|---|---|---|---|")
    for (variant, precision), values in rates.items():
        median = statistics.median(values)
        low, high = np.percentile(values, [5, 95])
        share = median * multiply_adds(trainers[variant, precision]) / peaks[precision]
        print(
            f"| {variant} | {precision} | {median:,.0f} "
            f"({low:,.0f} to {high:,.0f}) | {median / REFERENCE:.1f} | {share:.0%} |"
        )
    products = ", ".join(f"{2 * rate:,.0f} GFLOP/s in {name}" for name, rate in peaks.items())
    print(f"\npeak of a product of {SHAPE[0]} x {SHAPE[1]} by {SHAPE[1]} x {SHAPE[2]}: {products}")


if __name__ == "__main__":
    main()
