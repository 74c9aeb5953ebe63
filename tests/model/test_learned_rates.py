import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.learned_rates import GAMMA_MAX, GAMMA_MIN, LearnedRates, LearnedVisibility


def random_rates(n_max: int = 3, seed: int = 0) -> LearnedRates:
    """Rates with position-dependent schedules that differ visibly."""
    torch.manual_seed(seed)
    rates = LearnedRates(Vocabulary(n_max))
    with torch.no_grad():
        rates.mlp[-1].weight.mul_(10)
    return rates


def times(count: int) -> torch.Tensor:
    return torch.linspace(0, 1, count, dtype=torch.float64)


@pytest.mark.parametrize("n_max", [1, 3, 8, 14])
def test_every_position_has_positive_coefficients_that_sum_to_one(n_max: int) -> None:
    coefficients = random_rates(n_max).coefficients()
    assert coefficients.shape == (Vocabulary(n_max).length, 4)
    assert (coefficients > 0).all()
    torch.testing.assert_close(coefficients.sum(dim=1), torch.ones(len(coefficients)))


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_alpha_falls_from_almost_one_to_almost_zero_everywhere(seed: int) -> None:
    rates = random_rates(3, seed)
    gamma, slope = rates.gamma(times(501))
    assert gamma.dtype == slope.dtype == torch.float64
    torch.testing.assert_close(gamma[0], torch.full_like(gamma[0], GAMMA_MIN))
    torch.testing.assert_close(gamma[-1], torch.full_like(gamma[0], GAMMA_MAX), rtol=1e-6, atol=0)
    alpha = rates.alpha(times(501))
    assert (alpha.diff(dim=0) < 0).all()
    assert (alpha[0] > 1 - 1e-5).all()
    assert (alpha[-1] < 0.01).all()
    assert (slope > 0).all()


def test_the_derivative_is_exact() -> None:
    rates = random_rates()
    t = times(51).requires_grad_()
    gamma, slope = rates.gamma(t)
    for position in range(6):
        (exact,) = torch.autograd.grad(gamma[:, position].sum(), t, retain_graph=True)
        torch.testing.assert_close(slope[:, position], exact, rtol=1e-10, atol=1e-10)


def test_positions_have_schedules_of_their_own() -> None:
    alpha = random_rates().alpha(torch.tensor([0.8]))[0].detach()
    assert torch.cdist(alpha[:, None], alpha[:, None]).add(torch.eye(6)).min() > 1e-5


def test_an_edge_follows_from_its_two_rooms_in_either_order() -> None:
    """h_i + h_j: rooms with equal embeddings give edges with equal schedules."""
    rates = random_rates()
    with torch.no_grad():
        rates.slots.weight[1] = rates.slots.weight[0]
    coefficients = rates.coefficients()
    torch.testing.assert_close(coefficients[4], coefficients[5])  # edges 02 and 12
    torch.testing.assert_close(coefficients[0], coefficients[1])  # rooms 0 and 1
    assert not torch.allclose(coefficients[3], coefficients[4])  # edge 01


def test_a_sampler_sees_the_same_schedules() -> None:
    rates = random_rates()
    positions = torch.tensor([0, 2, 5])
    visibility = LearnedVisibility(rates)
    found = visibility.alpha(times(21), positions)
    assert not found.requires_grad
    expected = rates.alpha(times(21))[:, positions].detach()
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-14)


@settings(max_examples=50)
@given(seed=st.integers(0, 100), t=st.floats(0, 1))
def test_time_of_undoes_alpha_at_every_position(seed: int, t: float) -> None:
    visibility, positions = LearnedVisibility(random_rates(3, seed)), torch.arange(6)
    alpha = visibility.alpha(torch.tensor([t]).double(), positions)
    found = visibility.time_of(alpha, positions)
    # alpha is 1 - 2e-6 at t = 0 and flat there: it does not hold many digits of t.
    torch.testing.assert_close(found, torch.full_like(found, t), rtol=0, atol=1e-4)
    again = visibility.alpha(found[0], positions).diag()
    torch.testing.assert_close(again, alpha[0], rtol=0, atol=1e-14)


def test_a_visibility_that_never_occurs_has_the_nearest_time() -> None:
    visibility, positions = LearnedVisibility(random_rates()), torch.arange(6)
    found = visibility.time_of(torch.tensor([[1.0] * 6, [0.0] * 6]).double(), positions)
    torch.testing.assert_close(found, torch.tensor([[0.0] * 6, [1.0] * 6]).double())
