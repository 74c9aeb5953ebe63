"""A new order, decoding or remasking is one file, and every place knows it."""

import importlib.util
import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bd_gen.cli.compose import describe
from bd_gen.cli.generate import generation_job
from bd_gen.cli.main import cli
from bd_gen.generation.backfill import plan_backfill
from bd_gen.generation.checkpoints import read_checkpoints
from bd_gen.report.commands import generation_command
from bd_gen.report.contents import Contents, Entry
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import read_samples
from bd_gen.sampling.method import Method
from bd_gen.sampling.strategies import DECODINGS, ORDERS, REMASKINGS, SWEEP_KINDS
from bd_gen.system.errors import InputError

REMASKING = '''
from bd_gen.sampling.parameters import parameter
from bd_gen.sampling.strategies import Remasking, remasking


@remasking("share")
class Share(Remasking):
    """a share of the largest sigma"""

    share: float = parameter("(0, 1]", "of sigma_max")
    power: float = parameter("[1, 9]", "of the share", 1, kind=int)

    def sigma(self, state, transition):
        return self.share**self.power * transition.sigma_max
'''
DECODING = '''
from bd_gen.sampling.parameters import parameter
from bd_gen.sampling.strategies import Decoding, decoding


@decoding("minp", stem="")
class MinP(Decoding):
    """leave out what is less probable than a share of the most probable value"""

    min_p: float = parameter("(0, 1)", "share of the largest probability")

    def draw(self, logits, noise):
        weights = logits.softmax(dim=1)
        weights = weights * (weights >= self.min_p * weights.amax(dim=1, keepdim=True))
        total = weights.cumsum(dim=1)
        return (total <= noise[:, None] * total[:, -1:]).sum(dim=1).clamp(max=weights.shape[1] - 1)
'''
ORDER = '''
from bd_gen.sampling.grid_order import CountedOrder
from bd_gen.sampling.parameters import parameter
from bd_gen.sampling.strategies import order


@order("blend")
class Blend(CountedOrder):
    """confidence and margin, blended"""

    may_be_exact = True
    weight: float = parameter("[0, 1]", "of the margin", 0.5)

    def score(self, probabilities, drawn):
        best = probabilities.topk(2, dim=1).values
        return best[:, 0] - self.weight * best[:, 1]
'''
CASES = (
    (
        REMASKING,
        "random_temp1.0_remdm_share_share0.3",
        {"remasking_strategy": "share", "remasking_share": 0.3, "remasking_power": 1},
        ("eval.remasking.strategy=share", "eval.remasking.share=0.3", "eval.unmasking_mode=random"),
        "remdm_share_share0.5     a share of the largest sigma",
    ),
    (
        REMASKING,
        "llada_topp0.9_remdm_share_share0.3_power2_tsw0.5_sweep1",
        {"remasking_power": 2.0, "remasking_t_switch": 0.5, "top_p": 0.9, "sweeps": 1},
        ("eval.remasking.strategy=share", "eval.remasking.share=0.3", "eval.remasking.power=2",
         "eval.remasking.t_switch=0.5", "eval.unmasking_mode=llada", "eval.top_p=0.9",
         "eval.sweeps=1"),
        "remdm_share_share0.5",
    ),
    (
        DECODING,
        "rooms_minp0.1_no_remask",
        {"min_p": 0.1, "temperature": 1.0, "top_p": None},
        ("eval.unmasking_mode=rooms", "eval.min_p=0.1"),
        "minp0.5                  leave out what is less probable",
    ),
    (
        ORDER,
        "blend_weight0.25_temp1.0_no_remask",
        {"unmasking_mode": "blend", "weight": 0.25},
        ("eval.unmasking_mode=blend", "eval.weight=0.25"),
        "blend                    confidence and margin, blended",
    ),
)  # fmt: skip


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[object]:
    """Imports a text as the file of a user; what it registers is forgotten afterwards."""
    families = (ORDERS, DECODINGS, REMASKINGS, SWEEP_KINDS)
    before = [dict(family) for family in families]

    def run(text: str) -> None:
        (tmp_path / "mine.py").write_text(text)
        spec = importlib.util.spec_from_file_location("mine", tmp_path / "mine.py")
        assert spec is not None
        assert spec.loader is not None
        spec.loader.exec_module(importlib.util.module_from_spec(spec))

    yield run
    for family, entries in zip(families, before, strict=True):
        family._entries.clear()
        family._entries.update(entries)


def bd_gen(*words: str) -> str:
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("text", "name", "settings", "words", "line"), CASES, ids=[case[1] for case in CASES]
)
def test_one_file_is_known_everywhere(
    text: str,
    name: str,
    settings: dict[str, object],
    words: tuple[str, ...],
    line: str,
    imported,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    imported(text)
    named = Method.from_name(name)
    named = replace(named, steps=4 if named.has_steps else 100)
    assert named.name == name
    assert settings.items() <= named.settings.items()
    assert line in bd_gen("methods")
    assert bd_gen("methods", name).startswith(f"{name}: not exact\n")
    assert f"\n  {words[1].partition('=')[0]}=" in describe("generate")

    run = ("eval.sampling_steps=4", "eval.seeds=[1]", "eval.num_samples=2", "results.dir=r")
    bd_gen("generate", *words, *run)
    path = Path("r/loglinear") / f"{name}_samples.pt"
    samples = read_samples(path)
    assert samples.method == name

    result = {
        "format_version": 2,
        "method": name,
        "timestamp": "2026-02-20T12:00:00",
        "config": samples.config,
        "per_seed": {"1": {"eval/node_js": 0.5}},
        "summary": {"eval/node_js": {"mean": 0.5, "std": 0.0}},
        "denoising": {},
    }
    path.unlink()
    path.with_name(f"{name}.json").write_text(json.dumps(result))
    plan = plan_backfill(path.parent, read_checkpoints(["loglinear=bundled"]))
    assert (plan.problems, plan.notes) == ((), ())
    assert plan.tasks[0].job.method == named

    origin = {"generation": {"checkpoint_path": "bundled"}}
    entry = Entry(name, 1, Result({**result, "provenance": origin}), None)
    command = generation_command(entry, Contents(path.parent, (entry,), {}, (), ()))
    assert command is not None
    assert generation_job(shlex.split(command)[2:])[0].method == named


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({'"share"': '"cap"'}, "there is already a remasking called 'cap'"),
        ({"share: float": "eta: float", "share**": "eta**"}, None),
        ({'"of sigma_max"': '"of sigma_max", word="eta"'}, "cap has eta"),
        ({'"of sigma_max"': '"of sigma_max", 0.5', "share:": "t_on:"}, "loop has t_on"),
        ({'"(0, 1]"': '"[-1, 1]"'}, r"share: expected a range from 0 on, got \[-1, 1\]"),
    ],
)
def test_what_would_mean_two_things_is_refused(
    changed: dict[str, str], message: str | None, imported
) -> None:
    text = REMASKING
    for old, new in changed.items():
        text = text.replace(old, new)
    if message is None:  # sharing a parameter is fine
        imported(text)
        assert Method.from_name("random_temp1.0_remdm_share_eta0.3").remasker.eta == 0.3
        return
    with pytest.raises(InputError, match=message):
        imported(text)


def test_orders_and_decodings_share_their_keys(imported) -> None:
    with pytest.raises(InputError, match="blend: parameter temperature: tempered has temperature"):
        imported(ORDER.replace("weight:", "temperature:").replace("self.weight", "1"))
