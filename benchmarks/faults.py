"""Faults tried and survived: `python -m benchmarks.faults [--trials N] [--seed S] [NAME ...]`.

Prints the table of docs/reliability.md; with names, only those rows. Every trial hits a real
command at a random moment, gives the same command again, and compares what comes out with an
undisturbed run: tokens, numbers, weights, to the last bit.
"""

import argparse
import importlib
import json
import random
import sys
import tempfile
import time
from pathlib import Path

import torch

from benchmarks import fault_disks, fault_trials
from benchmarks.fault_trials import Fault
from benchmarks.fault_world import World
from benchmarks.forked import LostError, Runner

# Forked commands must not spend their time on importing what all of them need.
_IMPORTED = (
    "bd_gen.cli.compose",
    "bd_gen.cli.evaluate",
    "bd_gen.cli.generate",
    "bd_gen.cli.train",
    "bd_gen.data.sources.synthetic.source",
    "bd_gen.generation.job",
    "bd_gen.results.parallel",
    "bd_gen.training.run",
)
_SAME_TOKENS = "next start: same tokens, nothing left behind"
_SAME_NUMBERS = "next start: same numbers"
_SAME_WEIGHTS = "next start: same weights, optimiser state and log"
_NAMED = "one line names the file, which stays; mended, "

FAULTS = {
    "kill-generate": Fault(
        "SIGKILL while generating, three times", _SAME_TOKENS, fault_trials.killed_generating
    ),
    "kill-evaluate": Fault(
        "SIGKILL while evaluating, three times", _SAME_NUMBERS, fault_trials.killed_evaluating
    ),
    "kill-train": Fault(
        "SIGKILL while training, three times", _SAME_WEIGHTS, fault_trials.killed_training
    ),
    "kill-write": Fault(
        "SIGKILL while a file is replaced",
        "the old file or the new one",
        fault_trials.killed_writing,
    ),
    "kill-worker": Fault(
        "SIGKILL of one of two worker processes",
        "the command goes on: same tokens",
        fault_trials.killed_worker,
    ),
    "kill-dask-worker": Fault(
        "SIGKILL of one of two workers of a Dask cluster",
        "the command goes on: same tokens",
        fault_trials.killed_dask_worker,
    ),
    "ctrl-c-generate": Fault(
        "Ctrl-C while generating", f"exit code 130; {_SAME_TOKENS}",
        fault_trials.interrupted_generating,
    ),
    "ctrl-c-evaluate": Fault(
        "Ctrl-C while evaluating", f"exit code 130; {_SAME_NUMBERS}",
        fault_trials.interrupted_evaluating,
    ),
    "ctrl-c-train": Fault(
        "Ctrl-C while training", f"exit code 130; {_SAME_WEIGHTS}",
        fault_trials.interrupted_training,
    ),
    "full-generate": Fault(
        "disk full while generating", f"one line; {_SAME_TOKENS}", fault_disks.full_generating
    ),
    "full-evaluate": Fault(
        "disk full while evaluating", f"one line; {_SAME_NUMBERS}", fault_disks.full_evaluating
    ),
    "full-train": Fault(
        "disk full while training", f"one line; {_SAME_WEIGHTS}", fault_disks.full_training
    ),
    "two-generate": Fault(
        "two processes draw the same method",
        "one is refused and told who the other is; same tokens",
        fault_trials.two_generating,
    ),
    "two-train": Fault(
        "two processes train in the same folder",
        "one is refused and told who the other is; same weights",
        fault_trials.two_training,
    ),
    "cut-samples": Fault(
        "samples cut short", f"{_NAMED}same tokens", fault_trials.cut_samples
    ),
    "cut-result": Fault("a result cut short", f"{_NAMED}same numbers", fault_trials.cut_result),
    "cut-checkpoint": Fault(
        "a checkpoint cut short", f"{_NAMED}same weights", fault_trials.cut_checkpoint
    ),
    "cut-unfinished": Fault(
        "unfinished samples cut short", "what is whole is kept; same tokens",
        fault_trials.cut_unfinished,
    ),
    "cut-cache": Fault(
        "all files of the cache cut short", "made again; same numbers", fault_trials.cut_cache
    ),
}  # fmt: skip


def try_fault(fault: Fault, world: World, runner: Runner, trials: int) -> dict[str, object]:
    """How often a fault was survived, and how it was not."""
    survived, problems = 0, []
    start = time.monotonic()
    for _ in range(trials):
        with tempfile.TemporaryDirectory(dir=world.folder) as folder:
            try:
                fault.trial(world, runner, Path(folder) / "place")
                survived += 1
            except LostError as error:
                problems.append(str(error)[-2000:])
    return {
        "tried": trials,
        "survived": survived,
        "problems": problems,
        "seconds": round(time.monotonic() - start, 1),
    }


def main() -> int:
    """Print a table, or with --json an object; 1 if anything was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *FAULTS], metavar="NAME")
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)  # a process with threads cannot be forked
    for name in _IMPORTED:
        importlib.import_module(name)
    found: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="bd-gen-faults-") as folder:
        runner = Runner(Path(folder) / "logs", random.Random(options.seed))  # noqa: S311
        world = World(Path(folder), runner)
        if not options.json:
            print("| fault | tried | survived | survived means |\n|---|---|---|---|", flush=True)
        for name in options.names or FAULTS:
            fault = FAULTS[name]
            found[name] = try_fault(fault, world, runner, options.trials)
            if not options.json:
                row = (fault.what, found[name]["tried"], found[name]["survived"], fault.checked)
                print("| " + " | ".join(map(str, row)) + " |", flush=True)
                for problem in found[name]["problems"]:
                    print(f"{name}: {problem}", file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps(found))
    return int(any(row["survived"] != row["tried"] for row in found.values()))


if __name__ == "__main__":
    sys.exit(main())
