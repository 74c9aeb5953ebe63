import dataclasses
import io
import pickle
import zipfile

import numpy as np
import pytest

from bd_gen.metrics import METRICS, Reference, compute_metrics, load_or_fit
from bd_gen.metrics import reference as reference_module
from bd_gen.metrics.reference import cache_path
from bd_gen.system.errors import InputError


class Train:
    """Training tokens that count how often they are asked for."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.loads = 0

    def __call__(self):
        self.loads += 1
        return self.tokens


@pytest.fixture
def source(draw):
    return draw(5, seed=0)


@pytest.fixture
def train(source):
    return Train(source.diagrams(200))


@pytest.fixture
def samples(source, train):
    return source.spoilt(60)


def test_the_data_are_loaded_only_if_something_has_to_be_fitted(source, train, samples, tmp_path):
    seen = []
    first = load_or_fit(
        train, source.vocabulary, "abc", tmp_path, lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (len(seen), len(seen))
    second = load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert train.loads == 1
    assert second.num_diagrams == 200
    found = [compute_metrics(samples, source.vocabulary, r) for r in (first, second)]
    assert found[0] == found[1]


def test_other_data_or_another_n_max_have_their_own_file(source, train, draw, tmp_path):
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    load_or_fit(train, source.vocabulary, "abd", tmp_path)
    other = draw(6, seed=0)
    load_or_fit(lambda: other.diagrams(50), other.vocabulary, "abc", tmp_path)
    assert train.loads == 2
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_lies_about_its_data_is_not_believed(source, train, tmp_path):
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    path = cache_path(tmp_path, source.vocabulary, "abd")
    cache_path(tmp_path, source.vocabulary, "abc").rename(path)
    load_or_fit(train, source.vocabulary, "abd", tmp_path)
    assert train.loads == 2


def test_only_a_metric_of_another_version_is_fitted_again(source, train, tmp_path, monkeypatch):
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    newer = dataclasses.replace(METRICS["novelty"], version=2)
    monkeypatch.setitem(METRICS, "novelty", newer)
    fitted = []
    for metric in list(METRICS.values()):
        if metric.fit is not None:
            counting = _counting(metric, fitted)
            monkeypatch.setitem(METRICS, metric.name, counting)
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert fitted == ["novelty"]
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert train.loads == 2  # the newer statistics were kept


def _counting(metric, fitted):
    def fit(train):
        fitted.append(metric.name)
        return metric.fit(train)

    # the same name, so that stored statistics are found
    fit.__module__, fit.__qualname__ = metric.fit.__module__, metric.fit.__qualname__
    return dataclasses.replace(metric, fit=fit)


def test_a_new_metric_is_fitted_alone(source, train, tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.delitem(METRICS, "structure")
        load_or_fit(train, source.vocabulary, "abc", tmp_path)
    fitted = []
    for metric in list(METRICS.values()):
        if metric.fit is not None:
            monkeypatch.setitem(METRICS, metric.name, _counting(metric, fitted))
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert fitted == ["structure"]


def test_statistics_of_another_set_size_are_not_mixed(source, train, tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.delitem(METRICS, "structure")
        load_or_fit(train, source.vocabulary, "abc", tmp_path)
    train.tokens = train.tokens[:150]
    reference = load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert reference.num_diagrams == 150
    assert not reference.stale_metrics()


def test_asking_for_a_metric_that_was_not_fitted(source, train, samples, monkeypatch):
    with monkeypatch.context() as before:
        before.delitem(METRICS, "structure")
        reference = Reference.fit(train(), source.vocabulary)
    with pytest.raises(ValueError, match="'structure' was not fitted"):
        compute_metrics(samples, source.vocabulary, reference)
    assert compute_metrics(samples, source.vocabulary, reference, ["novelty"])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_file_cut_short_is_replaced(source, train, tmp_path, share):
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    path = cache_path(tmp_path, source.vocabulary, "abc")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match=f"^{path}: reference statistics: expected an npz file"):
        Reference.load(path)
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert path.read_bytes() == whole or Reference.load(path).num_diagrams == 200


def test_a_file_with_flipped_bytes_is_noticed(source, train, tmp_path):
    path = tmp_path / "reference.npz"
    Reference.fit(train(), source.vocabulary).save(path)
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2
    damaged[middle] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(InputError, match="damaged"):
        Reference.load(path)


def test_files_that_are_something_else(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        Reference.load(tmp_path / "missing.npz")
    text = tmp_path / "text.npz"
    text.write_text("hello")
    other = tmp_path / "other.npz"
    np.savez(other, x=np.arange(3))
    for path in (text, other):
        with pytest.raises(InputError, match="expected an npz file of format 1"):
            Reference.load(path)


def test_a_pickle_is_never_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was opened",))

    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([Bomb()], object), allow_pickle=True)
    inside = tmp_path / "inside.npz"
    with zipfile.ZipFile(inside, "w") as archive:
        archive.writestr("header.npy", buffer.getvalue())
    bare = tmp_path / "bare.npz"
    bare.write_bytes(pickle.dumps(Bomb()))
    for path in (inside, bare):
        with pytest.raises(InputError):
            Reference.load(path)


def test_python_objects_are_not_saved(source, train, tmp_path, monkeypatch):
    def fit(train):
        return {"rows": np.array([{}, {}], object)}

    monkeypatch.setitem(METRICS, "novelty", dataclasses.replace(METRICS["novelty"], fit=fit))
    reference = Reference.fit(train(), source.vocabulary)
    with pytest.raises(ValueError, match="Object arrays"):
        reference.save(tmp_path / "reference.npz")
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_only_a_warning(source, train, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.warns(UserWarning, match="cannot be written.*not kept"):
        reference = load_or_fit(train, source.vocabulary, "abc", blocked)
    assert not reference.stale_metrics()


def test_an_older_format_is_fitted_again(source, train, tmp_path, monkeypatch):
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    monkeypatch.setattr(reference_module, "FORMAT_VERSION", 2)
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert train.loads == 2


def test_nothing_to_fit_to(source):
    with pytest.raises(ValueError, match="no training diagrams"):
        Reference.fit(np.empty((0, source.vocabulary.length), np.uint8), source.vocabulary)


def test_what_is_derived_is_worked_out_once(source, train):
    fitted = Reference.fit(train(), source.vocabulary).statistics(METRICS["novelty"])
    calls = []
    for _ in range(3):
        assert fitted.derived("answer", lambda: calls.append(1) or 42) == 42
    assert calls == [1]


@pytest.mark.parametrize(
    ("place", "value"),
    [(8, 1), (8, 0x41), (10, 8), (10, 12), (10, 14), (10, 99), (42, 0x7FFFFFFF)],
)
def test_whatever_the_directory_of_the_archive_says(source, train, tmp_path, place, value):
    """Ways of packing and locks that nobody knows make errors of kinds of their own."""
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    path = cache_path(tmp_path, source.vocabulary, "abc")
    content = bytearray(path.read_bytes())
    width = 4 if place >= 20 else 2
    start = content.index(b"PK\x01\x02") + place
    content[start : start + width] = value.to_bytes(width, "little")
    path.write_bytes(content)
    with pytest.raises(InputError, match="reference statistics: expected an npz file"):
        Reference.load(path)
    load_or_fit(train, source.vocabulary, "abc", tmp_path)
    assert not Reference.load(path).stale_metrics()
