"""Import mappings: the shipped ones, and those that people write, each from YAML with every problem placed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from planner.domain.errors import FieldError, Invalid, NotFound, Unreadable, plain_message
from planner.domain.import_mapping import ImportMapping
from planner.domain.strict_yaml import MAX_BYTES, Document, Flaw, Unsound, read_yaml

SHIPPED = Path(__file__).parent.parent / "examples" / "mappings"


class MappingError(Invalid):
    """A mapping cannot be used; `errors` names every problem as `file: field.path`, and the text lists them."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(errors, "\n".join(f"{error.field}: {error.message}" for error in errors))


def list_mappings() -> tuple[str, ...]:
    """The ids of the mappings that come with the program, which are the names of their files."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.yaml")))


def get_mapping(mapping_id: str) -> ImportMapping:
    """The shipped mapping of this id; NotFound."""
    if mapping_id not in list_mappings():
        known = ", ".join(list_mappings())
        raise NotFound(f"There is no mapping '{mapping_id[:60]}'; there are: {known}. A file may be given instead.")
    return read_mapping(SHIPPED / f"{mapping_id}.yaml")


def find_mapping(reference: str) -> ImportMapping:
    """The shipped mapping of this id or, when there is none, the mapping in the file of this name.

    For the terminal only: a name from the network must not open files. Raises NotFound, Unreadable and MappingError.
    """
    path = Path(reference)
    return read_mapping(path) if reference not in list_mappings() and path.is_file() else get_mapping(reference)


def read_mapping(path: Path) -> ImportMapping:
    """The mapping in a file; Unreadable when the file cannot be opened, MappingError when it is no sound mapping."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be read: {error.strerror}") from error
    return parse_mapping(content, path.name)


def parse_mapping(content: bytes, origin: str) -> ImportMapping:
    """The mapping in a YAML text; `origin` names it in messages. Raises MappingError with all problems at once."""
    try:
        document = read_yaml(content)
    except Unsound as unsound:
        raise MappingError([_error(origin, flaw) for flaw in unsound.flaws]) from None
    if not isinstance(document.data, dict):
        raise MappingError([_error(origin, Flaw((), "fields with their names are expected, as in `id: mine`", 1))])
    try:
        return ImportMapping.model_validate(document.data)
    except ValidationError as error:
        raise MappingError([_error(origin, flaw) for flaw in _flaws(error, document)]) from None


def _flaws(error: ValidationError, document: Document) -> Iterator[Flaw]:
    for item in error.errors(include_url=False, include_input=False):
        match item["type"]:
            case "mapping_names":
                for path, message in item["ctx"]["problems"]:
                    yield Flaw(path, message, document.locate(path)[1])
            case "missing" | "extra_forbidden":
                yield Flaw(item["loc"], plain_message(item), document.locate(item["loc"])[1])
            case _:
                path, line = document.locate(item["loc"])
                yield Flaw(path, plain_message(item), line)


def _error(origin: str, flaw: Flaw) -> FieldError:
    path = ".".join(str(step)[:60] for step in flaw.path)
    return FieldError(
        field=f"{origin}: {path}" if path else origin,
        message=flaw.message if flaw.line is None else f"{flaw.message} (line {flaw.line})",
    )
