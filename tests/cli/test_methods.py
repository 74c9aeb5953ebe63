"""`bd-gen methods`."""

import pytest
from click.testing import CliRunner

from bd_gen.cli.main import cli
from bd_gen.sampling.method import ORDERS, REMASKINGS
from bd_gen.system.errors import InputError


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["methods", *words])
    return result.exit_code, result.output


def test_every_part_is_listed():
    status, out = run()
    assert status == 0
    words = out.split()
    assert set(ORDERS) <= set(words)
    assert all(f"remdm_{name}" in out for name in REMASKINGS)
    assert {"sweep2", "roomsweep2"} <= set(words)
    assert max(map(len, out.splitlines())) <= 110


def test_a_method_is_explained_with_its_cost():
    status, out = run("rooms_temp1.0_no_remask_sweep2")
    assert status == 0
    assert out.startswith("rooms_temp1.0_no_remask_sweep2: exact\n")
    assert "  sweeps: 2\n  sweep_kind: tokens\n" in out
    assert out.endswith("  network calls for a diagram of 8 rooms: 108\n")


def test_a_method_with_steps_costs_at_most_so_much():
    _, out = run("random_topp0.9_remdm_cap_eta0.4_roomsweep1")
    assert "not exact" in out
    assert "sampling_steps: 100" in out
    assert out.endswith("  network calls for a diagram of 8 rooms: at most 164\n")


def test_what_names_no_method():
    words = ["methods", "rooms_temp1.0_no_remask_sweep"]
    with pytest.raises(InputError, match="names no method"):
        CliRunner().invoke(cli, words, catch_exceptions=False)
