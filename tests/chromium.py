"""Debian's chromium, or Chrome, driven by playwright."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

_CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


def launched() -> Iterator[Any]:
    """A browser, for a fixture; the tests are skipped where there is none."""
    if _CHROMIUM is None:
        pytest.skip("needs the browser chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    # Chromium's own walls need rights that a container's root does not have.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=arguments)
        yield browser
        browser.close()
