import json
from pathlib import Path

import numpy as np
import pytest

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.report.contents import read_contents
from bd_gen.report.page import rendered
from bd_gen.report.schedules import FIELD, ORDER_FIELD, learned_alphas, schedules

LENGTH = Vocabulary(8).length
GOOD = {
    "gamma_min": -13.0,
    "gamma_max": 5.0,
    "coefficients": [[0.25, 0.25, 0.25, 0.25]] * 35 + [[1.0, 0.0, 0.0, 0.0]],
}


def section(folder: Path) -> str:
    """The section on the learned processes of a folder's results."""
    found = schedules(read_contents(folder))
    assert found is not None
    return rendered("schedules.html", schedules=found, field=FIELD, order_field=ORDER_FIELD)


def with_rates(directory: Path, folder: Path, rates: object) -> Path:
    fields = json.loads((directory / "v2_learned.json").read_text())
    fields["provenance"]["generation"] = {FIELD: rates}
    (folder / "v2_learned.json").write_text(json.dumps(fields))
    return folder


def test_curves_are_those_of_the_model() -> None:
    import torch

    from bd_gen.model.learned_rates import GAMMA_MAX, GAMMA_MIN, LearnedRates

    rates = LearnedRates(Vocabulary(8))
    with torch.inference_mode():
        coefficients = rates.coefficients().double()
        expected = rates.alpha(torch.linspace(0, 1, 41, dtype=torch.float64)).numpy()
    recorded = {"gamma_min": GAMMA_MIN, "gamma_max": GAMMA_MAX}
    alphas = learned_alphas({**recorded, "coefficients": coefficients.tolist()})
    assert np.allclose(alphas, expected)


def test_recorded_processes_are_drawn(directory: Path, tmp_path: Path) -> None:
    page = section(with_rates(directory, tmp_path, GOOD))
    assert page.count('class="line single"') == LENGTH
    assert page.count('class="line real"') == 2
    assert "Not recorded" not in page
    assert "rooms 7, 8" in page


@pytest.mark.parametrize(
    "rates",
    [
        None,
        [],
        {"gamma_min": -13},
        GOOD | {"coefficients": [[1.0]] * 35},
        GOOD | {"coefficients": []},
        GOOD | {"coefficients": [[1.0], [1.0, 2.0]]},
        GOOD | {"gamma_max": "x"},
    ],
)
def test_what_makes_no_sense_is_as_if_it_were_not_recorded(
    directory: Path, tmp_path: Path, rates: object
) -> None:
    page = section(with_rates(directory, tmp_path, rates))
    assert "Not recorded for v2_learned" in page
    assert "<svg" not in page


def test_a_law_over_orders_has_no_schedules(directory: Path, tmp_path: Path) -> None:
    folder = with_rates(directory, tmp_path, None)
    fields = json.loads((folder / "v2_learned.json").read_text())
    fields["provenance"]["generation"] = {"learned_order": {"edge, no end visible": -8.0}}
    (folder / "v2_learned.json").write_text(json.dumps(fields))
    page = section(folder)
    assert "v2_learned follow a learned law over orders" in page
    assert "Not recorded" not in page
    assert "<svg" not in page


def test_without_a_learned_process_there_is_no_such_section(
    directory: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_bytes((directory / "llada_argmax_no_remask.json").read_bytes())
    assert schedules(read_contents(tmp_path)) is None
