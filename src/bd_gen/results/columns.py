"""The columns of a comparison: the result files of a directory, in a sensible order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bd_gen.diagrams.recorded_words import described
from bd_gen.results.result_file import Result, read_result, result_path
from bd_gen.system.errors import InputError

REAL = "real_held_out"
"""The reserved method name of real held-out diagrams, the first column of every comparison."""

MEMORISER = "baseline_memoriser"
"""The reserved method name of training diagrams drawn again."""

MARGINALS = "baseline_marginals"
"""The reserved method name of rooms and relations drawn independently of one another."""

YARDSTICKS = (REAL, MEMORISER, MARGINALS)
"""What methods are measured by, in the order of the first columns."""

_STAGES = ("no_remask", "remdm_cap", "remdm_rescale", "remdm_confidence", "remdm_compensated")
_ORDERS = ("random", "first_hitting", "llada")


@dataclass(frozen=True)
class Column:
    """One column of a comparison: a name and the result that stands under it."""

    name: str
    result: Result


def read_columns(directory: str | Path) -> tuple[list[Column], list[InputError]]:
    """The results of a directory, first those that methods are measured by, then the methods.

    Returns:
        The columns, and an error for each result file that cannot be used.

    Raises:
        InputError: there is no such directory, or results are of different vocabularies.
    """
    directory = existing_directory(directory)
    columns, problems = [], []
    for name in named_files(directory, ".json"):
        # The file's name counts: it is what the user sees and can change.
        try:
            columns.append(Column(name, read_result(result_path(directory, name))))
        except InputError as error:
            problems.append(error)
    _check_one_vocabulary(directory, columns)
    return sorted(columns, key=lambda column: method_order(column.name)), problems


def _check_one_vocabulary(directory: Path, columns: list[Column]) -> None:
    """Refuse results whose diagrams speak of other things: no number of theirs compares."""
    for column in columns[1:]:
        first, other = columns[0].result.vocabulary, column.result.vocabulary
        if first[1] != other[1]:
            raise InputError(
                f"{directory}: results of different vocabularies cannot be compared: "
                f"{columns[0].name} has {described(*first)}, {column.name} {described(*other)}"
            )


def named_files(directory: str | Path, ending: str) -> list[str]:
    """What files with an ending are called, in a results directory and in folders of labels in it.

    Those in a folder are called LABEL/METHOD. Hidden files and folders are no results.
    """
    directory = Path(directory)
    paths = [*directory.glob(f"*{ending}"), *directory.glob(f"*/*{ending}")]
    names = (path.relative_to(directory).as_posix().removesuffix(ending) for path in paths)
    return sorted(name for name in names if not any(p.startswith(".") for p in name.split("/")))


def label_and_method(name: str) -> tuple[str, str]:
    """The label of a column, empty without one, and the name of its method."""
    label, _, method = name.rpartition("/")
    return label, method


def existing_directory(directory: str | Path) -> Path:
    """`directory` as a path.

    Raises:
        InputError: there is no such directory; the message names those beside it.
    """
    directory = Path(directory)
    if directory.is_dir():
        return directory
    parent = directory.parent
    there = sorted(p.name for p in parent.iterdir() if p.is_dir()) if parent.is_dir() else []
    hint = f"; {parent} holds {', '.join(there[:8])}" if there else ""
    raise InputError(f"{directory}: there is no such results directory{hint}")


def check_reserved(method: str, provenance: Mapping[str, Any], path: str | Path) -> None:
    """Refuse samples under a reserved name that this program did not put there.

    Args:
        method: name of the file.
        provenance: what the samples say of their origin.
        path: the file, for the message.

    Raises:
        InputError: the name is one of `YARDSTICKS`, and the samples are something else.
    """
    if method in YARDSTICKS and provenance.get("yardstick") != method:
        what = "held-out plans" if method == REAL else "a baseline"
        raise InputError(f"{path}: the name {method} is reserved for {what}; rename the file")


def method_order(name: str) -> tuple[object, ...]:
    """A sorting key: real diagrams, baselines, methods without remasking, then family by family.

    Inside a family the fixed forward process comes before the learned one (`v2_`), and
    parameters go by their numbers, not by their digits. The same method of several labels stands
    together.
    """
    whole = name
    label, name = label_and_method(name)
    stage = next((k for k, word in enumerate(_STAGES) if word in name), len(_STAGES))
    plain = name.removeprefix("v2_")
    order = next((k for k, word in enumerate(_ORDERS) if plain.startswith(word)), len(_ORDERS))
    first = YARDSTICKS.index(whole) if whole in YARDSTICKS else len(YARDSTICKS)
    return (first, stage, plain != name, order, natural_order(plain), name, natural_order(label))


def natural_order(text: str) -> tuple[tuple[float, str], ...]:
    """A sorting key by which "eta10" comes after "eta9"."""
    parts = re.findall(r"\d+(?:\.\d+)?|\D+", text)
    return tuple((float(part), "") if part[0].isdecimal() else (-1.0, part) for part in parts)
