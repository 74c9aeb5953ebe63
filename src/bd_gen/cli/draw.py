"""`bd-gen draw`: plans and samples as bubble diagrams, floor plans, or animations."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bd_gen.cli.vocabulary_options import labels_of, plan_file_options, words_of
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.diagrams.laid_out import LaidOut
    from bd_gen.diagrams.names import RoomLabels
    from bd_gen.exchange.choosing import Choice
    from bd_gen.exchange.laid_out_files import LaidOutFile
    from bd_gen.layouts.options import SolverOptions

MOST = 1000
"""Diagrams in one picture."""

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
@click.option(
    "--index",
    "indices",
    multiple=True,
    metavar="N,N-N",
    help="Which diagrams, counted from 0: 3,8-11 (repeatable).",
)
@click.option("--id", "ids", multiple=True, metavar="ID", help="A diagram by its id (repeatable).")
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=MOST),
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
    help="Scale of areas and walls.  [18/256 = 0.0703, as in RPLAN]",
)
@click.option(
    "--dpi",
    type=click.IntRange(min=20, max=1200),
    default=160,
    show_default=True,
    help="Pixels to the inch of a .png.",
)
@plan_file_options
@click.option("--no-solver", is_flag=True, help="Draw no layouts but those that plans have.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    help="Seconds by the clock that end the search for a layout; its effort is limited, too.",
)
@click.option(
    "--improve",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Effort for each plan, counted and not timed; 1 is about a second of an idle core.",
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
    indices: tuple[str, ...],
    ids: tuple[str, ...],
    limit: int,
    columns: int | None,
    title: str | None,
    relation_labels: bool,
    metres_per_pixel: float | None,
    dpi: int,
    labels: Path | None,
    vocabulary: str | None,
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

    Plans are drawn with their own boxes. Where rooms are joined without a direction ([0, 1] among
    the relations), boxes that touch there are found and give the relation. Other diagrams get a
    layout that the solver finds. A diagram without any is drawn with its bubbles where its
    relations put them; the output says why it has none.

    A checkpoint gives an animation of one sample being drawn: sample K of seed S, just as
    `bd-gen generate` draws it. Samples with --animate are drawn again by their checkpoint.

    \b
    Examples: bd-gen draw plans.jsonl --out plans.png --limit 8
              bd-gen draw eval_results/loglinear/METHOD_samples.pt --id 42-7 --out one.svg
              bd-gen draw bundled --out sampling.gif --seed 42 --sample 3
    """
    from bd_gen.cli.draw_animation import AnimationChoice, draw_film
    from bd_gen.diagrams.laid_out import METRES_PER_PIXEL
    from bd_gen.drawing.plan_drawing import draw_plans
    from bd_gen.exchange.laid_out_files import kind_of
    from bd_gen.layouts.options import SolverOptions

    is_checkpoint = str(file) == "bundled" or kind_of(file) == "checkpoint"
    options = None if no_solver else SolverOptions(time_limit=time_limit, improve_effort=improve)
    choice = AnimationChoice(method, steps, sample, seed, title)
    if animate or is_checkpoint:
        draw_film(file, out, is_checkpoint, choice, options)
        return
    choice.refuse_what_is_for_animations()
    check_picture(out)
    if metres_per_pixel is not None and not math.isfinite(metres_per_pixel):
        raise InputError(f"--metres-per-pixel: expected a number, got {metres_per_pixel}")
    known = labels_of(labels, words_of(vocabulary))
    read = _read(file, _choice(indices, ids, seed, limit), known, skip_bad)
    plans = _laid_out(read.plans, options, is_needed=mode != "bubbles")
    draw_plans(
        plans,
        out,
        mode,
        columns,
        [plan.id for plan in plans],
        read.title if title is None else title or None,
        relation_labels,
        METRES_PER_PIXEL if metres_per_pixel is None else metres_per_pixel,
        dpi,
    )
    click.echo(f"drawn: {out} ({len(plans):,} of {read.num_rows:,} diagrams)")


def check_picture(out: Path) -> None:
    """Refuse a file that could not be written anyway, before the work is done.

    Raises:
        InputError: its suffix says no format for pictures, or it is a folder.
    """
    from bd_gen.drawing.picture_file import checked_suffix

    if out.suffix.lower() == ".gif":
        raise InputError(
            f"{out}: a GIF shows a sample being drawn: give a checkpoint, or samples and --animate"
        )
    checked_suffix(out)
    if out.is_dir():
        raise InputError(f"{out}: expected a file to write, this is a folder")


def _choice(
    indices: tuple[str, ...], ids: tuple[str, ...], seed: int | None, limit: int
) -> "Choice":
    from bd_gen.cli.indices import indices_of
    from bd_gen.exchange.choosing import Choice

    places = indices_of(indices, MOST)
    if len(places) + len(ids) > MOST:
        raise InputError(
            f"--id: expected at most {MOST:,} diagrams, got {len(places) + len(ids):,}"
        )
    is_named = bool(places or ids)
    return Choice(ids, places, None if is_named else limit, seed, is_as_asked=True)


def _read(file: Path, choice: "Choice", labels: "RoomLabels", skip_bad: bool) -> "LaidOutFile":
    from bd_gen.cli.checkpoint_notes import say_file_notes
    from bd_gen.cli.progress import bar
    from bd_gen.exchange.laid_out_files import ReadingOptions, read_laid_out

    with bar(file.name, "bytes") as report:
        options = ReadingOptions(labels, skip_bad, True, report, takes_joined=True)
        read = read_laid_out(file, choice, options)
    say_file_notes(read.notes)
    return read


def _laid_out(
    plans: "list[LaidOut]", options: "SolverOptions | None", is_needed: bool
) -> "list[LaidOut]":
    """The diagrams with boxes; one line of output for each that has none."""
    from bd_gen.cli.progress import bar
    from bd_gen.generation.boxes import with_layouts
    from bd_gen.layouts.outcome import has_solver

    are_open = any(plan.joined for plan in plans)
    if not are_open and (options is None or all(plan.boxes is not None for plan in plans)):
        return plans
    words = plans[0].diagram.words
    if words.rule is None and not are_open:
        click.echo(
            f"bd-gen: note: the vocabulary {words.name} has no rule for layouts: bubbles stand "
            "where relations put them",
            err=True,
        )
        return plans
    if options is None:
        name = next(plan.id for plan in plans if plan.joined)
        raise InputError(
            f"--no-solver: {name} has rooms joined without a direction, which a layout decides"
        )
    if not has_solver():
        if is_needed or are_open:
            raise InputError(
                "layouts need OR-tools: pip install 'bd-gen[layout]'; without it, --as bubbles or "
                "--no-solver place rooms by their relations"
            )
        click.echo(
            "bd-gen: note: OR-tools is not installed: bubbles stand where relations put them "
            "[pip install 'bd-gen[layout]']",
            err=True,
        )
        return plans
    with bar("layouts", "diagrams") as report:
        plans, unsolved = with_layouts(plans, options, report, keep_boxes=True)
    for one in unsolved:
        if one.plan.joined:
            raise InputError(f"{one}, so its joined rooms have no direction to draw")
        click.echo(str(one))
    return plans
