"""Real plans through every format that holds boxes."""

import gzip
import json
from itertools import islice
from pathlib import Path

import ezdxf
import numpy as np
from tests.rplan import room_type_from_name

from bd_gen.data.sources.graphml.graphml import read_graphml
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.exports.dxf import write_dxf
from bd_gen.exchange.exports.graphml import write_graphml

from .cases import by_rule, same


def real_plans(dev_data: Path, step: int, count: int) -> list[LaidOut]:
    with gzip.open(dev_data / "real_plans" / "rplan.jsonl.gz", "rt") as file:
        plans = [json.loads(line) for line in islice(file, 0, step * count, step)]
    return [
        by_rule(
            str(plan["id"]),
            tuple(room_type_from_name(room["type"]) for room in plan["rooms"]),
            np.array([room["box"] for room in plan["rooms"]]),
        )
        for plan in plans
    ]


def test_graphml_keeps_real_plans(dev_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.graphml"
    for plan in real_plans(dev_data, 40, 100):
        write_graphml(path, plan)
        found = read_graphml(path)
        assert same(LaidOut(found.id, found.diagram, found.boxes), plan)


def test_drawings_of_real_plans_are_sound(dev_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.dxf"
    for plan in real_plans(dev_data, 100, 10):
        write_dxf(path, plan)
        document = ezdxf.readfile(path)
        auditor = document.audit()
        assert (auditor.errors, auditor.fixes) == ([], [])
        # homes are of the size of homes
        spans = [
            line.get_measurement() for line in document.query('DIMENSION[layer=="DIMENSIONS"]')
        ]
        assert all(5 < span < 18 for span in spans)
