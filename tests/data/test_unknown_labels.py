import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.data.conftest import EIGHT, FLAT

from bd_gen.cli.main import cli
from bd_gen.data.sources.plans.source import read_plans
from bd_gen.data.unknown_labels import UnknownLabelsError, labels_sentence, mapping_template

Write = Callable[..., Path]


def foreign(k: int, *labels: str) -> dict[str, object]:
    rooms = [{**room, "type": label} for room, label in zip(FLAT, labels, strict=True)]
    return {"id": k, "rooms": rooms}


@pytest.fixture
def path(write_lines: Write) -> Path:
    return write_lines(
        foreign(1, "Salon", "Kitchen", "WC", "WC"),
        foreign(2, "Salon", "Kitchn", "Bathroom", "Balcony"),
        foreign(3, "LivingRoom", "Kitchen", "Bathroom", "Balcony"),
    )


def test_all_unknown_labels_are_listed_with_their_numbers(path: Path) -> None:
    with pytest.raises(UnknownLabelsError) as caught:
        read_plans(path, EIGHT)
    assert caught.value.labels == {"Salon": 2, "WC": 2, "Kitchn": 1}
    said = str(caught.value)
    assert "2 of 3 plans are bad: 2 x unknown label (line 1: 'Salon', line 2: 'Salon')" in said
    assert "3 unknown labels (rooms): 'Salon' (2), 'WC' (2), 'Kitchn' (1) [--labels FILE" in said
    assert "\n" not in said
    assert read_plans(path, EIGHT, skip_bad=True).notes[-1] == (
        "3 unknown labels (rooms): 'Salon' (2), 'WC' (2), 'Kitchn' (1)"
    )


def test_many_labels_stay_one_line() -> None:
    labels = Counter({f"Room {k}\n": 100 - k for k in range(50)})
    said = labels_sentence(labels)
    assert said.startswith("50 unknown labels (rooms): 'Room 0?' (100), ")
    assert said.endswith("(89), and 38 more")


def test_a_template_has_every_label_and_near_types() -> None:
    template = json.loads(mapping_template(Counter({"Salon": 1, "kitchn": 3, "Ä": 2})))
    assert list(template.items()) == [("kitchn", "Kitchen"), ("Ä", ""), ("Salon", "")]


def test_the_template_is_printed_and_written_and_read_again(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.json"
    words = ["data", "plans", str(path), "--labels-template", str(out)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code != 0
    template = json.loads(out.read_text())
    assert list(template) == ["Salon", "WC", "Kitchn"]
    assert out.read_text() in done.output
    out.write_text(json.dumps({**template, "Salon": "LivingRoom", "WC": "Bathroom"}))
    again = tmp_path / "again.json"
    words = ["data", "plans", str(path), "--labels", str(out), "--labels-template", str(again)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    assert "no label is unknown" in done.output
    assert not again.exists()
