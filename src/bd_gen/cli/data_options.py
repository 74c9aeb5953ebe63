"""Options of the commands below `bd-gen data`, by the names that sources give them."""

from collections.abc import Callable
from pathlib import Path

import click

from bd_gen.data.sources.plans.plan_units import UNITS
from bd_gen.data.splits import SPLITS

FILE = click.Path(path_type=Path)


def out_option() -> click.Option:
    """Where plans are written, too."""
    text = "Also write the plans there as JSON lines, gzipped if the name ends in .gz."
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.Option(["--out"], type=kind, help=text)


def template_option() -> click.Option:
    """Where a mapping of unknown labels is written."""
    text = "Write a mapping of all unknown labels there, to be filled in, if there are any."
    kind = click.Path(path_type=Path, dir_okay=False)
    return click.Option(["--labels-template"], type=kind, help=text)


def split_file_option() -> click.Option:
    """The lists of the published split."""
    text = "Folder with train.txt and test.txt (--split graph2plan)."
    return click.Option(["--split-file"], type=FILE, help=text)


def _number(name: str, default: int, text: str | None = None) -> click.Option:
    return click.Option([name], type=int, default=default, show_default=True, help=text)


PARAMETERS: dict[str, Callable[[], click.Parameter]] = {
    "path": lambda: click.Argument(["path"], metavar="FILE", type=FILE),
    "labels": lambda: click.Option(
        ["--labels"], type=FILE, help='JSON file {"foreign label": "RoomType"}.'
    ),
    "vocabulary": lambda: click.Option(
        ["--vocabulary"], metavar="NAME|FILE", help="What rooms and relations are called."
    ),
    "num_plans": lambda: _number("--num-plans", 20_000),
    "seed": lambda: _number("--seed", 0),
    "unit": lambda: click.Option(
        ["--unit"],
        type=click.Choice(UNITS),
        help="What coordinates are measured in: metres or pixels of a 256-pixel plan.",
    ),
    "scale": lambda: click.Option(
        ["--scale"],
        type=float,
        help="How many units one step of the coordinates is: 0.001 for millimetres with m.",
    ),
    "flip_y": lambda: click.Option(
        ["--flip-y"], is_flag=True, default=None, help="y grows upwards."
    ),
    "fit": lambda: click.Option(
        ["--fit"], is_flag=True, default=None, help="Sizes are unknown: scale each plan."
    ),
    "skip_bad": lambda: click.Option(["--skip-bad"], is_flag=True, help="Leave out bad plans."),
    "n_max": lambda: click.Option(
        ["--n-max"],
        type=int,
        help="Most rooms a plan may have.  [8; in another vocabulary as many as the largest has]",
    ),
    "split": lambda: click.Option(
        ["--split"],
        type=click.Choice(SPLITS),
        default="canonical",
        show_default=True,
        help="What is kept on one side of training and held-out plans; see docs/data.md.",
    ),
}
"""What the commands of sources take, by the fields of `DataConfig`."""
