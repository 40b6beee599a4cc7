"""What is wrong with an input, in words that say the cure."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError, field_validator

from planner.domain.errors import Invalid
from planner.domain.model import Line, Model


class Sample(Model):
    level: Annotated[int, Field(ge=0, le=5)] = 0
    cost: float = 0
    word: Annotated[Line, Field(min_length=1)] = "a"
    kind: Literal["one", "two", "three"] = "one"
    sure: bool = False
    tags: Annotated[tuple[str, ...], Field(max_length=2)] = ()

    @field_validator("word")
    @classmethod
    def _no_secret(cls, word: str) -> str:
        if word == "secret":
            raise ValueError("say it otherwise")
        return word


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"level": -1}, "must be at least 0"),
        ({"level": 6}, "must be at most 5"),
        ({"level": 1.5}, "a whole number is needed"),
        ({"cost": "much"}, "a number is needed"),
        ({"cost": float("nan")}, "a finite number is needed"),
        ({"word": ""}, "must not be empty"),
        ({"word": "x" * 301}, "at most 300 characters"),
        ({"word": "a\x00b"}, "has characters that are not allowed here"),
        ({"word": "secret"}, "say it otherwise"),
        ({"kind": "secret"}, "one of: one, two, three"),
        ({"sure": "secret"}, "true or false is needed"),
        ({"tags": ["a", "b", "c"]}, "at most 2 entries"),
        ({"colour": "secret"}, "is not a field here; check its spelling"),
    ],
)
def test_each_kind_of_mistake_has_its_cure(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate(given)
    [error] = Invalid.from_pydantic(caught.value).errors
    assert (error.field, error.message) == (next(iter(given)), message)
