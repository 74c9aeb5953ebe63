"""Where plans come from. Each source says everything about itself in one place: the options that
it takes, what it is called, what determines its plans, and how they are read.

A source is a folder here; a plug-in's is a function with the same decorator. Declaring one loads
nothing: whatever reads is imported when plans are read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bd_gen.system.names import Registry

if TYPE_CHECKING:
    from bd_gen.data.plan_table import PlanTable

Progress = Callable[[int, int], None]
Read = Callable[..., "PlanTable"]

OPTIONS = (
    "path", "labels", "vocabulary", "num_plans", "seed", "skip_bad",
    "unit", "scale", "flip_y", "fit",
)  # fmt: skip
"""Fields of `DataConfig` that belong to a source, not to every one."""


class AsksForPlans(Protocol):
    """What a source looks at by itself of a `DataConfig`, whose module knows all sources."""

    @property
    def path(self) -> str | None:
        """The file."""


@dataclass(frozen=True)
class Source:
    """A kind of plans.

    Attributes:
        name: as in data=NAME.
        about: what it is, for lists.
        read: `read(config, progress)` gives the plans as a `PlanTable` of the rows of
            `config.token_rows`; `progress(done, total)` may be None. With `has_shapes` it takes
            `keeps_shapes` as well, for `PlanTable.shapes`.
        options: of `OPTIONS`, those that it takes. With "path" it needs a file.
        title: the plans of a `DataConfig` in words; by default the name and that of the file.
        content: what of a `DataConfig` determines the plans besides n_max, plain values by name,
            for the cache; by default the hash of the file and the other options.
        unit: what `progress` counts.
        vocabulary: name of the words that its plans have, if these are not RPLAN's.
        has_shapes: can plans have more than boxes?
        has_ids: do lists of published ids apply to its plans?
        details: more help for its command.
    """

    name: str
    about: str
    read: Read
    options: tuple[str, ...]
    title: Callable[[Any], str] | None = None
    content: Callable[[Any], Mapping[str, Any]] | None = None
    unit: str = "plans"
    vocabulary: str | None = None
    has_shapes: bool = False
    has_ids: bool = True
    details: str = ""

    @property
    def takes_path(self) -> bool:
        """Are its plans read from a file, not made?"""
        return "path" in self.options

    def describe(self, config: AsksForPlans) -> str:
        """The plans in words for people."""
        if self.title is not None:
            return self.title(config)
        return f"{self.name}: {Path(config.path).name}" if config.path else f"{self.name} plans"

    def determined_by(self, config: AsksForPlans) -> dict[str, Any]:
        """What determines the plans besides n_max, for the name in the cache.

        Raises:
            InputError: a file cannot be read.
        """
        from bd_gen.data.cache import content_hash
        from bd_gen.system.plugins import provider

        if self.content is not None:
            found = dict(self.content(config))
        else:
            own = (name for name in self.options if name not in ("path", "vocabulary"))
            found = {name: getattr(config, name) for name in own}
            found |= {"sha256": content_hash(str(config.path))} if self.takes_path else {}
        plugin = provider(SOURCES.kind, self.name)
        return found if plugin is None else {**found, "plugin": plugin.sha256}


SOURCES: Registry[Source] = Registry("data source")
"""All sources by name."""


def source(
    name: str, *, about: str, options: tuple[str, ...] = (), **more: Any
) -> Callable[[Read], Read]:
    """Register the decorated function as what reads the plans of a source.

    Args:
        name: of the source.
        about: what it is, for lists.
        options: those that it takes; see `Source`, also for all that follows.
        more: further fields of `Source`.

    Raises:
        InputError: the name is taken.
        ValueError: there is no such option.
    """
    if unknown := set(options) - set(OPTIONS):
        raise ValueError(f"options: expected some of {', '.join(OPTIONS)}, got {unknown}")

    def decorate(read: Read) -> Read:
        SOURCES.add(name, Source(name, about, read, options, **more))
        return read

    return decorate


SOURCES.complete(
    __name__,
    first=("synthetic", "graph2plan", "plans", "resplan", "lifull", "housegan", "graphml"),
)
