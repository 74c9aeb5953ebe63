"""A suite killed at random moments: `python -m benchmarks.kill_suite SUITE --checkpoint FILE ...`.

Runs `bd-gen suite run` once undisturbed, and once killed (SIGKILL to all its processes) at random
moments, each time started again. Then tokens, numbers, tables and names of files are compared.
Prints Markdown; exit code 1 if anything differs.

RESULTS/undisturbed and RESULTS/killed are made; an undisturbed run that is there is used again.
"""

import argparse
import json
import math
import random
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from bd_gen.generation.checkpoints import read_checkpoints
from bd_gen.generation.suite_run import plan_suite
from bd_gen.generation.suites import read_suite
from bd_gen.system.errors import InputError
from benchmarks.killed_suite import KilledSuite, in_words, moments, say
from benchmarks.suite_folder import SuiteFolder

_PASSED_ON = ("batch_size", "device", "engine", "workers", "evaluators")


def undisturbed(options: argparse.Namespace, command: list[str], folder: SuiteFolder) -> float:
    """Make the undisturbed run, or make sure that the one that is there is complete.

    Returns:
        seconds that it took; nan if that is not known.
    """
    note = options.results / "undisturbed.json"
    known = json.loads(note.read_text()) if note.is_file() else {}
    if options.undisturbed or known.get("command") == command:
        say(f"undisturbed: {folder.path} is there")
        folder.check_complete()
        return float(known.get("seconds", "nan"))
    if folder.path.exists():
        raise InputError(f"{folder.path}: not from this command or not finished; remove it first")
    say("undisturbed")
    logs = options.results / "logs" / "undisturbed"
    seconds = KilledSuite(command, folder, logs, random.Random()).finish()  # noqa: S311
    note.write_text(json.dumps({"command": command, "seconds": seconds}))
    return seconds


def killed(options: argparse.Namespace, command: list[str], folder: SuiteFolder) -> list[float]:
    """Do it with kills and print a row for each; the seconds of all starts."""
    if folder.path.exists():
        raise InputError(f"{folder.path}: is there already; remove it, or choose another --results")
    rng = random.Random(options.seed)  # noqa: S311 - moments, no secrets
    suite = KilledSuite(command, folder, options.results / "logs" / "killed", rng)
    seconds = []
    print("| kill | after s | under way | methods drawn | results |\n|---|---|---|---|---|")
    for number, target in enumerate(moments(options.kills, rng), start=1):
        phase = "drawing" if target < 1 else "evaluating"
        say(f"start {number}: to be killed at {100 * (target % 1):.0f} % of {phase}")
        kill = suite.killed_at(target)
        if kill is None:
            print(f"| {number} | | the command had ended | | |", flush=True)
            break
        seconds.append(kill.seconds)
        state = kill.state
        say(f"  killed after {kill.seconds:.1f} s: {in_words(state, folder)}")
        row = (
            f"{number} | {kill.seconds:.1f} | {state.doing}",
            f"{state.methods} of {len(folder.tasks)} | {state.results} of {len(folder.names)}",
        )
        print(f"| {' | '.join(row)} |", flush=True)
    say("last start, to the end")
    seconds.append(suite.finish())
    return seconds


def report(
    once: SuiteFolder, often: SuiteFolder, seconds_once: float, seconds: list[float]
) -> bool:
    """Print how the two compare; whether they are the same."""
    found = once.differences(often)
    amounts = once.amounts()
    print("\n| compared | amount | identical |\n|---|---|---|")
    for what, names in found.items():
        verdict = "yes" if not names else f"no: {', '.join(names)}"
        print(f"| {what} | {amounts.get(what, '')} | {verdict} |")
    alone = "not known" if math.isnan(seconds_once) else f"{seconds_once:.1f}"
    each = ", ".join(f"{start:.1f}" for start in seconds)
    print(
        f"\nSeconds: undisturbed {alone}; killed {len(seconds) - 1} times "
        f"{sum(seconds):.1f} in all ({each}).",
        flush=True,
    )
    return not any(found.values())


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite")
    parser.add_argument("overrides", nargs="*", help="as of suite run: data=plans data.path=FILE")
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--results", type=Path, required=True, help="folder for both runs")
    parser.add_argument("--undisturbed", type=Path, help="results folder of an earlier suite run")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--num-samples", type=int)
    parser.add_argument("--seeds", help="42,123")
    for name in _PASSED_ON:
        parser.add_argument(f"--{name.replace('_', '-')}", help="as of suite run")
    options = parser.parse_intermixed_args(arguments)
    if options.kills < 0:
        parser.error("--kills must be at least 0")
    return options


def suite_command(options: argparse.Namespace) -> list[str]:
    """`bd-gen suite run` as asked for, without the results folder."""
    program = "from bd_gen.cli.main import main; main()"
    command = [sys.executable, "-c", program, "suite", "run", options.suite]
    for file in options.checkpoint:
        command += ["--checkpoint", file]
    for name in ("num_samples", "seeds", *_PASSED_ON):
        if (value := getattr(options, name)) is not None:
            command += [f"--{name.replace('_', '-')}", str(value)]
    return [*command, *options.overrides]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 1 if anything differs, 2 if it cannot be run."""
    options = options_of(arguments)
    command = suite_command(options)
    seeds = tuple(map(int, options.seeds.split(","))) if options.seeds else None
    try:
        suite, checkpoints = read_suite(options.suite), read_checkpoints(options.checkpoint)
        plans = [
            plan_suite(suite, checkpoints, root, seeds=seeds, num_samples=options.num_samples)
            for root in (options.undisturbed or options.results / "undisturbed",
                         options.results / "killed")
        ]  # fmt: skip
        once, often = map(SuiteFolder, plans)
        options.results.mkdir(parents=True, exist_ok=True)
        say(shlex.join(["bd-gen", *command[3:]]))
        seconds_once = undisturbed(options, command, once)
        seconds = killed(options, command, often)
    except InputError as error:
        print(f"kill_suite: {error}", file=sys.stderr)
        return 2
    return int(not report(once, often, seconds_once, seconds))


if __name__ == "__main__":
    sys.exit(main())
