"""Processes of their own for the tests of the store: one that is killed during a commit, one that commits, one that reads.

python store_child.py kill PROCESSED STEP     stages a batch, commits it, and dies by SIGKILL when STEP is done
python store_child.py commit PROCESSED NAME N commits N documents NAME-0 …, one at a time
python store_child.py read PROCESSED READER   reads until PROCESSED/../stop exists; prints
                                                  "ready" at the beginning and at the end, as JSON, what it saw
"""

import datetime as dt
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from table_rows import quick_store, replace_document

from flows.tables.store import Change, Store

JAN, FEB, MAR = (dt.date(2024, month, 3) for month in (1, 2, 3))


def batch() -> list[Change]:
    """What the killed process commits: a document that moves to another month, one that is new in a new month."""
    return [*replace_document("a", FEB, "2"), *replace_document("new", MAR, "2")]


def commit_batch(store: Store) -> None:
    """Stage the batch as workers do, and commit it."""
    store.stage("batch", {"documents": batch()[0].add})
    store.commit(batch(), message="batch", discard=store.staged())


def kill(processed: Path, step: str) -> None:
    def die(done: str) -> None:
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    commit_batch(Store(processed, keep_days=-1, keep_snapshots=1, on_step=die))


def commit(processed: Path, name: str, number: int) -> None:
    store = quick_store(processed)
    for i in range(number):
        store.commit(replace_document(f"{name}-{i}", (JAN, FEB)[i % 2], name))


def duckdb_reader() -> tuple[Callable[[str], list], tuple[type[Exception], ...]]:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    columns = "doc_id, pipeline_version"
    return lambda path: connection.sql(f"SELECT {columns} FROM read_parquet('{path}/**/*.parquet')").fetchall(), (duckdb.IOException,)


def pandas_reader() -> tuple[Callable[[str], list], tuple[type[Exception], ...]]:
    import pandas

    return lambda path: pandas.read_parquet(path)[["doc_id", "pipeline_version"]].to_numpy().tolist(), (FileNotFoundError,)


def polars_reader() -> tuple[Callable[[str], list], tuple[type[Exception], ...]]:
    import polars

    return lambda path: polars.read_parquet(f"{path}/**/*.parquet")[["doc_id", "pipeline_version"]].rows(), (FileNotFoundError,)


READERS = {"duckdb": duckdb_reader, "pandas": pandas_reader, "polars": polars_reader}


def read(processed: Path, reader: str) -> None:
    """Every commit gives all rows one version, the next number, so a read is right when it finds one version and all rows of it."""
    rows_of, clean = READERS[reader]()
    rows_of(str((processed / "current" / "topics").resolve()))
    seen: Counter[str] = Counter()
    latest = 0
    stop = processed.parent / "stop"
    print("ready", flush=True)
    while not stop.exists() or not seen["link"] or not seen["resolved"]:
        try:
            latest = check(rows_of(str(processed / "current" / "topics")), 2, latest, "link")
            seen["link"] += 1
        except clean as error:
            if reader == "duckdb" and "No files found" not in str(error) and "No such file" not in str(error):
                raise
            seen["gone"] += 1
        snapshot = (processed / "current").resolve()
        tables = {
            table: check(rows_of(str(snapshot / table)), rows, latest, "resolved") for table, rows in (("topics", 2), ("documents", 1))
        }
        assert len(set(tables.values())) == 1, f"tables of two states: {tables}"
        seen["resolved"] += 1
    print(json.dumps({**seen, "latest": latest}))


def check(rows: list, per_document: int, latest: int, how: str) -> int:
    """The version that was read; it holds each of its documents as often as it should, and is not older than what was seen before."""
    found = {int(version) for _, version in rows}
    assert len(found) == 1, f"{how}: versions {sorted(found)} in one read"
    version = found.pop()
    assert version >= latest, f"{how}: version {version} after {latest}"
    expected = Counter(dict.fromkeys(documents_of(version), per_document))
    assert Counter(doc_id for doc_id, _ in rows) == expected, f"{how}: version {version} holds other rows"
    return version


def documents_of(version: int) -> dict[str, dt.date]:
    """The documents of a version with their days: they move from month to month, come and go."""
    return {f"d{i}": dt.date(2024, 1 + (i + version) % 6, 1) for i in range(4 + version % 3)}


if __name__ == "__main__":
    what, place, *rest = sys.argv[1:]
    if what == "kill":
        kill(Path(place), *rest)
    elif what == "commit":
        commit(Path(place), rest[0], int(rest[1]))
    else:
        read(Path(place), *rest)
