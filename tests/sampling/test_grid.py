import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sampling.oracle import visibility_named

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.model.learned_rates import LearnedRates
from bd_gen.model.process import FixedProcess, LearnedProcess
from bd_gen.model.schedules import SCHEDULES
from bd_gen.sampling.grid import Loop, equal_steps, looped_steps, visibility_of

PROCESSES = ("loglinear", "linear", "cosine", "learned")
EVERY_PROCESS = pytest.mark.parametrize("process", PROCESSES)
VOCABULARY = Vocabulary(4)
POSITIONS = torch.arange(VOCABULARY.length)
LOOP = Loop()


@EVERY_PROCESS
@pytest.mark.parametrize("steps", [1, 2, 7, 100])
def test_a_grid_falls_from_one_to_zero_and_ends_with_all_visible(process, steps):
    grid = equal_steps(visibility_named(process, VOCABULARY), steps, POSITIONS)
    assert grid.steps == steps
    assert grid.times.tolist() == pytest.approx([1 - k / steps for k in range(steps + 1)])
    assert grid.times.dtype == grid.alphas.dtype == torch.float64
    assert grid.alphas.shape == (steps + 1, VOCABULARY.length)
    assert (grid.alphas.diff(dim=0) > 0).all()
    assert (grid.alphas[-1] == 1).all()
    assert (grid.alphas[0] < 0.01).all()


def test_the_grid_of_log_linear_by_hand():
    grid = equal_steps(visibility_named("loglinear", VOCABULARY), 4, POSITIONS[:2])
    expected = [0.001, 0.25075, 0.5005, 0.75025, 1.0]
    assert grid.alphas[:, 0].tolist() == pytest.approx(expected)
    assert torch.equal(grid.alphas[:, 0], grid.alphas[:, 1])


@pytest.mark.parametrize("make", [equal_steps, lambda *args: looped_steps(*args, LOOP)])
@pytest.mark.parametrize("steps", [0, -3])
def test_no_step_is_refused(make, steps):
    with pytest.raises(ValueError, match="at least 1 step"):
        make(visibility_named("loglinear", VOCABULARY), steps, POSITIONS)


@EVERY_PROCESS
def test_time_is_the_inverse_of_alpha(process):
    visibility = visibility_named(process, VOCABULARY)
    times = torch.linspace(0.01, 0.99, 25, dtype=torch.float64)
    alpha = visibility.alpha(times, POSITIONS)
    back = visibility.time_of(alpha, POSITIONS)
    assert back.shape == alpha.shape
    torch.testing.assert_close(back, times[:, None].expand_as(back), atol=1e-9, rtol=0)


@EVERY_PROCESS
def test_times_of_what_alpha_never_reaches_are_the_ends(process):
    visibility = visibility_named(process, VOCABULARY)
    ends = torch.tensor([[0.0], [1.0]], dtype=torch.float64).expand(2, len(POSITIONS))
    found = visibility.time_of(ends, POSITIONS)
    torch.testing.assert_close(found[0], torch.ones(len(POSITIONS), dtype=torch.float64))
    torch.testing.assert_close(found[1], torch.zeros(len(POSITIONS), dtype=torch.float64))


def test_learned_positions_have_times_of_their_own():
    visibility = visibility_named("learned", VOCABULARY)
    alpha = visibility.alpha(torch.tensor([0.9]), POSITIONS)[0]
    assert alpha.max() - alpha.min() > 0.05
    chosen = visibility.alpha(torch.tensor([0.9]), POSITIONS[[7, 2]])[0]
    assert torch.equal(chosen, alpha[[7, 2]])


@EVERY_PROCESS
@settings(max_examples=30)
@given(
    st.integers(1, 200),
    st.floats(0.02, 0.98),
    st.floats(0.02, 0.98),
    st.floats(0.02, 0.98),
)
def test_a_loop_goes_down_stands_and_goes_down(process, steps, one, other, alpha_on):
    t_on, t_off = max(one, other), min(one, other)
    if t_on == t_off:
        t_on = t_off + 0.01
    visibility = visibility_named(process, VOCABULARY)
    grid = looped_steps(visibility, steps, POSITIONS, Loop(t_on, t_off, alpha_on))
    assert grid.steps == steps
    assert grid.times[0] == 1
    assert grid.times[-1] == 0
    assert (grid.times.diff() <= 1e-12).all()
    assert (grid.alphas[-1] == 1).all()
    own = torch.linspace(1, 0, steps + 1, dtype=torch.float64)
    stands = (own <= t_on) & (own >= t_off)
    on = grid.alphas[:-1][stands[:-1]]
    torch.testing.assert_close(
        on.mean(dim=1), torch.full((len(on),), alpha_on, dtype=torch.float64), atol=1e-6, rtol=0
    )


def test_a_loop_stands_exactly_so_that_remasking_knows():
    grid = looped_steps(visibility_named("cosine", VOCABULARY), 100, POSITIONS, LOOP)
    equal = (grid.alphas[1:] == grid.alphas[:-1]).all(dim=1)
    # From 0.55 to 0.05 of the sampler's own time: half of the steps.
    assert int(equal.sum()) == 50
    assert equal[45:95].all()


def test_visibility_follows_the_forward_process():
    times = torch.tensor([0.2, 0.8], dtype=torch.float64)
    fixed = visibility_of(FixedProcess(SCHEDULES["cosine"])).alpha(times, POSITIONS)
    assert torch.equal(fixed[:, 3], SCHEDULES["cosine"].alpha(times))
    rates = LearnedRates(VOCABULARY)
    learned = visibility_of(LearnedProcess(rates)).alpha(times, POSITIONS)
    torch.testing.assert_close(learned, rates.alpha(times).detach(), atol=1e-9, rtol=0)
    with pytest.raises(TypeError, match="no visibility for str"):
        visibility_of("cosine")  # type: ignore[arg-type]
