import asyncio

import pytest

from bd_gen.studio.turns import Turns
from bd_gen.system.errors import InputError


def run(jobs: list[str], slots: int = 1, most: int = 50) -> list[str]:
    """The order in which clients get their turns, all asking at once."""
    order: list[str] = []

    async def one(turns: Turns, client: str) -> None:
        async with turns.of(client):
            order.append(client)
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        turns = Turns(slots, most)
        await asyncio.gather(*(one(turns, client) for client in jobs))

    asyncio.run(all_of_them())
    return order


def test_clients_take_turns_whoever_asked_more() -> None:
    assert run(["a", "a", "a", "a", "b", "c", "b"]) == ["a", "a", "b", "c", "a", "b", "a"]


def test_all_get_their_turn() -> None:
    jobs = [name for name in "abcdefgh" for _ in range(9)]
    assert sorted(run(jobs, slots=3)) == sorted(jobs)


def test_who_asks_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="busy"):
        run(["a"] * 9, most=3)


def test_who_goes_away_gives_the_turn_on() -> None:
    async def story() -> list[str]:
        turns, order = Turns(1, 9), []

        async def one(client: str) -> None:
            async with turns.of(client):
                order.append(client)
                await asyncio.sleep(0.01)

        tasks = [asyncio.create_task(one(client)) for client in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await one("d")
        return order

    assert asyncio.run(story()) == ["a", "c", "d"]
