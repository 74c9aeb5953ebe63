"""The server's side of the process with the model: one for all clients, started anew if it dies."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from bd_gen.system.errors import InputError

MOST_JOBS = 40
"""Searches at a time, of all clients together."""

_LONGEST_LINE = 4_000_000  # bytes of an event
_DEAD = "the process with the model ended (out of memory?); it starts again with the next try"


class ModelProcess:
    """Starts the process when it is first needed, and hands its events to who asked.

    Args:
        checkpoint: path of the model, or "bundled".
        plugins: modules and files that it imports first.

    Attributes:
        words: what the process says of its model: `checkpoint` (SHA-256), `sizes`; empty before.
    """

    def __init__(self, checkpoint: str, plugins: Sequence[str] = (), threads: int = 1) -> None:
        self._first = {"checkpoint": checkpoint, "plugins": list(plugins), "threads": threads}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._queues: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._last = 0
        self.words: dict[str, Any] = {}

    async def start(self) -> dict[str, Any]:
        """Start the process if it does not run; what it says of its model.

        Raises:
            InputError: the checkpoint cannot be used.
        """
        async with self._starting:
            if self._process is not None and self._process.returncode is None:
                return self.words
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bd_gen.studio.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_LONGEST_LINE,
            )
            self._process = process
            await self._send(self._first)
            assert process.stdout is not None  # noqa: S101
            line = await process.stdout.readline()
            first = json.loads(line) if line else {"event": "refused", "why": _DEAD}
            if first.get("event") != "ready":
                await self.stop()
                raise InputError(str(first.get("why", _DEAD)))
            self.words = {key: first[key] for key in ("checkpoint", "sizes")}
            self._reader = asyncio.create_task(self._read(process))
            return self.words

    async def events(self, message: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """What comes of a request. Whoever leaves the loop early ends the search.

        Raises:
            InputError: there are too many searches, or the model cannot be used.
        """
        if len(self._queues) >= MOST_JOBS:
            raise InputError("the studio is busy: too many searches at once; try again soon")
        await self.start()
        self._last += 1
        number = self._last
        queue = self._queues[number] = asyncio.Queue()
        try:
            await self._send({"open": number, "message": message})
            while (event := await queue.get())["event"] != "end":
                yield event
        finally:
            del self._queues[number]
            with suppress(InputError):
                await self._send({"close": number})

    async def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        if self._reader is not None:
            self._reader.cancel()

    async def _send(self, line: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None or process.returncode is not None:
            raise InputError(_DEAD)
        try:
            process.stdin.write(json.dumps(line).encode() + b"\n")
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionError):
            raise InputError(_DEAD) from None

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101
        with suppress(ValueError, ConnectionError):
            while line := await process.stdout.readline():
                event = json.loads(line)
                queue = self._queues.get(event.pop("id"))
                if queue is not None:
                    queue.put_nowait(event)
        await process.wait()
        for queue in self._queues.values():
            queue.put_nowait({"event": "refused", "why": _DEAD})
            queue.put_nowait({"event": "end"})
