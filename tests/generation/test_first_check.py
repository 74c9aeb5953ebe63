from dataclasses import replace

import numpy as np
import pytest
from tests.generation.suite_models import model_of_plans

from bd_gen.generation.batch import BatchTask
from bd_gen.generation.first_check import check_evaluation, check_samples
from bd_gen.generation.job import GenerationJob, generate
from bd_gen.results.references import References
from bd_gen.results.samples_file import SeedSamples, read_samples, write_samples
from bd_gen.sampling.method import Method
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import load_checkpoint


@pytest.fixture
def task(tmp_path) -> BatchTask:
    """Twenty diagrams of each of two seeds, drawn."""
    path = model_of_plans(tmp_path / "model.pt")
    job = GenerationJob(path, Method("random", steps=5), tmp_path / "loglinear", (1, 2), 20)
    generate(replace(job, device="cpu"))
    return BatchTask(job, load_checkpoint(path))


def change(task: BatchTask, **fields: object) -> None:
    write_samples(task.job.path, replace(read_samples(task.job.path), **fields))


def refusal(task: BatchTask) -> str:
    with pytest.raises(InputError) as caught:
        check_samples(task)
    return str(caught.value).removeprefix(f"{task.job.path}: ")


def test_what_was_asked_for_passes(task):
    check_samples(task)


def test_another_method_or_other_seeds(task):
    change(task, method="llada_temp1.0_no_remask")
    expected = "method: expected random_temp1.0_no_remask, got llada_temp1.0_no_remask"
    assert refusal(task) == expected
    generate(replace(task.job, overwrite=True))
    samples = read_samples(task.job.path)
    change(task, seeds=(2, 1), per_seed=dict(reversed(samples.per_seed.items())))
    assert refusal(task) == "seeds: expected (1, 2), got (2, 1)"


def test_a_mask_left_over(task):
    samples = read_samples(task.job.path)
    tokens = samples.per_seed[2].tokens.copy()
    tokens[7, 0] = samples.vocabulary.mask_row[0]
    change(
        task, per_seed=samples.per_seed | {2: SeedSamples(tokens, samples.per_seed[2].pad_masks)}
    )
    assert refusal(task).startswith("per_seed/2: 1 of 20 rows are no complete diagram")
    assert refusal(task).endswith("the first of them row 7")


def test_a_size_that_the_model_was_not_trained_on(task):
    histogram = [0] * 9
    histogram[8] = 1
    other = replace(task, checkpoint=replace(task.checkpoint, num_rooms_histogram=histogram))
    assert "no complete diagram of a size that the model knows" in refusal(other)


def test_a_file_cut_short(task):
    task.job.path.write_bytes(task.job.path.read_bytes()[:-200])
    with pytest.raises(InputError):
        check_samples(task)


def test_evaluated_and_valid(task):
    check_evaluation(task, References())
    assert task.job.path.with_name("random_temp1.0_no_remask.json").exists()


def test_a_model_that_has_learned_nothing(task):
    samples = read_samples(task.job.path)
    # Two living rooms in each.
    per_seed = {}
    for seed, part in samples.per_seed.items():
        tokens = part.tokens.copy()
        tokens[:, :2] = 0
        per_seed[seed] = SeedSamples(np.ascontiguousarray(tokens), part.pad_masks)
    change(task, per_seed=per_seed)
    with pytest.raises(InputError, match=r"not one of 40 diagrams is valid; is .*model\.pt "):
        check_evaluation(task, References())
