"""ResPlan: 17,000 real flats with polygons, doors and windows (arXiv:2508.14006)."""

from typing import TYPE_CHECKING

from bd_gen.data.sources import Progress, source

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


@source(
    "resplan",
    about="Read ResPlan: its archive, or JSON lines of it.",
    details="""Read ResPlan: FILE is ResPlan.pkl, ResPlan.zip or JSON lines with polygons.

    The pickle is read without being run. Doors, windows and the front door are kept with --out.
    """,
    options=("path", "labels", "vocabulary", "skip_bad"),
    vocabulary="resplan",
    has_shapes=True,
    unit="bytes",
)
def read(
    config: "DataConfig", progress: Progress | None, keeps_shapes: bool = False
) -> "PlanTable":
    """Read the file."""
    from bd_gen.data.sources.resplan.source import read_resplan

    return read_resplan(config, progress, keeps_shapes)
