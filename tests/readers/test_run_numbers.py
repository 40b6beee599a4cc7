from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.readers.run_numbers import Doubt, read_column, read_each


def read(*cells: str | None, said: str | None = None) -> list[float | None] | None:
    found = read_column(cells, said)  # type: ignore[arg-type]
    return None if found is None else list(found.values)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("0.5", "12", "1e-3", "-2E5", None), [0.5, 12, 0.001, -2e5, None]),
        (("1,234.5", "2"), [1234.5, 2]),
        (("1.234,5", "2"), [1234.5, 2]),
        (("1 234,5", "0,3"), [1234.5, 0.3]),
        (("1\u202f234.5", "1\u00a0000"), [1234.5, 1000]),
        (("1'234'567.5",), [1234567.5]),
        (("1,234,567",), [1234567]),
        (("0,83", "0,9"), [0.83, 0.9]),
        (("0,125", "0,250"), [0.125, 0.25]),  # no number begins with a zero that is set apart
        (("1.234", "5"), [1.234, 5]),
        (("1.234", "0,5"), [1234, 0.5]),
        (("\u22120.5", "+3"), [-0.5, 3]),
        ((None, None), [None, None]),
    ],
)
def test_the_column_decides_how_its_numbers_are_written(
    cells: tuple[str | None, ...], values: list[float | None]
) -> None:
    assert read(*cells) == values


@pytest.mark.parametrize("cell", ["nan", "NaN", "-nan", "1.#QNAN"])
def test_nan_as_trackers_write_it(cell: str) -> None:
    found = read(cell, "0,5" if "#" in cell else "0.5")
    assert found is not None
    assert math.isnan(found[0] or 0)


@pytest.mark.parametrize(
    ("cell", "value"), [("inf", math.inf), ("-Infinity", -math.inf), ("+INF", math.inf), ("∞", math.inf)]
)
def test_infinity_as_trackers_write_it(cell: str, value: float) -> None:
    assert read(cell, "1") == [value, 1]
    assert read(cell, "1,5") == [value, 1.5]


@pytest.mark.parametrize("cells", [("x", "1"), ("1_000",), ("12,34,567",), ("",), (".",), ("1 2",), ("0x10",)])
def test_a_column_with_words_is_none_of_numbers(cells: tuple[str, ...]) -> None:
    assert read(*cells) is None


def test_what_may_be_read_in_two_ways_is_refused_until_it_is_said() -> None:
    with pytest.raises(Doubt, match=r"'1,234' in record 2 may be 1234 or 1.234: .*--decimal"):
        read("7", "1,234")
    assert read("7", "1,234", said=",") == [7, 1.234]
    assert read("7", "1,234", said=".") == [7, 1234]
    assert read("1.234", said=",") == [1234]
    assert read("0.5", said=",") == [0.5]  # which can be nothing else


def test_a_column_that_is_written_in_two_ways_is_refused() -> None:
    with pytest.raises(Doubt, match=r"'0.8' in record 1 has a decimal point and '0,9' in record 2 a decimal comma"):
        read("0.8", "0,9")


def test_of_a_metric_each_cell_that_is_no_number_is_named() -> None:
    assert read_each(["0.5", "12 ms", None, "0.7"]) == ([0.5, None, None, 0.7], [1])


@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_what_python_writes_is_read_to_the_last_digit(numbers: list[float]) -> None:
    found = read(*map(repr, numbers))
    assert found is not None
    assert [repr(value) for value in found] == [repr(number) for number in numbers]


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=20))
def test_numbers_with_all_separators_are_read_in_either_way(numbers: list[object]) -> None:
    english = [f"{number:,.2f}" for number in numbers]
    german = [text.translate(str.maketrans(",.", ".,")) for text in english]
    assert read(*english) == read(*german) == [float(str(number)) for number in numbers]
