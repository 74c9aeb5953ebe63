from pathlib import Path

import numpy as np

from bd_gen.diagrams.vocabulary import RELATIONS
from bd_gen.metrics.measures.distribution import DISTRIBUTION
from bd_gen.report.contents import read_contents
from bd_gen.report.histograms import RELATION_SIGNS, _edges, _relations, histogram_figures
from bd_gen.results.columns import REAL


def test_each_relation_has_its_sign() -> None:
    assert list(RELATION_SIGNS) == list(RELATIONS)
    assert len(set(RELATION_SIGNS.values())) == len(RELATIONS)


def test_shares_are_those_of_the_metrics(directory: Path) -> None:
    contents = read_contents(directory)
    rows = contents.diagrams[REAL].rows
    counts = DISTRIBUTION.fit(rows)["edge"]
    assert np.allclose(_relations(contents).shares[REAL], counts / counts.sum())
    edges = _edges(contents).shares[REAL]
    assert edges.sum() == 1
    assert np.isclose(edges @ np.arange(len(edges)), rows.num_edges.mean())


def test_every_method_has_three_panels(directory: Path) -> None:
    figures = histogram_figures(read_contents(directory))
    assert figures.count('class="panel"') == 4 * 3
    assert "those that were measured" in figures
    assert "LivingRoom: " in figures


def test_a_bar_that_leaves_the_scale_says_how_high_it_is(directory: Path) -> None:
    contents = read_contents(directory)
    for diagrams in [contents.diagrams["v2_learned"]]:
        relations = diagrams.rows.relations
        relations[relations < 10] = 4
    assert 'class="on-bar"' in histogram_figures(contents)
    assert ">100</text>" in histogram_figures(contents)


def test_without_samples_it_says_so(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes((directory / "llada_argmax_no_remask.json").read_bytes())
    assert "need the samples" in histogram_figures(read_contents(tmp_path))
