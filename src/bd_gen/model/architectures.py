"""Which denoiser a configuration means."""

from collections.abc import Mapping
from typing import Any

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.box_denoiser import BoxDenoiser
from bd_gen.model.config import ModelConfig
from bd_gen.model.denoiser import Denoiser
from bd_gen.model.published import PublishedConfig, PublishedDenoiser

PUBLISHED = "published"
"""Value of `architecture` in the configuration of a model that the published system trained."""


def model_config(fields: Mapping[str, Any]) -> ModelConfig:
    """The configuration that the plain `fields` of a checkpoint describe.

    Raises:
        TypeError: a field is unknown.
        ValueError: a number that makes no sense, or an unknown architecture.
    """
    rest = {key: value for key, value in fields.items() if key != "architecture"}
    architecture = fields.get("architecture")
    if architecture == PUBLISHED:
        return PublishedConfig(**rest)
    if architecture is not None:
        raise ValueError(f"model.architecture: unknown, got {architecture!r:.40}")
    return ModelConfig(**rest)


def new_denoiser(config: ModelConfig, vocabulary: Vocabulary) -> Denoiser:
    """A fresh denoiser of that configuration."""
    if isinstance(config, PublishedConfig):
        return PublishedDenoiser(config, vocabulary)
    if config.levels:
        return BoxDenoiser(config, vocabulary)
    return Denoiser(config, vocabulary)
