"""Whatever is wrong with what is published is found and told in a line; what only waits is told apart from it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from plain_run import run

from flows.identity import document_id
from flows.integrity import Report, examine
from flows.tables.schemas import from_table, to_table
from flows.tables.store import Change, Snapshot, Store

CORPUS = Path(__file__).parent / "corpus"
GRANT = document_id("news", "b-grant.txt")
TALKS = document_id("news", "a-talks.md")


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("integrity")
    run(Path(shutil.copytree(CORPUS, home / "news")), home / "p")
    return home


@pytest.fixture
def raw(read_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(read_once / "news", tmp_path / "news"))


@pytest.fixture
def store(read_once: Path, tmp_path: Path) -> Store:
    shutil.copytree(read_once / "p", tmp_path / "p", symlinks=True)
    return Store(tmp_path / "p", durable=False)


def tables(store: Store) -> Snapshot:
    snapshot = store.current()
    assert snapshot
    return snapshot


def report(store: Store, raw: Path | None = None) -> Report:
    return examine(store, tables(store), raw)


def only_file(store: Store, table: str) -> Path:
    return tables(store).files(table)[0]


def test_whole_tables_are_whole(store: Store, raw: Path):
    found = report(store, raw)
    assert (found.broken, found.waiting) == ([], [])
    assert list(found.lines())[-1] == "whole: every file, key, offset and raw input was checked"


# --- files


def cut(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-50])


def flip(path: Path) -> None:
    """Another byte in the middle: the size stays."""
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("table", "damage", "why"),
    [
        ("documents", cut, "it has "),
        ("mentions", flip, "its checksum is not that of the manifest"),
        ("entities", Path.unlink, "it is missing"),
        ("runs", cut, "it has "),
    ],
)
def test_a_damaged_file_is_named(store: Store, table: str, damage: Callable[[Path], object], why: str):
    path = only_file(store, table)
    damage(path)
    name = path.relative_to(tables(store).path).as_posix()
    assert report(store).broken[0].startswith(f"{name}: {why}")


def test_a_stray_file_is_named(store: Store):
    shutil.copy(only_file(store, "firms"), tables(store).path / "firms" / "stray.parquet")
    assert report(store).broken == ["firms/stray.parquet: the manifest does not list it"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text[:100], "it is damaged"),
        (lambda text: text.replace('"schema_version": "1', '"schema_version": "0'), "it says schema 0"),
        (lambda text: text.replace(".parquet", "x.parquet", 1), "it lists other files than the manifest"),
    ],
)
def test_a_wrong_description_is_told(store: Store, change: Callable[[str], str], why: str):
    path = tables(store).path / "datapackage.json"
    path.write_text(change(path.read_text()))
    assert report(store).broken[0].startswith(f"datapackage.json: {why}")


# --- rows


def replace_rows(store: Store, table: str, change: Callable[[list], list]) -> None:
    """Publish other rows of a table, as a defect in the code might."""
    before = tables(store).read(table)
    keys = {name: before[name].to_pylist() for name in ("record_id", "doc_id", "entity_id", "source") if name in before.column_names}
    key = next(iter(keys))
    store.commit([Change(table, to_table(table, change(from_table(table, before))), {key: set(keys[key])})])


def first(**changes: object) -> Callable[[list], list]:
    return lambda rows: [dataclasses.replace(rows[0], **changes), *rows[1:]]


def without(doc_id: str) -> Callable[[list], list]:
    return lambda rows: [row for row in rows if row.doc_id != doc_id]


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("firms", first(end=100_000), "firms: 1 rows have offsets outside of their text"),
        ("deals", first(start=9, end=9), "deals: 1 rows have offsets outside of their text"),
        ("quotes", lambda rows: rows, ""),
        ("officials", first(evidence="Minister Nobody"), "officials: 1 rows have evidence that does not stand at its place in the text"),
        ("officials", first(evidence_spans=(0,)), "officials: 1 rows have evidence_spans outside of their text"),
        ("mentions", first(text="Else"), "mentions: 1 rows have a text that does not stand at its place"),
        ("amounts", first(published_on=dt.date(1999, 1, 1)), "amounts: 1 rows have another published_on than their document"),
        ("firms", first(doc_id="0" * 16), "firms: 1 rows belong to a document that is not there (e.g. 0000000000000000)"),
        ("documents", without(GRANT), f"documents: 1 rows are missing though inputs names them (e.g. {GRANT})"),
        ("documents", without(TALKS), "documents: 1 rows are copies of a document that is not there or is a copy itself"),
        ("inputs", without(GRANT), f"inputs: 1 rows are missing for documents that are there (e.g. {GRANT})"),
        ("rejects", lambda rows: [], "rejects: 1 rows are missing though inputs says rejected (e.g. e-empty.txt)"),
        ("firms", without(GRANT), f"records: 1 rows are missing of those that their documents' runs have counted (e.g. {GRANT})"),
        ("runs", without(GRANT), f"firms: 1 rows belong to a document that no run has read (e.g. {GRANT})"),
    ],
)
def test_rows_that_contradict_others_are_found(store: Store, table: str, change: Callable[[list], list], message: str):
    replace_rows(store, table, change)
    broken = [line for line in report(store).broken if not line.startswith("entities")]
    assert [line for line in broken if line.startswith(message)] or (not message and not broken), broken


def test_a_record_of_a_copy_is_found(store: Store):
    status = {row["source"]: row["doc_id"] for row in tables(store).read("documents").to_pylist()}
    copy = from_table("firms", tables(store).read("firms"))[0]
    copy = dataclasses.replace(copy, doc_id=status["c-wire.jsonl#w-1"], record_id="1" * 16, published_on=dt.date(2023, 3, 15))
    store.commit([Change("firms", to_table("firms", [copy]))])
    assert [line for line in report(store).broken if line.startswith("firms: 1 rows belong to a document that is not to be read")]


def test_a_key_that_stands_twice_is_found_across_files(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("flows.tables.plan._check_new", lambda *arguments: None)
    rows = tables(store).read("firms")
    again = rows.filter(pc.equal(rows["doc_id"], GRANT))
    monkeypatch.setattr("flows.tables.plan.check_keys", lambda *arguments: None)
    store.commit([Change("firms", again)])
    assert f"firms: 1 rows have the same record_id as another (e.g. {GRANT})" in report(store).broken


def test_entities_that_no_record_names_are_found(store: Store):
    replace_rows(store, "entities", first(mention_count=99))
    component = tables(store).manifest.component
    assert component
    assert report(store).broken == ["entities: 9 rows are not those that the records name"]


# --- what waits


def test_raw_files_that_no_table_accounts_for_wait(store: Store, raw: Path):
    (raw / "new.txt").write_text("New\n\nPearl Corp gave 1 million euros.\n")
    (raw / "b-grant.txt").write_text("Changed\n\nOther words.\n")
    (raw / "d-ferry.txt").unlink()
    found = report(store, raw)
    assert found.broken == []
    assert found.waiting == [
        "1 raw files were never read: the next run takes them in (e.g. new.txt)",
        "1 raw files have changed, or were not read to their end: the next run reads them again (e.g. b-grant.txt)",
        "1 raw files are gone from the raw folder; their rows stay until they are forgotten (e.g. d-ferry.txt)",
    ]


def test_a_forgotten_file_is_accounted_for(store: Store, raw: Path):
    from flows.forgetting import find, forget

    forget(store, find(tables(store), "b-grant.txt"), "by mistake")
    found = report(store, raw)
    assert (found.broken, found.waiting) == ([], [])


def test_what_killed_runs_have_left_waits(store: Store, raw: Path):
    runs = tables(store).read("runs")
    mine = runs.filter(pc.equal(runs["doc_id"], GRANT))
    store.commit(
        [
            Change("runs", None, {"doc_id": {GRANT}}),
            *(Change(table, None, {"doc_id": {GRANT}}) for table in ("firms", "officials", "amounts", "deals", "mentions")),
        ]
    )
    store.stage("extract-1", {"runs": pa.concat_tables([mine])})
    (store.path / "snapshots" / "x.partial").mkdir()
    found = report(store, raw)
    assert [line for line in found.broken if not line.startswith("entities")] == []
    assert found.waiting == [
        "1 documents are not extracted yet: the next run reads them",
        "1 commits were begun and not finished: the next commit removes what they left",
        "1 staged batches of a run that was killed: the next run publishes or drops them",
    ]
