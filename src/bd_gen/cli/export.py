"""`bd-gen export`: diagrams and layouts as files for other programs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.checkpoint_notes import say_file_notes
from bd_gen.cli.progress import bar
from bd_gen.cli.vocabulary_options import labels_of, plan_file_options, words_of

if TYPE_CHECKING:
    from bd_gen.diagrams.laid_out import LaidOut
    from bd_gen.diagrams.names import RoomLabels
    from bd_gen.exchange.choosing import Choice

_MOST_NAMED = 10
_MOST_INDICES = 1_000_000


class _Out(click.Option):
    """The option whose help lists the formats, which are loaded only to be shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Name and help."""
        from bd_gen.exchange.exports import FORMATS, endings

        layouts = " and ".join(name.upper() for name in FORMATS if FORMATS[name].needs_boxes)
        self.help = (self.help or "").format(endings=endings(), layouts=layouts, id="{id}")
        return super().get_help_record(ctx)


@click.command(short_help="Write diagrams as GraphML, DXF, CSV, JSON or pictures.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    cls=_Out,
    required=True,
    help="A file by its ending: {endings}; "
    "with {id} in its name a file each; or a folder, with --format.",
)
@click.option("--format", "format_name", metavar="FORMAT", help="Such an ending, without the dot.")
@click.option("--id", "ids", multiple=True, help="Only the diagram with this id; may be repeated.")
@click.option(
    "--index",
    "indices",
    multiple=True,
    metavar="N,N-N",
    help="Only these, counted from 0: 3,8-11; may be repeated.",
)
@click.option("--limit", type=int, help="At most so many, from the first on.")
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**64 - 1),
    help="Only this seed of a samples file.",
)
@click.option(
    "--scale",
    type=float,
    help="Metres per pixel, for DXF, CSV and pictures.  [default: 0.0703125, 18 m for 256 pixels]",
)
@click.option(
    "--layout/--no-layout",
    "is_layout",
    default=None,
    cls=_Out,
    help="Find rectangles where there are none, or where they do not give the relations.  "
    "[default: where there are none, for {layouts} only]",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0.01, 86_400),
    default=300.0,
    show_default=True,
    help="Seconds by the clock that end the search for rectangles; its effort is limited, too.",
)
@plan_file_options
def command(
    file: Path,
    out: str,
    format_name: str | None,
    ids: tuple[str, ...],
    indices: tuple[str, ...],
    limit: int | None,
    seed: int | None,
    scale: float | None,
    is_layout: bool | None,
    time_limit: float,
    labels: Path | None,
    vocabulary: str | None,
    skip_bad: bool,
) -> None:
    """Write the diagrams of FILE for other programs.

    FILE is a file of plans (.jsonl, .jsonl.gz, .json), of samples (_samples.pt) or a GraphML.

    A diagram that no rectangles realize, or that took too long, is named; it is left out of DXF and
    written without rectangles elsewhere, and the exit code is then 2.

    \b
    Examples:
    bd-gen export plans.jsonl --out rooms.csv
    bd-gen export plans.jsonl --id 7 --out plan.dxf --scale 0.07
    bd-gen export eval_results/loglinear/METHOD_samples.pt --limit 20 --out graphs/{id}.graphml
    """  # noqa: D301
    from bd_gen.cli.indices import indices_of
    from bd_gen.diagrams.laid_out import checked_scale, scale_of
    from bd_gen.exchange.choosing import Choice
    from bd_gen.exchange.export import export_plans, export_target

    given = None if scale is None else checked_scale(scale)
    target = export_target(out, format_name)
    needs_boxes = target.kind.needs_boxes
    choice = Choice(ids, indices_of(indices, _MOST_INDICES), limit, seed)
    plans = _read(file, choice, labels_of(labels, words_of(vocabulary)), skip_bad)
    metres = scale_of(plans[0].diagram.words) if given is None else given
    target.paths(plans)  # too many for one file is said before anything is solved
    num_unsolved = 0
    if needs_boxes if is_layout is None else is_layout:
        plans, num_unsolved = _solved(plans, time_limit, needs_boxes, keep_boxes=is_layout is None)
    _say_other_relations(plans)
    if plans:
        with bar(f"writing {target.path.name}", "files") as report:
            paths = export_plans(plans, target, metres, report)
        where = paths[0] if len(paths) == 1 else f"{len(paths):,} files in {paths[0].parent}"
        click.echo(f"{_counted(len(plans))}: {where}")
    if num_unsolved:
        sys.exit(2)


def _read(file: Path, choice: "Choice", labels: "RoomLabels", skip_bad: bool) -> "list[LaidOut]":
    from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out

    with bar(file.name, "bytes") as report:
        # Relations that are not those of the boxes are told once it is known which boxes stay.
        options = ReadingOptions(labels, skip_bad, progress=report, tells_of_relations=False)
        read = read_laid_out(file, choice, options)
    say_file_notes(read.notes)
    return read.plans


def _solved(
    plans: "list[LaidOut]", time_limit: float, needs_boxes: bool, keep_boxes: bool
) -> "tuple[list[LaidOut], int]":
    from bd_gen.generation.boxes import with_layouts
    from bd_gen.layouts.options import SolverOptions

    with bar("layouts", "diagrams") as report:
        found, unsolved = with_layouts(
            plans, SolverOptions(time_limit=time_limit), report, keep_boxes
        )
    what = "left out" if needs_boxes else "written without rectangles"
    for one in unsolved[:_MOST_NAMED]:
        click.echo(f"bd-gen: warning: {one}; {what}", err=True)
    if len(unsolved) > _MOST_NAMED:
        click.echo(f"bd-gen: warning: and {len(unsolved) - _MOST_NAMED:,} more; {what}", err=True)
    if needs_boxes:
        found = [plan for plan in found if plan.boxes is not None]
    return found, len(unsolved)


def _say_other_relations(plans: "list[LaidOut]") -> None:
    """Rectangles of a file are kept as they are, and so are its relations."""
    other = [p.id for p in plans if p.boxes is not None and not p.follows_from_boxes]
    if other:
        click.echo(
            f"bd-gen: note: {_counted(len(other))} with relations other than those read off its "
            f"rectangles ({other[0]} for instance); both are written as they are",
            err=True,
        )


def _counted(number: int) -> str:
    return "1 diagram" if number == 1 else f"{number:,} diagrams"
