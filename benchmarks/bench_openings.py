"""Doors, windows and access against real plans: `python -m benchmarks.bench_openings`.

It needs the environment variable BD_GEN_DEV_DATA, a folder with `real_plans/resplan_60.jsonl.gz`
(flats with real doors and windows) and `real_plans/rplan.jsonl.gz` (plans with boxes).
"""

import gzip
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from shapely import MultiPoint, Polygon, get_parts, union_all
from shapely.affinity import scale as scaled

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.floor_plan import FloorPlan, rooms_seen
from bd_gen.diagrams.laid_out import METRES_PER_PIXEL, LaidOut
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.layouts.openings import DOOR_WALL, OpeningsResult, add_openings
from bd_gen.layouts.walls import walls_of
from bd_gen.metrics.plan_geometry import plan_geometry

NUM_PLANS = 300
PIXEL = 1 / METRES_PER_PIXEL  # a metre in pixels
TYPES = {
    "bedroom": "SecondRoom",
    "living": "LivingRoom",
    "kitchen": "Kitchen",
    "bathroom": "Bathroom",
    "balcony": "Balcony",
    "veranda": "Balcony",
    "storage": "Storage",
}
"""Types of ResPlan; the largest bedroom of a flat is its master bedroom. Stairs and parking, of
which there are seven, are left out."""
SOUND_AREAS = (40.0, 200.0)
"""Square metres; flats that say another area are in some other unit."""


class Flat(NamedTuple):
    """A real flat: what it is, its real doors and windows."""

    types: tuple[int, ...]
    rooms: tuple[Polygon, ...]
    doors: frozenset[tuple[int, int]]
    windows: tuple[Polygon, ...]
    front_door: tuple[float, ...]

    @property
    def diagram(self) -> Diagram:
        """Its rooms, without relations."""
        return Diagram(self.types)


def door_width(flat: dict[str, Any]) -> float:
    """The median length of a flat's doors, in its own unit."""
    lengths = []
    for door in flat["doors"]:
        frame = _hull(door["polygons"]).minimum_rotated_rectangle
        corners = np.asarray(frame.exterior.coords)
        lengths.append(np.hypot(*np.diff(corners[:3], axis=0).T).max())
    return float(np.median(lengths))


def read_flats(path: Path) -> list[Flat]:
    """The flats, in pixels; those in another unit are scaled to doors as wide as in the others."""
    with gzip.open(path, "rt") as file:
        raw = [json.loads(line) for line in file]
    low, high = SOUND_AREAS
    usual = np.median([door_width(flat) for flat in raw if low < flat["area"] < high])
    return [
        _flat(flat, PIXEL * (1 if low < flat["area"] < high else usual / door_width(flat)))
        for flat in raw
    ]


def _flat(flat: dict[str, Any], factor: float) -> Flat:
    rooms = [room for room in flat["rooms"] if room["type"] in TYPES]
    shapes = [
        scaled(Polygon(room["polygons"][0]).buffer(0), factor, factor, origin=(0, 0))
        for room in rooms
    ]
    ids = [room["id"] for room in rooms]
    beds = [k for k, room in enumerate(rooms) if room["type"] == "bedroom"]
    master = max(beds, key=lambda k: shapes[k].area, default=-1)
    names = ["MasterRoom" if k == master else TYPES[r["type"]] for k, r in enumerate(rooms)]
    between = [door["between"] for door in flat["doors"] if set(door["between"]) <= set(ids)]
    pairs = [sorted(ids.index(room) for room in pair) for pair in between]

    def hull(polygons: Any) -> Polygon:
        return scaled(_hull(polygons), factor, factor, origin=(0, 0))

    return Flat(
        tuple(RPLAN.room_names.index(name) for name in names),
        _less_smaller(shapes),
        frozenset((i, j) for i, j in pairs),
        tuple(hull(window) for window in flat["windows"]),
        hull(flat["front_door"][0]).bounds,
    )


def _hull(polygons: Any) -> Polygon:
    return MultiPoint(np.concatenate([np.asarray(ring, float) for ring in polygons])).convex_hull


def _less_smaller(shapes: list[Polygon]) -> tuple[Polygon, ...]:
    """Rooms without the smaller rooms that are drawn in them, as kitchens are in living rooms."""
    found = list(shapes)
    order = sorted(range(len(shapes)), key=lambda k: shapes[k].area)
    for place, room in enumerate(order):
        rest = shapes[room].difference(union_all([shapes[k] for k in order[:place]]))
        found[room] = max(get_parts(rest), key=lambda part: part.area)
    return tuple(found)


def bench_flats(path: Path) -> None:
    flats = read_flats(path)
    start = time.process_time()
    results = [
        add_openings(flat.diagram, FloorPlan(flat.rooms), front_door=flat.front_door)
        for flat in flats
    ]
    seconds = (time.process_time() - start) / len(flats)
    real = sum(len(flat.doors) for flat in flats)
    pairs = [proposed(result) for result in results]
    found = sum(len(p & flat.doors) for p, flat in zip(pairs, flats, strict=True))
    made = sum(map(len, pairs))
    open_kitchens = sum(
        _names(flat, pair) == {"Kitchen", "LivingRoom"}
        for p, flat in zip(pairs, flats, strict=True)
        for pair in p - flat.doors
    )
    no_room = sum(
        walls_of(flat.rooms).longest(*pair) < DOOR_WALL * PIXEL
        for flat in flats
        for pair in flat.doors
    )
    reached = sum(not result.unreached for result in results)
    sure = made - open_kitchens
    _print(
        "real flats",
        {
            "flats; real door pairs": f"{len(flats)}; {real}",
            "real pairs proposed": f"{found} ({found / real:.1%})",
            "proposed pairs that are real": f"{found} of {made} ({found / made:.1%})",
            "the same without kitchens open to the living room": f"{found / sure:.1%}",
            f"real pairs without {DOOR_WALL} m of wall": f"{no_room} ({no_room / real:.1%})",
            "every room reached": f"{reached} of {len(flats)} ({reached / len(flats):.1%})",
            "CPU time a flat": f"{1000 * seconds:.0f} ms",
        },
    )
    _missed(flats, pairs)
    _windows(flats, results)


def proposed(result: OpeningsResult) -> frozenset[tuple[int, int]]:
    """The pairs of rooms that doors join."""
    return frozenset((d.rooms[0], d.rooms[1]) for d in result.doors if len(d.rooms) == 2)


def _names(flat: Flat, pair: tuple[int, int]) -> set[str]:
    return {RPLAN.room_names[flat.types[k]] for k in pair}


def _missed(flats: list[Flat], pairs: list[frozenset[tuple[int, int]]]) -> None:
    """Which real doors are not proposed, and which proposed ones are not real, by type."""
    table: dict[str, Counter[str]] = {"real": Counter(), "missed": Counter(), "not real": Counter()}
    for flat, made in zip(flats, pairs, strict=True):
        kinds = {"real": flat.doors, "missed": flat.doors - made, "not real": made - flat.doors}
        for kind, chosen in kinds.items():
            table[kind].update("–".join(sorted(_names(flat, pair))) for pair in chosen)
    print("\n| pair of types | real | missed | proposed, not real |\n|---|--:|--:|--:|")
    for name, count in table["real"].most_common():
        print(f"| {name} | {count} | {table['missed'][name]} | {table['not real'][name]} |")


def _windows(flats: list[Flat], results: list[OpeningsResult]) -> None:
    """Which rooms with an outer wall have windows, really and by the rules."""
    counts: dict[str, np.ndarray] = {}
    for flat, result in zip(flats, results, strict=True):
        walls = walls_of(flat.rooms)
        ours = {window.room for window in result.windows}
        for room, room_type in enumerate(flat.types):
            outer = walls.outer_of(room)
            if outer and outer[0].length >= 0.9 * PIXEL:
                real = any(window.distance(flat.rooms[room]) < 4 for window in flat.windows)
                both = np.array([1, real, room in ours])
                name = RPLAN.room_names[room_type]
                counts[name] = counts.get(name, np.zeros(3, int)) + both
    print("\n| rooms with 0.9 m of outer wall | there are | really with a window | here |")
    print("|---|--:|--:|--:|")
    for name, (total, real, made) in sorted(counts.items()):
        print(f"| {name} | {total} | {real / total:.0%} | {made / total:.0%} |")


def bench_held_out(path: Path) -> None:
    dataset = load_dataset(DataConfig("plans", path=str(path)))
    assert dataset.table is not None
    table = dataset.table.select(dataset.split.test[:NUM_PLANS])
    diagrams = diagrams_from_tokens(table.tokens, table.vocabulary)
    plans = [
        LaidOut(str(name), diagram, boxes[: diagram.num_rooms])
        for name, diagram, boxes in zip(table.ids, diagrams, table.boxes, strict=True)
    ]
    results = [add_openings(plan.diagram, FloorPlan(rooms_seen(plan.boxes))) for plan in plans]
    geometry = [plan_geometry(plan, METRES_PER_PIXEL) for plan in plans]
    joined, wide = (sum(getattr(g, name) for g in geometry) for name in ("num_joined", "num_wide"))
    accessible = np.mean([g.is_accessible for g in geometry])
    by_doors = np.mean([not result.unreached for result in results])
    print()
    _print(
        "real held-out plans of RPLAN",
        {
            "plans": f"{len(plans)}",
            "every room reached, 0.8 m of wall": f"{accessible:.1%}",
            "every room reached by doors, 0.9 m of wall": f"{by_doors:.1%}",
            "joined pairs without 0.8 m of wall": f"{1 - wide / joined:.1%}",
            "plans without a front door": f"{sum(bool(r.no_entrance) for r in results)}",
            "rooms without the window they want": f"{sum(len(r.dark) for r in results)}",
        },
    )


def _print(title: str, rows: dict[str, str]) -> None:
    print(f"| {title} | |\n|---|--:|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")


def main() -> None:
    folder = Path(os.environ["BD_GEN_DEV_DATA"]) / "real_plans"
    bench_flats(folder / "resplan_60.jsonl.gz")
    bench_held_out(folder / "rplan.jsonl.gz")


if __name__ == "__main__":
    main()
