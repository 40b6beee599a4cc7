"""planner sizing."""

from __future__ import annotations

from tests.cli.conftest import Planner


def test_a_run_is_sized_and_recorded(shop: Planner) -> None:
    assert "Nothing is recorded yet" in shop("sizing", "SHOP-1").stderr
    said = ("--parameters", "7e9", "--tokens", "1e9", "--optimiser", "adamw", "--precision", "mixed", "--gpu", "h100")
    text = shop.ok("sizing", "SHOP-1", *said)
    assert "weights\t14\t" in text
    assert "h100\t" in text
    assert "Nothing is recorded yet" in shop("sizing", "SHOP-1").stderr
    labels = ("--label-kind", "box", "--items", "100", "--wage-low", "10")
    recorded = shop.ok("sizing", "SHOP-1", *labels, "--note", "Pilot", "--record")
    assert shop.ok("sizing", "SHOP-1") == recorded
    assert shop.json("sizing", "SHOP-1")["items"][0]["inputs"]["note"] == "Pilot"
    assert "parameters: a number is needed" in shop.refused("sizing", "SHOP-1", "--parameters", "many")
    assert "gpu: one of" in shop.refused("sizing", "SHOP-1", "--gpu", "abacus")
