from dataclasses import fields
from typing import Any

import pytest

from bd_gen.cli.compose import compose, section
from bd_gen.training.config import LARGEST_SEED, TrainingConfig


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("batch_size", 0),
        ("batch_size", -1),
        ("log_every", 0),
        ("validate_every", 0),
        ("num_validation", 0),
        ("learning_rate", 0.0),
        ("learning_rate", -1e-3),
        ("learning_rate", float("nan")),
        ("clip", 0.0),
        ("weight_decay", -0.1),
        ("weight_decay", float("nan")),
        ("warmup_steps", -1),
        ("seed", -1),
        ("seed", 2**63),
        ("ema", 1.0),
        ("ema", -0.1),
        ("ema", float("nan")),
        ("decay", "linear"),
        ("estimator", "counts"),
        ("uniform_share", -0.1),
        ("uniform_share", 1.1),
        ("order_learning_rate", 0.0),
        ("rooms_share", -0.1),
        ("rooms_share", 1.1),
        ("rooms_share", float("nan")),
        ("precision", "float16"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^training\.{name} must ") as caught:
        TrainingConfig(**{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 1),
        ("warmup_steps", 0),
        ("weight_decay", 0.0),
        ("ema", 0.0),
        ("seed", LARGEST_SEED),
        ("decay", "cosine"),
        ("estimator", "time"),
        ("rooms_share", 1.0),
        ("uniform_share", 0.0),
        ("precision", "bfloat16"),
    ],
)
def test_the_ends_of_the_ranges_are_taken(name: str, value: Any) -> None:
    assert getattr(TrainingConfig(**{name: value}), name) == value


def test_masks_by_rooms_need_counted_masks() -> None:
    with pytest.raises(ValueError, match=r"^training\.rooms_share must be 0 with .*=time$"):
        TrainingConfig(rooms_share=0.5, estimator="time")


def test_a_choice_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="must be one of constant, cosine, got linear"):
        TrainingConfig(decay="linear")


def test_the_configuration_file_holds_the_defaults_of_the_class() -> None:
    values = compose("train", [])["training"]
    assert list(values) == [field.name for field in fields(TrainingConfig)]
    assert section(TrainingConfig, values, "training") == TrainingConfig()


def test_every_setting_is_documented() -> None:
    assert TrainingConfig.__doc__ is not None
    for field in fields(TrainingConfig):
        assert f"\n        {field.name}: " in TrainingConfig.__doc__
