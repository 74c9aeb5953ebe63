import json
from pathlib import Path

import numpy as np

from bd_gen.metrics.intervals import wilson
from bd_gen.metrics.measures.validity import validity_columns
from bd_gen.report.by_rooms import CHECKS, Share, by_rooms_figures, shares
from bd_gen.report.contents import read_contents
from bd_gen.results.columns import REAL
from bd_gen.results.samples_file import samples_path


def test_shares_are_counted_in_the_samples(directory: Path) -> None:
    contents = read_contents(directory)
    entry = next(e for e in contents.entries if e.name == "llada_argmax_no_remask")
    rows = contents.diagrams[entry.name].rows
    valid = validity_columns(rows)["valid"]
    found = shares(CHECKS[0], entry, contents)
    assert list(found) == np.unique(rows.num_rooms).tolist()
    for n, share in found.items():
        passed = valid[rows.num_rooms == n]
        assert share.count == len(passed)
        assert share.mean == passed.mean()
        assert share.interval == wilson(int(passed.sum()), len(passed))


def test_without_samples_they_are_those_of_the_file(directory: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes((directory / "llada_argmax_no_remask.json").read_bytes())
    contents = read_contents(tmp_path)
    (entry,) = contents.entries
    found = shares(CHECKS[1], entry, contents)
    key = "transitivity_by_num_rooms/8/transitivity_score"
    assert found[8].mean == entry.result.summary[key]["mean"]
    assert found[8].interval is None
    assert shares(CHECKS[2], entry, contents) == {}
    assert by_rooms_figures(contents).count("<details") == 2


def test_each_method_has_a_panel_and_real_diagrams_are_in_all(directory: Path) -> None:
    figures = by_rooms_figures(read_contents(directory))
    assert figures.count("<details") == 3
    assert figures.count('class="panel"') == figures.count('class="line real"') == 4 * 3


def test_what_cannot_be_counted_is_that_of_the_file(directory: Path, tmp_path: Path) -> None:
    for name in (REAL, "llada_argmax_no_remask"):
        fields = json.loads((directory / f"{name}.json").read_text())
        fields["summary"]["realizable_by_num_rooms/8"] = {"mean": 0.25, "std": 0.0}
        (tmp_path / f"{name}.json").write_text(json.dumps(fields))
        samples = samples_path(directory, name)
        samples_path(tmp_path, name).write_bytes(samples.read_bytes())
    contents = read_contents(tmp_path)
    for entry in contents.entries:
        assert shares(CHECKS[3], entry, contents) == {8: Share(0.25)}
    assert "Realizable by number of rooms" in by_rooms_figures(contents)
