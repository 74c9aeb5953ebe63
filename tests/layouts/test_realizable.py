"""Whole sets of diagrams, what may share an answer, which rows are asked, and what is kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.rplan import NODE_MASK

from bd_gen.diagrams.canonical import canonical_tokens
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.layouts import many
from bd_gen.layouts.answers import AnswerCache
from bd_gen.layouts.options import SolverOptions
from bd_gen.layouts.realizable import NO_DIAGRAM, NOT_ASKED, Asking, realizable
from bd_gen.layouts.search import Status
from bd_gen.layouts.solver import solve

V = Vocabulary(8)
CIRCLE = Diagram((2, 3, 9), ((0, 1, 2), (0, 2, 7), (1, 2, 2)))
ROW = Diagram((2, 3, 9), ((0, 1, 2), (1, 2, 2)))


@pytest.fixture
def mixed(nonsense: Callable[..., list[Diagram]]) -> list[Diagram]:
    return [*nonsense(20, 8, 6, 0.5), CIRCLE, ROW, CIRCLE]


def test_each_row_gets_the_answer_of_the_solver(mixed: list[Diagram]) -> None:
    tokens = tokens_from_diagrams(mixed, V)
    calls: list[tuple[int, int]] = []
    statuses = realizable(tokens, V, progress=lambda *done: calls.append(done))
    options = SolverOptions(improve_effort=0)
    assert statuses.tolist() == [solve(diagram, options).status for diagram in mixed]
    assert statuses.dtype == np.int8
    assert set(statuses.tolist()) == {0, 1}
    distinct = len({V.length * 0 + hash((d.num_rooms, d.edges)) for d in mixed})
    assert calls == [(k + 1, distinct) for k in range(distinct)]


def test_several_processes_give_the_same(mixed: list[Diagram]) -> None:
    tokens = tokens_from_diagrams(mixed, V)
    assert np.array_equal(realizable(tokens, V, workers=2), realizable(tokens, V))


def test_rows_that_are_no_diagrams() -> None:
    tokens = tokens_from_diagrams([ROW, ROW], V)
    tokens[0, 0] = NODE_MASK
    assert realizable(tokens, V).tolist() == [NO_DIAGRAM, Status.REALIZABLE]
    assert realizable(tokens[:0], V).tolist() == []
    assert realizable(tokens[:1], V).tolist() == [NO_DIAGRAM]


def test_known_answers_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = AnswerCache()
    tokens = tokens_from_diagrams([ROW, CIRCLE], V)
    assert realizable(tokens, V, cache=cache).tolist() == [1, 0]
    monkeypatch.setattr(many, "solve", None)  # any question would fail
    assert realizable(tokens[::-1], V, cache=cache).tolist() == [0, 1]
    # types do not matter, nor how long the row is
    renamed = [Diagram((0, 0, 0), d.edges) for d in (ROW, CIRCLE)]
    wide = Vocabulary(14)
    assert realizable(tokens_from_diagrams(renamed, wide), wide, cache=cache).tolist() == [1, 0]
    # an empty room more does
    larger = tokens_from_diagrams([Diagram((0, 0, 0, 0), ROW.edges)], V)
    with pytest.raises(TypeError):
        realizable(larger, V, cache=cache)


@pytest.mark.parametrize("limits", [{"time_limit": 1e-9}, {"effort_limit": 1e-12}])
def test_a_limit_is_an_answer_of_its_own_and_not_kept(limits: dict[str, float]) -> None:
    cache = AnswerCache()
    tokens = tokens_from_diagrams([ROW, CIRCLE], V)
    assert realizable(
        tokens, V, SolverOptions(**limits, improve_effort=0), cache=cache
    ).tolist() == [2, 0]
    assert len(cache.answers) == 1
    assert realizable(tokens, V, cache=cache).tolist() == [1, 0]


def test_the_canonical_form_may_not_share_answers() -> None:
    """The same diagram by the format's convention, but only one order has a layout."""
    # 0 lies left and above of 1 and surrounds 2, which lies left and above of 1 too
    possible = Diagram((0, 0, 0), ((0, 1, 0), (0, 2, 5), (1, 2, 0)))
    swapped = Diagram((0, 0, 0), ((0, 1, 9), (0, 2, 0), (1, 2, 5)))
    tokens = tokens_from_diagrams([possible, swapped], V)
    assert np.array_equal(*canonical_tokens(tokens, V))
    assert realizable(tokens, V).tolist() == [1, 0]


FOUR = Vocabulary(4)
TOKENS = tokens_from_diagrams([ROW, CIRCLE, ROW, Diagram((1,)), Diagram((1, 2))], FOUR)
EXPECTED = [1, 0, 1, 1, 1]


def test_the_first_rows_are_asked() -> None:
    assert Asking(None).statuses(TOKENS, FOUR).tolist() == EXPECTED
    assert Asking().statuses(TOKENS, FOUR).tolist() == EXPECTED
    assert Asking(9).statuses(TOKENS, FOUR).tolist() == EXPECTED
    assert Asking(2).statuses(TOKENS, FOUR).tolist() == [1, 0, *[NOT_ASKED] * 3]
    assert Asking(0).statuses(TOKENS, FOUR).tolist() == [NOT_ASKED] * 5
    assert Asking(3).statuses(TOKENS[:0], FOUR).tolist() == []
    broken = TOKENS.copy()
    broken[:, 0] = NODE_MASK
    assert Asking(2).statuses(broken, FOUR).tolist() == [*[NO_DIAGRAM] * 2, *[NOT_ASKED] * 3]


def test_answers_are_kept_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "layouts" / "answers.npz"
    monkeypatch.setattr("bd_gen.layouts.realizable._SAVE_EVERY", 2)
    assert Asking(None, path).statuses(TOKENS, FOUR).tolist() == EXPECTED
    assert len(AnswerCache(path).answers) == 4
    before = path.stat().st_mtime_ns
    monkeypatch.setattr(many, "solve", None)  # any question would fail
    assert Asking(None, path).statuses(TOKENS[::-1], FOUR).tolist() == EXPECTED[::-1]
    assert path.stat().st_mtime_ns == before
    with pytest.raises(TypeError):
        Asking(None).statuses(TOKENS, FOUR)


def test_a_run_that_is_stopped_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.npz"
    monkeypatch.setattr("bd_gen.layouts.realizable._SAVE_EVERY", 2)
    solve = many.solve

    def stopped(diagram: Diagram, options: object) -> object:
        if diagram.num_rooms == 1:
            raise KeyboardInterrupt
        return solve(diagram, options)

    monkeypatch.setattr(many, "solve", stopped)
    with pytest.raises(KeyboardInterrupt):
        Asking(None, path).statuses(TOKENS, FOUR)
    assert len(AnswerCache(path).answers) == 2


def test_a_place_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    statuses = Asking(None, tmp_path / "file" / "answers.npz").statuses(TOKENS, FOUR)
    assert statuses.tolist() == EXPECTED
    assert statuses.dtype == np.int8
