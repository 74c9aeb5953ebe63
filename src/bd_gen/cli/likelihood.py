"""`bd-gen likelihood`: how well models know held-out plans, without a sampler."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.cli.checkpoint_notes import say_data_notes, say_notes
from bd_gen.cli.engine_options import class_weights_of
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.cli.likelihood_report import Measured, Settings
    from bd_gen.generation.held_out import HeldOut
    from bd_gen.model.class_weights import ClassWeights
    from bd_gen.model.conditionals import Conditionals
    from bd_gen.training.checkpoint import Checkpoint

SPLITS = ("validation", "test", "train")
ORDERS = ("random", "types", "edges", "rooms")
GIVEN = ("types", "half")
ENDINGS = (".json", ".csv")


@click.command("likelihood")
@click.argument("words", nargs=-1, required=True, metavar="CHECKPOINT... [data.KEY=VALUE]...")
@click.option("--split", type=click.Choice(SPLITS), default="validation", show_default=True)
@click.option("--num", type=click.IntRange(1), help="Only so many plans, spread over the split.")
@click.option(
    "--order",
    "laws",
    type=click.Choice([*ORDERS, "all"]),
    multiple=True,
    default=("random",),
    show_default="random",
    help="Law of the orders; several, or all, are set side by side.",
)
@click.option(
    "--orders",
    "num_orders",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Orders of each law that are drawn for every diagram.",
)
@click.option(
    "--given",
    type=click.Choice(GIVEN),
    help="Known from the start: the room types, or a random half of the tokens.",
)
@click.option(
    "--mean", "with_mean", is_flag=True, help="Also the mean of all models, at each call."
)
@click.option("--mirror", "with_mirror", is_flag=True, help="Means include left-right mirrors.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the orders.")
@click.option("--batch-size", type=click.IntRange(1), default=512, show_default=True)
@click.option(
    "--class-weights",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="JSON: weights of the loss that trained the models, to be divided out.",
)
@click.option("--device", default="auto", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Also write the numbers (.json), or those of every plan (.csv); may be given twice.",
)
def command(words: tuple[str, ...], num: int | None, out: tuple[Path, ...], **options: Any) -> None:
    """Nats per held-out diagram given its number of rooms, for one checkpoint or several.

    Tokens are revealed one a call along fixed random orders, so numbers are deterministic. The
    mean over orders is an upper bound on -log p of the sampler that draws its order at random; it
    is the number by which to choose between models. With --orders K the log-mean-exp over the K
    orders stands beside it: a tighter bound, in expectation. ± is the standard error over
    diagrams. Of several checkpoints each is compared with the first, plan by plan.

    Plans are those of the data that the checkpoints were trained on; data=... names others.
    "bundled" is the checkpoint of the package.
    """
    from bd_gen.cli.likelihood_report import Settings, lines_of, write_numbers, write_plans
    from bd_gen.generation.held_out import held_out_plans

    for path in out:
        if path.suffix.lower() not in ENDINGS:
            raise InputError(f"--out {path}: expected a name that ends in {' or '.join(ENDINGS)}")
    data = data_config_from_overrides([word for word in words if "=" in word])
    options["laws"] = _laws(options["laws"])
    options["class_weights"] = class_weights_of(options["class_weights"])
    settings = Settings(**options)
    names = [word for word in words if "=" not in word]
    checkpoints = _checkpoints(names, settings.class_weights)
    if settings.with_mean and not settings.with_mirror and len(checkpoints) == 1:
        raise InputError("--mean: expected at least two checkpoints, or --mirror")
    plans = held_out_plans(checkpoints, data, settings.split, num)
    say_notes(*checkpoints.values())
    say_data_notes(plans.data_notes)
    for note in plans.notes:
        click.echo(note, err=True)
    measured = _measured(checkpoints, plans, settings)
    for line in lines_of(measured, plans, settings):
        click.echo(line)
    for path in out:
        write = write_numbers if path.suffix.lower() == ".json" else write_plans
        write(path, measured, plans, settings)


def _laws(names: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order asked for."""
    return ORDERS if "all" in names else tuple(dict.fromkeys(names))


def _checkpoints(paths: list[str], class_weights: "ClassWeights | None") -> "dict[str, Checkpoint]":
    from bd_gen.training.bundled import checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    if not paths:
        raise InputError("likelihood: expected the path of a checkpoint")
    found: dict[str, Checkpoint] = {}
    for path in paths:
        if path in found:
            raise InputError(f"{path}: was given twice")
        content = load_checkpoint(checkpoint_file(path))
        found[path] = replace(content, class_weights=class_weights)
    return found


def _measured(
    checkpoints: "dict[str, Checkpoint]", plans: "HeldOut", settings: "Settings"
) -> "list[Measured]":
    """One a checkpoint, then the mean of all if it is wanted."""
    from bd_gen.cli.likelihood_report import Measured
    from bd_gen.cli.progress import bar
    from bd_gen.model.any_order import nats_of_models
    from bd_gen.model.conditionals import MirroredConditionals
    from bd_gen.model.given_tokens import given_tokens

    models = [_conditionals(one, settings.device) for one in checkpoints.values()]
    if settings.with_mirror:
        models += [MirroredConditionals(model) for model in models]
    has_mean = settings.with_mean or settings.with_mirror
    given = None
    if settings.given is not None:
        vocabulary = next(iter(checkpoints.values())).vocabulary
        given = given_tokens(settings.given, plans.tokens, vocabulary, settings.seed)
    measured = [Measured(name, one.sha256) for name, one in checkpoints.items()]
    if has_mean:
        measured.append(Measured(_name_of_mean(list(checkpoints), settings.with_mirror)))
    for law in settings.laws:
        with bar(f"order {law}", "diagrams") as progress:
            found = nats_of_models(
                models,
                plans.tokens,
                law,
                settings.num_orders,
                settings.seed,
                given,
                with_mean=has_mean,
                batch_size=settings.batch_size,
                progress=progress,
            )
        wanted = [*found[: len(checkpoints)], *found[len(models) :]]
        for one, nats in zip(measured, wanted, strict=True):
            one.by_law[law] = nats
    return measured


def _name_of_mean(names: list[str], with_mirror: bool) -> str:
    mirrors = (" and its mirror image", " and their mirror images")[len(names) > 1]
    return f"mean of {', '.join(names)}{mirrors if with_mirror else ''}"


def _conditionals(checkpoint: "Checkpoint", device: str) -> "Conditionals":
    from bd_gen.model.conditionals import DenoiserConditionals
    from bd_gen.model.device import resolve_device

    denoiser = checkpoint.denoiser(resolve_device(device))
    return DenoiserConditionals(denoiser, checkpoint.process)
