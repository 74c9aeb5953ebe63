"""Conditions on the columns of a table: 'not connected and num_rooms >= 7'.

The text is parsed with Python's own grammar, and only the few kinds of nodes listed here are
carried out, on arrays. Nothing is ever evaluated as Python.
"""

import ast
import operator
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bd_gen.metrics.registry import unknown_name
from bd_gen.system.errors import InputError

LONGEST = 1000
"""Characters that a condition may have."""

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_LONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_HELP = "columns, numbers, 'text', ==, !=, <, <=, >, >=, in (...), and, or, not, parentheses"


class Condition:
    """A condition that holds or does not hold for each row of a table.

    Args:
        text: the condition.
        columns: names of the columns there are.

    Raises:
        InputError: the text is no condition, or names a column that is not there.
    """

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self.text = text.strip()
        self._tree = _parsed(self.text)
        found = [node for node in ast.walk(self._tree) if isinstance(node, ast.Name)]
        found.sort(key=lambda node: node.col_offset)
        self.names = list(dict.fromkeys(node.id for node in found))
        """The columns that it asks for, each once, in their order."""
        for name in self.names:
            if name not in columns:
                raise InputError(f"{_line(self.text)}: {unknown_name('column', name, columns)}")

    def holds(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """(N,) bool: the rows for which the condition holds.

        Args:
            columns: (N,) arrays by name; bool, numbers or text.

        Raises:
            InputError: it compares what cannot be compared, or uses a number as a truth.
        """
        num_rows = len(next(iter(columns.values())))
        result = np.asarray(_truth(self._tree, columns, self.text))
        return np.broadcast_to(result, num_rows).copy()


def _parsed(text: str) -> ast.expr:
    if not text or len(text) > LONGEST:
        raise InputError(f"{text[:60]!r}: expected a condition of 1 to {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "1or" and the like: tolerated, not our business
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = (
            "it compares with ==, not =" if _LONE_EQUALS.search(text) else f"it may hold {_HELP}"
        )
        raise InputError(f"{_line(text)}: is no condition; {reason}") from error
    _check(tree, text)
    return tree


def _line(text: str) -> str:
    """The text as part of one line, whatever stands in it."""
    return " ".join(text.encode(errors="replace").decode().split())


def _check(node: ast.expr, text: str) -> None:
    """Refuse every kind of node but those below."""
    match node:
        case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            pass
        case ast.UnaryOp(op=ast.Not(), operand=part):
            parts = [part]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            parts = []
        case ast.Compare(left=left, comparators=others):
            parts = [left, *others]
        case ast.Constant(value=bool() | int() | float() | str()) | ast.Name():
            parts = []
        case _:
            bad = ast.get_source_segment(text, node) or type(node).__name__
            raise InputError(f"{_line(text)}: cannot use {bad[:60]!r} here; it may hold {_HELP}")
    for part in parts:
        _check(part, text)


def _truth(node: ast.expr, columns: Mapping[str, np.ndarray], text: str) -> Any:
    """What a node that must be true or false is, for all rows at once."""
    match node:
        case ast.BoolOp(op=op, values=parts):
            truths = [_truth(part, columns, text) for part in parts]
            combine = np.logical_and if isinstance(op, ast.And) else np.logical_or
            result = truths[0]
            for truth in truths[1:]:
                result = combine(result, truth)
            return result
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return np.logical_not(_truth(part, columns, text))
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            result = np.True_
            for first, comparison, second in zip(sides, ops, others, strict=False):
                held = _compared(first, comparison, second, columns, text)
                result = np.logical_and(result, held)
            return result
    value = _value(node, columns, text)
    if _kind(value) != "true or false":
        shown = ast.get_source_segment(text, node)
        raise InputError(f"{_line(text)}: {shown} is {_kind(value)}, not true or false: compare it")
    return value


def _compared(
    first: ast.expr, op: ast.cmpop, second: ast.expr, columns: Mapping[str, np.ndarray], text: str
) -> Any:
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(second, ast.Tuple | ast.List):
            raise InputError(f"{_line(text)}: expected values in parentheses after 'in': (4, 5)")
        found: Any = np.False_
        for part in second.elts:
            found = np.logical_or(found, _compared(first, ast.Eq(), part, columns, text))
        return np.logical_not(found) if isinstance(op, ast.NotIn) else found
    if type(op) not in _COMPARISONS:
        raise InputError(f"{_line(text)}: 'is' compares nothing here; use == or !=")
    left, right = _value(first, columns, text), _value(second, columns, text)
    if _kind(left) != _kind(right):
        sides = (ast.get_source_segment(text, side) for side in (first, second))
        names = " and ".join(f"{s} ({_kind(v)})" for s, v in zip(sides, (left, right), strict=True))
        raise InputError(f"{_line(text)}: {names} cannot be compared")
    return _COMPARISONS[type(op)](left, right)


def _value(node: ast.expr, columns: Mapping[str, np.ndarray], text: str) -> Any:
    """What a node that stands beside a comparison is: a column or a constant."""
    match node:
        case ast.Name(id=name):
            return columns[name]
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Tuple() | ast.List():
            raise InputError(f"{_line(text)}: a list of values stands only after 'in'")
    return _truth(node, columns, text)


def _kind(value: Any) -> str:
    kind = np.asarray(value).dtype.kind if not isinstance(value, int) else "i"
    if isinstance(value, bool) or kind == "b":
        return "true or false"
    return "text" if kind == "U" else "a number"
