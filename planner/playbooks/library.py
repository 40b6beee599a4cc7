"""The playbooks at hand: the shipped ones and an organisation's own, by id and version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from planner.domain.errors import FieldError, NotFound
from planner.domain.playbook import Playbook
from planner.playbooks.loader import DIMENSIONS, PlaybookError, is_yaml, load_playbook


@dataclass(frozen=True)
class Place:
    """Where a playbook was read: a folder or a file, None for one made otherwise; whether it came with the program."""

    source: Path | None = None
    shipped: bool = False


class Playbooks:
    """The playbooks at hand, by id and version. Several versions of one stand side by side: portfolios pin theirs."""

    def __init__(self, playbooks: Iterable[Playbook]) -> None:
        self._by_id: dict[str, dict[int, Playbook]] = {}
        self._places: dict[tuple[str, int], Place] = {}
        self._put((playbook, Place()) for playbook in playbooks)

    def _put(self, placed: Iterable[tuple[Playbook, Place]]) -> None:
        for playbook, place in sorted(placed, key=lambda entry: (entry[0].id, entry[0].version)):
            self._by_id.setdefault(playbook.id, {})[playbook.version] = playbook
            self._places[playbook.id, playbook.version] = place
        self._by_id = {name: dict(sorted(versions.items())) for name, versions in sorted(self._by_id.items())}

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The playbooks that come with the program, read when they are first asked for and then kept."""
        here = Path(__file__).parent
        found = cls(())
        found._put(
            (load_playbook(head.parent), Place(head.parent, shipped=True))
            for head in sorted(here.glob("*/playbook.yaml"))
        )
        return found

    @classmethod
    def at_hand(cls, folder: Path | None) -> Playbooks:
        """The shipped playbooks, and those in a folder of one's own: each a folder of YAML files in it, or one file.

        Raises PlaybookError with every problem of every playbook there, and for two that have the same id and version.
        """
        shipped = cls.shipped()
        if folder is None:
            return shipped
        found = cls(())
        found._put((playbook, shipped.place(playbook)) for playbook in shipped.list())
        errors: list[FieldError] = []
        for source in _sources(folder):
            try:
                playbook = load_playbook(source)
            except PlaybookError as error:
                errors.extend(_within(source, item) for item in error.errors)
                continue
            other = found._places.get((playbook.id, playbook.version))
            if other is None:
                found._put([(playbook, Place(source))])
            else:
                what = f"version {playbook.version} of '{playbook.id}' stands in {other.source} already"
                errors.append(FieldError(field=str(source), message=f"{what}; give it another id or version"))
        if errors:
            raise PlaybookError(errors)
        return found

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

    def named(self, name: str | None) -> Playbook:
        """The playbook that somebody means by `ID` or `ID@VERSION`; the usual one when nothing is said. NotFound."""
        if name is None:
            return self.usual
        playbook_id, at, version = name.partition("@")
        if at and not (version.isascii() and version.isdigit() and len(version) < 10):
            raise NotFound(f"'{name[:80]}' names no version: write {playbook_id[:60]}@1.")
        return self.get(playbook_id, int(version) if at else None)

    @property
    def usual(self) -> Playbook:
        """What a portfolio follows that chooses none: the newest version of the first one that is shipped."""
        shipped = [playbook for playbook in self.list() if self.place(playbook).shipped] or list(self.list())
        if not shipped:
            raise NotFound("There is no playbook.")
        return self.get(shipped[0].id)

    def place(self, playbook: Playbook) -> Place:
        """Where a playbook of these was read."""
        return self._places[playbook.id, playbook.version]

    def list(self) -> tuple[Playbook, ...]:
        """All of them, by id and version."""
        return tuple(playbook for versions in self._by_id.values() for playbook in versions.values())


def _sources(folder: Path) -> list[Path]:
    """The folders and files in a folder that hold a playbook each; what begins with a point is passed over."""
    try:
        below = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise PlaybookError(
            [FieldError(field="PLANNER_PLAYBOOKS", message=f"{folder}: {why}; name a folder of playbooks")]
        ) from error
    files = [entry for entry in below if is_yaml(entry)]
    if {file.stem for file in files} & set(DIMENSIONS):
        cure = f"{folder} is itself a playbook; name the folder that holds it"
        raise PlaybookError([FieldError(field="PLANNER_PLAYBOOKS", message=cure)])
    return [*files, *(entry for entry in below if entry.is_dir() and any(map(is_yaml, entry.iterdir())))]


def _within(source: Path, error: FieldError) -> FieldError:
    """The error with the folder of the playbook before its file, so that it can be found among several."""
    name = str(source.parent if source.is_file() or error.field == source.name else source)
    return FieldError(field=f"{name}/{error.field}", message=error.message)
