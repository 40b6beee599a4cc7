from __future__ import annotations

import pytest

from planner.domain.planning_numbers import planning_numbers, product_scores
from planner.domain.product_scores import cost_of_delay_by_duration, ice, rice, wsjf


def test_the_products_and_ratios() -> None:
    # McBride 2016 (Intercom): 500 customers a quarter, impact 3, confidence 100 %, two person-months.
    assert rice(500, 3, 1.0, 2) == 750
    assert ice(7, 5, 8) == 280
    assert wsjf(8, 5, 3, 4) == 4


def test_cost_of_delay_by_duration_is_the_order_of_least_total_cost() -> None:
    # Reinertsen 2009, ch. 7: weeks and cost of delay a week; done one after another.
    projects = [(1, 10), (3, 3), (10, 1), (3, 10)]
    order = sorted(projects, key=lambda p: -cost_of_delay_by_duration(p[1], p[0]))

    def cost(sequence: list[tuple[int, int]]) -> int:
        done, total = 0, 0
        for weeks, delay in sequence:
            done += weeks
            total += done * delay
        return total

    swaps = [[*order[:i], order[i + 1], order[i], *order[i + 2 :]] for i in range(3)]
    assert all(cost(order) <= cost(swapped) for swapped in swaps)


def test_numbers_are_found_by_their_names_and_nothing_else_is_guessed() -> None:
    found = planning_numbers(
        {"Cost of delay": 3, "Job-Size": "2.5", "confidence": "80 %", "Reach": True, "impact": "high", "ease": -1}
    )
    assert found == {"cost_of_delay": 3, "job_size": 2.5, "confidence": 0.8}
    assert planning_numbers({"reach": "inf", "ease": "nan", "impact": "1e400"}) == {}


def test_a_score_needs_all_its_numbers_and_a_divisor_above_zero() -> None:
    assert product_scores({}, 3.0, None) == {}
    assert product_scores({}, 3.0, 0) == {}
    assert product_scores({}, 3.0, 10) == {"impact_per_effort": pytest.approx(0.05)}
    stated = {"reach": 100.0, "impact": 2.0, "confidence": 0.5, "ease": 3.0}
    assert product_scores(stated, 3.0, None) == {"ice": 3}
    assert product_scores({**stated, "effort": 4.0}, 3.0, None)["rice"] == 25
    assert product_scores({**stated, "effort": 4.0}, 3.0, 10)["rice"] == 10  # what the project states goes before
    assert product_scores({"cost_of_delay": 4.0, "duration": 0.0}, 3.0, None) == {}
    assert product_scores({"cost_of_delay": 1e300, "duration": 1e-300}, 3.0, None) == {}
    parts = {"business_value": 8.0, "time_criticality": 5.0, "risk_reduction": 3.0, "job_size": 4.0}
    assert product_scores(parts, 3.0, None) == {"wsjf": 4}
