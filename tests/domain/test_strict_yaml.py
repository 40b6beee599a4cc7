"""Text that is not plain, bounded YAML is refused before anything is built from it."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.strict_yaml import MAX_BYTES, Flaw, Unsound, read_yaml


def flaws(content: bytes) -> tuple[Flaw, ...]:
    with pytest.raises(Unsound) as caught:
        read_yaml(content)
    return caught.value.flaws


def test_plain_data() -> None:
    assert read_yaml(b"a: 1\nb: [x, 2.5, true, null]\n").data == {"a": 1, "b": ["x", 2.5, True, None]}


def test_repeated_keys_are_all_named() -> None:
    assert flaws(b"a: 1\nb: [{c: 1, c: 2}]\na: 3\n") == (
        Flaw(("b", 0, "c"), "stands twice, first on line 2", 2),
        Flaw(("a",), "stands twice, first on line 1", 3),
    )


@pytest.mark.parametrize("key", ["on", "yes", "2024", "null", "2024-01-01", "<<"])
def test_key_that_is_not_text_is_refused(key: str) -> None:
    (flaw,) = flaws(f"first: 1\n{key}: {{}}\n".encode())
    assert flaw == Flaw((key,), "YAML does not read this key as text; put it in quotes", 2)


def test_key_that_is_a_list_is_refused() -> None:
    assert flaws(b"? [a, b]\n: 1\n")[0].path == ("?",)


def test_aliases_are_refused() -> None:
    laughs = b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert flaws(laughs) == (Flaw((), "aliases (*a) are not read; write the value out", 2),)


@pytest.mark.parametrize("piece", [b"[", b"{a: ", b"- ", b"? "])
def test_bottomless_nesting_is_refused(piece: bytes) -> None:
    (flaw,) = flaws(piece * 100_000)
    assert flaw.message in {
        "nested more than 50 deep",
        "not YAML: while parsing a flow node, did not find expected node content",
    }


def test_large_file_is_refused() -> None:
    assert flaws(b"a" * (MAX_BYTES + 1))[0].message == "the file is larger than 1 MB"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"a: [1, 2\n", "not YAML: "),
        (b"a: 1\n---\nb: 2\n", "expected a single document"),
        (b"a: !!python/object/apply:os.system [ls]\n", "could not determine a constructor"),
        (b"a: 2026-13-45\n", "month must be in 1..12"),
        (b"a: " + b"1" * 5000, "Exceeds the limit"),
        (b"a: \xff\xfe", "not UTF-8 text; save the file as UTF-8"),
        (b"a: \x00", "control character"),
        (b"", "the file is empty"),
        (b"# nothing\n", "the file is empty"),
    ],
)
def test_what_is_no_plain_document_is_refused(content: bytes, part: str) -> None:
    (flaw,) = flaws(content)
    assert part in flaw.message


def test_path_and_line_of_a_field() -> None:
    document = read_yaml(b"a:\n  - b: 1\n    c:\n      d: 2\n")
    assert document.locate(("a", 0, "c", "d")) == (("a", 0, "c", "d"), 4)
    assert document.locate(("a", 0, "c", "tag_of_a_union", "d")) == (("a", 0, "c", "d"), 4)
    assert document.locate(("a", 0, "missing")) == (("a", 0, "missing"), 2)
    assert document.locate(()) == ((), 1)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=5))
def test_whatever_yaml_writes_is_read_back(data: dict[str, object]) -> None:
    dumper = yaml.SafeDumper
    text = yaml.dump(data, Dumper=type("NoAliases", (dumper,), {"ignore_aliases": lambda *_: True}))
    assert read_yaml(text.encode()).data == data


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Unsound):
        read_yaml(content)
