"""Samples to export: those of the tests of generation."""

from tests.generation.conftest import checkpoint_path, job

__all__ = ["checkpoint_path", "job"]
