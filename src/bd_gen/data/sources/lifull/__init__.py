"""LIFULL HOME'S floor plans as vectors (Liu et al., ICCV 2017): walls, doors and room labels."""

from typing import TYPE_CHECKING

from bd_gen.data.sources import Progress, source

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


@source(
    "lifull",
    about="Read LIFULL plans as vectors: a folder of text files.",
    details="""Read LIFULL plans as vectors: FILE is a text file of Raster-to-Vector, or a folder.

    A line is x0, y0, x1, y1 and wall, door, a kind of room or of furniture. Sizes are not known:
    each plan is scaled to a usual one.
    """,
    options=("path", "labels", "vocabulary", "skip_bad"),
    vocabulary="lifull",
    has_shapes=True,
)
def read(
    config: "DataConfig", progress: Progress | None, keeps_shapes: bool = False
) -> "PlanTable":
    """Read the files."""
    from bd_gen.data.sources.lifull.source import read_lifull

    return read_lifull(config, progress, keeps_shapes)
