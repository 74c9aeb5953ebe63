"""A comparison as a file of the kind that its ending names: Markdown, LaTeX, JSON or CSV."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bd_gen.results.columns import Column, read_columns
from bd_gen.results.comparison import (
    FILE_NAME,
    SPREADS,
    Spread,
    main_rows,
    markdown,
    notes,
    sections,
)
from bd_gen.results.configuration import unlike_columns
from bd_gen.results.csv_file import write_csv
from bd_gen.results.paired import Pair, costs, explanation, pair_tables, write_pair_csv
from bd_gen.results.scores import Score, scores_of
from bd_gen.results.table import Table, markdown_section
from bd_gen.results.trainings import over_trainings
from bd_gen.system import files
from bd_gen.system.errors import InputError, printable

_SPECIAL = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "\\": "\\textbackslash{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    "±": "$\\pm$",
    "†": "$^\\dagger$",
    "↑": "$\\uparrow$",
    "↓": "$\\downarrow$",
    "…": "\\ldots{}",
    "·": "$\\cdot$",
    "²": "$^2$",
    "σ": "$\\sigma$",
    "η": "$\\eta$",
    "α": "$\\alpha$",
}
_BOLD, _END = "\ue000", "\ue001"  # stand round what is best until the text is escaped
_MARKS = {"best": f"{_BOLD}{{}}{_END}", "tied": "{} †", "": "{}"}


def write_comparison(
    directory: str | Path,
    out: str | Path | None = None,
    primary_only: bool = False,
    spread: Spread = "interval",
    is_over_trainings: bool = False,
) -> tuple[Path, list[Column], list[InputError]]:
    """Tabulate the result files of a directory.

    Args:
        directory: where the result files lie.
        out: the file to write, its ending says how; `comparison.md` beside the results if None.
        primary_only: only the main rows.
        spread: what a cell shows beside the mean.
        is_over_trainings: set means over trainings in place of columns whose labels differ in a
            number only.

    Returns:
        The file written, its columns, and an error for each result file that cannot be used.

    Raises:
        InputError: there is no such directory, no usable result in it, another ending, or the table
            cannot be written.
    """
    path = Path(out) if out is not None else Path(directory) / FILE_NAME
    known_ending(path)  # before anything is read
    columns, problems = read_columns(directory)
    if not columns:
        reason = f" ({problems[0]})" if problems else ""
        raise InputError(f"{directory}: there is no result file to compare{reason}")
    if is_over_trainings:
        columns = over_trainings(columns)
    write_comparison_file(path, columns, primary_only, spread)
    return path, columns, problems


def write_comparison_file(
    path: Path, columns: Sequence[Column], primary_only: bool = False, spread: Spread = "interval"
) -> None:
    """Write columns side by side, as the file's ending says.

    Args:
        path: the file; .md, .tex, .json or .csv.
        columns: what stands side by side.
        primary_only: only the main rows; JSON and CSV always hold every number.
        spread: what a cell shows beside the mean; JSON and CSV hold all there is.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    _WRITERS[known_ending(path)](path, columns, primary_only, spread)


def write_pair_file(path: Path, pair: Pair) -> None:
    """Write two methods against each other, as the file's ending says.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    ending = known_ending(path)
    said = f"{explanation(pair)} {costs(pair)}"
    if ending == ".csv":
        write_pair_csv(path, pair)
    elif ending == ".json":
        rows = [asdict(difference) for difference in pair.differences]
        fields = {"format_version": 1, "a": pair.a, "b": pair.b, "differences": rows}
        _write_plain(path, fields | {"num_tested": pair.num_tested, "notes": list(pair.notes)})
    elif ending == ".tex":
        head = "% \\usepackage{booktabs}\n"
        told = "".join(f"% Warning: {printable(note)}.\n" for note in pair.notes)
        tables = (
            _latex_table(table, f"A: {pair.a}, B: {pair.b}. {said}") for table in pair_tables(pair)
        )
        files.write_text(path, "\n".join([head + told, *tables]))
    else:
        head = f"# {pair.a} (A) and {pair.b} (B)\n\n{said}\n"
        told = "".join(f"\n> **Warning:** {note}.\n" for note in pair.notes)
        files.write_text(path, "\n".join([head + told, *map(markdown_section, pair_tables(pair))]))


def known_ending(path: Path) -> str:
    """The ending of a comparison's file in small letters.

    Raises:
        InputError: it is none that a comparison can be written as.
    """
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise InputError(f"{path}: a comparison is written as {', '.join(_WRITERS)}")
    return ending


def latex(
    columns: Sequence[Column], primary_only: bool = False, spread: Spread = "interval"
) -> str:
    """Tables for a paper, one a family; they need the package booktabs."""
    scores = scores_of(columns)
    tables = (
        [main_rows(columns, scores=scores, marked=_MARKS, spread=spread)]
        if primary_only
        else sections(columns, scores, spread, _MARKS)
    )
    told = [*(f"Warning: {warning}." for warning in unlike_columns(columns)), *notes(columns)]
    parts = [
        "% \\usepackage{booktabs}\n",
        *("".join(f"% {printable(line)}\n" for line in note.splitlines()) for note in told),
        *(_latex_table(table, SPREADS[spread]) for table in tables if table.rows),
    ]
    return "\n".join(parts)


def _latex_table(table: Table, explanation: str) -> str:
    lines = [
        "\\begin{table}",
        "\\centering",
        f"\\caption{{{_tex(table.title)}. {_tex(explanation)}}}",
        f"\\begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
        "\\toprule",
        _tex_row(table.header),
        "\\midrule",
        *map(_tex_row, table.rows),
        "\\bottomrule",
        "\\end{tabular}",
        "\\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _tex_row(cells: Sequence[str]) -> str:
    return " & ".join(map(_tex, cells)) + " \\\\"


def _tex(text: str) -> str:
    line = " ".join(text.replace("+/-", "±").split())
    escaped = "".join(_SPECIAL.get(sign, sign) for sign in line)
    return re.sub(f"{_BOLD}(.*?){_END}", r"\\textbf{\1}", escaped)


def plain(columns: Sequence[Column]) -> dict[str, Any]:
    """Every number of every column with its interval and mark, and what each key means."""
    scores = scores_of(columns)
    return {
        "format_version": 1,
        "keys": {
            info.name: {
                "name": info.display,
                "family": info.family,
                "better": info.direction,
                "unit": info.unit,
            }
            for info in scores.infos
        },
        "columns": [
            {
                "name": column.name,
                "config": column.result.config,
                "numbers": {
                    info.name: _plain_score(score)
                    for info in scores.infos
                    if (score := scores.of(info.name, column.name)) is not None
                },
                "not_computed": dict(column.result.not_computed),
            }
            for column in columns
        ],
        "warnings": list(unlike_columns(columns)),
        "notes": notes(columns),
    }


def _plain_score(score: Score) -> dict[str, Any]:
    low, high = score.interval or (None, None)
    against = score.against
    return {
        "mean": score.mean,
        "std": score.std,
        "low": low,
        "high": high,
        "interval_from": score.source or None,
        "against_real": None if against is None else {against.kind: against.value},
        "mark": score.mark or None,
    }


def _write_markdown(
    path: Path, columns: Sequence[Column], primary_only: bool, spread: Spread
) -> None:
    files.write_text(path, markdown(columns, primary_only, spread))


def _write_latex(path: Path, columns: Sequence[Column], primary_only: bool, spread: Spread) -> None:
    files.write_text(path, latex(columns, primary_only, spread))


def _write_json(path: Path, columns: Sequence[Column], *_: object) -> None:
    _write_plain(path, plain(columns))


def _write_plain(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    files.write_text(path, text + "\n")


def _write_csv(path: Path, columns: Sequence[Column], *_: object) -> None:
    write_csv(path, columns)


_WRITERS: dict[str, Callable[[Path, Sequence[Column], bool, Spread], None]] = {
    ".md": _write_markdown,
    ".tex": _write_latex,
    ".json": _write_json,
    ".csv": _write_csv,
}
