"""What is left of a forgotten document outside of the newest tables, and how is it removed?

Its raw input, the annotation kept of its text, and older snapshots. A raw file that holds forgotten documents alone is deleted; of a
JSON Lines file the record's line; other containers are left to a person, before anything is changed.
"""

from __future__ import annotations

import gzip
import lzma
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from flows.annotations import Annotations
from flows.errors import InputError
from flows.forgetting import Place
from flows.identity import clean_record, collection_of, file_of
from flows.inputs import root_of, walk
from flows.readers import Limits, ReaderPool
from flows.readers.model import RawReject
from flows.tables.forgotten import hash_of_place
from flows.tables.snapshot import Snapshot
from flows.terminal import plain
from flows.tombstones import Tombstones
from nlp.annotation import text_hash
from nlp.records import Document, Text

_LINES = (".jsonl", ".ndjson")
_OPEN: dict[str, Callable[..., object]] = {".gz": gzip.open, ".xz": lzma.open}


@dataclass
class RawPlan:
    """What is to be done with raw files. A context: what was written for it and not used is removed at its end."""

    deleted: list[Path] = field(default_factory=list)
    rewritten: dict[Path, Path] = field(default_factory=dict)
    """The file that takes the place of each."""
    gone: list[str] = field(default_factory=list)
    """Sources that are not in the raw folder any more."""
    renamed: set[Place] = field(default_factory=set)
    """What the places of removed records are called from now on."""

    def __enter__(self) -> RawPlan:
        return self

    def __exit__(self, *error: object) -> None:
        for written in self.rewritten.values():
            written.unlink(missing_ok=True)

    def carry_out(self) -> None:
        """Delete and replace the files. Raises `OSError`."""
        for path in self.deleted:
            path.unlink(missing_ok=True)
        for path, written in self.rewritten.items():
            shutil.copymode(path, written)
            written.replace(path)


def plan_raw(snapshot: Snapshot, raw: Path, places: Iterable[Place], limits: Limits) -> RawPlan:
    """How the raw inputs at some places are removed; nothing is removed yet.

    Raises `InputError` where one cannot be removed: its folder is not `raw`, or it stands with others in a file that is not rewritten.
    """
    root, collection = root_of(raw), collection_of(raw)
    wanted = set(places)
    if elsewhere := sorted({place[0] for place in wanted if place[0] != collection}):
        raise InputError(
            f"the raw files are those of the folder {plain(elsewhere[0])!r}, not of {root}: name it by --raw, or leave --purge out"
        )
    files = {file.source: file for file in walk(raw)}
    known = [row["source"] for row in snapshot.read("inputs", ["collection", "source"]).to_pylist() if row["collection"] == collection]
    plan = RawPlan()
    with ExitStack() as undo, ReaderPool(limits, root=root) as readers:
        undo.callback(plan.__exit__)
        for name in sorted({file_of(source) for _, source in wanted}):
            going = {source for _, source in wanted if file_of(source) == name}
            staying = [source for source in known if file_of(source) == name and source not in going]
            if name not in files:
                plan.gone.append(name)
            elif not staying or name in going:
                plan.deleted.append(files[name].path)
            else:
                written, renamed = _without(files[name].path, name, going, readers, len(staying))
                plan.rewritten[files[name].path] = written
                plan.renamed |= {(collection, source) for source in renamed}
        undo.pop_all()
    return plan


def purge_annotation(kept: Annotations, documents: Iterable[Document]) -> int:
    """Remove the annotation that is kept of documents; of how many texts there was any. Raises `InputError`."""
    try:
        return kept.purge({text_hash(Text(text=document.text, title=document.title)) for document in documents})
    except (sqlite3.Error, OSError) as error:
        raise InputError(f"annotation cannot be removed from {kept.path} ({error}): remove the file, it can be made again") from error


def left_behind(snapshot: Snapshot, raw: Path, groups: Collection[str], limits: Limits) -> set[Place]:
    """The places in the raw folder of documents that are forgotten already, given by `forgotten.document`.

    A purge that was interrupted can be taken up again, though the tables no longer know where the documents stood.
    """
    root, collection = root_of(raw), collection_of(raw)
    hashes = {row.key_hash for row in Tombstones(snapshot).of_group(groups)}
    known = snapshot.read("inputs", ["source"])["source"].to_pylist()
    containers = {file_of(source) for source in known if file_of(source) != source}
    found: set[str] = set()
    with ReaderPool(limits, root=root) as readers:
        for file in walk(raw):
            found.add(file.source)
            if file.source in containers and not file.problem:
                found |= {source for source, _, _ in _records(file.path, file.source, readers)}
    return {(collection, source) for source in found if hash_of_place(collection, source) in hashes}


def _without(path: Path, name: str, going: set[str], readers: ReaderPool, staying: int) -> tuple[Path, set[str]]:
    """A copy of a JSON Lines file without some records, and how their places are called in it.

    The other records must keep their names, or they would be other documents: those without an id are named by their number, so the
    line of a removed record may have to stay, empty.
    """
    packing = path.suffix.lower() if path.suffix.lower() in _OPEN else ""
    kind = Path(path.name[: len(path.name) - len(packing)]).suffix.lower()
    if kind not in _LINES:
        raise InputError(
            f"{path} holds {staying} other documents and is not rewritten (only JSON Lines is): "
            f"remove {', '.join(plain(one) for one in sorted(going))} from it yourself, or leave --purge out"
        )
    before = list(_records(path, name, readers))
    numbers = {number for number, (source, _, _) in enumerate(before) if source in going}
    kept = Counter((source, hashed) for source, hashed, _ in before if source not in going)
    written = path.with_name(f".forget-{os.getpid()}-{path.name}")
    for replacement in (b"", b"{}\n"):
        _write_lines(path, written, packing, numbers, replacement)
        after = list(_records(written, name, readers))
        extra = Counter((source, hashed) for source, hashed, _ in after) - kept
        rejected = {source for source, _, is_reject in after if is_reject}
        if not kept - Counter((source, hashed) for source, hashed, _ in after) and {source for source, _ in extra} <= rejected:
            return written, {source for source, _ in extra}
    written.unlink()
    raise InputError(f"{path} cannot be rewritten so that its other documents keep their names: leave --purge out, or edit it yourself")


def _records(path: Path, name: str, readers: ReaderPool) -> Iterator[tuple[str, str, bool]]:
    """Source, hash and whether it is rejected of each record, in the file's order; named as `flows.intake` names them."""
    counted: Counter[str] = Counter()
    for read in readers.iter(path):
        source = name if read.record is None else f"{name}#{clean_record(read.record)}"
        counted[source] += 1
        yield source if counted[source] == 1 else f"{source}~{counted[source]}", read.raw_hash, isinstance(read, RawReject)


def _write_lines(path: Path, written: Path, packing: str, numbers: set[int], replacement: bytes) -> None:
    """Copy a file but for some of its lines, counted without blank ones from 0."""
    opened = _OPEN.get(packing, open)
    with cast(BinaryIO, opened(path, "rb")) as source, cast(BinaryIO, opened(written, "wb")) as target:
        number = -1
        for line in source:
            number += bool(line.strip())
            if number not in numbers or not line.strip():
                target.write(line)
            elif replacement:
                target.write(replacement)
    with written.open("rb+") as file:
        os.fsync(file.fileno())
