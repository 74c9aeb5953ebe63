"""The examples of docs/data.md work as printed."""

import re
from pathlib import Path

from bd_gen.data.labels import read_labels
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.tokens import diagrams_from_tokens

from .conftest import EIGHT

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_can_be_read(tmp_path: Path) -> None:
    with_boxes, with_relations, mapping = EXAMPLES
    (tmp_path / "plans.jsonl").write_text(with_boxes + with_relations)
    table = read_plans(tmp_path / "plans.jsonl", EIGHT)
    told = [str(diagram) for diagram in diagrams_from_tokens(table.tokens, EIGHT)]
    assert told == [
        "LivingRoom[0], Kitchen[1]: LivingRoom[0] left-below Kitchen[1]",
        "LivingRoom[0], Kitchen[1], Bathroom[2]: LivingRoom[0] left-of Kitchen[1]; "
        "LivingRoom[0] below Bathroom[2]",
    ]
    (tmp_path / "labels.json").write_text(mapping)
    assert read_labels(tmp_path / "labels.json").find("salle-de-bain") == 3
