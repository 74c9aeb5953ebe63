"""Everything that needs a GPU, in one command: `python -m benchmarks.gpu [--data FILE]`.

Needs torch and numpy alone. Within --seconds (540 by default) it checks the GPU's numbers against
the CPU's, times training (ordinary and captured steps, float32 and bfloat16) and sampling, trains
`small` with one setting changed at a time, and trains a wider model for the time that is left.
One JSON file (--out) is written anew after every part, so that a run that is cut off leaves what
it has; the wider model lies beside it, without training state. `--device cpu --seconds 20` tries
it out.
"""

import argparse
import json
import platform
import statistics
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset, load_dataset
from bd_gen.model.config import ModelConfig
from bd_gen.sampling.grid import visibility_of
from bd_gen.sampling.method import Method
from bd_gen.sampling.sampler import Sampler
from bd_gen.system.files import write_text
from bd_gen.training.bundled import BUNDLED, checkpoint_file, for_sharing
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from bd_gen.training.config import TrainingConfig
from bd_gen.training.loop import Trainer
from benchmarks.gpu_runs import Run, run_together, take_step, trainer_of

RECIPE = TrainingConfig(
    optimizer="muon",
    learning_rate=1e-3,
    warmup_steps=200,
    decay="cosine",
    ema=0.999,
    renumber=True,
    mirror=True,
    muon_weight_decay=0.1,
)
SMALL = ModelConfig(activation="relu2")
TRIED_OUT = ModelConfig(width=32, layers=2, heads=2, activation="relu2")
"""In its place where there is no GPU and the command is only tried out."""
PUBLISHED_STEPS = 125_000
METHOD = "first_hitting_temp1.0_no_remask_sweep2"

CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "recipe": ({}, {}),
    "recipe, another seed": ({}, {"seed": 1}),
    "no mirror": ({}, {"mirror": False}),
    "muon_weight_decay 0.01": ({}, {"muon_weight_decay": 0.01}),
    "muon_weight_decay 0.5": ({}, {"muon_weight_decay": 0.5}),
    "dropout 0.1": ({}, {"dropout": 0.1}),
    "rooms_share 0.5": ({}, {"rooms_share": 0.5}),
    "gelu": ({"activation": "gelu"}, {}),
    "swiglu": ({"activation": "swiglu"}, {}),
    "head_gates": ({"head_gates": True}, {}),
    "embedding_learning_rate 3e-3": ({}, {"embedding_learning_rate": 3e-3}),
    "own_mistakes 0.1": ({}, {"own_mistakes": 0.1}),
    "ema 0.9999": ({}, {"ema": 0.9999}),
    "width 192": ({"width": 192, "heads": 6}, {}),
}
"""What is changed against the recipe, one thing at a time: of the model, of the training."""


TOGETHER = 6
"""So many of them train at once."""

BASE = ModelConfig(width=256, layers=6, heads=8)
_SMALL = ModelConfig()
_STILL = replace(RECIPE, mirror=False, muon_weight_decay=None)
LONG: dict[str, tuple[ModelConfig, str, TrainingConfig, str | None]] = {
    "wide": (BASE, "loglinear", RECIPE, None),
    "small": (_SMALL, "loglinear", RECIPE, None),
    "small_still": (_SMALL, "loglinear", _STILL, None),
    "small_identical": (_SMALL, "loglinear", RECIPE, "identical"),
    "middle": (ModelConfig(width=192, heads=6), "loglinear", RECIPE, None),
    "learned": (_SMALL, "learned", replace(RECIPE, batch_size=512), None),
    "learned_rates": (_SMALL, "learned_rates", RECIPE, None),
    "geometry": (
        ModelConfig(layers=3, levels=128),
        "loglinear",
        replace(RECIPE, batch_size=64, translate=8, muon_weight_decay=None),
        None,
    ),
}
"""Trainings as long as there is time: model, forward process, training, split."""

PARTS = ("machine", "agreement", "training", "sampling", "changes", "long")


class Clock:
    """How much time is left."""

    def __init__(self, seconds: float) -> None:
        self.end = time.perf_counter() + seconds

    @property
    def left(self) -> float:
        """Seconds; negative when it is over."""
        return self.end - time.perf_counter()


def wait_for(device: torch.device) -> None:
    """Until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def seconds_of(work: Callable[[], Any], device: torch.device, repeats: int) -> list[float]:
    """Times of `repeats` calls, after one that does not count."""
    work()
    wait_for(device)
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        wait_for(device)
        found.append(time.perf_counter() - start)
    return found


def spread(values: list[float]) -> dict[str, float]:
    """Median and range."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def machine(device: torch.device) -> dict[str, Any]:
    """What the numbers were measured on, and its peak in products."""
    is_gpu = device.type == "cuda"
    size = 8192 if is_gpu else 128
    peaks = {}
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        a = torch.ones(size, size, dtype=dtype, device=device)
        times = seconds_of(lambda a=a: a @ a, device, 5)
        peaks[name] = 2 * size**3 / statistics.median(times) / 1e12
    return {
        "device": torch.cuda.get_device_name(device) if is_gpu else platform.processor() or "cpu",
        "torch": torch.__version__,
        "python": platform.python_version(),
        "peak_tflops": peaks,
    }


def sampler_of(checkpoint: Checkpoint, method: str, device: torch.device) -> Sampler:
    """A sampler on a device."""
    return Sampler(
        checkpoint.denoiser(device),
        checkpoint.vocabulary,
        visibility_of(checkpoint.process),
        checkpoint.num_rooms_histogram,
        Method.from_name(method),
        device,
    )


def agreement(device: torch.device, count: int) -> dict[str, Any]:
    """Samples of the bundled model on the device beside those of the CPU, in float32.

    Tokens are drawn by comparing the same uniform numbers with probabilities whose last bits
    differ; so few rows may differ, and the law may not: frequencies of token values, in standard
    errors of their difference were the two sets independent.
    """
    checkpoint = load_checkpoint(checkpoint_file(BUNDLED))
    found: dict[str, Any] = {"diagrams": count}
    for method in (METHOD, "rooms_temp1.0_no_remask", "random_topp0.9_remdm_cap_eta0.4"):
        here, there = (
            sampler_of(checkpoint, method, torch.device(d)).sample(0, range(count))
            for d in ("cpu", device)
        )
        counts = np.stack(
            [np.bincount(rows.reshape(-1), minlength=15) for rows in (here, there)]
        ).astype(float)
        error = np.sqrt(counts.sum(axis=0)).clip(min=1.0)
        found[method] = {
            "rows_equal": float((here == there).all(axis=1).mean()),
            "tokens_equal": float((here == there).mean()),
            "largest_z": float(np.abs((counts[0] - counts[1]) / error).max()),
        }
    return found


def products_of(trainer: Trainer) -> float:
    """Floating-point operations of the linear maps in a step, forward and backward."""
    strata = trainer._supply.order.strata
    tokens = sum(s.count * s.num_rooms * (s.num_rooms + 1) / 2 for s in strata)
    weights = sum(p.numel() for p in trainer.model.denoiser.blocks.parameters() if p.dim() == 2)
    return 6.0 * tokens * weights


def kernels_of(step: Callable[[], None]) -> dict[str, Any]:
    """What a GPU does in a step: how many kernels, for how long, and the longest by name."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        step()
        torch.cuda.synchronize()
    found = [e for e in profile.key_averages() if e.device_time_total > 0]
    found.sort(key=lambda e: -e.device_time_total)
    return {
        "count": sum(e.count for e in found),
        "busy_ms": sum(e.device_time_total for e in found) / 1e3,
        "longest": [(e.key[:80], e.count, e.device_time_total / 1e3) for e in found[:25]],
    }


def training_speed(
    dataset: Dataset, device: torch.device, peaks: dict[str, float], repeats: int
) -> dict[str, Any]:
    """Steps of `small`, ordinary and captured, in both precisions."""
    found = {}
    is_gpu = device.type == "cuda"
    for precision in ("float32", "bfloat16") if is_gpu else ("float32",):
        for capture, size in (("never", 256), ("auto", 256), ("auto", 1024)):
            config = replace(
                RECIPE, steps=10**6, precision=precision, capture=capture, batch_size=size
            )
            trainer = trainer_of(dataset, SMALL if is_gpu else TRIED_OUT, config, device)
            is_captured = trainer._captured is not None
            if capture == "auto" and not is_captured:
                continue
            step = partial(take_step, trainer)
            for _ in range(3):
                step()
            times = seconds_of(step, device, repeats)
            median = statistics.median(times)
            found[f"{precision}, {'captured' if is_captured else 'ordinary'}, {size}"] = {
                "step_ms": spread([1e3 * s for s in times]),
                "diagrams_per_second": config.batch_size / median,
                "share_of_peak": products_of(trainer) / median / 1e12 / peaks[precision],
                "seconds_for_125000_steps": PUBLISHED_STEPS * median,
                "kernels": kernels_of(step) if is_gpu else None,
            }
    return found


def sampling_speed(device: torch.device, seeds: int, count: int) -> dict[str, Any]:
    """Seconds for `seeds` x `count` diagrams by first hitting and two sweeps; target 5 s."""
    sampler = sampler_of(load_checkpoint(checkpoint_file(BUNDLED)), METHOD, device)

    def draw() -> None:
        for seed in range(seeds):
            sampler.sample(seed, range(count), batch_size=count)

    return {"diagrams": seeds * count, "seconds": spread(seconds_of(draw, device, 2))}


def named_runs(
    names: list[str], data: DataConfig, device: torch.device, precision: str, is_tried_out: bool
) -> list[Run]:
    """Runs of `LONG` by name, each on its split."""
    runs, datasets = [], {}
    for name in names:
        model, noise, training, split = LONG[name]
        own = data if split is None else replace(data, split=split)
        if own.split not in datasets:
            datasets[own.split] = load_dataset(own)
        if is_tried_out:
            model = replace(model, width=32, layers=2, heads=2)
        config = replace(training, steps=10**6, precision=precision)
        runs.append(Run(name, datasets[own.split], own, model, config, device, noise))
    return runs


def long_runs(runs: list[Run], seconds: float, out: Path) -> Iterator[dict[str, Any]]:
    """Train them beside one another for as long as they may; a checkpoint of each beside `out`."""
    found: dict[str, Any] = {}
    for run in run_together(runs, seconds, validations=8, keeps_pace=True):
        path = out.with_name(f"gpu_{run.name}.pt")
        save_checkpoint(path, for_sharing(run.checkpoint()))
        found[run.name] = {**run.told(), "checkpoint": path.name}
        yield found


def changes(
    dataset: Dataset, data: DataConfig, device: torch.device, precision: str, seconds: float
) -> Iterator[dict[str, Any]]:
    """The recipe with one thing changed at a time, equal steps; as many as there is time for."""
    clock = Clock(seconds)
    found: dict[str, Any] = {}
    is_gpu = device.type == "cuda"
    base = SMALL if is_gpu else TRIED_OUT
    # Ordinary steps among captured ones would hold all others up.
    slow = {"dropout", "own_mistakes"} if is_gpu else set()
    names = [name for name, (_, training) in CHANGES.items() if not slow & training.keys()]
    together = TOGETHER if is_gpu else len(names)
    steps: int | None = None
    for k in range(0, len(names), together):
        part = names[k : k + together]
        if clock.left <= 1:
            break
        share = clock.left * len(part) / (len(names) - k)
        config = replace(RECIPE, steps=10**6, precision=precision)
        runs = [
            Run(name, dataset, data, replace(base, **model), replace(config, **training), device)
            for name in part
            for model, training in [CHANGES[name]]
        ]
        for run in run_together(runs, share, steps):
            found[run.name] = {"changed": dict(zip(("model", "training"), CHANGES[run.name],
                                                   strict=True)), **run.told()}  # fmt: skip
            yield found
        # The same steps for those that follow, so that all can be compared.
        steps = steps or min(run.trainer.config.steps for run in runs)


def main() -> None:
    """Run all parts, or those asked for, and write what they found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seconds", type=float, default=540.0)
    parser.add_argument("--data", help="plans (JSON lines); the built-in ones if left out")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"))
    parser.add_argument("--parts", default=",".join(PARTS), help="of " + ",".join(PARTS))
    parser.add_argument("--runs", default="wide", help="of the part long: " + ",".join(LONG))
    asked = parser.parse_args()
    parts = asked.parts.split(",")
    if unknown := sorted({*parts} - {*PARTS}) + sorted({*asked.runs.split(",")} - {*LONG}):
        parser.error(f"unknown: {', '.join(unknown)}")
    if asked.device.startswith("cuda") and not torch.cuda.is_available():
        parser.error("this machine offers no CUDA GPU; --device cpu tries the command out")
    device, clock = torch.device(asked.device), Clock(asked.seconds)
    is_gpu = device.type == "cuda"
    if not is_gpu:
        torch.set_num_threads(1)  # what is tried out here is too small to be shared
    found: dict[str, Any] = {"command": vars(asked) | {"out": str(asked.out)}}

    def tell(name: str, value: Any) -> None:
        found[name] = value
        found["seconds_left"] = clock.left
        write_text(asked.out, json.dumps(found, indent=2) + "\n")
        print(f"{asked.seconds - clock.left:6.0f} s  {name}: {json.dumps(value)[:300]}", flush=True)

    data = DataConfig(num_plans=20_000 if is_gpu else 300)
    if asked.data:
        data = DataConfig(source="plans", path=asked.data)
    dataset = load_dataset(data)
    precision = "bfloat16" if is_gpu else "float32"
    diagrams = 256 if is_gpu else 4

    def speeds() -> dict[str, Any]:
        told = found.get("machine") or machine(device)
        return training_speed(dataset, device, told["peak_tflops"], 100 if is_gpu else 2)

    def some_changes() -> Iterator[dict[str, Any]]:
        share = 0.45 if "long" in parts else 1.0
        return changes(dataset, data, device, precision, share * max(clock.left - 5.0, 1.0))

    def long() -> Iterator[dict[str, Any]]:
        runs = named_runs(asked.runs.split(","), data, device, precision, not is_gpu)
        return long_runs(runs, max(clock.left - 10.0, 1.0), asked.out)

    work: dict[str, Callable[[], Any]] = {
        "machine": lambda: machine(device),
        "agreement": lambda: agreement(device, diagrams),
        "training": speeds,
        "sampling": lambda: sampling_speed(device, 5 if is_gpu else 1, 1_000 if is_gpu else 4),
        "changes": some_changes,
        "long": long,
    }
    for name in parts:
        try:
            told = work[name]()
            for value in [told] if isinstance(told, dict) else told:
                tell(name, value)
        except Exception:  # what one part cannot do must not cost the others
            tell(f"{name}, failed", traceback.format_exc())


if __name__ == "__main__":
    main()
