"""`bd-gen data`: prepare data."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.cli.checkpoint_notes import say_file_notes
from bd_gen.cli.data_options import PARAMETERS, out_option, split_file_option, template_option
from bd_gen.cli.data_vocabulary import vocabulary
from bd_gen.cli.progress import bar
from bd_gen.data.sources import SOURCES, Source
from bd_gen.data.splits import SPLITS
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


class SourcesGroup(click.Group):
    """A group with a command for each data source besides its own ones."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names in alphabetical order."""
        return sorted({*super().list_commands(ctx), *SOURCES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        own = super().get_command(ctx, cmd_name)
        return _of_source(SOURCES[cmd_name]) if own is None and cmd_name in SOURCES else own


@click.group(name="data", cls=SourcesGroup)
def command() -> None:
    """Prepare data: make, read, export and describe plans.

    Every source is read once and kept in the cache ($BD_GEN_CACHE, else ~/.cache/bd-gen) as
    arrays. Other commands take the same data by overrides: data=synthetic,
    data=graph2plan data.path=FILE, or data=plans data.path=FILE.
    """


command.add_command(vocabulary)


def _of_source(source: Source) -> click.Command:
    """The command that prepares the plans of a source, with the options that it takes."""
    parameters: list[click.Parameter] = [
        PARAMETERS[name]() for name in (*source.options, "n_max", "split")
    ]
    split = parameters[-1]
    if source.has_ids:
        parameters.append(split_file_option())
    else:
        split.type = click.Choice([split for split in SPLITS if split != "graph2plan"])
    if "labels" in source.options:
        parameters.append(template_option())
    return click.Command(
        source.name,
        params=[*parameters, out_option()],
        callback=partial(_prepare_source, source),
        help=source.details or source.about,
        short_help=source.about,
    )


def _prepare_source(
    source: Source, out: Path | None, labels_template: Path | None = None, **given: Any
) -> None:
    from bd_gen.data.config import DataConfig

    values: dict[str, Any] = {key: str(v) if isinstance(v, Path) else v for key, v in given.items()}
    config = DataConfig(source.name, **values)
    if labels_template is not None:
        _write_labels(config, labels_template)
    table = _prepare(config, out)
    if source.name == "synthetic":
        from bd_gen.cli.data_tables import print_calibration

        print_calibration(table, config.seed)


@command.command(short_help="Show the statistics of any data.")
@click.argument("overrides", nargs=-1)
def stats(overrides: tuple[str, ...]) -> None:
    """Show the statistics of any data: bd-gen data stats data=plans data.path=FILE."""
    from bd_gen.cli.data_tables import print_statistics
    from bd_gen.data.dataset import dataset_from_table

    config = _config(overrides)
    table = _load(config)
    data = dataset_from_table(table, config)
    say_file_notes((*table.notes, *data.notes))
    print_statistics(config, data, table)


@command.command(short_help="Test whether plans are alike when mirrored.")
@click.argument("overrides", nargs=-1)
def symmetry(overrides: tuple[str, ...]) -> None:
    """Test whether plans are as often one way round as the other.

    bd-gen data symmetry data=plans data.path=FILE: how far (type, type, relation) of one half of
    the plans is from the other half, as it is and mirrored. Where the two are alike or nearly so,
    training.mirror=true doubles what there is to train on.
    """
    from bd_gen.cli.data_tables import print_symmetry

    config = _config(overrides)
    table = _load(config)
    say_file_notes(table.notes)
    if len(table) < 2:
        raise InputError("bd-gen data symmetry: needs at least two plans")
    print_symmetry(config, table)


@command.command(short_help="Write any data in the open format.")
@click.argument("overrides", nargs=-1)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write, gzipped if the name ends in .gz.",
)
def export(overrides: tuple[str, ...], out: Path) -> None:
    """Write any data in the open format: bd-gen data export data=graph2plan data.path=FILE.

    Reading the file again gives the same diagrams, token for token. `bd-gen export` writes a file
    of plans in other formats.
    """
    table = _load(_config(overrides), keeps_shapes=True)
    say_file_notes(table.notes)
    _write(out, table)


@command.command(short_help="Download a published data set.")
@click.argument("what", type=click.Choice(["graph2plan"]))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data/graph2plan"),
    show_default=True,
    help="The folder for data.mat.",
)
@click.option("--url", help="Take Data.zip from here instead of its authors' release.")
@click.option("--sha256", help="Refuse a Data.zip that hashes to anything else.")
def fetch(what: str, out: Path, url: str | None, sha256: str | None) -> None:  # noqa: ARG001 (one choice so far)
    """Download a published data set.

    What breaks off goes on where it stopped when the command is given again.
    """
    from bd_gen.data.sources.graph2plan.download import GRAPH2PLAN_URL, fetch_graph2plan

    with bar("data.mat", "bytes") as report:
        path = fetch_graph2plan(url or GRAPH2PLAN_URL, out, report, sha256)
    click.echo(f"{path}\nnext: bd-gen data graph2plan {path}")


def _config(overrides: tuple[str, ...]) -> "DataConfig":
    from bd_gen.cli.overrides import data_config_from_overrides
    from bd_gen.data.config import DataConfig

    return data_config_from_overrides(overrides) or DataConfig()


def _load(config: "DataConfig", keeps_shapes: bool = False) -> "PlanTable":
    from bd_gen.data.dataset import load_table

    with bar(f"{config.source} plans", SOURCES[config.source].unit) as report:
        return load_table(config, report, keeps_shapes)


def _prepare(config: "DataConfig", out: Path | None) -> "PlanTable":
    """Load, say what is there, and write it to `out` if asked to."""
    from bd_gen.cli.data_tables import doubles_sentence
    from bd_gen.data.dataset import dataset_from_table

    table = _load(config, keeps_shapes=out is not None)
    data = dataset_from_table(table, config)
    say_file_notes((*table.notes, *data.notes))
    low, high = int(table.num_rooms.min()), int(table.num_rooms.max())
    num_distinct = int(table.groups.max()) + 1
    click.echo(
        f"{data.source}: {len(table):,} plans, {num_distinct:,} distinct, {low} to {high} rooms\n"
        f"training {len(data.split.train):,}, validation {len(data.split.validation):,}, "
        f"test {len(data.split.test):,} ({config.split} split); fingerprint {data.fingerprint}\n"
        f"{doubles_sentence(data)}"
        f"cache: {config.cache_folder}"
    )
    if out is not None:
        _write(out, table)
    return table


def _write_labels(config: "DataConfig", out: Path) -> None:
    """Write the mapping to fill in, if labels are unknown.

    Raises:
        InputError: some are, unless bad plans are left out; or the file cannot be written.
    """
    from bd_gen.data.unknown_labels import UnknownLabelsError, mapping_template, write_template

    try:
        SOURCES[config.source].read(replace(config, skip_bad=False), None)
    except UnknownLabelsError as error:
        write_template(out, error.labels, config.words)
        click.echo(mapping_template(error.labels, config.words), nl=False)
        click.echo(f"fill in, then give it: --labels {out}")
        if not config.skip_bad:
            raise
    except InputError:
        return  # whoever reads the plans says what is wrong with them
    else:
        click.echo("no label is unknown: nothing to map")


def _write(out: Path, table: "PlanTable") -> None:
    from bd_gen.data.sources.plans.plans_writer import write_plans
    from bd_gen.exchange.exports import FORMATS

    if out.is_dir():
        raise InputError(f"{out}: expected a file to write, this is a folder")
    if out.suffix.lower().removeprefix(".") in set(FORMATS) - {"jsonl", "json"}:
        raise InputError(
            f"{out}: plans are written as .jsonl; `bd-gen export` makes others of them"
        )
    with bar(f"writing {out.name}", "plans") as report:
        write_plans(out, table, report)
    click.echo(f"{len(table):,} plans: {out}")
