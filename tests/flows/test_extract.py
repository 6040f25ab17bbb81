"""Documents are read once, whatever happens to the process that reads them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import fake_extractor
import pytest

from flows.errors import ModelError
from flows.extract import DIED, HOPELESS, Extraction
from flows.identity import content_hash, document_id
from flows.link import link
from flows.tables.schemas import to_table
from flows.tables.store import Change, Store, StoreLockedError, equal_tables
from flows.workers import OVERTIME, Workers, chunks
from nlp.records import RECORD_TABLES, Document

CHILD = Path(__file__).with_name("extract_child.py")
TEXTS = [
    f"{day} Corp gave 1{number} million euros for the harbour, said Minister Aiko {name} on the quay of the old town."
    for number, (day, name) in enumerate(zip(["Gull", "Heron", "Ibis", "Jay", "Kite", "Lark"] * 4, ["Abe", "Baba", "Chiba", "Doi"] * 6))
]


def documents(texts: list[str]) -> list[Document]:
    """One document a text, over three months and one without a day."""
    import datetime as dt

    days = [dt.date(2023, 1, 5), dt.date(2023, 2, 6), dt.date(2023, 3, 7), None]
    return [
        Document(
            doc_id=document_id("news", f"{number:03}.txt"),
            collection="news",
            source=f"{number:03}.txt",
            title=f"Number {number}",
            text=text,
            language="en",
            published_on=days[number % 4],
            content_hash=content_hash(f"Number {number}", text, days[number % 4]),
            word_count=len(text.split()),
        )
        for number, text in enumerate(texts)
    ]


def new_store(folder: Path, texts: list[str]) -> Store:
    store = Store(folder, durable=False)
    store.commit([Change("documents", to_table("documents", documents(texts)))])
    return store


def extract(store: Store, batch_size: int = 200, workers: int = 0, **options: Any) -> Extraction:
    """What the flow `extract` does, without Prefect."""
    extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL, **options)
    extraction.recover()
    with Workers(extraction.source, workers) as pool:
        for batch in list(extraction.batches(batch_size)):
            extraction.run(batch, pool)
    return extraction


def child(store: Store, *arguments: object) -> int:
    """Extract in a process of its own; its exit code."""
    path = os.pathsep.join([str(CHILD.parent), *(os.environ.get("PYTHONPATH", "").split(os.pathsep))])
    command = [sys.executable, str(CHILD), str(store.path), *map(str, arguments)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, timeout=120, check=False).returncode


def runs(store: Store) -> list[tuple[Any, ...]]:
    snapshot = store.current()
    assert snapshot
    columns = ["doc_id", "attempt", "status", "error", "record_count"]
    return [tuple(row.values()) for row in snapshot.read("runs", columns).to_pylist()]


def count(store: Store, table: str) -> int:
    snapshot = store.current()
    assert snapshot
    return snapshot.rows(table)


def test_the_rows_of_one_document(tmp_path: Path):
    store = new_store(tmp_path / "p", [TEXTS[0]])
    extraction = extract(store)
    link(store)
    snapshot = store.current()
    assert snapshot
    rows = {table: snapshot.read(table).to_pylist() for table in RECORD_TABLES}
    assert [(firm["name"], firm["aliases"], firm["evidence"]) for firm in rows["firms"]] == [("Gull Corp", ["Gull"], "Gull Corp")]
    assert [(amount["amount_min"], amount["amount_usd"], amount["fx_source"]) for amount in rows["amounts"]] == [
        (10e6, pytest.approx(10_601_000), "ecb")  # the ECB's rate of 5 January 2023: 1.0601
    ]
    assert rows["deals"][0]["fx_date"].isoformat() == "2023-01-05"
    assert rows["mentions"][0]["entity_id"] == rows["firms"][0]["firm_id"]
    entities = {row["entity_id"]: (row["label"], row["name"], row["country"]) for row in snapshot.read("entities").to_pylist()}
    assert entities[rows["firms"][0]["firm_id"]] == ("FIRM", "Gull Corp", None)
    assert entities[rows["officials"][0]["person_id"]] == ("PERSON", "Aiko Abe", "JP")
    assert entities[rows["deals"][0]["buyer_ids"][0]] == ("COUNTRY", "Japan", "JP")
    assert extraction.counts.documents == 1
    assert extraction.counts.records == sum(map(len, rows.values())) == 6
    assert runs(store)[0][1:] == (1, "ok", None, 6)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All texts in one batch in this process."""
    store = new_store(tmp_path_factory.mktemp("undisturbed") / "p", TEXTS)
    extract(store)
    link(store)
    return store


@pytest.mark.parametrize(("batch_size", "workers"), [(1, 0), (7, 0), (7, 1), (64, 2)])
def test_tables_do_not_depend_on_batches_and_workers(tmp_path: Path, undisturbed: Store, batch_size: int, workers: int):
    store = new_store(tmp_path / "p", TEXTS)
    extract(store, batch_size, workers)
    link(store)
    assert equal_tables(undisturbed.current(), store.current()) == []


def test_a_second_run_loads_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = new_store(tmp_path / "p", TEXTS)
    monkeypatch.setenv(fake_extractor.LOADS, str(tmp_path / "loads"))
    extract(store, workers=1)
    assert len((tmp_path / "loads").read_text().splitlines()) == 1
    before = store.current()
    assert extract(store, workers=1).counts.documents == 0
    assert len((tmp_path / "loads").read_text().splitlines()) == 1
    assert store.current() == before


def test_a_newer_version_leaves_old_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = new_store(tmp_path / "p", TEXTS)
    extract(store)
    monkeypatch.setenv("COMMUNIQUE_TEST_VERSION", "fake-2")
    assert extract(store).counts.documents == 0


def test_a_changed_text_replaces_the_rows_of_the_old(tmp_path: Path, undisturbed: Store):
    """The rows of the text before go in the same commit as those of the new one come."""
    store = new_store(tmp_path / "p", ["Osprey Corp closed.", *TEXTS[1:]])
    extract(store)
    now = documents(TEXTS)[0]
    store.commit([Change("documents", to_table("documents", [now]), {"doc_id": {now.doc_id}})])
    assert extract(store).counts.documents == 1
    link(store)
    differences = equal_tables(undisturbed.current(), store.current())
    assert [difference.split(":")[0] for difference in differences] == ["runs"]  # that the old text was read stays known


@pytest.mark.parametrize("workers", [1, 2])
def test_a_document_that_kills_its_worker_fails_alone(tmp_path: Path, workers: int):
    store = new_store(tmp_path / "p", [*TEXTS[:5], "A poison text.", *TEXTS[5:]])
    extraction = extract(store, workers=workers)
    assert (extraction.counts.documents, extraction.counts.failed) == (len(TEXTS), 1)
    poison = document_id("news", "005.txt")
    assert [run[1:] for run in runs(store) if run[0] == poison] == [(number, "failed", DIED, None) for number in (1, 2, 3)]
    assert {run[2] for run in runs(store) if run[0] != poison} == {"ok"}
    assert count(store, "runs") == len(TEXTS) + 3
    assert extract(store, workers=workers).counts.failed == 0  # not tried again
    assert extract(store, workers=workers, retry_failed=True).counts.failed == 1


def test_an_endless_document_fails_and_holds_nobody_up(tmp_path: Path):
    store = new_store(tmp_path / "p", [*TEXTS[:5], "An endless text.", *TEXTS[5:]])
    extraction = extract(store, workers=1, attempts=2, document_seconds=1.5)
    assert (extraction.counts.documents, extraction.counts.failed) == (len(TEXTS), 1)
    endless = document_id("news", "005.txt")
    assert [run[1:] for run in runs(store) if run[0] == endless] == [(number, "failed", OVERTIME, None) for number in (1, 2)]
    assert {run[2] for run in runs(store) if run[0] != endless} == {"ok"}


def test_a_longer_document_may_take_longer(tmp_path: Path):
    from flows.workers import Chunk, Source, _time_limit

    store = new_store(tmp_path / "p", ["x" * 250_000, "slow"])
    extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL)
    tasks = tuple(extraction._tasks(extraction.pending()))
    armed = []
    with pytest.MonkeyPatch.context() as watch:
        watch.setattr("faulthandler.dump_traceback_later", lambda seconds, **options: armed.append(seconds))
        for part in (tasks, tasks[:1], tasks[1:]):
            with _time_limit(10.0, Chunk("c", part), tmp_path / "note"):
                pass
        with _time_limit(Source("", "", tmp_path).document_seconds, Chunk("c", tasks), tmp_path / "note"):
            pass
    assert sorted(armed) == [10.0, 30.0, 30.0]


def test_a_document_that_raises_fails_alone_and_is_tried_by_the_next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = new_store(tmp_path / "p", [*TEXTS[:5], "A broken text."])
    extraction = extract(store)
    assert (extraction.counts.documents, extraction.counts.failed) == (5, 1)
    assert {run[3] for run in runs(store)} == {None, "ValueError: this text is broken"}
    monkeypatch.setenv("COMMUNIQUE_TEST_VERSION", "fake-2")
    assert [one.doc_id for one in extract(store).pending()] == []
    assert len([run for run in runs(store) if run[2] == "failed"]) == 6


def test_when_every_document_fails_alike_it_is_not_the_documents(tmp_path: Path):
    store = new_store(tmp_path / "p", ["A broken text."] * (HOPELESS + 5))
    with pytest.raises(ModelError, match="the first 10 documents all failed with: ValueError: this text is broken"):
        extract(store)


def test_a_model_that_is_not_there_is_no_documents_failure(tmp_path: Path):
    store = new_store(tmp_path / "p", TEXTS)
    extraction = Extraction(store, extractor=fake_extractor.NAME, model="missing")
    with Workers(extraction.source, 1) as pool, pytest.raises(ModelError, match=r"cannot load the extractor .* no such model"):
        extraction.run(extraction.pending(), pool)
    assert runs(store) == []


def test_a_batch_may_be_given_again_after_an_error(tmp_path: Path, undisturbed: Store, monkeypatch: pytest.MonkeyPatch):
    """A lock that could not be had, whether before or after the rows were published, neither loses nor doubles a row."""
    for last in range(4):
        store = new_store(tmp_path / str(last), TEXTS)
        extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL)
        commit, commits = store.commit, 0

        def refuses(*args: Any, last: int = last, commit: Any = commit, **kwargs: Any) -> Any:
            nonlocal commits
            commits += 1
            if commits == 1 + last // 2 and last % 2:
                commit(*args, **kwargs)
            if commits == 1 + last // 2:
                raise StoreLockedError("another process is at work")
            return commit(*args, **kwargs)

        monkeypatch.setattr(store, "commit", refuses)
        batch = extraction.pending()
        with Workers(extraction.source, 0) as pool:
            with pytest.raises(StoreLockedError):
                extraction.run(batch, pool)
            extraction.run(batch, pool)
        monkeypatch.undo()
        link(store)
        assert equal_tables(undisturbed.current(), store.current()) == [], last


@pytest.mark.parametrize(
    ("commit", "step"),
    [(1, "locked"), (1, "swapped"), (2, "locked"), (2, "files_written"), (2, "swapped"), (4, "announced"), (6, "discarded"), (9, "locked")],
)
def test_a_kill_at_any_moment_changes_nothing(tmp_path: Path, undisturbed: Store, commit: int, step: str):
    """Commits alternate: a batch is announced, its rows are published; the ninth is that of the entities."""
    store = new_store(tmp_path / "p", TEXTS)
    assert child(store, 7, 0, commit, step) == -signal.SIGKILL
    extract(store, 7)
    link(store)
    assert equal_tables(undisturbed.current(), store.current()) == []


def test_a_kill_while_workers_read_loses_nothing_that_they_had_finished(tmp_path: Path, undisturbed: Store):
    """The rows are staged and the committer dies: they are published by the next run, which reads the rest."""
    store = new_store(tmp_path / "p", TEXTS)
    assert child(store, 64, 2, 2, "locked") == -signal.SIGKILL
    assert store.staged()
    extraction = extract(store)
    assert extraction.counts.recovered == len(TEXTS)
    assert store.staged() == []
    link(store)
    assert equal_tables(undisturbed.current(), store.current()) == []


def test_what_another_version_has_staged_is_dropped(tmp_path: Path, undisturbed: Store, monkeypatch: pytest.MonkeyPatch):
    store = new_store(tmp_path / "p", TEXTS)
    monkeypatch.setenv("COMMUNIQUE_TEST_VERSION", "fake-0")
    assert child(store, 64, 0, 2, "locked") == -signal.SIGKILL
    monkeypatch.undo()
    assert extract(store).counts.recovered == 0
    assert store.staged() == []
    link(store)
    assert equal_tables(undisturbed.current(), store.current()) == []


def test_a_damaged_staged_batch_is_dropped(tmp_path: Path, undisturbed: Store):
    store = new_store(tmp_path / "p", TEXTS)
    assert child(store, 64, 0, 2, "locked") == -signal.SIGKILL
    damaged = store.staged()[0].path / "runs.parquet"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:100])
    extract(store)
    link(store)
    assert equal_tables(undisturbed.current(), store.current()) == []


def test_a_run_killed_by_the_same_document_again_and_again_marks_it_and_goes_on(tmp_path: Path):
    """Without worker processes the document takes the run along; the fourth run knows better."""
    store = new_store(tmp_path / "p", [*TEXTS[:3], "A poison text."])
    assert [child(store, 64, 0) for _ in range(4)] == [9, 9, 9, 0]
    assert sorted(run[2] for run in runs(store)) == ["failed"] * 3 + ["ok"] * 3
    assert {run[3] for run in runs(store)} == {None, DIED}


def test_workers_end_with_their_parent(tmp_path: Path):
    """A killed run leaves no process behind that waits for work for ever."""
    store = new_store(tmp_path / "p", TEXTS)
    trace = tmp_path / "loads"
    os.environ[fake_extractor.LOADS] = str(trace)
    try:
        assert child(store, 64, 1, 2, "locked") == -signal.SIGKILL
    finally:
        del os.environ[fake_extractor.LOADS]
    worker = int(trace.read_text())
    for _ in range(100):
        if not _is_alive(worker):
            break
        import time

        time.sleep(0.1)
    assert not _is_alive(worker)


def _is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_chunks_hold_few_documents_and_characters(tmp_path: Path):
    store = new_store(tmp_path / "p", ["x" * 100_000, "y" * 100_000, *["z"] * 40])
    extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL)
    waiting = sorted(extraction.pending(), key=lambda one: one.content_hash)
    parts = chunks("c", extraction._tasks(waiting))
    assert sum(len(part.tasks) for part in parts) == 42
    assert all(len(part.tasks) <= 16 and sum(len(task.text.text) for task in part.tasks) <= 150_000 for part in parts)
