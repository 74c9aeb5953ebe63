"""The comparison as a file for other programs: one number a line, with all its digits."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from bd_gen.results.columns import Column
from bd_gen.results.scores import Score, scores_of
from bd_gen.system import files
from bd_gen.system.errors import printable

_HEADER = ("method", "key", "mean", "std", "low", "high", "interval", "against_real", "mark", "n/a")


def write_csv(path: str | Path, columns: Sequence[Column]) -> None:
    """Write every number: method, key, mean, std, its 95 % interval and what that comes from.

    `against_real` is the distance from real plans: the difference for rates (a share), the
    multiple for other numbers; it is empty where the multiple is none (see `scores.Against`).
    `n/a` says why a number is missing, or in how many seeds.
    Denoising numbers are measured once and have neither std nor interval.

    Raises:
        InputError: the file cannot be written.
    """
    scores = scores_of(columns)
    lines = []
    for column in columns:
        for key in (*column.result.summary, *column.result.denoising):
            score = scores.of(key, column.name)
            if score is not None:
                reason = column.result.not_computed.get(key)
                lines.append((column.name, printable(key), *_numbers(score), reason))
        for key, reason in column.result.not_computed.items():
            if key not in column.result.summary:
                blank = (None,) * (len(_HEADER) - 3)
                lines.append((column.name, printable(key), *blank, printable(reason)))
    write_rows(path, _HEADER, lines)


def write_rows(path: str | Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write a CSV file; None becomes an empty cell.

    Raises:
        InputError: the file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    files.write_text(path, text.getvalue())


def _numbers(score: Score) -> tuple[object, ...]:
    low, high = score.interval or (None, None)
    exact = score.against is not None and score.against.kind in ("difference", "multiple")
    against = score.against.value if score.against is not None and exact else None
    return (score.mean, score.std, low, high, score.source, against, score.mark)
