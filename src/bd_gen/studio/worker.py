"""The process with the model: `python -m bd_gen.studio.worker`, asked and answering in JSON lines.

Several jobs take turns, a batch each, so that nobody waits for another's gallery. A line in is
{"open": id, "message": ...} or {"close": id}; a line out is {"id", ...event}. It ends when its
input does, and so with the server.
"""

import json
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterator
from typing import IO, Any

from bd_gen.system.errors import InputError

Event = dict[str, Any]


def main() -> None:
    """Serve the model until the input ends."""
    inbox: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    out = sys.stdout
    sys.stdout = sys.stderr  # what libraries print is no answer
    threading.Thread(target=_listen, args=(sys.stdin, inbox), daemon=True).start()
    first = inbox.get()
    if first is None:
        return
    try:
        model = _load(first)
    except InputError as error:
        _say(out, {"id": 0, "event": "refused", "why": str(error)})
        return
    _say(out, {"id": 0, "event": "ready", **model.words})
    model.warm_up()
    _serve(model, inbox, out)


class Model:
    """A checkpoint, and what the page should know of it."""

    def __init__(self, checkpoint: Any) -> None:
        from bd_gen.studio.draws import Loaded

        self.loaded = Loaded(checkpoint)
        sizes = [n for n, count in enumerate(checkpoint.num_rooms_histogram) if count]
        self.words = {"checkpoint": checkpoint.sha256, "sizes": [sizes[0], sizes[-1]]}

    def warm_up(self) -> None:
        """Draw once for nothing: the first call of everything takes a second."""
        from bd_gen.studio.vocabulary import example_of

        example = example_of(self.loaded.checkpoint.words, self.words["sizes"][1])
        rooms = [{"type": name} for name in example["rooms"]]
        for _ in self.events({"sketch": {"rooms": rooms}}):
            break

    def events(self, message: dict[str, Any]) -> Iterator[Event]:
        """What comes of a request; a refusal is an event too."""
        from bd_gen.studio.alternatives import Alternatives
        from bd_gen.studio.wanted import wanted_of

        try:
            wanted = wanted_of(message, self.loaded.checkpoint.words)
            yield from Alternatives(self.loaded, wanted).events()
        except InputError as error:
            yield {"event": "refused", "why": str(error)}


def _load(first: dict[str, Any]) -> Model:
    import torch

    from bd_gen.diagrams.relations import rule_of
    from bd_gen.system.plugins import load, load_installed
    from bd_gen.training.bundled import checkpoint_file
    from bd_gen.training.checkpoint import load_checkpoint

    load_installed()
    for name in first.get("plugins", ()):
        load(name)
    torch.set_num_threads(int(first.get("threads", 1)))
    checkpoint = load_checkpoint(checkpoint_file(first["checkpoint"]))
    checkpoint.check_draws(boxes=False)
    rule_of(checkpoint.words)  # refuses words of which no plan can be made
    return Model(checkpoint)


def _listen(lines: IO[str], inbox: "queue.SimpleQueue[dict[str, Any] | None]") -> None:
    for line in lines:
        inbox.put(json.loads(line))
    inbox.put(None)


def _serve(model: Model, inbox: "queue.SimpleQueue[dict[str, Any] | None]", out: IO[str]) -> None:
    """Give every open job a turn, one event each, until the input ends."""
    jobs: dict[int, Iterator[Event]] = {}
    turns: deque[int] = deque()
    while True:
        while not jobs or not inbox.empty():
            asked = inbox.get()
            if asked is None:
                return
            if "close" in asked:
                jobs.pop(asked["close"], None)
            else:
                jobs[asked["open"]] = model.events(asked["message"])
                turns.append(asked["open"])
        number = turns.popleft()
        if number not in jobs:
            continue
        event = next(jobs[number], None)
        if event is None:
            del jobs[number]
            _say(out, {"id": number, "event": "end"})
        else:
            turns.append(number)
            _say(out, {"id": number, **event})


def _say(out: IO[str], event: Event) -> None:
    out.write(json.dumps(event, allow_nan=False) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
