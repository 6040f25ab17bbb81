"""Whatever happens to the disk, a worker or the lock: no document is lost, none is doubled, and the message says what to do."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fake_extractor
import plain_run
import pytest
from plain_run import run

from flows.annotations import Annotations
from flows.extract import Extraction
from flows.integrity import examine
from flows.link import link
from flows.opening import run_lock
from flows.tables import staging as staging_module
from flows.tables.store import Store, StoreError, equal_tables
from flows.workers import Chunk, Workers
from nlp.annotation import Annotation
from nlp.records import Text
from nlp.versions import AnnotationVersions

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus, and texts enough to fill a small disk."""
    folder = Path(shutil.copytree(CORPUS, tmp_path_factory.mktemp("recovery") / "news"))
    for number in range(30):
        words = " ".join(f"The clerk of pier {number * 97 + i * 31} counted {i * number + 3} boats by noon." for i in range(60))
        (folder / f"g-{number:02}.txt").write_text(f"Quay {number}\n\nTern Corp gave {number} million euros. {words}\n")
    return folder


@pytest.fixture(scope="module")
def undisturbed(raw: Path) -> Store:
    run(raw, raw.parent / "undisturbed")
    store = Store(raw.parent / "undisturbed")
    snapshot = store.current()
    assert snapshot and snapshot.rows("runs") == 36
    return store


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes, where this may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, left: int) -> Path:
    """A file that leaves so many bytes of the disk."""
    free = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * (free.f_bavail * free.f_frsize - left))
    return ballast


def statuses(store: Store) -> set[str]:
    snapshot = store.current()
    return set(snapshot.read("runs", ["status"])["status"].to_pylist()) if snapshot else set()


@pytest.mark.parametrize(("workers", "lefts"), [(0, (4_000, 60_000, 160_000, 300_000, 420_000)), (1, (300_000, 420_000))])
def test_a_full_disk_loses_nothing_and_is_told_in_a_line(
    small_disk: Path, raw: Path, undisturbed: Store, workers: int, lefts: tuple[int, ...]
):
    """At several moments: reading, announcing, staging, publishing, linking. No document is blamed, however often it happens."""
    store = Store(small_disk / "p", durable=False)
    told = 0
    for left in lefts:
        ballast = fill(small_disk, left)
        try:
            run(raw, store.path, workers=workers)
        except StoreError as error:
            told += 1
            assert str(error).startswith("disk full while writing to ") and "free some space and run again" in str(error)
            assert "\n" not in str(error)
        ballast.unlink()
        snapshot = store.current()
        if snapshot:
            assert examine(store, snapshot, None).broken == []
            assert "failed" not in statuses(store)
    assert told >= 2
    run(raw, store.path, workers=workers)
    assert equal_tables(undisturbed.current(), store.current()) == []
    assert store.staged() == [] and store.unfinished() == []


def test_a_read_only_disk_is_told_in_a_line(small_disk: Path, raw: Path, undisturbed: Store):
    (small_disk / "p").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match=r"cannot write .* \(Read-only file system\): change its permissions or choose another folder"):
        run(raw, small_disk / "p")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    run(raw, small_disk / "p")
    assert equal_tables(undisturbed.current(), Store(small_disk / "p").current()) == []


def test_a_folder_that_may_not_be_written_is_told_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*arguments: Any, **options: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "p"))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(StoreError, match=r"cannot write .*/p \(Permission denied\): change its permissions"),
        run_lock(Store(tmp_path / "p"), 0),
    ):
        pass


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_worker_that_cannot_stage_blames_no_document(
    tmp_path: Path, raw: Path, undisturbed: Store, monkeypatch: pytest.MonkeyPatch, number: int
):
    def refuse(*arguments: Any, **options: Any) -> None:
        raise OSError(number, os.strerror(number))

    for _ in range(4):  # as often as would make a document fail
        with monkeypatch.context() as full:
            full.setattr(staging_module, "write_parquet", refuse)
            with pytest.raises(StoreError, match=r"disk full while writing to|cannot write"):
                run(raw, tmp_path / "p")
    assert statuses(Store(tmp_path / "p")) == set()
    run(raw, tmp_path / "p")
    assert equal_tables(undisturbed.current(), Store(tmp_path / "p").current()) == []


def test_workers_that_vanish_lose_nothing(tmp_path: Path, raw: Path, undisturbed: Store):
    """As when the system ends one for its memory."""
    run(raw, tmp_path / "p", only="ingest")
    store = Store(tmp_path / "p", durable=False)
    extraction = Extraction(store, extractor=fake_extractor.NAME, model=fake_extractor.MODEL)
    killed: list[int] = []
    with Workers(extraction.source, 1) as pool:

        def kill(chunk: Chunk) -> None:
            if len(killed) < 2:
                assert pool._pool
                killed.append(next(iter(pool._pool._processes)))
                os.kill(killed[-1], signal.SIGKILL)

        for batch in list(extraction.batches(12)):
            extraction.run(batch, pool, kill)
    link(store)
    assert len(killed) == 2
    assert extraction.counts.failed == 0
    assert equal_tables(undisturbed.current(), store.current()) == []


def test_two_schedulers_do_the_work_once(tmp_path: Path, raw: Path, undisturbed: Store):
    command = [sys.executable, plain_run.__file__, str(raw), "--processed", str(tmp_path / "p")]
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, fake_extractor.LOADS: str(tmp_path / "loads")}
    both = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait(timeout=200) for process in both] == [0, 0]
    store = Store(tmp_path / "p")
    assert equal_tables(undisturbed.current(), store.current()) == []
    assert len((tmp_path / "loads").read_text().splitlines()) == 1  # the second found nothing to extract


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database at all, but long enough to be looked at" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:9000]),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_damaged_annotation_is_made_again_and_blames_no_document(tmp_path: Path, damage: Callable[[Path], object]):
    kept = Annotations(tmp_path / "interim", tmp_path / "p")
    text, versions = Text("Tern Corp."), AnnotationVersions("1", "1", "1")
    made = Annotation(ner=b"spans" * 2000, spans="s", parsed=(("s", b"parse" * 2000),))
    kept.write([(text, made)], versions)
    assert kept.read([text], versions) == [made]
    damage(kept.path)
    assert kept.read([text, text], versions) in ([Annotation()] * 2, [made] * 2)
    kept.write([(text, made)], versions)  # at worst a warning
