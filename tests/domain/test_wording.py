from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from planner.domain.wording import better, day, listed, measure, moment, num, pct, plural, signed, spaced


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "ms", "–"),
        (84.0, "ms", "84 ms"),
        (0.83, "", "0.83"),
        (0.1 + 0.2, "", "0.3"),
        (-3.5, "%", "−3.5 %"),
        (1234.5, "", "1,234.5"),
        (1234567.0, "", "1,234,567"),
        (0.00001, "s", "1e-05 s"),
        (2e16, "", "2e+16"),
        (0.0, "", "0"),
    ],
)
def test_a_measured_value(value: float | None, unit: str, text: str) -> None:
    assert measure(value, unit) == text


def test_differences_carry_their_sign() -> None:
    assert [signed(0.12), signed(-4, "ms"), signed(0.0), signed(None)] == ["+0.12", "−4 ms", "±0", "–"]
    assert signed(4.8, "%") == "+4.8 points"


def test_a_comparison_in_words() -> None:
    assert [better(0.12), better(-4, "ms"), better(0.0)] == ["0.12 better than", "4 ms worse than", "as good as"]
    assert better(4.8, "%") == "4.8 percentage points better than"


def test_a_share_is_never_rounded_to_nothing_or_all() -> None:
    assert [pct(v) for v in (0, 0.001, 0.42, 0.999, 1, None)] == ["0 %", "< 1 %", "42 %", "> 99 %", "100 %", "–"]


def test_numbers() -> None:
    assert [num(3.14159), num(1234.5, 1), num(-1, 0), num(None)] == ["3.14", "1,234.5", "−1", "–"]


def test_times_are_told_in_utc() -> None:
    late = datetime(2026, 3, 12, 23, 30, tzinfo=timezone(timedelta(hours=-2)))

    assert (day(late), moment(late)) == ("13 Mar 2026", "13 Mar 2026, 01:30 UTC")
    assert day(date(2026, 1, 2)) == "2 Jan 2026"
    assert moment(datetime(2026, 3, 12, 4, 5, tzinfo=UTC)) == "12 Mar 2026, 04:05 UTC"
    assert day(None) == moment(None) == "–"


def test_counts_and_lists() -> None:
    assert [plural(1, "project"), plural(2130, "project"), plural(2, "has", "have")] == [
        "1 project",
        "2,130 projects",
        "2 have",
    ]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert spaced("in_place") == "in place"
