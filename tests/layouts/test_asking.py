"""Which rows are asked, and what becomes of the answers."""

from pathlib import Path

import numpy as np
import pytest

from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.tokens import tokens_from_diagrams
from bd_gen.diagrams.vocabulary import NODE_MASK, Vocabulary
from bd_gen.layouts import asking, many
from bd_gen.layouts.answers import AnswerCache
from bd_gen.layouts.asking import NOT_ASKED, Asking
from bd_gen.layouts.realizable import NO_DIAGRAM

V = Vocabulary(4)
ROW = Diagram((2, 3, 9), ((0, 1, 2), (1, 2, 2)))
CIRCLE = Diagram((2, 3, 9), ((0, 1, 2), (0, 2, 7), (1, 2, 2)))
TOKENS = tokens_from_diagrams([ROW, CIRCLE, ROW, Diagram((1,)), Diagram((1, 2))], V)
EXPECTED = [1, 0, 1, 1, 1]


def test_the_first_rows_are_asked() -> None:
    assert Asking(None).statuses(TOKENS, V).tolist() == EXPECTED
    assert Asking().statuses(TOKENS, V).tolist() == EXPECTED
    assert Asking(9).statuses(TOKENS, V).tolist() == EXPECTED
    assert Asking(2).statuses(TOKENS, V).tolist() == [1, 0, *[NOT_ASKED] * 3]
    assert Asking(0).statuses(TOKENS, V).tolist() == [NOT_ASKED] * 5
    assert Asking(3).statuses(TOKENS[:0], V).tolist() == []
    broken = TOKENS.copy()
    broken[:, 0] = NODE_MASK
    assert Asking(2).statuses(broken, V).tolist() == [*[NO_DIAGRAM] * 2, *[NOT_ASKED] * 3]


def test_answers_are_kept_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "layouts" / "answers.npz"
    monkeypatch.setattr(asking, "_SAVE_EVERY", 2)
    assert Asking(None, path).statuses(TOKENS, V).tolist() == EXPECTED
    assert len(AnswerCache(path).answers) == 4
    before = path.stat().st_mtime_ns
    monkeypatch.setattr(many, "solve", None)  # any question would fail
    assert Asking(None, path).statuses(TOKENS[::-1], V).tolist() == EXPECTED[::-1]
    assert path.stat().st_mtime_ns == before
    with pytest.raises(TypeError):
        Asking(None).statuses(TOKENS, V)


def test_a_run_that_is_stopped_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answers.npz"
    monkeypatch.setattr(asking, "_SAVE_EVERY", 2)
    solve = many.solve

    def stopped(diagram: Diagram, options: object) -> object:
        if diagram.num_rooms == 1:
            raise KeyboardInterrupt
        return solve(diagram, options)

    monkeypatch.setattr(many, "solve", stopped)
    with pytest.raises(KeyboardInterrupt):
        Asking(None, path).statuses(TOKENS, V)
    assert len(AnswerCache(path).answers) == 2


def test_a_place_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    statuses = Asking(None, tmp_path / "file" / "answers.npz").statuses(TOKENS, V)
    assert statuses.tolist() == EXPECTED
    assert statuses.dtype == np.int8
