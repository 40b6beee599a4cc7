"""From a cell to a value: the functions that the rules of a mapping stand for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from planner.domain.cells import collapse_whitespace, pipeline
from planner.domain.import_dates import compile_format
from planner.domain.import_mapping import AttributeRule, ImportMapping, Mapped, Rule

MAX_TEXT = 20_000  # characters of an attribute, as of every text field
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_LINK = re.compile(r"(?:(.*?)\s+)?<?(https?://[^\s<>]+)>?", re.IGNORECASE)


class Resolved(NamedTuple):
    """What a rule makes of a cell. `warn` is a kind of warning; `problem` rejects the record; `raw` is kept beside."""

    value: Any = None
    warn: str | None = None
    problem: str | None = None
    raw: str | None = None


Resolver = Callable[[str], Resolved]
Fold = Callable[[str], str]
UNSTATED = Resolved()
Result = TypeVar("Result")


def compile_rule(group: str, name: str, rule: Rule, mapping: ImportMapping, fold: Fold) -> Resolver:
    """The function of one rule, for the field `name` of `group` (`fields`, `needs`, `attributes`, `checklist`)."""
    convert: Resolver
    keep_raw = isinstance(rule, AttributeRule) and rule.keep_raw
    if isinstance(rule, AttributeRule) and rule.date:
        convert = _remember(_date_resolver(mapping, keep_raw))
    elif rule.map is not None:
        convert = _remember(_map_resolver(rule, fold, keep_raw))
    else:
        convert = _CONVERTERS.get({"needs": "needs", "fields": name}.get(group, ""), _as_text)
    if rule.collapse_whitespace:
        convert = _collapsing(convert)
    return _blanking(convert, frozenset(map(fold, mapping.cells.nulls)), fold) if rule.nulls else convert


def compile_fold(mapping: ImportMapping) -> Fold:
    """What the mapping calls folding."""
    return _remember(pipeline(mapping.cells.fold))


def _remember(function: Callable[[str], Result]) -> Callable[[str], Result]:
    """Works a cell that repeats out once. Long ones are not kept, so that memory stays bounded."""
    cached = lru_cache(maxsize=2048)(function)
    return lambda cell: cached(cell) if len(cell) <= 500 else function(cell)


def _collapsing(resolve: Resolver) -> Resolver:
    def collapsed(cell: str) -> Resolved:
        text = collapse_whitespace(cell)
        return resolve(text) if text else UNSTATED

    return collapsed


def _blanking(resolve: Resolver, nulls: frozenset[str], fold: Fold) -> Resolver:
    longest = max(map(len, nulls), default=0) + 20  # folding takes little away: a long cell is no null word

    def blanked(cell: str) -> Resolved:
        return UNSTATED if len(cell) <= longest and fold(cell) in nulls else resolve(cell)

    return blanked


def preparation(match: str, fold: Fold) -> Fold:
    """What makes a cell comparable: nothing (`exact`), folding, or folding what stands before the first colon."""
    if match == "exact":
        return lambda cell: cell
    return fold if match == "fold" else lambda cell: fold(cell.partition(":")[0])


def compile_words(words: tuple[str, ...], match: str, fold: Fold) -> Callable[[str], bool]:
    """Whether a cell is one of the words."""
    prepare = preparation(match, fold)
    values = frozenset(word if match == "exact" else fold(word) for word in words)
    return lambda cell: prepare(cell) in values


def _map_resolver(rule: Rule, fold: Fold, keep_raw: bool) -> Resolver:
    assert rule.map is not None
    prepare = preparation(rule.match, fold)
    known: dict[str, Resolved] = {}
    for word, meant in rule.map.items():
        folded = word if rule.match == "exact" else fold(word)
        known[folded] = Resolved(meant.value, meant.warn) if isinstance(meant, Mapped) else Resolved(meant)

    def resolve(cell: str) -> Resolved:
        found = known.get(prepare(cell))
        if found is not None:
            return found
        raw = cell if keep_raw else None
        match rule.other:
            case "warn":
                return Resolved(warn="unmapped_value", raw=raw)
            case "keep":
                return _as_text(cell)
            case "reject":
                words = ", ".join(list(rule.map or ())[:20])
                return Resolved(problem=f"'{cell[:60]}' is not among its words ({words})")
        return Resolved(raw=raw)

    return resolve


def _date_resolver(mapping: ImportMapping, keep_raw: bool) -> Resolver:
    formats = [(compile_format(spec), spec.warn) for spec in mapping.dates]

    def resolve(cell: str) -> Resolved:
        for parse, warn in formats:
            found = parse(cell)
            if found is not None:
                return Resolved(found, warn)
        return Resolved(warn="date_unparsed", raw=cell if keep_raw else None)

    return resolve


def _as_text(cell: str) -> Resolved:
    if len(cell) > MAX_TEXT:
        return Resolved(problem=f"at most {MAX_TEXT:,} characters fit, {len(cell):,} given; shorten the text")
    return Resolved(cell)


def _as_number(cell: str) -> Resolved:
    if not _NUMBER.fullmatch(cell):
        return Resolved(problem=f"'{cell[:60]}' is not a plain number such as 12.5; remove units and separators")
    return Resolved(float(cell))


def _as_tags(cell: str) -> Resolved:
    parts = cell.split("," if "," in cell else ";")
    return Resolved(list(dict.fromkeys(part.strip() for part in parts if part.strip())))


def _as_links(cell: str) -> Resolved:
    links = []
    for line in filter(None, map(str.strip, cell.split("\n"))):
        match = _LINK.fullmatch(line)
        if match is None:
            return Resolved(problem=f"'{line[:60]}' is not a link; write a title and a web address on each line")
        links.append({"title": match[1] or "", "url": match[2]})
    return Resolved(links)


_CONVERTERS: dict[str, Resolver] = {
    "effort": _as_number,
    "cost": _as_number,
    "needs": _as_number,
    "tags": _as_tags,
    "links": _as_links,
}
