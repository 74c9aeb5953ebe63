"""Which program makes a file, on which machine and when."""

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bd_gen.system.version import __version__


def origin() -> dict[str, str | None]:
    """What every file says of its making.

    Returns:
        `package_version`, `git_commit` (None outside a source tree), `host` (the platform) and
        `timestamp` (ISO 8601, UTC).
    """
    return {
        "package_version": __version__,
        "git_commit": git_commit(),
        "host": platform.platform(),
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def git_commit() -> str | None:
    """The commit of the source tree that this package runs from, if it is one."""
    folder = Path(__file__).resolve().parents[3]
    if not (folder / ".git").exists():
        return None
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments
            ["git", "-C", str(folder), "rev-parse", "HEAD"],  # noqa: S607 - git is found by PATH
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
