"""Where is annotation kept between extractions, and how is that of a text that must be forgotten taken away?

One SQLite file for each processed folder, in the folder for what can be made again (`data/interim`): many processes read and write it,
and a kill leaves it whole (write-ahead log). Losing it costs time, never rows. Keys: ARCHITECTURE.md, decision 7.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from nlp.annotation import Annotation, context_hash, text_hash
from nlp.records import Text
from nlp.versions import AnnotationVersions

logger = logging.getLogger(__name__)

_WAIT_SECONDS = 60
_AT_ONCE = 500  # keys in one statement
_PARSES_KEPT = 2  # of one text: today's, and that of a shadow version or of the rules before

_TABLES = """
CREATE TABLE IF NOT EXISTS ner (text TEXT, version TEXT, data BLOB, PRIMARY KEY (text, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spans (text TEXT, context TEXT, version TEXT, spans TEXT, PRIMARY KEY (text, context, version)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parsed (
    number INTEGER PRIMARY KEY, text TEXT, version TEXT, spans TEXT, data BLOB, UNIQUE (text, version, spans)
);
"""


class Annotations:
    """The kept annotation below one folder. Any number of processes may use it at once; an object belongs to one of them."""

    def __init__(self, interim: Path, processed: Path) -> None:
        """`interim` is the folder for what can be made again; `processed` names the tables that the annotation belongs to."""
        self.path = interim / f"annotations-{Path(processed).absolute().name}.sqlite"

    def read(self, texts: Sequence[Text], versions: AnnotationVersions) -> list[Annotation]:
        """What is known of each text in order; nothing where the file cannot be read, which is no text's fault."""
        if not self.path.exists():
            return [Annotation()] * len(texts)
        try:
            return self._read(texts, versions)
        except (sqlite3.Error, OSError) as error:
            logger.warning("annotation kept in %s cannot be read (%s): it is made again; remove the file if this stays", self.path, error)
            return [Annotation()] * len(texts)

    def _read(self, texts: Sequence[Text], versions: AnnotationVersions) -> list[Annotation]:
        hashes = [text_hash(text) for text in texts]
        ner: dict[str, bytes] = {}
        spans: dict[tuple[str, str], str] = {}
        parsed: dict[str, list[tuple[str, bytes]]] = {}
        try:
            self._look_up(hashes, versions, ner, spans, parsed)
        except sqlite3.Error as error:
            logger.warning("annotation in %s cannot be read (%s): it is made again; remove the file if this lasts", self.path, error)
            return [Annotation()] * len(texts)
        return [
            Annotation(ner.get(key), spans.get((key, context_hash(text))), tuple(parsed.get(key, ()))) for key, text in zip(hashes, texts)
        ]

    def _look_up(
        self,
        hashes: Sequence[str],
        versions: AnnotationVersions,
        ner: dict[str, bytes],
        spans: dict[tuple[str, str], str],
        parsed: dict[str, list[tuple[str, bytes]]],
    ) -> None:
        with self._open() as connection:
            for part, marks in _parts(hashes):
                rows = connection.execute(f"SELECT text, data FROM ner WHERE version = ? AND text IN ({marks})", (versions.ner, *part))
                ner.update(rows)
                for text, context, found in connection.execute(
                    f"SELECT text, context, spans FROM spans WHERE version = ? AND text IN ({marks})", (versions.entities, *part)
                ):
                    spans[text, context] = found
                for text, found, data in connection.execute(
                    f"SELECT text, spans, data FROM parsed WHERE version = ? AND text IN ({marks}) ORDER BY number DESC",
                    (versions.parse, *part),
                ):
                    parsed.setdefault(text, []).append((found, data))

    def write(self, made: Iterable[tuple[Text, Annotation]], versions: AnnotationVersions) -> None:
        """Keep what was made of some texts. A full disk or a locked file is a warning: annotation can be made again."""
        pairs = [(text, one) for text, one in made if one.ner or one.spans or one.parsed]
        if not pairs:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                for text, one in pairs:
                    key = text_hash(text)
                    if one.ner is not None:
                        connection.execute("INSERT OR REPLACE INTO ner VALUES (?, ?, ?)", (key, versions.ner, one.ner))
                    if one.spans is not None:
                        row = (key, context_hash(text), versions.entities, one.spans)
                        connection.execute("INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?)", row)
                    for spans, data in one.parsed:
                        row = (key, versions.parse, spans, data)  # type: ignore[assignment]
                        connection.execute("INSERT OR REPLACE INTO parsed (text, version, spans, data) VALUES (?, ?, ?, ?)", row)
                        connection.execute(_DROP_OLD, (key, key, _PARSES_KEPT))
        except (sqlite3.Error, OSError) as error:
            logger.warning("annotation is not kept in %s (%s): it will be made again when it is needed", self.path, error)

    def purge(self, text_hashes: Collection[str]) -> int:
        """Remove all that is kept of texts (`nlp.annotation.text_hash`), and from the file's free pages too; how many were there.

        Raises `sqlite3.Error` or `OSError` where it cannot be removed: who asks must know.
        """
        if not self.path.exists():
            return 0
        gone: set[str] = set()
        with self._open() as connection:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for part, marks in _parts(sorted(text_hashes)):
                    for table in ("ner", "spans", "parsed"):
                        gone |= {row[0] for row in connection.execute(f"SELECT text FROM {table} WHERE text IN ({marks})", part)}
                        connection.execute(f"DELETE FROM {table} WHERE text IN ({marks})", part)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(gone)

    def size(self) -> tuple[int, int]:
        """How many texts have a parse that is kept, and bytes on the disk."""
        if not self.path.exists():
            return 0, 0
        with self._open() as connection:
            texts = connection.execute("SELECT count(DISTINCT text) FROM parsed").fetchone()[0]
        return texts, sum(path.stat().st_size for path in self.path.parent.glob(f"{self.path.name}*"))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last annotation, never the file
            connection.execute("PRAGMA secure_delete = ON")  # a purged text leaves no bytes behind
            connection.executescript(_TABLES)
            yield connection


_DROP_OLD = "DELETE FROM parsed WHERE text = ? AND number NOT IN (SELECT number FROM parsed WHERE text = ? ORDER BY number DESC LIMIT ?)"


def _parts(keys: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The keys in parts that one statement takes, with its placeholders."""
    unique = list(dict.fromkeys(keys))
    for start in range(0, len(unique), _AT_ONCE):
        part = tuple(unique[start : start + _AT_ONCE])
        yield part, ", ".join("?" * len(part))
