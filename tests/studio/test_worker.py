import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.generation.checkpoints import saved
from tests.studio.sketches import message
from tests.studio.test_alternatives import ROOMS

from bd_gen.studio.model_process import ModelProcess

pytest.importorskip("ortools")


@pytest.mark.slow
def test_one_process_serves_searches_in_turns_and_survives_its_end(tmp_path: Path) -> None:
    async def story() -> None:
        model = ModelProcess(str(saved(tmp_path)))
        words = await model.start()
        assert len(words["checkpoint"]) == 64
        try:
            first, second = await asyncio.gather(gathered(model, 3), gathered(model, 3))
            assert first == second
            assert first[-1]["event"] == "done"
            async for _ in model.events({"sketch": message(rooms=ROOMS), "count": 60}):
                break  # who goes away ends the search
            assert model._process is not None
            model._process.kill()
            await model._process.wait()
            assert (await gathered(model, 1))[-1]["event"] == "done"  # it was started anew
            bad = [event async for event in model.events({"sketch": 3})]
            assert [event["event"] for event in bad] == ["refused"]
        finally:
            await model.stop()

    asyncio.run(story())


async def gathered(model: ModelProcess, count: int) -> list[dict[str, Any]]:
    asked = {"sketch": message(rooms=ROOMS), "count": count, "seed": 4}
    return [event async for event in model.events(asked)]
