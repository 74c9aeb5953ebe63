"""Which metrics to see to: by name, by family, or those of the published result files."""

from collections.abc import Sequence

from bd_gen.metrics.registry import select_metrics, unknown_name
from bd_gen.system.errors import InputError

PUBLISHED = (
    "validity",
    "containment",
    "diversity",
    "novelty",
    "mode_coverage",
    "distribution",
    "structure",
    "transitivity",
    "density",
    "conditional_edges",
    "typed_degrees",
)
"""The metrics whose numbers the published result files hold."""


def chosen_metrics(
    names: Sequence[str] = (), families: Sequence[str] = (), published: bool = False
) -> tuple[str, ...] | None:
    """Names of all metrics that one of the arguments asks for; None if none of them asks.

    Args:
        names: metrics or keys of result files.
        families: sections of the comparison, in any case of letters.
        published: those of the published result files.

    Raises:
        InputError: a name is unknown; the message gives the nearest ones.
    """
    if not (names or families or published):
        return None
    every = select_metrics(None)
    known = {metric.family.lower(): metric.family for metric in every}
    for family in families:
        if family.lower() not in known:
            raise InputError(unknown_name("family", family, list(known.values())))
    asked = {metric.name for metric in select_metrics(names)}
    asked |= {m.name for m in every if m.family.lower() in {f.lower() for f in families}}
    asked |= set(PUBLISHED) if published else set()
    return tuple(metric.name for metric in every if metric.name in asked)
