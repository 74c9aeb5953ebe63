"""The stored outputs."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("golden.json")


def read_golden() -> dict[str, Any]:
    """Outputs by the name of the function of `outputs` that makes them."""
    return json.loads(FILE.read_text())


def write_golden(outputs: dict[str, Any]) -> None:
    """Replace the stored outputs; keys in order, the values over the seeds on one line."""
    FILE.write_text(_lines(outputs) + "\n")


def _lines(value: Any, indent: str = "") -> str:
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    parts = [
        f"{inner}{json.dumps(k, ensure_ascii=False)}: {_lines(value[k], inner)}"
        for k in sorted(value)
    ]
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
