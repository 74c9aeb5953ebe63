"""What a designer gets: plans, drawings and exports in one folder."""

import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bd_gen.design.run import Designs
from bd_gen.diagrams.vocabulary import ROOM_TYPES
from bd_gen.errors import InputError
from bd_gen.experiments.export import export_plans, export_target
from bd_gen.files import write_text
from bd_gen.layouts.exports.laid_out import LaidOut
from bd_gen.layouts.exports.scale import METRES_PER_PIXEL
from bd_gen.layouts.plan_drawing import draw_plans
from bd_gen.origin import origin
from bd_gen.training.checkpoint import Checkpoint

PLANS, SHEET, ROOMS, RECORD = "plans.jsonl", "contact_sheet.png", "rooms.csv", "design.json"
DRAWINGS, GRAPHML, DXF = "drawings/{id}.svg", "graphml/{id}.graphml", "dxf/{id}.dxf"

Report = Callable[[str, int, int], None]


def check_folder(folder: Path, overwrite: bool) -> None:
    """Make sure that nothing is lost by writing there.

    Raises:
        InputError: it is no folder, or holds a design already.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is not a folder")
    if not overwrite and any((folder / name).exists() for name in (PLANS, RECORD)):
        raise InputError(f"{folder}: holds a design already; take another folder or --overwrite")


def write_designs(
    folder: Path,
    designs: Designs,
    checkpoint: Checkpoint,
    scale: float = METRES_PER_PIXEL,
    report: Report | None = None,
) -> list[str]:
    """Write everything; the plans themselves come last, when all else is there.

    Args:
        folder: made if it is missing.
        designs: at least one.
        checkpoint: the model, for the record.
        scale: metres per pixel, for tables, CAD drawings and areas.
        report: told (what is written now, done, total).

    Returns:
        what was left out and why, in sentences.

    Raises:
        InputError: a file cannot be written.
    """
    plans = [
        LaidOut(f"{k:02d}", diagram, boxes)
        for k, (diagram, boxes) in enumerate(
            zip(designs.diagrams, designs.boxes, strict=True), start=1
        )
    ]
    tell = report or (lambda *_: None)
    notes = _export(folder, plans, scale, tell)
    _draw(folder, plans, designs, scale, tell)
    _remove_others(folder, [plan.id for plan in plans])
    write_text(folder / RECORD, json.dumps(_record(designs, checkpoint, scale), indent=2) + "\n")
    export_plans(plans, export_target(folder / PLANS), scale)
    return notes


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
    titles = [
        f"{plan.id} · {nats:.1f} nats" for plan, nats in zip(plans, designs.nats, strict=True)
    ]
    for done, (plan, title) in enumerate(zip(plans, titles, strict=True), start=1):
        draw_plans(
            [plan.diagram],
            [plan.boxes],
            folder / DRAWINGS.replace("{id}", plan.id),
            titles=[title],
            metres_per_pixel=scale,
        )
        tell("drawing", done, len(plans) + 1)
    draw_plans(
        [plan.diagram for plan in plans],
        [plan.boxes for plan in plans],
        folder / SHEET,
        titles=titles,
        title=programme_text(designs.brief.room_types),
        metres_per_pixel=scale,
    )
    tell("drawing", len(plans) + 1, len(plans) + 1)


def _remove_others(folder: Path, ids: list[str]) -> None:
    """Remove what an earlier design left under numbers that this one does not have."""
    for target in (DRAWINGS, GRAPHML, DXF):
        path = folder / target
        for other in path.parent.glob(f"*{path.suffix}"):
            if other.stem.isdecimal() and other.stem not in ids:
                other.unlink()


def programme_text(room_types: tuple[int, ...]) -> str:
    """The rooms in words, with numbers where there are several of a type."""
    counts = {t: room_types.count(t) for t in dict.fromkeys(room_types)}
    return ", ".join(f"{n} {ROOM_TYPES[t]}" if n > 1 else ROOM_TYPES[t] for t, n in counts.items())


def _record(designs: Designs, checkpoint: Checkpoint, scale: float) -> dict[str, Any]:
    """How the plans came about, and what is needed to make them again."""
    brief, funnel = designs.brief, designs.candidates.funnel
    numbers = {
        name: None if isinstance(value, float) and np.isnan(value) else value
        for name, value in asdict(funnel).items()
    }
    solver = {k: v for k, v in asdict(brief.solver).items() if v not in (None, {})}
    for name in ("min_areas", "max_areas"):
        if name in solver:
            solver[name] = {ROOM_TYPES[t]: area for t, area in solver[name].items()}
    return {
        "format_version": 1,
        "programme": [ROOM_TYPES[t] for t in brief.room_types],
        "rules": [str(rule) for rule in brief.rules],
        "count": brief.count,
        "seed": brief.seed,
        "pool": brief.pool,
        "min_difference": brief.min_difference,
        "solver": solver,
        "metres_per_pixel": scale,
        "relations_given_to_the_model": designs.num_given,
        "funnel": numbers,
        "plans": [
            {"id": f"{k:02d}", "nats": round(float(nats), 4)}
            for k, nats in enumerate(designs.nats, start=1)
        ],
        "checkpoint_sha256": checkpoint.sha256,
        **origin(),
    }
