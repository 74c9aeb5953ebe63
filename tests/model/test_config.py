import dataclasses

import pytest

from bd_gen.cli.compose import compose, section
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser, num_parameters


@pytest.mark.parametrize("name", ["width", "layers", "heads", "mlp_ratio"])
@pytest.mark.parametrize("value", [0, -4])
def test_a_size_below_one_is_refused_by_name(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=rf"model\.{name} must be at least 1, got {value}"):
        ModelConfig(**{name: value})


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match=r"model\.heads \(3\) must divide model\.width \(128\)"):
        ModelConfig(heads=3)


def test_a_config_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ModelConfig().width = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("preset", "n_max", "without_time", "with_time"),
    [
        ("tiny", 8, 27_992, 49_688),
        ("small", 8, 803_352, 1_247_000),
        ("base", 8, 4_759_064, 7_253_016),
        ("tiny", 14, 28_568, 50_264),
        ("small", 14, 805_656, 1_249_304),
    ],
)
def test_number_of_parameters_of_the_presets(
    preset: str, n_max: int, without_time: int, with_time: int
) -> None:
    values = compose("train", [f"model={preset}"])["model"]
    assert values.pop("name") == preset
    config = section(ModelConfig, values, "model")
    for time_conditioning, expected in ((False, without_time), (True, with_time)):
        config = dataclasses.replace(config, time_conditioning=time_conditioning)
        assert num_parameters(Denoiser(config, Vocabulary(n_max))) == expected


def test_small_is_the_default_of_config_and_class() -> None:
    values = compose("train", [])["model"]
    assert values.pop("name") == "small"
    assert section(ModelConfig, values, "model") == ModelConfig()
