"""`bd-gen design`: a room programme and rules in, floor plans out."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from bd_gen.design.brief import Brief
    from bd_gen.design.run import Designs


@click.command("design")
@click.option("--rooms", help='The room programme: "LivingRoom, Kitchen, 2 Bathroom".')
@click.option(
    "--given",
    metavar="FILE[#ID]",
    help="Instead of --rooms: a bubble diagram (.graphml, .json) or a plan (.jsonl).",
)
@click.option(
    "--absent-edges",
    type=click.Choice(["drawn", "none"]),
    help="Rooms whose relation --given leaves out, as in `generate`.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    help='JSON file {"foreign label": "RoomType"} for rooms.',
)
@click.option("--require", multiple=True, metavar="RULE", help="'Kitchen touches LivingRoom'.")
@click.option("--forbid", multiple=True, metavar="RULE", help="'Bathroom touches Kitchen'.")
@click.option("--count", default=12, show_default=True, help="Diagrams to return.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for plans and pictures."
)
@click.option("--overwrite", is_flag=True, help="Replace a design that is there.")
@click.option("--checkpoint", default="bundled", show_default=True, help="The model.")
@click.option(
    "--geometry",
    default="model",
    show_default=True,
    metavar="model|typical|FILE",
    help="Rooms as a model of boxes draws them, or of typical sizes.",
)
@click.option("--seed", default=0, show_default=True, help="Another seed gives other plans.")
@click.option("--pool", default=0, help="Plans to choose the likeliest from.  [4 times --count]")
@click.option(
    "--min-difference",
    default=3,
    show_default=True,
    help="Relations in which any two diagrams differ.",
)
@click.option(
    "--most-drawn", default=10_000, show_default=True, help="Give up after so many diagrams."
)
@click.option("--min-side", default=1, show_default=True, help="Least side of a room, in pixels.")
@click.option("--min-area", multiple=True, metavar="ROOM=PIXELS²", help="Least area by type.")
@click.option("--max-area", multiple=True, metavar="ROOM=PIXELS²", help="Largest area by type.")
@click.option("--outline", metavar="X0,Y0,X1,Y1", help="Rectangle that all rooms lie in.")
@click.option("--notch", metavar="X0,Y0,X1,Y1", help="What a corner of it lacks, for an L.")
@click.option("--front-door", metavar="X0,Y0,X1,Y1", help="At its edge; an entrance touches it.")
@click.option(
    "--improve",
    default=0.5,
    show_default=True,
    help="Seconds to make each layout more plausible.",
)
@click.option("--scale", type=float, help="Metres per pixel.  [default: 0.0703125, 18 m for 256]")
@click.option("--workers", type=click.IntRange(min=1), help="Processes for layouts.  [cores]")
@click.option("--device", default="auto", show_default=True)
def command(
    rooms: str | None,
    given: str | None,
    absent_edges: str | None,
    labels: Path | None,
    require: tuple[str, ...],
    forbid: tuple[str, ...],
    count: int,
    out: Path,
    overwrite: bool,
    checkpoint: str,
    geometry: str,
    seed: int,
    pool: int,
    min_difference: int,
    most_drawn: int,
    min_side: int,
    min_area: tuple[str, ...],
    max_area: tuple[str, ...],
    outline: str | None,
    notch: str | None,
    front_door: str | None,
    improve: float,
    scale: float | None,
    workers: int | None,
    device: str,
) -> None:
    r"""Turn a room programme into floor plans.

    The programme is a list of rooms, or with --given a bubble diagram, whose relations every plan
    then has; rooms that it joins without a direction touch in a way that the model draws.

    Diagrams with exactly these rooms are drawn from the model, and those kept that satisfy every
    rule, are sound, and have a layout. The likeliest that differ enough are laid out, drawn and
    exported, and all is checked again at the end.

    A RULE is ROOM RELATION ROOM: "Kitchen touches LivingRoom", "every Bathroom touches
    MasterRoom", "SecondRoom 2 left-of MasterRoom". Exit code 2 if there are fewer plans than
    asked for; the output then says which rule is to blame.

    \b
    Example: bd-gen design --out plans --count 12 \
        --rooms 'LivingRoom, Kitchen, 2 Bathroom, MasterRoom, 2 SecondRoom, Balcony' \
        --require 'Kitchen touches LivingRoom' --forbid 'Bathroom touches Kitchen'
    """
    from bd_gen.cli.design_options import programme_of, solver_of
    from bd_gen.data.labels import read_labels
    from bd_gen.design.brief import Brief
    from bd_gen.design.files import design_folder
    from bd_gen.design.room_rules import parse_rule
    from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, checked_scale
    from bd_gen.diagrams.names import RoomLabels

    metres = checked_scale(METRES_PER_PIXEL if scale is None else scale)
    known_labels = read_labels(labels) if labels is not None else RoomLabels()
    known, room_types = programme_of(rooms, given, absent_edges, known_labels)
    rules = [parse_rule(text, "require", known_labels) for text in require]
    rules += [parse_rule(text, "forbid", known_labels) for text in forbid]
    brief = Brief(
        room_types,
        tuple(rules),
        count,
        seed,
        pool,
        min_difference,
        most_drawn,
        solver_of(min_side, min_area, max_area, outline, notch, front_door, improve, known_labels),
        known,
    )
    workers = workers or len(os.sched_getaffinity(0))
    with design_folder(out, overwrite):
        is_complete = _design(brief, (checkpoint, geometry), out, metres, workers, device)
    if not is_complete:
        sys.exit(2)


def _design(
    brief: "Brief", models: tuple[str, str], out: Path, scale: float, workers: int, device: str
) -> bool:
    """Find, write and check; False if there are fewer plans than asked for.

    `models` are those of diagrams and of boxes, as they were given.
    """
    from bd_gen.cli.checkpoint_notes import say_notes
    from bd_gen.cli.progress import new_bar
    from bd_gen.design.blame import what_is_to_blame
    from bd_gen.design.files import SHEET, write_designs
    from bd_gen.design.geometry import geometry_model, knows
    from bd_gen.design.run import design
    from bd_gen.training.bundled import checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    start = time.monotonic()
    model = load_checkpoint(checkpoint_file(expanded(models[0])))
    say_notes(model)
    geometry = geometry_model(models[1])
    if geometry is not None and not knows(geometry, brief.num_rooms):
        click.echo(
            f"bd-gen: note: --geometry {models[1]}: knows no plans of {brief.num_rooms} rooms; "
            "rooms come near typical sizes instead",
            err=True,
        )
    with new_bar("diagrams") as progress:
        tasks: dict[str, object] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total, note="")
            progress.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        designs = design(model, brief, workers, device, report, geometry)
        notes = write_designs(out, designs, model, scale, report) if designs.diagrams else []
    _say_how(designs)
    for note in notes:
        click.echo(f"bd-gen: note: {note}", err=True)
    if designs.diagrams:
        click.echo(
            f"{len(designs.diagrams)} plans in {out} ({SHEET}), checked, "
            f"in {time.monotonic() - start:.0f} s"
        )
    if not designs.is_complete:
        _say_blame(designs)
        reason = what_is_to_blame(brief, designs.candidates, designs.shares)
        click.echo(
            f"bd-gen: found {len(designs.diagrams)} of {brief.count} plans: {reason}", err=True
        )
    return designs.is_complete


def _say_how(designs: "Designs") -> None:
    """How many diagrams came how far, and by which way."""
    funnel = designs.candidates.funnel
    if designs.num_given:
        click.echo(f"given to the model: {designs.num_given} relations that the rules fix")
    if funnel.used_particles:
        click.echo(
            f"rejection kept {_share(funnel.acceptance)} of its draws, under 2 %, so particles "
            f"took its place; they put the share of such diagrams at {funnel.share:.2g}"
        )
    else:
        click.echo(f"acceptance: {_share(funnel.acceptance)} of {funnel.drawn:,} draws (rejection)")
    click.echo(
        f"{funnel.drawn:,} drawn, {funnel.satisfying:,} satisfy the rules, {funnel.sound:,} are "
        f"sound, {funnel.new:,} different; {funnel.laid_out:,} of {funnel.tried:,} have a layout"
    )


def _share(share: float) -> str:
    return f"{100 * share:.3g} %"


def _say_blame(designs: "Designs") -> None:
    from bd_gen.design.blame import table
    from bd_gen.results.table import Table, terminal_text

    if designs.shares:
        header = ("rule", "satisfied alone", "by all the others")
        rows = Table("", header, tuple(table(designs.shares)))
        click.echo(terminal_text(rows, shutil.get_terminal_size().columns))
