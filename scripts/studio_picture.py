"""The picture of the studio in README, of the real page: `python scripts/studio_picture.py [FILE]`.

Needs Debian's chromium and playwright, as the tests of the page do.
"""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZE = {"width": 1360, "height": 820}


def main() -> None:
    """Start a studio, complete the example, lock the kitchen, and keep what is seen."""
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright
    from tests.studio.served import Served

    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "studio.png"
    served = Served()
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = chromium.new_page(viewport=SIZE, color_scheme="light")
        page.set_default_timeout(120_000)
        page.goto(served.address)
        page.wait_for_selector(".plan .place")
        page.locator('[data-key="count"]').fill("5")
        page.click('[data-key="top gallery"]')
        page.wait_for_selector(".cards li:nth-child(5)")
        while page.locator("#studio").get_attribute("aria-busy") != "false":
            page.wait_for_timeout(200)
        page.locator(".card").first.click()
        page.wait_for_timeout(5000)  # until the plan is as good as it gets
        kitchen = page.locator('.bubbles .room[aria-label^="Kitchen"]')
        kitchen.focus()
        page.keyboard.press("l")
        page.wait_for_timeout(1000)
        page.screenshot(path=out)
        chromium.close()
    served.stop()
    print(out)


if __name__ == "__main__":
    main()
