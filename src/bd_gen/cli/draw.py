"""`bd-gen draw`: plans and samples as bubble diagrams, floor plans, or animations."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bd_gen.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from bd_gen.diagrams.diagram import Diagram
    from bd_gen.experiments.picture_source import Source
    from bd_gen.layouts.options import SolverOptions

_FILE = click.Path(path_type=Path)


@click.command("draw")
@click.argument("file", type=_FILE)
@click.option(
    "--out",
    type=_FILE,
    required=True,
    help="Picture to write: .png, .svg or .pdf; an animation: .gif or .svg.",
)
@click.option(
    "--as",
    "mode",
    type=click.Choice(["both", "plan", "bubbles"]),
    default="both",
    show_default=True,
    help="The floor plan, the bubbles at the places of the rooms, or both side by side.",
)
@click.option("--index", "indices", metavar="N,N-N", help="Which diagrams, counted from 0: 3,8-11.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="A diagram by its id (repeatable).")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=1000),
    default=12,
    show_default=True,
    help="Most diagrams, if none is chosen by --index or --id.",
)
@click.option("--columns", type=click.IntRange(min=1, max=50), help="Panels in a row.")
@click.option("--title", help="A heading for the picture; the name of the file by default.")
@click.option("--relation-labels", is_flag=True, help="Write the relations on the lines.")
@click.option(
    "--metres-per-pixel",
    type=click.FloatRange(min=0, min_open=True),
    help="Scale for areas in m²; RPLAN's is 0.0703 (18 m on 256 pixels).",
)
@click.option(
    "--dpi",
    type=click.IntRange(min=20, max=1200),
    default=160,
    show_default=True,
    help="Pixels to the inch of a .png.",
)
@click.option("--labels", type=_FILE, help='JSON file {"foreign label": "RoomType"} for plans.')
@click.option("--skip-bad", is_flag=True, help="Leave out bad plans instead of refusing the file.")
@click.option("--no-solver", is_flag=True, help="Draw no layouts but those that plans have.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds to look for the layout of a diagram.",
)
@click.option(
    "--improve",
    type=click.FloatRange(min=0),
    default=0.5,
    show_default=True,
    help="Seconds to make a layout more plausible.",
)
@click.option(
    "--animate", is_flag=True, help="Show a sample being drawn (a checkpoint always does)."
)
@click.option(
    "--method", help="For an animation: how to sample.  [first_hitting_temp1.0_no_remask]"
)
@click.option("--steps", type=click.IntRange(min=1), help="For an animation: steps.  [100]")
@click.option("--sample", type=click.IntRange(min=0), help="For an animation: which sample.  [0]")
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**64 - 1),
    help="Of the sample that is animated [42], or the one seed of a samples file to draw.",
)
def command(
    file: Path,
    out: Path,
    mode: Literal["both", "plan", "bubbles"],
    indices: str | None,
    ids: tuple[str, ...],
    limit: int,
    columns: int | None,
    title: str | None,
    relation_labels: bool,
    metres_per_pixel: float | None,
    dpi: int,
    labels: Path | None,
    skip_bad: bool,
    no_solver: bool,
    time_limit: float,
    improve: float,
    animate: bool,
    method: str | None,
    steps: int | None,
    sample: int | None,
    seed: int | None,
) -> None:
    r"""Draw the diagrams of FILE.

    FILE holds plans (JSON lines, gzipped or not, or JSON), samples (METHOD_samples.pt) or one
    diagram (GraphML), or is a checkpoint ("bundled" is the one that comes with the package).

    Plans are drawn with their own boxes, other diagrams with a layout that the solver finds. A
    diagram without any is drawn with its bubbles where its relations put them; the output says
    why it has none.

    A checkpoint gives an animation of one sample being drawn: sample K of seed S, just as
    `bd-gen generate` draws it. Samples with --animate are drawn again by their checkpoint.

    \b
    Examples: bd-gen draw plans.jsonl --out plans.png --limit 8
              bd-gen draw eval_results/loglinear/METHOD_samples.pt --id 42-7 --out one.svg
              bd-gen draw bundled --out sampling.gif --seed 42 --sample 3
    """
    from bd_gen.cli.draw_animation import AnimationChoice, draw_film
    from bd_gen.cli.draw_choice import chosen_rows
    from bd_gen.experiments.picture_source import kind_of
    from bd_gen.layouts.options import SolverOptions
    from bd_gen.layouts.plan_drawing import draw_plans

    is_checkpoint = str(file) == "bundled" or kind_of(file) == "checkpoint"
    options = None if no_solver else SolverOptions(time_limit=time_limit, improve_seconds=improve)
    choice = AnimationChoice(method, steps, sample, seed, title)
    if animate or is_checkpoint:
        draw_film(file, out, is_checkpoint, choice, options)
        return
    choice.refuse_what_is_for_animations()
    check_picture(out)
    if metres_per_pixel is not None and not math.isfinite(metres_per_pixel):
        raise InputError(f"--metres-per-pixel: expected a number, got {metres_per_pixel}")
    source = _read(file, labels, skip_bad)
    rows = chosen_rows(file, source, indices, ids, seed, limit)
    diagrams = [source.diagram(row) for row in rows]
    names = [str(source.ids[row]) for row in rows]
    own_boxes = [source.boxes_of(row) for row in rows]
    draw_plans(
        diagrams,
        _laid_out(diagrams, names, own_boxes, options, is_needed=mode != "bubbles"),
        out,
        mode,
        columns,
        names,
        source.title if title is None else title or None,
        relation_labels,
        metres_per_pixel,
        dpi,
    )
    click.echo(f"drawn: {out} ({len(rows):,} of {len(source):,} diagrams)")


def check_picture(out: Path) -> None:
    """Refuse a file that could not be written anyway, before the work is done.

    Raises:
        InputError: its suffix says no format for pictures, or it is a folder.
    """
    from bd_gen.layouts.picture_file import checked_suffix

    if out.suffix.lower() == ".gif":
        raise InputError(
            f"{out}: a GIF shows a sample being drawn: give a checkpoint, or samples and --animate"
        )
    checked_suffix(out)
    if out.is_dir():
        raise InputError(f"{out}: expected a file to write, this is a folder")


def _read(file: Path, labels: Path | None, skip_bad: bool) -> "Source":
    from bd_gen.cli.progress import bar
    from bd_gen.data.labels import read_labels
    from bd_gen.experiments.picture_source import ReadingOptions, read_source

    with bar(file.name, "bytes") as report:
        mapping = None if labels is None else read_labels(labels)
        source = read_source(file, ReadingOptions(mapping, skip_bad, report))
    for note in source.notes:
        click.echo(f"bd-gen: note: {note}", err=True)
    return source


def _laid_out(
    diagrams: "Sequence[Diagram]",
    names: "Sequence[str]",
    own_boxes: "Sequence[np.ndarray | None]",
    options: "SolverOptions | None",
    is_needed: bool,
) -> "list[np.ndarray | None]":
    """The boxes of each diagram; one line of output for each that has none."""
    from bd_gen.cli.progress import bar
    from bd_gen.layouts.laid_out import has_solver, lay_out

    boxes = list(own_boxes)
    missing = [k for k, its_boxes in enumerate(boxes) if its_boxes is None]
    if options is None or not missing:
        return boxes
    if not has_solver() and not is_needed:
        click.echo(
            "bd-gen: note: OR-tools is not installed: bubbles stand where relations put them "
            "[pip install 'bd-gen[layout]']",
            err=True,
        )
        return boxes
    reasons = []
    with bar("layouts", "diagrams") as report:
        for done, k in enumerate(missing, start=1):
            laid_out = lay_out(diagrams[k], options)
            boxes[k] = laid_out.boxes
            if laid_out.boxes is None:
                reasons.append(f"{names[k]}: {laid_out.why}")
            report(done, len(missing))
    for reason in reasons:
        click.echo(reason)
    return boxes
