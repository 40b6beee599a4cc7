"""Metric contracts from options and files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.cli.inputs import called, parse_data, read_bytes, read_data, split_pairs
from planner.domain.errors import FieldError, Invalid, Unreadable
from planner.domain.metrics import ContractDraft

RECORDED = ("version", "recorded_at", "recorded_by")  # what a printed contract has beside what was agreed
_OPTIMISED = re.compile(r"(?P<name>.+?):(?P<direction>maximise|minimise)(?::(?P<unit>.*))?")
_THRESHOLD = re.compile(r"(?P<name>.+?)\s*(?P<sign><=|>=|≤|≥)\s*(?P<value>[-+]?[\d.]+(?:[eE][-+]?\d+)?)(?P<unit>\D.*)?")


def contract_from_file(source: Path) -> dict[str, Any]:
    """A contract as in the REST interface; also one that `planner metrics show --json` printed."""
    data = read_data(source)
    if not isinstance(data, dict):
        raise Invalid.one("--from", "a contract is expected, with `optimised` and `thresholded`")
    return {name: value for name, value in data.items() if name not in RECORDED}


def contract_of_file(source: Path) -> tuple[ContractDraft, int]:
    """The contract of a file, and the version that it states, 0 for none.

    Raises Unreadable, or Invalid with each field that is wrong.
    """
    content = read_bytes(source)
    data = parse_data(content, source)
    if not isinstance(data, dict):
        raise Unreadable(f"{called(source)}: a contract is expected, with `optimised` and `thresholded`.")
    if not ends_whole(content):  # YAML without its end is YAML, and a contract without its last threshold is one
        raise Unreadable(f"{called(source)} has no line break at its end, so it may be cut off; end its last line.")
    version = data.get("version", 0)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise Invalid.one("version", "a whole number is needed")
    try:
        return ContractDraft.model_validate({k: v for k, v in data.items() if k not in RECORDED}), version
    except ValidationError as error:
        raise Invalid.from_pydantic(error, f"{called(source)}: ") from None


def ends_whole(content: bytes) -> bool:
    """Whether a text cannot be cut off in the middle of a value: it ends with a line break, a quote or a bracket."""
    return content.rstrip(b" \t\0")[-1:] in (b"\n", b"\r", b'"', b"'", b"}", b"]")


@dataclass(frozen=True)
class Options:
    """A contract as the options of a command line state it."""

    optimise: str
    threshold: Sequence[str] = ()
    baseline: Sequence[str] = ()
    off: Sequence[str] = ()
    slices: Sequence[str] = ()
    confidence: Sequence[str] = ()
    no_worse: Sequence[str] = ()


def contract_from_options(options: Options) -> dict[str, Any]:
    """A contract in the shape of the REST interface. Raises Invalid with every option that cannot be read."""
    problems: list[FieldError] = []
    best = _optimised(options.optimise, problems)
    bounds = _bounds(options.threshold, problems)
    floors: dict[str, dict[str, Any]] = {}
    for name, value in split_pairs(options.no_worse, "--no-worse").items():
        known = best if best.get("name") == name else bounds.get(name)
        if known is None:
            message = f"'{name[:60]}' is not a metric of this contract; give it with --optimise or --threshold"
            problems.append(FieldError(field="--no-worse", message=message))
        else:
            same = {key: value for key, value in known.items() if key in ("direction", "unit")}
            floors[name] = {"name": name, **same, "threshold": value, "against": "production"}
    thresholds = [*bounds.values(), *floors.values()]

    def give(option: str, field: str, told: Mapping[str, Any], metrics: Sequence[dict[str, Any]], cure: str) -> None:
        for name, value in told.items():
            meant = [metric for metric in metrics if metric.get("name") == name]
            if not meant:
                problems.append(FieldError(field=option, message=f"'{name[:60]}' {cure}"))
            for metric in meant:
                metric[field] = value

    unknown = "is not a metric of this contract"
    unbound = "has no --threshold or --no-worse here"
    give("--baseline", "baseline", split_pairs(options.baseline, "--baseline"), [best, *bounds.values()], unknown)
    parts = {n: [p.strip() for p in v.split(",")] for n, v in split_pairs(options.slices, "--slices").items()}
    give("--slices", "slices", parts, [best, *thresholds], unknown)
    give("--confidence", "confidence", split_pairs(options.confidence, "--confidence"), thresholds, unbound)
    for name, why in split_pairs(options.off, "--off").items():
        metric = bounds.get(name) or floors.get(name)
        if metric is None:
            problems.append(FieldError(field="--off", message=f"'{name[:60]}' {unbound}"))
        else:
            metric |= {"enabled": False, "reason": why}
    if problems:
        raise Invalid(problems)
    return {"optimised": best, "thresholded": thresholds}


def _optimised(text: str, problems: list[FieldError]) -> dict[str, Any]:
    found = _OPTIMISED.fullmatch(text.strip())
    if found is None:
        message = "write NAME:maximise or NAME:minimise, and :UNIT if any"
        problems.append(FieldError(field="--optimise", message=message))
        return {}
    return {key: value for key, value in found.groupdict().items() if value is not None}


def _bounds(texts: Sequence[str], problems: list[FieldError]) -> dict[str, dict[str, Any]]:
    metrics: dict[str, dict[str, Any]] = {}
    for text in texts:
        found = _THRESHOLD.fullmatch(text.strip())
        if found is None:
            message = f"write 'NAME<=VALUE UNIT' or 'NAME>=VALUE UNIT', not '{text[:60]}'"
            problems.append(FieldError(field="--threshold", message=message))
        elif found["name"] in metrics:
            problems.append(FieldError(field="--threshold", message=f"'{found['name'][:60]}' stands twice"))
        else:
            metrics[found["name"]] = {
                "name": found["name"],
                "direction": "minimise" if found["sign"] in ("<=", "≤") else "maximise",
                "threshold": found["value"],
                "unit": (found["unit"] or "").strip(),
            }
    return metrics
