"""A folder of YAML → a Playbook, or every problem with its file, field path and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from planner.domain.errors import FieldError, Invalid, NotFound, plain_message
from planner.domain.playbook import Playbook
from planner.domain.strict_yaml import MAX_BYTES, Document, Flaw, Unsound, read_yaml

# A file named after a dimension holds that dimension; every other file holds fields of the playbook by their names.
DIMENSIONS = ("impact", "feasibility")
MAX_FILES = 100


class PlaybookError(Invalid):
    """A playbook cannot be used; `errors` names every problem as `file: field.path`, and the text lists them."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(errors, "\n".join(f"{error.field}: {error.message}" for error in errors))


def load_playbook(source: Path) -> Playbook:
    """The playbook in a folder of YAML files, or in a single file.

    Raises PlaybookError with all problems at once: first what is wrong with the files, then with the fields, then
    with ids that stand twice or name nothing.
    """
    files = _yaml_files(source)
    documents: dict[str, Document] = {}
    errors: list[FieldError] = []
    for file in files:
        try:
            documents[file.name] = read_yaml(_content(file))
        except Unsound as unsound:
            errors.extend(_error(file.name, flaw) for flaw in unsound.flaws)
    sections, misplaced = _sections(documents)
    errors.extend(misplaced)
    if errors:
        raise PlaybookError(errors)
    try:
        return Playbook.model_validate({field: section.value for field, section in sections.items()})
    except ValidationError as error:
        raise PlaybookError([_placed(flaw, sections, source) for flaw in _flaws(error)]) from None


class Playbooks:
    """The playbooks at hand, by id and version."""

    def __init__(self, playbooks: Iterable[Playbook]) -> None:
        self._by_id: dict[str, dict[int, Playbook]] = {}
        for playbook in sorted(playbooks, key=lambda entry: (entry.id, entry.version)):
            self._by_id.setdefault(playbook.id, {})[playbook.version] = playbook

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The playbooks that come with the program, read when they are first asked for and then kept."""
        here = Path(__file__).parent
        return cls(load_playbook(head.parent) for head in sorted(here.glob("*/playbook.yaml")))

    def get(self, playbook_id: str, version: int | None = None) -> Playbook:
        """The playbook of this id; its newest version when none is named. Raises NotFound."""
        versions = self._by_id.get(playbook_id)
        if not versions:
            raise NotFound(f"There is no playbook '{playbook_id[:60]}'; there are: {', '.join(self._by_id) or 'none'}.")
        wanted = max(versions) if version is None else version
        if wanted not in versions:
            known = ", ".join(str(number) for number in versions)
            raise NotFound(f"There is no version {wanted} of the playbook '{playbook_id}'; there are: {known}.")
        return versions[wanted]

    def list(self) -> tuple[Playbook, ...]:
        """All of them, by id and version."""
        return tuple(playbook for versions in self._by_id.values() for playbook in versions.values())


@dataclass(frozen=True)
class _Section:
    """The value of one field of the playbook, and the file it is written in, as a whole or under its name."""

    value: object
    file: str
    document: Document
    whole_file: bool


def _yaml_files(source: Path) -> Sequence[Path]:
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise PlaybookError([FieldError(field=source.name, message="there is no such file or folder")])
    files = sorted(file for file in source.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())
    if not files:
        raise PlaybookError([FieldError(field=source.name, message="the folder holds no YAML file")])
    if len(files) > MAX_FILES:
        raise PlaybookError([FieldError(field=source.name, message=f"more than {MAX_FILES} YAML files")])
    return files


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unsound([Flaw((), f"cannot be read: {error.strerror}")]) from error


def _sections(documents: dict[str, Document]) -> tuple[dict[str, _Section], list[FieldError]]:
    """The fields that the files hold together, and what stands in the wrong place."""
    sections: dict[str, _Section] = {}
    errors = []
    for file, document in documents.items():
        if not isinstance(document.data, dict):
            errors.append(_error(file, Flaw((), "fields with their names are expected, as in `id: mine`", 1)))
            continue
        topic = file.rpartition(".")[0]
        whole_file = topic in DIMENSIONS
        fields = {topic: document.data} if whole_file else document.data
        for field, value in fields.items():
            if field in sections:
                flaw = Flaw((field,), f"stands in {sections[field].file} already", document.locate((field,))[1])
                errors.append(_error(file, flaw))
            else:
                sections[field] = _Section(value, file, document, whole_file)
    return sections, errors


def _flaws(error: ValidationError) -> Iterator[Flaw]:
    for item in error.errors(include_url=False, include_input=False):
        if item["type"] == "playbook_ids":
            for path, message in item["ctx"]["problems"]:
                yield Flaw(tuple(int(step) if step.isdigit() else step for step in path.split(".")), message)
        else:
            yield Flaw(item["loc"], plain_message(item))


def _placed(flaw: Flaw, sections: dict[str, _Section], source: Path) -> FieldError:
    section = sections.get(str(flaw.path[0])) if flaw.path else None
    if section is None:
        return _error(source.name, flaw)
    inside = flaw.path[1:] if section.whole_file else flaw.path
    path, line = section.document.locate(inside)
    return _error(section.file, Flaw(path, flaw.message, line))


def _error(file: str, flaw: Flaw) -> FieldError:
    path = ".".join(str(step)[:60] for step in flaw.path)
    return FieldError(
        field=f"{file}: {path}" if path else file,
        message=flaw.message if flaw.line is None else f"{flaw.message} (line {flaw.line})",
    )
