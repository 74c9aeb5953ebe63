"""`bd-gen generate`."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, make_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.cli.checkpoint_notes import say_file_notes, say_notes
from bd_gen.cli.engine_options import engine_options, opened_engine
from bd_gen.cli.train import OverridesCommand
from bd_gen.cli.vocabulary_options import labels_of
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from collections.abc import Callable

    from bd_gen.cli.compose import Section
    from bd_gen.diagrams.words import Words
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.job import GenerationJob
    from bd_gen.sampling.conditions import Condition
    from bd_gen.sampling.method import Method
    from bd_gen.training.checkpoint import Checkpoint

    Asked = Callable[[Words], Condition]


class GenerateCommand(OverridesCommand):
    """Help with the settings of `generate`."""

    config_name = "generate"


@dataclass(frozen=True)
class EvalConfig:
    """The `eval` section of the configuration without what belongs to the method."""

    checkpoint_path: str = "bundled"
    seeds: list[int] = field(default_factory=list)
    num_samples: int = 1_000
    batch_size: int = 512
    device: str = "auto"
    class_weights: str | None = None
    overwrite: bool = False


@click.command("generate", cls=GenerateCommand)
@click.option(
    "--given",
    metavar="FILE[#ID]",
    help="A partial diagram (.json, .graphml), or a plan (.jsonl) by its id.",
)
@click.option(
    "--absent-edges",
    type=click.Choice(["drawn", "none"]),
    help="Rooms whose relation --given leaves out: drawn, or none (not joined). By default what "
    "the file says: none in a plan and in a graph that is complete, else drawn.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help='JSON file {"foreign label": "RoomType"} for --given and --rooms.',
)
@click.option("--rooms", help='Rooms of every sample: "LivingRoom, Kitchen, Bathroom".')
@click.option("--num-rooms", type=int, help="Rooms of every sample, if more than are given.")
@click.option(
    "--export",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Also write the diagrams: .jsonl, .json, .csv, or NAME{id}.graphml for a file each.",
)
@engine_options
@click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")
def command(
    given: str | None,
    absent_edges: str | None,
    labels: Path | None,
    rooms: str | None,
    num_rooms: int | None,
    export: Path | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    shard_size: int | None,
    overrides: tuple[str, ...],
) -> None:
    """Sample diagrams from a checkpoint.

    Writes {results.dir}/{schedule}/{method}_samples.pt and nothing else. Stopped by Ctrl-C or
    otherwise, the same command goes on where it stopped. --engine decides where the work is
    done, never what comes out.

    With --given or --rooms every sample keeps what is given. Rooms that are joined without a
    direction ([0, 1] among the relations of a plan, an edge without a relation in a graph) stay
    joined, in a way that the model draws. The file lies in a folder of its own,
    {schedule}_given_{hash}.

    Without eval.checkpoint_path it is the checkpoint that comes with the package.

    Example: bd-gen generate eval.checkpoint_path=runs/synthetic_loglinear_small/checkpoint_final.pt
    eval.unmasking_mode=llada eval.top_p=0.9
    """
    from bd_gen.exchange.export import check_export, export_samples
    from bd_gen.generation.engines import EngineSettings

    where = EngineSettings(engine, workers, scheduler, shard_size)
    if export is not None:
        check_export(export)
    job, checkpoint = generation_job(
        overrides, _condition(given, absent_edges, labels, rooms, num_rooms)
    )
    say_notes(checkpoint)
    path = generate_with_progress(job, checkpoint, where)
    if export is not None:
        click.echo(f"wrote {export} ({export_samples(path, export):,} diagrams)")


def _condition(
    given: str | None,
    absent_edges: str | None,
    labels: Path | None,
    rooms: str | None,
    num_rooms: int | None,
) -> "Asked | None":
    """What every sample keeps, once it is known in which words the model speaks."""
    if given is not None and rooms is not None:
        raise InputError("--given and --rooms: give one of the two")
    if given is None and absent_edges is not None:
        raise InputError("--absent-edges: goes with --given")
    if given is None and rooms is None:
        if num_rooms is not None:
            raise InputError("--num-rooms: goes with --given or --rooms")
        if labels is not None:
            raise InputError("--labels: goes with --given or --rooms")
        return None

    def in_words(words: "Words") -> "Condition":
        from bd_gen.exchange.given import read_given
        from bd_gen.sampling.conditions import condition_from_rooms

        known = labels_of(labels, words)
        if rooms is not None:
            condition = condition_from_rooms(rooms, known)
        else:
            condition = read_given(
                given or "", absent_edges, known, lambda note: say_file_notes([note])
            )
        return condition if num_rooms is None else condition.with_rooms(num_rooms)

    return in_words


def generation_job(
    overrides: tuple[str, ...] | list[str], asked: "Asked | None" = None
) -> "tuple[GenerationJob, Checkpoint]":
    """The job that overrides describe, and its checkpoint.

    Args:
        overrides: KEY=VALUE.
        asked: gives what every sample keeps in the words of the checkpoint.

    Raises:
        InputError: a setting that is unknown, out of range, or contradicts the checkpoint.
    """
    from bd_gen.cli.compose import as_text, compose
    from bd_gen.cli.published_overrides import apart, check_claims
    from bd_gen.generation.job import GenerationJob
    from bd_gen.model.class_weights import read_class_weights
    from bd_gen.training.bundled import checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    claims, rest = apart(overrides)
    config = compose("generate", rest)
    config["eval"]["seeds"] = _seeds(config["eval"]["seeds"])
    settings, of_method = _sections(config["eval"])
    # A shell leaves the ~ of KEY=~/VALUE alone.
    checkpoint_path = expanded(settings.checkpoint_path)
    checkpoint = load_checkpoint(checkpoint_file(checkpoint_path))
    check_claims(claims, checkpoint)
    condition = None if asked is None else asked(checkpoint.words)
    weights = None
    if settings.class_weights is not None:
        weights = read_class_weights(expanded(settings.class_weights), checkpoint.words)
        checkpoint = replace(checkpoint, class_weights=weights)
    noise = (config.get("noise") or {}).get("name")
    folder = as_text(config["results"], "schedule")
    schedule = str(folder or _schedule(noise, settings, checkpoint))
    if condition is not None and folder is None:
        schedule += f"_given_{condition.digest}"
    if Path(schedule).name != schedule or schedule in (".", ".."):
        raise InputError(f"results.schedule: expected the name of a folder, got {schedule!r}")
    job = GenerationJob(
        checkpoint_path=checkpoint_path,
        method=_method(of_method, checkpoint.is_learned),
        directory=expanded(config["results"]["dir"]) / schedule / _label(config["results"]),
        seeds=tuple(settings.seeds),
        num_samples=settings.num_samples,
        batch_size=settings.batch_size,
        device=settings.device,
        overwrite=settings.overwrite,
        condition=condition,
        class_weights=weights,
    )
    return job, checkpoint


def _label(results: Mapping[str, Any]) -> str:
    """The folder of a label below that of the schedule; empty without one."""
    from bd_gen.cli.compose import as_text

    label = as_text(results, "label")
    if label is None:
        return ""
    if Path(label).name != label or label.startswith("."):
        raise InputError(f"results.label: expected a name for a folder, got {label!r}")
    return label


def _seeds(value: object) -> list[object]:
    """One seed is a list of one."""
    if isinstance(value, list):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    raise InputError(f"eval.seeds: expected a number or a list as in [42,123], got {value!r}")


def _sections(values: "Section") -> tuple[EvalConfig, dict[str, object]]:
    """The `eval` section: what does not belong to the method, and the method's settings by key."""
    from bd_gen.cli.compose import section
    from bd_gen.sampling.settings import config_settings

    known = config_settings()
    inner = {one.key.partition(".")[0] for one in known if "." in one.key}
    found: dict[str, object] = {}
    for name in inner:
        fields = [(one.key.partition(".")[2], one.kind, one.default)
                  for one in known if one.key.startswith(f"{name}.")]  # fmt: skip
        made: Any = section(make_dataclass(name, fields), values.pop(name), f"eval.{name}")
        found |= {f"{name}.{key}": value for key, value in asdict(made).items()}
    fields = [(one.key, one.kind, one.default) for one in known if "." not in one.key]
    cls = make_dataclass("Settings", fields, bases=(EvalConfig,), frozen=True)
    settings: Any = section(cls, values, "eval")
    return settings, found | asdict(settings)


def _method(settings: dict[str, object], is_learned: bool) -> "Method":
    from bd_gen.sampling.settings import from_config

    try:
        return from_config(settings, is_learned)
    except ValueError as error:
        raise InputError(f"eval.{error}") from None


def _schedule(noise: str | None, settings: EvalConfig, checkpoint: "Checkpoint") -> str:
    """The folder for the results; a learned process may borrow the name of another schedule."""
    if noise is None or noise == checkpoint.noise:
        return checkpoint.noise
    if checkpoint.is_learned:
        return noise
    raise InputError(
        f"noise={noise}: {settings.checkpoint_path} was trained with noise={checkpoint.noise}; "
        "drop the override or take another checkpoint"
    )


def generate_with_progress(
    job: "GenerationJob", checkpoint: "Checkpoint", where: "EngineSettings | None" = None
) -> Path:
    """Run a job with a progress bar; returns the samples file."""
    from bd_gen.cli.progress import bar
    from bd_gen.generation.engines import EngineSettings
    from bd_gen.generation.job import generate
    from bd_gen.results.rejection import plain_rejection, rejection_in_words

    where = where or EngineSettings()
    try:
        with opened_engine(where) as engine, bar(job.method.name, "diagrams") as report:
            done = generate(job, checkpoint, report, engine, where.shard_size)
    except KeyboardInterrupt:
        click.echo("stopped; what is drawn is kept, and the same command goes on", err=True)
        sys.exit(130)
    if done.is_new:
        refused = ""
        if done.rejection:
            refused = f"; refused: {rejection_in_words(plain_rejection(done.rejection))}"
        click.echo(
            f"wrote {done.path} ({len(job.seeds)} x {job.num_samples:,} diagrams, "
            f"{done.calls_per_sample:.1f} network calls a diagram, {done.seconds:.1f} s{refused})"
        )
    else:
        click.echo(f"already complete: {done.path}")
    return done.path
