"""Dates in the formats that are listed, and no others."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.domain.import_dates import DateFormat, compile_format


def parsed(cell: str, written: str, **more: object) -> str | None:
    return compile_format(DateFormat.model_validate({"format": written, **more}))(cell)


@pytest.mark.parametrize(
    ("cell", "written", "precision", "expected"),
    [
        ("10/1/2023", "%m/%d/%Y", "day", "2023-10-01"),
        ("02/29/2024", "%m/%d/%Y", "day", "2024-02-29"),
        ("02/29/2023", "%m/%d/%Y", "day", None),
        ("13/1/2023", "%m/%d/%Y", "day", None),
        ("1/10/23", "%m/%d/%Y", "day", None),
        ("2023-10-01", "%Y-%m-%d", "day", "2023-10-01"),
        ("2023-10-01 08:30:00", "%Y-%m-%d %H:%M:%S", "day", "2023-10-01"),
        ("22-Jul", "%y-%b", "month", "2022-07"),
        ("99-DEC", "%y-%b", "month", "1999-12"),
        ("68-May", "%y-%b", "month", "2068-05"),
        ("May 2024", "%B %Y", "month", "2024-05"),
        ("March 2024", "%B %Y", "month", "2024-03"),
        ("Mar 2024", "%B %Y", "month", None),
        ("2024", "%Y", "year", "2024"),
        ("FY2024", "FY%Y", "year", "2024"),
        ("100% in 2024", "100%% in %Y", "year", "2024"),
        ("٢٠٢٤", "%Y", "year", None),
        ("2024 or so", "%Y", "year", None),
        ("0000", "%Y", "year", None),
    ],
)
def test_only_what_fits_is_a_date(cell: str, written: str, precision: str, expected: str | None) -> None:
    assert parsed(cell, written, precision=precision) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("7/7/1905", "2015"), ("6/12/1905", "1990"), ("7/22/1905", "2030"), ("6/11/1905", None), ("7/7/2015", None)],
)
def test_years_that_were_typed_into_date_cells(cell: str, expected: str | None) -> None:
    assert parsed(cell, "%m/%d/%Y", precision="year", excel_year=[1990, 2030]) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"format": "%m/%d/%Q"},
        {"format": "%m/%d"},
        {"format": "%d.%Y"},
        {"format": "%Y-%Y-%m-%d"},
        {"format": "%Y", "precision": "month"},
        {"format": "%Y", "precision": "year", "excel_year": [1990, 2030]},
        {"format": "%m/%d/%Y", "excel_year": [2030, 1990]},
        {"format": "%"},
        {"format": "100 %"},
    ],
)
def test_a_format_must_say_enough(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DateFormat.model_validate(given)
