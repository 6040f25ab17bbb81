"""Which tables of a document are old, and what has to be done to make them new?

`runs.component_versions` says by which version of each component a document was read. A table is old when one of the components that
its rows depend on has another version now (a component's version holds those of all that it reads). Where only some tables of a
document were brought up to date, `table:<name>` says of each of these by which versions.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.entities import IDENTIFIED, NAMING
from flows.errors import InputError
from nlp.records import RECORD_TABLES, digest

_TABLE = "table:"


@dataclass(frozen=True)
class Work:
    """What makes the tables of some documents new.

    `tables` are made by components; the records of `staged` are written anew, some of them only because they name entities that the
    others tell; the rows of the rest stay, and get the new version's name where the document is `complete` then. `version` and
    `components` are what `runs` says afterwards. `genre`: genre and parties are to be told again.
    """

    tables: tuple[str, ...]
    staged: tuple[str, ...]
    complete: bool
    genre: bool
    version: str
    components: str

    @property
    def naming(self) -> tuple[str, ...]:
        """The tables whose published rows tell the names in those that are made."""
        return tuple(table for table in NAMING if table not in self.tables) if set(self.tables) & set(IDENTIFIED) else ()


class Versions:
    """The versions of an extractor's components, and which tables depend on which."""

    def __init__(self, extractor: str, model: str) -> None:
        module = importlib.import_module(extractor)
        self.pipeline: str = module.pipeline_version(model)
        self.components: dict[str, str] = module.component_versions(model)
        everything = tuple(sorted(self.components))
        known = module.table_components() if hasattr(module, "table_components") else {}
        self.depends: dict[str, Sequence[str]] = {table: known.get(table, everything) for table in RECORD_TABLES}
        self.text = json.dumps(self.components, sort_keys=True)
        self._now = {table: self._version(self.components, table) for table in RECORD_TABLES}
        self._module = module

    def _version(self, components: Mapping[str, str], table: str) -> str:
        return components.get(_TABLE + table) or digest(*(f"{name} {components.get(name)}" for name in self.depends[table]))

    def of_components(self, names: Sequence[str]) -> tuple[str, ...]:
        """The tables whose rows depend on one of these components, directly or through another; all where no name is given.

        Raises `InputError` for a name that no component has.
        """
        if not names:
            return tuple(RECORD_TABLES)
        if unknown := [name for name in names if name not in self.components]:
            raise InputError(f"there is no component {', '.join(unknown)}; the components are {', '.join(self.components)}")
        through = self._module.dependencies() if hasattr(self._module, "dependencies") else self.depends
        return tuple(table for table in RECORD_TABLES if set(names) & set(through[table]))

    @functools.lru_cache(maxsize=4096)  # noqa: B019  a few states stand in the rows of all documents
    def work(self, recorded: str, version: str, wanted: tuple[str, ...]) -> Work | None:
        """What makes the `wanted` tables of documents new that were read by `recorded` (JSON) and `version`; None: nothing is old."""
        before: dict[str, str] = json.loads(recorded or "{}")
        old = [table for table in RECORD_TABLES if self._version(before, table) != self._now[table]]
        tables = tuple(table for table in old if table in wanted)
        if not tables and (old or version == self.pipeline):
            return None
        staged = tuple(
            table for table in RECORD_TABLES if table in tables or (table in IDENTIFIED and set(tables) & set(NAMING))
        )  # other names may mean other entities
        genre = bool(tables) and "genre" in self.components and before.get("genre") != self.components["genre"]
        if set(tables) == set(old):
            return Work(tables, staged, True, genre, self.pipeline, self.text)
        after = before | {_TABLE + table: self._now[table] for table in tables}
        if genre:
            after["genre"] = self.components["genre"]
        return Work(tables, staged, False, genre, version, json.dumps(after, sort_keys=True))
