"""Real plans, and their diagrams laid out anew: `python -m benchmarks.plans_anew FOLDER [COUNT]`.

It writes FOLDER/real.jsonl and FOLDER/anew.jsonl: held-out plans, and a layout of each of their
diagrams by the solver, for `bd-gen evaluate FOLDER/real.jsonl FOLDER/anew.jsonl`. Plans are RPLAN's
if BD_GEN_DEV_DATA names a folder with them, else synthetic ones.
"""

import sys
from pathlib import Path

from bd_gen.data.dataset import load_dataset
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.exchange.export import export_plans, export_target
from bd_gen.layouts.solver import solve
from bd_gen.results.plan_references import plans_of_table
from benchmarks.bench_metrics import data_config

COUNT = 300


def laid_out_anew(plan: LaidOut) -> LaidOut | None:
    """Another layout of a plan's diagram; None if none is found."""
    boxes = solve(plan.diagram).boxes
    return None if boxes is None else LaidOut(plan.id, plan.diagram, boxes)


def main(folder: str, count: str = str(COUNT)) -> None:
    dataset = load_dataset(data_config())
    assert dataset.table is not None
    real = plans_of_table(dataset.table, dataset.split.test[: int(count)])
    anew = [plan for plan in map(laid_out_anew, real) if plan is not None]
    for name, plans in (("real", real), ("anew", anew)):
        path = Path(folder) / f"{name}.jsonl"
        export_plans(plans, export_target(path))
        print(f"{path}: {len(plans)} plans")


if __name__ == "__main__":
    main(*sys.argv[1:])
