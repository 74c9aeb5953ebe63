"""Samples for the tests of this folder: small, seeded, and plausible enough for every metric."""

import numpy as np
from tests.rplan import NO_EDGE, NUM_RELATIONS, NUM_ROOM_TYPES

from bd_gen.diagrams.tokens import tokens_from_parts
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.results.samples_file import Samples, SeedSamples


def random_tokens(count: int, seed: int, vocabulary: Vocabulary) -> np.ndarray:
    """(count, length) rows of 1 to n_max rooms, about half of the edges present."""
    rng = np.random.default_rng(seed)
    num_rooms = rng.integers(1, vocabulary.n_max + 1, count)
    room_types = rng.integers(0, NUM_ROOM_TYPES, (count, vocabulary.n_max))
    relations = rng.integers(0, NUM_RELATIONS, (count, vocabulary.num_edges))
    relations[rng.random(relations.shape) < 0.5] = NO_EDGE
    return tokens_from_parts(room_types, relations, num_rooms, vocabulary)


def seed_samples(tokens: np.ndarray, vocabulary: Vocabulary) -> SeedSamples:
    return SeedSamples(tokens, tokens != vocabulary.pad_row)


def make(
    method: str = "random_topp0.9_no_remask",
    seeds: tuple[int, ...] = (42, 123),
    num_samples: int = 20,
    n_max: int = 8,
    **fields: dict,
) -> Samples:
    vocabulary = Vocabulary(n_max)
    per_seed = {
        s: seed_samples(random_tokens(num_samples, s, vocabulary), vocabulary) for s in seeds
    }
    config = {"seeds": list(seeds), "num_samples": num_samples, "sampling_steps": 100}
    return Samples(
        method=method,
        n_max=n_max,
        seeds=seeds,
        num_samples=num_samples,
        config=fields.get("config", config),
        provenance=fields.get("provenance", {}),
        per_seed=per_seed,
    )
