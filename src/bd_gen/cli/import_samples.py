"""`bd-gen import`: diagrams of any generator as the samples of a method."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.cli.checkpoint_notes import say_data_notes, say_file_notes
from bd_gen.cli.comparing import results_option
from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.progress import bar
from bd_gen.cli.vocabulary_options import labels_of, plan_file_options, words_of
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.diagrams.vocabulary import Vocabulary

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,120}")


@click.command("import", short_help="Take up diagrams of any generator as samples.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("overrides", nargs=-1)
@click.option("--as", "name", required=True, metavar="NAME", help="What tables call the method.")
@click.option(
    "--seeds",
    type=click.IntRange(1, 10_000),
    help="Equal parts to cut the diagrams into, as if each had a seed.  "
    "[default: as an array of three axes has them, else 1]",
)
@click.option("--schedule", default="imported", show_default=True, help="Folder of the results.")
@results_option
@click.option(
    "--n-max",
    type=click.IntRange(1, LARGEST_N_MAX),
    help="Most rooms of a diagram.  [default: that of the data, else 8; in another vocabulary as "
    "many as the largest has]",
)
@plan_file_options
@click.option("--overwrite", is_flag=True, help="Replace samples of that name.")
def command(
    file: Path,
    overrides: tuple[str, ...],
    name: str,
    seeds: int | None,
    schedule: str,
    results_dir: Path,
    n_max: int | None,
    labels: Path | None,
    vocabulary: str | None,
    skip_bad: bool,
    overwrite: bool,
) -> None:
    """Write the diagrams of FILE as NAME_samples.pt, for evaluate, compare, report, show and draw.

    FILE is plans (.jsonl, .json, gzipped or not), a GraphML file or a folder of them, or token rows
    as .npy, .npz or .pt: (N, length) or (seeds, N, length) integers. OVERRIDES name the data that
    they are to be measured against: data=plans data.path=FILE.

    \b
    Examples:
    bd-gen import theirs.jsonl --as housegan --seeds 5 data=plans data.path=mine.jsonl
    bd-gen import tokens.npy --as theirs --schedule loglinear
    """  # noqa: D301
    from bd_gen.data.config import RPLAN_N_MAX, DataConfig
    from bd_gen.diagrams.recorded_words import check_same_words
    from bd_gen.exchange.foreign_samples import read_foreign, samples_of
    from bd_gen.results.samples_file import samples_path, write_samples

    if not _NAME.fullmatch(name):
        raise InputError(
            f"--as {name}: expected letters, digits and . _ + -, as it becomes the name of a file"
        )
    if not _NAME.fullmatch(schedule):
        raise InputError(f"--schedule {schedule}: expected the name of a folder, no path")
    path = samples_path(results_dir / schedule, name)
    if path.exists() and not overwrite:
        raise InputError(f"{path}: exists; --overwrite replaces it")
    data = data_config_from_overrides(overrides)
    words = words_of(vocabulary, (data or DataConfig()).words)
    fields, fingerprint, rows = _reference(data)
    rooms = rows.n_max if n_max is None and rows is not None else n_max
    if rooms is None and words == RPLAN:
        rooms = RPLAN_N_MAX
    with bar(file.name, "files" if file.is_dir() else "bytes") as report:
        known = labels_of(labels, words)
        foreign = read_foreign(file, rooms, known, skip_bad, report)
    say_data_notes(foreign.notes)
    if rows is not None:
        check_same_words(words, str(file), rows.words, "the data to measure against")
    samples, notes = samples_of(foreign, name, file, seeds, fields, fingerprint)
    say_file_notes(notes)
    write_samples(path, samples)
    click.echo(
        f"{path}: {len(samples.seeds)} x {samples.num_samples:,} diagrams; next: "
        f"bd-gen evaluate --schedule {schedule} --model {name}"
    )


def _reference(
    data: "DataConfig | None",
) -> "tuple[dict[str, Any] | None, str | None, Vocabulary | None]":
    """Fields, fingerprint and rows of the data to measure against, if they were named."""
    if data is None:
        return None, None, None
    from dataclasses import asdict

    from bd_gen.data.config import recorded_fields
    from bd_gen.data.dataset import load_dataset

    with bar("data", "bytes") as report:
        dataset = load_dataset(data, report)
    say_data_notes((*dataset.plan_notes, *dataset.notes))
    return recorded_fields(asdict(data)), dataset.fingerprint, dataset.vocabulary
