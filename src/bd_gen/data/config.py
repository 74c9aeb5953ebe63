"""Which plans to use: the `data` part of every command's configuration."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bd_gen.data.sources import SOURCES, Source
from bd_gen.data.sources.plans.plan_units import UNIT_KEYS, Units, UnitsError
from bd_gen.data.splits import SPLITS, UNRECORDED_SPLIT
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.diagrams.words_file import words_named
from bd_gen.system.errors import InputError
from bd_gen.system.files import expanded
from bd_gen.system.names import did_you_mean

RPLAN_N_MAX = 8
"""Plans of RPLAN have four to eight rooms."""
MOST_PLANS = 10_000_000
"""More synthetic plans than this are refused: their arrays alone would take 2 GB."""

_LARGEST_SEED = 2**63 - 1


def recorded_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `DataConfig` as a checkpoint, samples or a result hold them.

    Without `split` they were written before there was a choice, when identical plans alone were
    kept together. The folder of the cache is not taken from there: a file must not say where to
    write.
    """
    fields = {key: value for key, value in values.items() if key != "cache_dir"}
    fields.setdefault("split", UNRECORDED_SPLIT)
    return fields


@dataclass(frozen=True)
class DataConfig:
    """Where plans come from and how they are split.

    Attributes:
        source: of `SOURCES`: "synthetic" (made here), "graph2plan" (data.mat), "plans" (JSON
            lines) or a plug-in's.
        path: the file of sources that read one; must be absent for others.
        n_max: most rooms a diagram may have; fixes the length of the token row. None: 8 in the
            words of RPLAN, in others what the largest plan has, 32 at most.
        split: "canonical" (no plan on two sides, in whatever order its rooms are numbered),
            "disjoint" (no two plans that can have the same token row), "identical" (no plan on
            two sides with the same boxes), "graph2plan" (published lists of ids) or
            "published" (the permutation of the published reference system).
        split_seed: seed of the permutation that splits 80/10/10.
        split_file: folder with train.txt and test.txt, or one of them (graph2plan split only).
        num_plans: how many plans to make (synthetic only).
        seed: seed of the generator of plans (synthetic only).
        labels: JSON file {"foreign label": "RoomType"} (plans only).
        vocabulary: what the plans' words are: "rplan", another that comes with bd-gen, or a YAML
            file (docs/vocabulary.md); None: the source's own, else RPLAN's. For sources that take
            one.
        skip_bad: leave out bad plans and say so, instead of refusing the file.
        unit: "m" or "px", what coordinates are measured in; None: as the file says, else pixels
            of a 256-pixel plan that must be plausible (plans only; so are the next three).
        scale: how many of these units one step of the coordinates is.
        flip_y: does y grow upwards?
        fit: are sizes unknown, so that each plan is scaled to a usual one?
        cache_dir: folder of the cache; None: $BD_GEN_CACHE, else $XDG_CACHE_HOME/bd-gen,
            else ~/.cache/bd-gen.

    Raises:
        InputError: a value outside its range, or values that contradict one another.
    """

    source: str = "synthetic"
    path: str | None = None
    n_max: int | None = None
    split: str = "canonical"
    split_seed: int = 42
    split_file: str | None = None
    num_plans: int = 20_000
    seed: int = 0
    labels: str | None = None
    vocabulary: str | None = None
    skip_bad: bool = False
    unit: str | None = None
    scale: float | None = None
    flip_y: bool | None = None
    fit: bool | None = None
    cache_dir: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.source, str) or self.source not in SOURCES:
            raise InputError(
                f"data.source: expected one of {', '.join(SOURCES)}, got {self.source!r:.60}"
                f"{did_you_mean(str(self.source), SOURCES)}"
            )
        if self.vocabulary is None and SOURCES[self.source].vocabulary is not None:
            object.__setattr__(self, "vocabulary", SOURCES[self.source].vocabulary)
        if self.n_max is None and self.vocabulary in (None, RPLAN.name):
            object.__setattr__(self, "n_max", RPLAN_N_MAX)
        if self.n_max is not None:
            self._check_integer("n_max", 1, LARGEST_N_MAX)
        self._check_integer("split_seed", 0, _LARGEST_SEED)
        self._check_integer("num_plans", 1, MOST_PLANS)
        self._check_integer("seed", 0, _LARGEST_SEED)
        for field in ("path", "labels", "vocabulary", "cache_dir", "split_file"):
            value = getattr(self, field)
            if value is not None and (not isinstance(value, str) or not value or "\0" in value):
                raise InputError(f"data.{field}: expected a path, got {value!r}")
        if not isinstance(self.skip_bad, bool):
            raise InputError(f"data.skip_bad: expected true or false, got {self.skip_bad!r}")
        source = SOURCES[self.source]
        if not source.takes_path and self.path is not None:
            raise InputError(f"data.path: {source.name} plans are made, not read; drop data.path")
        if source.takes_path and self.path is None:
            raise InputError(f"data.path: expected the file to read for data={self.source}")
        if self.labels is not None and "labels" not in source.options:
            those = " and ".join(_those(lambda one: "labels" in one.options))
            raise InputError(f"data.labels: only {those} has labels, got data={self.source}")
        if self.vocabulary not in (None, RPLAN.name) and "vocabulary" not in source.options:
            those = " and ".join(_those(lambda one: "vocabulary" in one.options))
            raise InputError(
                f"data.vocabulary: only {those} has another than rplan, got data={self.source}"
            )
        self._check_units()
        self._check_split()

    def _check_units(self) -> None:
        try:
            units = self.units
        except UnitsError as error:
            raise InputError(f"data.{error}") from None
        for name in UNIT_KEYS:
            if getattr(units, name) is not None and name not in SOURCES[self.source].options:
                those = " and ".join(
                    f"data={one.name}" for one in SOURCES.values() if name in one.options
                )
                raise InputError(f"data.{name}: only {those} has it, got data={self.source}")

    def _check_split(self) -> None:
        if self.split not in SPLITS:
            raise InputError(f"data.split: expected one of {', '.join(SPLITS)}, got {self.split!r}")
        if self.split != "graph2plan":
            if self.split_file is not None:
                raise InputError(
                    "data.split_file: only data.split=graph2plan reads lists of ids, "
                    f"got data.split={self.split}"
                )
        elif not SOURCES[self.source].has_ids:
            raise InputError(
                f"data.split: {self.source} plans have no published ids; data.split=graph2plan "
                f"needs {' or '.join(_those(lambda one: one.has_ids))}"
            )
        elif self.split_file is None:
            raise InputError(
                "data.split_file: expected the folder that holds train.txt and test.txt for "
                "data.split=graph2plan"
            )

    def _check_integer(self, field: str, low: int, high: int) -> None:
        value = getattr(self, field)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InputError(f"data.{field}: expected an integer in {low}..{high}, got {value!r}")

    @property
    def words(self) -> Words:
        """What the plans' words are.

        Raises:
            InputError: the file of the vocabulary cannot be read.
        """
        return RPLAN if self.vocabulary is None else words_named(expanded(self.vocabulary))

    @property
    def token_rows(self) -> Vocabulary:
        """The layout of the token rows that plans are read into.

        Where n_max is that of the largest plan it is the longest that there is.

        Raises:
            InputError: the file of the vocabulary cannot be read.
        """
        return Vocabulary(LARGEST_N_MAX if self.n_max is None else self.n_max, self.words)

    @property
    def units(self) -> Units:
        """What coordinates are measured in.

        Raises:
            UnitsError: the fields contradict one another.
        """
        return Units(self.unit, self.scale, self.flip_y, self.fit)

    @property
    def cache_folder(self) -> Path:
        """Folder of the cache; it need not exist."""
        if self.cache_dir is not None:
            return expanded(self.cache_dir)
        if folder := os.environ.get("BD_GEN_CACHE"):
            return expanded(folder)
        if base := os.environ.get("XDG_CACHE_HOME"):
            return expanded(base) / "bd-gen"
        try:
            return expanded("~/.cache") / "bd-gen"
        except InputError:
            # Nobody's home is nowhere: a cache that cannot be written is done without.
            return Path(os.devnull) / "bd-gen"


def _those(can: Callable[[Source], bool]) -> list[str]:
    """The sources that can do something, as they are chosen."""
    return [f"data={source.name}" for source in SOURCES.values() if can(source)]
