from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.data.conftest import FLAT

from bd_gen.data.sources.plans.plan_diagrams import each_plan
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.names import RoomLabels
from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.system.errors import InputError

RELATED = {"id": "b", "rooms": [{"type": "Küche"}] * 2, "relations": [[1, 0, "below"]]}


def test_they_are_those_of_the_table(write_lines: Callable[..., Path]) -> None:
    path = write_lines({"id": "a", "rooms": FLAT}, RELATED)
    labels = RoomLabels({"küche": 2})
    table = read_plans(path, Vocabulary(8), labels)
    first, second = each_plan(path, labels)
    assert (first.id, second.id) == ("a", "b")
    assert [first.diagram, second.diagram] == diagrams_from_tokens(table.tokens, table.vocabulary)
    assert np.array_equal(first.boxes, table.boxes[0, :4])
    assert second.boxes is None
    assert second.diagram == Diagram((2, 2), ((0, 1, 3),))


def test_only_what_is_taken_is_read(write_lines: Callable[..., Path]) -> None:
    plans = each_plan(write_lines({"id": "a", "rooms": FLAT}, "not a plan"))
    assert next(plans).id == "a"
    with pytest.raises(InputError, match=r"plans.jsonl: line 2: broken line: not JSON"):
        next(plans)


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_an_empty_file(write_lines: Callable[..., Path], lines: list[str]) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        next(each_plan(write_lines(*lines)))
