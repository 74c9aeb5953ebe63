"""RPLAN as published by Graph2Plan."""

from typing import TYPE_CHECKING

from bd_gen.data.sources import Progress, source

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


@source(
    "graph2plan",
    about="Read RPLAN as published by Graph2Plan.",
    details="Read RPLAN as published by Graph2Plan: FILE is data.mat or a single plan.",
    options=("path", "skip_bad"),
)
def read(config: "DataConfig", progress: Progress | None) -> "PlanTable":
    """Read the file in a process of its own."""
    from bd_gen.data.sources.graph2plan.guarded import read_in_child

    return read_in_child(str(config.path), config.token_rows, config.skip_bad, progress)
