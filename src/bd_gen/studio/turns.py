"""Fair turns: few things run at a time, and clients take turns however much one of them asks."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bd_gen.system.errors import InputError


class Turns:
    """Lets so many through at a time; among those who wait, clients take turns.

    Args:
        slots: how many run at a time.
        most_waiting: of one client; more are refused.
    """

    def __init__(self, slots: int, most_waiting: int) -> None:
        self._free, self._most_waiting = slots, most_waiting
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._order: deque[str] = deque()

    @asynccontextmanager
    async def of(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it for the body.

        Raises:
            InputError: this client has too much waiting.
        """
        await self._take(client)
        try:
            yield
        finally:
            self._give()

    async def _take(self, client: str) -> None:
        if self._free and not self._order:
            self._free -= 1
            return
        mine = self._waiting.setdefault(client, deque())
        if len(mine) >= self._most_waiting:
            raise InputError("the studio is busy with what this page asked before")
        if not mine:
            self._order.append(client)
        turn = asyncio.get_running_loop().create_future()
        mine.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give()  # it was our turn just now
            raise

    def _give(self) -> None:
        """Hand the slot to the next client in turn who still waits."""
        while self._order:
            client = self._order.popleft()
            mine = self._waiting[client]
            turn = mine.popleft()
            if mine:
                self._order.append(client)
            else:
                del self._waiting[client]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
