"""The score of real held-out diagrams: the best that any generator can be expected to reach."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bd_gen.data.config import DataConfig
from bd_gen.data.dataset import Dataset
from bd_gen.errors import InputError
from bd_gen.results.carry_over import unknown_fields
from bd_gen.results.columns import REAL, existing_directory
from bd_gen.results.evaluate import (
    Evaluation,
    Progress,
    make_result,
    measurement_provenance,
    seed_metrics,
)
from bd_gen.results.inventory import read_entries
from bd_gen.results.references import FoundReference, References, recorded_data
from bd_gen.results.result_file import Result, read_result, result_path, write_result
from bd_gen.results.samples_file import samples_path

DEFAULT_SEEDS = (42, 123, 456, 789, 1337)
DEFAULT_NUM_SAMPLES = 1000
_SHUFFLE_SEED = 0


def held_out_result(
    dataset: Dataset,
    seeds: Sequence[int],
    num_samples: int,
    reference: FoundReference,
    progress: Progress | None = None,
) -> Result:
    """Every metric for real diagrams of the test split, as if a method had drawn them.

    The test rows are cut into disjoint chunks, one a seed and all of one size: `num_samples`
    rows, or as many as there are for each. They are shuffled before (always alike), because
    neighbours in a file of plans are often alike, and chunks of neighbours score up to four
    times worse than chunks of the same size drawn from all.

    Args:
        dataset: the data whose test split is measured.
        seeds: names of the chunks, so that the columns of a comparison are alike.
        num_samples: rows of a chunk, if there are as many.
        reference: statistics of the training split.
        progress: called with the chunks measured so far and their number.

    Raises:
        InputError: there are fewer test rows than seeds.
    """
    size = min(num_samples, len(dataset.test) // len(seeds)) if seeds else 0
    if size < 1:
        raise InputError(
            f"{dataset.source}: has {len(dataset.test)} held-out plans, too few for "
            f"{len(seeds)} chunks"
        )
    rows = dataset.test[np.random.default_rng(_SHUFFLE_SEED).permutation(len(dataset.test))]
    chunks = {seed: rows[k * size : (k + 1) * size] for k, seed in enumerate(seeds)}
    return make_result(
        method=REAL,
        config={"seeds": list(seeds), "num_samples": size},
        per_seed=seed_metrics(chunks, reference.statistics, progress),
        denoising={},
        provenance=measurement_provenance(chunks, reference),
    )


def evaluate_real(
    directory: str | Path,
    references: References,
    data: DataConfig | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Write the held-out plans' own score into a results directory, for its first column.

    Seeds, number of samples and, unless `data` is given, the data are those of the first method
    there, so that the column is like the others.

    Raises:
        InputError: no data is given or named, it cannot be loaded, has too few held-out plans,
            or the result cannot be written.
    """
    path = result_path(existing_directory(directory), REAL)
    old = read_result(path) if path.exists() else None
    like = next((e.samples for e in read_entries(directory) if e.samples is not None), None)
    if data is None:
        if like is None:
            raise InputError(
                f"{directory}: holds no samples that name their data; "
                "give it: data=plans data.path=FILE"
            )
        data = recorded_data(like, samples_path(directory, like.method))
    seeds = like.seeds if like is not None else DEFAULT_SEEDS
    num_samples = like.num_samples if like is not None else DEFAULT_NUM_SAMPLES
    found = references.for_data(data)
    result = held_out_result(references.dataset(data), seeds, num_samples, found, progress)
    others = {} if old is None else unknown_fields(old)
    result = Result({**result.fields, **others})
    write_result(path, result)
    size = result.config["num_samples"]
    notes = list(found.notes)
    if size < num_samples:
        notes.append(f"there are only {size} held-out plans a seed, not {num_samples}")
    return Evaluation(path, result, tuple(notes))
