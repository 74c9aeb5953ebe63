"""`bd_gen.plugin`: things of one's own, from a file or a module."""

from pathlib import Path

from bd_gen.system.plugins import Plugin, load


def plugin(source: str | Path) -> Plugin:
    """Import a plug-in: a file `NAME.py`, or the name of a module (docs/plugins.md).

    Asked again, a file that was changed since takes the place of what it was.

    Returns:
        what is known of it: its name, its hash, and what it registered.

    Raises:
        InputError: it fails, or it registers what is there already.
    """
    return load(source)
