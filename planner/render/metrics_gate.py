"""What the gate says, for machines that run it: JUnit XML for their test reports, Markdown for their summaries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from xml.etree import ElementTree as ET

from planner.domain.labels import shown
from planner.domain.metrics import OptimisedMetric
from planner.domain.metrics_gate import Gate
from planner.domain.metrics_gate_words import gate_sentences
from planner.domain.metrics_verdict import RunVerdict
from planner.domain.metrics_words import goal, metric_words, miss_words, requirement, run_words, share
from planner.domain.wording import measure, signed

MOST_CASES = 1_000  # runs in a JUnit report; the best first
MOST_ROWS = 20  # runs in a Markdown table
_PLAIN_NAME = re.compile(r"[\w ./:+=,()@#\[\]-]*")
_PLAIN = re.compile(r"[^\w\s./,;:()%+=−–…'-]")
_REFERENCE = re.compile(r"([@#!~%&^$]|www|://)(?=[\w.])")

Outcome = Literal["failure", "error", "skipped"]


def gate_junit(gate: Gate, now: datetime) -> bytes:
    """The gate as JUnit XML.

    One case says whether the gate is open. Of a run that was asked about each metric is a case; else each run is, and
    fails only when none qualifies, since a candidate that loses is no fault. What could not be judged is an error.
    """
    cases = [_case("gate", "the run qualifies" if gate.asked is not None else "a run qualifies")]
    sentences = gate_sentences(gate)
    if not gate.open:
        _mark(cases[0], "error" if not gate.verdict.evaluable else "failure", " ".join(sentences))
    cases += _metric_cases(gate) if gate.asked is not None else _run_cases(gate)
    counts = {kind: str(sum(case.find(kind) is not None for case in cases)) for kind in ("failure", "error", "skipped")}
    totals = {
        "tests": str(len(cases)),
        "failures": counts["failure"],
        "errors": counts["error"],
        "skipped": counts["skipped"],
        "time": "0",
    }
    root = ET.Element("testsuites", {"name": "planner gate", **totals})
    suite = ET.SubElement(
        root,
        "testsuite",
        {
            "id": "0",
            "package": "planner",
            "name": _xml(gate.named),
            "timestamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "localhost",
            **totals,
        },
    )
    ET.SubElement(suite, "properties")
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = "\n".join(map(_xml, sentences))
    ET.SubElement(suite, "system-err")
    ET.indent(root)
    written = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'.encode()


def _metric_cases(gate: Gate) -> list[ET.Element]:
    run = gate.judged
    if run is None:
        return []
    cases = []
    for found, metric in zip(run.metrics, gate.contract.metrics, strict=True):
        asked = goal(metric) if isinstance(metric, OptimisedMetric) else requirement(metric)
        case = _case(run.name, f"{found.name}: {asked}")
        words = metric_words(found, gate.not_finite_of(run.name), metric.unit)
        if not run.finished:
            _mark(case, "error", "the run did not finish")
        elif found.status == "off":
            _mark(case, "skipped", "switched off")
        elif found.status == "missing" or (found.status == "unproven" and found.probability is None):
            _mark(case, "error", f"{found.name} {words}")
        elif found.status in ("breached", "unproven"):
            _mark(case, "failure", f"{found.name} is {measure(found.value, metric.unit)}: {words}")
        cases.append(case)
    return cases


def _run_cases(gate: Gate) -> list[ET.Element]:
    cases = []
    for run in sorted(gate.verdict.runs, key=_rank)[:MOST_CASES]:
        case = _case("runs", run.name)
        if run.status != "qualified":
            outcome: Outcome = "error" if run.status == "not_evaluable" else "failure"
            why = miss_words(run, gate.contract, gate.not_finite_of(run.name))
            _mark(case, "skipped" if gate.open else outcome, f"{run.status.replace('_', ' ')}: {why}")
        cases.append(case)
    return cases


def _rank(run: RunVerdict) -> tuple[int, float]:
    return ("qualified", "disqualified", "not_evaluable").index(run.status), run.shortfall or 0.0


def _case(group: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": _xml(f"planner.{group}"), "name": _xml(name), "time": "0"})


def _mark(case: ET.Element, outcome: Outcome, message: str) -> None:
    about = {"message": _xml(message)}
    if outcome != "skipped":
        about["type"] = "NotEvaluable" if outcome == "error" else "NotQualified"
    ET.SubElement(case, outcome, about).text = None if outcome == "skipped" else _xml(message)


def _xml(text: str) -> str:
    return shown(text).encode(errors="replace").decode()


def gate_markdown(gate: Gate) -> str:
    """The gate as Markdown, for a summary of a pipeline or a comment. No text of anybody's becomes markup or a link."""
    mark = "✅ open" if gate.open else "❌ shut"
    lines = [f"### Release gate: {mark}", ""]
    lines += [f"{sentence}  " for sentence in gate_sentences(gate, _name, _words)]
    lead = gate.leading
    if lead is not None:
        lines += ["", *_metric_table(gate, lead)]
    if gate.asked is None and gate.verdict.total > 1:
        lines += ["", *_run_table(gate)]
    return "\n".join(lines) + "\n"


def _metric_table(gate: Gate, run: RunVerdict) -> list[str]:
    rows = []
    for found, metric in zip(run.metrics, gate.contract.metrics, strict=True):
        asked = goal(metric) if isinstance(metric, OptimisedMetric) else requirement(metric)
        verdict = metric_words(found, gate.not_finite_of(run.name), metric.unit)
        rows.append(
            (
                _name(found.name),
                _words(measure(found.value, metric.unit)),
                _words(asked),
                _words(verdict),
                _words(signed(found.margin, metric.unit)),
                "–" if found.probability is None else _words(share(found.probability)),
                _words(signed(found.over_baseline, metric.unit)),
            )
        )
    head = (f"Metric of {_name(run.name)}", "Value", "Asked", "Verdict", "Margin", "Probability", "Over baseline")
    return _table(head, rows, numbers=(1, 4, 5, 6))


def _run_table(gate: Gate) -> list[str]:
    listed = sorted(gate.verdict.runs, key=_rank)
    rows = []
    for run in listed[:MOST_ROWS]:
        best = " (best)" if run.name in gate.verdict.winners else ""
        why = miss_words(run, gate.contract, gate.not_finite_of(run.name)) if run.status != "qualified" else ""
        value = measure(run.metrics[0].value, gate.contract.optimised.unit)
        rows.append((_name(run.name), run_words(run) + best, _words(value), _words(why)))
    lines = _table(("Run", "Verdict", _name(gate.contract.optimised.name), "What it lacks"), rows, numbers=(2,))
    rest = gate.verdict.total - len(rows)
    return [*lines, "", f"{rest:,} more."] if rest else lines


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[str]:
    rule = ["---:" if place in numbers else "---" for place in range(len(head))]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]


def _name(text: str) -> str:
    """A name as code, in which neither Markdown nor a mention, a reference or a link is looked for."""
    text = " ".join(shown(text).split())
    if text and _PLAIN_NAME.fullmatch(text):
        return f"`{text}`"
    return f"<code>{''.join(c if c.isalnum() or c == ' ' else f'&#{ord(c)};' for c in text)}</code>"


def _words(text: str) -> str:
    """Other text: marks are written as entities, and what would be a mention, a reference or a link is parted."""
    parted = _REFERENCE.sub("\\1\u2060", " ".join(shown(text).split()))
    return _PLAIN.sub(lambda found: f"&#{ord(found[0])};", parted).replace("_", "&#95;")
