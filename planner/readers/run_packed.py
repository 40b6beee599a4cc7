"""Objects that trackers put into a cell or a file: nested, as JSON or as Python prints them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from math import inf, nan
from typing import Any

MOST_DEPTH = 8
_NAMES = {"nan": nan, "inf": inf, "NaN": nan, "Infinity": inf, "null": None, "true": True, "false": False}


def unpack(text: str, only: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, params) of an object in a cell; ValueError for what is none. See `flatten`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = _literal(text)
    if not isinstance(data, dict):
        raise ValueError("an object with names and values is expected, as in {'loss': 0.1}")  # noqa: TRY004 (it is the cell that is wrong)
    return flatten(data, only)


def flatten(data: Mapping[str, Any], only: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """(metrics, params) of a nested object, with the names on the way joined by points.

    Numbers are metrics, and words parameters; all are parameters when `only` says so. Names that begin with an
    underscore are a tracker's own, and lists, pictures and histograms are no value of a run.
    """
    metrics: dict[str, Any] = {}
    params: dict[str, Any] = {}
    for name, value in _leaves(data, "", MOST_DEPTH):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        word = isinstance(value, str) and value.strip().lower().lstrip("+-") in ("nan", "inf", "infinity")
        (metrics if (number or word) and only != "params" else params)[name] = value
    return metrics, params


def _leaves(data: Mapping[str, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
    if "_type" in data or depth == 0:
        return
    for name, value in data.items():
        if str(name).startswith("_"):
            continue
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{name}.", depth - 1)
        elif isinstance(value, (str, bool, int, float)):
            yield f"{before}{name}", value


def _literal(text: str) -> Any:
    """What Python prints of a dict, `nan` and `inf` included, which its own reader does not take."""
    try:
        return _value(ast.parse(text, mode="eval").body, MOST_DEPTH)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise ValueError(f"neither JSON nor an object as Python prints it: {text[:30]}") from error


def _value(node: ast.expr, depth: int) -> Any:
    if depth < 0:
        raise ValueError("nested too deep")
    match node:
        case ast.Constant(value=str() | int() | float() | bool() | None as value):
            return value
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, depth - 1)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(part, depth - 1) for part in parts]
        case ast.Dict(keys=keys, values=values):
            return {
                str(_value(key, depth - 1)): _value(value, depth - 1)
                for key, value in zip(keys, values, strict=True)
                if key is not None
            }
        case _:
            raise ValueError("no plain value")
