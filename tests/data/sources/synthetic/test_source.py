import hashlib

import numpy as np
import pytest
from tests.rplan import NODE_PAD

from bd_gen.data.sources.synthetic.source import GENERATOR_VERSION, make_plans
from bd_gen.diagrams.relations import relations_from_boxes
from bd_gen.diagrams.tokens import is_well_formed
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError


def test_every_diagram_is_that_of_its_boxes() -> None:
    v = Vocabulary(8)
    table = make_plans(500, 1, v)
    assert is_well_formed(table.tokens, v).all()
    assert table.has_boxes.all()
    boxes = np.rint(table.boxes).astype(np.int64)
    np.testing.assert_array_equal(boxes, table.boxes)
    np.testing.assert_array_equal(table.relations, relations_from_boxes(boxes, table.num_rooms, v))


def test_plan_k_is_the_same_however_many_are_made() -> None:
    few, many = (make_plans(n, 5, Vocabulary(8)) for n in (30, 2300))
    np.testing.assert_array_equal(few.tokens, many.tokens[:30])
    np.testing.assert_array_equal(few.boxes, many.boxes[:30])
    assert few.ids.tolist() == many.ids[:30].tolist()
    assert len(set(many.ids.tolist())) == 2300
    # the second chunk is not the first over again
    assert (many.tokens[2048:2078] != many.tokens[:30]).any()


def test_seeds_give_other_plans() -> None:
    one, two = (make_plans(50, seed, Vocabulary(8)) for seed in (0, 1))
    assert (one.tokens != two.tokens).any(axis=1).mean() > 0.9


def test_a_longer_row_holds_the_same_plans() -> None:
    short, long = (make_plans(100, 2, Vocabulary(n)) for n in (8, 14))
    assert long.tokens.shape == (100, 105)
    np.testing.assert_array_equal(long.room_types[:, :8], short.room_types)
    assert (long.room_types[:, 8:] == NODE_PAD).all()


def test_a_shorter_row_holds_smaller_plans() -> None:
    table = make_plans(100, 2, Vocabulary(5))
    assert set(table.num_rooms.tolist()) <= {4, 5}
    with pytest.raises(InputError, match="n_max: synthetic plans have 4 to 8 rooms, got 3"):
        make_plans(10, 0, Vocabulary(3))


def test_rooms_come_in_any_order() -> None:
    table = make_plans(2000, 4, Vocabulary(8))
    eight = table.room_types[table.num_rooms == 8]
    # the living room stands in each of the eight places equally often
    places = np.bincount(np.argmax(eight == 0, axis=1), minlength=8) / len(eight)
    assert abs(places - 1 / 8).max() < 0.06


def test_progress_counts_plans() -> None:
    calls: list[tuple[int, int]] = []
    make_plans(2100, 0, Vocabulary(8), lambda *call: calls.append(call))
    assert calls == [(2048, 2100), (2100, 2100)]


def test_the_same_seed_gives_the_same_plans_as_ever() -> None:
    """If this fails on purpose, raise GENERATOR_VERSION: old cache files hold other plans."""
    table = make_plans(100, 0, Vocabulary(8))
    content = table.tokens.tobytes() + table.boxes.astype("<i2").tobytes()
    assert (GENERATOR_VERSION, hashlib.sha256(content).hexdigest()[:16]) == (2, "ed90ef4090e1bb67")
