"""The page in Debian's chromium, and what people do with it."""

import json
import os
from pathlib import Path
from typing import Any

PATIENCE = 180_000  # milliseconds, on a machine that is busy with something else


class Tab:
    """A page, what it complains of, and what people do with it."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.messages: list[str] = []
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_selector(".plan .place", state="attached")

    def close(self) -> None:
        self.context.close()
        assert self.messages == []

    def click(self, key: str) -> None:
        self.page.locator(f'[data-key="{key}"]').click()

    def file(self, key: str) -> Any:
        """Choose from the menu what gives a file."""
        self.click("top file")
        with self.page.expect_download() as download:
            self.click(f"file {key}")
        return download.value

    def complete(self) -> None:
        self.click("top complete")
        self.page.wait_for_selector(".card")
        self.settle()

    def until(self, script: str) -> None:
        """Wait until an expression is true. The policy of the page forbids playwright's own way."""
        for _ in range(PATIENCE // 100):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never true: {script}")

    def settle(self) -> None:
        """Wait until nothing is asked any more."""
        self.page.wait_for_timeout(150)
        self.until(
            "document.querySelector('#studio').getAttribute('aria-busy') === 'false'"
            " && !document.querySelector('#studio').dataset.better"
        )

    def document(self) -> dict[str, Any]:
        self.page.evaluate("window.dispatchEvent(new Event('pagehide'))")  # which saves at once
        kept = self.page.evaluate(
            "Object.entries(localStorage).find(([key]) => key.startsWith('bd-gen'))[1]"
        )
        return dict(json.loads(kept)["present"])

    def boxes(self) -> list[list[int]]:
        """Boxes that are kept, which are those of the rooms on the screen."""
        script = """[...document.querySelectorAll('.plan .place')]
            .sort((a, b) => a.dataset.place - b.dataset.place)
            .map(place => place.querySelector('.floor').getBBox())
            .map(box => [box.x, box.y, box.x + box.width, box.y + box.height])"""
        kept = [room["box"] for room in self.document()["rooms"]]
        assert self.page.evaluate(script) == kept
        return kept

    def relations(self) -> set[str]:
        """Labels of all lines of the diagram."""
        lines = self.page.locator(".links .link")
        return {line.get_attribute("aria-label") for line in lines.all()}

    def room(self, label: str) -> Any:
        return self.page.locator(f'.bubbles .room[aria-label^="{label}"]')

    def place(self, label: str) -> Any:
        return self.page.locator(f'.plan .place[aria-label^="{label},"]')

    def relate(self, first: str, second: str, relation: str) -> None:
        self.room(first).focus()
        self.page.keyboard.press("c")
        self.room(second).focus()
        self.page.keyboard.press("Enter")
        self.click(f"relation {relation}")
        self.settle()

    def drag(self, locator: Any, by: tuple[float, float]) -> None:
        box = locator.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for k in range(1, 9):
            self.page.mouse.move(x + by[0] * k / 8, y + by[1] * k / 8)
            self.page.wait_for_timeout(30)
        self.page.mouse.up()
        self.settle()

    def picture(self, name: str) -> None:
        folder = os.environ.get("BD_GEN_PICTURES")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png")

    def choose(self, name: str, content: bytes) -> None:
        """Choose a file, as if from the disk."""
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.locator("input[type=file]").set_input_files(file)

    def open_sketch(self, name: str, sketch: dict[str, Any]) -> None:
        """Open a project that holds a sketch."""
        project = {"format": "bd-gen project", "version": 1, "sketch": sketch}
        self.choose(f"{name}.bdgen.json", json.dumps(project).encode())

    @property
    def note(self) -> str:
        return str(self.page.locator(".note").inner_text())

    @property
    def status(self) -> str:
        return str(self.page.locator(".status").inner_text())
