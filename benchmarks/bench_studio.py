"""How fast the studio answers: `python -m benchmarks.bench_studio [EDITS] [CLIENTS]`.

A real server with the bundled checkpoint in processes of its own, asked over HTTP as the page asks
it: a sequence of edits of a diagram of eight rooms, Complete, a gallery of twelve, many edits for
the memory, and clients at once. What the browser adds is measured by
`tests/studio/test_journeys.py::test_an_edit_is_on_the_screen_soon`.
"""

import json
import statistics
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
from tests.studio.served import Served

from bd_gen.diagrams.rplan import RPLAN
from bd_gen.studio.vocabulary import EXAMPLE

ROOMS: list[str] = EXAMPLE["rooms"]  # type: ignore[assignment]
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


def line(what: str, seconds: Sequence[float], target: str) -> None:
    """Print a row of the table."""
    median, late = statistics.median(seconds), float(np.quantile(seconds, 0.95))
    print(f"| {what} | {median:.2f} s | {late:.2f} s | {target} | {len(seconds)} |", flush=True)


def main() -> None:
    """Print the table."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    served = Served()
    try:
        page = Client(served, "first")
        page.ask("hello", {})
        print("| what | median | 95 % | target | n |\n|---|--:|--:|---|--:|")
        few, before = sketches(min(edits, 100), 0), served.cpu()
        line("edit to plan or reason", [page.edit(one) for one in few], "0.12 s, 0.3 s")
        spent = (served.cpu() - before) / len(few)
        open_ones = [{"rooms": few[0]["rooms"], "rules": EXAMPLE["rules"]}]
        before = served.cpu()
        runs = [page.search({"sketch": open_ones[0], "count": 1, "seed": k}) for k in range(10)]
        drawn = (served.cpu() - before) / len(runs)
        line("Complete of 8 rooms", [times[0] for times in runs], "1 s, 2 s")
        runs = [page.search({"sketch": open_ones[0], "count": 12, "seed": k}) for k in range(3)]
        line("first alternative", [times[0] for times in runs], "1.5 s")
        line("twelve alternatives", [times[-1] for times in runs], "20 s")
        for one in sketches(max(0, edits - len(few)), 1):
            page.edit(one)
        print(f"\nprocessor time of an edit: {spent:.3f} s; of Complete: {drawn:.2f} s")
        print(f"memory of all processes after {edits:,} edits: {served.memory():.0f} MB (700 MB)")
        crowd(served, clients)
    finally:
        served.stop()


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
    median, late = statistics.median(found), float(np.quantile(found, 0.95))
    print(
        f"{clients} clients at once, 10 edits each: median {median:.2f} s, 95 % {late:.2f} s "
        f"(1 s), {len(lost)} lost"
    )


if __name__ == "__main__":
    main()
