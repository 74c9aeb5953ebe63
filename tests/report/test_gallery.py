from pathlib import Path

import numpy as np

from bd_gen.report.contents import read_contents
from bd_gen.report.gallery import NUM_FAILURES, NUM_RANDOM, by_lot, gallery
from bd_gen.results.sample_table import SampleTable, row_names, table_path, write_sample_table


def test_the_lot_is_the_same_each_time_and_never_the_first_ones() -> None:
    drawn = by_lot(5000, 12)
    assert np.array_equal(drawn, by_lot(5000, 12))
    assert len(set(drawn.tolist())) == 12
    assert drawn.max() > 2500
    assert by_lot(3, 12).tolist() == [0, 1, 2]


def test_each_row_has_its_pictures_and_each_kind_of_fault_its_own(directory: Path) -> None:
    contents = read_contents(directory)
    page = gallery(contents)
    assert page.count("<details") == len(contents.entries) == 5
    assert page.count(f"{NUM_RANDOM} of 80 samples, drawn by lot") == 5
    # Half of the random relations are in contradiction with the others.
    assert page.count("Not transitive: ") == 5
    assert page.count("MASK left: 2 of 80 (2.5 %)") == 1
    assert page.count("<figure>") <= 5 * (NUM_RANDOM + 5 * NUM_FAILURES)
    assert "None of its samples fails" not in page


def test_captions_name_samples_so_that_they_are_found_again(directory: Path) -> None:
    contents = read_contents(directory)
    diagrams = contents.diagrams["llada_argmax_no_remask"]
    assert diagrams.name(0) == "seed 42, sample 0"
    assert diagrams.name(79) == "seed 123, sample 39"
    assert diagrams.name(int(by_lot(80, NUM_RANDOM)[0])) in gallery(contents)


def test_the_commands_find_as_many_as_the_heading_says(directory: Path) -> None:
    from bd_gen.report.failures import FAILURES, sample_checks
    from bd_gen.results.finding import find_samples

    contents = read_contents(directory)
    entry = next(e for e in contents.entries if e.name == "v2_learned")
    checks = sample_checks(contents.diagrams[entry.name].rows)
    metadata = {
        "method": entry.name,
        "samples_sha256": entry.result.provenance["samples_sha256"],
        "data_fingerprint": "0",
        "package_version": "0",
        "metric_versions": {},
    }
    columns = {**row_names({42: 40, 123: 40}), **checks}
    path = table_path(directory, entry.name)
    write_sample_table(path, SampleTable(columns, {}, metadata))
    page = gallery(contents)
    counted = 0
    for failure in FAILURES:
        found = find_samples(directory, entry.name, failure.condition)
        count = int(failure.found(checks).sum())
        assert found.num_matching == count
        if count:
            assert f"{failure.title[1:]}: {count} of 80" in page
            counted += 1
    path.unlink()
    assert counted > 2
