"""A folder of YAML → a Playbook, or every problem with its file, field path and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from planner.domain.errors import FieldError, Invalid
from planner.domain.playbook import Playbook
from planner.domain.playbook_doubts import playbook_doubts
from planner.domain.strict_yaml import MAX_BYTES, Document, Flaw, Unsound, read_yaml
from planner.playbooks.mistakes import explained, path_of

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
    return _read(source)[0]


def check_playbook(source: Path) -> tuple[Playbook, tuple[FieldError, ...]]:
    """The same, and what is allowed in it but probably not meant. Raises PlaybookError as well."""
    playbook, sections = _read(source)
    doubts = (Flaw(path_of(path), message) for path, message in playbook_doubts(playbook))
    return playbook, tuple(_placed(doubt, sections, source) for doubt in doubts)


def _read(source: Path) -> tuple[Playbook, dict[str, _Section]]:
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
        playbook = Playbook.model_validate({field: section.value for field, section in sections.items()})
    except ValidationError as error:
        raise PlaybookError([_placed(flaw, sections, source) for flaw in explained(error)]) from None
    return playbook, sections


@dataclass(frozen=True)
class _Section:
    """The value of one field of the playbook, and the file it is written in, as a whole or under its name."""

    value: object
    file: str
    document: Document
    whole_file: bool


def is_yaml(file: Path) -> bool:
    """Whether it is a file that is read as YAML."""
    return file.suffix in (".yaml", ".yml") and file.is_file()


def _yaml_files(source: Path) -> Sequence[Path]:
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise PlaybookError([FieldError(field=source.name, message="there is no such file or folder")])
    files = sorted(filter(is_yaml, source.iterdir()))
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
