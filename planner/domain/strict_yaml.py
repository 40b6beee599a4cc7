"""YAML read strictly: plain data only, no repeated keys, no aliases, bounded in size and depth, with line numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

# The C loader is about ten times faster; wheels of PyYAML without it exist.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 1_000_000
MAX_DEPTH = 50  # The composer recurses in C: a file of brackets alone would end the process without a word.

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with a file: where, on which line (counted from 1, None unknown), and what would cure it."""

    path: Path
    message: str
    line: int | None = None


class Unsound(Exception):
    """The text is not YAML that is accepted here; `flaws` has all that was found."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__("; ".join(flaw.message for flaw in flaws))
        self.flaws = tuple(flaws)


@dataclass(frozen=True)
class Document:
    """The data of one YAML text, and its nodes, which know their lines."""

    data: object
    root: yaml.Node

    def locate(self, path: Path) -> tuple[Path, int | None]:
        """The part of `path` that exists in the text, with its last step kept, and the line of the nearest node.

        Steps that name nothing in the text are left out: pydantic puts the tag of a union into its locations.
        """
        node, found = self.root, list[str | int]()
        for position, step in enumerate(path):
            below = _child(node, step)
            if below is not None:
                node = below
            elif position < len(path) - 1:
                continue
            found.append(step)
        return tuple(found), _line(node)


def read_yaml(content: bytes) -> Document:
    """One YAML document of plain data.

    Raises Unsound with every flaw found: too large or too deep, not YAML, more than one document, aliases, repeated
    keys, or keys that YAML does not read as text (`on`, `yes`, `2024`).
    """
    if len(content) > MAX_BYTES:
        raise Unsound([Flaw((), f"the file is larger than {MAX_BYTES // 1_000_000} MB")])
    try:
        _refuse_bombs(content)
        loader = _Loader(content)
        try:
            root = loader.get_single_node()
            if root is None:
                raise Unsound([Flaw((), "the file is empty")])
            if flaws := list(_bad_keys(root, ())):
                raise Unsound(flaws)
            return Document(loader.construct_document(root), root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.problem == "could not find expected ':'":
            mark = error.context_mark  # the line that lacks it, not the next one
        text = ", ".join(part for part in (error.context, error.problem) if part)
        raise Unsound([Flaw((), f"not YAML: {text}{_cure(text)}", mark.line + 1 if mark else None)]) from error
    except UnicodeDecodeError as error:
        raise Unsound([Flaw((), "not UTF-8 text; save the file as UTF-8", _line_at(content, error.start))]) from error
    except yaml.reader.ReaderError as error:
        flaw = "not UTF-8 text; save the file as UTF-8"
        if "not allowed" in error.reason:
            flaw = "holds a control character, which no text has; take it out"
        raise Unsound([Flaw((), flaw, _line_at(content, error.position))]) from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that no calendar has, a number without end
        raise Unsound([Flaw((), f"not YAML: {str(error).splitlines()[0]}")]) from error


# What a parser says of the commonest slips, and what cures them.
_CURES = (
    (
        "found character that cannot start any token",
        "indent with blanks, not tabs, and put a text that begins so in quotes",
    ),
    ("found a tab character", "indent with blanks, not tabs"),
    ("mapping values are not allowed", "a text with a colon and a blank needs quotes; or the line is indented too far"),
    ("could not find expected ':'", "a field is written name, colon, blank, value"),
    ("did not find expected key", "look at the quotes and at how the lines are indented"),
    ("did not find expected ',' or", "a bracket is not closed, or a comma is missing"),
    ("did not find expected '-' indicator", "the entries of a list begin in the same column"),
    ("found unexpected end of stream", "a quote is not closed"),
    ("expected a single document", "take out the line ---"),
)


def _cure(text: str) -> str:
    return next((f"; {cure}" for said, cure in _CURES if said in text), "")


def _line_at(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _refuse_bombs(content: bytes) -> None:
    """Refuse aliases, which let a small file grow without bound, and depth, before anything is built."""
    depth = 0
    for event in yaml.parse(content, _Loader):
        if isinstance(event, yaml.AliasEvent):
            raise Unsound([Flaw((), f"aliases (*{event.anchor}) are not read; write the value out", _line(event))])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise Unsound([Flaw((), f"nested more than {MAX_DEPTH} deep", _line(event))])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _bad_keys(node: yaml.Node, path: Path) -> Iterator[Flaw]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _bad_keys(item, (*path, index))
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int | None] = {}
        for key, value in node.value:
            line = _line(key)
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                name = key.value if isinstance(key, yaml.ScalarNode) else "?"
                yield Flaw((*path, name), "YAML does not read this key as text; put it in quotes", line)
                continue
            if key.value in seen:
                yield Flaw((*path, key.value), f"stands twice, first on line {seen[key.value]}", line)
            seen.setdefault(key.value, line)
            yield from _bad_keys(value, (*path, key.value))


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return None


def _line(piece: yaml.Node | yaml.Event) -> int | None:
    return piece.start_mark.line + 1 if piece.start_mark else None
