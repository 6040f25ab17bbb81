"""Tables of an older schema: refused in one line, looked at in old snapshots, migrated in one commit."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pytest
from table_rows import quick_store

from flows.tables import migrations
from flows.tables import store as store_module
from flows.tables.migrations import Step, steps_from
from flows.tables.schemas import schema_of
from flows.tables.store import SchemaMismatchError, Store
from nlp.records import SCHEMA_VERSION, TABLES

OLD = Path(__file__).with_name("schema-1.0.tar.xz")  # the corpus of tests/flows, read by the release of schema 1.0


@pytest.fixture
def old(tmp_path: Path) -> Store:
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    return quick_store(tmp_path / "processed")


def rows(store: Store) -> dict[str, list[dict]]:
    snapshot = store.current()
    assert snapshot
    return {table: snapshot.read(table).to_pylist() for table in TABLES}


def test_older_tables_are_neither_read_nor_written(old: Store):
    message = f"was written with schema 1.0, and this version reads {SCHEMA_VERSION}: `communique upgrade` migrates it in one commit"
    for use in (old.current, old.staged, lambda: old.commit([])):
        with pytest.raises(SchemaMismatchError, match=message):
            use()


def test_upgrade_migrates_in_one_commit_and_keeps_every_row(old: Store):
    before = old.snapshots()[-1]
    upgraded = old.upgrade()
    assert upgraded == old.current()
    assert upgraded.manifest.schema_version == SCHEMA_VERSION
    assert upgraded.manifest.parent == before.id
    assert upgraded.message == f"upgrade from schema 1.0 to {SCHEMA_VERSION}"
    assert json.loads((upgraded.path / "datapackage.json").read_text())["schema_version"] == SCHEMA_VERSION
    assert len(old.snapshots()) == 2
    counted = {table: len(found) for table, found in rows(old).items()}
    assert counted == {table: before.rows(table) for table in TABLES}
    assert (counted["documents"], counted["runs"], counted["rejects"], counted["forgotten"]) == (8, 6, 1, 0)
    assert all(upgraded.read(table).schema.equals(schema_of(table)) for table in TABLES)
    assert upgraded.files("forgotten")
    assert old.upgrade() is None


def test_an_upgrade_that_dies_leaves_the_old_tables(old: Store):
    def dies(step: str) -> None:
        if step == "announced":
            raise KeyboardInterrupt

    before = old.snapshots()
    with pytest.raises(KeyboardInterrupt):
        quick_store(old.path, on_step=dies).upgrade()
    assert old.snapshots() == before
    assert old.upgrade().rows("documents") == 8


def test_an_old_snapshot_can_be_looked_at_and_returned_to_after_the_upgrade(old: Store):
    before = old.snapshots()[0]
    old.upgrade()
    wanted = rows(old)
    assert before.read("forgotten").num_rows == 0
    assert before.read("runs").to_pylist() == wanted["runs"]
    assert old.restore(before).manifest.schema_version == SCHEMA_VERSION
    assert rows(old) == wanted


def test_a_step_may_change_rows(old: Store, monkeypatch: pytest.MonkeyPatch):
    def capitals(runs: pa.Table) -> pa.Table:
        texts = pa.array([text.upper() for text in runs["pipeline_version"].to_pylist()])
        return runs.set_column(runs.schema.get_field_index("pipeline_version"), "pipeline_version", texts)

    monkeypatch.setattr(store_module, "steps_from", lambda version: (Step(version, SCHEMA_VERSION, "capitals", {"runs": capitals}),))
    old.upgrade()
    assert {row["pipeline_version"] for row in rows(old)["runs"]} == {"FAKE-1"}
    assert {row["pipeline_version"] for row in rows(old)["firms"]} == {"fake-1"}


def test_steps_are_chained():
    first, second = Step("1.0", "1.1", ""), Step("1.1", "2.0", "")
    assert steps_from("1.0", to="2.0", steps=(second, first)) == (first, second)
    assert steps_from("2.0", to="2.0", steps=(first, second)) == ()
    assert steps_from("0.9", to="2.0", steps=(first, second)) is None
    assert steps_from("1.0") == migrations.STEPS[: len(steps_from("1.0") or ())] != ()
