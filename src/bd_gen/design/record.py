"""How plans came about, and every setting that is needed to make them again: design.json."""

import math
from dataclasses import asdict
from typing import Any

from bd_gen.design.brief import Brief
from bd_gen.design.run import Designs
from bd_gen.diagrams.recorded_words import words_record
from bd_gen.layouts.options import LARGEST_AREA
from bd_gen.system.origin import origin
from bd_gen.system.plugin_records import recorded
from bd_gen.training.checkpoint import Checkpoint


def design_record(designs: Designs, checkpoint: Checkpoint, scale: float) -> dict[str, Any]:
    """Plain values that JSON can hold: no limit and what was not measured are null."""
    brief = designs.brief
    names = checkpoint.words.room_names
    return _finite(
        {
            "format_version": 1,
            **words_record(checkpoint.words),
            "name": brief.title,
            "programme": [names[t] for t in brief.room_types],
            "rooms": _rooms(brief),
            "plot": None if brief.plot is None else asdict(brief.plot),
            "total_area_m2": brief.total_area,
            "assumed": brief.assumed,
            "given": None if brief.known is None else brief.known.as_plain,
            "rules": [str(rule) for rule in brief.rules],
            "count": brief.count,
            "seed": brief.seed,
            "pool": brief.pool,
            "min_difference": brief.min_difference,
            "most_drawn": brief.most_drawn,
            "solver": _solver(brief),
            "kept": None if brief.kept is None else asdict(brief.kept),
            "more_like": None if brief.near is None else [list(edge) for edge in brief.near.edges],
            "metres_per_pixel": scale,
            "relations_given_to_the_model": designs.num_given,
            "funnel": asdict(designs.candidates.funnel),
            "plans": [
                {
                    "id": f"{k + 1:02d}",
                    "nats": round(float(designs.nats[k]), 4),
                    **({} if designs.away is None else {"differences": int(designs.away[k])}),
                    "problems": plan.problems,
                }
                for k, plan in enumerate(designs.plans)
            ],
            "checkpoint": str(checkpoint.source),
            "checkpoint_sha256": checkpoint.sha256,
            **origin(),
            **recorded(),
        }
    )


def _rooms(brief: Brief) -> list[dict[str, Any]]:
    """What is asked of each room, in metres and m²."""
    options, square = brief.options, brief.scale**2
    rooms = []
    for k, (name, room_type) in enumerate(zip(brief.labels, brief.room_types, strict=True)):
        area = options.area_bounds_of(k, room_type)
        asked = options.rooms.get(k)
        least = None if area is None or area[0] <= 1 else round(area[0] * square, 2)
        most = None if area is None or area[1] >= LARGEST_AREA else round(area[1] * square, 2)
        rooms.append(
            {
                "name": name,
                "type": brief.words.room_names[room_type],
                "area_m2": [least, most],
                "side_m": round(options.min_side_of(k) * brief.scale, 3),
                "facade": [] if asked is None else list(asked.facade),
            }
        )
    return rooms


def _solver(brief: Brief) -> dict[str, Any]:
    """The solver's settings in its own units, pixels; rooms go by their names."""
    options, names = brief.options, brief.labels
    solver = asdict(options)
    del solver["words"]
    for name in ("min_areas", "max_areas"):
        solver[name] = {brief.words.room_names[t]: area for t, area in solver[name].items()}
    for name in ("rooms", "fixed"):
        solver[name] = {names[k]: value for k, value in solver[name].items()}
    del solver["wording"]  # names and scale stand beside it
    return solver


def _finite(value: Any) -> Any:
    """The same with null for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
