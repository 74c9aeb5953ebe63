"""PDF files, printed by a browser without a window: only it knows all of the page's style."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bd_gen.system.errors import InputError
from bd_gen.system.files import replacing

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_VARIABLE = "BD_GEN_BROWSER"
_PATIENCE = 120  # seconds


def find_browser() -> str | None:
    """A browser that can print: the one that BD_GEN_BROWSER names, or one that is installed."""
    named = os.environ.get(BROWSER_VARIABLE)
    return next(filter(None, map(shutil.which, (named,) if named else BROWSERS)), None)


def print_to_pdf(html: str, path: Path) -> None:
    """Print a page that needs no other file.

    Raises:
        InputError: there is no browser, it does not print, or the file cannot be written.
    """
    browser = find_browser()
    if browser is None:
        raise InputError(
            f"{path}: a PDF is printed by Chromium or Chrome, and none was found; install one, "
            f"name one in {BROWSER_VARIABLE}, or write .html and print that"
        )
    with tempfile.TemporaryDirectory() as folder:
        page, printed = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(html, encoding="utf-8")
        _run(browser, folder, page, printed, path)
        with replacing(path) as file:
            file.write(printed.read_bytes())


def _run(browser: str, folder: str, page: Path, printed: Path, path: Path) -> None:
    # Chromium's own walls need rights that a container's root does not have.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        browser,
        *("--headless", "--disable-gpu", "--no-pdf-header-footer", *as_root),
        f"--user-data-dir={folder}/profile",
        f"--print-to-pdf={printed}",
        page.as_uri(),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - the user's browser, and a page of our own
            command, capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"{path}: {browser} did not print it ({error})") from None
    if not printed.exists():
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}"
        raise InputError(f"{path}: {browser} did not print it ({reason})")
