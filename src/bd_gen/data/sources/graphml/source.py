"""Reading a folder of GraphML files as a data set."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.data.labels import labels_of
from bd_gen.data.plan_table import PlanTable
from bd_gen.data.sources import Progress
from bd_gen.data.sources.graphml.graphml import GraphmlDiagram, read_graphml
from bd_gen.data.sources.graphml.graphml_rooms import UnknownRoomsError
from bd_gen.data.sources.plans.bad_plan import BadPlanError, unknown_labels
from bd_gen.data.sources.plans.foreign import files_of, read_foreign_plans
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.words import Words
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.data.config import DataConfig

ENDINGS = (".graphml", ".xml")


def read_graphml_files(config: "DataConfig", progress: Progress | None) -> PlanTable:
    """Read a GraphML file, or all of a folder and the folders in it.

    A diagram is called by the path of its file below the folder: ids in files repeat. Boxes must
    be in pixels of a 256-pixel plan.

    Raises:
        InputError: there is no such file, or diagrams are bad.
    """
    files, notes = files_of(config, ENDINGS), dict[str, int]()
    items = _plans(files, labels_of(config), notes, progress)
    table = read_foreign_plans(config, items, "file", RoomLabels(words=config.words))
    told = tuple(f"{note} ({count:,} files)" for note, count in notes.items())
    return replace(table, notes=(*told, *table.notes))


def _plans(
    files: list[tuple[str, Path]],
    labels: RoomLabels,
    notes: dict[str, int],
    progress: Progress | None,
) -> Iterator[tuple[str, dict[str, Any] | BadPlanError]]:
    for done, (name, path) in enumerate(files, start=1):
        try:
            graph = read_graphml(path, labels)
            told = [] if graph.is_complete else ["rooms without an edge are taken for not joined"]
            for note in (*graph.notes, *told):
                notes[note] = notes.get(note, 0) + 1
            yield name, plain_plan(str(Path(name).with_suffix("")), graph, labels.words)
        except BadPlanError as bad:
            yield name, bad
        except UnknownRoomsError as error:
            yield name, unknown_labels(error.labels)
        except InputError as error:
            yield name, BadPlanError("bad graph", str(error).removeprefix(f"{path}: "))
        if progress is not None:
            progress(done, len(files))


def plain_plan(name: str, graph: GraphmlDiagram, words: Words) -> dict[str, Any]:
    """The diagram in the open format, in these words.

    Raises:
        BadPlanError: a room has no type.
    """
    rooms: list[dict[str, Any]] = []
    for k, room_type in enumerate(graph.room_types):
        if room_type is None:
            how = "a node says it by type, room_type, label or name"
            raise BadPlanError("missing field", f"type of room {k}: {how}")
        rooms.append({"type": words.room_names[room_type]})
    if graph.boxes is not None:
        for room, box in zip(rooms, graph.boxes.tolist(), strict=True):
            room["box"] = box
    relations: list[list[Any]] = [
        [i, j, words.relation_names[r]] for i, j, r in graph.relations if r != words.no_edge
    ]
    relations += [[i, j] for i, j in graph.joined]
    return {"id": name, "rooms": rooms, "relations": relations}
