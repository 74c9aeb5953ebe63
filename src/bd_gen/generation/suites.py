"""Suites: lists of methods that belong together, as YAML files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.results.baselines import DEFAULT_NUM_SAMPLES, DEFAULT_SEEDS
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded
from bd_gen.system.names import did_you_mean
from bd_gen.system.plain_yaml import read_yaml

if TYPE_CHECKING:
    from bd_gen.sampling.method import Method

FOLDER = Path(__file__).resolve().parents[1] / "configs" / "suites"
"""Where the suites that come with the package lie."""

_FIELDS = (
    "description",
    "schedule",
    "optional_checkpoints",
    "seeds",
    "num_samples",
    "sampling_steps",
    "methods",
)
_METHOD_FIELDS = ("name", "sampling_steps")


@dataclass(frozen=True)
class Suite:
    """Methods to sample by, and how many diagrams of each.

    Attributes:
        name: of the suite: its file without the ending.
        description: one line for people.
        schedule: folder of the results and schedule of the checkpoint that methods without `v2_`
            are sampled from; None: that of whichever checkpoint is given.
        optional_checkpoints: leave out methods whose checkpoint is not given.
        seeds: distinct seeds.
        num_samples: diagrams of each seed.
        methods: in the order in which they are run; names are distinct.
    """

    name: str
    description: str
    schedule: str | None
    optional_checkpoints: bool
    seeds: tuple[int, ...]
    num_samples: int
    methods: "tuple[Method, ...]"


def suite_names() -> list[str]:
    """Names of the suites that come with the package."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def describe_suites() -> dict[str, tuple[str, int]]:
    """Description and number of methods of every suite of the package, by name."""
    found = {}
    for name in suite_names():
        fields = read_yaml(FOLDER / f"{name}.yaml")
        found[name] = str(fields["description"]), len(fields["methods"])
    return found


def read_suite(name: str | Path) -> Suite:
    """The suite of that name, or of the file at that path.

    Raises:
        InputError: there is none; or a field of the file is unknown, missing, or not what it
            should be.
    """
    return suite_from_fields(_path(str(name)))


def _path(name: str) -> Path:
    packaged = suite_names()
    if name in packaged:
        return FOLDER / f"{name}.yaml"
    path = expanded(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    hint = did_you_mean(name, packaged, 2) or f"; there are {', '.join(packaged)}"
    raise InputError(f"{name}: there is no such suite{hint} (your own: the path of a .yaml file)")


def suite_from_fields(path: Path) -> Suite:
    """The suite that a file describes; see `read_suite`."""
    fields = read_yaml(path)
    _check_names(fields, _FIELDS, f"{path}")
    description = fields.get("description", "")
    if not isinstance(description, str) or "\n" in description.strip():
        raise _wrong(path, "description", "one line of text", description)
    optional = fields.get("optional_checkpoints", False)
    if not isinstance(optional, bool):
        raise _wrong(path, "optional_checkpoints", "true or false", optional)
    return Suite(
        name=path.stem,
        description=description.strip(),
        schedule=_schedule(path, fields.get("schedule")),
        optional_checkpoints=optional,
        seeds=_seeds(path, fields.get("seeds", list(DEFAULT_SEEDS))),
        num_samples=_num_samples(path, fields.get("num_samples", DEFAULT_NUM_SAMPLES)),
        methods=_methods(path, fields),
    )


def _check_names(fields: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in fields:
        if name not in known:
            hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
            raise InputError(f"{where}: {name[:60]}: there is no such field{hint}")


def _schedule(path: Path, value: Any) -> str | None:
    from bd_gen.generation.checkpoints import labels

    if value is not None and value not in labels():
        raise _wrong(path, "schedule", f"one of {', '.join(labels())}", value)
    return value


def _seeds(path: Path, value: Any) -> tuple[int, ...]:
    good = isinstance(value, list) and all(type(s) is int and 0 <= s < 2**64 for s in value)
    if not good or not value or len(set(value)) != len(value):
        raise _wrong(path, "seeds", "a list of distinct whole numbers from 0", value)
    return tuple(value)


def _num_samples(path: Path, value: Any) -> int:
    from bd_gen.generation.job import MOST_SAMPLES

    if type(value) is not int or not 1 <= value <= MOST_SAMPLES:
        raise _wrong(path, "num_samples", f"a whole number in 1..{MOST_SAMPLES:,}", value)
    return value


def _methods(path: Path, fields: Mapping[str, Any]) -> "tuple[Method, ...]":
    from bd_gen.sampling.method import DEFAULT_STEPS

    value = fields.get("methods")
    if not isinstance(value, list) or not value:
        raise _wrong(path, "methods", "a list of names of methods", value)
    steps = fields.get("sampling_steps", DEFAULT_STEPS)
    only_learned = fields.get("schedule") == "learned"
    methods: dict[str, Method] = {}
    for number, entry in enumerate(value, start=1):
        method = _method(path, f"methods/{number}", entry, steps)
        if only_learned and not method.is_learned:
            raise InputError(
                f"{path}: methods/{number}: expected v2_{method.name} under schedule: learned, "
                f"got {method.name}"
            )
        if method.name in methods:
            raise InputError(f"{path}: methods/{number}: {method.name} stands there twice")
        methods[method.name] = method
    return tuple(methods.values())


def _method(path: Path, field: str, entry: Any, steps: Any) -> "Method":
    from bd_gen.sampling.method import MOST_STEPS, Method

    if isinstance(entry, dict):
        _check_names(entry, _METHOD_FIELDS, f"{path}: {field}")
        steps = entry.get("sampling_steps", steps)
        entry = entry.get("name")
    if not isinstance(entry, str):
        raise _wrong(path, field, "the name of a method, or its name and sampling_steps", entry)
    if type(steps) is not int or not 1 <= steps <= MOST_STEPS:
        raise _wrong(path, "sampling_steps", f"a whole number in 1..{MOST_STEPS:,}", steps)
    try:
        method = Method.from_name(entry, steps)
    except ValueError as error:
        raise InputError(f"{path}: {field}: {str(error)[:300]}") from None
    if method.name != entry:
        raise InputError(f"{path}: {field}: expected {method.name}, as its files are called, "
                         f"got {entry[:80]}")  # fmt: skip
    return method


def _wrong(path: Path, field: str, expected: str, value: Any) -> InputError:
    got = "nothing" if value is None else f"{value!r:.60}"
    return InputError(f"{path}: {field}: expected {expected}, got {got}")
