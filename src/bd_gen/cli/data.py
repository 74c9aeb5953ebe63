"""`bd-gen data`: prepare data."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.checkpoint_notes import say_file_notes
from bd_gen.cli.progress import bar
from bd_gen.data.splits import SPLITS
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable

_out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the plans there as JSON lines, gzipped if the name ends in .gz.",
)
_OTHER_FORMATS = (".csv", ".graphml", ".dxf", ".svg", ".png", ".pdf")
_n_max_option = click.option(
    "--n-max", type=int, default=8, show_default=True, help="Most rooms a plan may have."
)
_skip_bad_option = click.option("--skip-bad", is_flag=True, help="Leave out bad plans.")
_split_option = click.option(
    "--split",
    type=click.Choice(SPLITS),
    default="canonical",
    show_default=True,
    help="What is kept on one side of training and held-out plans; see docs/data.md.",
)
_split_file_option = click.option(
    "--split-file",
    type=click.Path(path_type=Path),
    help="Folder with train.txt and test.txt (--split graph2plan).",
)


@click.group(name="data")
def command() -> None:
    """Prepare data: make, read, export and describe plans.

    Every source is read once and kept in the cache ($BD_GEN_CACHE, else ~/.cache/bd-gen) as
    arrays. Other commands take the same data by overrides: data=synthetic,
    data=graph2plan data.path=FILE, or data=plans data.path=FILE.
    """


@command.command(short_help="Make synthetic plans and report on them.")
@click.option("--num-plans", type=int, default=20_000, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--split",
    type=click.Choice([split for split in SPLITS if split != "graph2plan"]),
    default="canonical",
    show_default=True,
    help="What is kept on one side of training and held-out plans; see docs/data.md.",
)
@_out_option
def synthetic(num_plans: int, seed: int, split: str, out: Path | None) -> None:
    """Make synthetic plans and compare their statistics with RPLAN's."""
    from bd_gen.cli.data_tables import print_calibration
    from bd_gen.data.config import DataConfig

    config = DataConfig(num_plans=num_plans, seed=seed, split=split)
    table = _prepare(config, out)
    print_calibration(table, seed)


@command.command(short_help="Read RPLAN as published by Graph2Plan.")
@click.argument("file", type=click.Path(path_type=Path))
@_n_max_option
@_skip_bad_option
@_split_option
@_split_file_option
@_out_option
def graph2plan(
    file: Path,
    n_max: int,
    skip_bad: bool,
    split: str,
    split_file: Path | None,
    out: Path | None,
) -> None:
    """Read RPLAN as published by Graph2Plan: FILE is data.mat or a single plan."""
    from bd_gen.data.config import DataConfig

    config = DataConfig(
        "graph2plan",
        path=str(file),
        n_max=n_max,
        skip_bad=skip_bad,
        split=split,
        split_file=None if split_file is None else str(split_file),
    )
    _prepare(config, out)


@command.command(short_help="Read your own plans (JSON lines).")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help='JSON file {"foreign label": "RoomType"}.',
)
@_n_max_option
@_skip_bad_option
@_split_option
@_split_file_option
@_out_option
def plans(
    file: Path,
    labels: Path | None,
    n_max: int,
    skip_bad: bool,
    split: str,
    split_file: Path | None,
    out: Path | None,
) -> None:
    """Read your own plans: FILE holds one JSON object a line, gzipped or not.

    {"id": "1", "rooms": [{"type": "Kitchen", "box": [x0, y0, x1, y1]}, ...]}, in pixels of a
    256-pixel plan, y downwards; or "relations": [[i, j, "left-of"], ...] instead of boxes.
    """
    from bd_gen.data.config import DataConfig

    config = DataConfig(
        "plans",
        path=str(file),
        labels=None if labels is None else str(labels),
        n_max=n_max,
        skip_bad=skip_bad,
        split=split,
        split_file=None if split_file is None else str(split_file),
    )
    _prepare(config, out)


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
    table = _load(_config(overrides))
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


def _load(config: "DataConfig") -> "PlanTable":
    from bd_gen.data.dataset import load_table

    unit = "bytes" if config.source == "plans" else "plans"
    with bar(f"{config.source} plans", unit) as report:
        return load_table(config, report)


def _prepare(config: "DataConfig", out: Path | None) -> "PlanTable":
    """Load, say what is there, and write it to `out` if asked to."""
    from bd_gen.cli.data_tables import doubles_sentence
    from bd_gen.data.dataset import dataset_from_table

    table = _load(config)
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


def _write(out: Path, table: "PlanTable") -> None:
    from bd_gen.data.sources.plans.plans_writer import write_plans

    if out.is_dir():
        raise InputError(f"{out}: expected a file to write, this is a folder")
    if out.suffix.lower() in _OTHER_FORMATS:
        raise InputError(
            f"{out}: plans are written as .jsonl; `bd-gen export` makes others of them"
        )
    with bar(f"writing {out.name}", "plans") as report:
        write_plans(out, table, report)
    click.echo(f"{len(table):,} plans: {out}")
