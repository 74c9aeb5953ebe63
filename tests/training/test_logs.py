import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bd_gen.system.errors import InputError
from bd_gen.training.logs import JsonlLogger, TensorBoardLogger, TrackerLogger


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_for_each_call(tmp_path: Path) -> None:
    logger = JsonlLogger(tmp_path / "new" / "log.jsonl", 0)
    logger.log(1, {"train/nats": 2.5})
    logger.log(2, {"train/nats": 2.25, "validation/nats": 3.0})
    assert lines_of(tmp_path / "new" / "log.jsonl") == [  # before it is closed
        {"step": 1, "train/nats": 2.5},
        {"step": 2, "train/nats": 2.25, "validation/nats": 3.0},
    ]
    logger.close()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_null(tmp_path: Path, value: float) -> None:
    logger = JsonlLogger(tmp_path / "log.jsonl", 0)
    logger.log(1, {"train/nats": value})
    logger.close()
    assert lines_of(tmp_path / "log.jsonl") == [{"step": 1, "train/nats": None}]


@pytest.mark.parametrize(
    "tail", [b"", b'{"step": 5, "tra', b"\xff\xfe", b"[1, 2]\n", b"7\n", b'{"step": "x"}\n', b"\n"]
)
def test_a_resumed_run_drops_what_it_will_write_again(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "log.jsonl"
    rows = [{"step": step, "train/nats": float(step)} for step in (1, 2, 3, 4)]
    path.write_bytes("".join(json.dumps(row) + "\n" for row in rows).encode() + tail)
    logger = JsonlLogger(path, 2)
    logger.log(3, {"train/nats": 30.0})
    logger.close()
    assert lines_of(path) == [*rows[:2], {"step": 3, "train/nats": 30.0}]


def test_a_full_disk_is_one_clear_line(tmp_path: Path, full_disk: Callable[[int], Any]) -> None:
    path = tmp_path / "log.jsonl"
    logger = JsonlLogger(path, 0)
    logger.log(1, {"train/nats": 1.0})
    with full_disk(path.stat().st_size), pytest.raises(InputError) as caught:
        logger.log(2, {"train/nats": 2.0})
    logger.close()
    assert str(caught.value) == f"{path}: cannot be written (File too large)"
    assert lines_of(path)[0] == {"step": 1, "train/nats": 1.0}


def test_a_folder_in_place_of_the_log_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").mkdir()
    with pytest.raises(InputError, match=r"log\.jsonl: is not a file"):
        JsonlLogger(tmp_path / "log.jsonl", 0)


def test_tensorboard_gets_the_numbers_and_no_step_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    first = TensorBoardLogger(tmp_path, 0)
    for step in (1, 2, 3):
        first.log(step, {"train/nats": float(step)})
    first.close()
    # A run that goes on is another process, later. Of files of one second and process TensorBoard
    # reads number 10 before number 9.
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 1)
    resumed = TensorBoardLogger(tmp_path, 1)
    for step in (2, 3):
        resumed.log(step, {"train/nats": 10.0 * step})
    resumed.close()
    read = EventAccumulator(str(tmp_path))
    read.Reload()
    found = [(event.step, event.value) for event in read.Scalars("train/nats")]
    assert found == [(1, 1.0), (2, 20.0), (3, 30.0)]


def test_a_step_that_is_no_number_of_this_world_is_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    huge = "9" * 400
    path.write_text(
        f'{{"step": 1}}\n{{"step": {huge}}}\n{{"step": 1, "step": 1}}\n{{"step": 1e999}}\n'
    )
    JsonlLogger(path, 5).close()
    assert path.read_text() == '{"step": 1}\n'


class FakeTracker:
    """What trackio and wandb have in common."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def init(self, **options: Any) -> None:
        self.calls.append(options)

    def log(self, values: dict[str, float], step: int) -> None:
        self.calls.append((step, values))

    def finish(self) -> None:
        self.calls.append("finish")


@pytest.mark.parametrize("name", ["trackio", "wandb"])
def test_a_tracker_gets_the_numbers(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeTracker()
    monkeypatch.setitem(sys.modules, name, fake)
    logger = TrackerLogger(name, "mine", tmp_path / "run", {"noise": "loglinear"})
    logger.log(3, {"train/nats": 2.5})
    logger.close()
    options, *rest = fake.calls
    assert options["project"] == "mine"
    assert options["resume"] == "allow"
    assert options["config"] == {"dir": str(tmp_path / "run"), "noise": "loglinear"}
    assert ("id" in options) == (name == "wandb")
    assert rest == [(3, {"train/nats": 2.5}), "finish"]


def test_a_tracker_that_is_missing_or_does_not_start_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(InputError, match=r"run\.tracker=wandb needs wandb .*pip install wandb"):
        TrackerLogger("wandb", "mine", tmp_path, {})
    fake = FakeTracker()
    monkeypatch.setattr(fake, "init", lambda **_: 1 / 0)
    monkeypatch.setitem(sys.modules, "wandb", fake)
    with pytest.raises(InputError, match=r"run\.tracker=wandb: division by zero"):
        TrackerLogger("wandb", "mine", tmp_path, {})
