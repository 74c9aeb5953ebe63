"""What files record of plug-ins, and what is said where one of them is not there."""

from collections.abc import Iterable, Mapping
from typing import Any

from bd_gen.system.names import REGISTRIES
from bd_gen.system.plugins import loaded

FIELD = "plugins"
"""Under which files record the plug-ins."""


def recorded() -> dict[str, list[dict[str, Any]]]:
    """What files record of the plug-ins: a field, or none where there are none."""
    return {FIELD: [plugin.as_plain for plugin in loaded()]} if loaded() else {}


def options(recorded_plugins: object) -> list[str]:
    """The words of a command that import the plug-ins which a file records.

    Args:
        recorded_plugins: what it holds under `FIELD`; anything, as files come from others.
    """
    every = recorded_plugins if isinstance(recorded_plugins, list) else []
    named = [one.get("file") or one.get("module") for one in every if isinstance(one, dict)]
    return [word for name in named if isinstance(name, str) for word in ("--plugin", name)]


def missing(recorded_plugins: object, kinds: Iterable[str], name: str | None = None) -> str:
    """Which plug-in a file names for something that is not registered here.

    Args:
        recorded_plugins: what the file holds under `FIELD`; anything, as files come from others.
        kinds: what is looked for may be of any of these kinds.
        name: of what is looked for; None: anything that is not here.

    Returns:
        The end of a sentence, beginning with "; "; empty if none is named.
    """
    for one in recorded_plugins if isinstance(recorded_plugins, list) else ():
        provides = one.get("provides") if isinstance(one, dict) else None
        if not isinstance(provides, dict):
            continue
        for kind in kinds:
            names = provides.get(kind)
            those = [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
            if any(n not in REGISTRIES.get(kind, ()) and name in (None, n) for n in those):
                return _named(one)
    return ""


def _named(one: Mapping[str, Any]) -> str:
    where = str(one.get("file") or one.get("module"))[:100]
    package = f" of {str(one['distribution'])[:60]}" if one.get("distribution") else ""
    return (
        f"; it comes from the plug-in {str(one.get('name'))[:60]}{package} "
        f"(sha256 {str(one.get('sha256'))[:16]}): --plugin {where}"
    )
