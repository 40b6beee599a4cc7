"""SMAA-2 on the thrombo case, digit by digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.domain.smaa import (
    central_weights,
    confidence_factors,
    pairwise_winning,
    rank_acceptability,
    ranking_entropy,
    utilities,
)


def test_thrombo_is_reproduced_to_all_printed_digits(shared_dir: Path) -> None:
    # gertvv/rsmaa, inst/extdata and tests/Examples/smaa-Ex.Rout.save; the case: Lynd & O'Brien.
    data = np.load(shared_dir / "data" / "decision" / "smaa_thrombo.npz")
    values, weights = data["meas"], data["weights"]
    utility = utilities(values, weights)
    assert rank_acceptability(utility) == pytest.approx(np.array([(0.3504, 0.6496), (0.6496, 0.3504)]), abs=1e-9)
    assert pairwise_winning(utility) == pytest.approx(np.array([(0, 0.3504), (0.6496, 0)]), abs=1e-9)
    central = central_weights(utility, weights)
    exact = np.array([(0.1865097, 0.2772205, 0.5362698), (0.4073100, 0.3641477, 0.2285423)])
    assert central == pytest.approx(exact, abs=5e-8)
    assert confidence_factors(values, central) == pytest.approx((0.6682, 0.8956), abs=1e-9)
    assert ranking_entropy(utility) == pytest.approx(0.9344248, abs=5e-8)
    fixed = utilities(values, np.array((0.5, 0.2, 0.3)))
    assert rank_acceptability(fixed)[:, 0] == pytest.approx((0.1279, 0.8721), abs=1e-9)
