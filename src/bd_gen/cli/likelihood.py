"""`bd-gen likelihood`: how well models know held-out plans, without a sampler."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.cli.batch_options import class_weights_of
from bd_gen.cli.checkpoint_notes import say_data_notes, say_notes
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from bd_gen.data.config import DataConfig
    from bd_gen.diffusion.any_order import AnyOrderNats
    from bd_gen.training.checkpoint import Checkpoint

SPLITS = ("validation", "test", "train")


@click.command("likelihood")
@click.argument("words", nargs=-1, required=True, metavar="CHECKPOINT... [data.KEY=VALUE]...")
@click.option("--split", type=click.Choice(SPLITS), default="validation", show_default=True)
@click.option("--num", type=click.IntRange(1), help="Only so many plans, spread over the split.")
@click.option("--orders", type=click.IntRange(1), default=1, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the orders.")
@click.option("--batch-size", type=click.IntRange(1), default=512, show_default=True)
@click.option(
    "--class-weights",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSON: weights of the loss that trained the models, to be divided out.",
)
@click.option("--device", default="auto", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Also write the numbers as JSON.")
def command(
    words: tuple[str, ...],
    split: str,
    num: int | None,
    orders: int,
    seed: int,
    batch_size: int,
    class_weights: Path | None,
    device: str,
    out: Path | None,
) -> None:
    """Nats per held-out diagram given its number of rooms, for one checkpoint or several.

    The exact any-order likelihood along fixed random orders, one token a call: deterministic, and
    the number by which to choose between models. Plans are those of the data that a checkpoint
    was trained on; data=... names others. "bundled" is the checkpoint of the package.
    """
    import numpy as np

    from bd_gen.cli.progress import bar
    from bd_gen.files import write_text
    from bd_gen.training.bundled import checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    weights = class_weights_of(class_weights)
    paths = [word for word in words if "=" not in word]
    data = data_config_from_overrides([word for word in words if "=" in word])
    if not paths:
        raise InputError("likelihood: expected the path of a checkpoint")
    report: dict[str, Any] = {"split": split, "orders": orders, "seed": seed, "checkpoints": {}}
    first: tuple[str, np.ndarray, AnyOrderNats] | None = None
    for path in paths:
        checkpoint = load_checkpoint(checkpoint_file(path))
        checkpoint = replace(checkpoint, class_weights=weights)
        say_notes(checkpoint)
        rows = _rows(checkpoint, path, data, split, num)
        with bar(path, "diagrams") as progress:
            nats = _nats(checkpoint, rows, (orders, seed, batch_size, device), progress)
        click.echo(_sentence(path, nats))
        for n, (mean, count) in nats.by_num_rooms().items():
            click.echo(f"  {n} rooms: {mean:.3f} ({count:,} diagrams)")
        report["checkpoints"][path] = {**_numbers(nats), "sha256": checkpoint.sha256}
        if first is None:
            first = path, rows, nats
        elif np.array_equal(rows, first[1]):
            pair = _pair(nats, first[2])
            report["checkpoints"][path]["minus_first"] = pair
            click.echo(
                f"  {pair['difference']:+.3f} ± {pair['standard_error']:.3f} nats against "
                f"{first[0]}, plan by plan"
            )
    if out is not None:
        write_text(out, json.dumps(report, indent=2) + "\n")


def _rows(
    checkpoint: "Checkpoint", path: str, data: "DataConfig | None", split: str, num: int | None
) -> "np.ndarray":
    """Token rows to measure; evenly spread over the split if only some are wanted."""
    import numpy as np

    from bd_gen.data.dataset import load_dataset
    from bd_gen.experiments.provenance import recorded_data

    dataset = load_dataset(data or recorded_data(checkpoint))
    say_data_notes(dataset.notes)
    if dataset.vocabulary != checkpoint.vocabulary:
        raise InputError(
            f"{path}: data.n_max: expected {checkpoint.n_max} as in the checkpoint, "
            f"got {dataset.vocabulary.n_max}"
        )
    # A published checkpoint names its data, but has no fingerprint of them.
    if data is None and checkpoint.data_fingerprint not in ("", dataset.fingerprint):
        raise InputError(
            f"{path}: the data it was trained on have changed; name the data to measure: data=..."
        )
    rows: np.ndarray = getattr(dataset, split)
    if not len(rows):
        raise InputError(f"{dataset.source}: there are no plans in the {split} part")
    if num is not None and num < len(rows):
        rows = rows[np.linspace(0, len(rows) - 1, num).round().astype(np.int64)]
    return rows


def _nats(
    checkpoint: "Checkpoint",
    rows: "np.ndarray",
    settings: tuple[int, int, int, str],
    progress: Any,
) -> "AnyOrderNats":
    from bd_gen.diffusion.any_order import any_order_nats
    from bd_gen.models.device import resolve_device

    orders, seed, batch_size, device = settings
    denoiser = checkpoint.denoiser(resolve_device(device))
    return any_order_nats(denoiser, rows, checkpoint.process, orders, seed, batch_size, progress)


def _pair(nats: "AnyOrderNats", first: "AnyOrderNats") -> dict[str, float]:
    """Difference of two models on the same plans, and its standard error: most of what makes plans
    likely or not is common to both.
    """
    gap = nats.per_diagram - first.per_diagram
    error = float(gap.std(ddof=1) / len(gap) ** 0.5) if len(gap) > 1 else 0.0
    return {"difference": float(gap.mean()), "standard_error": error}


def _sentence(path: str, nats: "AnyOrderNats") -> str:
    return (
        f"{path}: {nats.mean:.3f} ± {nats.standard_error:.3f} nats per diagram "
        f"({len(nats.per_diagram):,} diagrams; {nats.per_token:.4f} per token)"
    )


def _numbers(nats: "AnyOrderNats") -> dict[str, Any]:
    return {
        "nats_per_diagram": nats.mean,
        "standard_error": nats.standard_error,
        "nats_per_token": nats.per_token,
        "num_diagrams": len(nats.per_diagram),
        "by_num_rooms": {str(n): mean for n, (mean, _) in nats.by_num_rooms().items()},
    }
