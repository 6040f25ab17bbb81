"""Does the store publish what it is given, file what lies where people look for it, and say plainly what is wrong?"""

import datetime as dt
import errno
import hashlib
import json
import os
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from table_rows import document, mention, quick_store, replace_document, texts, topic, versions

from flows.tables import commit as commit_module
from flows.tables import files as files_module
from flows.tables.schemas import schema_of, to_table
from flows.tables.store import Change, SchemaMismatchError, Store, StoreError, StoreLockedError, TableError, equal_tables
from nlp.records import SCHEMA_VERSION, TABLES, Run, Topic

JAN, FEB = dt.date(2024, 1, 5), dt.date(2024, 2, 6)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return quick_store(tmp_path / "processed")


def topics_of(*rows: Topic) -> list[Change]:
    return [Change("topics", to_table("topics", rows))]


def published(store: Store) -> dict[str, str]:
    current = store.current()
    assert current is not None
    return versions(current)


def test_nothing_is_there_before_the_first_commit(store):
    assert store.current() is None
    assert store.snapshots() == []
    assert store.staged() == []


def test_the_first_commit_makes_every_table_even_without_rows(store):
    snapshot = store.commit([])
    assert snapshot.tables == tuple(TABLES)
    for table in TABLES:
        (file,) = snapshot.files(table)
        assert pq.read_table(file, partitioning=None).schema.equals(schema_of(table), check_metadata=True)
        assert snapshot.read(table).num_rows == snapshot.rows(table) == 0


def test_files_lie_by_month_below_the_link(store):
    store.commit([*replace_document("a", JAN), *replace_document("b", FEB), *replace_document("c", None)])
    root = store.path / "current"
    assert not root.readlink().is_absolute()
    assert sorted(path.name for path in root.iterdir()) == sorted([*TABLES, "datapackage.json", "manifest.json"])
    assert sorted(path.name for path in (root / "topics").iterdir()) == ["published=2024-01", "published=2024-02", "published=unknown"]
    assert [path.suffix for path in (root / "inputs").iterdir()] == [".parquet"]
    assert all(
        path.suffix == ".parquet" for path in root.rglob("*") if path.is_file() and path.parent != root.resolve() and path.parent != root
    )


def test_the_manifest_and_the_datapackage_list_every_file(store):
    snapshot = store.commit([*replace_document("a", JAN), *replace_document("b", FEB)], message="first", component={"nlp": "1"})
    manifest = json.loads((snapshot.path / "manifest.json").read_text())
    package = json.loads((snapshot.path / "datapackage.json").read_text())
    assert (manifest["id"], manifest["parent"], manifest["message"], manifest["component"]) == (snapshot.id, None, "first", {"nlp": "1"})
    found = {str(path.relative_to(snapshot.path)) for path in snapshot.path.rglob("*.parquet")}
    assert {f"{table}/{file['path']}" for table, listed in manifest["tables"].items() for file in listed["files"]} == found
    assert {path for resource in package["resources"] for path in resource["path"]} == found
    january = manifest["tables"]["topics"]["files"][0]
    content = (snapshot.path / "topics" / january["path"]).read_bytes()
    assert (january["rows"], january["bytes"], january["sha256"]) == (2, len(content), hashlib.sha256(content).hexdigest())
    assert (january["min"]["published_on"], january["max"]["doc_id"]) == ("2024-01-05", "a")


def test_parquet_is_written_as_agreed(store):
    snapshot = store.commit(replace_document("a", JAN))
    (file,) = snapshot.files("documents")
    with pq.ParquetFile(file) as parquet:
        assert parquet.metadata.row_group(0).column(0).compression == "ZSTD"
        assert parquet.schema_arrow.field("published_at").type == schema_of("documents").field("published_at").type
        assert parquet.schema_arrow.field("doc_id").metadata[b"description"].startswith(b"Hash of collection")


def test_the_same_rows_make_the_same_bytes_in_any_order(tmp_path):
    rows = [topic(doc, JAN, code) for doc in "abc" for code in ("trade", "energy")]
    first = quick_store(tmp_path / "1").commit(topics_of(*rows))
    second = quick_store(tmp_path / "2").commit(topics_of(*reversed(rows)))
    assert [file.read_bytes() for file in first.files("topics")] == [file.read_bytes() for file in second.files("topics")]


def test_a_replaced_document_leaves_its_old_month_in_the_same_commit(store):
    store.commit([*replace_document("a", JAN), *replace_document("b", JAN)])
    store.commit(replace_document("a", FEB, "2"))
    assert published(store) == {"a": "2", "b": "1"}
    assert [str(file.parent.name) for file in store.current().files("topics")] == ["published=2024-01", "published=2024-02"]
    store.commit(replace_document("b", FEB, "2"))
    assert [str(file.parent.name) for file in store.current().files("topics")] == ["published=2024-02"] * 2


def test_removing_everything_leaves_a_typed_empty_table(store):
    store.commit(replace_document("a", JAN))
    snapshot = store.commit([Change("topics", remove={"doc_id": {"a"}})])
    (file,) = snapshot.files("topics")
    assert (file.parent.name, pq.ParquetFile(file).metadata.num_rows) == ("published=unknown", 0)
    assert store.commit(topics_of(topic("b", JAN, "trade"))).rows("topics") == 1


def test_only_files_that_hold_a_removed_row_are_rewritten(store):
    first = store.commit([*replace_document("a", JAN), *replace_document("b", FEB)])
    second = store.commit([Change("topics", remove={"doc_id": {"a", "unheard of"}})])
    inode = lambda snapshot, table: [file.stat().st_ino for file in snapshot.files(table)]  # noqa: E731
    assert inode(second, "topics") == inode(first, "topics")[1:]
    assert inode(second, "documents") == inode(first, "documents")


def test_conditions_of_two_columns_match_only_together(store):
    rows = [
        Run(doc_id=doc, content_hash=text, pipeline_version="1", status="ok")
        for doc, text in (("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"))
    ]
    store.commit([Change("runs", to_table("runs", rows))])
    left = store.commit([Change("runs", remove={("doc_id", "content_hash"): {("a", "x"), ("b", "y")}})]).read("runs")
    assert [(row["doc_id"], row["content_hash"]) for row in left.to_pylist()] == [("a", "y"), ("b", "x")]


def test_rows_can_be_removed_by_day_and_by_no_day(store):
    store.commit([*replace_document("a", JAN), *replace_document("b", FEB), *replace_document("c", None)])
    assert texts(store.commit([Change("documents", remove={"published_on": {FEB, None}})]).read("documents"), "doc_id") == ["a"]


def test_changes_are_made_in_their_order(store):
    snapshot = store.commit([*replace_document("a", JAN, "1"), *replace_document("a", FEB, "2")])
    assert versions(snapshot) == {"a": "2"}


def test_a_commit_that_changes_nothing_makes_no_snapshot(store):
    first = store.commit(replace_document("a", JAN))
    assert store.commit([]) == first
    assert store.commit([Change("topics", remove={"doc_id": {"b"}})]) == first
    assert store.commit([], component={"nlp": "2"}) != first
    assert len(store.snapshots()) == 2


def test_read_picks_columns_and_rows_and_sorts(store):
    store.commit([*replace_document("b", FEB), *replace_document("c", JAN)])
    store.commit(replace_document("a", JAN))
    snapshot = store.current()
    assert texts(snapshot.read("documents"), "doc_id") == ["a", "c", "b"]
    picked = snapshot.read("topics", ["topic", "doc_id"], pc.field("published_on") == FEB)
    assert picked.to_pylist() == [
        {"topic": code, "doc_id": "b"} for code in sorted(texts(picked, "topic"), key=lambda c: topic("b", FEB, c).record_id)
    ]
    assert snapshot.read("topics", ["topic"], pc.field("doc_id") == "?").schema.names == ["topic"]
    assert sorted(row["doc_id"] for part in snapshot.scan("documents", ["doc_id"]) for row in part.to_pylist()) == ["a", "b", "c"]
    with pytest.raises(TableError, match="documents has no column colour; its columns are doc_id,"):
        snapshot.read("documents", ["colour"])


def test_small_files_of_a_month_are_merged_and_full_ones_left_alone(tmp_path):
    store = quick_store(tmp_path, max_files_per_partition=4, target_file_rows=20)
    full = {store.commit(topics_of(*(topic(f"full{i}", JAN, "trade") for i in range(20)))).files("topics")[0].stat().st_ino}
    for i in range(30):
        snapshot = store.commit(topics_of(topic(f"doc{i}", JAN, "trade")))
        sizes = [pq.ParquetFile(file).metadata.num_rows for file in snapshot.files("topics")]
        assert sum(sizes) == 21 + i
        assert sum(size < 20 for size in sizes) <= 4
        assert full <= {file.stat().st_ino for file in snapshot.files("topics")}
    assert len({row["record_id"] for row in snapshot.read("topics").to_pylist()}) == 50


def test_a_large_addition_is_split_into_full_files(tmp_path):
    store = quick_store(tmp_path, target_file_rows=4)
    snapshot = store.commit(topics_of(*(topic(f"d{i}", JAN, "trade") for i in range(10))))
    assert sorted(pq.ParquetFile(file).metadata.num_rows for file in snapshot.files("topics")) == [2, 4, 4]
    assert snapshot.read("topics").num_rows == 10


def test_a_published_key_cannot_be_added_again(store):
    first = store.commit(topics_of(topic("a", JAN, "trade")))
    with pytest.raises(TableError, match="is published already: remove it in the same change that adds it"):
        store.commit(topics_of(topic("a", JAN, "trade")))
    with pytest.raises(TableError, match="two rows have the same record_id"):
        store.commit([*topics_of(topic("b", JAN, "trade")), *topics_of(topic("b", JAN, "trade"))])
    assert store.current() == first
    assert [path.name for path in (store.path / "snapshots").iterdir()] == [first.id]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change("topic"), "there is no table 'topic'"),
        (Change("topics", remove={"doc": {"a"}}), "topics has no column doc to remove rows by"),
        (Change("topics", remove={"doc_id": "a"}), "are a set, not the text 'a'"),
        (Change("topics", remove={"start": {"a"}}), "a value to remove rows by does not fit start"),
        (Change("inputs", remove={("collection", "source"): {("a",)}}), r"needs 2 parts \(collection, source\)"),
        (Change("topics", add=to_table("documents", [])), "topics: no column"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_before_the_lock(store, change, message):
    with pytest.raises(TableError, match=message):
        store.commit([change])
    assert not store.path.exists()


# --- names: what makes a list of files that was taken during a commit harmless


def test_all_files_of_a_changed_table_get_new_names_and_others_keep_theirs(store):
    first = store.commit([*replace_document("a", JAN), *replace_document("b", FEB)])
    second = store.commit(topics_of(topic("c", JAN, "trade")))
    names = lambda snapshot, table: {file.name for file in snapshot.files(table)}  # noqa: E731
    assert not names(first, "topics") & names(second, "topics")
    assert names(first, "documents") == names(second, "documents")
    assert {file.stat().st_ino for file in first.files("topics")} < {file.stat().st_ino for file in second.files("topics")}


def test_a_month_that_is_new_has_its_folder_in_the_snapshot_before(store):
    first = store.commit(replace_document("a", JAN))
    store.commit(replace_document("b", FEB))
    assert (first.path / "topics" / "published=2024-02").is_dir()
    assert versions(first) == {"a": "1"}


# --- staging


def test_staged_batches_wait_until_a_commit_takes_them_in(store):
    store.stage("batch-2", {"documents": to_table("documents", [document("b", JAN)])})
    store.stage("batch-1", {"documents": to_table("documents", [document("old", JAN)])})
    store.stage(
        "batch-1", {"documents": to_table("documents", [document("a", JAN)]), "topics": to_table("topics", [topic("a", JAN, "trade")])}
    )
    first, second = store.staged()
    assert (first.name, first.tables, second.name) == ("batch-1", ("documents", "topics"), "batch-2")
    assert texts(first.read("documents"), "doc_id") == ["a"]
    assert second.read("topics").equals(to_table("topics", []))
    store.commit([Change(table, first.read(table)) for table in first.tables], discard=[first])
    assert [batch.name for batch in store.staged()] == ["batch-2"]
    assert len(list((store.path / "staging").iterdir())) == 1
    with pytest.raises(StoreError, match="is gone: another run has committed it"):
        first.read("documents")


def test_what_cannot_be_staged_is_refused_where_it_was_made(store):
    with pytest.raises(TableError, match="cannot name a staged batch"):
        store.stage("../x", {})
    with pytest.raises(TableError, match="topics: no column"):
        store.stage("x", {"topics": to_table("documents", [])})
    assert not store.path.exists()


# --- older snapshots


def test_old_snapshots_are_kept_for_days_and_by_number(tmp_path):
    def ids(keep_days: float, keep_snapshots: int) -> list[int]:
        store = quick_store(tmp_path / f"{keep_days}-{keep_snapshots}", keep_days=keep_days, keep_snapshots=keep_snapshots)
        for version in "123456":
            store.commit(replace_document("a", JAN, version))
        assert published(store) == {"a": "6"}
        assert len(list((store.path / "snapshots").iterdir())) == len(store.snapshots())
        return [int(snapshot.id.split("-")[0]) for snapshot in store.snapshots()]

    assert ids(keep_days=7, keep_snapshots=1) == [1, 2, 3, 4, 5, 6]
    assert ids(keep_days=-1, keep_snapshots=3) == [4, 5, 6]
    assert ids(keep_days=-1, keep_snapshots=0) == [6]


def test_of_very_many_snapshots_the_last_of_each_hour_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.tables.commit.MANY", 5)
    store = quick_store(tmp_path / "p", keep_snapshots=1)
    for version in "12345":
        store.commit(replace_document("a", JAN, version))
    hour = dt.datetime.now(dt.UTC).replace(minute=0, second=0)
    for snapshot, hours, minutes in zip(store.snapshots(), (4, 4, 3, 3, 0), (5, 50, 0, 59, 0)):
        if hours:
            time = hour - dt.timedelta(hours=hours) + dt.timedelta(minutes=minutes)
            number, _, rest = snapshot.id.split("-")
            snapshot.path.rename(snapshot.path.with_name(f"{number}-{time:%Y%m%dT%H%M%SZ}-{rest}"))
    store.commit(replace_document("a", JAN, "6"))
    assert [int(snapshot.id.split("-")[0]) for snapshot in store.snapshots()] == [2, 4, 5, 6]
    assert published(store) == {"a": "6"}


def test_an_old_snapshot_can_be_returned_to(store):
    first = store.commit([*replace_document("a", JAN), *replace_document("b", FEB)])
    second = store.commit(replace_document("a", FEB, "2"))
    third = store.restore(first)
    assert (third.manifest.parent, third.message) == (second.id, f"return to {first.id}")
    assert equal_tables(first, third) == []
    assert store.current() == third
    assert [snapshot.id for snapshot in store.snapshots()] == [first.id, second.id, third.id]
    assert versions(store.commit(replace_document("b", JAN, "3"))) == {"a": "1", "b": "3"}


def test_equal_tables_tells_what_differs_and_ignores_layout_and_circumstances(tmp_path):
    one, two = quick_store(tmp_path / "1"), quick_store(tmp_path / "2")
    run = lambda attempt, hour: Run(  # noqa: E731
        doc_id="a",
        content_hash="x",
        pipeline_version="1",
        status="ok",
        attempt=attempt,
        finished_at=dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC),
    )
    whole = one.commit([*replace_document("a", JAN), *replace_document("b", JAN), Change("runs", to_table("runs", [run(1, 3)]))])
    two.commit([*replace_document("b", JAN), Change("runs", to_table("runs", [run(2, 4)]))])
    pieces = two.commit(replace_document("a", JAN))
    assert len(whole.files("topics")) != len(pieces.files("topics"))
    assert equal_tables(whole, pieces) == []
    other = two.commit([Change("mentions", to_table("mentions", [mention("a", JAN, "Ore Ltd")])), *replace_document("b", FEB)])
    topics, mentions = [line for line in equal_tables(whole, other) if line.startswith(("topics", "mentions"))]
    assert topics.startswith(f"topics: 2 rows only in {whole.id}, e.g. ")
    assert mentions.startswith(f"mentions: 1 rows only in {other.id}, e.g. ")
    assert "Ore Ltd" in mentions


# --- a schema that changed


def test_tables_of_a_newer_schema_or_one_without_a_way_are_refused(store):
    snapshot = store.commit([])
    manifest = snapshot.path / "manifest.json"
    for version, message in (
        ("1.7", f"newer than this version's {SCHEMA_VERSION}: install a newer communique"),
        ("0.9", f"there is no way from it to this version's {SCHEMA_VERSION}: run again into another folder with --processed"),
    ):
        manifest.write_text(
            manifest.read_text().replace(f'"schema_version": "{snapshot.manifest.schema_version}"', f'"schema_version": "{version}"')
        )
        with pytest.raises(SchemaMismatchError, match=message):
            store.current()
        with pytest.raises(SchemaMismatchError, match=f"written with schema {version}"):
            store.commit(replace_document("a", JAN))
        manifest.write_text(manifest.read_text().replace(f'"{version}"', f'"{snapshot.manifest.schema_version}"'))


def test_a_column_that_is_new_is_filled_when_read_and_by_the_next_commit(store, monkeypatch):
    today = schema_of("topics")
    yesterday = today.remove(today.get_field_index("score"))
    with monkeypatch.context() as before:
        for module in ("schemas", "changes", "snapshot"):
            before.setattr(f"flows.tables.{module}.schema_of", lambda table: yesterday if table == "topics" else schema_of(table))
        rows = to_table("topics", [])
        assert "score" not in rows.schema.names
        old = store.commit([Change("topics", to_table("topics", [topic("a", JAN, "trade"), topic("b", FEB, "trade")]))])
    assert "score" not in pq.ParquetFile(old.files("topics")[0]).schema_arrow.names
    reread = quick_store(store.path).current()
    assert reread.read("topics", ["doc_id", "score"], pc.field("score") > 0.4).to_pylist() == [
        {"doc_id": "a", "score": 0.5},
        {"doc_id": "b", "score": 0.5},
    ]
    new = quick_store(store.path).commit(replace_document("z", JAN))
    assert all("score" in pq.ParquetFile(file).schema_arrow.names for file in new.files("topics"))
    assert new.rows("topics") == 4
    assert equal_tables(reread, new)[0].startswith("documents: 1 rows only in")


# --- what a user can mend


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="is a file where a folder is needed: move it away or choose another"):
            Store(place).commit([])
    with pytest.raises(StoreError, match="is a file where a folder is needed"):
        Store(tmp_path / "file").current()


def test_a_folder_in_the_place_of_the_link(store):
    (store.path / "current").mkdir(parents=True)
    for ask in (store.current, lambda: store.commit([])):
        with pytest.raises(StoreError, match="current is not the link to a snapshot: move it away"):
            ask()


def test_a_link_to_nothing_says_where_to_point_it(store):
    first = store.commit([])
    (store.path / "current").unlink()
    (store.path / "current").symlink_to("snapshots/gone")
    with pytest.raises(StoreError, match=f"not there or not whole .*: point it at snapshots/{first.id}"):
        store.commit([])


def test_a_damaged_manifest(store):
    snapshot = store.commit([])
    (snapshot.path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match=r"manifest.json is damaged \(.*\): point .*current at another snapshot"):
        store.current()


def test_a_lock_that_is_held_is_named(store):
    store.commit([])
    held = FileLock(store.path / ".commit.lock", is_singleton=False)
    with held, pytest.raises(StoreLockedError, match=r"for more than 0\.05 s: wait for it or end it \(it holds .*\.commit\.lock\)"):
        Store(store.path, lock_timeout=0.05).commit(replace_document("a", JAN))
    assert Store(store.path, lock_timeout=0.05).commit(replace_document("a", JAN)).rows("documents") == 1


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "disk full while writing to .*processed: free some space and run again; the published tables are unchanged"),
        (errno.EROFS, r"cannot write .* \(Read-only file system\): change its permissions or choose another folder with --processed"),
    ],
)
def test_a_disk_that_refuses_leaves_the_tables_and_no_litter(store, monkeypatch, number, message):
    first = store.commit(replace_document("a", JAN))
    written = []

    def refuse(*args, **kwargs):
        written.append(args)
        if len(written) > 1:
            raise OSError(number, os.strerror(number))
        return files_module.write_parquet(*args, **kwargs)

    with monkeypatch.context() as full:
        full.setattr(commit_module, "write_parquet", refuse)
        with pytest.raises(StoreError, match=message):
            store.commit(replace_document("b", JAN))
    assert store.current() == first
    assert sorted(path.name for path in store.path.iterdir()) == [".commit.lock", "current", "snapshots"]
    assert [path.name for path in (store.path / "snapshots").iterdir()] == [first.id]
    store.commit(replace_document("b", JAN))
    assert published(store) == {"a": "1", "b": "1"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(StoreError, match=r"cannot write .*: change its permissions or choose another folder with --processed"):
        Store(tmp_path / "processed").commit([])


def test_without_hard_links_files_are_copied(store, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.EPERM, "Operation not permitted")

    first = store.commit([*replace_document("a", JAN), *replace_document("b", FEB)])
    monkeypatch.setattr(os, "link", refuse)
    second = store.commit(replace_document("a", JAN, "2"))
    assert versions(second) == {"a": "2", "b": "1"}
    assert first.files("topics")[1].stat().st_ino != second.files("topics")[1].stat().st_ino


def test_a_store_that_was_moved_works_on(store, tmp_path):
    store.commit(replace_document("a", JAN))
    moved = quick_store(store.path.rename(tmp_path / "elsewhere"))
    moved.commit(replace_document("b", JAN))
    assert published(moved) == {"a": "1", "b": "1"}


def test_data_files_are_read_only(store):
    (file,) = store.commit(replace_document("a", JAN)).files("topics")
    assert file.stat().st_mode & 0o222 == 0
