"""Raw inputs become documents, rejects and rows of the ledger: once, in order, whatever the batches."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import intake as intake_module
from flows import known as known_module
from flows.identity import collection_of, document_id, source_of
from flows.inputs import RawFolderError, changed_files, root_of, walk
from flows.intake import Counts, Intake
from flows.readers import READER_VERSION, ReaderPool
from flows.tables.store import Store, StoreError, equal_tables

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool() as pool:
        yield pool


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CORPUS, tmp_path / "news"))


def take(raw: Path, store: Store, readers: ReaderPool, batch_size: int = 200) -> Counts:
    """What the flow `ingest` does, without Prefect."""
    intake = Intake(store, collection_of(raw), readers, batch_size=batch_size)
    root_of(raw)
    for file in list(changed_files(walk(raw), intake.ledger, READER_VERSION)):
        intake.take(file)
    intake.commit()
    return intake.counts


def new_store(tmp_path: Path, name: str = "processed") -> Store:
    return Store(tmp_path / name, durable=False)


def rows(store: Store, table: str, *columns: str) -> list[Any]:
    snapshot = store.current()
    assert snapshot
    listed = snapshot.read(table, list(columns)).to_pylist()
    return sorted(tuple(row.values()) if len(columns) > 1 else row[columns[0]] for row in listed)


def test_every_input_is_in_the_ledger_and_from_there_in_documents_or_rejects(raw: Path, tmp_path: Path, readers: ReaderPool):
    store = new_store(tmp_path)
    counts = take(raw, store, readers)
    assert counts == Counts(new=8, rejected=1, duplicates=1, unsupported=1)
    assert rows(store, "inputs", "source", "outcome") == [
        ("a-talks.md", "document"),
        ("b-grant.txt", "document"),
        ("c-wire.jsonl#w-1", "document"),
        ("c-wire.jsonl#w-2", "document"),
        ("c-wire.jsonl#w-3", "document"),
        ("d-ferry.txt", "document"),
        ("e-empty.txt", "rejected"),
        ("f-briefing-march-3.txt", "document"),
        ("f-briefing-march-4.txt", "document"),
    ]
    original = document_id("news", "a-talks.md")
    assert rows(store, "documents", "source", "status", "language") == [
        ("a-talks.md", "ok", "en"),
        ("b-grant.txt", "ok", "en"),
        ("c-wire.jsonl#w-1", "duplicate", "en"),
        ("c-wire.jsonl#w-2", "ok", "en"),
        ("c-wire.jsonl#w-3", "ok", "en"),
        ("d-ferry.txt", "unsupported_language", "fr"),
        ("f-briefing-march-3.txt", "ok", "en"),
        ("f-briefing-march-4.txt", "ok", "en"),
    ]
    assert ("c-wire.jsonl#w-1", original) in rows_with_null(store, "documents", "source", "duplicate_of")
    assert rows(store, "rejects", "source", "reason") == [("e-empty.txt", "empty")]


def rows_with_null(store: Store, table: str, *columns: str) -> list[tuple[Any, ...]]:
    snapshot = store.current()
    assert snapshot
    return [tuple(row.values()) for row in snapshot.read(table, list(columns)).to_pylist()]


@pytest.mark.parametrize("batch_size", [1, 2, 7])
def test_tables_do_not_depend_on_the_batch_size(raw: Path, tmp_path: Path, readers: ReaderPool, batch_size: int):
    whole, parts = new_store(tmp_path), new_store(tmp_path, "parts")
    take(raw, whole, readers)
    take(raw, parts, readers, batch_size)
    assert equal_tables(whole.current(), parts.current()) == []


def test_nothing_is_read_twice(raw: Path, tmp_path: Path, readers: ReaderPool, monkeypatch: pytest.MonkeyPatch):
    store = new_store(tmp_path)
    take(raw, store, readers)
    before = store.current()
    monkeypatch.setattr(intake_module, "make_document", None)
    assert list(changed_files(walk(raw), Intake(store, "news", readers, batch_size=9).ledger, READER_VERSION)) == []
    os.utime(raw / "c-wire.jsonl", (1_700_000_000, 1_700_000_000))  # touched, and the same bytes
    assert take(raw, store, readers) == Counts(unchanged=3)
    assert take(raw, store, readers) == Counts()
    differences = equal_tables(before, store.current())
    assert [difference.split(":")[0] for difference in differences] == ["inputs"]


def test_a_container_that_grew_gives_its_new_record_alone(raw: Path, tmp_path: Path, readers: ReaderPool):
    store = new_store(tmp_path)
    take(raw, store, readers)
    with (raw / "c-wire.jsonl").open("a") as file:
        file.write(
            json.dumps({"id": "w-4", "title": "Ice", "date": "2023-04-04", "text": "The ice plant of Polar Corp opens on Monday."}) + "\n"
        )
    assert take(raw, store, readers) == Counts(unchanged=3, new=1)
    assert take(raw, store, readers) == Counts()


def test_what_vanished_keeps_its_rows(raw: Path, tmp_path: Path, readers: ReaderPool):
    store = new_store(tmp_path)
    take(raw, store, readers)
    before = store.current()
    (raw / "b-grant.txt").unlink()
    lines = (raw / "c-wire.jsonl").read_text().splitlines(keepends=True)
    (raw / "c-wire.jsonl").write_text("".join(lines[:2]))
    assert take(raw, store, readers) == Counts(unchanged=2)
    assert take(raw, store, readers) == Counts()
    assert [difference.split(":")[0] for difference in equal_tables(before, store.current())] == ["inputs"]


def test_a_reject_goes_when_its_file_is_mended(raw: Path, tmp_path: Path, readers: ReaderPool):
    store = new_store(tmp_path)
    take(raw, store, readers)
    (raw / "e-empty.txt").write_text("The lighthouse\n\nThe lighthouse on the cape was painted white again after forty years.")
    assert take(raw, store, readers) == Counts(new=1)
    assert rows(store, "rejects", "source") == []
    assert ("e-empty.txt", "document") in rows(store, "inputs", "source", "outcome")


def test_a_reject_is_tried_again_when_the_reader_changed(raw: Path, tmp_path: Path, readers: ReaderPool, monkeypatch: pytest.MonkeyPatch):
    store = new_store(tmp_path)
    take(raw, store, readers)
    monkeypatch.setattr(intake_module, "READER_VERSION", "newer")
    assert [f.source for f in changed_files(walk(raw), Intake(store, "news", readers, batch_size=9).ledger, "newer")] == ["e-empty.txt"]


def test_a_document_that_cannot_be_read_any_more_becomes_a_reject(raw: Path, tmp_path: Path, readers: ReaderPool):
    store = new_store(tmp_path)
    take(raw, store, readers)
    (raw / "b-grant.txt").write_text("")
    assert take(raw, store, readers) == Counts(rejected=1)
    assert "b-grant.txt" not in rows(store, "documents", "source")
    assert rows(store, "rejects", "source") == ["b-grant.txt", "e-empty.txt"]


def test_an_original_is_never_demoted(raw: Path, tmp_path: Path, readers: ReaderPool):
    """A copy that arrives later and sorts earlier is the copy."""
    store = new_store(tmp_path)
    take(raw, store, readers)
    shutil.copy(raw / "a-talks.md", raw / "0-first.md")
    assert take(raw, store, readers) == Counts(new=1, duplicates=1)
    marked = dict(rows_with_null(store, "documents", "source", "duplicate_of"))
    original = document_id("news", "a-talks.md")
    assert marked["0-first.md"] == marked["c-wire.jsonl#w-1"] == original
    assert marked["a-talks.md"] is None


@pytest.mark.parametrize("batch_size", [1, 200])
def test_copies_are_judged_again_when_their_original_changes(raw: Path, tmp_path: Path, readers: ReaderPool, batch_size: int):
    store = new_store(tmp_path)
    shutil.copy(raw / "c-wire.jsonl", raw / "g-again.jsonl")
    take(raw, store, readers)
    (raw / "a-talks.md").write_text("---\ntitle: Corrected\n---\nThe talks in Valletta were called off.")
    counts = take(raw, store, readers, batch_size)
    assert counts.changed == 1
    marked = dict(rows_with_null(store, "documents", "source", "duplicate_of"))
    assert marked["a-talks.md"] is None
    assert marked["c-wire.jsonl#w-1"] is None
    assert marked["g-again.jsonl#w-1"] == document_id("news", "c-wire.jsonl#w-1")
    assert dict(rows(store, "documents", "source", "status"))["c-wire.jsonl#w-1"] == "ok"


def test_a_changed_title_page_of_the_same_text_stays_what_it_was(raw: Path, tmp_path: Path, readers: ReaderPool):
    """Other columns may change without another extraction: the text's hash is the same."""
    store = new_store(tmp_path)
    take(raw, store, readers)
    before = dict(rows(store, "documents", "source", "content_hash"))
    path = raw / "a-talks.md"
    path.write_text(path.read_text().replace("date: 2023-03-14", "date: 2023-03-14\nauthor: Ada Brik"))
    counts = take(raw, store, readers)
    assert (counts.new, counts.changed) == (0, 0)
    assert dict(rows(store, "documents", "source", "content_hash")) == before


def test_a_container_cut_off_by_a_kill_is_read_to_its_end(raw: Path, tmp_path: Path, readers: ReaderPool):
    """The first batch of a container is committed, then the process dies."""
    whole, cut = new_store(tmp_path), new_store(tmp_path, "cut")
    take(raw, whole, readers)
    intake = Intake(cut, "news", readers, batch_size=4)
    commits = 0

    def dies(commit: Any) -> Any:
        def committed(*args: Any, **kwargs: Any) -> Any:
            nonlocal commits
            commits += 1
            if commits == 2:
                raise KeyboardInterrupt
            return commit(*args, **kwargs)

        return committed

    cut.commit = dies(cut.commit)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        for file in walk(raw):
            intake.take(file)
    cut = new_store(tmp_path, "cut")
    assert rows(cut, "inputs", "source")[-2:] == ["c-wire.jsonl#w-1", "c-wire.jsonl#w-2"]
    take(raw, cut, readers)
    assert equal_tables(whole.current(), cut.current()) == []


def test_an_id_that_stands_twice_in_a_container_makes_two_inputs(tmp_path: Path, readers: ReaderPool):
    raw = tmp_path / "news"
    raw.mkdir()
    record = '{"id": "x", "title": "%s", "text": "The %s was painted white again after forty years."}\n'
    (raw / "a.jsonl").write_text(record % ("One", "lighthouse") + record % ("Two", "boathouse"))
    store = new_store(tmp_path)
    take(raw, store, readers)
    assert rows(store, "documents", "source", "title") == [("a.jsonl#x", "One"), ("a.jsonl#x~2", "Two")]


def test_links_and_odd_files(raw: Path, tmp_path: Path, readers: ReaderPool):
    outside = tmp_path / "outside.txt"
    outside.write_text("secret")
    (raw / "out.txt").symlink_to(outside)
    (raw / "away").symlink_to(tmp_path)
    (raw / "nowhere.txt").symlink_to(raw / "gone.txt")
    (raw / "inside").symlink_to(raw)
    (raw / "round.txt").symlink_to(raw / "round.txt")
    (raw / ".hidden.txt").write_text("not read")
    os.mkfifo(raw / "pipe")
    store = new_store(tmp_path)
    assert take(raw, store, readers).rejected == 6
    assert rows(store, "rejects", "source", "reason") == [
        ("away", "outside_root"),
        ("e-empty.txt", "empty"),
        ("nowhere.txt", "malformed"),
        ("out.txt", "outside_root"),
        ("pipe", "unknown_type"),
        ("round.txt", "malformed"),
    ]


def test_files_come_in_the_order_of_their_sources_whatever_their_folders_are_called(tmp_path: Path):
    names = ["a/z.txt", "a-b/c.txt", "a.txt", "a/b/c.txt", "a/b.txt", "a/b-c.txt", "ab/x.txt", "a/#1.txt", "a/$.txt", "ä/x.txt", "z%23.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [file.source for file in walk(tmp_path)]
    assert found == sorted(source_of(Path(name)) for name in names)
    assert [file.path.relative_to(tmp_path).as_posix() for file in walk(tmp_path)] == sorted(names, key=lambda name: source_of(Path(name)))


def test_files_and_folders_that_go_while_the_folder_is_read_are_left_out(tmp_path: Path):
    for name in ("a.txt", "b/c.txt", "d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    files = walk(tmp_path)
    assert next(files).source == "a.txt"
    shutil.rmtree(tmp_path / "b")
    (tmp_path / "d.txt").unlink()
    assert list(files) == []


def test_folders_may_lie_deeper_in_each_other_than_python_calls_itself(tmp_path: Path):
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(1_200):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        assert list(walk(tmp_path)) == []
    finally:
        os.close(here)
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_full_disk_for_temporary_files_is_told_in_a_line(raw: Path, tmp_path: Path, readers: ReaderPool, monkeypatch: pytest.MonkeyPatch):
    store, whole = new_store(tmp_path), new_store(tmp_path, "whole")
    take(raw, whole, readers)
    with monkeypatch.context() as full:
        full.setattr("flows.known._TABLES", f"{known_module._TABLES} PRAGMA max_page_count = 1;")
        full.setattr("flows.known.Known._read", lambda *arguments: None)
        full.setattr("flows.known._number", lambda day: "x" * 10_000)  # more than the pages that are there hold
        with pytest.raises(StoreError, match=r"disk full while writing to .*: free some space and run again"):
            take(raw, store, readers)
    take(raw, store, readers)
    assert equal_tables(whole.current(), store.current()) == []


def test_a_single_file_belongs_to_its_folder(raw: Path, tmp_path: Path, readers: ReaderPool):
    store = new_store(tmp_path)
    take(raw / "b-grant.txt", store, readers)
    assert rows(store, "documents", "collection", "source") == [("news", "b-grant.txt")]
    assert take(raw, store, readers).new == 7


def test_a_missing_folder_is_named():
    with pytest.raises(RawFolderError, match="there is no folder or file nowhere"):
        walk(Path("nowhere"))
