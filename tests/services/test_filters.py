from __future__ import annotations

import pytest

from planner.domain.errors import Invalid
from planner.domain.projects import NOT_STATED, OPEN, Filters
from planner.services.filters import check_filters
from tests.support.factories import fsdl


def test_each_word_that_is_none_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid) as caught:
        check_filters(Filters(quadrant="do_frist", stage="done", owner="anybody"), fsdl())
    assert [error.field for error in caught.value.errors] == ["stage", "quadrant"]
    assert "do_first" in caught.value.errors[1].message


def test_words_of_the_playbook_and_not_stated_pass() -> None:
    check_filters(Filters(quadrant="do_first", stage=NOT_STATED, status="live", organisation="Any"), fsdl())
    check_filters(Filters(status=OPEN), fsdl())
