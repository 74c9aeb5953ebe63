"""What files record of plug-ins may be anything: they come from others."""

import pytest

from bd_gen.system import plugin_records


@pytest.mark.parametrize("odd", [None, 3, "x", [3], [{"provides": 3}], [{"provides": {"a": 3}}]])
def test_records_may_hold_anything(odd: object) -> None:
    assert plugin_records.missing(odd, ["metric"], "x") == ""


def test_what_is_missing_is_named() -> None:
    one = {"name": "lists", "file": "lists.py", "sha256": "ab" * 32, "distribution": "mine 1.0",
           "provides": {"export format": ["txt"]}}  # fmt: skip
    assert plugin_records.missing([one], ["export format"], "txt") == (
        "; it comes from the plug-in lists of mine 1.0 (sha256 abababababababab): --plugin lists.py"
    )
    assert plugin_records.missing([one], ["export format"], "csv") == ""
    assert plugin_records.options([one, 3, {}]) == ["--plugin", "lists.py"]
