"""Samples in the open format of plans."""

from pathlib import Path

import numpy as np

from bd_gen.data.plan_table import PlanTable
from bd_gen.data.plans_writer import write_plans
from bd_gen.diagrams.tokens import edge_tokens, is_well_formed, node_tokens, num_rooms_of
from bd_gen.results.samples_file import read_samples


def export_samples(samples_path: str | Path, path: str | Path) -> int:
    """Write the diagrams of a samples file as JSON lines with relations; ids are "seed-number".

    Rows that are no complete diagrams are left out.

    Returns:
        how many diagrams were written.

    Raises:
        InputError: the samples cannot be read or the file cannot be written.
    """
    samples = read_samples(samples_path)
    vocabulary = samples.vocabulary
    tokens = np.concatenate([part.tokens for part in samples.per_seed.values()])
    ids = np.array([f"{s}-{k}" for s in samples.per_seed for k in range(samples.num_samples)])
    good = is_well_formed(tokens, vocabulary)
    tokens = tokens[good]
    table = PlanTable(
        room_types=node_tokens(tokens, vocabulary),
        num_rooms=num_rooms_of(tokens, vocabulary),
        boxes=np.zeros((len(tokens), vocabulary.n_max, 4), np.float32),
        has_boxes=np.zeros(len(tokens), np.bool_),
        relations=edge_tokens(tokens, vocabulary),
        ids=ids[good],
        vocabulary=vocabulary,
    )
    write_plans(path, table)
    return len(table)
