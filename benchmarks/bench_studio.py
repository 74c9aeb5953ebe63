"""How fast the studio answers: `python -m benchmarks.bench_studio [--edits 1000] [--clients 20]`.

A real server with the bundled checkpoint in processes of its own, asked over HTTP as the page asks
it: edits of a diagram of eight rooms, Complete, galleries of twelve, many edits for the memory, and
clients at once. With Chromium and playwright also the page itself: its first paint, and from a key
to the plan on the screen. Every row has its target and whether it is met.
"""

import argparse
import json
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import numpy as np
from tests.studio.served import Served

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.studio.vocabulary import EXAMPLE

ROOMS: list[str] = EXAMPLE["rooms"]  # type: ignore[assignment]
PARTS = ("page", "edits", "searches", "memory", "crowd")
Edit = dict[str, Any]


class Client:
    """A page."""

    def __init__(self, served: Served, name: str) -> None:
        address, _, token = served.address.partition("/?token=")
        headers = {"origin": address, "x-studio-page": name}
        self.http = httpx.Client(base_url=address, headers=headers, timeout=120)
        self.http.get("/", params={"token": token})
        self.boxes: Any = None

    def ask(self, name: str, message: Edit) -> Any:
        """The answer to a call."""
        found = self.http.post(f"/api/{name}", json=message)
        found.raise_for_status()
        return found.json()

    def edit(self, sketch: Edit) -> float:
        """Seconds from an edit to its plan or reason."""
        start = time.perf_counter()
        answer = self.ask("plan", {"sketch": sketch, "boxes": self.boxes, "effort": 0.03})
        seconds = time.perf_counter() - start
        assert "plan" in answer or "why" in answer, answer
        self.boxes = answer["plan"]["boxes"] if "plan" in answer else self.boxes
        return seconds

    def search(self, message: Edit) -> list[float]:
        """Seconds until each alternative was there."""
        start, times = time.perf_counter(), []
        with self.http.stream("POST", "/api/search", json=message) as lines:
            for line in lines.iter_lines():
                event = json.loads(line)
                if event["event"] == "alternative":
                    times.append(time.perf_counter() - start)
                if event["event"] == "progress" and event["found"] == event["wanted"]:
                    break
        return times


def sketches(count: int, seed: int) -> list[Edit]:
    """A diagram of eight rooms as it is edited: a relation is said, changed or freed each time."""
    rng = np.random.default_rng(seed)
    angles = 2 * np.pi * np.arange(len(ROOMS)) / len(ROOMS)
    at = np.stack([500 + 250 * np.cos(angles), 380 + 250 * np.sin(angles)], axis=1).round()
    rooms = [{"type": t, "at": place.tolist()} for t, place in zip(ROOMS, at, strict=True)]
    said: dict[tuple[int, int], str] = {}
    found = []
    for _ in range(count):
        i, j = sorted(rng.choice(len(ROOMS), 2, replace=False).tolist())
        if (i, j) in said and (len(said) > 9 or rng.random() < 0.3):
            del said[i, j]
        else:
            said[i, j] = str(rng.choice(["touches", "apart", *RPLAN.relation_names]))
        relations = [[a, b, name] for (a, b), name in said.items()]
        found.append({"rooms": rooms, "relations": relations, "rules": EXAMPLE["rules"]})
    return found


def row(what: str, seconds: Sequence[float], median: float, late: float | None = None) -> None:
    """Print a row of the table: median and 95 %, and whether the targets are met."""
    found = statistics.median(seconds), float(np.quantile(seconds, 0.95))
    met = found[0] <= median and (late is None or found[1] <= late)
    target = f"{median:g} s" if late is None else f"{median:g} s, {late:g} s"
    verdict = "met" if met else "missed"
    print(
        f"| {what} | {found[0]:.2f} s | {found[1]:.2f} s | {target} | {verdict} | {len(seconds)} |",
        flush=True,
    )


def edits(served: Served) -> None:
    """A hundred edits, one after the other."""
    page = Client(served, "edits")
    some = sketches(100, 0)
    before = served.cpu()
    row("edit to plan or reason", [page.edit(one) for one in some], 0.12, 0.3)
    print(f"processor time of an edit: {(served.cpu() - before) / len(some):.3f} s\n")


def searches(served: Served) -> None:
    """Complete and galleries of the example."""
    page = Client(served, "searches")
    sketch = {"rooms": sketches(1, 0)[0]["rooms"], "rules": EXAMPLE["rules"]}
    before = served.cpu()
    runs = [page.search({"sketch": sketch, "count": 1, "seed": k}) for k in range(20)]
    spent = (served.cpu() - before) / len(runs)
    row("Complete of 8 rooms", [times[0] for times in runs], 1, 2)
    runs = [page.search({"sketch": sketch, "count": 12, "seed": 100 + k}) for k in range(4)]
    row("first alternative", [times[0] for times in runs], 1.5)
    row("twelve alternatives", [times[-1] for times in runs], 20)
    print(f"processor time of Complete: {spent:.2f} s\n")


def memory(served: Served, count: int) -> None:
    """What all processes hold after many edits."""
    page = Client(served, "memory")
    for one in sketches(count, 1):
        page.edit(one)
    held = served.memory()
    verdict = "met" if held < 700 else "missed"
    print(
        f"| memory after {count:,} edits | {held:.0f} MB | | 700 MB | {verdict} | 1 |", flush=True
    )


def crowd(served: Served, clients: int) -> None:
    """Clients that edit at the same time, a breath after each answer as people do."""
    found: list[float] = []
    lost: list[str] = []

    def one(number: int) -> None:
        page = Client(served, f"client {number}")
        rng = np.random.default_rng(number)
        for sketch in sketches(10, 100 + number):
            try:
                found.append(page.edit(sketch))
            except (httpx.HTTPError, AssertionError) as error:
                lost.append(str(error))
            time.sleep(float(rng.uniform(1.0, 3.0)))

    threads = [threading.Thread(target=one, args=(k,)) for k in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row(f"edit, {clients} clients at once", found, 1)
    verdict = "met" if not lost else "missed"
    asked = len(found) + len(lost)
    print(f"| requests lost by them | {len(lost)} | | 0 | {verdict} | {asked} |", flush=True)


_KEY = """key => new Promise(done => {
    const root = document.querySelector('#studio'), start = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    const look = () => root.getAttribute('aria-busy') === 'false'
        ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 2);
    look();
})"""
"""Milliseconds from a key to its plan in the next frame."""


def page(served: Served) -> None:
    """The page in Chromium: its first paint, and from a key to its plan on the screen."""
    from playwright.sync_api import sync_playwright
    from tests.studio.tab import CHROMIUM, Tab

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        paints = []
        for _ in range(10):
            tab = Tab(browser, served.address)
            script = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            paints.append(tab.page.evaluate(script) / 1000)
            tab.close()
        row("first paint", paints, 1, 1)
        tab = Tab(browser, served.address)
        tab.relate("Kitchen", "LivingRoom", "touches")
        times = []
        for key in "4628" * 10:
            times.append(tab.page.evaluate(_KEY, key) / 1000)
            tab.settle()  # a person looks at it; it is made better meanwhile
        row("key to the plan on the screen", times, 0.12, 0.3)
        tab.close()
        browser.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--only", choices=PARTS, nargs="*", default=PARTS)
    asked = parser.parse_args()
    parts: dict[str, Callable[[Served], None]] = {
        "page": page,
        "edits": edits,
        "searches": searches,
        "memory": lambda served: memory(served, asked.edits),
        "crowd": lambda served: crowd(served, asked.clients),
    }
    served = Served()
    try:
        Client(served, "first").ask("hello", {})
        time.sleep(3)  # the model is warmed up
        print("| what | median | 95 % | target | | n |\n|---|--:|--:|---|---|--:|")
        for name in asked.only:
            parts[name](served)
    finally:
        served.stop()


if __name__ == "__main__":
    main()
