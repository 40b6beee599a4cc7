"""planner metrics propose, diff and the dry run of set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Planner

Write = Callable[[str, str], Path]

CONTRACT = ("--optimise", "recall:maximise", "--threshold", "latency_p95<=100 ms")
RUNS = "name,recall,latency_p95\na,0.8,90\nb,0.9,120\n"


def test_a_start_is_printed_filled_in_and_proposed(shop: Planner, write: Write) -> None:
    start = json.loads(shop.ok("metrics", "propose", "SHOP-1", "--template", "object_pose"))
    names = [need["name"] for need in start["metrics"]]
    assert names == ["angle_error", "position_error", "latency_p95"]
    for need, (needed, reached) in zip(start["metrics"], ((5, 60), (1, 1.25), (100, 300)), strict=True):
        need |= {"needed": needed, "reached": reached}
    start["metrics"][2] |= {"importance": "not_yet", "note": "First the grasp must work."}
    source = write("needs.json", json.dumps(start))
    lines = [line.split("\t") for line in shop.ok("metrics", "propose", "SHOP-1", "--from", source).splitlines()[1:]]
    assert [line[:3] for line in lines] == [
        ["angle_error", "optimise", "minimise"],
        ["position_error", "threshold", "at most 1 cm"],
        ["latency_p95", "off", "at most 100 ms"],
    ]
    proposal = shop.json("metrics", "propose", "SHOP-1", "--from", source)
    agreed = write("contract.json", json.dumps(proposal["contract"]))
    assert shop.json("metrics", "set", "SHOP-1", "--from", agreed)["optimised"]["name"] == "angle_error"
    assert "leave one of both out" in shop.refused(
        "metrics", "propose", "SHOP-1", "--from", source, "--template", "ocr"
    )
    assert "no template of this type" in shop.refused("metrics", "propose", "SHOP-1", "--template", "magic")
    assert "metrics" in shop.refused("metrics", "propose", "SHOP-1", "--from", write("empty.yaml", "metrics: []\n"))


def test_a_version_is_tried_agreed_and_compared(shop: Planner, write: Write) -> None:
    assert "no metric contract yet" in shop.refused("metrics", "diff", "SHOP-1")
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT)
    shop.ok("runs", "add", "SHOP-1", write("runs.csv", RUNS))
    looser = (*CONTRACT[:3], "latency_p95<=150 ms", "--confidence", "latency_p95=0.9", "--slices", "recall=de, fr")
    said = shop.ok("metrics", "set", "SHOP-1", *looser, "--dry-run")
    assert "latency_p95: at most 100 ms → at most 150 ms (looser)." in said
    assert "latency_p95: must be met with 90 % probability; before, the measured value decided." in said
    assert "recall: counted by the worst of de, fr; before, as one value." in said
    assert "Winner: a → none." in said
    assert shop.json("metrics", "set", "SHOP-1", *looser, "--dry-run")["verdicts"]["qualified_after"] == 0
    assert shop.json("metrics", "show", "SHOP-1")["version"] == 1
    shop.ok("metrics", "set", "SHOP-1", *CONTRACT[:3], "latency_p95<=150 ms", "--reason", "batch use")
    said = shop.ok("metrics", "diff", "SHOP-1")
    assert "Reason: batch use" in said
    assert "Qualified: 1 → 2 of 2 (1 now, 0 no longer)." in said
    assert "b\tdisqualified\tqualified\tlatency_p95: at most 100 ms" in said
    assert shop.json("metrics", "diff", "SHOP-1", "2", "1")["verdicts"]["winners_after"] == ["a"]
    assert "no version 7" in shop.refused("metrics", "diff", "SHOP-1", "7")
    assert "has no --threshold or --no-worse here" in shop.refused(
        "metrics", "set", "SHOP-1", *CONTRACT, "--confidence", "cost=0.9"
    )


def test_the_contract_is_shown_in_plain_words(shop: Planner, write: Write) -> None:
    contract = {
        "optimised": {"name": "recall", "direction": "maximise", "slices": ["de", "fr"]},
        "thresholded": [{"name": "recall", "direction": "maximise", "threshold": 0.01, "against": "production"}],
    }
    shop.ok("metrics", "set", "SHOP-1", "--from", write("c.json", json.dumps(contract)))
    shown = shop.ok("metrics", "show", "SHOP-1")
    assert "maximise, worst of de, fr" in shown
    assert "no worse than production by more than 0.01" in shown
