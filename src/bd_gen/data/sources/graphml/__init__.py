"""Bubble diagrams as GraphML, one's own or drawn by hand."""

from typing import TYPE_CHECKING

from bd_gen.data.sources import Progress, source

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig
    from bd_gen.data.plan_table import PlanTable


@source(
    "graphml",
    about="Read bubble diagrams: a folder of GraphML files.",
    details="""Read bubble diagrams: FILE is a GraphML file, or a folder of them.

    Nodes are rooms with a type, edges have a relation; what their words mean: docs/exports.md.
    """,
    options=("path", "labels", "vocabulary", "skip_bad"),
)
def read(config: "DataConfig", progress: Progress | None) -> "PlanTable":
    """Read the files."""
    from bd_gen.data.sources.graphml.source import read_graphml_files

    return read_graphml_files(config, progress)
