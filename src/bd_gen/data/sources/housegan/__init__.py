"""Plans as House-GAN++ takes them: a JSON file each (Nauata et al., CVPR 2021)."""

from typing import TYPE_CHECKING

from bd_gen.data.sources import Progress, source

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


@source(
    "housegan",
    about="Read plans of House-GAN++: a folder of JSON files.",
    details="""Read plans of House-GAN++: FILE is a JSON file, or a folder of them.

    Each has boxes, room_type, edges and ed_rm, in pixels of a 256-pixel plan.
    """,
    options=("path", "labels", "vocabulary", "skip_bad"),
    has_shapes=True,
)
def read(
    config: "DataConfig", progress: Progress | None, keeps_shapes: bool = False
) -> "PlanTable":
    """Read the files."""
    from bd_gen.data.sources.housegan.source import read_housegan

    return read_housegan(config, progress, keeps_shapes)
