"""How large the house is: `python -m benchmarks.house [--quick]`.

Prints a Markdown table of what the code of the package is today beside what it should be. With
`--quick` only what is counted in the files, without running anything. `--mermaid` prints the rooms
as a graph instead, and `--update PAGE` puts that graph into a page (docs/architecture.md).
"""

import argparse
import statistics
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bench_cli import seconds_of
from benchmarks.house_code import Code, read_code
from benchmarks.house_picture import mermaid, put_into
from benchmarks.house_trace import JOURNEYS, trace_journeys

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "bd_gen"
RUNS = 10
"""Of `bd-gen --help`."""

COUNTED = {
    "lines of code (no blanks, comments, docstrings)": "≤ 19,500",
    "files": "≤ 220",
    "rooms": "≤ 17",
    "arrows between rooms": "≤ 84",
    "circles of files": "0",
}
"""What is counted, and its target."""

TRACED = dict(zip(JOURNEYS, ("≤ 50", "≤ 25", "≤ 90"), strict=True))
HELP_TARGET = "≤ 0.07 s"


def counted_rows(code: Code) -> list[tuple[str, str, str]]:
    """Rows of the table, what / today / target, that take no running."""
    today = (
        code.lines,
        code.files.number_of_nodes(),
        code.rooms.number_of_nodes(),
        code.rooms.number_of_edges(),
        len(code.circles),
    )
    return [
        (what, f"{value:,}", target)
        for (what, target), value in zip(COUNTED.items(), today, strict=True)
    ]


def run_rows() -> list[tuple[str, str, str]]:
    """Rows that take running commands: files that they run through, and seconds."""
    rows = [
        (f"files run through by {name}", f"{len(files):,}", TRACED[name])
        for name, files in trace_journeys(PACKAGE).items()
    ]
    seconds = statistics.median(seconds_of(["--help"], RUNS))
    return [*rows, (f"`bd-gen --help`, median of {RUNS}", f"{seconds:.2f} s", HELP_TARGET)]


def table(rows: Iterable[tuple[str, str, str]]) -> str:
    """A Markdown table with the columns today and target."""
    lines = ["| | today | target |", "|---|--:|--:|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def main() -> None:
    """Print the table or the graph."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.house", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="only what is counted in the files")
    which.add_argument("--mermaid", action="store_true", help="print the rooms as a graph")
    which.add_argument("--update", metavar="PAGE", type=Path, help="put the graph into a page")
    options = parser.parse_args()
    code = read_code(PACKAGE)
    if options.mermaid:
        print(mermaid(code.rooms), end="")
    elif options.update:
        try:
            put_into(options.update, mermaid(code.rooms))
        except (OSError, ValueError) as error:
            parser.error(str(error))
    else:
        print(table([*counted_rows(code), *([] if options.quick else run_rows())]), end="")


if __name__ == "__main__":
    main()
