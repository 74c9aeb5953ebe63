"""What a designer gets: plans, drawings and exports in one folder."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from bd_gen.design.checking import check_plans
from bd_gen.design.record import design_record
from bd_gen.design.run import Designs
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.words import Words
from bd_gen.drawing.plan_drawing import draw_plans
from bd_gen.exchange.export import export_plans, export_target
from bd_gen.system.errors import InputError
from bd_gen.system.files import write_text
from bd_gen.system.folders import check_replaceable, put_right, replacing_folder
from bd_gen.system.locks import locked
from bd_gen.training.checkpoint import Checkpoint

PLANS, SHEET, ROOMS, RECORD = "plans.jsonl", "contact_sheet.png", "rooms.csv", "design.json"
DRAWINGS, GRAPHML, DXF = "drawings/{id}.svg", "graphml/{id}.graphml", "dxf/{id}.dxf"

Report = Callable[[str, int, int], None]


@contextmanager
def design_folder(folder: Path, overwrite: bool) -> Iterator[None]:
    """Keep other designs out of a folder while one for it is being made.

    What a killed design left half in place is put right first, whether the folder is written to
    or not: until then the old design, or files of others, lie beside it under another name.

    Raises:
        InputError: it is no folder, holds a design already, cannot be replaced as a whole, or
            another process is making one for it.
    """
    place = folder.resolve()
    with locked(place.parent / f".{place.name}.lock", folder):
        try:
            put_right(place, is_of_a_design)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written ({error.strerror or error})") from error
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: is not a folder")
        if not overwrite and any((folder / name).exists() for name in (PLANS, RECORD)):
            raise InputError(
                f"{folder}: holds a design already; take another folder or --overwrite"
            )
        check_replaceable(folder)
        yield


def write_designs(
    folder: Path,
    designs: Designs,
    checkpoint: Checkpoint,
    scale: float = METRES_PER_PIXEL,
    report: Report | None = None,
) -> list[str]:
    """Write everything, check the plans as they stand there, and put them in place at once.

    A run that is killed leaves the folder as it was. Call this within `design_folder`.

    Args:
        folder: made if it is missing; what an earlier design left in it goes, all else stays.
        designs: at least one.
        checkpoint: the model, for the record.
        scale: metres per pixel, for tables, CAD drawings and areas.
        report: told (what is written now, done, total).

    Returns:
        what was left out and why, in sentences.

    Raises:
        InputError: a file cannot be written.
        InternalError: a plan is not what was asked for; a fault of this program.
    """
    plans = [
        LaidOut(f"{k:02d}", diagram, boxes, floor_plan=floor_plan)
        for k, (diagram, boxes, floor_plan) in enumerate(
            zip(designs.diagrams, designs.boxes, designs.floor_plans, strict=True), start=1
        )
    ]
    tell = report or (lambda *_: None)
    with replacing_folder(folder, is_of_a_design) as new:
        notes = _export(new, plans, scale, tell)
        _draw(new, plans, designs, scale, tell)
        record = design_record(designs, checkpoint, scale)
        write_text(new / RECORD, json.dumps(record, indent=2, allow_nan=False) + "\n")
        export_plans(plans, export_target(new / PLANS), scale)
        problems = [plan.problems for plan in designs.plans]
        check_plans(new / PLANS, designs.brief, len(plans), problems)
    return notes


def is_of_a_design(place: Path) -> bool:
    """Is a file, by its path within the folder, one that a design writes?"""
    targets = [Path(target) for target in (DRAWINGS, GRAPHML, DXF)]
    if len(place.parts) == 1:
        return place.name in (PLANS, SHEET, ROOMS, RECORD)
    return place.stem.isdecimal() and any(
        (place.parent, place.suffix) == (target.parent, target.suffix) for target in targets
    )


def _export(folder: Path, plans: list[LaidOut], scale: float, tell: Report) -> list[str]:
    """Tables, graphs and CAD drawings; what was left out and why."""
    targets, notes = [ROOMS, GRAPHML, DXF], []
    if find_spec("ezdxf") is None:
        targets.remove(DXF)
        notes.append("no DXF: it needs ezdxf (pip install 'bd-gen[cad]')")
    for done, target in enumerate(targets, start=1):
        export_plans(plans, export_target(folder / target), scale)
        tell("exporting", done, len(targets))
    return notes


def _draw(folder: Path, plans: list[LaidOut], designs: Designs, scale: float, tell: Report) -> None:
    """Each plan by itself, and all of them on one sheet."""
    titles = [plan.id for plan in plans]
    tooltips = [f"likelihood of the diagram: {nats:.1f} nats" for nats in designs.nats]
    for done, (plan, tooltip) in enumerate(zip(plans, tooltips, strict=True), start=1):
        draw_plans(
            [plan],
            folder / DRAWINGS.replace("{id}", plan.id),
            titles=[plan.id],
            metres_per_pixel=scale,
            tooltips=[tooltip],
        )
        tell("drawing", done, len(plans) + 1)
    draw_plans(
        plans,
        folder / SHEET,
        mode="plan",
        titles=titles,
        title=designs.brief.title or programme_text(designs.brief.room_types, designs.brief.words),
        metres_per_pixel=scale,
    )
    tell("drawing", len(plans) + 1, len(plans) + 1)


def programme_text(room_types: tuple[int, ...], words: Words = RPLAN) -> str:
    """The rooms in words, with numbers where there are several of a type."""
    counts = {t: room_types.count(t) for t in dict.fromkeys(room_types)}
    names = words.room_names
    return ", ".join(f"{n} {names[t]}" if n > 1 else names[t] for t, n in counts.items())
