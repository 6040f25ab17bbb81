"""A commit that is killed at any step: do readers see the old or the new tables whole, and does the next commit find all in order?"""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from store_child import FEB, JAN, MAR, batch, commit_batch
from table_rows import quick_store, replace_document, versions

from flows.tables.store import STEPS, Store, equal_tables

CHILD = Path(__file__).with_name("store_child.py")
BEFORE = {"a": "1", "b": "1"}
AFTER = {"a": "2", "b": "1", "new": "2"}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    processed = tmp_path_factory.mktemp("seeded") / "processed"
    quick_store(processed).commit([*replace_document("a", JAN), *replace_document("b", JAN)])
    return processed


@pytest.fixture(scope="module")
def undisturbed(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store in which the same batch was committed with nobody killed."""
    processed = tmp_path_factory.mktemp("undisturbed") / "processed"
    shutil.copytree(seeded, processed, symlinks=True)
    store = quick_store(processed)
    commit_batch(store)
    return store


@pytest.mark.parametrize("step", STEPS)
def test_killed_when_the_step_is_done(step, seeded, undisturbed, tmp_path):
    processed = tmp_path / "processed"
    shutil.copytree(seeded, processed, symlinks=True)
    ended = subprocess.run([sys.executable, CHILD, "kill", processed, step], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr

    happened = STEPS.index(step) >= STEPS.index("swapped")
    store = quick_store(processed)
    assert versions(store.current()) == (AFTER if happened else BEFORE)
    assert [snapshot.id for snapshot in store.snapshots()][-1] == store.current().id
    assert all(versions(snapshot) in (BEFORE, AFTER) for snapshot in store.snapshots())
    assert [staged.name for staged in store.staged()] == ([] if happened else ["batch"])

    # whoever comes next repeats what did not happen, or goes on; nothing is lost, doubled or left lying about
    if not happened:
        store.commit(batch(), discard=store.staged())
    assert equal_tables(store.current(), undisturbed.current()) == []
    final = store.commit(replace_document("later", MAR, "3"))
    assert versions(final) == {**AFTER, "later": "3"}
    assert store.staged() == []
    assert sorted(path.name for path in processed.iterdir()) == [".commit.lock", "current", "snapshots", "staging"]
    assert list((processed / "staging").iterdir()) == []
    assert sorted(path.name for path in (processed / "snapshots").iterdir()) == [snapshot.id for snapshot in store.snapshots()]


def test_a_snapshot_half_removed_and_an_old_unfinished_batch_are_swept(seeded, tmp_path):
    processed = tmp_path / "processed"
    shutil.copytree(seeded, processed, symlinks=True)
    store = quick_store(processed)
    first = store.current()
    store.commit(replace_document("b", FEB, "2"))
    first.path.rename(first.path.with_name(first.id + ".removed"))
    old, young = (processed / "staging" / f"{name}~00000000000000000001-0123abcd.partial" for name in ("old", "young"))
    for folder in (old, young):
        folder.mkdir(parents=True)
    two_days_ago = (dt.datetime.now() - dt.timedelta(days=2)).timestamp()
    os.utime(old, (two_days_ago, two_days_ago))
    assert len(store.snapshots()) == 1
    store.commit(replace_document("b", FEB, "3"))
    assert sorted(path.name for path in (processed / "snapshots").iterdir()) == [snapshot.id for snapshot in store.snapshots()]
    assert not old.exists()
    assert young.exists()


def test_two_committers_at_once_lose_nothing(tmp_path):
    processed = tmp_path / "processed"
    children = [
        subprocess.Popen([sys.executable, CHILD, "commit", processed, name, "12"], stderr=subprocess.PIPE, text=True) for name in ("x", "y")
    ]
    for child in children:
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
    store = Store(processed)
    assert versions(store.current()) == {f"{name}-{i}": name for name in "xy" for i in range(12)}
    chain = store.snapshots()
    assert [snapshot.manifest.parent for snapshot in chain] == [None, *(snapshot.id for snapshot in chain[:-1])]
    assert len(chain) == 24
