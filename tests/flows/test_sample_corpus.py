"""The sample corpus through the whole pipeline: every row points at its evidence, and neither batches nor workers change the tables."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.tables.store import Snapshot, Store, equal_tables
from nlp.records import RECORD_TABLES

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "raw" / "sample"


def run(processed: Path, *options: str) -> str:
    """`communique run` on the sample corpus, as a user runs it; what it printed."""
    command = [str(Path(sys.executable).with_name("communique")), "run", str(SAMPLE), "--processed", str(processed), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1", "COLUMNS": "200"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def snapshot_of(processed: Path) -> Snapshot:
    snapshot = Store(processed).current()
    assert snapshot is not None
    return snapshot


@pytest.fixture(scope="module")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    run(folder, "--batch-size", "64", "--workers", "1")
    return folder


def test_every_raw_file_is_in_documents_or_rejects(processed: Path) -> None:
    snapshot = snapshot_of(processed)
    inputs = snapshot.read("inputs").to_pylist()
    files = {row["source"].split("#")[0] for row in inputs}
    assert files == {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.rglob("*") if path.is_file()}
    documents = {row["source"] for row in snapshot.read("documents").to_pylist()}
    rejects = {row["source"] for row in snapshot.read("rejects").to_pylist()}
    assert {row["source"] for row in inputs} == documents | rejects
    assert rejects == {"damaged.pdf"}


def test_every_kind_of_record_is_found_and_the_oddities_are_marked(processed: Path) -> None:
    snapshot = snapshot_of(processed)
    assert [table for table in snapshot.tables if not snapshot.rows(table)] == ["forgotten"]
    status = {row["source"]: row["status"] for row in snapshot.read("documents").to_pylist()}
    assert status["sommet-sahel.txt"] == "unsupported_language"
    assert {source for source, found in status.items() if found == "duplicate"} == {"wire.jsonl#0412-17"}
    published = {row["source"]: row["published_on"] for row in snapshot.read("documents").to_pylist()}
    assert published["undated-fisheries.html"] is None
    assert str(published["gulf-hydrogen.html"]) == "2024-09-02"  # the local day, although it was the third in UTC


def test_offsets_and_evidence_are_exact_for_all_rows(processed: Path) -> None:
    snapshot = snapshot_of(processed)
    documents = {row["doc_id"]: row for row in snapshot.read("documents").to_pylist()}
    for table in RECORD_TABLES:
        for row in snapshot.read(table).to_pylist():
            document = documents[row["doc_id"]]
            origin = document["title"] if row["in_title"] else document["text"]
            assert 0 <= row["start"] < row["end"] <= len(origin), (table, row)
            spans = list(zip(row["evidence_spans"][::2], row["evidence_spans"][1::2]))
            assert spans and row["evidence"] == " … ".join(origin[a:b] for a, b in spans), (table, row)
            assert 0.0 <= row["confidence"] <= 1.0
            assert row["published_on"] == document["published_on"]
            if table in ("mentions", "amounts"):
                assert origin[row["start"] : row["end"]] == row["text"], (table, row)


def test_references_between_tables_hold(processed: Path) -> None:
    snapshot = snapshot_of(processed)
    entities = {row["entity_id"] for row in snapshot.read("entities").to_pylist()}
    for table, column in (("officials", "person_id"), ("firms", "firm_id"), ("funds", "fund_id"), ("mentions", "entity_id")):
        assert {row[column] for row in snapshot.read(table).to_pylist()} - {None} <= entities
    instruments = {(row["doc_id"], row["name"]) for row in snapshot.read("instruments").to_pylist()}
    for row in snapshot.read("cooperations").to_pylist():
        assert row["instrument"] is None or (row["doc_id"], row["instrument"]) in instruments
    amounts = {row["record_id"] for row in snapshot.read("amounts").to_pylist()}
    restated = {row["equivalent_of"] for row in snapshot.read("amounts").to_pylist()} - {None}
    assert restated and restated <= amounts


def test_the_flagship_deal_is_one_whole_row(processed: Path) -> None:
    deals = [row for row in snapshot_of(processed).read("deals").to_pylist() if "Sumire" in (row["target"] or "")]
    assert len(deals) == 1
    deal = deals[0]
    assert (deal["kind"], deal["status"], deal["amount_min"], deal["currency"]) == ("acquisition", "agreed", 2.4e9, "USD")
    assert deal["buyers"] == ["A Japanese government-backed fund"]


def test_a_second_run_extracts_nothing_and_loads_no_model(processed: Path) -> None:
    before = snapshot_of(processed).id
    printed = run(processed, "--workers", "1")
    assert "the model was not loaded" in printed
    assert equal_tables(snapshot_of(processed), snapshot_of(processed)) == []
    assert snapshot_of(processed).id == before


@pytest.mark.parametrize(("batch_size", "workers"), [("1", "2"), ("7", "1")])
def test_batches_and_workers_do_not_change_the_tables(processed: Path, tmp_path: Path, batch_size: str, workers: str) -> None:
    run(tmp_path / "other", "--batch-size", batch_size, "--workers", workers)
    assert equal_tables(snapshot_of(processed), snapshot_of(tmp_path / "other")) == []
    shutil.rmtree(tmp_path / "other")
