"""Metric contracts from options and files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.cli.inputs import read_data, split_pairs
from planner.domain.errors import FieldError, Invalid

RECORDED = ("version", "recorded_at", "recorded_by")  # what a printed contract has beside what was agreed
_OPTIMISED = re.compile(r"(?P<name>.+?):(?P<direction>maximise|minimise)(?::(?P<unit>.*))?")
_THRESHOLD = re.compile(r"(?P<name>.+?)\s*(?P<sign><=|>=|≤|≥)\s*(?P<value>[-+]?[\d.]+(?:[eE][-+]?\d+)?)(?P<unit>\D.*)?")


def contract_from_file(source: Path) -> dict[str, Any]:
    """A contract as in the REST interface; also one that `planner metrics show --json` printed."""
    data = read_data(source)
    if not isinstance(data, dict):
        raise Invalid.one("--from", "a contract is expected, with `optimised` and `thresholded`")
    return {name: value for name, value in data.items() if name not in RECORDED}


@dataclass(frozen=True)
class Details:
    """What options say of single metrics, each as NAME=VALUE."""

    baselines: list[str]
    off: list[str]
    slices: list[str]
    confidences: list[str]


def contract_from_options(optimise: str, thresholds: list[str], details: Details) -> dict[str, Any]:
    """A contract in the shape of the REST interface. Raises Invalid with every option that cannot be read."""
    problems: list[FieldError] = []
    optimised = _OPTIMISED.fullmatch(optimise.strip())
    if optimised is None:
        problems.append(
            FieldError(field="--optimise", message="write NAME:maximise or NAME:minimise, and :UNIT if any")
        )
    metrics: dict[str, dict[str, Any]] = {}
    for text in thresholds:
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
    best = {key: value for key, value in optimised.groupdict().items() if value is not None} if optimised else {}
    problems += _add_details(best, metrics, details)
    if problems:
        raise Invalid(problems)
    return {"optimised": best, "thresholded": list(metrics.values())}


def _add_details(best: dict[str, Any], metrics: dict[str, dict[str, Any]], details: Details) -> list[FieldError]:
    """Adds what options say of single metrics; what names none of them is returned as an error."""
    problems: list[FieldError] = []
    for option, field, pairs in (("--baseline", "baseline", details.baselines), ("--slices", "slices", details.slices)):
        for name, value in split_pairs(pairs, option).items():
            metric = best if best.get("name") == name else metrics.get(name)
            if metric is None:
                problems.append(FieldError(field=option, message=f"'{name[:60]}' is not a metric of this contract"))
            else:
                metric[field] = [part.strip() for part in value.split(",")] if field == "slices" else value
    for option, pairs in (("--off", details.off), ("--confidence", details.confidences)):
        for name, value in split_pairs(pairs, option).items():
            if name not in metrics:
                problems.append(FieldError(field=option, message=f"'{name[:60]}' has no --threshold here"))
            elif option == "--off":
                metrics[name] |= {"enabled": False, "reason": value}
            else:
                metrics[name]["confidence"] = value
    return problems
