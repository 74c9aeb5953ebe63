"""With a small model of random weights: what is asked for holds, whatever it draws."""

from itertools import combinations
from typing import Any

import pytest
from tests.generation.checkpoints import N_MAX, saved
from tests.studio.sketches import message

from bd_gen.studio.alternatives import Alternatives
from bd_gen.studio.draws import Loaded
from bd_gen.studio.sketch_message import sketch_of
from bd_gen.studio.wanted import wanted_of
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint, load_checkpoint

pytest.importorskip("ortools")
ROOMS = ("LivingRoom", "Kitchen", "Bathroom", "MasterRoom")[:N_MAX]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return load_checkpoint(saved(tmp_path_factory.mktemp("checkpoint")))


def found(checkpoint: Checkpoint, **asked: Any) -> list[dict[str, Any]]:
    return list(Alternatives(Loaded(checkpoint), wanted_of(asked)).events())


def alternatives(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == "alternative"]


def test_what_is_asked_for_holds(checkpoint: Checkpoint) -> None:
    rule = {"kind": "forbid", "text": "Bathroom touches Kitchen"}
    sketch = message([0, 1, "left-of"], [0, 2, "touches"], rooms=ROOMS, rules=[rule])
    events = found(checkpoint, sketch=sketch, count=4, seed=3)
    some = alternatives(events)
    assert 1 <= len(some) <= 4
    for one in some:
        said = {(i, j): name for i, j, name in one["relations"]}
        assert said[0, 1] == "left-of"
        assert (0, 2) in said
        assert (1, 2) not in said
        assert one["plan"]["relations"] == one["relations"]
    told = [event for event in events if event["event"] == "likelihood"]
    assert [event["number"] for event in told] == list(range(1, len(some) + 1))
    assert all(event["nats"] > 0 for event in told)
    assert len({str(one["relations"]) for one in some}) == len(some)
    (share,) = [event for event in events if event["event"] == "share"]
    assert 0 < share["share"] < 1
    assert events[-1]["event"] == "done"


def test_the_same_seed_gives_the_same(checkpoint: Checkpoint) -> None:
    asked = {"sketch": message(rooms=ROOMS), "count": 2}
    first = found(checkpoint, **asked, seed=5)
    assert first == found(checkpoint, **asked, seed=5)
    assert alternatives(first) != alternatives(found(checkpoint, **asked, seed=6))


def test_more_like_this_keeps_what_is_locked_and_differs(checkpoint: Checkpoint) -> None:
    (start,) = alternatives(found(checkpoint, sketch=message(rooms=ROOMS), count=1, seed=1))
    said = {(i, j): name for i, j, name in start["relations"]}
    pairs = combinations(range(len(ROOMS)), 2)
    compared = [[i, j, said.get((i, j), "apart")] for i, j in pairs]
    sketch = message(compared[0], rooms=ROOMS)
    some = alternatives(
        found(checkpoint, sketch=sketch, count=3, seed=2, mode="more", compared=compared)
    )
    assert some
    for one in some:
        kept = {(i, j): name for i, j, name in one["relations"]}
        assert kept.get((0, 1), "apart") == compared[0][2]
        assert 1 <= one["differences"] <= len(compared) - 1


def test_rooms_that_keep_their_places_keep_them(checkpoint: Checkpoint) -> None:
    fixed = {"0": [50, 50, 120, 120], "1": [120, 60, 160, 100]}
    some = alternatives(found(checkpoint, sketch=message(rooms=ROOMS, fixed=fixed), count=1))
    for one in some:
        assert one["plan"]["boxes"][:2] == [fixed["0"], fixed["1"]]
        assert [0, 1, "left-of"] in one["relations"]
    assert sketch_of(message(rooms=ROOMS, fixed=fixed)).fixed[0] == (50, 50, 120, 120)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"sketch": message(rooms=("Kitchen",) * (N_MAX + 1))}, "at most"),
        ({"sketch": message([0, 1, "left-of"], [1, 2, "left-of"], [0, 2, "right-of"], rooms=ROOMS)},
         "cannot hold together|circle"),
        ({"sketch": message(rooms=ROOMS), "count": 99}, "count"),
        ({"sketch": message(rooms=ROOMS), "seed": -1}, "seed"),
        ({"sketch": message(rooms=ROOMS), "mode": "magic"}, "mode"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(
    checkpoint: Checkpoint, asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        found(checkpoint, **asked)
