"""`bd-gen design`: a room programme and rules in, floor plans out."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bd_gen.system.files import expanded

if TYPE_CHECKING:
    from bd_gen.design.brief import Brief
    from bd_gen.design.run import Designed, Designs
    from bd_gen.training.checkpoint import Checkpoint


@click.command("design")
@click.argument("brief", type=click.Path(path_type=Path), required=False)
@click.option("--rooms", help='"LivingRoom, Kitchen, 2 Bathroom, Anna\'s room: SecondRoom".')
@click.option(
    "--given",
    metavar="FILE[#ID]",
    help="Instead of rooms: a bubble diagram (.graphml, .json) or a plan (.jsonl).",
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
@click.option("--require", multiple=True, metavar="RULE", help="'Kitchen opens to LivingRoom'.")
@click.option("--forbid", multiple=True, metavar="RULE", help="'Bathroom touches Kitchen'.")
@click.option("--area", metavar="M²", help="Of all rooms together: 60-70, 'at least 60'.")
@click.option("--plot", metavar="SIZE|CORNERS", help="'9 x 12', '30 x 40 ft', '0,0; 9,0; ...'.")
@click.option("--north", metavar="DEGREES", help="Clockwise from the top of the page, or a side.")
@click.option("--setback", metavar="M", help="Kept free of the plot: 1.5, or north=3,south=1.5.")
@click.option("--entrance", metavar="SIDE|X,Y", help="Where the front door is: south, or a place.")
@click.option(
    "--min-side",
    multiple=True,
    metavar="[ROOM=]M",
    help="Least width and depth, of one room or all.",
)
@click.option("--min-area", multiple=True, metavar="ROOM=M²", help="Least area by room or type.")
@click.option("--max-area", multiple=True, metavar="ROOM=M²", help="Largest area by room or type.")
@click.option("--facade", multiple=True, metavar="ROOM=SIDE", help="An outer wall: any, or south.")
@click.option(
    "--defaults/--no-defaults",
    default=None,
    help="Usable sizes for rooms that say none.  [on]",
)
@click.option("--outline", metavar="X0,Y0,X1,Y1", help="A plot as a box, in metres or 20,...px.")
@click.option("--notch", metavar="X0,Y0,X1,Y1", help="What a corner of it lacks, for an L.")
@click.option("--front-door", metavar="X0,Y0,X1,Y1", help="At its edge; an entrance touches it.")
@click.option("--from", "source", metavar="FILE[#ID]", help="A plan to keep something of.")
@click.option("--keep", metavar="ROOMS", help="Rooms of --from to keep, or all.")
@click.option("--keep-relations", is_flag=True, help="How they lie to one another.  [always]")
@click.option("--keep-boxes", is_flag=True, help="And where they lie, and how large they are.")
@click.option("--more-like", is_flag=True, help="Plans like --from, the likest first.")
@click.option("--count", type=int, help="Plans to return.  [12]")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for plans and pictures."
)
@click.option("--overwrite", is_flag=True, help="Replace a design that is there.")
@click.option("--checkpoint", default="bundled", show_default=True, help="The model.")
@click.option(
    "--geometry",
    default="typical",
    show_default=True,
    metavar="model|typical|FILE",
    help="Rooms as a model of boxes draws them, or of typical sizes.",
)
@click.option("--seed", type=int, help="Another seed gives other plans.  [0]")
@click.option("--pool", type=int, help="Plans to choose the likeliest from.  [4 times --count]")
@click.option("--min-difference", type=int, help="Relations in which any two plans differ.  [3]")
@click.option("--most-drawn", type=int, help="Give up after so many diagrams.  [10,000]")
@click.option("--improve", type=float, help="Effort for each plan; 1 is a second of a core.  [1]")
@click.option("--scale", type=float, help="Metres per pixel.  [0.0703125, 18 m for 256]")
@click.option("--workers", type=click.IntRange(min=1), help="Processes for layouts.  [cores]")
@click.option("--device", default="auto", show_default=True)
def command(
    out: Path,
    overwrite: bool,
    checkpoint: str,
    geometry: str,
    workers: int | None,
    device: str,
    **options: Any,
) -> None:
    r"""Turn a brief into floor plans.

    BRIEF is a YAML file of rooms, sizes, plot and rules (docs/design.md); every part of it can
    also be an option, which goes before the file. Lengths are metres and areas m²; ft and px are
    understood where they are written.

    Diagrams with exactly these rooms are drawn from the model, and those kept that satisfy every
    rule, are sound, and have a layout. The likeliest that differ enough are laid out, drawn and
    exported, and all is checked again at the end.

    A RULE is ROOM RELATION ROOM: "Kitchen opens to LivingRoom", "every Bathroom touches
    MasterRoom", "Study north of LivingRoom". Exit code 2 if there are fewer plans than asked for,
    or if there can be none; the output then says why.

    \b
    Example: bd-gen design --out plans --count 12 \
        --rooms 'LivingRoom, Kitchen, 2 Bathroom, MasterRoom, 2 SecondRoom, Balcony' \
        --require 'Kitchen opens to LivingRoom' --forbid 'Bathroom touches Kitchen'
    """
    from bd_gen.cli.checkpoint_notes import say_file_notes
    from bd_gen.cli.design_options import brief_of, options_from
    from bd_gen.design.files import design_folder
    from bd_gen.training.bundled import checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    model = load_checkpoint(checkpoint_file(expanded(checkpoint)))
    brief, notes = brief_of(options_from(options), model.words)
    say_file_notes(notes)
    workers = workers or len(os.sched_getaffinity(0))
    with design_folder(out, overwrite):
        is_complete = _design(brief, model, geometry, out, workers, device)
    if not is_complete:
        sys.exit(2)


def _design(
    brief: "Brief", model: "Checkpoint", boxes: str, out: Path, workers: int, device: str
) -> bool:
    """Find, write and check; False if there are fewer plans than asked for.

    `boxes` is the model of boxes as it was given.
    """
    from bd_gen.cli.checkpoint_notes import say_notes
    from bd_gen.cli.progress import new_bar
    from bd_gen.design.files import SHEET, write_designs
    from bd_gen.design.geometry import geometry_model, knows
    from bd_gen.design.run import Designed, design
    from bd_gen.generation.in_memory import is_smaller

    start = time.monotonic()
    say_notes(model)
    geometry = geometry_model(boxes)
    if geometry is not None and not knows(geometry, brief.num_rooms):
        click.echo(
            f"bd-gen: note: --geometry {boxes}: knows no plans of {brief.num_rooms} rooms; "
            "rooms come near typical sizes instead",
            err=True,
        )
    _say_assumed(brief)
    if is_smaller(model, brief.num_rooms):
        click.echo(
            f"bd-gen: note: the model was trained on larger homes; of {brief.num_rooms} rooms it "
            "draws what it learned of those",
            err=True,
        )
    with new_bar("diagrams") as progress:
        tasks: dict[str, object] = {}
        shown: list[Designed] = []

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total, note="")
            progress.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        def show(plan: Designed) -> None:
            if not shown:
                seconds = time.monotonic() - start
                click.echo(f"a first plan after {seconds:.1f} s: {_sizes(plan, brief)}")
            shown.append(plan)

        designs = design(model, brief, workers, device, report, geometry, show)
        notes = write_designs(out, designs, model, brief.scale, report) if designs.plans else []
    _say_how(designs)
    for note in notes:
        click.echo(f"bd-gen: note: {note}", err=True)
    if designs.plans:
        click.echo(
            f"{len(designs.plans)} plans in {out} ({SHEET}), checked, "
            f"in {time.monotonic() - start:.0f} s"
        )
    if not designs.is_complete:
        _say_blame(designs)
    return designs.is_complete


def _say_assumed(brief: "Brief") -> None:
    """Sizes that nobody asked for, and what is kept of another plan."""
    if brief.assumed:
        click.echo(f"assumed: {'; '.join(brief.assumed)} (--no-defaults assumes nothing)")
    if brief.kept is not None:
        kept = []
        if brief.kept.relations:
            kept.append(f"how {', '.join(brief.kept.relations)} lie to one another")
        if brief.kept.boxes:
            kept.append(f"the places of {', '.join(brief.kept.boxes)}")
        click.echo(f"kept of {brief.kept.source}: {'; '.join(kept) or 'nothing, but like it'}")


def _sizes(plan: "Designed", brief: "Brief") -> str:
    """The rooms of a plan with their areas in m²."""
    sides = plan.boxes[:, 2:] - plan.boxes[:, :2]
    areas = sides.prod(axis=1) if plan.floor_plan is None else plan.floor_plan.areas
    parts = zip(brief.labels, areas * brief.scale**2, strict=True)
    return ", ".join(f"{name} {area:.1f}" for name, area in parts) + " m²"


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
    """Why there are fewer plans than asked for."""
    from bd_gen.design.blame import table, what_is_to_blame
    from bd_gen.results.table import Table, terminal_text

    if designs.shares:
        header = ("rule", "satisfied alone", "by all the others")
        rows = Table("", header, tuple(table(designs.shares)))
        click.echo(terminal_text(rows, shutil.get_terminal_size().columns))
    for obstacle in designs.obstacles:
        click.echo(f"in the way: {obstacle}")
    reason = what_is_to_blame(
        designs.brief, designs.candidates, designs.shares, designs.obstacles, designs.num_refused
    )
    click.echo(
        f"bd-gen: found {len(designs.plans)} of {designs.brief.count} plans: {reason}", err=True
    )
