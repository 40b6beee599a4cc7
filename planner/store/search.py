"""Full-text search, the same on both databases.

Each database splits and folds text in its own way (one knows no accents, the other takes a web address for one word).
So text and query are made into plain words here, and the database only looks these up.
"""

from __future__ import annotations

import re
from typing import Any
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement, Integer, false, func, literal_column, or_, select, text

from planner.store.tables import ProjectRow, table

project = table(ProjectRow)

_WORD = re.compile(r"[^\W_]+")


def search_words(words: str) -> list[str]:
    """The words of a text in small letters and without accents: `Foo-Bär` is foo and bar."""
    if words.isascii():
        return _WORD.findall(words.lower())
    apart = normalize("NFKD", normalize("NFKD", words).casefold())
    return _WORD.findall("".join(character for character in apart if not combining(character)))


def found_by(words: str, *, sqlite: bool) -> ColumnElement[bool]:
    """The projects that hold all the words, the last of which may be the beginning of one; or that have this key."""
    by_key = project.c.key == words.strip().upper()
    wanted = search_words(words)
    if not wanted:
        return or_(by_key, false())
    if sqlite:
        query = " ".join(f'"{word}"' for word in wanted) + "*"
        matching = select(literal_column("rowid", Integer)).select_from(text("project_search"))
        found: Any = project.c.id.in_(matching.where(text("project_search MATCH :q").bindparams(q=query)))
    else:
        query = " & ".join(f"'{word}'" for word in wanted) + ":*"
        document = func.to_tsvector(literal_column("'simple'"), project.c.search_text)
        found = document.op("@@")(func.to_tsquery(literal_column("'simple'"), query))
    return or_(by_key, found)
