"""Plans of one's own, in the open format."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bd_gen.data.sources import Progress
from bd_gen.data.sources import source as data_source  # `source` is a module here

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


def _content(config: "DataConfig") -> dict[str, Any]:
    from bd_gen.data.cache import content_hash
    from bd_gen.data.labels import labels_of

    read = {"sha256": content_hash(str(config.path)), "skip_bad": config.skip_bad}
    return {**read, "labels": labels_of(config).mapping, "units": asdict(config.units), "reader": 2}


@data_source(
    "plans",
    about="Read your own plans (JSON lines).",
    details="""Read your own plans: FILE holds one JSON object a line, gzipped or not.

    {"id": "1", "rooms": [{"type": "Kitchen", "box": [x0, y0, x1, y1]}, ...]}, in pixels of a
    256-pixel plan, y downwards; or "relations": [[i, j, "left-of"], ...] instead of boxes. Other
    units: a header line {"bd_gen": "plans", "unit": "m"}, or --unit and --scale, or --fit.
    """,
    options=("path", "labels", "vocabulary", "skip_bad", "unit", "scale", "flip_y", "fit"),
    content=_content,
    has_shapes=True,
    unit="bytes",
)
def read(
    config: "DataConfig", progress: Progress | None, keeps_shapes: bool = False
) -> "PlanTable":
    """Read the file."""
    from bd_gen.data.labels import labels_of
    from bd_gen.data.sources.plans.source import read_plans

    return read_plans(
        str(config.path),
        config.token_rows,
        labels_of(config),
        config.skip_bad,
        progress,
        units=config.units,
        keeps_shapes=keeps_shapes,
    )
