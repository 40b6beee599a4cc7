"""Text in cells: cleaned, compared, guarded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.cells import as_cell, fold, guard_formula, pipeline, strip_guard


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Rights-Impacting\n", "rights-impacting"),
        ("“Other” – ’s", '"other" - \'s'),
        ("a\u00a0 b\t\nc.", "a b c"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("...", ".."),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_the_steps_are_taken_in_their_order() -> None:
    assert pipeline(["newlines_to_lf"])("a\r\nb\rc\n") == "a\nb\nc\n"
    assert pipeline(["strip"])("\u00a0a\r\n") == "a"
    assert pipeline([])(" A ") == " A "


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("\uff1d1", "'\uff1d1"),
        (" =1", "' =1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_guarding(text: str, guarded: str) -> None:
    assert guard_formula(text) == guarded
    assert strip_guard(guarded) == text


@given(st.text("'=+ \t\nab"))
def test_guarding_is_undone_by_stripping_and_by_nothing_less(text: str) -> None:
    assert strip_guard(guard_formula(text)) == text
    if guard_formula(text) == text:
        assert strip_guard(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (3, "3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        ("x", "x"),
        (datetime(2026, 5, 4, 9, tzinfo=UTC), "2026-05-04 09:00:00"),
        (datetime(2026, 5, 4, 9, tzinfo=timezone(timedelta(hours=2))), "2026-05-04 07:00:00"),
    ],
)
def test_values_as_cells(value: object, text: str) -> None:
    assert as_cell(value) == text
