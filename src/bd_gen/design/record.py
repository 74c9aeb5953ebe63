"""How plans came about, and every setting that is needed to make them again: design.json."""

import math
from dataclasses import asdict
from typing import Any

from bd_gen.design.run import Designs
from bd_gen.diagrams.recorded_words import words_record
from bd_gen.system.origin import origin
from bd_gen.system.plugin_records import recorded
from bd_gen.training.checkpoint import Checkpoint


def design_record(designs: Designs, checkpoint: Checkpoint, scale: float) -> dict[str, Any]:
    """Plain values that JSON can hold: no limit and what was not measured are null."""
    brief = designs.brief
    names = checkpoint.words.room_names
    solver = asdict(brief.solver)
    del solver["words"]
    for name in ("min_areas", "max_areas"):
        solver[name] = {names[t]: area for t, area in solver[name].items()}
    return _finite(
        {
            "format_version": 1,
            **words_record(checkpoint.words),
            "programme": [names[t] for t in brief.room_types],
            "given": None if brief.known is None else brief.known.as_plain,
            "rules": [str(rule) for rule in brief.rules],
            "count": brief.count,
            "seed": brief.seed,
            "pool": brief.pool,
            "min_difference": brief.min_difference,
            "most_drawn": brief.most_drawn,
            "solver": solver,
            "metres_per_pixel": scale,
            "relations_given_to_the_model": designs.num_given,
            "funnel": asdict(designs.candidates.funnel),
            "plans": [
                {"id": f"{k:02d}", "nats": round(float(nats), 4)}
                for k, nats in enumerate(designs.nats, start=1)
            ],
            "checkpoint": str(checkpoint.source),
            "checkpoint_sha256": checkpoint.sha256,
            **origin(),
            **recorded(),
        }
    )


def _finite(value: Any) -> Any:
    """The same with null for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
