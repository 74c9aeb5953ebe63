"""A method's settings stand in many places; all of them mean the same method."""

import shlex
from dataclasses import replace
from itertools import cycle, product
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.generation.checkpoints import saved

from bd_gen.cli.generate import generation_job
from bd_gen.cli.generate_command import generate_command
from bd_gen.generation.backfill import method_from_config
from bd_gen.generation.job import GenerationJob, settings
from bd_gen.generation.suites import read_suite
from bd_gen.report.commands import generation_command
from bd_gen.sampling.method import Method, RemaskingSettings
from bd_gen.sampling.strategies import ORDERS, REMASKINGS, SWEEP_KINDS

DECODINGS = ({}, {"temperature": 0.0}, {"temperature": 0.7}, {"top_p": 0.9},
             {"top_p": 0.9, "temperature": 0.7})  # fmt: skip
REMASKED = (
    None,
    RemaskingSettings("cap", 0.4),
    RemaskingSettings("rescale", 0.05, 0.5),
    RemaskingSettings("confidence", t_switch=0.3),
    RemaskingSettings("compensated"),
    RemaskingSettings("loop", 0.02),
    RemaskingSettings("loop", 0.02, t_on=0.5, t_off=0.1, alpha_on=0.8),
)
SWEEPS = ({}, *({"sweeps": 2, "sweep_kind": kind} for kind in SWEEP_KINDS))

METHODS = [
    Method(order, remasking=remasking, is_learned=is_learned, **decoding, **sweeps)
    for order, decoding, remasking, sweeps, is_learned in product(
        ORDERS, DECODINGS, REMASKED, SWEEPS, (False, True)
    )
    if remasking is None or ORDERS[order].has_steps
]


def test_nothing_is_left_out():
    assert {method.unmasking for method in METHODS} == set(ORDERS)
    assert {m.remasking.strategy for m in METHODS if m.remasking} == set(REMASKINGS)
    assert {m.sweep_kind for m in METHODS if m.sweeps} == set(SWEEP_KINDS)
    assert len({method.name for method in METHODS}) == len(METHODS)


def test_names_and_configs_come_back():
    for method in METHODS:
        assert Method.from_name(method.name) == method
        assert method_from_config(_config(method), method.name) == method


def _config(method: Method) -> dict:
    return settings(GenerationJob(Path("model.pt"), method, Path("eval_results/loglinear")))


def test_suites_know_every_name(tmp_path):
    path = tmp_path / "all.yaml"
    path.write_text("methods:\n" + "".join(f"  - {method.name}\n" for method in METHODS))
    assert list(read_suite(path).methods) == METHODS


def _overrides(job: GenerationJob) -> list[str]:
    """Those of the report's command, among which are all of that of `backfill` and `suite`."""
    result = SimpleNamespace(
        config=settings(job),
        is_of_plans=False,
        provenance={"generation": {"checkpoint_path": str(job.checkpoint_path)}},
    )
    entry = SimpleNamespace(kind="method", name=job.method.name, result=result)
    contents = SimpleNamespace(directory=job.directory)
    reported = generation_command(entry, contents)
    assert reported is not None
    overrides = shlex.split(reported)[2:]
    left_out = set(shlex.split(generate_command(job))[2:]) ^ set(overrides)
    assert left_out <= {"eval.remasking.t_switch=1.0"}  # of a loop, which has none
    return overrides


def _few() -> list[Method]:
    """Every order with every kind of sweep, each decoding and remasking in turn."""
    decodings, remaskings = cycle(DECODINGS), cycle(REMASKED)
    return [
        Method(
            order,
            remasking=next(remaskings) if ORDERS[order].has_steps else None,
            **next(decodings),
            **sweeps,
        )
        for order, sweeps in product(ORDERS, SWEEPS)
    ]


FEW = _few()


def test_few_leave_nothing_out():
    assert {(m.unmasking, m.sweep_kind) for m in FEW} == {*product(ORDERS, ["", *SWEEP_KINDS])}
    assert {m.remasking for m in FEW} == set(REMASKED)


@pytest.mark.parametrize("kind", ["", *SWEEP_KINDS])
def test_commands_give_the_same_job_again(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = {False: Path("fixed.pt"), True: Path("learned.pt")}
    for is_learned, path in paths.items():
        saved(tmp_path, path.name, is_learned=is_learned)
    chosen = [method for method in FEW if method.sweep_kind == kind]
    chosen.append(replace(chosen[0], is_learned=True, steps=7))
    for method in chosen:
        job = GenerationJob(paths[method.is_learned], method, Path("eval_results/loglinear"))
        assert generation_job(_overrides(job))[0] == job
