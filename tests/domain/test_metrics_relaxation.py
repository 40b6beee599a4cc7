"""What a threshold costs, and the least that relaxing one alone would take: cases, and laws against judging anew."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.metrics import ContractDraft, OptimisedMetric, ThresholdedMetric
from planner.domain.metrics_judging import Judgement, judge_table
from planner.domain.metrics_relaxation import ThresholdEffect, first_to_relax, threshold_effects
from planner.domain.metrics_runs import Run, Uncertainty, run_table
from tests.support.factories import NOW


def run(number: int, **values: float) -> Run:
    return Run(id=number, name=f"run {number}", metrics=values, recorded_at=NOW, recorded_by="Mara")


def contract(*thresholds: ThresholdedMetric) -> ContractDraft:
    return ContractDraft(optimised=OptimisedMetric(name="goal", direction="maximise"), thresholded=thresholds)


def at_most(name: str, threshold: float, **said: object) -> ThresholdedMetric:
    return ThresholdedMetric.model_validate({"name": name, "direction": "minimise", "threshold": threshold, **said})


def judged(agreed: ContractDraft, runs: Sequence[Run], production: int | None = None) -> Judgement:
    return judge_table(agreed, run_table(runs, agreed.columns), production)


def test_the_least_relaxation_of_each_threshold() -> None:
    agreed = contract(at_most("a", 100), at_most("b", 10))
    runs = [
        run(1, goal=1, a=110, b=9),
        run(2, goal=2, a=105, b=9),
        run(3, goal=3, a=90, b=20),
        run(4, goal=9, a=200, b=99),
    ]
    a, b = threshold_effects(judged(agreed, runs))
    assert (a.met, a.qualified_without, a.relaxed, a.by, a.admits) == (1, 2, 105, 5, ("run 2",))
    assert a.relative == pytest.approx(0.05)
    assert (b.met, b.qualified_without, b.relaxed, b.by, b.admits) == (2, 1, 20, 10, ("run 3",))
    assert first_to_relax((a, b)) == a


def test_nothing_is_relaxed_when_a_run_qualifies_or_each_misses_two() -> None:
    agreed = contract(at_most("a", 100), at_most("b", 10))
    good = threshold_effects(judged(agreed, [run(1, goal=1, a=1, b=1), run(2, goal=1, a=101, b=1)]))
    assert [effect.relaxed for effect in good] == [None, None]
    assert [effect.qualified_without for effect in good] == [2, 1]
    both = threshold_effects(judged(agreed, [run(1, goal=1, a=101, b=11)]))
    assert [effect.relaxed for effect in both] == [None, None]
    assert first_to_relax(both) is None
    assert threshold_effects(judged(contract(), [])) == ()


def test_runs_that_cannot_be_judged_are_never_admitted() -> None:
    agreed = contract(at_most("a", 100))
    failed = run(1, goal=1, a=101).model_copy(update={"status": "failed"})
    (effect,) = threshold_effects(judged(agreed, [failed, run(2, a=102), run(3, goal=1, a=float("nan"))]))
    assert (effect.met, effect.qualified_without, effect.relaxed) == (0, 0, None)


def test_a_threshold_of_zero_is_relaxed_by_a_number() -> None:
    (effect,) = threshold_effects(judged(contract(at_most("a", 0)), [run(1, goal=1, a=0.25)]))
    assert (effect.relaxed, effect.by, effect.relative) == (0.25, 0.25, 0.25)


def test_a_confidence_needs_more_than_the_measured_value() -> None:
    # A standard error of 2: P(true ≤ bound) = 0.9 where the bound is 1.2815515655446004 errors above the value.
    agreed = contract(at_most("a", 100, confidence=0.9))
    sure = run(1, goal=1, a=101).model_copy(update={"uncertainty": {"a": Uncertainty(standard_error=2)}})
    (effect,) = threshold_effects(judged(agreed, [sure, run(2, goal=2, a=100)]))
    assert effect.relaxed == pytest.approx(101 + 2 * 1.2815515655446004)
    assert effect.admits == ("run 1",)


def test_how_much_worse_than_production_is_relaxed() -> None:
    agreed = contract(at_most("a", 5, against="production"), at_most("b", 10))
    runs = [run(1, goal=1, a=50, b=11), run(2, goal=2, a=58, b=1), run(3, goal=2, a=57.5, b=1)]
    (effect, _) = threshold_effects(judged(agreed, runs, production=0))
    assert (effect.relaxed, effect.by, effect.admits) == (7.5, 2.5, ("run 3",))
    assert effect.relative == pytest.approx(2.5 / 55)


VALUES = st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES), min_size=1, max_size=12),
    st.tuples(VALUES, VALUES, VALUES),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.booleans(),
)
def test_relaxing_admits_a_run_and_less_does_not(
    values: list[tuple[float, ...]], bounds: tuple[float, ...], rising: list[bool], against: bool
) -> None:
    names = ("a", "b", "c")
    thresholds = [
        ThresholdedMetric.model_validate(
            {
                "name": name,
                "direction": "maximise" if up else "minimise",
                "threshold": abs(bound) if against and name == "a" else bound,
                "against": "production" if against and name == "a" else "value",
            }
        )
        for name, bound, up in zip(names, bounds, rising, strict=True)
    ]
    runs = [run(n, goal=v[0], a=v[1], b=v[2], c=v[3]) for n, v in enumerate(values, 1)]
    agreed = contract(*thresholds)
    judgement = judged(agreed, runs, 0)
    effects = threshold_effects(judgement)
    for number, effect in enumerate(effects):
        off = [m.model_copy(update={"enabled": n != number, "reason": "off"}) for n, m in enumerate(thresholds)]
        assert effect.qualified_without == judged(contract(*off), runs, 0).qualified.sum()
        assert (effect.relaxed is None) == (judgement.qualified.any() or not effect.qualified_without)
        if effect.relaxed is not None and effect.by is not None:
            assert {judgement.table.names[row] for row in qualified(agreed, runs, effect, number)} >= set(
                effect.admits[:1]
            )
            less = effect.by * (1 - 1e-6) - 1e-9
            if less > 0:
                up = thresholds[number].direction == "maximise" and thresholds[number].against == "value"
                shifted = thresholds[number].threshold + (-less if up else less)
                assert not len(qualified(agreed, runs, effect.model_copy(update={"relaxed": shifted}), number))


def qualified(agreed: ContractDraft, runs: Sequence[Run], effect: ThresholdEffect, number: int) -> list[int]:
    """Rows that qualify when this threshold is relaxed."""
    changed = [
        metric.model_copy(update={"threshold": effect.relaxed}) if n == number else metric
        for n, metric in enumerate(agreed.thresholded)
    ]
    found = judged(agreed.model_copy(update={"thresholded": tuple(changed)}), runs, 0)
    return [row for row, one in enumerate(found.qualified.tolist()) if one]
