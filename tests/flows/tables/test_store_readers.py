"""Do DuckDB, pandas and polars read right while commits go on?

Through `current` a read is right or says that a file is gone; by the resolved path all tables are those of one snapshot.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from store_child import READERS, documents_of
from table_rows import document, topic

from flows.tables.schemas import to_table
from flows.tables.store import Change, Store

CHILD = Path(__file__).with_name("store_child.py")
COMMITS = 15
ONE_THREAD = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}  # three readers and the committer share two cores


def state(version: int) -> list[Change]:
    """The changes that make the tables those of a version: every row is replaced, many change their month."""
    gone = {"doc_id": {*documents_of(version - 1), *documents_of(version)}}
    days = documents_of(version)
    documents = [document(name, day, str(version)) for name, day in days.items()]
    topics = [topic(name, day, code, str(version)) for name, day in days.items() for code in ("trade", "energy")]
    return [Change("documents", to_table("documents", documents), gone), Change("topics", to_table("topics", topics), gone)]


def test_readers_during_commits(tmp_path):
    processed = tmp_path / "processed"
    store = Store(processed, durable=False)
    store.commit(state(1))
    readers = {
        name: subprocess.Popen(
            [sys.executable, CHILD, "read", processed, name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )
        for name in READERS
    }
    try:
        for reader in readers.values():
            assert reader.stdout.readline() == "ready\n", reader.stderr.read()
        for version in range(2, COMMITS + 2):
            store.commit(state(version))
    finally:
        (tmp_path / "stop").touch()
    for name, reader in readers.items():
        printed, errors = reader.communicate(timeout=120)
        assert reader.returncode == 0, f"{name}: {errors}"
        seen = json.loads(printed)
        assert seen["link"] >= 1, (name, seen)
        assert seen["resolved"] >= 1, (name, seen)
