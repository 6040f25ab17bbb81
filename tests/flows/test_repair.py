"""Whatever breaks, a repair and a run make the tables what they were; what they cannot make again is not given up unasked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from plain_run import run
from test_integrity import cut, first, flip, replace_rows, without

from flows.identity import document_id
from flows.integrity import examine
from flows.repair import LossError, repair
from flows.tables.errors import StoreError
from flows.tables.store import Snapshot, Store, equal_tables

CORPUS = Path(__file__).parent / "corpus"
GRANT = document_id("news", "b-grant.txt")
TALKS = document_id("news", "a-talks.md")


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("repair")
    run(Path(shutil.copytree(CORPUS, home / "news")), home / "p")
    return home


@pytest.fixture
def raw(read_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(read_once / "news", tmp_path / "news"))


@pytest.fixture
def store(read_once: Path, tmp_path: Path) -> Store:
    """The newest snapshot alone: nothing can come from an older one."""
    shutil.copytree(read_once / "p", tmp_path / "p", symlinks=True)
    store = Store(tmp_path / "p", durable=False)
    store.drop_others()
    return store


@pytest.fixture
def whole(read_once: Path) -> Snapshot:
    snapshot = Store(read_once / "p").current()
    assert snapshot
    return snapshot


def tables(store: Store) -> Snapshot:
    snapshot = store.current()
    assert snapshot
    return snapshot


def mend(store: Store, raw: Path, **options: bool) -> list[str]:
    """A repair, and the run that follows it."""
    mended = repair(store, raw, **options)
    run(raw, store.path)
    return mended


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("documents", cut),
        ("mentions", flip),
        ("firms", Path.unlink),
        ("entities", cut),
        ("inputs", Path.unlink),
        ("rejects", flip),
        ("runs", cut),
        ("forgotten", cut),
    ],
)
def test_a_damaged_file_is_made_again(store: Store, raw: Path, whole: Snapshot, table: str, damage: Callable[[Path], object]):
    damage(tables(store).files(table)[0])
    if table == "forgotten":  # it held no row, so none is lost
        assert tables(store).rows(table) == 0
    assert mend(store, raw)
    assert equal_tables(whole, tables(store)) == []
    assert examine(store, tables(store), raw).broken == []


def test_all_files_damaged_at_once_are_made_again(store: Store, raw: Path, whole: Snapshot):
    for table in tables(store).tables:
        for path in tables(store).files(table):
            cut(path)
    assert mend(store, raw, drop=True)
    assert equal_tables(whole, tables(store)) == []


def test_nothing_broken_nothing_done(store: Store, raw: Path):
    before = tables(store)
    assert repair(store, raw) == []
    assert tables(store) == before


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("officials", first(evidence="Minister Nobody")),
        ("firms", without(GRANT)),
        ("firms", first(doc_id="0" * 16)),
        ("documents", without(TALKS)),
        ("inputs", without(GRANT)),
        ("rejects", lambda rows: []),
        ("runs", without(GRANT)),
        ("entities", first(mention_count=99)),
    ],
)
def test_rows_that_contradict_others_are_made_again(store: Store, raw: Path, whole: Snapshot, table: str, change: Callable[[list], list]):
    replace_rows(store, table, change)
    assert mend(store, raw)
    assert equal_tables(whole, tables(store)) == []
    assert examine(store, tables(store), raw).broken == []


def test_what_is_whole_in_an_older_snapshot_comes_from_there(read_once: Path, tmp_path: Path, whole: Snapshot):
    """Without the raw file, and where the file system copies instead of linking."""
    raw = Path(shutil.copytree(read_once / "news", tmp_path / "news"))
    shutil.copytree(read_once / "p", tmp_path / "p", symlinks=True)  # the copy has no hard links
    store = Store(tmp_path / "p", durable=False)
    (raw / "b-grant.txt").unlink()
    for path in tables(store).files("documents"):
        cut(path)
    mend(store, raw)
    assert equal_tables(whole, tables(store)) == []


def test_what_nothing_can_make_again_is_given_up_only_when_told(store: Store, raw: Path):
    (raw / "b-grant.txt").unlink()
    for path in tables(store).files("documents"):
        cut(path)
    before = tables(store)
    with pytest.raises(
        LossError, match=r"1 rows of documents cannot be made again, for their raw files are gone \(e.g. b-grant.txt\): put"
    ):
        repair(store, raw)
    assert tables(store) == before
    mend(store, raw, drop=True)
    assert examine(store, tables(store), raw).broken == []
    assert "b-grant.txt" not in tables(store).read("documents")["source"].to_pylist()
    assert tables(store).rows("documents") == 7


def test_a_document_whose_raw_file_is_gone_keeps_its_row_when_the_ledger_is_lost(store: Store, raw: Path):
    (raw / "b-grant.txt").unlink()
    cut(tables(store).files("inputs")[0])
    mend(store, raw)
    assert examine(store, tables(store), raw).broken == []
    assert "b-grant.txt" in tables(store).read("inputs")["source"].to_pylist()


@pytest.mark.parametrize("broken", ["manifest", "no manifest", "pointer"])
def test_a_broken_pointer_or_manifest_is_made_again(store: Store, raw: Path, whole: Snapshot, broken: str):
    manifest = tables(store).path / "manifest.json"
    if broken == "manifest":
        manifest.write_text(manifest.read_text()[:200])
    elif broken == "no manifest":
        manifest.unlink()
    else:
        (store.path / "current").unlink()
        (store.path / "current").symlink_to("snapshots/nowhere")
    with pytest.raises(StoreError):
        store.current()
    assert mend(store, raw)
    assert equal_tables(whole, tables(store)) == []
    assert examine(store, tables(store), raw).broken == []
