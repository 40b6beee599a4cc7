"""What commands read: `name=value` options, YAML and JSON files; and the files they write."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from planner.domain.errors import Invalid, TooLarge, Unreadable
from planner.readers.limits import DEFAULT_LIMITS
from planner.readers.strict_json import parse_json

Kind = TypeVar("Kind", bound=str)
STANDARD_INPUT = "-"


def split_pairs(values: Iterable[str], option: str, separator: str = "=") -> dict[str, str]:
    """`name=value` options as a dict. Raises Invalid for one without a name or the sign, and for a name twice."""
    pairs: dict[str, str] = {}
    for value in values:
        name, found, rest = value.partition(separator)
        name = name.strip()
        if not found or not name:
            raise Invalid.one(option, f"write it as NAME{separator}VALUE, not '{value[:60]}'")
        if name in pairs:
            raise Invalid.one(option, f"'{name[:60]}' stands twice")
        pairs[name] = rest.strip()
    return pairs


def read_bytes(path: Path, most: int = DEFAULT_LIMITS.max_bytes) -> bytes:
    """A file, or standard input for `-`. Raises Unreadable or, beyond `most` bytes, TooLarge."""
    try:
        if str(path) == STANDARD_INPUT:
            content = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as stream:
                content = stream.read(most + 1)
    except OSError as error:
        raise Unreadable(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    if len(content) > most:
        raise TooLarge(f"{called(path)} has more than {most:,} bytes, the most that is read.")
    return content


def read_data(path: Path) -> Any:
    """The data of a JSON or YAML file. Raises Unreadable with the place of what is wrong."""
    return parse_data(read_bytes(path), path)


def parse_data(content: bytes, path: Path) -> Any:
    """The data of a JSON or YAML text; `path` says by its ending which it is, and names it in messages."""
    if path.suffix.lower() == ".json" or (str(path) == STANDARD_INPUT and content.lstrip()[:1] in (b"{", b"[")):
        return parse_json(content, called(path))
    from planner.domain.strict_yaml import Unsound, read_yaml

    try:
        return read_yaml(content).data
    except Unsound as unsound:
        flaw = unsound.flaws[0]
        place = "".join((f", line {flaw.line}" if flaw.line else "", *(f", {step}" for step in flaw.path[-1:])))
        raise Unreadable(f"{called(path)}{place}: {flaw.message}") from None


def called(path: Path) -> str:
    """A file as messages name it."""
    return "standard input" if str(path) == STANDARD_INPUT else str(path)


def write_file(path: Path, content: bytes) -> None:
    """Writes a file that appears under its name only when it is whole. Raises OSError with the name."""
    target = path.resolve()
    if target.exists() and not target.is_file():  # a device or a pipe, which cannot be replaced
        target.write_bytes(content)
        return
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    handle, partial = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(partial).chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        Path(partial).replace(target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def kind_of(path: Path, kinds: Iterable[Kind]) -> Kind:
    """The kind of file that a name says by its ending. Raises Invalid when it is none of `kinds`."""
    kinds = tuple(kinds)
    kind = next((kind for kind in kinds if path.suffix.lower() == f".{kind}"), None)
    if kind is None:
        raise Invalid.one(str(path)[:120], f"the name must end in one of: {', '.join(f'.{name}' for name in kinds)}")
    return kind
