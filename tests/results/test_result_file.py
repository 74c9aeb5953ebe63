import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bd_gen.results.result_file import Result, read_result, result_path, write_result
from bd_gen.system import files
from bd_gen.system.errors import InputError

FIELDS = {
    "format_version": 2,
    "method": "random_topp0.9_no_remask",
    "timestamp": "2026-02-19T17:46:48.587941",
    "config": {"seeds": [42, 123], "num_samples": 20, "top_p": None},
    "per_seed": {
        "42": {"eval/validity_rate": 0.1 + 0.2, "validity_by_num_rooms": {"4": {"overall": 1.0}}},
        "123": {"eval/validity_rate": 1 / 3},
    },
    "summary": {"eval/validity_rate": {"mean": 0.31666666666666665, "std": 5e-324}},
    "denoising": {"denoise/val_elbo": 14.25},
}


def test_what_is_written_is_read_to_the_last_digit(tmp_path: Path) -> None:
    path = result_path(tmp_path, "a")
    write_result(path, Result(FIELDS))
    assert path == tmp_path / "a.json"
    again = read_result(path)
    assert again.fields == FIELDS
    assert list(again.fields) == list(FIELDS)
    assert again.method == FIELDS["method"]
    assert again.summary["eval/validity_rate"]["std"] == 5e-324


def test_unknown_fields_survive(tmp_path: Path) -> None:
    fields = FIELDS | {"later": {"eval/node_js": [0.1, 0.2]}, "comment": "kept", "n": None}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(fields))
    write_result(path, read_result(path))
    assert json.loads(path.read_text()) == fields


def test_intervals_denoising_and_provenance_may_be_absent(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for fields in (
        {key: value for key, value in FIELDS.items() if key != "denoising"},
        FIELDS | {"denoising": None, "provenance": None, "ci95": None},
        FIELDS | {"provenance": {"metric_versions": [1]}},
    ):
        path.write_text(json.dumps(fields))
        result = read_result(path)
        assert result.denoising in ({}, FIELDS["denoising"])
        assert (result.ci95, result.metric_versions) == ({}, {})


def test_intervals_and_versions_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    ci95 = {"eval/node_js": {"low": 0.1, "high": 0.2, "se": 0.03, "from": "bootstrap"}}
    path.write_text(
        json.dumps(FIELDS | {"ci95": ci95, "provenance": {"metric_versions": {"m": 3}}})
    )
    result = read_result(path)
    assert (result.ci95, result.metric_versions) == (ci95, {"m": 3})


def test_the_published_files_come_out_byte_for_byte(dev_data: Path, tmp_path: Path) -> None:
    paths = sorted((dev_data / "reference" / "results").glob("*.json"))
    assert len(paths) == 23
    for path in paths:
        result = read_result(path)
        assert result.method == path.stem
        assert len(result.per_seed) == 5
        copy = tmp_path / path.name
        write_result(copy, result)
        assert copy.read_bytes() == path.read_bytes()


def without(name: str) -> str:
    return json.dumps({key: value for key, value in FIELDS.items() if key != name})


def having(**fields: object) -> str:
    return json.dumps(FIELDS | fields)


WRONG = {
    "empty": ("", r"is not JSON \(Expecting value"),
    "half": (json.dumps(FIELDS)[:200], "is not JSON"),
    "a list": ("[1]", "expected a JSON object, got list"),
    "deep": ("[" * 100_000, "is nested too deeply"),
    "deep inside": (having(config={"a": json.loads("[" * 40 + "]" * 40)}), "config: is nested too"),
    "a long integer": (having(config=1)[:-1] + "1" * 5000 + "}", "is not JSON"),
    "version 3": (having(format_version=3), "format_version: expected 2, got 3"),
    "flat": (json.dumps({"eval/node_js": 0.5}), "a flat result of format 1, which holds one"),
    "flat, and says so": (
        json.dumps({"format_version": 1, "eval/node_js": 0.5, "method": "m"}),
        "a flat result of format 1, .* and no seeds: `bd-gen evaluate` makes one of format 2",
    ),
    "no version": (without("format_version"), "format_version: expected 2, got None"),
    "no method": (without("method"), "method: expected text, got nothing"),
    "a number as method": (having(method=3), "method: expected text, got int"),
    "no timestamp": (without("timestamp"), "timestamp: expected text"),
    "no config": (without("config"), "config: expected an object, got nothing"),
    "a list as config": (having(config=[]), "config: expected an object, got list"),
    "per_seed of text": (having(per_seed="x"), "per_seed: expected an object, got str"),
    "a seed of numbers": (having(per_seed={"42": 1}), "per_seed/42: expected an object"),
    "no summary": (without("summary"), "summary: expected an object"),
    "a bare mean": (having(summary={"k": 1.0}), "summary/k/mean: expected a number"),
    "no std": (having(summary={"k": {"mean": 1}}), "summary/k/std: expected a number, got None"),
    "a mean of text": (having(summary={"k": {"mean": "1", "std": 0}}), "k/mean: expected a number"),
    "a true mean": (having(summary={"k": {"mean": True, "std": 0}}), "k/mean: expected a number"),
    "NaN": (having(summary={"k": {"mean": float("nan"), "std": 0}}), "summary: expected finite"),
    "infinity": (having(config={"a": float("inf")}), "config: expected finite numbers, got inf"),
    "1e999": (having(config={"a": 7}).replace("7", "1e999"), "config: expected finite numbers"),
    "an integer too large": (
        having(denoising={"d": 10**400}),
        "denoising: expected numbers within",
    ),
    "an interval as a list": (having(ci95={"k": [0, 1]}), "ci95/k/low: expected a number, got Non"),
    "no high": (having(ci95={"k": {"low": 0, "se": 0}}), "ci95/k/high: expected a number"),
    "no se": (having(ci95={"k": {"low": 0, "high": 1}}), "ci95/k/se: expected a number"),
    "no from": (having(ci95={"k": {"low": 0, "high": 1, "se": 0}}), "ci95/k/from: expected text"),
    "ci95 a list": (having(ci95=[]), "ci95: expected an object, got list"),
    "denoising of text": (having(denoising={"d": "x"}), "denoising/d: expected a number, got str"),
    "denoising a list": (having(denoising=[]), "denoising: expected an object, got list"),
    "provenance a list": (having(provenance=[]), "provenance: expected an object, got list"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_one_line_names_file_and_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_result(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_what_is_no_text_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(InputError, match=r"a\.json: cannot be read \(No such file"):
        read_result(path)
    with pytest.raises(InputError, match="is not a result file"):
        read_result(tmp_path)
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match=r"a\.json: is not text in UTF-8"):
        read_result(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"a\.json: is not a result file"):
        read_result(path)


def test_a_wrong_result_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_result(path, Result(FIELDS))
    before = path.read_bytes()
    for fields in (FIELDS | {"summary": {}, "x": float("nan")}, FIELDS | {"config": None}):
        with pytest.raises(InputError):
            write_result(path, Result(fields))
    assert path.read_bytes() == before


def test_a_disk_that_fills_up_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    write_result(path, Result(FIELDS))
    before = path.read_bytes()

    def no_room(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_room)
    with pytest.raises(InputError, match=r"a\.json: cannot be written \(No space left on device\)"):
        write_result(path, Result(FIELDS | {"comment": "new"}))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


GOOD = json.dumps(FIELDS).encode()


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_damage_is_an_error_for_people_or_no_damage(
    tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) - 30, len(content))) :]
    path = tmp_path / "a.json"
    path.write_bytes(content)
    try:
        result = read_result(path)
    except InputError:
        return
    write_result(path, result)
    assert read_result(path) == result
