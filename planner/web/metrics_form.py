"""The form of a metric contract: what was typed → the contract, and a contract or a proposal → what would be typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.domain.errors import FieldError, Invalid
from planner.domain.metrics import Contract, ContractDraft, ThresholdedMetric
from planner.domain.metrics_proposal import ProposalLine
from planner.web.forms import MAX_ROWS, Form, ambiguity, build, messages, small_number

DIRECTIONS = (("maximise", "Maximise"), ("minimise", "Minimise"))
SIDES = (("maximise", "At least"), ("minimise", "At most"))
AGAINST = (("value", "The threshold itself"), ("production", "The run in production, at most so much worse"))
PARTS = {
    "name": "metric",
    "direction": "good is",
    "threshold": "threshold",
    "unit": "unit",
    "baseline": "baseline",
    "slices": "slices",
    "confidence": "probability",
    "against": "compared with",
    "enabled": "in force",
    "reason": "reason",
}
MORE = ("slices", "confidence", "against")  # what is folded away in a row


def draft_of(form: Form) -> ContractDraft:
    """The contract as it was typed. A row without name and threshold is no metric. Invalid, by paths of the draft."""
    optimised: dict[str, object] = {part: form.given(f"optimised.{part}") for part in ("name", "direction", "baseline")}
    optimised |= {"unit": form.text("optimised.unit"), "slices": _listed(form.text("optimised.slices"))}
    optimised["name"] = form.text("optimised.name")
    numbers = {"optimised.baseline": form.text("optimised.baseline")}
    thresholded = []
    for place, index in enumerate(_rows(form)):
        at = f"thresholded.{index}."
        row: dict[str, object] = {
            part: form.given(at + part) for part in ("name", "direction", "threshold", "baseline")
        }
        row |= {part: form.text(at + part) for part in ("unit", "reason")}
        row |= {"slices": _listed(form.text(at + "slices")), "against": form.given(at + "against") or "value"}
        row |= {"confidence": _share(form.text(at + "confidence")), "enabled": form.flag(at + "enabled")}
        thresholded.append(row)
        numbers |= {f"thresholded.{place}.{part}": form.text(at + part) for part in ("threshold", "baseline")}
    return build(
        ContractDraft, {"optimised": optimised, "thresholded": thresholded, "reason": form.text("reason")}, numbers
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _share(text: str) -> object:
    """A probability as it was typed, 0.95 or 95 %; None when nothing was."""
    if not text.endswith("%"):
        return text or None
    try:
        return float(text.removesuffix("%")) / 100
    except ValueError:
        return text


def _rows(form: Form) -> list[int]:
    return [
        index
        for index in form.indices("thresholded")
        if form.given(f"thresholded.{index}.name") or form.given(f"thresholded.{index}.threshold")
    ]


def messages_of(error: Invalid, form: Form) -> dict[str, str]:
    """Errors by field of the form; drafts count only the rows that hold something."""
    rows = _rows(form)
    renamed = []
    for item in error.errors:
        parts = item.field.split(".")
        if parts[0] == "thresholded" and len(parts) > 1 and parts[1].isdigit():
            row = str(rows[int(parts[1])])
            # What is wrong with the row as a whole: slices that stand twice, a reason or a number that is missing.
            about = "slices" if "slice" in item.message else "threshold" if "worse" in item.message else "reason"
            parts = ["thresholded", row, *(parts[2:3] or [about])]
        elif parts[0] == "optimised":
            parts = ["optimised", *(parts[1:2] or ["slices"])]
        renamed.append(FieldError(field=".".join(parts), message=item.message))
    return messages(Invalid(renamed))


def with_rows(form: Form, action: str) -> dict[str, str]:
    """The fields as they were typed, with a row more or less. An unticked box leaves no field, so it is put in."""
    taken = action.removeprefix("remove.") if action.startswith("remove.") else ""
    values = {
        name: value
        for name, value in form.values.items()
        if not (taken and name.startswith(f"thresholded.{taken}.")) and name != "action"
    }
    indices = form.indices("thresholded")
    for index in indices:
        if str(index) != taken:
            values.setdefault(f"thresholded.{index}.enabled", "")
    if action == "add":
        new = max(indices, default=-1) + 1
        values.update({f"thresholded.{new}.direction": "maximise", f"thresholded.{new}.enabled": "on"})
    return values


def values_of(contract: Contract) -> dict[str, str]:
    """A contract as the fields of its form. The reason is asked for anew with each change."""
    optimised = contract.optimised
    first = (optimised.name, optimised.direction, optimised.unit, optimised.baseline, optimised.slices)
    return _first(*first) | _others(contract.thresholded)


def values_of_proposal(lines: Sequence[ProposalLine]) -> dict[str, str]:
    """The same of a contract that is proposed; a threshold that cannot be told yet is left empty."""
    best, *others = lines
    values = _first(best.name, best.direction, best.unit, best.baseline, best.slices) | _others(others)
    for index, line in enumerate(others):
        values[f"thresholded.{index}.enabled"] = "" if line.role == "off" else "on"
    return values


def _first(name: str, direction: str, unit: str, baseline: float | None, slices: Sequence[str]) -> dict[str, str]:
    return {
        "optimised.name": name,
        "optimised.direction": direction,
        "optimised.unit": unit,
        "optimised.baseline": typed(baseline),
        "optimised.slices": ", ".join(slices),
    }


def _others(metrics: Iterable[ThresholdedMetric | ProposalLine]) -> dict[str, str]:
    values: dict[str, str] = {}
    for index, metric in enumerate(metrics):
        row = {
            "name": metric.name,
            "direction": metric.direction,
            "threshold": typed(metric.threshold),
            "unit": metric.unit,
            "baseline": typed(metric.baseline),
            "slices": ", ".join(metric.slices),
            "confidence": typed(metric.confidence),
            "against": metric.against,
            "enabled": "on" if isinstance(metric, ThresholdedMetric) and metric.enabled else "",
            "reason": metric.reason,
        }
        values.update({f"thresholded.{index}.{part}": value for part, value in row.items()})
    return values


def typed(value: float | None) -> str:
    """A number as one would type it: to the last digit, and never ambiguous."""
    if value is None:
        return ""
    text = repr(value).removesuffix(".0")
    return f"{text}0" if ambiguity(text) else text


def rows_in(values: Iterable[str], prefix: str) -> list[int]:
    """The rows of a list that fields of a form name: of `thresholded.3.name` it is 3."""
    found = {name.split(".")[1] for name in values if name.startswith(f"{prefix}.") and name.count(".") > 1}
    return sorted(number for text in found if (number := small_number(text)) is not None and number < MAX_ROWS)


def labels_of(rows: Sequence[int]) -> dict[str, str]:
    """What the fields are called in the list of what is wrong."""
    labels = {"optimised.name": "Optimised metric", "optimised.baseline": "Its baseline", "reason": "Reason"}
    labels |= {
        "optimised.slices": "Its slices",
        "optimised.direction": "Its direction",
        "": "The contract",
        "thresholded": "Thresholds",
    }
    for position, row in enumerate(rows, 1):
        labels.update({f"thresholded.{row}.{part}": f"Threshold {position}, {word}" for part, word in PARTS.items()})
    return labels


def choices(rows: Sequence[int], values: dict[str, str], errors: dict[str, str]) -> dict[str, object]:
    """What the template of the form needs beside the values."""
    return {"directions": DIRECTIONS, "sides": SIDES, "against": AGAINST, "unfolded": _unfolded(rows, values, errors)}


def _unfolded(rows: Sequence[int], values: dict[str, str], errors: dict[str, str]) -> set[str]:
    """Which rows show what is folded away in others: those that state something there, or state it wrongly."""
    stated = {f"thresholded.{row}" for row in rows} | {"optimised"}
    return {
        at
        for at in stated
        if any(values.get(f"{at}.{part}", "") not in ("", "value") or errors.get(f"{at}.{part}") for part in MORE)
    }
